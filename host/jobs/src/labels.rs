//! Where a dataset says whether an image is normal: the one place that reads it.

use nnc_dataset::Dataset;

/// The variable that NNC's dataset creator names labels by: 0 for normal images.
pub const LABEL: &str = "y";

/// The labels of a dataset, if it has any.
pub(crate) struct ImageLabels<'a> {
    dataset: &'a Dataset,
    variable: Option<&'a nnc_dataset::Variable>,
}

impl<'a> ImageLabels<'a> {
    pub(crate) fn of(dataset: &'a Dataset) -> Self {
        Self { dataset, variable: dataset.variable(LABEL).ok() }
    }

    /// The label of a row; a cell that is no number, or NaN, says nothing.
    pub(crate) fn get(&self, row: usize) -> Option<f64> {
        self.dataset.number(row, self.variable?).filter(|label| !label.is_nan())
    }

    /// Whether a row is labelled as normal.
    pub(crate) fn is_normal(&self, row: usize) -> bool {
        self.get(row) == Some(0.0)
    }

    /// Whether a row is labelled as defective.
    pub(crate) fn is_defective(&self, row: usize) -> bool {
        self.get(row).is_some_and(|label| label != 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_is_no_label() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("a.csv");
        std::fs::write(&table, "x,y\n1,0\n1,nan\n1,2\n1,-0.0\n").unwrap();
        let dataset = Dataset::open(&table).unwrap();
        let labels = ImageLabels::of(&dataset);
        assert_eq!([0, 1, 2, 3].map(|row| labels.is_normal(row)), [true, false, false, true]);
        assert_eq!([0, 1, 2, 3].map(|row| labels.is_defective(row)), [false, false, true, false]);
    }
}
