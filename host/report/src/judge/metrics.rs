//! How well the scores separate normal from defective: of images, of pixels, and for each kind of defect.

mod bootstrap;
mod curve;
mod groups;
mod image;
mod paired;
mod pixel;
mod placements;
mod sorter;

use std::path::Path;

use crate::error::ReportError;
use crate::maps::Maps;
use crate::model::{Class, Counts, Decisions, DefectMetrics, EvaluatedImage, ImageMetrics, Metrics, Unseen, labelled};
use crate::threshold::Verdict;

pub(crate) use curve::Curve;
pub use curve::image_auroc;
pub use paired::auroc_difference;

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
        metrics.measure_intervals(rows);
        metrics.unseen = Unseen::of(rows);
        metrics
    }

    /// Says how far the areas of image scores would move with other images. Those of pixels come with the pixels.
    pub fn measure_intervals(&mut self, rows: &[EvaluatedImage]) {
        let kinds: Vec<&str> = self.defects.iter().map(|defect| &*defect.name).collect();
        let Some(image::Intervals { resampling, all, kinds }) = image::intervals(rows, &kinds) else { return };
        self.resampling = Some(resampling);
        self.image.iter_mut().for_each(|image| image.auroc_interval = all);
        for (defect, interval) in self.defects.iter_mut().zip(kinds) {
            defect.image_auroc_interval = interval;
        }
    }

    /// Counts what the verdicts say, for example after another threshold was chosen.
    pub fn decide(&mut self, rows: &[EvaluatedImage]) {
        let judged = rows.iter().any(|image| image.verdict.is_some());
        self.decisions = (judged && self.counts.labelled() > 0).then(|| Decisions::of(rows));
        for defect in &mut self.defects {
            let of_kind = rows.iter().filter(|image| image.defect.as_deref() == Some(&defect.name));
            defect.found = judged.then(|| of_kind.filter(|image| image.verdict == Some(Verdict::Ng)).count());
        }
    }

    /// Compares all maps with their masks, on up to `threads` threads. Where memory does not hold all pixels they are
    /// sorted in unnamed files in the folder `scratch`. `told` is called from any thread with how much of a step is done,
    /// of how much.
    ///
    /// # Errors
    /// A mask that cannot be read, or scratch files that cannot be written.
    pub fn measure_pixels(
        &mut self,
        rows: &[EvaluatedImage],
        maps: &Maps,
        scratch: &Path,
        threads: usize,
        told: &(dyn Fn(PixelStep, u64, u64) + Sync),
    ) -> Result<(), ReportError> {
        let measured;
        (self.odd_masks, measured) = pixel::measure(rows, maps, scratch, threads, told)?;
        self.pixel = measured.as_ref().map(|measured| measured.all);
        for defect in &mut self.defects {
            let areas = measured.as_ref().and_then(|measured| measured.kinds.get(&defect.name));
            defect.pixel_auroc = areas.map(|areas| areas.auroc);
            defect.pixel_auroc_interval = areas.and_then(|areas| areas.interval);
            defect.aupro = areas.map(|areas| areas.aupro);
        }
        Ok(())
    }
}

impl Unseen {
    fn of(rows: &[EvaluatedImage]) -> Option<Self> {
        if rows.iter().all(|image| image.sibling.is_none()) {
            return None;
        }
        let left: Vec<EvaluatedImage> = rows.iter().filter(|image| image.sibling != Some(true)).cloned().collect();
        let counts = Counts::of(&left);
        Some(Self {
            siblings: rows.len() - left.len(),
            normal: counts.normal,
            defective: counts.defective,
            auroc: image_auroc(labelled(&left)),
            auroc_interval: image::intervals(&left, &[]).and_then(|intervals| intervals.all),
        })
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
            image_auroc_interval: None,
            pixel_auroc: None,
            pixel_auroc_interval: None,
            aupro: None,
        }
    }
}

impl ImageMetrics {
    /// The figures of image scores; `true` marks a defective image. `None` when there is no defective or no normal one.
    pub fn of(scores_and_labels: impl IntoIterator<Item = (f32, bool)>) -> Option<Self> {
        let curve = Curve::new(scores_and_labels)?;
        let (f1_max, f1_max_threshold) = curve.f1_max();
        let (auroc, average_precision) = (curve.area(), curve.average_precision());
        Some(Self { auroc, average_precision, f1_max, f1_max_threshold, auroc_interval: None })
    }
}
