//! A report of drawn images, to look at and to check in a browser: `sample_report IMAGES FOLDER [LANGUAGE]` writes
//! pictures, maps and masks into the folder and `report.html` beside them.

#![allow(clippy::disallowed_methods, reason = "opens files of its own")]

use std::error::Error;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use image::{GrayImage, Luma, Rgb, RgbImage};
use nnc_report::{
    ColourScale, DatasetFacts, EvaluatedImage, Evaluation, Maps, Metrics, Origin, PageOptions, Threshold,
    ThresholdOrigin, TileFacts, TimedPhase, Timing, decide, write_html,
};

/// Cells of a map along one side.
const CELLS: usize = 56;
/// Size of an image: not square, as most are.
const SIZE: (u32, u32) = (400, 320);
const THRESHOLD: f32 = 4.0;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(images), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: sample_report IMAGES FOLDER [en|ja]".into());
    };
    let folder = PathBuf::from(folder);
    let language = arguments.next().unwrap_or_else(|| "en".to_owned()).parse()?;
    fs::create_dir_all(&folder)?;
    let mut random = Random(7);
    let rows = (0..images.parse()?).map(|row| draw(row, &folder, &mut random)).collect::<Result<Vec<_>, _>>()?;
    let threads = std::thread::available_parallelism()?.get();
    let options = PageOptions { language, threads, ..PageOptions::default() };
    let mut page = BufWriter::new(fs::File::create(folder.join("report.html"))?);
    write_html(&evaluation(rows, &folder, threads)?, &Maps::default(), &options, &mut page)?;
    page.flush()?;
    Ok(())
}

/// Draws one image: every third has a defect, some of them faint.
fn draw(row: usize, folder: &Path, random: &mut Random) -> Result<EvaluatedImage, Box<dyn Error>> {
    let defect = (row % 3 == 2).then_some(if row.is_multiple_of(2) { "scratch" } else { "dent" });
    let strength = if defect.is_some() { 0.25 + 0.75 * random.next() } else { 0.0 };
    let (x, y) = (0.2 + 0.6 * random.next(), 0.2 + 0.6 * random.next());
    let (wide, high) = if defect == Some("scratch") { (0.16, 0.015) } else { (0.05, 0.05) };
    let at = |u: f32, v: f32| (-((u - x) / wide).powi(2) - ((v - y) / high).powi(2)).exp();

    let path = |kind: &str, ending: &str| folder.join(format!("{kind}_{row:04}.{ending}"));
    let (width, height) = SIZE;
    let place = |x: u32, y: u32| (x as f32 / width as f32, y as f32 / height as f32);
    let mut picture = RgbImage::new(width, height);
    for (px, py, pixel) in picture.enumerate_pixels_mut() {
        let (u, v) = place(px, py);
        let grain = random.next() * 22.0;
        let base = 120.0 + 40.0 * v + grain - 110.0 * strength * at(u, v);
        *pixel = Rgb([base, base * 1.02, base * 1.06].map(|value| value.clamp(0.0, 255.0) as u8));
    }
    picture.save(path("part", "jpg"))?;
    let mask = defect.map(|_| path("mask", "png"));
    if let Some(path) = &mask {
        GrayImage::from_fn(width, height, |px, py| {
            let (u, v) = place(px, py);
            Luma([if at(u, v) > 0.4 { 255 } else { 0 }])
        })
        .save(path)?;
    }
    let mut values = Vec::with_capacity(CELLS * CELLS);
    for cell in 0..CELLS * CELLS {
        let centre = |index: usize| (index as f32 + 0.5) / CELLS as f32;
        let found = at(centre(cell % CELLS), centre(cell / CELLS));
        values.push(0.8 + 1.6 * random.next() * random.next() + 11.0 * strength * found);
    }
    let lines = values.chunks(CELLS).map(|line| line.iter().map(f32::to_string).collect::<Vec<_>>().join(","));
    let map = path("map", "csv");
    fs::write(&map, lines.collect::<Vec<_>>().join("\n"))?;
    // A few normal images have dirt on them.
    let score = values.iter().copied().fold(0.0, f32::max) + if row.is_multiple_of(41) { 2.1 } else { 0.0 };
    Ok(EvaluatedImage {
        row,
        name: format!("test/{}/part_{row:04}.jpg", defect.unwrap_or("good")),
        image: Some(path("part", "jpg")),
        label: Some(if defect.is_some() { 1.0 } else { 0.0 }),
        defect: defect.map(str::to_owned),
        map: Some(map),
        mask,
        score,
        ..EvaluatedImage::default()
    })
}

fn evaluation(rows: Vec<EvaluatedImage>, folder: &Path, threads: usize) -> Result<Evaluation, Box<dyn Error>> {
    let mut metrics = Metrics::of(&rows);
    metrics.measure_pixels(&rows, &Maps::default(), folder, threads, &|_, _, _| {})?;
    let mut evaluation = Evaluation {
        title: "Drawn parts 描画サンプル".to_owned(),
        origin: Origin {
            host: "sample_report".to_owned(),
            plugin_title: "PaDiM".to_owned(),
            plugin_version: "0.1.0".to_owned(),
            evaluated: DatasetFacts { file: "test.csv".to_owned(), rows: rows.len(), csv_sha256: "0".repeat(64) },
            tiles: Some(TileFacts { size: 224, overlap: 32, count: 4, image: [SIZE.1 as usize, SIZE.0 as usize] }),
            device: "cpu".to_owned(),
            engine: "onnxruntime 1.32.0".to_owned(),
            threads,
            batch_size: 64,
            sandbox: String::new(),
            started: 1_769_854_502.0,
            ..Origin::default()
        },
        timings: vec![Timing { phase: TimedPhase::Scoring, seconds: 12.5, images: rows.len() }],
        scale: ColourScale::of(&rows, &Maps::default()),
        metrics,
        rows,
        ..Evaluation::default()
    };
    let threshold = Threshold { value: THRESHOLD, origin: ThresholdOrigin::Fixed, false_alarms: None };
    decide(&mut evaluation, Some(threshold), &Maps::default(), threads, &|_| {});
    Ok(evaluation)
}

/// Numbers from 0 to 1 that are the same on every machine (Lehmer's generator with Park and Miller's constants).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        self.0 as f32 / 0x7fff_ffff_u32 as f32
    }
}
