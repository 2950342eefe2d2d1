//! How far an area under a curve would move with other images of the same kind, as data. What computes it is in
//! `judge/metrics/bootstrap.rs`.

use serde::{Deserialize, Serialize};

/// Where a figure probably lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Interval {
    /// Share of all intervals that hold the true area.
    pub const CONFIDENCE: f64 = 0.95;
    /// Groups with normal images, and with defective ones, below which there is no interval.
    pub const FEWEST: usize = 5;
}

/// How far the areas of two evaluations of the same images are apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// Labelled images of both.
    pub images: usize,
    /// Area under the ROC curve of the scores of the first, over these images alone.
    pub first: f64,
    /// That of the second.
    pub second: f64,
    /// The second less the first, -1 to 1.
    pub difference: f64,
    /// Where it probably lies, -1 to 1; `None` with too few images or groups of a kind.
    pub interval: Option<Interval>,
    /// What the interval was made from.
    pub resampling: Resampling,
}

impl Difference {
    /// Whether the interval has no place for evaluations that are equally good.
    pub fn is_more_than_chance(&self) -> bool {
        self.interval.is_some_and(|Interval { low, high }| low > 0.0 || high < 0.0)
    }
}

/// What the scores are worth on images whose group the training never saw.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Unseen {
    /// Images that were left out: a training image belongs to their group.
    pub siblings: usize,
    /// Normal images that are left.
    pub normal: usize,
    /// Defective images that are left.
    pub defective: usize,
    /// Area under the ROC curve of the scores that are left; `None` without normal or defective images.
    pub auroc: Option<f64>,
    /// Where it probably lies; `None` with too few images or groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auroc_interval: Option<Interval>,
}

/// What the intervals were made from: groups of images that belong together, drawn whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Resampling {
    /// Whether groups are known; otherwise each image is one of its own.
    pub by_group: bool,
    /// Groups of labelled images.
    pub groups: usize,
    /// Those with a normal image.
    pub normal: usize,
    /// Those with a defective image.
    pub defective: usize,
    /// Sets that were drawn; 0 where there are too few groups of a kind.
    pub rounds: usize,
}
