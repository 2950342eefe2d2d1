//! The metrics of an evaluation as data. What computes them is in `judge/metrics.rs`.

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::interval::{Interval, Resampling, Unseen};

/// All figures of one evaluation; what cannot be computed is `None`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Metrics {
    /// Images per class.
    pub counts: Counts,
    /// Figures of the image scores; `None` unless there are normal and defective images.
    pub image: Option<ImageMetrics>,
    /// Figures of the maps against the masks; `None` unless masks mark some pixels and leave others.
    pub pixel: Option<PixelMetrics>,
    /// What the threshold decided about the labelled images.
    pub decisions: Option<Decisions>,
    /// Figures for each kind of defect, by name; empty when there is one kind only.
    pub defects: Vec<DefectMetrics>,
    /// What the intervals were made from; `None` unless there are normal and defective images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resampling: Option<Resampling>,
    /// Masks that may not be what was meant, a kind at a time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub odd_masks: Vec<OddMasks>,
    /// The figures without images whose group was trained on; `None` where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unseen: Option<Unseen>,
}

/// How well image scores separate normal from defective images. A NaN score counts as the lowest one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ImageMetrics {
    /// Area under the ROC curve, 0 to 1.
    pub auroc: f64,
    /// Average precision, 0 to 1: precision summed over the steps of recall, without interpolation.
    pub average_precision: f64,
    /// The largest F1 that any threshold reaches, 0 to 1.
    pub f1_max: f64,
    /// The lowest threshold that reaches it: images are flagged from this score on.
    #[serde(with = "crate::number::float")]
    pub f1_max_threshold: f32,
    /// Where the area probably lies; `None` with too few images or groups of a kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auroc_interval: Option<Interval>,
}

/// How well maps find the pixels that masks mark.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PixelMetrics {
    /// Area under the ROC curve of all pixels, 0 to 1.
    pub auroc: f64,
    /// Area under the curve of the per-region overlap up to 30 % false positive rate, scaled to 0 to 1 (Bergmann et
    /// al., "The MVTec Anomaly Detection Dataset", IJCV 2021).
    pub aupro: f64,
    /// Images that count: those with a mask, and normal ones without.
    pub images: usize,
    /// Defective images that do not count for want of a mask or a map.
    pub left_out: usize,
    /// Pixels of these images.
    pub pixels: u64,
    /// Pixels that masks mark.
    pub defective_pixels: u64,
    /// Connected regions of marked pixels (8 neighbours).
    pub regions: usize,
    /// Where the area under the ROC curve probably lies; `None` with too few images or groups that count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auroc_interval: Option<Interval>,
}

/// Masks of one evaluation that may not be what was meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OddMasks {
    /// What is odd about them.
    pub oddity: MaskOddity,
    /// How many there are.
    pub masks: usize,
    /// Of how many masks.
    pub of: usize,
    /// The image of the first.
    pub first: String,
}

/// What may be wrong with a mask that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MaskOddity {
    /// It marks nothing, and its image is defective.
    Nothing,
    /// It marks more than half of its image: perhaps what is black is meant.
    MoreThanHalf,
    /// It has many greys and hardly any pixel of the same value: perhaps a photograph or a map.
    Greys,
    /// It marks something, and its image is normal.
    OnNormal,
    /// Its proportions are not those of its image.
    Proportions,
}

/// Labelled images by what they are and what the threshold says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Decisions {
    /// Defective images that are NG.
    pub found: usize,
    /// Defective images that are OK.
    pub missed: usize,
    /// Normal images that are NG.
    pub false_alarms: usize,
    /// Normal images that are OK.
    pub passed: usize,
    /// Labelled images without a verdict, since they have no score.
    pub undecided: usize,
}

/// Figures of one kind of defect against all normal images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DefectMetrics {
    /// Folder or label of the images.
    pub name: String,
    /// Images of this kind.
    pub images: usize,
    /// Those that are NG; `None` without a threshold.
    pub found: Option<usize>,
    /// Area under the ROC curve of the image scores; `None` without normal images.
    pub image_auroc: Option<f64>,
    /// Where it probably lies; `None` with too few images or groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_auroc_interval: Option<Interval>,
    /// Area under the ROC curve of this kind's marked pixels against the unmarked ones of all images.
    pub pixel_auroc: Option<f64>,
    /// Where it probably lies; `None` with too few images or groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixel_auroc_interval: Option<Interval>,
    /// Area under the per-region overlap of this kind's regions up to 30 % false positive rate.
    pub aupro: Option<f64>,
}
