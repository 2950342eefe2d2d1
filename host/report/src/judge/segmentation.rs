//! A segmentation: how well every class of pixels was found.

use crate::model::{AreaMetrics, Pairing, SegmentationMetrics};

/// Takes the pictures of a segmentation one after the other.
#[derive(Debug)]
pub struct Segmentation {
    classes: usize,
    /// Whether a label of 255 means class 1, as in masks of two classes.
    white_is_one: bool,
    /// Pixels by label and prediction.
    counts: Vec<Vec<u64>>,
    rows: usize,
    unlabelled: usize,
    ignored: u64,
}

/// What one picture gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Share of the pixels whose class was found; `None` where no pixel counts.
    pub accuracy: Option<f64>,
    /// Mean intersection over union of the classes that occur.
    pub mean_iou: Option<f64>,
}

impl Segmentation {
    /// For so many classes; `white_is_one` takes every label but 0 for class 1 of two.
    pub fn new(classes: usize, white_is_one: bool) -> Self {
        let counts = vec![vec![0; classes]; classes];
        Self { classes, white_is_one, counts, rows: 0, unlabelled: 0, ignored: 0 }
    }

    /// Adds a picture without labels.
    pub fn add_unlabelled(&mut self) {
        self.unlabelled += 1;
    }

    /// Adds a picture: label and predicted class of every pixel. A label that is no class leaves its pixel out.
    pub fn add(&mut self, labels: &[u8], found: &[u8]) -> Agreement {
        let mut counts = vec![vec![0; self.classes]; self.classes];
        for (&label, &found) in labels.iter().zip(found) {
            match (class_of(label, self.classes, self.white_is_one), usize::from(found)) {
                (Some(label), found) if found < self.classes => counts[label][found] += 1,
                _ => self.ignored += 1,
            }
        }
        for (all, counts) in self.counts.iter_mut().flatten().zip(counts.iter().flatten()) {
            *all += counts;
        }
        self.rows += 1;
        let (accuracy, mean_iou, _) = figures(&counts);
        Agreement { accuracy, mean_iou }
    }

    /// The figures of all pictures.
    pub fn finish(self, pairing: Pairing) -> SegmentationMetrics {
        let (accuracy, mean_iou, classes) = figures(&self.counts);
        SegmentationMetrics {
            pairing,
            rows: self.rows,
            unlabelled: self.unlabelled,
            pixels: self.counts.iter().flatten().sum(),
            ignored: self.ignored,
            accuracy,
            mean_iou,
            classes,
        }
    }
}

/// The class that a label means; `None` for one that is none, as the 255 that some datasets mark borders with.
fn class_of(label: u8, classes: usize, white_is_one: bool) -> Option<usize> {
    if white_is_one {
        return Some(usize::from(label != 0));
    }
    Some(usize::from(label)).filter(|&label| label < classes)
}

fn figures(counts: &[Vec<u64>]) -> (Option<f64>, Option<f64>, Vec<AreaMetrics>) {
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    let classes: Vec<AreaMetrics> = (0..counts.len())
        .map(|class| {
            let (labelled, both) = (counts[class].iter().sum::<u64>(), counts[class][class]);
            let predicted: u64 = counts.iter().map(|line| line[class]).sum();
            let iou = share(both, labelled + predicted - both);
            AreaMetrics { name: class.to_string(), labelled, predicted, both, iou }
        })
        .collect();
    let (both, all) = (classes.iter().map(|class| class.both).sum(), counts.iter().flatten().sum());
    let ious: Vec<f64> = classes.iter().filter_map(|class| class.iou).collect();
    let mean_iou = (!ious.is_empty()).then(|| ious.iter().sum::<f64>() / ious.len() as f64);
    (share(both, all), mean_iou, classes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_are_no_class_leave_their_pixels_out() {
        let mut segmentation = Segmentation::new(3, false);
        let agreement = segmentation.add(&[0, 1, 1, 255], &[0, 1, 0, 2]);
        assert_eq!(agreement, Agreement { accuracy: Some(2.0 / 3.0), mean_iou: Some(0.5) });
        segmentation.add_unlabelled();
        let metrics = segmentation.finish(Pairing::default());
        assert_eq!((metrics.rows, metrics.unlabelled, metrics.pixels, metrics.ignored), (1, 1, 3, 1));
        assert_eq!(metrics.classes.iter().map(|class| class.iou).collect::<Vec<_>>(), [Some(0.5), Some(0.5), None]);
        let nothing = Segmentation::new(2, false).add(&[255], &[0]);
        assert_eq!(nothing, Agreement { accuracy: None, mean_iou: None });
    }

    #[test]
    fn white_means_the_second_of_two_classes() {
        let agreement = Segmentation::new(2, true).add(&[0, 255, 255, 0], &[0, 1, 0, 1]);
        assert_eq!(agreement, Agreement { accuracy: Some(0.5), mean_iou: Some(1.0 / 3.0) });
    }
}
