//! The part of an image that counts (region of interest): from a picture or from polygons; for pixels, which are painted over
//! outside of it, and for the cells of maps.
//!
//! What is done with it and why: `docs/decisions/region-of-interest.md`. Does not know about datasets, plugins or languages.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod error;
mod polygon;
mod region;

pub use error::RegionError;
pub use region::Region;
