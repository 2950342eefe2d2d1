//! PatchCore (Roth et al., "Towards Total Recall in Industrial Anomaly Detection", 2022) with Neural Network Console's
//! layers and local average, and a real coreset: patches of normal images that cover all others, and the distance to
//! the nearest of them as score map.
//!
//! `cells` keeps the patches of training in bounded memory, `coreset` chooses among them, perhaps seen through a
//! `projection`. `head` is the network behind the backbone, `scorer` runs it with the search of `nearest`, and this
//! file is the detector that puts them together. It does not know about files of data sets, jobs or results.
//!
//! Training takes one pass over the images. What it holds at once: the network, the features of a few images, at most
//! `RESIDENT_BYTES` of patches (the rest lies in a temporary file in the plugin's cache folder: 4 * (784 * C28 + 196 *
//! C14) bytes for each image, written once), 5.5 KB for each image, and the chosen patches.

#![cfg_attr(test, allow(clippy::unwrap_used))]

#[doc(hidden)]
pub mod bench;
mod cells;
mod coreset;
mod head;
mod nearest;
mod projection;
mod scorer;

use std::ops::Range;
use std::path::Path;
use std::time::Instant;

use nnc_engine::{EngineError, Executor, Layers, Precision, Team, image_tensor, join, micro_batch, plugin, values};
use nnc_plugin_api::{
    Batch, BatchSource, Detector, Error, ErrorKind, Host, Input, Interface, Manifest, Output, OutputSpec, Parameter,
    Parameters, Result,
};
use nnp::{Model, archive};
use tch::{Device, Tensor};

use crate::cells::{Cells, Channels, PLACES, Scratch};
use crate::projection::Projection;
use crate::scorer::{MEMORY, Scorer};

/// Height and width of input images.
const SIDE: usize = 224;
/// Height and width of score maps.
const MAP: usize = 28;
/// Bytes of an image.
const IMAGE: usize = 3 * SIDE * SIDE;
/// Name of the network's output, and of the column in results.
const OUTPUT: &str = "x'";
/// Taps of the backbone: 28x28 and 14x14.
const TAPS: [usize; 2] = [1, 2];
/// Patches kept in memory; twice that when there is a projection, whose results are kept beside them.
const RESIDENT_BYTES: usize = 192 << 20;

/// The detector.
pub struct PatchCore {
    host: Host,
    device: Device,
    precision: Precision,
    state: State,
}

enum State {
    /// Knows what to build, has no patches yet.
    Untrained(Box<Plan>),
    /// Has a network and has not been asked to run it.
    Trained(Box<Model>),
    /// Runs, with so many images for each member of the team at once.
    Running(Box<Team<Scorer>>, usize),
}

impl State {
    fn running(scorer: Scorer, threads: usize) -> Self {
        let (members, images) = scorer.sizes(threads);
        let device = scorer.device();
        Self::Running(Box::new(Team::new(scorer, device, members, Scorer::replica)), images)
    }
}

/// What training needs to know.
struct Plan {
    layers: Layers<2>,
    sample_ratio: f64,
    /// Values of a patch in the search for the coreset; 0 for all.
    projection: usize,
    seed: u64,
    device: Device,
    precision: Precision,
}

nnc_plugin_api::export_detector!(PatchCore);

impl Detector for PatchCore {
    fn manifest() -> Manifest {
        Manifest {
            id: "patchcore".into(),
            title: "PatchCore".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            description: "Remembers patches of normal images as the features of a pretrained network, and scores how \
                          far each patch of an image is from the nearest of them, wherever that was. Good where parts \
                          do not lie in the same place. Needs 224x224 RGB images in variable x; gives a 28x28 score \
                          map."
                .into(),
            licence: "Apache-2.0".into(),
            trains: true,
            parameters: vec![
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
                plugin::precision_parameter(
                    "chooses other patches: moved image scores by up to 10 %, and the image AUROC by 0.004 (measured on a \
                     CPU)",
                ),
            ],
        }
    }

    fn create(parameters: &Parameters, host: Host) -> Result<Self> {
        let model = parameters.text("model")?;
        let feature_ratio = parameters.float("feature_ratio")?;
        let sample_ratio = parameters.float("sample_ratio")?;
        let projection = usize::try_from(parameters.int("projection")?)?;
        let seed = u64::try_from(parameters.int("seed")?)?;
        if sample_ratio <= 0.0 {
            return Err(too_few(sample_ratio, "samples"));
        }

        let (backbone, device) = plugin::open_backbone(model, 1, &host)?;
        let precision = plugin::precision(parameters, device, &host)?;
        let layers = Layers::choose(backbone, TAPS, feature_ratio).map_err(parameter)?;
        layers.lines().for_each(|line| host.notice(&line));
        let plan = Plan { layers, sample_ratio, projection, seed, device, precision };
        Ok(Self { host, device, precision, state: State::Untrained(Box::new(plan)) })
    }

    fn load(model: &Path, parameters: &Parameters, host: Host) -> Result<Self> {
        let (model, device) = plugin::open_model(model, &host)?;
        let precision = plugin::precision(parameters, device, &host)?;
        let state = State::running(Scorer::open(&model, device, precision)?, host.environment().threads);
        Ok(Self { device, precision, state, host })
    }

    fn interface(&self) -> Interface {
        Interface::new(Input::image("x", [3, SIDE, SIDE]), vec![OutputSpec::new(OUTPUT, [MAP, MAP])])
    }

    fn fit(&mut self, source: &mut BatchSource<'_>) -> Result<()> {
        let State::Untrained(plan) = &self.state else {
            return Err(Error::new(ErrorKind::Internal, "the detector is trained already"));
        };
        let host = &self.host;
        host.notice("Preparing training dataset...");
        let count = plan.memory_size(source.len())?;

        host.notice("Calculating features...");
        let (all, searched) = plan.collect(source, host)?;

        host.notice(&format!("Creating anomary detection model (memory size = {count})..."));
        let started = Instant::now();
        let searched = searched.as_ref().unwrap_or(&all);
        let chosen = coreset::choose(searched, count, host.environment().threads, |centres| {
            host.progress(centres, count);
            host.checkpoint()
        })?;
        let patches = PLACES * all.len();
        host.info(&format!("{count} of {patches} patches in {:.1} s", started.elapsed().as_secs_f64()));

        self.state = State::Trained(Box::new(plan.network(memory(&all, &chosen)?)?));
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
            let scorer = Scorer::open(model, self.device, self.precision)?;
            self.state = State::running(scorer, self.host.environment().threads);
        }
        let State::Running(team, size) = &mut self.state else {
            return Err(Error::new(ErrorKind::Internal, "the detector is not trained"));
        };
        let (count, size) = (team.size() * *size, *size);
        let images = batch.as_u8()?.chunks(count * IMAGE);
        for (images, maps) in images.zip(outputs[0].values.chunks_mut(count * MAP * MAP)) {
            self.host.checkpoint()?;
            let parts = team.run(images.len() / IMAGE, size, |scorer, rows| {
                let x = tensor(images, &rows, scorer.device())?;
                Ok::<_, Error>(values(&scorer.run(&x)?)?)
            })?;
            if let Some(line) = team.shrunk() {
                self.host.warn(&line);
            }
            join(&parts, maps);
        }
        Ok(())
    }
}

impl Plan {
    fn channels(&self) -> Channels {
        let [fine, coarse] = self.layers.channels();
        Channels { fine, coarse }
    }

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
        let (bytes, room) = (4 * (count * self.channels().patch()) as u64, self.layers.room());
        if bytes > room {
            return Err(Error::parameter(format!(
                "sample_ratio = {} keeps {count} of {patches} samples with {} features each, {:.1} GB, more than the \
                 {:.1} GB that an NNP has left for them; use a smaller sample_ratio or feature_ratio",
                self.sample_ratio,
                self.channels().patch(),
                bytes as f64 / 1e9,
                room as f64 / 1e9
            )));
        }
        Ok(count)
    }

    /// The patches of all images, and what the search for the coreset sees of them if that is something else.
    fn collect(&self, source: &mut BatchSource<'_>, host: &Host) -> Result<(Cells, Option<Cells>)> {
        let (total, started) = (source.len(), Instant::now());
        let (mut builder, layers) = self.layers.start(1)?;
        let [fine, coarse] = layers;
        let averages = [head::local_average(&mut builder, fine)?, head::local_average(&mut builder, coarse)?];
        let device = self.device;
        let executor = Executor::of_values(builder, &averages, device)?.with_precision(self.precision)?;
        let threads = host.environment().threads;
        let size = micro_batch::rows(&executor, threads);
        let mut team = Team::new(executor, device, threads, Executor::replica);

        let new = |channels| Cells::new(channels, RESIDENT_BYTES, host.cache_dir());
        let projection = Projection::new(self.channels(), self.projection, self.seed);
        let mut all = new(self.channels());
        let mut searched = projection.as_ref().map(|projection| new(projection.channels()));
        let mut done = 0;
        while let Some(batch) = source.next_batch(size * team.size())? {
            host.checkpoint()?;
            let bytes = batch.as_u8()?;
            let parts =
                team.run(batch.len(), size, |executor, rows| by_cell(&executor.run(&tensor(bytes, &rows, device)?)?))?;
            if let Some(line) = team.shrunk() {
                host.warn(&line);
            }
            for values in parts {
                if let (Some(projection), Some(searched)) = (&projection, &mut searched) {
                    searched.push(&projection.apply(&values))?;
                }
                all.push(&values)?;
            }
            done += batch.len();
            host.progress(done, total);
        }
        let seconds = started.elapsed().as_secs_f64();
        host.info(&format!("features of {done} images in {seconds:.1} s ({:.1} images/s)", done as f64 / seconds));
        let spilled = all.spilled_bytes() + searched.as_ref().map_or(0, Cells::spilled_bytes);
        if spilled > 0 {
            host.info(&format!("{:.1} GB of features are in a temporary file", spilled as f64 / 1e9));
        }
        Ok((all, searched))
    }

    /// The network of the trained detector: backbone, memory, head. NNC stores it for one image at a time.
    fn network(&self, memory: Vec<f32>) -> Result<Model> {
        let (mut builder, [fine, coarse]) = self.layers.start(1)?;
        let averages = [head::local_average(&mut builder, fine)?, head::local_average(&mut builder, coarse)?];
        let embedding = head::embedding(&mut builder, averages)?;
        let dim = self.channels().patch();
        let memory = builder.parameter(MEMORY, &[1, dim, memory.len() / dim, 1, 1], memory);
        let score = head::score(&mut builder, embedding, memory)?;
        builder.name(score, OUTPUT);
        Ok(builder.finish(&[score], true)?)
    }
}

/// Some of the images in `bytes` as input of a network.
fn tensor(bytes: &[u8], rows: &Range<usize>, device: Device) -> Result<Tensor> {
    Ok(image_tensor(&bytes[rows.start * IMAGE..rows.end * IMAGE], rows.len(), [3, SIDE, SIDE], device)?)
}

/// Averaged layers (B,C,28,28) and (B,C,14,14) in the order of [`Cells`].
fn by_cell(layers: &[Tensor]) -> Result<Vec<f32>> {
    let (batch, fine) = (layers[0].size()[0], layers[0].size()[1]);
    let own = layers[0].f_reshape([batch, fine, 14, 2, 14, 2])?.f_permute([0, 2, 4, 3, 5, 1])?;
    let own = own.f_reshape([batch, 14, 14, PLACES as i64 * fine])?;
    let cells = Tensor::f_cat(&[layers[1].f_permute([0, 2, 3, 1])?, own], 3)?;
    Ok(values(&cells)?)
}

/// The parameter (1,D,M,1,1) of the chosen patches.
fn memory(cells: &Cells, chosen: &[usize]) -> Result<Vec<f32>> {
    let (dim, count) = (cells.channels().patch(), chosen.len());
    let (mut memory, mut patch, mut scratch) = (vec![0.0; dim * count], Vec::with_capacity(dim), Scratch::default());
    for (at, &number) in chosen.iter().enumerate() {
        patch.clear();
        cells.patch(number, &mut scratch, &mut patch)?;
        for (channel, &value) in patch.iter().enumerate() {
            memory[channel * count + at] = value;
        }
    }
    Ok(memory)
}

fn too_few(ratio: f64, of: &str) -> Error {
    Error::parameter(format!("parameter `sample_ratio` is {ratio}, which keeps none of the {of}"))
}

/// For `map_err`: what a parameter is to blame for.
fn parameter(error: EngineError) -> Error {
    Error::parameter(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Kind;

    #[test]
    fn the_manifest_keeps_its_own_rules() {
        PatchCore::manifest().check().unwrap();
    }

    #[test]
    fn cells_and_memory_follow_the_embedding() {
        let fine = Tensor::arange(2 * 3 * 784, (Kind::Float, Device::Cpu)).reshape([2, 3, 28, 28]);
        let coarse = Tensor::arange(2 * 2 * 196, (Kind::Float, Device::Cpu)).reshape([2, 2, 14, 14]) + 10_000.0;
        let channels = Channels { fine: 3, coarse: 2 };
        let mut cells = Cells::new(channels, usize::MAX, Err(Error::data("not needed")));
        cells.push(&by_cell(&[fine.shallow_clone(), coarse.shallow_clone()]).unwrap()).unwrap();
        assert_eq!(cells.len(), 2 * 196);
        // Image 1, row 7, column 12: cell (3, 6), place (1, 0).
        let chosen = [0, PLACES * (196 + 3 * 14 + 6) + 2];
        let memory = memory(&cells, &chosen).unwrap();
        for channel in 0..3 {
            assert_eq!(f64::from(memory[2 * channel]), fine.double_value(&[0, channel as i64, 0, 0]));
            assert_eq!(f64::from(memory[2 * channel + 1]), fine.double_value(&[1, channel as i64, 7, 12]));
        }
        for channel in 0..2 {
            let (value, at) = (f64::from(memory[2 * (3 + channel) + 1]), [1, channel as i64, 3, 6]);
            assert_eq!(value, coarse.double_value(&at));
        }
    }
}
