//! What one evaluation left behind, as the caller hands it over.

use std::path::PathBuf;

/// One evaluation: everything the report shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Name of the project or job.
    pub title: String,
    /// How the result came to be (plugin, parameters, data set, device, times), shown as a table in this order.
    pub facts: Vec<(String, String)>,
    /// The images in the order of the data set.
    pub rows: Vec<EvaluatedImage>,
}

/// One image of an evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluatedImage {
    /// Row of the data set, from 0.
    pub row: usize,
    /// The image as the data set's cell names it.
    pub name: String,
    /// The image file, where there is one. A file that cannot be shown costs its picture, not the report.
    pub image: Option<PathBuf>,
    /// The label `y`: 0 is normal, anything else is defective; `None` when the data set has none.
    pub label: Option<f64>,
    /// The score map, a CSV matrix (NNC contract 8.3).
    pub map: PathBuf,
    /// The image score: the largest value of the map, NaN when the map holds no number.
    pub score: f32,
}

/// What the label says about an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Normal,
    Defective,
    Unlabelled,
}

impl EvaluatedImage {
    pub(crate) fn class(&self) -> Class {
        match self.label {
            None => Class::Unlabelled,
            Some(0.0) => Class::Normal,
            Some(_) => Class::Defective,
        }
    }
}

/// Images per class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) images: usize,
    pub(crate) normal: usize,
    pub(crate) defective: usize,
}

impl Counts {
    pub(crate) fn of<'a>(rows: impl IntoIterator<Item = &'a EvaluatedImage>) -> Self {
        let mut counts = Self { images: 0, normal: 0, defective: 0 };
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

    pub(crate) fn labelled(&self) -> usize {
        self.normal + self.defective
    }
}
