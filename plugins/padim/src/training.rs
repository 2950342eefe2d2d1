//! Training: features of the images, their moments, and the network that is made from them.

use std::path::Path;
use std::time::Instant;

use nnc_engine::plugin::{self, DetectorModel};
use nnc_engine::{Compute, EngineError, Executor, Layers, Team, image_tensor, micro_batch};
use nnc_plugin_api::{BatchSource, Error, Host, Interface, Parameters, Result, Training};
use nnp::Model;
use tch::Device;

use crate::device_moments::DeviceMoments;
use crate::gaussian::Gaussian;
use crate::memory::{self, Needs};
use crate::moments::{Features, Moments};
use crate::{COV_INV, MEAN, OUTPUT, Padim, SIDE, head, inverse};

/// A training that has seen no image yet.
pub struct PadimTraining {
    host: Host,
    layers: Layers<3>,
    gaussian: Gaussian,
    compute: Compute,
    /// Runs the backbone up to the kept channels of its three taps.
    team: Team<Executor>,
    micro_batch: usize,
}

impl Training for PadimTraining {
    type Detector = Padim;
    type Model = DetectorModel;

    fn start(parameters: &Parameters, host: Host) -> Result<Self> {
        let ratio = parameters.float("feature_ratio")?;
        let gaussian = Gaussian::parse(parameters.text("gaussian")?)
            .ok_or_else(|| Error::parameter("parameter `gaussian` is none of dense, 1/16, single"))?;

        let (backbone, compute) = plugin::open_backbone(parameters, host.environment().batch_size, &host)?;
        // What does not suit is the fault of a parameter.
        let layers = Layers::choose(backbone, [0, 1, 2], ratio)
            .map_err(|error: EngineError| Error::parameter(error.to_string()))?;
        memory::check_file(gaussian, layers.channels().iter().sum(), layers.room())?;
        layers.lines().for_each(|line| host.notice(&line));
        Self::plan(layers, gaussian, compute, host)
    }

    fn interface(&self) -> Interface {
        crate::interface()
    }

    fn train(mut self, source: &mut BatchSource<'_>) -> Result<DetectorModel> {
        let model = self.fit(source)?;
        Ok(DetectorModel { host: self.host, compute: self.compute, model })
    }

    fn save(model: &DetectorModel, path: &Path) -> Result<()> {
        model.save(path)
    }

    fn into_detector(model: DetectorModel) -> Result<Padim> {
        Padim::new(model)
    }
}

impl PadimTraining {
    /// Reports how much memory a training takes, and refuses it when there is less.
    fn plan(layers: Layers<3>, gaussian: Gaussian, compute: Compute, host: Host) -> Result<Self> {
        let (device, environment) = (compute.device, host.environment());
        let (builder, values) = layers.start(environment.batch_size)?;
        let executor = Executor::of_values(builder, &values, &compute)?;
        plugin::tell_engine(&executor, &host);
        let members = if device == Device::Cpu { environment.threads.max(1) } else { 1 };
        let micro_batch = micro_batch::rows(&executor, members);
        let needs = Needs {
            backbone: layers.parameter_bytes(),
            activations: executor.row_bytes() * (members * micro_batch) as u64,
            images: (2 * environment.batch_size.max(members * micro_batch) * 3 * SIDE * SIDE) as u64,
        };
        if device == Device::Cpu {
            let peak = needs.peak(gaussian, layers.channels());
            host.info(&format!(
                "training will use up to {} of memory, whatever the number of images",
                memory::size(peak)
            ));
            memory::check(&needs, gaussian, layers.channels(), environment.memory_limit.unwrap_or(u64::MAX))?;
        }
        let team = Team::new(executor, device, environment.threads, Executor::replica);
        Ok(Self { host, layers, gaussian, compute, team, micro_batch })
    }

    /// The model of all images of `source`.
    fn fit(&mut self, source: &mut BatchSource<'_>) -> Result<Model> {
        let host = &self.host.clone();
        host.notice("Preparing training dataset...");
        let total = source.len();
        if total * self.gaussian.samples_per_image() < 2 {
            return Err(Error::data(format!(
                "a covariance needs at least 2 samples; gaussian = dense has one per image and the training set has \
                 {total}: add images or choose 1/16 or single"
            )));
        }
        host.notice("Calculating features...");
        let gaussians = match self.compute.device {
            Device::Cpu => {
                let mut moments = Moments::new(self.gaussian, self.layers.channels(), host.environment().threads)?;
                self.each_batch(
                    source,
                    |tensors| Features::read(&tensors),
                    |batch| {
                        batch.iter().for_each(|features| moments.add(features));
                        Ok(batch.iter().map(Features::images).sum())
                    },
                )?;
                host.notice("Creating anomary detection model...");
                let started = Instant::now();
                let gaussians = inverse::invert(&moments.finish()?, host)?;
                self.tell_inverse(started);
                gaussians
            }
            _ => {
                let mut moments = DeviceMoments::new(self.gaussian);
                self.each_batch(source, Ok, |batch| batch.iter().map(|layers| moments.add(layers)).sum())?;
                host.notice("Creating anomary detection model...");
                let started = Instant::now();
                let gaussians = moments.finish(|done, all| {
                    host.progress(done, all);
                    host.checkpoint()
                })?;
                self.tell_inverse(started);
                gaussians
            }
        };
        self.network(host.environment().batch_size, gaussians)
    }

    fn tell_inverse(&self, started: Instant) {
        self.host.info(&format!("{} Gaussians in {:.1} s", self.gaussian.count(), started.elapsed().as_secs_f64()));
    }

    /// Computes the features of all images, passes them on in order, and reports how long it took.
    fn each_batch<T: Send>(
        &mut self,
        source: &mut BatchSource<'_>,
        read: impl Fn(Vec<tch::Tensor>) -> Result<T> + Sync,
        mut add: impl FnMut(Vec<T>) -> Result<usize>,
    ) -> Result<()> {
        let (total, started) = (source.len(), Instant::now());
        let (device, size) = (self.compute.device, self.micro_batch);
        let Self { team, host, .. } = self;
        let (mut done, mut statistics, mut waiting) = (0, 0.0, 0.0);
        loop {
            let clock = Instant::now();
            let Some(batch) = source.next_batch(size * team.size())? else { break };
            waiting += clock.elapsed().as_secs_f64();
            host.checkpoint()?;
            let bytes = batch.as_u8()?;
            let image = 3 * SIDE * SIDE;
            let features = team.run(
                batch.len(),
                size,
                |line| host.warn(line),
                |executor, rows| {
                    let x = image_tensor(
                        &bytes[rows.start * image..rows.end * image],
                        rows.len(),
                        [3, SIDE, SIDE],
                        device,
                    )?;
                    read(executor.run(&x)?)
                },
            )?;
            let clock = Instant::now();
            done += add(features)?;
            statistics += clock.elapsed().as_secs_f64();
            host.progress(done, total);
        }
        let seconds = started.elapsed().as_secs_f64();
        host.info(&format!(
            "features of {total} images in {seconds:.1} s ({:.1} images/s), {statistics:.1} s of it for sums and \
             {waiting:.1} s waiting for images",
            total as f64 / seconds
        ));
        Ok(())
    }

    /// The network of the trained detector: backbone, Gaussians, head.
    fn network(&self, batch_size: usize, gaussians: inverse::Model) -> Result<Model> {
        let (mut builder, layers) = self.layers.start(batch_size)?;
        let embedding = head::embedding(&mut builder, layers)?;
        let (mean, cov_inv) = head::parameter_shapes(self.gaussian, self.layers.channels().iter().sum());
        let mean = builder.parameter(MEAN, &mean, gaussians.mean);
        let cov_inv = builder.parameter(COV_INV, &cov_inv, gaussians.cov_inv);
        let score = head::score(&mut builder, self.gaussian, embedding, mean, cov_inv)?;
        builder.name(score, OUTPUT);
        Ok(builder.finish(&[score], true)?)
    }
}
