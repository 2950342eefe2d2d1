//! Figures and pictures from the score maps of one evaluation: scores and verdicts, metrics, heat maps over the
//! inputs, and `report.html`, one file that needs nothing else.
//!
//! * [`Evaluation`] is what all of it is made from; [`write_evaluation`] and [`read_evaluation`] keep it as a file.
//! * [`ScoreRule`] makes the score of an image, [`Threshold`] its verdict.
//! * [`image_auroc`] tells how well the image scores part normal from defective images.
//! * [`read_map`] reads one score map (NNC contract 8.3), [`overlay`] lays it over its input.
//! * [`write_html`] writes the page, image by image, in memory that does not grow with their number.
//! * [`preview_html`] makes a page of a data set that nobody has evaluated.
//!
//! ```
//! use nnc_report::{EvaluatedImage, Evaluation, PageOptions, image_auroc, write_html};
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
//! write_html(&evaluation, &PageOptions::default(), &mut page)?;
//! # Ok(())
//! # }
//! ```
//!
//! This crate does not know about plugins, projects, jobs or the NNP format.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod aligned;
mod colour;
mod defects;
mod error;
mod evaluation;
mod glyphs;
mod language;
mod map;
mod mask;
mod metrics;
mod number;
mod overlay;
mod page;
mod panel;
mod parallel;
mod preview;
mod scale;
mod score;
mod store;
mod table;
mod threshold;
mod thumbnail;

pub use defects::name_defects;
pub use error::ReportError;
pub use evaluation::{
    Class, Counts, DatasetFacts, EvaluatedImage, Evaluation, FileFacts, Files, Origin, PixelFacts, TimedPhase, Timing,
};
pub use image::RgbImage;
pub use map::{ScoreMap, read_map};
pub use metrics::{Decisions, DefectMetrics, ImageMetrics, Metrics, PixelMetrics, PixelStep, image_auroc};
pub use overlay::overlay;
pub use page::{PageOptions, write_html};
pub use panel::{HEAT_MAPS_FOLDER, outline, write_heat_maps};
pub use preview::{Preview, PreviewCell, PreviewPage, preview_html, terminal_picture};
pub use scale::ColourScale;
pub use score::ScoreRule;
pub use store::{EVALUATION_FILE, read_evaluation, write_evaluation};
pub use table::{SCORES_FILE, write_scores};
pub use threshold::{FalseAlarms, NormalScores, NormalSource, Threshold, ThresholdOrigin, Verdict, images_needed};
