//! The figures of classifiers, regressions and segmentations beside those of scikit-learn, from
//! `testdata/metrics/make_tasks.py`.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "opens files of its own")]
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

use nnc_report::{Classifier, Pairing, Regression, Segmentation};
use serde::Deserialize;

/// The largest difference that rounding may make.
const TOLERANCE: f64 = 1e-9;

#[derive(Deserialize)]
struct Cases {
    classification: Vec<Classes>,
    regression: Vec<Numbers>,
    segmentation: Vec<Areas>,
}

#[derive(Deserialize)]
struct Classes {
    labels: Vec<usize>,
    outputs: Vec<Vec<f32>>,
    classes: usize,
    accuracy: f64,
    precision: Vec<f64>,
    recall: Vec<f64>,
    f1: Vec<f64>,
    /// Precision, recall and F1.
    mean: [f64; 3],
    average_precision: Vec<Option<f64>>,
    mean_average_precision: Option<f64>,
    confusion: Vec<Vec<u64>>,
}

#[derive(Deserialize)]
struct Numbers {
    target: Vec<Vec<f64>>,
    found: Vec<Vec<f32>>,
    mae: f64,
    rmse: f64,
    r2: Option<f64>,
    each: Each,
}

#[derive(Deserialize)]
struct Each {
    mae: Vec<f64>,
    rmse: Vec<f64>,
    r2: Vec<Option<f64>>,
}

#[derive(Deserialize)]
struct Areas {
    labels: Vec<Vec<u8>>,
    found: Vec<Vec<u8>>,
    classes: usize,
    accuracy: f64,
    /// 0 for a class that occurs nowhere.
    iou: Vec<f64>,
    mean_iou: f64,
    ignored: u64,
}

#[track_caller]
fn close(what: &str, found: f64, due: f64) {
    assert!((found - due).abs() <= TOLERANCE * due.abs().max(1.0), "{what}: {found} instead of {due}");
}

#[track_caller]
fn close_or_none(what: &str, found: Option<f64>, due: Option<f64>) {
    assert_eq!(found.is_some(), due.is_some(), "{what}: {found:?} instead of {due:?}");
    if let (Some(found), Some(due)) = (found, due) {
        close(what, found, due);
    }
}

fn check_classes(case: &Classes) {
    let mut classifier = Classifier::new((0..case.classes).map(|class| class.to_string()).collect());
    for (label, outputs) in case.labels.iter().zip(&case.outputs) {
        classifier.add(Some(*label), outputs);
    }
    let (metrics, rows) = classifier.finish(Pairing::default());
    assert_eq!(rows.len(), case.labels.len());
    close("accuracy", metrics.accuracy.unwrap(), case.accuracy);
    assert_eq!(metrics.confusion, case.confusion);
    let means = [metrics.precision, metrics.recall, metrics.f1];
    for (what, (found, due)) in ["precision", "recall", "F1"].into_iter().zip(means.into_iter().zip(case.mean)) {
        close(&format!("mean {what}"), found.unwrap(), due);
    }
    close_or_none("mean average precision", metrics.average_precision, case.mean_average_precision);
    for (number, class) in metrics.classes.iter().enumerate() {
        // Where nothing can be divided scikit-learn was told to give 0.
        close("precision", class.precision.unwrap_or_default(), case.precision[number]);
        close("recall", class.recall.unwrap_or_default(), case.recall[number]);
        close("F1", class.f1.unwrap_or_default(), case.f1[number]);
        close_or_none("average precision", class.average_precision, case.average_precision[number]);
    }
}

fn check_numbers(case: &Numbers) {
    let width = case.target[0].len();
    let mut regression = Regression::new((0..width).map(|value| value.to_string()).collect());
    for (target, found) in case.target.iter().zip(&case.found) {
        regression.add(Some(target), found);
    }
    let (metrics, rows) = regression.finish(Pairing::default());
    assert_eq!((metrics.rows, rows.len()), (case.target.len(), case.target.len()));
    close("MAE", metrics.mae.unwrap(), case.mae);
    close("RMSE", metrics.rmse.unwrap(), case.rmse);
    close_or_none("R2", metrics.r2, case.r2);
    for (place, value) in metrics.values.iter().enumerate() {
        close("MAE of a value", value.mae, case.each.mae[place]);
        close("RMSE of a value", value.rmse, case.each.rmse[place]);
        close_or_none("R2 of a value", value.r2, case.each.r2[place]);
    }
}

fn check_areas(case: &Areas) {
    let mut segmentation = Segmentation::new(case.classes, false);
    for (labels, found) in case.labels.iter().zip(&case.found) {
        segmentation.add(labels, found);
    }
    let metrics = segmentation.finish(Pairing::default());
    assert_eq!(metrics.ignored, case.ignored);
    close("pixel accuracy", metrics.accuracy.unwrap(), case.accuracy);
    close("mean IoU", metrics.mean_iou.unwrap(), case.mean_iou);
    for (number, class) in metrics.classes.iter().enumerate() {
        close("IoU", class.iou.unwrap_or_default(), case.iou[number]);
    }
}

fn check(text: &str) {
    let cases: Cases = serde_json::from_str(text).unwrap();
    assert!(cases.classification.len() > 20 && cases.regression.len() > 10 && cases.segmentation.len() > 6);
    cases.classification.iter().for_each(check_classes);
    cases.regression.iter().for_each(check_numbers);
    cases.segmentation.iter().for_each(check_areas);
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/metrics"))
}

#[test]
fn figures_agree_with_scikit_learn() {
    check(&std::fs::read_to_string(folder().join("tasks.json")).unwrap());
}

/// Needs `python3` with numpy and scikit-learn.
#[test]
#[ignore = "needs scikit-learn"]
fn figures_agree_with_scikit_learn_on_new_data() {
    for seed in 1..6 {
        let made = Command::new("python3").arg(folder().join("make_tasks.py")).arg(seed.to_string()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        check(&String::from_utf8(made.stdout).unwrap());
    }
}
