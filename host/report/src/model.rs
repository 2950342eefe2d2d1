//! What one evaluation left behind, as data: what `evaluation.json` keeps, and what `scores.csv` and `report.html` are made of.
//!
//! Nothing here reads a file or computes a figure; that is done by `judge`, which fills these types, and `render`, which
//! shows them.

mod counts;
mod evaluation;
mod found;
mod image;
mod interval;
mod judged;
mod metrics;
mod origin;
mod sample;
mod scale;
mod task;

pub use counts::Counts;
pub use evaluation::{Evaluation, Files};
pub use found::{FoundDefect, FoundDefects};
pub use image::{Class, EvaluatedImage, PixelFacts};
pub(crate) use image::{labelled, labelled_class};
pub use interval::{Difference, Interval, Resampling, Unseen};
pub use judged::{
    AreaMetrics, Areas, ClassMetrics, ClassificationMetrics, Estimate, Judged, Likeness, LikenessMetrics, Outcome,
    Pairing, Prediction, RegressionMetrics, SegmentationMetrics, ValueMetrics,
};
pub use metrics::{Decisions, DefectMetrics, ImageMetrics, MaskOddity, Metrics, OddMasks, PixelMetrics};
pub use origin::{DatasetFacts, FileFacts, Origin, RegionFacts, TileFacts, TimedPhase, Timing};
pub use sample::Sample;
pub use scale::ColourScale;
pub use task::Task;
