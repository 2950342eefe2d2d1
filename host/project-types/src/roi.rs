//! The part of the images that counts.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where a project says what part of its images counts (region of interest).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Roi {
    /// A picture, light where it counts.
    Picture(PathBuf),
    /// Polygons whose corners are columns and rows of pixels.
    Polygons(Vec<Vec<[f64; 2]>>),
}
