//! Pictures small enough to put a few thousand of them into one page.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageResult};
use nnc_files::read_regular;

use crate::error::ReportError;

/// Quality of the JPEG, of 100: no visible blocks, about 8 KB for a picture of 224x224.
const QUALITY: u8 = 82;
/// The most bytes of a file that is shown, and the most pixels in it.
const MAX_BYTES: u64 = 1 << 28;
const MAX_PIXELS: u64 = 1 << 28;

/// Reads an image and shrinks it until no side is longer than `side`; a smaller one keeps its size. Grey stays grey,
/// all else becomes RGB of 8 bits.
pub(crate) fn load(path: &Path, side: u32) -> Result<DynamicImage, ReportError> {
    let image = read_picture(path, MAX_PIXELS)?;
    let fits = image.width().max(image.height()) <= side;
    let image = if fits { image } else { image.thumbnail(side, side) };
    Ok(if image.color().has_color() { image.into_rgb8().into() } else { image.into_luma8().into() })
}

/// Reads a picture that has at most so many pixels.
pub(crate) fn read_picture(path: &Path, pixels: u64) -> Result<DynamicImage, ReportError> {
    let bytes = read_regular(path, MAX_BYTES).map_err(|source| ReportError::PictureUnreadable { source })?;
    nnc_picture::load(&bytes, pixels).map_err(|source| ReportError::PictureDamaged { source })
}

/// The picture as the text of a `data:` address.
pub(crate) fn data_uri(picture: &DynamicImage) -> ImageResult<String> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(picture)?;
    let mut uri = "data:image/jpeg;base64,".to_owned();
    STANDARD.encode_string(&jpeg, &mut uri);
    Ok(uri)
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;

    fn loaded(width: u32, height: u32) -> (u32, u32) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.png");
        DynamicImage::new_luma8(width, height).save(&path).unwrap();
        let image = load(&path, 224).unwrap();
        assert!(matches!(image, DynamicImage::ImageLuma8(_)));
        (image.width(), image.height())
    }

    #[test]
    fn large_images_shrink_and_small_ones_stay() {
        for (size, expected) in
            [((448, 224), (224, 112)), ((224, 224), (224, 224)), ((1, 1), (1, 1)), ((2000, 3), (224, 1))]
        {
            assert_eq!(loaded(size.0, size.1), expected);
        }
    }

    #[test]
    fn the_content_counts_and_not_the_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.jpg");
        let picture = RgbImage::new(3, 2);
        picture.save_with_format(&path, image::ImageFormat::Bmp).unwrap();
        assert_eq!(load(&path, 224).unwrap(), DynamicImage::from(picture));
        std::fs::write(&path, "no image").unwrap();
        assert!(load(&path, 224).is_err());
    }

    #[test]
    fn pictures_are_jpegs_in_base64() {
        let uri = data_uri(&DynamicImage::new_rgb8(8, 8)).unwrap();
        // The first three bytes of every JPEG.
        assert!(uri.starts_with("data:image/jpeg;base64,/9j/"), "{uri}");
    }
}
