//! JPEG by libjpeg-turbo, the library behind Pillow, with the settings that Pillow leaves alone: exact inverse
//! transform, smooth upsampling (docs/decisions/jpeg.md).

mod turbo;

use image::error::{DecodingError, ImageFormatHint, UnsupportedError, UnsupportedErrorKind};
use image::{ColorType, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageResult};

use turbo::{Colours, Failure, Header, Turbo};

/// Each scan of a progressive image costs a pass over all its pixels: together they may cost as much as this many pixels,
const SCANNED_PIXELS: u64 = 1 << 32;
/// but this many scans are always allowed; encoders write about ten,
const FEWEST_SCANS: u64 = 100;
/// and more than this never.
const MOST_SCANS: u64 = 1000;

/// A JPEG whose header has been read.
pub(crate) struct JpegDecoder<'a> {
    bytes: &'a [u8],
    turbo: Turbo,
    header: Header,
}

impl<'a> JpegDecoder<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> ImageResult<JpegDecoder<'a>> {
        let mut turbo = Turbo::new().map_err(damaged)?;
        let header = turbo.header(bytes).map_err(damaged)?;
        if header.precision != 8 {
            let feature = format!("a JPEG of {} bits per channel", header.precision);
            return Err(unsupported(feature));
        }
        Ok(JpegDecoder { bytes, turbo, header })
    }

    fn read(mut self, out: &mut [u8]) -> ImageResult<()> {
        let Header { width, height, colours, .. } = self.header;
        let pixels = u64::from(width) * u64::from(height);
        let scans = (SCANNED_PIXELS / pixels.max(1)).clamp(FEWEST_SCANS, MOST_SCANS) as u32;
        if colours != Colours::Cmyk {
            return self.turbo.read(self.bytes, self.header, scans, out).map_err(damaged);
        }
        let mut inks = vec![0; out.len() / 3 * 4];
        self.turbo.read(self.bytes, self.header, scans, &mut inks).map_err(damaged)?;
        // Inks are stored the other way round, as Adobe does it and Pillow takes it for granted.
        for (rgb, inks) in out.chunks_exact_mut(3).zip(inks.chunks_exact(4)) {
            let [cyan, magenta, yellow, black] = [0, 1, 2, 3].map(|ink| 255 - inks[ink]);
            rgb.copy_from_slice(&crate::cmyk::to_rgb(cyan, magenta, yellow, black));
        }
        Ok(())
    }
}

/// What the components of a JPEG inside a TIFF are, by the directory of the TIFF; the JPEG itself may not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    /// Decoded to RGB.
    YCbCr,
    /// The samples of the TIFF.
    AsIs,
}

/// Decodes a JPEG inside a TIFF, whose tables may be elsewhere in the file, into `values`. `size` is its width, the rows
/// that are wanted of it, and the most that it may have.
pub(crate) fn in_tiff(
    bytes: &[u8],
    tables: Option<&[u8]>,
    stored: Stored,
    [width, rows, most_rows]: [usize; 3],
    samples: usize,
    values: &mut Vec<u8>,
) -> Result<(), String> {
    let mut turbo = Turbo::new().map_err(|Failure(words)| words)?;
    if let Some(tables) = tables {
        turbo.tables(tables).map_err(|Failure(words)| words)?;
    }
    let bytes = with_transform(bytes, stored);
    let header = turbo.header(&bytes).map_err(|Failure(words)| words)?;
    let Header { width: found, height, colours, precision } = header;
    let (found, height) = (found as usize, height as usize);
    if found != width || !(rows..=most_rows).contains(&height) || colours.channels() != samples || precision != 8 {
        let channels = colours.channels();
        return Err(format!(
            "a JPEG in it has {channels} channels of {found}x{height} pixels, expected {samples} of {width}x{rows}"
        ));
    }
    values.resize(found * height * samples, 0);
    turbo.read(&bytes, header, FEWEST_SCANS as u32, values).map_err(|Failure(words)| words)
}

/// The datastream with an Adobe marker that says what its components are, in the place of what said it before.
fn with_transform(bytes: &[u8], stored: Stored) -> Vec<u8> {
    const ADOBE: [u8; 15] = *b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00";
    let mut changed = bytes.get(..2).unwrap_or_default().to_vec();
    changed.extend(ADOBE);
    changed.push(u8::from(stored == Stored::YCbCr));
    let mut at = 2;
    // Segments from the start on: JFIF's (E0) and Adobe's (EE) are left out, and at the first scan all is kept.
    while let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) {
        if marker == 0xda || marker == 0xff || marker < 0xc0 {
            break;
        }
        let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        let Some(segment) = bytes.get(at..end) else { break };
        if !matches!(marker, 0xe0 | 0xee) {
            changed.extend(segment);
        }
        at = end;
    }
    changed.extend(bytes.get(at..).unwrap_or_default());
    changed
}

impl ImageDecoder for JpegDecoder<'_> {
    fn dimensions(&self) -> (u32, u32) {
        (self.header.width, self.header.height)
    }

    fn color_type(&self) -> ColorType {
        match self.header.colours {
            Colours::Grey => ColorType::L8,
            Colours::Rgb | Colours::Cmyk => ColorType::Rgb8,
        }
    }

    fn original_color_type(&self) -> ExtendedColorType {
        match self.header.colours {
            Colours::Cmyk => ExtendedColorType::Cmyk8,
            Colours::Grey | Colours::Rgb => self.color_type().into(),
        }
    }

    fn read_image(self, out: &mut [u8]) -> ImageResult<()> {
        self.read(out)
    }

    fn read_image_boxed(self: Box<Self>, out: &mut [u8]) -> ImageResult<()> {
        self.read(out)
    }
}

fn damaged(failure: Failure) -> ImageError {
    ImageError::Decoding(DecodingError::new(ImageFormatHint::Exact(ImageFormat::Jpeg), failure.0))
}

fn unsupported(feature: String) -> ImageError {
    let hint = ImageFormatHint::Exact(ImageFormat::Jpeg);
    ImageError::Unsupported(UnsupportedError::from_format_and_kind(hint, UnsupportedErrorKind::GenericFeature(feature)))
}
