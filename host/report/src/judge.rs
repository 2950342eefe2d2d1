//! The second stage of a report: what scores, maps and masks say about the images.
//!
//! Everything here fills the types of `model` and draws nothing.

mod aligned;
mod decide;
mod defects;
mod metrics;
mod scale;

pub use decide::decide;
pub use defects::name_defects;
pub(crate) use metrics::Curve;
pub use metrics::{PixelStep, image_auroc};
