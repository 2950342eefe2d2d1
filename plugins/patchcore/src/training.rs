//! Training: patches of all images, the coreset of them, and the network that remembers it.

use std::path::Path;
use std::time::Instant;

use nnc_engine::plugin::{self, DetectorModel};
use nnc_engine::{Compute, EngineError, Layers};
use nnc_plugin_api::{BatchSource, Error, Host, Interface, Parameters, Result, Training};
use nnp::Model;

use crate::cells::PLACES;
use crate::projection::Projection;
use crate::scorer::MEMORY;
use crate::{MAP, OUTPUT, PatchCore, coreset, head, patches};

/// Taps of the backbone: 28x28 and 14x14.
const TAPS: [usize; 2] = [1, 2];

/// A training that has seen no image yet.
pub struct PatchCoreTraining {
    host: Host,
    layers: Layers<2>,
    sample_ratio: f64,
    /// Values of a patch in the search for the coreset; 0 for all.
    projection: usize,
    seed: u64,
    compute: Compute,
}

impl Training for PatchCoreTraining {
    type Detector = PatchCore;
    type Model = DetectorModel;

    fn start(parameters: &Parameters, host: Host) -> Result<Self> {
        let feature_ratio = parameters.float("feature_ratio")?;
        let sample_ratio = parameters.float("sample_ratio")?;
        let projection = usize::try_from(parameters.int("projection")?)?;
        let seed = u64::try_from(parameters.int("seed")?)?;
        if sample_ratio <= 0.0 {
            return Err(too_few(sample_ratio, "samples"));
        }

        let (backbone, compute) = plugin::open_backbone(parameters, 1, &host)?;
        // What does not suit is the fault of a parameter.
        let layers = Layers::choose(backbone, TAPS, feature_ratio)
            .map_err(|error: EngineError| Error::parameter(error.to_string()))?;
        layers.lines().for_each(|line| host.notice(&line));
        Ok(Self { host, layers, sample_ratio, projection, seed, compute })
    }

    fn interface(&self) -> Interface {
        crate::interface()
    }

    fn train(self, source: &mut BatchSource<'_>) -> Result<DetectorModel> {
        let host = &self.host;
        host.notice("Preparing training dataset...");
        let count = self.memory_size(source.len())?;

        host.notice("Calculating features...");
        let projection = Projection::new(patches::channels(&self.layers), self.projection, self.seed);
        let (all, searched) = patches::collect(source, &self.layers, &self.compute, projection.as_ref(), host)?;

        host.notice(&format!("Creating anomary detection model (memory size = {count})..."));
        let started = Instant::now();
        let searched = searched.as_ref().unwrap_or(&all);
        let chosen = coreset::choose(searched, count, host.environment().threads, |centres| {
            host.progress(centres, count);
            host.checkpoint()
        })?;
        let available = PLACES * all.len();
        host.info(&format!("{count} of {available} patches in {:.1} s", started.elapsed().as_secs_f64()));

        let model = self.network(patches::memory(&all, &chosen)?)?;
        Ok(DetectorModel { host: self.host, compute: self.compute, model })
    }

    fn save(model: &DetectorModel, path: &Path) -> Result<()> {
        model.save(path)
    }

    fn into_detector(model: DetectorModel) -> Result<PatchCore> {
        PatchCore::new(model)
    }
}

impl PatchCoreTraining {
    /// Patches to keep of so many images: ⌊N·784·ratio⌋ (NNC contract 6.7).
    fn memory_size(&self, images: usize) -> Result<usize> {
        if images == 0 {
            return Err(Error::data("there is no image to train on"));
        }
        let patches = images * MAP * MAP;
        let count = (patches as f64 * self.sample_ratio) as usize;
        if count == 0 {
            return Err(too_few(
                self.sample_ratio,
                &format!("{patches} samples; use at least {:.1e}", 1.1 / patches as f64),
            ));
        }
        let (bytes, room) = (4 * (count * patches::channels(&self.layers).patch()) as u64, self.layers.room());
        if bytes > room {
            return Err(Error::parameter(format!(
                "sample_ratio = {} keeps {count} of {patches} samples with {} features each, {:.1} GB, more than the \
                 {:.1} GB that an NNP has left for them; use a smaller sample_ratio or feature_ratio",
                self.sample_ratio,
                patches::channels(&self.layers).patch(),
                bytes as f64 / 1e9,
                room as f64 / 1e9
            )));
        }
        Ok(count)
    }

    /// The network of the trained detector: backbone, memory, head. NNC stores it for one image at a time.
    fn network(&self, memory: Vec<f32>) -> Result<Model> {
        let (mut builder, [fine, coarse]) = self.layers.start(1)?;
        let averages = [head::local_average(&mut builder, fine)?, head::local_average(&mut builder, coarse)?];
        let embedding = head::embedding(&mut builder, averages)?;
        let dim = patches::channels(&self.layers).patch();
        let memory = builder.parameter(MEMORY, &[1, dim, memory.len() / dim, 1, 1], memory);
        let score = head::score(&mut builder, embedding, memory)?;
        builder.name(score, OUTPUT);
        Ok(builder.finish(&[score], true)?)
    }
}

fn too_few(ratio: f64, of: &str) -> Error {
    Error::parameter(format!("parameter `sample_ratio` is {ratio}, which keeps none of the {of}"))
}
