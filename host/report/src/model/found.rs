//! One defect that was found: a connected region of an anomaly map above the threshold.

use serde::{Deserialize, Serialize};

/// A connected region of an anomaly map at or above the threshold, cells that touch by a corner included; in pixels of the
/// image.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FoundDefect {
    /// Left, top, width and height of the smallest box around it.
    pub bounds: [usize; 4],
    /// Its pixels.
    pub area: usize,
    /// Its largest value.
    #[serde(with = "crate::number::finite")]
    pub peak: f32,
    /// Column and row of the largest value.
    pub peak_at: [usize; 2],
    /// The mean of its values.
    #[serde(with = "crate::number::finite")]
    pub mean: f32,
}
