//! Reports of models that are no detectors, to look at and to check in a browser: `sample_outcomes TASK FOLDER [LANGUAGE]`
//! draws pictures or numbers for the task into the folder and writes `report.html` beside them.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "opens files of its own")]

use std::error::Error;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use image::{GrayImage, Luma, Rgb, RgbImage};
use nnc_report::{
    Areas, Classifier, ColourScale, DatasetFacts, Distance, Estimate, EvaluatedImage, Evaluation, Judged, Likeness,
    Likenesses, Maps, Metrics, Origin, Outcome, PageOptions, Pairing, Regression, Sample, Segmentation, Task,
    Threshold, TimedPhase, Timing, decide, error_map, write_html,
};

/// Side of a picture.
const SIDE: u32 = 96;
/// Values of a wave.
const STEPS: usize = 128;
const CLASSES: [&str; 4] = ["disc", "square", "cross <b>", "リング"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(task), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: sample_outcomes TASK FOLDER [en|ja]".into());
    };
    let folder = PathBuf::from(folder);
    let language = arguments.next().unwrap_or_else(|| "en".to_owned()).parse()?;
    fs::create_dir_all(&folder)?;
    let mut random = Random(11);
    let mut evaluation = match task.as_str() {
        // A regression whose targets are pictures.
        "likeness" => likeness(&folder, &mut random)?,
        task => of_task(task.parse()?, &folder, &mut random)?,
    };
    let threads = std::thread::available_parallelism()?.get();
    evaluation.title = "Drawn rows 描画サンプル".to_owned();
    evaluation.origin = Origin {
        host: "sample_outcomes".to_owned(),
        plugin_title: "Forward".to_owned(),
        plugin_version: "0.1.0".to_owned(),
        evaluated: DatasetFacts {
            file: "test.csv".to_owned(),
            rows: evaluation.rows.len(),
            csv_sha256: "0".repeat(64),
        },
        device: "cpu".to_owned(),
        engine: "onnxruntime 1.32.0".to_owned(),
        started: 1_769_854_502.0,
        ..Origin::default()
    };
    evaluation.timings = vec![Timing { phase: TimedPhase::Scoring, seconds: 2.5, images: evaluation.rows.len() }];
    let options = PageOptions { language, threads, ..PageOptions::default() };
    let mut page = BufWriter::new(fs::File::create(folder.join("report.html"))?);
    write_html(&evaluation, &Maps::default(), &options, &mut page)?;
    page.flush()?;
    Ok(())
}

/// What there is for every task but the detectors'.
fn of_task(task: Task, folder: &Path, random: &mut Random) -> Result<Evaluation, Box<dyn Error>> {
    Ok(match task {
        Task::Classification => classification(folder, random)?,
        Task::Regression => regression(random),
        Task::Segmentation => segmentation(folder, random)?,
        Task::Reconstruction => reconstruction(folder, random)?,
        Task::None => shown(random),
        Task::Anomaly => return Err("the example sample_report draws these".into()),
    })
}

fn pairing(output: &str, variable: &str) -> Pairing {
    Pairing { output: output.to_owned(), variable: variable.to_owned() }
}

/// Pictures of four shapes, of which a model takes some for others; a few have no label.
fn classification(folder: &Path, random: &mut Random) -> Result<Evaluation, Box<dyn Error>> {
    let mut classifier = Classifier::new(CLASSES.map(str::to_owned).to_vec());
    let mut rows = Vec::new();
    for row in 0..80 {
        let kind = row % CLASSES.len();
        let file = folder.join(format!("shape_{row:03}.png"));
        let shape = Shape::draw(random, kind);
        shape.picture(random).save(&file)?;
        let mut values: Vec<f32> = (0..CLASSES.len()).map(|_| random.next()).collect();
        values[kind] += 0.4 + 1.2 * random.next();
        // Squares look like discs.
        values[0] += if kind == 1 { 0.5 * random.next() } else { 0.0 };
        let sum: f32 = values.iter().map(|value| (3.0 * value).exp()).sum();
        let shares: Vec<f32> = values.iter().map(|value| (3.0 * value).exp() / sum).collect();
        classifier.add((row % 13 != 12).then_some(kind), &shares);
        rows.push(EvaluatedImage {
            row,
            name: format!("test/{kind}/shape_{row:03}.png"),
            image: Some(file),
            ..EvaluatedImage::default()
        });
    }
    let (metrics, predictions) = classifier.finish(pairing("y'", "y"));
    for (row, prediction) in rows.iter_mut().zip(predictions) {
        row.outcome = Some(Outcome::Class(prediction));
    }
    let judged = Some(Judged::Classification(metrics));
    Ok(Evaluation { task: Task::Classification, judged, rows, ..Evaluation::default() })
}

/// Two numbers estimated from four.
fn regression(random: &mut Random) -> Evaluation {
    let mut regression = Regression::new(vec!["y__0:length".to_owned(), "y__1:width".to_owned()]);
    let mut rows = Vec::new();
    for row in 0..60 {
        let values: Vec<f32> = (0..4).map(|_| 2.0 * random.next() - 1.0).collect();
        let due = [20.0 + 8.0 * values[0] * values[1], 5.0 + values[2].sin()].map(f64::from);
        let error = |random: &mut Random| f64::from(random.next() - 0.5);
        let found = [due[0] + 3.0 * error(random), due[1] + error(random)].map(|value| value as f32);
        regression.add((row % 17 != 16).then_some(&due[..]), &found);
        let name = values.iter().map(|value| format!("{value:.2}")).collect::<Vec<_>>().join(", ");
        let sample = Some(Sample::new(&[4], &values, Sample::MOST));
        rows.push(EvaluatedImage { row, name, sample, ..EvaluatedImage::default() });
    }
    let (metrics, estimates) = regression.finish(pairing("y'", "y"));
    for (row, estimate) in rows.iter_mut().zip(estimates) {
        row.outcome = Some(Outcome::Numbers(estimate));
    }
    Evaluation { task: Task::Regression, judged: Some(Judged::Regression(metrics)), rows, ..Evaluation::default() }
}

/// Shapes with grain, and what is left of the grain.
fn likeness(folder: &Path, random: &mut Random) -> Result<Evaluation, Box<dyn Error>> {
    let mut likenesses = Likenesses::new(Some(1.0));
    let mut rows = Vec::new();
    for row in 0..16 {
        let shape = Shape::draw(random, row % CLASSES.len());
        let target =
            RgbImage::from_fn(SIDE, SIDE, |x, y| Rgb(if shape.covers(x, y) { [210, 200, 180] } else { [90; 3] }));
        let found = RgbImage::from_fn(SIDE, SIDE, |x, y| {
            target.get_pixel(x, y).0.map(|value| value.saturating_add((12.0 * random.next()) as u8)).into()
        });
        let path = |kind: &str| folder.join(format!("{kind}_{row:02}.png"));
        shape.picture(random).save(path("noisy"))?;
        found.save(path("made"))?;
        target.save(path("clean"))?;
        let pairs = found.as_raw().iter().zip(target.as_raw());
        let differences: Vec<f32> = pairs.map(|(found, due)| (f32::from(*found) - f32::from(*due)) / 255.0).collect();
        let Distance { mae, rmse, psnr } = likenesses.add(&differences);
        let [mae, rmse, psnr] = [mae, rmse, psnr].map(|value| value.map(|value| value as f32));
        let likeness = Likeness { found: Some(path("made")), target: Some(path("clean")), mae, rmse, psnr };
        rows.push(EvaluatedImage {
            row,
            name: format!("noisy/shape_{row:02}.png"),
            image: Some(path("noisy")),
            outcome: Some(Outcome::Likeness(likeness)),
            ..EvaluatedImage::default()
        });
    }
    let judged = Some(Judged::Likeness(likenesses.finish(pairing("y'", "y"))));
    Ok(Evaluation { task: Task::Regression, judged, rows, ..Evaluation::default() })
}

/// Shapes on a ground, found with ragged borders.
fn segmentation(folder: &Path, random: &mut Random) -> Result<Evaluation, Box<dyn Error>> {
    let mut segmentation = Segmentation::new(4, false);
    let mut rows = Vec::new();
    for row in 0..24 {
        let kind = row % 3;
        let shape = Shape::draw(random, kind);
        let class = kind as u8 + 1;
        let labels = GrayImage::from_fn(SIDE, SIDE, |x, y| Luma([if shape.covers(x, y) { class } else { 0 }]));
        let found = GrayImage::from_fn(SIDE, SIDE, |x, y| {
            let (dx, dy) = ((random.next() * 7.0) as u32, (random.next() * 7.0) as u32);
            let inside = shape.covers((x + dx).saturating_sub(3), (y + dy).saturating_sub(3));
            let taken = if random.next() > 0.97 { 1 + (class + 1) % 3 } else { class };
            Luma([if inside { taken } else { 0 }])
        });
        let path = |kind: &str| folder.join(format!("{kind}_{row:02}.png"));
        shape.picture(random).save(path("scene"))?;
        found.save(path("found"))?;
        labels.save(path("label"))?;
        let labelled = row != 23;
        let mut areas = Areas { found: Some(path("found")), ..Areas::default() };
        if labelled {
            let agreement = segmentation.add(labels.as_raw(), found.as_raw());
            (areas.accuracy, areas.mean_iou) = (agreement.accuracy, agreement.mean_iou);
            areas.label = Some(path("label"));
        } else {
            segmentation.add_unlabelled();
        }
        rows.push(EvaluatedImage {
            row,
            name: format!("scenes/scene_{row:02}.png"),
            image: Some(path("scene")),
            outcome: Some(Outcome::Pixels(areas)),
            ..EvaluatedImage::default()
        });
    }
    let judged = Some(Judged::Segmentation(segmentation.finish(pairing("y'", "y"))));
    Ok(Evaluation { task: Task::Segmentation, judged, rows, ..Evaluation::default() })
}

/// Waves, of which every fourth has a dent that its reconstruction lacks.
fn reconstruction(folder: &Path, random: &mut Random) -> Result<Evaluation, Box<dyn Error>> {
    let mut rows = Vec::new();
    for row in 0..24 {
        let (phase, dent) = (6.3 * random.next(), row % 4 == 3);
        let at = 20 + (80.0 * random.next()) as usize;
        let smooth: Vec<f32> = (0..STEPS).map(|step| (phase + step as f32 * 0.1).sin()).collect();
        let wave: Vec<f32> = smooth
            .iter()
            .enumerate()
            .map(|(step, value)| {
                value + 0.04 * random.next() + if dent && (at..at + 8).contains(&step) { 0.7 } else { 0.0 }
            })
            .collect();
        let map = error_map(&[STEPS, 1], &wave, &smooth);
        let file = folder.join(format!("error_{row:02}.csv"));
        fs::write(&file, map.iter().map(f32::to_string).collect::<Vec<_>>().join(","))?;
        rows.push(EvaluatedImage {
            row,
            name: format!("waves/{row:02}.csv"),
            sample: Some(Sample::new(&[STEPS, 1], &wave, Sample::MOST).with_reconstruction(&smooth, Sample::MOST)),
            label: Some(if dent { 1.0 } else { 0.0 }),
            map: Some(file),
            score: map.iter().copied().fold(0.0, f32::max),
            ..EvaluatedImage::default()
        });
    }
    let mut evaluation = Evaluation {
        task: Task::Reconstruction,
        scale: ColourScale::of(&rows, &Maps::default()),
        metrics: Metrics::of(&rows),
        rows,
        ..Evaluation::default()
    };
    decide(&mut evaluation, Some(Threshold::fixed(0.1, None, 0.95)), &Maps::default(), 1, &|_| {});
    Ok(evaluation)
}

/// Features that nothing says the meaning of.
fn shown(random: &mut Random) -> Evaluation {
    let row = |row: usize| {
        let values: Vec<f32> = (0..200).map(|step| (step as f32 * 0.07 * random.next()).cos()).collect();
        let found: Vec<f32> = (0..12).map(|_| 10.0 * random.next()).collect();
        EvaluatedImage {
            row,
            name: format!("signals/{row:02}.csv"),
            sample: Some(Sample::new(&[200], &values, Sample::MOST)),
            outcome: Some(Outcome::Numbers(Estimate { found, ..Estimate::default() })),
            ..EvaluatedImage::default()
        }
    };
    Evaluation { task: Task::None, rows: (0..20).map(row).collect(), ..Evaluation::default() }
}

/// A shape somewhere in a picture.
struct Shape {
    kind: usize,
    x: f32,
    y: f32,
    size: f32,
}

impl Shape {
    fn draw(random: &mut Random, kind: usize) -> Self {
        let middle = |random: &mut Random| SIDE as f32 * (0.4 + 0.2 * random.next());
        Self { kind, x: middle(random), y: middle(random), size: SIDE as f32 * (0.18 + 0.12 * random.next()) }
    }

    fn covers(&self, x: u32, y: u32) -> bool {
        let (dx, dy) = ((x as f32 - self.x).abs(), (y as f32 - self.y).abs());
        let distance = dx.hypot(dy);
        match self.kind {
            0 => distance < self.size,
            1 => dx.max(dy) < self.size * 0.86,
            2 => dx.min(dy) < self.size * 0.28 && dx.max(dy) < self.size * 1.1,
            _ => distance < self.size && distance > self.size * 0.6,
        }
    }

    fn picture(&self, random: &mut Random) -> RgbImage {
        RgbImage::from_fn(SIDE, SIDE, |x, y| {
            let base = if self.covers(x, y) { 190.0 } else { 70.0 } + 40.0 * random.next();
            Rgb([base, base * 0.97, base * 0.9].map(|value| value as u8))
        })
    }
}

/// Numbers from 0 to 1 that are the same on every machine (Lehmer's generator with Park and Miller's constants).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        self.0 as f32 / 0x7fff_ffff_u32 as f32
    }
}
