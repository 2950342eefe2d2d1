//! A detector for the tests: the distance of each pixel's brightness from its mean over the training images, in
//! standard deviations. Honest and tiny, and written only against `nnc-plugin-api`, so that the host can be tested
//! without libtorch. The parameter `misbehave` makes it break a rule (`misdeeds`).

mod attacks;
mod misdeeds;

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use nnc_plugin_api::{
    Batch, BatchSource, Detector, Error, ErrorKind, Host, Input, Interface, Manifest, Output, OutputSpec, Parameter,
    Parameters, RequestedPermissions, Result, Training,
};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use misdeeds::Misdeed;

nnc_plugin_api::export_detector!(Probe, training = ProbeTraining);

/// The detector.
pub struct Probe {
    setup: Setup,
    /// Mean and standard deviation of each pixel.
    pixels: Vec<(f64, f64)>,
}

/// A training that has seen no image yet.
pub struct ProbeTraining {
    host: Host,
    setup: Setup,
    passes: i64,
}

/// What training and detector have in common.
struct Setup {
    side: usize,
    misdeed: Misdeed,
}

impl Setup {
    fn new(parameters: &Parameters, host: &Host) -> Result<Self> {
        let misdeed = Misdeed::parse(parameters.text("misbehave")?)?;
        misdeed.in_create(host)?;
        let side = parameters.int("side")? as usize;
        if misdeed.is("no parameter ends") && side == 1024 {
            return Err(Error::new(ErrorKind::Internal, "that is too much"));
        }
        Ok(Self { side, misdeed })
    }

    fn interface(&self) -> Interface {
        if self.misdeed.is("bad interface") {
            return Interface::new(Input::image("x", [3, usize::MAX]), vec![OutputSpec::new("x'", [usize::MAX, 2])]);
        }
        let outputs = vec![OutputSpec::new("x'", [self.side, self.side]), OutputSpec::new("mean", [])];
        Interface::new(Input::image("x", [3, self.side, self.side]), outputs)
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
}

impl Probe {
    /// A model that was not learnt.
    fn with_any_model(setup: Setup) -> Self {
        Self { pixels: vec![(0.0, 1.0); setup.side * setup.side], setup }
    }
}

impl Detector for Probe {
    fn manifest() -> Manifest {
        Manifest::new("probe", "Probe", env!("CARGO_PKG_VERSION"))
            .description("Distance of each pixel's brightness from its mean, in standard deviations.")
            .licence("Apache-2.0")
            // It works without.
            .permissions(RequestedPermissions { network: true, ..RequestedPermissions::default() })
            .parameters(vec![
                Parameter::int("side", "height and width of the images").default(16).range(1.0, 1024.0),
                Parameter::int("passes", "how often the training images are read").default(1).range(1.0, 10.0),
                // A text, since a check would try every choice.
                Parameter::text("misbehave", "how to break the rules").default("none"),
                Parameter::text("weights", "weights to ask the host for"),
                Parameter::file("mask", "a file that has to exist"),
            ])
    }

    fn load(model: &Path, parameters: &Parameters, host: Host) -> Result<Self> {
        let setup = Setup::new(parameters, &host)?;
        let mut archive = match ZipArchive::new(File::open(model)?) {
            Ok(_) if setup.misdeed.is("forget the model") => return Ok(Self::with_any_model(setup)),
            Err(_) if setup.misdeed.is("swallow damage") => return Ok(Self::with_any_model(setup)),
            archive => archive.map_err(|e| Error::model(format!("{} is no model: {e}", model.display())))?,
        };
        let mut text = String::new();
        archive
            .by_name("probe.json")
            .map_err(|e| Error::model(format!("this is no model of the probe: {e}")))?
            .read_to_string(&mut text)?;
        Ok(Self { pixels: serde_json::from_str(&text)?, setup })
    }

    fn interface(&self) -> Interface {
        self.setup.interface()
    }

    fn score(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
        let setup = &self.setup;
        if setup.misdeed.in_infer(batch, outputs)? {
            return Ok(());
        }
        let offset = setup.misdeed.offset(batch);
        let [maps, means] = outputs else { return Err(Error::data("two outputs are due")) };
        let images = batch.as_u8()?.chunks(3 * setup.side * setup.side);
        for ((image, map), mean) in
            images.zip(maps.values.chunks_mut(setup.side * setup.side)).zip(means.values.iter_mut())
        {
            let brightness = setup.brightness(image);
            for ((out, value), (centre, spread)) in map.iter_mut().zip(&brightness).zip(&self.pixels) {
                *out = ((value - centre).abs() / spread) as f32 + offset;
            }
            *mean = (brightness.iter().sum::<f64>() / brightness.len() as f64) as f32;
        }
        Ok(())
    }
}

impl Training for ProbeTraining {
    type Detector = Probe;
    type Model = Probe;

    fn start(parameters: &Parameters, host: Host) -> Result<Self> {
        if let Ok(name) = parameters.text("weights") {
            host.notice(&format!("weights at {}", host.weights(name)?.display()));
        }
        Ok(Self { setup: Setup::new(parameters, &host)?, passes: parameters.int("passes")?, host })
    }

    fn interface(&self) -> Interface {
        self.setup.interface()
    }

    fn train(self, source: &mut BatchSource<'_>) -> Result<Probe> {
        let Self { host, setup, passes } = self;
        setup.misdeed.in_fit(&host, source)?;
        let total = source.len();
        let mut sums = vec![(0.0, 0.0); setup.side * setup.side];
        for pass in 0..passes {
            if pass > 0 {
                source.rewind()?;
            }
            let mut seen = 0;
            while let Some(batch) = source.next_batch(7)? {
                host.checkpoint()?;
                if batch.first_row() != seen {
                    return Err(Error::data(format!("row {} came where {seen} was due", batch.first_row())));
                }
                for image in batch.as_u8()?.chunks(3 * setup.side * setup.side) {
                    for (sum, value) in sums.iter_mut().zip(setup.brightness(image)) {
                        sum.0 += value;
                        sum.1 += value * value;
                    }
                }
                seen += batch.len();
                host.progress(seen, total);
            }
            if seen != total {
                return Err(Error::data(format!("{seen} of {total} images came")));
            }
        }
        if total == 0 && !setup.misdeed.is("no empty data") {
            return Err(Error::data("there is no image to train on"));
        }
        let n = (total as f64) * passes as f64;
        // Without it, images that are all the same would have no spread to divide by.
        let least = if setup.misdeed.is("no constant data") { 0.0 } else { 1.0 };
        let pixels = sums.iter().map(|&(s, q)| (s / n, (q / n - (s / n).powi(2)).max(0.0).sqrt() + least)).collect();
        Ok(Probe { setup, pixels })
    }

    fn save(model: &Probe, path: &Path) -> Result<()> {
        if model.setup.misdeed.is("no zip") {
            return Ok(std::fs::write(path, "plain text")?);
        }
        let mut zip = ZipWriter::new(File::create(path)?);
        zip.start_file("probe.json", SimpleFileOptions::default().compression_method(CompressionMethod::Stored))?;
        zip.write_all(&serde_json::to_vec(&model.pixels)?)?;
        zip.finish()?;
        model.setup.misdeed.at_the_end(path);
        model.setup.misdeed.in_save(path)
    }

    fn into_detector(model: Probe) -> Result<Probe> {
        Ok(model)
    }
}
