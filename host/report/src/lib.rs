//! The report of one evaluation: verdicts, metrics, heat maps over the images, and `report.html`, one file that needs
//! nothing else. It is made in three stages:
//!
//! 1. Load: [`read_evaluation`] reads `evaluation.json` into an [`Evaluation`], which is data and knows no behaviour
//!    (a job that has just scored its images fills one). [`Maps`] gives the anomaly maps and parses none of them twice.
//! 2. Judge: [`Metrics::of`] and [`Metrics::measure_pixels`] measure how well scores and maps separate normal from
//!    defective, [`Threshold`] is chosen, and [`decide`] gives each image its verdict.
//! 3. Render: [`write_evaluation`], [`write_scores`], [`write_heat_maps`] and [`write_html`] write the files.
//!
//! [`ScoreRule`] makes the anomaly score of an image while it is scored. [`preview_html`] shows a dataset that was not
//! evaluated.
//!
//! ```
//! use nnc_report::{EvaluatedImage, Evaluation, Maps, PageOptions, image_auroc, write_html};
//!
//! # fn main() -> Result<(), nnc_report::ReportError> {
//! let image = |row: usize, label: f64, score: f32| EvaluatedImage {
//!     row,
//!     name: format!("test/{row}.png"),
//!     image: Some(format!("test/{row}.png").into()),
//!     label: Some(label),
//!     map: Some(format!("outputs/0_0000/{row}.csv").into()),
//!     score,
//!     ..EvaluatedImage::default()
//! };
//! let evaluation = Evaluation {
//!     title: "gears".to_owned(),
//!     rows: vec![image(0, 0.0, 1.5), image(1, 1.0, 8.6)],
//!     ..Evaluation::default()
//! };
//! let scores = evaluation.rows.iter().map(|image| (image.score, image.label != Some(0.0)));
//! assert_eq!(image_auroc(scores), Some(1.0));
//!
//! let mut page = Vec::new();
//! write_html(&evaluation, &Maps::default(), &PageOptions::default(), &mut page)?;
//! # Ok(())
//! # }
//! ```
//!
//! Does not know about plugins, projects, jobs, the NNP format, and the words of its errors (nnc-messages has them).
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod error;
mod foreign;
mod judge;
mod map;
mod maps;
mod mask;
mod model;
mod number;
mod render;
mod score;
mod store;
mod threshold;
mod workers;

pub use error::{MapLimit, NotARule, NotASource, NotATask, ReportError};
pub use foreign::{FromElsewhere, leave_out_foreign};
pub use image::RgbImage;
pub use judge::{
    Agreement, Classifier, Distance, Likenesses, PixelStep, Regression, Segmentation, auroc_difference, decide,
    error_map, error_map_size, image_auroc, name_defects,
};
pub use map::{AnomalyMap, read_map};
pub use maps::Maps;
pub use model::{
    AreaMetrics, Areas, Class, ClassMetrics, ClassificationMetrics, ColourScale, Counts, DatasetFacts, Decisions,
    DefectMetrics, Difference, Estimate, EvaluatedImage, Evaluation, FileFacts, Files, ImageMetrics, Interval, Judged,
    Likeness, LikenessMetrics, MaskOddity, Metrics, OddMasks, Origin, Outcome, Pairing, PixelFacts, PixelMetrics,
    Prediction, RegressionMetrics, Resampling, Sample, SegmentationMetrics, Task, TimedPhase, Timing, Unseen,
    ValueMetrics,
};
pub use render::{
    PageOptions, Preview, PreviewCell, PreviewPage, outline, overlay, page_scripts, preview_html, terminal_picture,
    write_heat_maps, write_html, write_scores,
};
pub use score::ScoreRule;
pub use store::{read_evaluation, read_evaluation_and_origin, write_evaluation};
pub use threshold::{FalseAlarms, NormalScores, NormalSource, Threshold, ThresholdOrigin, Verdict, images_needed};
