//! PatchCore (Roth et al., "Towards Total Recall in Industrial Anomaly Detection", 2022) with Neural Network Console's
//! layers and local average, and a real coreset: patches of normal images that cover all others, and the distance to
//! the nearest of them as anomaly map.
//!
//! `cells` keeps the patches of training in bounded memory, `coreset` chooses among them, perhaps seen through a
//! `projection`. `head` is the network behind the backbone, `scorer` runs it with the search of `nearest`, and this
//! file is the detector that puts them together. It does not know about files of datasets, jobs or results.
//!
//! Training takes one pass over the images. What it holds at once: the network, the features of a few images, at most
//! `RESIDENT_BYTES` of patches (the rest lies in a temporary file in the plugin's cache folder: 4 * (784 * C28 + 196 *
//! C14) bytes for each image, written once), 5.5 KB for each image, and the chosen patches.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

#[doc(hidden)]
pub mod bench;
mod cells;
mod coreset;
mod head;
mod nearest;
mod patches;
mod projection;
mod scorer;
mod training;

use std::ops::Range;
use std::path::Path;

use nnc_engine::plugin::{self, DetectorModel};
use nnc_engine::{Team, image_tensor, values};
use nnc_plugin_api::{
    Batch, Detector, Error, Host, Input, Interface, Manifest, Output, OutputSpec, Parameter, Parameters, Result,
};
use tch::{Device, Tensor};

use crate::scorer::Scorer;

pub use crate::training::PatchCoreTraining;

/// Height and width of input images.
const SIDE: usize = 224;
/// Height and width of anomaly maps.
const MAP: usize = 28;
/// Bytes of an image.
const IMAGE: usize = 3 * SIDE * SIDE;
/// Name of the network's output, and of the column in results.
const OUTPUT: &str = "x'";

nnc_plugin_api::export_detector!(PatchCore, training = PatchCoreTraining);

/// The detector.
pub struct PatchCore {
    host: Host,
    team: Team<Scorer>,
    /// Images that each member of the team takes at once.
    at_once: usize,
}

impl Detector for PatchCore {
    fn manifest() -> Manifest {
        Manifest::new("patchcore", "PatchCore", env!("CARGO_PKG_VERSION"))
            .description(
                "Remembers patches of normal images as the features of a pretrained network, and scores how far each \
                 patch of an image is from the nearest of them, wherever that was. Good where parts do not lie in the \
                 same place. Needs 224x224 RGB images in variable x; gives a 28x28 anomaly map.",
            )
            .licence("Apache-2.0")
            .parameters(vec![
                plugin::model_parameter(),
                Parameter::float("feature_ratio", "ratio of features used for anomaly detection")
                    .default(0.1)
                    .range(0.0, 1.0),
                Parameter::float("sample_ratio", "ratio of samples used for anomaly detection")
                    .default(0.01)
                    .range(0.0, 1.0),
                Parameter::int(
                    "projection",
                    "features of a random projection to choose samples by, 0 for all; faster with very many features",
                )
                .default(0)
                .range(0.0, 65536.0),
                Parameter::int("seed", "start of the random numbers of the projection")
                    .default(0)
                    .range(0.0, 4_294_967_295.0),
                plugin::layers_parameter(),
                plugin::normalization_parameter(),
                plugin::precision_parameter(
                    "chooses other patches: moved image scores by up to 10 %, and the image AUROC by 0.004 (measured on a \
                     CPU)",
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
            team.run_into(
                images.len() / IMAGE,
                *at_once,
                maps,
                |line| host.warn(line),
                |scorer, rows| Ok::<_, Error>(values(&scorer.run(&tensor(images, &rows, scorer.device())?)?)?),
            )?;
        }
        Ok(())
    }
}

impl PatchCore {
    fn new(model: DetectorModel) -> Result<Self> {
        let DetectorModel { host, compute, model } = model;
        let scorer = Scorer::open(&model, &compute)?;
        plugin::tell_engine(scorer.executor(), &host);
        let (members, at_once) = scorer.sizes(host.environment().threads);
        Ok(Self { host, team: Team::new(scorer, compute.device, members, Scorer::replica), at_once })
    }
}

fn interface() -> Interface {
    Interface::new(Input::image("x", [3, SIDE, SIDE]), vec![OutputSpec::new(OUTPUT, [MAP, MAP])])
}

/// Some of the images in `bytes` as input of a network.
fn tensor(bytes: &[u8], rows: &Range<usize>, device: Device) -> Result<Tensor> {
    Ok(image_tensor(&bytes[rows.start * IMAGE..rows.end * IMAGE], rows.len(), [3, SIDE, SIDE], device)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_keeps_its_own_rules() {
        PatchCore::manifest().check().unwrap();
    }
}
