//! The second stage of a report: what scores, maps and masks say about the images.
//!
//! Everything here fills the types of `model` and draws nothing.

mod aligned;
mod classification;
mod decide;
mod defects;
mod found;
mod likeness;
mod metrics;
mod odd_masks;
mod reconstruction;
mod regression;
mod scale;
mod segmentation;

pub use classification::Classifier;
pub use decide::decide;
pub use defects::name_defects;
pub use likeness::{Distance, Likenesses};
pub(crate) use metrics::Curve;
pub use metrics::{PixelStep, auroc_difference, image_auroc};
pub use reconstruction::{error_map, error_map_size};
pub use regression::Regression;
pub use segmentation::{Agreement, Segmentation};
