//! The figures of an evaluation in words, for logs and terminals.

use nnc_report::{
    Counts, Evaluation, FalseAlarms, Metrics, NormalSource, PixelMetrics, ScoreRule, ThresholdOrigin, Verdict,
    images_needed,
};

use crate::language::{Figure, counted};

/// The variable that NNC's data set creator names labels by.
pub(crate) const LABEL: &str = "y";

/// One sentence a line: what the scores are worth, what the threshold says, and what cannot be told.
pub(crate) fn sentences(evaluation: &Evaluation) -> Vec<String> {
    let metrics = &evaluation.metrics;
    let mut said = vec![image_metrics(evaluation)];
    if metrics.image.is_some_and(|image| image.auroc < 0.5) {
        said.push(Figure::Reversed.with(&[]));
    }
    said.extend(metrics.pixel.as_ref().map(pixel_metrics));
    for defect in &metrics.defects {
        let areas = [
            (Figure::ImageAuroc, defect.image_auroc),
            (Figure::PixelAuroc, defect.pixel_auroc),
            (Figure::Aupro, defect.aupro),
        ];
        let areas: Vec<String> = areas.iter().filter_map(|(name, area)| Some(name.with(&[&short((*area)?)]))).collect();
        if !areas.is_empty() {
            let areas = areas.join(&Figure::Comma.with(&[]));
            let images = counted!(defect.images, Figure::OneImage, Figure::Images);
            said.push(Figure::Defect.with(&[&defect.name, &areas, &images]));
        }
    }
    said.extend(threshold(evaluation));
    said
}

fn image_metrics(evaluation: &Evaluation) -> String {
    let Metrics { counts, image, .. } = &evaluation.metrics;
    let Counts { images, normal, defective } = *counts;
    let Some(image) = image else {
        let found = match (normal, defective) {
            (0, 0) => Figure::NoLabel,
            (_, 0) => Figure::AllNormal,
            _ => Figure::AllDefective,
        };
        return Figure::NoImage.with(&[&LABEL, &found.with(&[])]);
    };
    let rule = match evaluation.rule {
        ScoreRule::Max => Figure::RuleMax.with(&[]),
        rule => Figure::Rule.with(&[&rule]),
    };
    let unlabelled = match images - counts.labelled() {
        0 => String::new(),
        unlabelled => Figure::WithoutLabel.with(&[&unlabelled]),
    };
    Figure::Image.with(&[
        &short(image.auroc),
        &normal,
        &counted!(defective, Figure::OneDefective, Figure::Defective),
        &unlabelled,
        &rule,
        &short(image.average_precision),
        &short(image.f1_max),
        &image.f1_max_threshold,
    ])
}

fn pixel_metrics(pixel: &PixelMetrics) -> String {
    let left_out = match pixel.left_out {
        0 => String::new(),
        left_out => Figure::PixelLeftOut.with(&[&left_out]),
    };
    Figure::Pixel.with(&[
        &short(pixel.auroc),
        &short(pixel.aupro),
        &counted!(pixel.images, Figure::OneImage, Figure::Images),
        &counted!(pixel.regions, Figure::OneRegion, Figure::Regions),
        &left_out,
    ])
}

/// Where the threshold comes from, what it is worth, and what it decided.
fn threshold(evaluation: &Evaluation) -> Vec<String> {
    let Some(threshold) = &evaluation.threshold else { return Vec::new() };
    let mut said = Vec::new();
    let origin = match threshold.origin {
        ThresholdOrigin::Fixed => Figure::AsGiven.with(&[]),
        ThresholdOrigin::Normals { source, wanted, .. } => {
            Figure::FromNormals.with(&[&purpose(source), &percent(wanted)])
        }
    };
    let alarms = threshold.false_alarms.map(|FalseAlarms { source, images, above, low, high, confidence }| {
        let alarms = if above == 1 { Figure::OneAlarm } else { Figure::Alarms };
        alarms.with(&[&above, &images, &purpose(source), &percent(low), &percent(high), &percent(confidence)])
    });
    said.push(Figure::Threshold.with(&[&threshold.value, &origin, &alarms.unwrap_or_default()]));
    if let ThresholdOrigin::Normals { source, wanted, promised } = threshold.origin {
        if promised > wanted {
            said.push(Figure::TooFewNormals.with(&[&percent(wanted), &percent(promised), &images_needed(wanted)]));
        }
        if source == NormalSource::Training {
            said.push(Figure::TrainingIsHopeful.with(&[]));
        }
    }
    if let Some(decisions) = evaluation.metrics.decisions {
        said.push(Figure::Verdicts.with(&[
            &counted!(decisions.found, Figure::OneDefective, Figure::Defective),
            &decisions.missed,
            &counted!(decisions.passed, Figure::OneNormal, Figure::Normal),
            &counted!(decisions.false_alarms, Figure::OneFalseAlarm, Figure::FalseAlarms),
        ]));
    } else {
        let judged = |verdict| evaluation.rows.iter().filter(|row| row.verdict == Some(verdict)).count();
        said.push(Figure::Unlabelled.with(&[&judged(Verdict::Ng), &judged(Verdict::Ok)]));
    }
    said
}

/// What the images of a source are for.
pub(crate) fn purpose(source: NormalSource) -> String {
    let purpose = match source {
        NormalSource::Training => Figure::ForTraining,
        NormalSource::Validation => Figure::ForValidation,
        NormalSource::Calibration => Figure::ForCalibration,
    };
    purpose.with(&[])
}

/// An area or a rate with as many digits as people compare.
fn short(figure: f64) -> String {
    format!("{figure:.4}")
}

/// A share as people read it: `1 %`, `0.25 %`.
fn percent(share: f64) -> String {
    let rounded = format!("{:.2}", share * 100.0);
    format!("{} %", rounded.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nnc_report::{EvaluatedImage, Threshold};

    #[test]
    fn percentages_are_short() {
        for (share, text) in [(0.01, "1 %"), (0.0025, "0.25 %"), (0.95, "95 %"), (0.0, "0 %"), (1.0, "100 %")] {
            assert_eq!(percent(share), text);
        }
    }

    #[test]
    fn few_normal_images_promise_little_and_training_images_less() {
        let scores = [1.0, 2.0, 3.0];
        let rows = (1_u8..5).map(|row| EvaluatedImage {
            row: row.into(),
            label: Some(f64::from(row / 4)),
            score: row.into(),
            ..EvaluatedImage::default()
        });
        let rows: Vec<EvaluatedImage> = rows.collect();
        let mut evaluation = Evaluation { metrics: Metrics::of(&rows), rows, ..Evaluation::default() };
        nnc_report::decide(
            &mut evaluation,
            Threshold::at_rate(NormalSource::Training, &scores, 0.01, 0.95),
            &nnc_report::Maps::default(),
            1,
            &|_| (),
        );
        let said = sentences(&evaluation).join("\n");
        for part in [
            "image AUROC 1.0000 (3 normal and 1 defective image, score = maximum of the map), average precision 1.0000",
            "from training images for a false-alarm rate of 1 %; 0 of 3 normal training images are NG, so the rate lies \
             between 0 % and 70.76 % (95 % confidence)",
            "cannot promise 1 %",
            "promises 25 % on average; give at least 99 normal images",
            "the model knows the training images",
            "verdicts: 1 defective image found, 0 missed; 3 normal images passed, 0 false alarms",
        ] {
            assert!(said.contains(part), "{part}\n{said}");
        }
        let nothing = sentences(&Evaluation::default());
        assert_eq!(nothing.len(), 1);
        assert!(nothing[0].ends_with("no image has a label"), "{nothing:?}");
    }
}
