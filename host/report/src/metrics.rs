//! How well the scores part normal from defective: of images, of pixels, and for each kind of defect.

mod curve;
mod pixel;
mod sorter;

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::ReportError;
use crate::evaluation::{Class, Counts, EvaluatedImage, labelled};
use crate::threshold::Verdict;

pub(crate) use curve::Curve;
pub use curve::image_auroc;

/// All figures of one evaluation; what cannot be told is `None`.
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
}

/// What [`Metrics::measure_pixels`] is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PixelStep {
    /// Reading masks, counted in images.
    Masks,
    /// Comparing maps with masks, counted in images.
    Maps,
    /// Following the curves through all pixels, counted in pixels. Told of only where there are many.
    Curves,
}

impl Metrics {
    /// The figures that scores, labels and verdicts give; those of pixels take [`Metrics::measure_pixels`].
    pub fn of(rows: &[EvaluatedImage]) -> Self {
        let mut metrics = Self { counts: Counts::of(rows), image: ImageMetrics::of(labelled(rows)), ..Self::default() };
        let mut kinds: Vec<&str> = rows.iter().filter_map(|image| image.defect.as_deref()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        metrics.defects = kinds.into_iter().map(|kind| DefectMetrics::of(kind, rows)).collect();
        metrics.decide(rows);
        metrics
    }

    /// Counts anew what the verdicts say, for example after another threshold was chosen.
    pub fn decide(&mut self, rows: &[EvaluatedImage]) {
        let judged = rows.iter().any(|image| image.verdict.is_some());
        self.decisions = (judged && self.counts.labelled() > 0).then(|| Decisions::of(rows));
        for defect in &mut self.defects {
            let of_kind = rows.iter().filter(|image| image.defect.as_deref() == Some(&defect.name));
            defect.found = judged.then(|| of_kind.filter(|image| image.verdict == Some(Verdict::Ng)).count());
        }
    }

    /// Compares all maps with their masks, on up to `threads` threads. Where memory does not hold all pixels they are
    /// sorted in nameless files in the folder `scratch`. `told` hears from any thread how much of a step is done, of how
    /// much.
    ///
    /// # Errors
    /// A mask that cannot be read, or scratch files that cannot be written.
    pub fn measure_pixels(
        &mut self,
        rows: &[EvaluatedImage],
        scratch: &Path,
        threads: usize,
        told: &(dyn Fn(PixelStep, u64, u64) + Sync),
    ) -> Result<(), ReportError> {
        let measured = pixel::measure(rows, scratch, threads, told)?;
        self.pixel = measured.as_ref().map(|measured| measured.all);
        for defect in &mut self.defects {
            let areas = measured.as_ref().and_then(|measured| measured.kinds.get(&defect.name));
            defect.pixel_auroc = areas.map(|areas| areas.0);
            defect.aupro = areas.map(|areas| areas.1);
        }
        Ok(())
    }
}

impl Decisions {
    fn of(rows: &[EvaluatedImage]) -> Self {
        let mut decisions = Self::default();
        for image in rows {
            match (image.class(), image.verdict) {
                (Class::Unlabelled, _) => {}
                (_, None) => decisions.undecided += 1,
                (Class::Defective, Some(Verdict::Ng)) => decisions.found += 1,
                (Class::Defective, Some(Verdict::Ok)) => decisions.missed += 1,
                (Class::Normal, Some(Verdict::Ng)) => decisions.false_alarms += 1,
                (Class::Normal, Some(Verdict::Ok)) => decisions.passed += 1,
            }
        }
        decisions
    }
}

impl DefectMetrics {
    fn of(kind: &str, rows: &[EvaluatedImage]) -> Self {
        let of_kind = |image: &&EvaluatedImage| image.defect.as_deref() == Some(kind);
        let against = rows.iter().filter(|image| of_kind(image) || image.class() == Class::Normal);
        Self {
            name: kind.to_owned(),
            images: rows.iter().filter(of_kind).count(),
            found: None,
            image_auroc: image_auroc(against.map(|image| (image.score, of_kind(&image)))),
            pixel_auroc: None,
            aupro: None,
        }
    }
}

/// How well image scores part normal from defective images. A NaN score counts as the lowest one.
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
}

impl ImageMetrics {
    /// The figures of image scores; `true` marks a defective image. `None` when there is no defective or no normal one.
    pub fn of(scores_and_labels: impl IntoIterator<Item = (f32, bool)>) -> Option<Self> {
        let curve = Curve::new(scores_and_labels)?;
        let (f1_max, f1_max_threshold) = curve.f1_max();
        let (auroc, average_precision) = (curve.area(), curve.average_precision());
        Some(Self { auroc, average_precision, f1_max, f1_max_threshold })
    }
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
    /// Area under the ROC curve of this kind's marked pixels against the unmarked ones of all images.
    pub pixel_auroc: Option<f64>,
    /// Area under the per-region overlap of this kind's regions up to 30 % false positive rate.
    pub aupro: Option<f64>,
}
