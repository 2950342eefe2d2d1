//! How one image is brought to the size and colour of a dataset, as data: for the dataset that is made, and for whoever has images of
//! the same camera later and wants them exactly so.

use nnc_dataset::AlphaPolicy;
use serde::{Deserialize, Serialize};

/// The largest side of the images that are made.
pub(crate) const MAX_SIDE: usize = 16_384;

/// How an image gets the proportions of the dataset; NNC's shaping mode.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Edges are cut off.
    Trimming,
    /// Black edges are added.
    Padding,
    /// The image is stretched.
    #[default]
    Resize,
}

/// How an image is shaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shaping {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// 1 for grey, 3 for RGB.
    pub channels: usize,
    /// How images get the right proportions.
    pub mode: Mode,
    /// What to do with transparency.
    #[serde(default, skip_serializing_if = "is_refused")]
    pub alpha: AlphaPolicy,
    /// Whether 16-bit images are scaled to 8 bits.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub scale_sixteen_bit: bool,
}

fn is_refused(alpha: &AlphaPolicy) -> bool {
    *alpha == AlphaPolicy::Refuse
}

impl Shaping {
    /// Whether its numbers are such as a dataset can have.
    pub fn is_sensible(&self) -> bool {
        let sides = 1..=MAX_SIDE;
        sides.contains(&self.width) && sides.contains(&self.height) && matches!(self.channels, 1 | 3)
    }
}
