//! Draws the sample dataset of the demo: photographs of machined flanges, good ones and such with defects, and masks; and large photographs
//! of rolled sheet with specks of a few pixels.
//!
//! Does not know about the product: it writes PNG files and the CSVs of a dataset.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod dataset;
mod defect;
mod parallel;
mod part;
mod picture;
mod plane;
mod random;
mod scene;
mod sheet;
mod view;

pub use dataset::{write, write_photographs};
pub use sheet::write_sheets;
