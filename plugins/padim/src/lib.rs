//! PaDiM (Defard et al., "PaDiM: a Patch Distribution Modeling Framework for Anomaly Detection and Localization",
//! 2020) with Neural Network Console's mathematics: the first channels of three layers of a pretrained backbone,
//! Gaussians fitted to normal images, and the Mahalanobis distance as score map.
//!
//! `training` goes through the images: `moments` sums over them on the CPU, `device_moments` on a GPU, and `inverse` turns
//! the sums into Gaussians. `head` is the network behind the backbone as the file holds it, `scorer` runs a trained model,
//! with `distance` in the place of a head it knows. `memory` says beforehand what all that takes. This file is the detector
//! that puts them together. It does not know about files of data sets, jobs or results.

#![cfg_attr(test, allow(clippy::unwrap_used))]

#[doc(hidden)]
pub mod bench;
mod device_moments;
mod distance;
mod embedding;
mod gaussian;
mod head;
mod inverse;
mod memory;
mod moments;
mod scorer;
mod training;

use std::path::Path;

use nnc_engine::{EngineError, Layers, Precision, plugin};
use nnc_plugin_api::{
    Batch, BatchSource, Detector, Error, ErrorKind, Host, Input, Interface, Manifest, Output, OutputSpec, Parameter,
    Parameters, Result,
};
use nnp::{Model, archive};
use tch::Device;

use crate::gaussian::Gaussian;
use crate::scorer::Scorer;
use crate::training::Plan;

/// Height and width of input images.
const SIDE: usize = 224;
/// Height and width of score maps.
const MAP: usize = 56;
/// Name of the network's output, and of the column in results.
const OUTPUT: &str = "x'";
/// Name of the parameter with the means.
const MEAN: &str = "mean";
/// Name of the parameter with the inverse covariances.
const COV_INV: &str = "cov_inv";

/// The detector.
pub struct Padim {
    host: Host,
    device: Device,
    precision: Precision,
    state: State,
}

enum State {
    /// Knows what to build, has no Gaussians yet.
    Untrained(Box<Plan>),
    /// Has a network and has not been asked to run it.
    Trained(Box<Model>),
    /// Runs.
    Running(Box<Scorer>),
}

nnc_plugin_api::export_detector!(Padim);

impl Detector for Padim {
    fn manifest() -> Manifest {
        Manifest {
            id: "padim".into(),
            title: "PaDiM".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            description: "Learns from normal images alone how the features of a pretrained network are distributed at \
                          each position, and scores how far an image lies from that. Needs 224x224 RGB images in \
                          variable x; gives a 56x56 score map."
                .into(),
            licence: "Apache-2.0".into(),
            trains: true,
            parameters: vec![
                plugin::model_parameter(),
                Parameter::float("feature_ratio", "ratio of features used for anomaly detection")
                    .default(0.1)
                    .range(0.0, 1.0),
                Parameter::option("gaussian", "number of Gaussian distributions", &Gaussian::CHOICES)
                    .default(Gaussian::Dense.name()),
                plugin::precision_parameter(
                    "moved maps by up to 6 % of their maximum, and the image AUROC by 0.001 (measured on a CPU)",
                ),
            ],
        }
    }

    fn create(parameters: &Parameters, host: Host) -> Result<Self> {
        let model = parameters.text("model")?;
        let ratio = parameters.float("feature_ratio")?;
        let gaussian = Gaussian::parse(parameters.text("gaussian")?)
            .ok_or_else(|| Error::parameter("parameter `gaussian` is none of dense, 1/16, single"))?;

        let (backbone, device) = plugin::open_backbone(model, host.environment().batch_size, &host)?;
        let precision = plugin::precision(parameters, device, &host)?;
        let layers = Layers::choose(backbone, [0, 1, 2], ratio).map_err(parameter)?;
        memory::check_file(gaussian, layers.channels().iter().sum(), layers.room())?;
        layers.lines().for_each(|line| host.notice(&line));
        let plan = Plan::new(layers, gaussian, device, precision, &host)?;
        Ok(Self { state: State::Untrained(Box::new(plan)), host, device, precision })
    }

    fn load(model: &Path, parameters: &Parameters, host: Host) -> Result<Self> {
        let (model, device) = plugin::open_model(model, &host)?;
        let precision = plugin::precision(parameters, device, &host)?;
        let scorer = Scorer::open(&model, device, precision, host.environment().threads)?;
        Ok(Self { device, precision, state: State::Running(Box::new(scorer)), host })
    }

    fn interface(&self) -> Interface {
        Interface::new(Input::image("x", [3, SIDE, SIDE]), vec![OutputSpec::new(OUTPUT, [MAP, MAP])])
    }

    fn fit(&mut self, source: &mut BatchSource<'_>) -> Result<()> {
        let State::Untrained(plan) = &mut self.state else {
            return Err(Error::new(ErrorKind::Internal, "the detector is trained already"));
        };
        let model = plan.train(source, &self.host)?;
        self.state = State::Trained(Box::new(model));
        Ok(())
    }

    fn save(&self, path: &Path) -> Result<()> {
        let State::Trained(model) = &self.state else {
            return Err(Error::new(ErrorKind::Internal, "there is no trained model to save"));
        };
        self.host.notice("Saving anomary detection model...");
        archive::write(path, model, &[])?;
        Ok(())
    }

    fn infer(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
        if let State::Trained(model) = &self.state {
            let scorer = Scorer::open(model, self.device, self.precision, self.host.environment().threads)?;
            self.state = State::Running(Box::new(scorer));
        }
        let State::Running(scorer) = &mut self.state else {
            return Err(Error::new(ErrorKind::Internal, "the detector is not trained"));
        };
        let count = scorer.batch();
        let images = batch.as_u8()?.chunks(count * 3 * SIDE * SIDE);
        for (images, maps) in images.zip(outputs[0].values.chunks_mut(count * MAP * MAP)) {
            self.host.checkpoint()?;
            if let Some(line) = scorer.run(images, maps)? {
                self.host.warn(&line);
            }
        }
        Ok(())
    }
}

/// For `map_err`: what a parameter is to blame for.
fn parameter(error: EngineError) -> Error {
    Error::parameter(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_keeps_its_own_rules() {
        Padim::manifest().check().unwrap();
    }
}
