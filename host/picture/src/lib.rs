//! Image files to 8-bit pixels, the way NNC's default back-end (Pillow) sees them (NNC contract 1.5).
//!
//! Grey gives 1 channel, RGB and palettes without transparency 3, a 1-bit grey image the values 0 and 1, an
//! animated GIF its first frame. Four inks (CMYK) become RGB by Pillow's arithmetic. No EXIF rotation and no colour
//! management takes place. What NNC's back-ends treat differently from each other or quietly damage (16 bits,
//! transparency) is refused with a reason. [`decode_pixels`] converts such images on request. [`unused`] tells what a file
//! holds beside its pixels.
//!
//! Does not know about datasets, masks, languages or where files are.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod cmyk;
mod decoder;
mod error;
mod facts;
mod jpeg;
mod picture;
mod pixels;
mod png;
mod quiet;
mod tiff;
mod unused;
mod whole;

pub use error::{PictureDamage, PictureError, PictureLimit, PixelDepth, TiffFeature, Transparency, UnsupportedPicture};
pub use picture::Picture;
pub use pixels::{AlphaPolicy, Change, PixelOptions, Pixels, decode_pixels, pixel_count};
pub use quiet::{Panicked, guarded};
pub use unused::{Unused, unused};
pub use whole::{load, measure};
