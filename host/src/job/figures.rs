//! The figures of an evaluation in words, for logs and terminals.

use nnc_report::{Counts, Evaluation, FalseAlarms, Metrics, NormalSource, ThresholdOrigin, images_needed};

/// The variable that NNC's data set creator names labels by.
pub(crate) const LABEL: &str = "y";

/// One sentence a line: what the scores are worth, what the threshold says, and what cannot be told.
pub(crate) fn sentences(evaluation: &Evaluation) -> Vec<String> {
    let metrics = &evaluation.metrics;
    let mut said = vec![image_metrics(evaluation)];
    if let Some(pixel) = metrics.pixel {
        said.push(format!(
            "pixel AUROC {:.4}, AUPRO {:.4} up to 30 % false positives ({} images with {} marked regions{})",
            pixel.auroc,
            pixel.aupro,
            pixel.images,
            pixel.regions,
            match pixel.left_out {
                0 => String::new(),
                left_out => format!(", {left_out} defective or mapless ones left out"),
            }
        ));
    }
    for defect in &metrics.defects {
        let areas = [("image AUROC", defect.image_auroc), ("pixel AUROC", defect.pixel_auroc), ("AUPRO", defect.aupro)];
        let areas: Vec<String> =
            areas.iter().filter_map(|(name, area)| Some(format!("{name} {:.4}", (*area)?))).collect();
        if !areas.is_empty() {
            said.push(format!("defect {}: {} ({} images)", defect.name, areas.join(", "), defect.images));
        }
    }
    said.extend(threshold(evaluation));
    said
}

fn image_metrics(evaluation: &Evaluation) -> String {
    let Metrics { counts, image, .. } = &evaluation.metrics;
    let Counts { images, normal, defective } = *counts;
    let rule = match evaluation.rule.to_string() {
        rule if rule == "max" => "maximum of the map".to_owned(),
        rule => rule,
    };
    match image {
        Some(image) => format!(
            "image AUROC {:.4} ({normal} normal and {defective} defective images{}, score = {rule}), average precision \
             {:.4}, F1 up to {:.4} at {}",
            image.auroc,
            match images - counts.labelled() {
                0 => String::new(),
                unlabelled => format!(", {unlabelled} without label left out"),
            },
            image.average_precision,
            image.f1_max,
            image.f1_max_threshold,
        ),
        None => {
            let found = match (normal, defective) {
                (0, 0) => "no image has a label",
                (_, 0) => "all labelled images are normal",
                _ => "all labelled images are defective",
            };
            format!(
                "no image AUROC: it needs a column `{LABEL}` with 0 for normal images and another number for defective \
                 ones; {found}"
            )
        }
    }
}

/// Where the threshold comes from, what it is worth, and what it decided.
fn threshold(evaluation: &Evaluation) -> Vec<String> {
    let Some(threshold) = &evaluation.threshold else { return Vec::new() };
    let mut said = Vec::new();
    let origin = match threshold.origin {
        ThresholdOrigin::Fixed => "as given".to_owned(),
        ThresholdOrigin::Normals { source, wanted, .. } => {
            format!("from {} images for a false-alarm rate of {}", source.name(), percent(wanted))
        }
    };
    let alarms = threshold.false_alarms.map(|FalseAlarms { source, images, above, low, high, confidence }| {
        format!(
            "; {above} of {images} normal {} images are NG, so the rate lies between {} and {} ({} confidence)",
            source.name(),
            percent(low),
            percent(high),
            percent(confidence)
        )
    });
    said.push(format!("threshold {}, {origin}{}", threshold.value, alarms.unwrap_or_default()));
    if let ThresholdOrigin::Normals { source, wanted, promised } = threshold.origin {
        if promised > wanted {
            said.push(format!(
                "so few normal images cannot promise {}: the threshold lies just above their largest score, which promises \
                 {} on average; give at least {} normal images",
                percent(wanted),
                percent(promised),
                images_needed(wanted)
            ));
        }
        if source == NormalSource::Training {
            said.push(
                "the model knows the training images, so new normal images will score higher and raise more alarms; \
                 other normal images in [dataset.calibration] give an honest threshold"
                    .to_owned(),
            );
        }
    }
    if let Some(decisions) = evaluation.metrics.decisions {
        said.push(format!(
            "verdicts: {} defective images found, {} missed; {} normal images passed, {} false alarms",
            decisions.found, decisions.missed, decisions.passed, decisions.false_alarms
        ));
    }
    said
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
        evaluation.decide(Threshold::at_rate(NormalSource::Training, &scores, 0.01, 0.95), 1);
        let said = sentences(&evaluation).join("\n");
        for part in [
            "image AUROC 1.0000 (3 normal and 1 defective images, score = maximum of the map), average precision 1.0000",
            "from training images for a false-alarm rate of 1 %; 0 of 3 normal training images are NG, so the rate lies \
             between 0 % and 70.76 % (95 % confidence)",
            "cannot promise 1 %",
            "promises 25 % on average; give at least 99 normal images",
            "the model knows the training images",
            "verdicts: 1 defective images found, 0 missed; 3 normal images passed, 0 false alarms",
        ] {
            assert!(said.contains(part), "{part}\n{said}");
        }
        let nothing = sentences(&Evaluation::default());
        assert_eq!(nothing.len(), 1);
        assert!(nothing[0].ends_with("no image has a label"), "{nothing:?}");
    }
}
