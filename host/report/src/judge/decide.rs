//! Verdicts, and what depends on the threshold.

use super::aligned::align;
use super::found;
use crate::map::AnomalyMap;
use crate::maps::Maps;
use crate::model::{EvaluatedImage, Evaluation, PixelFacts};
use crate::score::ScoreRule;
use crate::threshold::{Threshold, Verdict};
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
    let (value, rule) = (threshold.as_ref().map(|threshold| threshold.value), evaluation.rule);
    // A map that cannot be read costs its figures; the page says why it is not shown.
    let facts = Workers::new(threads).map_told(&evaluation.rows, told, |image| pixel_facts(image, value, rule, maps));
    for (image, facts) in evaluation.rows.iter_mut().zip(facts) {
        image.pixels = facts;
    }
    evaluation.threshold = threshold;
    evaluation.metrics.decide(&evaluation.rows);
}

/// The figures of an image, with `threshold` for pixels if there is one; `None` without a map that can be read.
fn pixel_facts(image: &EvaluatedImage, threshold: Option<f32>, rule: ScoreRule, maps: &Maps) -> Option<PixelFacts> {
    if threshold.is_none() && image.mask.is_none() {
        // Nothing to compare, so nothing is stretched.
        return Some(map_facts(&maps.of(image).ok()??, rule));
    }
    let aligned = align(image, maps).ok()??;
    let all = (aligned.width * aligned.height) as f64;
    let mut facts = map_facts(&aligned.map, rule);
    let (mut flagged, mut both) = (0, 0);
    if let Some(threshold) = threshold {
        let level = threshold + facts.shift;
        if image.verdict == Some(Verdict::Ng) {
            let found = found::find(&aligned.map, level, [aligned.width, aligned.height]);
            facts.found = (!found.defects.is_empty()).then(|| Box::new(found));
        }
        let stretched = aligned.stretched();
        for y in 0..aligned.height {
            let above = stretched.row(y).map(|score| score >= level);
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

fn map_facts(map: &AnomalyMap, rule: ScoreRule) -> PixelFacts {
    let values = map.values();
    // The map is never empty, and the first of equal values wins.
    let peak = (1..values.len()).fold(0, |peak, i| if values[i] > values[peak] { i } else { peak });
    PixelFacts {
        rows: map.rows(),
        columns: map.columns(),
        low: values.iter().copied().fold(f32::INFINITY, f32::min),
        high: values[peak],
        peak: [peak / map.columns(), peak % map.columns()],
        shift: rule.shift(values),
        ..PixelFacts::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(image: &EvaluatedImage, threshold: Option<f32>) -> Option<PixelFacts> {
        pixel_facts(image, threshold, ScoreRule::Max, &Maps::default())
    }

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
        let found = facts(&image, None).unwrap();
        assert_eq!((found.rows, found.columns, found.low, found.high, found.peak), (2, 2, 1.0, 3.0, [1, 0]));
        assert_eq!((found.flagged, found.masked, found.overlap), (None, None, None));
        assert_eq!(facts(&image, Some(2.0)).unwrap().flagged, Some(0.75));
        image.mask = Some(path("mask.png"));
        let found = facts(&image, Some(2.0)).unwrap();
        // Three pixels are flagged, two marked, one of them both.
        assert_eq!((found.flagged, found.masked, found.overlap), (Some(0.75), Some(0.5), Some(0.25)));
        image.map = None;
        assert_eq!(facts(&image, None), None);
    }

    #[test]
    fn defects_are_those_of_images_that_are_ng() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map.csv");
        std::fs::write(&path, "1,2,0\n3,3,0\n").unwrap();
        let image = |score| EvaluatedImage { map: Some(path.clone()), score, ..EvaluatedImage::default() };
        let mut evaluation = Evaluation { rows: vec![image(3.0), image(1.0)], ..Evaluation::default() };
        decide(&mut evaluation, Some(Threshold::fixed(2.5, None, 0.95)), &Maps::default(), 1, &|_| ());
        let pixels = |row: usize| evaluation.rows[row].pixels.clone().unwrap();
        let found = pixels(0).found.unwrap();
        assert_eq!((found.defects.len(), found.size, found.defects[0].bounds), (1, [3, 2], [0, 1, 2, 1]));
        assert_eq!(pixels(1).found, None);
        // A contrast takes half of the median, 1.5, away from every value.
        evaluation.rule = ScoreRule::Contrast(1.0);
        decide(&mut evaluation, Some(Threshold::fixed(2.5, None, 0.95)), &Maps::default(), 1, &|_| ());
        let pixels = evaluation.rows[0].pixels.clone().unwrap();
        assert_eq!((pixels.shift, pixels.flagged, pixels.found), (0.75, Some(0.0), None));
    }
}
