//! Pictures small enough to put a few thousand of them into one page.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageReader, ImageResult, RgbImage};

/// The longer side of a picture is at most this many pixels; 224 is what the detectors see.
pub(crate) const SIDE: u32 = 224;
/// Quality of the JPEG, of 100: about 8 KB a picture with no visible blocks.
const QUALITY: u8 = 85;

/// Reads an image, shrunk to fit; a smaller one stays as it is.
pub(crate) fn load(path: &Path) -> ImageResult<RgbImage> {
    let image = ImageReader::open(path)?.with_guessed_format()?.decode()?;
    let fits = image.width().max(image.height()) <= SIDE;
    Ok(if fits { image.into_rgb8() } else { image.thumbnail(SIDE, SIDE).into_rgb8() })
}

/// The picture as the text of a `data:` address.
pub(crate) fn data_uri(picture: &RgbImage) -> ImageResult<String> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(picture)?;
    let mut uri = "data:image/jpeg;base64,".to_owned();
    STANDARD.encode_string(&jpeg, &mut uri);
    Ok(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(width: u32, height: u32) -> (u32, u32) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.png");
        image::DynamicImage::new_luma8(width, height).save(&path).unwrap();
        load(&path).unwrap().dimensions()
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
        assert_eq!(load(&path).unwrap(), picture);
        std::fs::write(&path, "no image").unwrap();
        assert!(load(&path).is_err());
    }

    #[test]
    fn pictures_are_jpegs_in_base64() {
        let uri = data_uri(&RgbImage::new(8, 8)).unwrap();
        // The first three bytes of every JPEG.
        assert!(uri.starts_with("data:image/jpeg;base64,/9j/"), "{uri}");
    }
}
