//! A detector for the tests: the distance of each pixel's brightness from its mean over the training images, in
//! standard deviations. Honest and tiny, and written only against `nnc-plugin-api`, so that the host can be tested
//! without libtorch. The parameter `misbehave` makes it break the rules at a chosen place.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use nnc_plugin_api::{
    Batch, BatchSource, Detector, Error, Host, Input, Interface, Manifest, Output, OutputSpec, Parameter, Parameters,
    Result,
};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Every way to break the rules.
const MISDEEDS: [&str; 13] = [
    "none",
    "panic in create",
    "panic in fit",
    "panic in infer",
    "error in fit",
    "segfault",
    "abort",
    "exit",
    "hang",
    "slow",
    "noise",
    "nan",
    "no zip",
];

/// The detector.
pub struct Probe {
    host: Host,
    side: usize,
    misdeed: String,
    passes: i64,
    /// Mean and standard deviation of each pixel.
    pixels: Vec<(f64, f64)>,
}

nnc_plugin_api::export_detector!(Probe);

impl Probe {
    fn new(parameters: &Parameters, host: Host) -> Result<Self> {
        let misdeed = parameters.text("misbehave")?.to_owned();
        if misdeed == "panic in create" {
            panic!("as told");
        }
        if misdeed == "noise" {
            println!("{{\"event\":\"done\",\"summary\":{{}}}}");
            eprintln!("noise on standard error");
        }
        let side = parameters.int("side")? as usize;
        Ok(Self { host, side, misdeed, passes: parameters.int("passes")?, pixels: Vec::new() })
    }

    /// Brightness of one image, pixel by pixel.
    fn brightness(&self, image: &[u8]) -> Vec<f64> {
        let (red, rest) = image.split_at(self.side * self.side);
        let (green, blue) = rest.split_at(self.side * self.side);
        red.iter()
            .zip(green)
            .zip(blue)
            .map(|((&r, &g), &b)| (f64::from(r) + f64::from(g) + f64::from(b)) / 3.0)
            .collect()
    }

    fn misbehave_in_fit(&self) -> Result<()> {
        match self.misdeed.as_str() {
            "panic in fit" => panic!("as told"),
            "error in fit" => return Err(Error::data("the probe does not like this data set")),
            // SAFETY: not safe at all, which is the point.
            "segfault" => unsafe {
                std::ptr::null_mut::<u8>().write_volatile(1);
            },
            // SAFETY: ends the process.
            "abort" => unsafe { libc::abort() },
            "exit" => std::process::exit(0),
            "hang" => loop {
                std::thread::sleep(Duration::from_secs(1));
            },
            "slow" => loop {
                std::thread::sleep(Duration::from_millis(10));
                self.host.checkpoint()?;
            },
            _ => {}
        }
        Ok(())
    }
}

impl Detector for Probe {
    fn manifest() -> Manifest {
        Manifest {
            id: "probe".into(),
            title: "Probe".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            description: "Distance of each pixel's brightness from its mean, in standard deviations.".into(),
            licence: "Apache-2.0".into(),
            trains: true,
            parameters: vec![
                Parameter::int("side", "height and width of the images").default(16).range(1.0, 1024.0),
                Parameter::int("passes", "how often the training images are read").default(1).range(1.0, 10.0),
                Parameter::option("misbehave", "how to break the rules", &MISDEEDS).default("none"),
                Parameter::text("weights", "weights to ask the host for"),
                Parameter::file("mask", "a file that has to exist"),
            ],
        }
    }

    fn create(parameters: &Parameters, host: Host) -> Result<Self> {
        if let Ok(name) = parameters.text("weights") {
            host.notice(&format!("weights at {}", host.weights(name)?.display()));
        }
        Self::new(parameters, host)
    }

    fn load(model: &Path, parameters: &Parameters, host: Host) -> Result<Self> {
        let mut archive = ZipArchive::new(File::open(model)?)?;
        let mut text = String::new();
        archive
            .by_name("probe.json")
            .map_err(|e| Error::model(format!("this is no model of the probe: {e}")))?
            .read_to_string(&mut text)?;
        Ok(Self { pixels: serde_json::from_str(&text)?, ..Self::new(parameters, host)? })
    }

    fn interface(&self) -> Interface {
        let outputs = vec![OutputSpec::new("x'", [self.side, self.side]), OutputSpec::new("mean", [])];
        Interface::new(Input::image("x", [3, self.side, self.side]), outputs)
    }

    fn fit(&mut self, source: &mut BatchSource<'_>) -> Result<()> {
        self.misbehave_in_fit()?;
        let total = source.len();
        let mut sums = vec![(0.0, 0.0); self.side * self.side];
        for pass in 0..self.passes {
            if pass > 0 {
                source.rewind()?;
            }
            let mut seen = 0;
            while let Some(batch) = source.next_batch(7)? {
                self.host.checkpoint()?;
                if batch.first_row() != seen {
                    return Err(Error::data(format!("row {} came where {seen} was due", batch.first_row())));
                }
                for image in batch.as_u8()?.chunks(3 * self.side * self.side) {
                    for (sum, value) in sums.iter_mut().zip(self.brightness(image)) {
                        sum.0 += value;
                        sum.1 += value * value;
                    }
                }
                seen += batch.len();
                self.host.progress(seen, total);
            }
            if seen != total {
                return Err(Error::data(format!("{seen} of {total} images came")));
            }
        }
        let n = (total as f64) * self.passes as f64;
        self.pixels = sums.iter().map(|&(s, q)| (s / n, (q / n - (s / n).powi(2)).max(0.0).sqrt() + 1.0)).collect();
        Ok(())
    }

    fn save(&self, path: &Path) -> Result<()> {
        if self.misdeed == "no zip" {
            return Ok(std::fs::write(path, "plain text")?);
        }
        let mut zip = ZipWriter::new(File::create(path)?);
        zip.start_file("probe.json", SimpleFileOptions::default().compression_method(CompressionMethod::Stored))?;
        zip.write_all(&serde_json::to_vec(&self.pixels)?)?;
        zip.finish()?;
        Ok(())
    }

    fn infer(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
        if self.misdeed == "panic in infer" {
            panic!("as told");
        }
        if self.misdeed == "nan" {
            // Leaves the buffers as the host made them.
            return Ok(());
        }
        let [maps, means] = outputs else { return Err(Error::data("two outputs are due")) };
        let images = batch.as_u8()?.chunks(3 * self.side * self.side);
        for ((image, map), mean) in
            images.zip(maps.values.chunks_mut(self.side * self.side)).zip(means.values.iter_mut())
        {
            let brightness = self.brightness(image);
            for ((out, value), (centre, spread)) in map.iter_mut().zip(&brightness).zip(&self.pixels) {
                *out = ((value - centre).abs() / spread) as f32;
            }
            *mean = (brightness.iter().sum::<f64>() / brightness.len() as f64) as f32;
        }
        Ok(())
    }
}
