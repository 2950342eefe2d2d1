//! Our figures beside those of scikit-learn and SciPy, from `testdata/metrics/make.py`.
#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "opens files of its own")]

use std::path::Path;
use std::process::Command;

use image::{GrayImage, Luma};
use nnc_report::{EvaluatedImage, FalseAlarms, ImageMetrics, Maps, Metrics, NormalSource, ReportError, Threshold};
use serde::Deserialize;

/// The largest difference that rounding may make.
const TOLERANCE: f64 = 1e-9;

#[derive(Deserialize)]
struct Cases {
    image: Vec<ImageCase>,
    pixel: Vec<PixelCase>,
    interval: Vec<IntervalCase>,
}

#[derive(Deserialize)]
struct ImageCase {
    labels: Vec<u8>,
    scores: Vec<f32>,
    auroc: f64,
    average_precision: f64,
    f1_max: f64,
    f1_max_threshold: f32,
}

#[derive(Deserialize)]
struct PixelCase {
    masks: Vec<Vec<Vec<u8>>>,
    maps: Vec<Vec<Vec<f32>>>,
    /// Kind of the defect, empty for a normal image.
    kinds: Vec<String>,
    auroc: f64,
    aupro: f64,
    regions: usize,
    by_kind: std::collections::BTreeMap<String, (f64, f64)>,
}

#[derive(Deserialize)]
struct IntervalCase {
    hits: usize,
    trials: usize,
    confidence: f64,
    low: f64,
    high: f64,
}

#[track_caller]
fn close(what: &str, found: f64, due: f64) {
    assert!((found - due).abs() < TOLERANCE, "{what}: {found} instead of {due}");
}

fn check(cases: &Cases) {
    assert!(cases.image.len() > 20 && cases.pixel.len() > 10 && cases.interval.len() > 30);
    for case in &cases.image {
        let scored = case.scores.iter().zip(&case.labels).map(|(&score, &label)| (score, label == 1));
        let metrics = ImageMetrics::of(scored).unwrap();
        close("image AUROC", metrics.auroc, case.auroc);
        close("average precision", metrics.average_precision, case.average_precision);
        close("F1-max", metrics.f1_max, case.f1_max);
        assert_eq!(metrics.f1_max_threshold, case.f1_max_threshold);
    }
    for case in &cases.pixel {
        check_pixels(case);
    }
    for case in &cases.interval {
        let scores: Vec<f32> = (0..case.trials).map(|i| if i < case.hits { 1.0 } else { 0.0 }).collect();
        let threshold = Threshold::fixed(0.5, Some((NormalSource::Validation, &scores)), case.confidence);
        let FalseAlarms { images, above, low, high, .. } = threshold.false_alarms.unwrap();
        assert_eq!((images, above), (case.trials, case.hits));
        close(&format!("lower end for {above} of {images}"), low, case.low);
        close(&format!("upper end for {above} of {images}"), high, case.high);
    }
}

fn check_pixels(case: &PixelCase) {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<EvaluatedImage> = (0..case.maps.len()).map(|row| image(folder.path(), case, row)).collect();
    let mut metrics = Metrics::of(&rows);
    metrics.measure_pixels(&rows, &Maps::default(), folder.path(), 2, &|_, _, _| ()).unwrap();
    let pixel = metrics.pixel.unwrap();
    close("pixel AUROC", pixel.auroc, case.auroc);
    close("AUPRO", pixel.aupro, case.aupro);
    assert_eq!((pixel.regions, pixel.images, pixel.left_out), (case.regions, rows.len(), 0));
    assert_eq!(metrics.defects.len(), case.by_kind.len());
    for defect in &metrics.defects {
        let (auroc, aupro) = case.by_kind[&defect.name];
        close("pixel AUROC of a kind", defect.pixel_auroc.unwrap(), auroc);
        close("AUPRO of a kind", defect.aupro.unwrap(), aupro);
    }
}

/// Writes map and mask of one image; normal images have no mask.
fn image(folder: &Path, case: &PixelCase, row: usize) -> EvaluatedImage {
    let line = |values: &Vec<f32>| values.iter().map(|v| format!("{v:?}")).collect::<Vec<_>>().join(",") + "\n";
    let map = folder.join(format!("{row}.csv"));
    std::fs::write(&map, case.maps[row].iter().map(line).collect::<String>()).unwrap();
    let kind = Some(case.kinds[row].clone()).filter(|kind| !kind.is_empty());
    let mask = kind.is_some().then(|| {
        let marked = &case.masks[row];
        let pixel = |x: u32, y: u32| Luma([marked[y as usize][x as usize] * 255]);
        let path = folder.join(format!("{row}.png"));
        GrayImage::from_fn(marked[0].len() as u32, marked.len() as u32, pixel).save(&path).unwrap();
        path
    });
    EvaluatedImage {
        row,
        label: Some(if kind.is_some() { 1.0 } else { 0.0 }),
        defect: kind,
        map: Some(map),
        mask,
        ..EvaluatedImage::default()
    }
}

fn testdata() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/metrics")
}

#[test]
fn figures_are_those_of_scikit_learn() {
    check(&serde_json::from_slice(&std::fs::read(testdata().join("cases.json")).unwrap()).unwrap());
}

/// Fresh random cases, where `NNC_SKLEARN_PYTHON` names a Python that has scikit-learn.
#[test]
fn fresh_cases_agree_as_well() {
    let Some(python) = std::env::var_os("NNC_SKLEARN_PYTHON") else { return };
    let seed = std::process::id().to_string();
    let made = Command::new(python).arg(testdata().join("make.py")).arg(&seed).output().unwrap();
    assert!(made.status.success(), "seed {seed}: {}", String::from_utf8_lossy(&made.stderr));
    println!("seed {seed}");
    check(&serde_json::from_slice(&made.stdout).unwrap());
}

#[test]
fn an_image_of_another_size_decides_at_which_size_pixels_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("0.csv", "0,1\n0,1\n");
    write("1.csv", "0,0\n0,0\n");
    // A mask of 8x8 whose right half is marked; images of 4x4.
    GrayImage::from_fn(8, 8, |x, _| Luma([u8::from(x >= 4)])).save(folder.path().join("mask.png")).unwrap();
    GrayImage::new(4, 4).save(folder.path().join("image.png")).unwrap();
    let image = |row: usize, label: f64| EvaluatedImage {
        row,
        label: Some(label),
        image: Some(folder.path().join("image.png")),
        map: Some(folder.path().join(format!("{row}.csv"))),
        ..EvaluatedImage::default()
    };
    let mut defective = image(0, 1.0);
    defective.mask = Some(folder.path().join("mask.png"));
    let mapless = EvaluatedImage { map: Some(folder.path().join("none.csv")), ..defective.clone() };
    let rows = [defective, image(1, 0.0), image(0, 1.0), mapless];
    let mut metrics = Metrics::of(&rows);
    metrics.measure_pixels(&rows, &Maps::default(), folder.path(), 1, &|_, _, _| ()).unwrap();
    let pixel = metrics.pixel.unwrap();
    assert_eq!((pixel.pixels, pixel.defective_pixels, pixel.regions), (32, 8, 1));
    assert_eq!((pixel.images, pixel.left_out), (2, 2), "one without a mask, one without a map");
    // Stretched columns are 0, 0.25, 0.75, 1; the two marked ones are above all others.
    assert_eq!((pixel.auroc, pixel.aupro), (1.0, 1.0));

    // Without any mask, or with nothing marked, there is nothing to tell.
    let mut unmarked = image(0, 1.0);
    GrayImage::new(4, 4).save(folder.path().join("empty.png")).unwrap();
    metrics
        .measure_pixels(&[unmarked.clone(), image(1, 0.0)], &Maps::default(), folder.path(), 1, &|_, _, _| ())
        .unwrap();
    assert_eq!(metrics.pixel, None);
    unmarked.mask = Some(folder.path().join("empty.png"));
    metrics
        .measure_pixels(&[unmarked.clone(), image(1, 0.0)], &Maps::default(), folder.path(), 1, &|_, _, _| ())
        .unwrap();
    assert_eq!(metrics.pixel, None);
    unmarked.mask = Some(folder.path().join("nowhere.png"));
    let error = metrics.measure_pixels(&[unmarked], &Maps::default(), folder.path(), 1, &|_, _, _| ()).unwrap_err();
    assert!(matches!(&error, ReportError::MaskUnreadable { path, .. } if path.ends_with("nowhere.png")), "{error}");
}
