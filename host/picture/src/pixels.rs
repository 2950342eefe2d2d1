//! Whole images as interleaved 8-bit pixels, for conversions of images.

use image::{DynamicImage, ImageDecoder, ImageFormat};

use crate::decoder::{decoder, refusal};
use crate::error::{PictureError, PictureLimit, Transparency, UnsupportedPicture};
use crate::picture::Picture;
use crate::quiet::guarded;

/// Four channels of 16 bits.
const MAX_BYTES_PER_PIXEL: u64 = 8;

/// An 8-bit image: rows from top to bottom, the channels of a pixel side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// 1 for grey, 3 for RGB.
    pub channels: usize,
    /// `width * height * channels` values.
    pub values: Vec<u8>,
}

/// What to do with an image that has transparency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlphaPolicy {
    /// Refuse it, as NNC does.
    #[default]
    Refuse,
    /// Take the colours and drop the alpha channel.
    Drop,
    /// Blend it with a background of this grey level.
    Over(u8),
}

/// What [`decode_pixels`] accepts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PixelOptions {
    /// For images with transparency.
    pub alpha: AlphaPolicy,
    /// Whether 16-bit values are scaled to 8 bits; otherwise such images are refused.
    pub scale_sixteen_bit: bool,
    /// The most pixels an image may have.
    pub max_pixels: u64,
}

/// What was done to an image so that it could be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Change {
    /// Its alpha channel was dropped.
    AlphaDropped,
    /// It was blended with a background.
    AlphaBlended,
    /// Values of 16 bits became values of 8 bits.
    SixteenBitScaled,
    /// One bit per pixel became 0 and 255; NNC would take the values 0 and 1.
    OneBitSpread,
}

impl Change {
    /// The short name, such as `alpha-dropped`, for programs.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Decodes the image in `bytes` and says what was changed on the way. `named` is the format of its extension; the
/// content decides. No decoder's panic gets out.
pub fn decode_pixels(
    bytes: &[u8],
    named: ImageFormat,
    options: &PixelOptions,
) -> Result<(Pixels, Vec<Change>), PictureError> {
    guarded(|| decode(bytes, named, options)).unwrap_or(Err(PictureError::DecoderPanic))
}

/// The number of pixels that the header of an image tells, before anything is decoded.
pub fn pixel_count(bytes: &[u8], named: ImageFormat) -> Result<u64, PictureError> {
    let count = || {
        let (width, height) = decoder(bytes, named, u64::MAX)?.0.dimensions();
        Ok(u64::from(width) * u64::from(height))
    };
    guarded(count).unwrap_or(Err(PictureError::DecoderPanic))
}

fn decode(bytes: &[u8], named: ImageFormat, options: &PixelOptions) -> Result<(Pixels, Vec<Change>), PictureError> {
    let max_bytes = options.max_pixels.saturating_mul(MAX_BYTES_PER_PIXEL);
    // Asked for without a limit of bytes, whose message would not name the option for pixels.
    let (header, _) = decoder(bytes, named, u64::MAX)?;
    let (width, height) = header.dimensions();
    drop(header);
    if u64::from(width) * u64::from(height) > options.max_pixels {
        return Err(PictureError::TooLarge(PictureLimit::Pixels { width, height, limit: options.max_pixels }));
    }
    match plain(bytes, named, max_bytes) {
        Err(PictureError::Alpha(_)) if options.alpha != AlphaPolicy::Refuse => {}
        Err(PictureError::SixteenBit(_)) if options.scale_sixteen_bit => {}
        done => return done,
    }
    let mut changes = Vec::new();
    let mut image = DynamicImage::from_decoder(decoder(bytes, named, max_bytes)?.0).map_err(refusal)?;
    if matches!(image, DynamicImage::ImageRgb32F(_) | DynamicImage::ImageRgba32F(_)) {
        return Err(PictureError::Unsupported(UnsupportedPicture::Floats));
    }
    let has_alpha = image.color().has_alpha();
    let grey = !image.color().has_color();
    if has_alpha && options.alpha == AlphaPolicy::Refuse {
        return Err(PictureError::Alpha(Transparency::Channels(image.color().channel_count())));
    }
    if image.color().bytes_per_pixel() > image.color().channel_count() {
        changes.push(Change::SixteenBitScaled);
    }
    if has_alpha {
        changes.push(match options.alpha {
            AlphaPolicy::Over(_) => Change::AlphaBlended,
            AlphaPolicy::Refuse | AlphaPolicy::Drop => Change::AlphaDropped,
        });
    }
    if let (true, AlphaPolicy::Over(ground)) = (has_alpha, options.alpha) {
        let mut blended = image.into_rgba8();
        for pixel in blended.pixels_mut() {
            let [red, green, blue, alpha] = pixel.0;
            pixel.0 = [over(red, alpha, ground), over(green, alpha, ground), over(blue, alpha, ground), u8::MAX];
        }
        image = blended.into();
    }
    let (width, height) = (image.width() as usize, image.height() as usize);
    // All three colours of a grey are the same; a weighted sum of them may round to another.
    let pixels = if grey {
        Pixels { width, height, channels: 1, values: image.into_rgb8().into_raw().into_iter().step_by(3).collect() }
    } else {
        Pixels { width, height, channels: 3, values: image.into_rgb8().into_raw() }
    };
    Ok((pixels, changes))
}

/// What needs no change but that of one-bit images.
fn plain(bytes: &[u8], named: ImageFormat, max_bytes: u64) -> Result<(Pixels, Vec<Change>), PictureError> {
    let picture = Picture::open(bytes, named, max_bytes)?;
    let [channels, height, width] = picture.shape;
    let (one_bit, stride) = (picture.one_bit, picture.stride());
    let mut values = Vec::new();
    picture.read(&mut values)?;
    if channels < stride {
        values = values.chunks_exact(stride).flat_map(|pixel| &pixel[..channels]).copied().collect();
    }
    let mut pixels = Pixels { width, height, channels, values };
    if !one_bit {
        return Ok((pixels, Vec::new()));
    }
    pixels.values.iter_mut().for_each(|value| *value *= u8::MAX);
    Ok((pixels, vec![Change::OneBitSpread]))
}

/// One channel blended with a background, rounded.
fn over(value: u8, alpha: u8, ground: u8) -> u8 {
    let (value, alpha, ground) = (u32::from(value), u32::from(alpha), u32::from(ground));
    ((value * alpha + ground * (255 - alpha) + 127) / 255) as u8
}
