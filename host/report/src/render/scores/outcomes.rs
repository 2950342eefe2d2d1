//! The columns of models that are no detectors.

use std::io::Write;

use csv::Writer;

use super::{cell, number};
use crate::model::{EvaluatedImage, Evaluation, Judged, Outcome};

pub(super) fn write(evaluation: &Evaluation, table: &mut Writer<impl Write>) -> Result<(), csv::Error> {
    // As many numbers as the widest row has.
    let numbers =
        |of: fn(&Outcome) -> usize| evaluation.rows.iter().filter_map(|row| Some(of(row.outcome.as_ref()?))).max();
    let targets = numbers(|outcome| if let Outcome::Numbers(numbers) = outcome { numbers.target.len() } else { 0 });
    let found = numbers(|outcome| if let Outcome::Numbers(numbers) = outcome { numbers.found.len() } else { 0 });
    let (targets, found) = (targets.unwrap_or_default(), found.unwrap_or_default());
    let named = |name: &str, count: usize| -> Vec<String> {
        if count == 1 { vec![name.to_owned()] } else { (0..count).map(|place| format!("{name}__{place}")).collect() }
    };
    let mut header = vec!["path".to_owned()];
    match &evaluation.judged {
        Some(Judged::Classification(_)) => {
            header.extend(["label", "prediction", "confidence", "correct"].map(str::to_owned));
        }
        Some(Judged::Regression(_)) => {
            header.extend(named("target", targets));
            header.extend(named("estimate", found));
            header.push("error".to_owned());
        }
        Some(Judged::Segmentation(_)) => header.extend(["pixel_accuracy", "mean_iou"].map(str::to_owned)),
        Some(Judged::Likeness(_)) => header.extend(["mae", "rmse", "psnr"].map(str::to_owned)),
        None => header.extend(named("output", found)),
    }
    table.write_record(&header)?;
    for row in &evaluation.rows {
        let mut cells = vec![cell(&row.name)];
        cells.extend(of(row, evaluation.judged.as_ref(), targets, found));
        table.write_record(&cells)?;
    }
    Ok(())
}

/// The cells behind the path of a row; empty where something is not known.
fn of(row: &EvaluatedImage, judged: Option<&Judged>, targets: usize, found: usize) -> Vec<String> {
    let share = |value: Option<f64>| value.map(|value| format!("{value:?}")).unwrap_or_default();
    let padded = |values: &[f32], count: usize| -> Vec<String> {
        (0..count).map(|place| values.get(place).copied().map(number).unwrap_or_default()).collect()
    };
    match (&row.outcome, judged) {
        (Some(Outcome::Class(prediction)), Some(Judged::Classification(metrics))) => {
            let name = |class: Option<usize>| {
                let class = class.and_then(|class| metrics.classes.get(class));
                class.map(|class| cell(&class.name)).unwrap_or_default()
            };
            let correct = prediction.is_correct().map(|correct| correct.to_string()).unwrap_or_default();
            vec![name(prediction.label), name(prediction.class), number(prediction.confidence), correct]
        }
        (Some(Outcome::Numbers(numbers)), Some(Judged::Regression(_))) => {
            let mut cells = padded(&numbers.target, targets);
            cells.extend(padded(&numbers.found, found));
            cells.push(share(numbers.error));
            cells
        }
        (Some(Outcome::Pixels(areas)), Some(Judged::Segmentation(_))) => {
            vec![share(areas.accuracy), share(areas.mean_iou)]
        }
        (Some(Outcome::Likeness(likeness)), Some(Judged::Likeness(_))) => {
            let known = |value: Option<f32>| value.map(number).unwrap_or_default();
            [likeness.mae, likeness.rmse, likeness.psnr].map(known).to_vec()
        }
        (Some(Outcome::Numbers(numbers)), None) => padded(&numbers.found, found),
        (_, None) => vec![String::new(); found],
        (_, Some(Judged::Classification(_))) => vec![String::new(); 4],
        (_, Some(Judged::Regression(_))) => vec![String::new(); targets + found + 1],
        (_, Some(Judged::Segmentation(_))) => vec![String::new(); 2],
        (_, Some(Judged::Likeness(_))) => vec![String::new(); 3],
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{ClassMetrics, ClassificationMetrics, Estimate, Prediction, Task};

    use super::*;

    fn written(evaluation: &Evaluation) -> String {
        let mut out = Vec::new();
        super::super::write_scores(evaluation, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn row(name: &str, outcome: Outcome) -> EvaluatedImage {
        EvaluatedImage { name: name.to_owned(), outcome: Some(outcome), ..EvaluatedImage::default() }
    }

    #[test]
    fn classes_have_their_names() {
        let class = |name: &str| ClassMetrics { name: name.to_owned(), ..ClassMetrics::default() };
        let metrics = ClassificationMetrics { classes: vec![class("=cat"), class("dog")], ..Default::default() };
        let found = |label, class, confidence| Outcome::Class(Prediction { label, class, confidence });
        let evaluation = Evaluation {
            task: Task::Classification,
            judged: Some(Judged::Classification(metrics)),
            rows: vec![
                row("a.png", found(Some(1), Some(1), 0.75)),
                row("b.png", found(Some(1), Some(0), 0.5)),
                row("c.png", found(None, None, f32::NAN)),
            ],
            ..Evaluation::default()
        };
        assert_eq!(
            written(&evaluation),
            "path,label,prediction,confidence,correct\na.png,dog,dog,0.75,true\nb.png,dog,'=cat,0.5,false\nc.png,,,,\n"
        );
    }

    #[test]
    fn numbers_stand_beside_their_targets() {
        let numbers = |target: &[f32], found: &[f32], error| {
            Outcome::Numbers(Estimate { target: target.to_vec(), found: found.to_vec(), error })
        };
        let mut evaluation = Evaluation {
            task: Task::Regression,
            judged: Some(Judged::Regression(Default::default())),
            rows: vec![
                row("1", numbers(&[1.0, 2.0], &[1.5, 2.0], Some(0.25))),
                row("2", numbers(&[], &[3.0, 4.0], None)),
            ],
            ..Evaluation::default()
        };
        assert_eq!(
            written(&evaluation),
            "path,target__0,target__1,estimate__0,estimate__1,error\n1,1.0,2.0,1.5,2.0,0.25\n2,,,3.0,4.0,\n"
        );
        (evaluation.task, evaluation.judged) = (Task::None, None);
        assert!(written(&evaluation).starts_with("path,output__0,output__1\n1,1.5,2.0\n"));
    }
}
