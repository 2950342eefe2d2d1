//! Images to channel-first 8-bit values, the way NNC's default back-end (Pillow) sees them (NNC contract 1.5).
//!
//! Grey gives 1 channel, RGB and palettes without transparency 3, a 1-bit grey image the values 0 and 1, an
//! animated GIF its first frame. No EXIF rotation and no colour management takes place. What NNC's back-ends
//! treat differently from each other or quietly damage (16 bits, transparency, CMYK) is refused with a reason.
//! So are TIFF palettes, which the decoder here does not know. [`decode_pixels`] converts such images on request.

mod decoder;
mod error;
mod facts;
mod pixels;
mod planes;

pub use error::{PictureDamage, PictureError, PictureLimit, PixelDepth, Transparency, UnsupportedPicture};
pub use pixels::{AlphaPolicy, Change, PixelOptions, Pixels, decode_pixels, pixel_count};
pub(crate) use planes::Picture;
