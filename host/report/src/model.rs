//! What one evaluation left behind, as data: what `evaluation.json` keeps, and what `scores.csv` and `report.html` are made of.
//!
//! Nothing here reads a file or computes a figure; that is done by `judge`, which fills these types, and `render`, which
//! shows them.

mod counts;
mod evaluation;
mod image;
mod metrics;
mod origin;
mod scale;

pub use counts::Counts;
pub use evaluation::{Evaluation, Files};
pub(crate) use image::labelled;
pub use image::{Class, EvaluatedImage, PixelFacts};
pub use metrics::{Decisions, DefectMetrics, ImageMetrics, Metrics, PixelMetrics};
pub use origin::{DatasetFacts, FileFacts, Origin, TimedPhase, Timing};
pub use scale::ColourScale;
