//! Training: features of the images, their sums, and the network that is made from them.

use std::path::Path;
use std::time::Instant;

use nnc_engine::plugin::{self, DetectorModel};
use nnc_engine::{Compute, EngineError, Executor, Layers, Team, image_tensor, micro_batch, values};
use nnc_plugin_api::{BatchSource, Error, Host, Interface, Parameters, Result, Training};
use nnp::Model;
use tch::Device;

use crate::gaussians::{self, Gaussians};
use crate::head::{self, Smoothing};
use crate::memory::{self, Needs};
use crate::sums::Sums;
use crate::{IMAGE, MEAN, Mahalanobis, OUTPUT, SIDE, WHITENING};

/// Taps of the backbone: 28x28 and 14x14.
const TAPS: [usize; 2] = [1, 2];

/// A training that has seen no image yet.
pub struct MahalanobisTraining {
    host: Host,
    layers: Layers<2>,
    smoothing: Smoothing,
    compute: Compute,
    /// Runs the backbone up to the embedding.
    team: Team<Executor>,
    micro_batch: usize,
}

impl Training for MahalanobisTraining {
    type Detector = Mahalanobis;
    type Model = DetectorModel;

    fn start(parameters: &Parameters, host: Host) -> Result<Self> {
        let smoothing = Smoothing::parse(parameters.text("smoothing")?).ok_or_else(|| {
            Error::parameter(format!("parameter `smoothing` is none of {}", Smoothing::CHOICES.join(", ")))
        })?;
        let environment = host.environment();
        let (batch_size, threads) = (environment.batch_size, environment.threads);
        let limit = environment.memory_limit.unwrap_or(u64::MAX);
        let (backbone, compute) = plugin::open_backbone(parameters, batch_size, &host)?;
        let device = compute.device;
        // What does not suit is the fault of a parameter.
        let layers =
            Layers::choose(backbone, TAPS, 1.0).map_err(|error: EngineError| Error::parameter(error.to_string()))?;
        layers.lines().for_each(|line| host.notice(&line));

        let (mut builder, taps) = layers.start(batch_size)?;
        let embedding = head::embedding(&mut builder, taps, smoothing)?;
        let executor = Executor::of_values(builder, &[embedding], &compute)?;
        plugin::tell_engine(&executor, &host);
        let members = if device == Device::Cpu { threads.max(1) } else { 1 };
        let micro_batch = micro_batch::rows(&executor, members);
        let dim = layers.channels().iter().sum();
        let needs = Needs {
            backbone: layers.parameter_bytes(),
            activations: executor.row_bytes() * (members * micro_batch) as u64,
            images: (2 * batch_size.max(members * micro_batch) * IMAGE) as u64,
        };
        let peak = memory::size(needs.peak(dim));
        host.info(&format!("training will use up to {peak} of memory, whatever the number of images"));
        memory::check(&needs, dim, layers.room(), limit)?;
        let team = Team::new(executor, device, threads, Executor::replica);
        Ok(Self { host, layers, smoothing, compute, team, micro_batch })
    }

    fn interface(&self) -> Interface {
        crate::interface()
    }

    fn train(mut self, source: &mut BatchSource<'_>) -> Result<DetectorModel> {
        self.host.notice("Preparing training dataset...");
        self.host.notice("Calculating features...");
        let sums = self.sums(source)?;
        self.host.notice("Creating anomary detection model...");
        let started = Instant::now();
        let (images, moments) = sums.finish()?;
        let gaussians = gaussians::fit(images, &moments, &self.host)?;
        self.tell(images, gaussians.shrinkage, started);
        let model = self.network(gaussians)?;
        Ok(DetectorModel { host: self.host, compute: self.compute, model })
    }

    fn save(model: &DetectorModel, path: &Path) -> Result<()> {
        model.save(path)
    }

    fn into_detector(model: DetectorModel) -> Result<Mahalanobis> {
        Mahalanobis::new(model)
    }
}

impl MahalanobisTraining {
    fn dim(&self) -> usize {
        self.layers.channels().iter().sum()
    }

    /// The sums over all images of `source`.
    fn sums(&mut self, source: &mut BatchSource<'_>) -> Result<Sums> {
        let mut sums = Sums::new(self.dim(), self.host.environment().threads)?;
        let (total, started) = (source.len(), Instant::now());
        let (device, size) = (self.compute.device, self.micro_batch);
        let Self { team, host, .. } = self;
        let mut done = 0;
        while let Some(batch) = source.next_batch(size * team.size())? {
            host.checkpoint()?;
            let bytes = batch.as_u8()?;
            let parts = team.run(
                batch.len(),
                size,
                |line| host.warn(line),
                |executor, rows| {
                    let some = &bytes[rows.start * IMAGE..rows.end * IMAGE];
                    let x = image_tensor(some, rows.len(), [3, SIDE, SIDE], device)?;
                    let embedding = executor.run(&x)?.swap_remove(0);
                    Ok::<_, Error>(values(&embedding.f_permute([0, 2, 3, 1])?)?)
                },
            )?;
            parts.iter().for_each(|features| sums.add(features));
            done += batch.len();
            host.progress(done, total);
        }
        let seconds = started.elapsed().as_secs_f64();
        host.info(&format!("features of {done} images in {seconds:.1} s ({:.1} images/s)", done as f64 / seconds));
        Ok(sums)
    }

    /// Says how the number of images compares with that of the channels.
    fn tell(&self, images: usize, shrinkage: f64, started: Instant) {
        let dim = self.dim();
        self.host.info(&format!(
            "Gaussians of {dim} channels from {images} images in {:.1} s; covariances were shrunk by {:.0} % on average",
            started.elapsed().as_secs_f64(),
            shrinkage * 100.0
        ));
        if images < dim {
            self.host.info(
                "there are fewer images than channels: shrinkage keeps the covariances usable, and more images of \
                 different parts will still improve the scores",
            );
        }
    }

    /// The network of the trained detector: backbone, embedding, Gaussians, head.
    fn network(&self, gaussians: Gaussians) -> Result<Model> {
        let (mut builder, taps) = self.layers.start(self.host.environment().batch_size)?;
        let embedding = head::embedding(&mut builder, taps, self.smoothing)?;
        let (of_mean, of_whitening) = head::parameter_shapes(self.dim());
        let mean = builder.parameter(MEAN, &of_mean, gaussians.mean);
        let whitening = builder.parameter(WHITENING, &of_whitening, gaussians.whitening);
        let score = head::score(&mut builder, embedding, mean, whitening)?;
        builder.name(score, OUTPUT);
        Ok(builder.finish(&[score], true)?)
    }
}
