//! PaDiM (Defard et al., "PaDiM: a Patch Distribution Modeling Framework for Anomaly Detection and Localization",
//! 2020) with Neural Network Console's mathematics: the first channels of three layers of a pretrained backbone,
//! Gaussians fitted to normal images, and the Mahalanobis distance as anomaly map.
//!
//! `training` goes through the images: `moments` sums over them on the CPU, `device_moments` on a GPU, and `inverse` turns
//! the sums into Gaussians. `head` is the network behind the backbone as the file holds it, `scorer` runs a trained model,
//! with `distance` in the place of a head it knows. `memory` calculates beforehand how much memory that takes. This file is the detector
//! that puts them together. It does not know about files of datasets, jobs or results.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

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

use nnc_engine::plugin::{self, DetectorModel};
use nnc_plugin_api::{
    Batch, Detector, Host, Input, Interface, Manifest, Output, OutputSpec, Parameter, Parameters, Result,
};

use crate::gaussian::Gaussian;
use crate::scorer::Scorer;

pub use crate::training::PadimTraining;

/// Height and width of input images.
const SIDE: usize = 224;
/// Height and width of anomaly maps.
const MAP: usize = 56;
/// Name of the network's output, and of the column in results.
const OUTPUT: &str = "x'";
/// Name of the parameter with the means.
const MEAN: &str = "mean";
/// Name of the parameter with the inverse covariances.
const COV_INV: &str = "cov_inv";

nnc_plugin_api::export_detector!(Padim, training = PadimTraining);

/// The detector.
pub struct Padim {
    host: Host,
    scorer: Scorer,
}

impl Detector for Padim {
    fn manifest() -> Manifest {
        Manifest::new("padim", "PaDiM", env!("CARGO_PKG_VERSION"))
            .description(
                "Learns from normal images alone how the features of a pretrained network are distributed at each \
                 position, and scores how far an image lies from that. Needs 224x224 RGB images in variable x; gives a \
                 56x56 anomaly map.",
            )
            .licence("Apache-2.0")
            .parameters(vec![
                plugin::model_parameter(),
                Parameter::float("feature_ratio", "ratio of features used for anomaly detection")
                    .default(0.1)
                    .range(0.0, 1.0),
                Parameter::option("gaussian", "number of Gaussian distributions", &Gaussian::CHOICES)
                    .default(Gaussian::Dense.name()),
                plugin::layers_parameter(),
                plugin::normalization_parameter(),
                plugin::precision_parameter(
                    "moved maps by up to 6 % of their maximum, and the image AUROC by 0.001 (measured on a CPU)",
                ),
            ])
    }

    fn load(model: &Path, parameters: &Parameters, host: Host) -> Result<Self> {
        Self::new(DetectorModel::read(model, parameters, host)?)
    }

    fn interface(&self) -> Interface {
        interface()
    }

    fn score(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
        let count = self.scorer.batch();
        let images = batch.as_u8()?.chunks(count * 3 * SIDE * SIDE);
        for (images, maps) in images.zip(outputs[0].values.chunks_mut(count * MAP * MAP)) {
            self.host.checkpoint()?;
            self.scorer.run(images, maps, |line| self.host.warn(line))?;
        }
        Ok(())
    }
}

impl Padim {
    fn new(model: DetectorModel) -> Result<Self> {
        let DetectorModel { host, compute, model } = model;
        let scorer = Scorer::open(&model, &compute, host.environment().threads)?;
        plugin::tell_engine(scorer.executor(), &host);
        Ok(Self { host, scorer })
    }
}

fn interface() -> Interface {
    Interface::new(Input::image("x", [3, SIDE, SIDE]), vec![OutputSpec::new(OUTPUT, [MAP, MAP])])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_keeps_its_own_rules() {
        Padim::manifest().check().unwrap();
    }
}
