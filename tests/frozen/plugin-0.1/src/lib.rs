//! A detector as an author would have written it for `nnc-plugin-api` 0.1: distance of every pixel of the red plane from
//! its mean over the training images. It is never adapted to later versions.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use nnc_plugin_api::{
    Batch, BatchSource, Detector, Element, Error, Host, Input, Interface, Manifest, Output, OutputSpec, Parameter,
    Parameters, Result,
};

pub struct Frozen {
    host: Host,
    side: usize,
    gain: f64,
    means: Vec<f64>,
}

nnc_plugin_api::export_detector!(Frozen);

impl Detector for Frozen {
    fn manifest() -> Manifest {
        Manifest {
            id: "frozen".into(),
            title: "Frozen".into(),
            version: "0.1.0".into(),
            description: "Distance of every red pixel from its mean.".into(),
            licence: "Apache-2.0".into(),
            trains: true,
            parameters: vec![
                Parameter::int("side", "height and width of the images").default(8).range(1.0, 64.0),
                Parameter::float("gain", "factor on the scores").default(1.0).range(0.5, 2.0),
                Parameter::bool("loud", "log more").default(false),
                Parameter::option("mode", "how to measure", &["absolute", "squared"]).default("absolute"),
                Parameter::text("note", "anything"),
                Parameter::file("mask", "a file that has to exist"),
            ],
        }
    }

    fn create(parameters: &Parameters, host: Host) -> Result<Self> {
        if parameters.bool("loud")? {
            host.warn(&format!("frozen, for {} on {}", host.environment().host, host.environment().device));
        }
        Ok(Self { host, side: parameters.int("side")? as usize, gain: parameters.float("gain")?, means: Vec::new() })
    }

    fn load(model: &Path, parameters: &Parameters, host: Host) -> Result<Self> {
        let mut archive = zip::ZipArchive::new(File::open(model)?)?;
        let mut bytes = Vec::new();
        archive.by_name("means.bin").map_err(|e| Error::model(e.to_string()))?.read_to_end(&mut bytes)?;
        let means = bytes.chunks_exact(8).filter_map(|b| b.try_into().ok().map(f64::from_le_bytes)).collect();
        Ok(Self { means, ..Self::create(parameters, host)? })
    }

    fn interface(&self) -> Interface {
        Interface {
            input: Input { variable: "x".into(), shape: vec![3, self.side, self.side], element: Element::U8 },
            outputs: vec![OutputSpec { name: "x'".into(), shape: vec![self.side, self.side] }],
        }
    }

    fn fit(&mut self, source: &mut BatchSource<'_>) -> Result<()> {
        let (total, plane) = (source.len(), self.side * self.side);
        let (mut sums, mut seen) = (vec![0.0; plane], 0);
        while let Some(batch) = source.next_batch(3)? {
            self.host.checkpoint()?;
            for image in batch.as_u8()?.chunks(3 * plane) {
                sums.iter_mut().zip(image).for_each(|(sum, &v)| *sum += f64::from(v));
            }
            seen += batch.len();
            self.host.progress(seen, total);
        }
        if seen == 0 {
            return Err(Error::data("there is no image to train on"));
        }
        self.means = sums.iter().map(|sum| sum / seen as f64).collect();
        Ok(())
    }

    fn save(&self, path: &Path) -> Result<()> {
        let mut archive = zip::ZipWriter::new(File::create(path)?);
        archive.start_file("means.bin", zip::write::SimpleFileOptions::default())?;
        archive.write_all(&self.means.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())?;
        archive.finish()?;
        Ok(())
    }

    fn infer(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
        let plane = self.side * self.side;
        for (image, map) in batch.as_u8()?.chunks(3 * plane).zip(outputs[0].values.chunks_mut(plane)) {
            for ((score, &value), mean) in map.iter_mut().zip(image).zip(&self.means) {
                *score = ((f64::from(value) - mean).abs() * self.gain) as f32;
            }
        }
        Ok(())
    }
}
