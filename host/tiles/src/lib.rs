//! Large images as tiles of one size, and the maps of the tiles as one map of the image.
//!
//! * [`Tiling`] says where the tiles of an image lie and cuts them out of its pixels.
//! * [`Stitching`] puts what a detector gives for each tile together.
//!
//! Why tiles lie where they do, and how their maps are blended: `docs/decisions/tiles.md`. Does not know about datasets,
//! plugins or jobs.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod axis;
mod stitching;
mod tiling;

pub use stitching::Stitching;
pub use tiling::{Misfit, Tiling};
