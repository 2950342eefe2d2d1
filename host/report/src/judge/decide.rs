//! Verdicts, and what depends on the threshold.

use super::aligned::align;
use crate::map::AnomalyMap;
use crate::maps::Maps;
use crate::model::{EvaluatedImage, Evaluation, PixelFacts};
use crate::threshold::Threshold;
use crate::workers::Workers;

/// Gives the images their verdicts by `threshold`, and counts what depends on them. `told` is called with the number of
/// finished images.
pub fn decide(
    evaluation: &mut Evaluation,
    threshold: Option<Threshold>,
    maps: &Maps,
    threads: usize,
    told: &(dyn Fn(usize) + Sync),
) {
    for image in &mut evaluation.rows {
        image.verdict = threshold.as_ref().and_then(|threshold| threshold.verdict(image.score));
    }
    let value = threshold.as_ref().map(|threshold| threshold.value);
    // A map that cannot be read costs its figures; the page says why it is not shown.
    let facts = Workers::new(threads).map_told(&evaluation.rows, told, |image| pixel_facts(image, value, maps));
    for (image, facts) in evaluation.rows.iter_mut().zip(facts) {
        image.pixels = facts;
    }
    evaluation.threshold = threshold;
    evaluation.metrics.decide(&evaluation.rows);
}

/// The figures of an image, with `threshold` for pixels if there is one; `None` without a map that can be read.
fn pixel_facts(image: &EvaluatedImage, threshold: Option<f32>, maps: &Maps) -> Option<PixelFacts> {
    if threshold.is_none() && image.mask.is_none() {
        // Nothing to compare, so nothing is stretched.
        return Some(map_facts(&maps.of(image).ok()??));
    }
    let aligned = align(image, maps).ok()??;
    let all = (aligned.width * aligned.height) as f64;
    let mut facts = map_facts(&aligned.map);
    let (mut flagged, mut both) = (0, 0);
    if let Some(threshold) = threshold {
        let stretched = aligned.stretched();
        for y in 0..aligned.height {
            let above = stretched.row(y).map(|score| score >= threshold);
            match &aligned.mask {
                Some(mask) => above.zip(mask.row(y)).for_each(|(above, marked)| {
                    flagged += usize::from(above);
                    both += usize::from(above && marked);
                }),
                None => flagged += above.filter(|above| *above).count(),
            }
        }
        facts.flagged = Some(flagged as f64 / all);
    }
    if let Some(mask) = &aligned.mask {
        let marked = mask.count();
        facts.masked = Some(marked as f64 / all);
        let either = flagged + marked - both;
        facts.overlap = (threshold.is_some() && either > 0).then(|| both as f64 / either as f64);
    }
    Some(facts)
}

fn map_facts(map: &AnomalyMap) -> PixelFacts {
    let values = map.values();
    // The map is never empty, and the first of equal values wins.
    let peak = (1..values.len()).fold(0, |peak, i| if values[i] > values[peak] { i } else { peak });
    PixelFacts {
        rows: map.rows(),
        columns: map.columns(),
        low: values.iter().copied().fold(f32::INFINITY, f32::min),
        high: values[peak],
        peak: [peak / map.columns(), peak % map.columns()],
        ..PixelFacts::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_a_map_and_its_mask() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("map.csv"), "1,2\n3,3\n").unwrap();
        let mut mask = image::GrayImage::new(2, 2);
        mask.put_pixel(0, 0, image::Luma([255]));
        mask.put_pixel(0, 1, image::Luma([255]));
        mask.save(path("mask.png")).unwrap();
        let mut image = EvaluatedImage { map: Some(path("map.csv")), ..EvaluatedImage::default() };
        let facts = pixel_facts(&image, None, &Maps::default()).unwrap();
        assert_eq!((facts.rows, facts.columns, facts.low, facts.high, facts.peak), (2, 2, 1.0, 3.0, [1, 0]));
        assert_eq!((facts.flagged, facts.masked, facts.overlap), (None, None, None));
        assert_eq!(pixel_facts(&image, Some(2.0), &Maps::default()).unwrap().flagged, Some(0.75));
        image.mask = Some(path("mask.png"));
        let facts = pixel_facts(&image, Some(2.0), &Maps::default()).unwrap();
        // Three pixels are flagged, two marked, one of them both.
        assert_eq!((facts.flagged, facts.masked, facts.overlap), (Some(0.75), Some(0.5), Some(0.25)));
        image.map = None;
        assert_eq!(pixel_facts(&image, None, &Maps::default()), None);
    }
}
