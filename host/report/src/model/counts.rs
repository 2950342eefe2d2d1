//! Images per class.

use serde::{Deserialize, Serialize};

use super::image::{Class, EvaluatedImage};

/// Images per class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// All images.
    pub images: usize,
    /// Images with label 0.
    pub normal: usize,
    /// Images with another label.
    pub defective: usize,
}

impl Counts {
    /// Counts `rows`.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a EvaluatedImage>) -> Self {
        let mut counts = Self::default();
        for image in rows {
            counts.images += 1;
            match image.class() {
                Class::Normal => counts.normal += 1,
                Class::Defective => counts.defective += 1,
                Class::Unlabelled => {}
            }
        }
        counts
    }

    /// Images with a label.
    pub fn labelled(&self) -> usize {
        self.normal.saturating_add(self.defective)
    }
}
