//! The defects that were found in an image: connected regions of its anomaly map above the threshold.

use serde::{Deserialize, Serialize};

/// The defects of an image.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FoundDefects {
    /// Width and height of the image in pixels, which the defects are told in.
    pub size: [usize; 2],
    /// The defects, the largest peak first.
    pub defects: Vec<FoundDefect>,
    /// Further ones, with smaller peaks.
    #[serde(skip_serializing_if = "is_zero")]
    pub more: usize,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

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
