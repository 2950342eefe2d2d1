//! Images that are stored lying on a side or mirrored. Pillow turns TIFFs when it reads them, and nothing else.

use image::{ColorType, ExtendedColorType, ImageDecoder, ImageResult};

/// Where the first row and column of a stored image belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Orientation {
    AsStored,
    /// The value of the tag, 2 to 8.
    Turned(u8),
}

impl Orientation {
    /// Values that there are not mean nothing.
    pub(crate) fn of(tag: u32) -> Orientation {
        match tag {
            2..=8 => Orientation::Turned(tag as u8),
            _ => Orientation::AsStored,
        }
    }
}

/// A decoder whose image is turned after it was read.
pub(crate) struct Turned<D> {
    pub(crate) decoder: D,
    pub(crate) orientation: Orientation,
}

impl<D: ImageDecoder> Turned<D> {
    fn swaps(&self) -> bool {
        matches!(self.orientation, Orientation::Turned(5..=8))
    }

    fn read(self, out: &mut [u8]) -> ImageResult<()> {
        let Orientation::Turned(turn) = self.orientation else { return self.decoder.read_image(out) };
        let ((width, height), swaps) = (self.decoder.dimensions(), self.swaps());
        let (width, height) = (width as usize, height as usize);
        let pixel = usize::from(self.decoder.color_type().bytes_per_pixel());
        let mut stored = vec![0; out.len()];
        self.decoder.read_image(&mut stored)?;
        let row = if swaps { height } else { width };
        for (at, to) in out.chunks_exact_mut(pixel).enumerate() {
            let (x, y) = (at % row, at / row);
            let (from_x, from_y) = match turn {
                2 => (width - 1 - x, y),
                3 => (width - 1 - x, height - 1 - y),
                4 => (x, height - 1 - y),
                5 => (y, x),
                6 => (y, height - 1 - x),
                7 => (width - 1 - y, height - 1 - x),
                8 => (width - 1 - y, x),
                _ => (x, y),
            };
            let start = (from_y * width + from_x) * pixel;
            to.copy_from_slice(&stored[start..start + pixel]);
        }
        Ok(())
    }
}

impl<D: ImageDecoder> ImageDecoder for Turned<D> {
    fn dimensions(&self) -> (u32, u32) {
        let (width, height) = self.decoder.dimensions();
        if self.swaps() { (height, width) } else { (width, height) }
    }

    fn color_type(&self) -> ColorType {
        self.decoder.color_type()
    }

    fn original_color_type(&self) -> ExtendedColorType {
        self.decoder.original_color_type()
    }

    fn read_image(self, out: &mut [u8]) -> ImageResult<()> {
        self.read(out)
    }

    fn read_image_boxed(self: Box<Self>, out: &mut [u8]) -> ImageResult<()> {
        self.read(out)
    }
}
