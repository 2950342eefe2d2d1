//! The Mahalanobis distance of pretrained features at each position (Rippel et al., "Modeling the Distribution of Normal
//! Data in Pre-Trained Deep Features for Anomaly Detection", 2020; at each position as in PaDiM, Defard et al., 2020), with
//! features that are averaged over their neighbours and covariances that are shrunk (Chen et al., "Shrinkage Algorithms for
//! MMSE Covariance Estimation", 2010), so that few images are enough for many channels.
//!
//! `training` goes through the images, `sums` adds up their moments, `gaussians` makes one distribution of each position out
//! of them with the `shrinkage` of its covariance. `head` is the network behind the backbone as the file holds it, `scorer`
//! runs a trained model, with `distance` in the place of a head it knows. `memory` calculates beforehand how much memory
//! that takes. This file is the detector that puts them together. It does not know about files of datasets, jobs or
//! results.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod distance;
mod gaussians;
mod head;
mod memory;
mod scorer;
mod shrinkage;
mod sums;
mod training;

use std::path::Path;

use nnc_engine::Team;
use nnc_engine::plugin::{self, DetectorModel};
use nnc_plugin_api::{
    Batch, Detector, Host, Input, Interface, Manifest, Output, OutputSpec, Parameter, Parameters, Result,
};

use crate::head::Smoothing;
use crate::scorer::Scorer;

pub use crate::training::MahalanobisTraining;

/// Height and width of input images.
const SIDE: usize = 224;
/// Bytes of an image.
const IMAGE: usize = 3 * SIDE * SIDE;
/// Rows and columns of the positions.
const GRID: usize = 14;
/// Positions, each with a Gaussian of its own.
const POSITIONS: usize = GRID * GRID;
/// Height and width of anomaly maps.
const MAP: usize = 2 * GRID;
/// Name of the network's output, and of the column in results.
const OUTPUT: &str = "x'";
/// Name of the parameter with the means.
const MEAN: &str = "mean";
/// Name of the parameter with the matrices that make distances of differences.
const WHITENING: &str = "whitening";

nnc_plugin_api::export_detector!(Mahalanobis, training = MahalanobisTraining);

/// The detector.
pub struct Mahalanobis {
    host: Host,
    team: Team<Scorer>,
    /// Images that each member of the team takes at once.
    at_once: usize,
}

impl Detector for Mahalanobis {
    fn manifest() -> Manifest {
        Manifest::new("mahalanobis", "Mahalanobis", env!("CARGO_PKG_VERSION"))
            .description(
                "Learns from normal images alone how the features of a pretrained network, averaged over their \
                 neighbours, are distributed at each of 14x14 positions, and scores how far an image lies from that; \
                 made for few images, new parts and small models. Needs 224x224 RGB images in variable x; gives a 28x28 \
                 anomaly map.",
            )
            .licence("Apache-2.0")
            .parameters(vec![
                plugin::model_parameter(),
                Parameter::option(
                    "smoothing",
                    "3x3 averages features over their neighbours; none does not, which is for small defects and closer outlines",
                    &Smoothing::CHOICES,
                )
                .default(Smoothing::Neighbours.name()),
                plugin::layers_parameter(),
                plugin::normalization_parameter(),
                plugin::precision_parameter(
                    "moved maps by up to 0.7 % of their maximum, and the image AUROC by 0.0002 (measured on a CPU)",
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
        let Self { host, team, at_once } = self;
        let count = team.size() * *at_once;
        let images = batch.as_u8()?.chunks(count * IMAGE);
        for (images, maps) in images.zip(outputs[0].values.chunks_mut(count * MAP * MAP)) {
            host.checkpoint()?;
            let all = images.len() / IMAGE;
            // Few images are shared fairly.
            let block = (*at_once).min(all.div_ceil(team.size()));
            let warn = |line: &str| host.warn(line);
            team.run_into(all, block, maps, warn, |scorer, rows| {
                scorer.maps(&images[rows.start * IMAGE..rows.end * IMAGE])
            })?;
        }
        Ok(())
    }
}

impl Mahalanobis {
    fn new(model: DetectorModel) -> Result<Self> {
        let DetectorModel { host, compute, model } = model;
        let threads = host.environment().threads;
        let scorer = Scorer::open(&model, &compute, threads)?;
        plugin::tell_engine(scorer.executor(), &host);
        let at_once = scorer.at_once();
        Ok(Self { host, team: Team::new(scorer, compute.device, threads, Scorer::replica), at_once })
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
        Mahalanobis::manifest().check().unwrap();
    }
}
