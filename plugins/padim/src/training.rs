//! Training: features of the images, their moments, and the network that is made from them.

use std::time::Instant;

use nnc_engine::{Executor, Layers, Precision, Team, image_tensor, micro_batch};
use nnc_plugin_api::{BatchSource, Error, Host, Result};
use nnp::Model;
use tch::Device;

use crate::device_moments::DeviceMoments;
use crate::gaussian::Gaussian;
use crate::memory::{self, Needs};
use crate::moments::{Features, Moments};
use crate::{COV_INV, MEAN, OUTPUT, SIDE, head, inverse};

/// What training needs to know.
pub(crate) struct Plan {
    layers: Layers<3>,
    gaussian: Gaussian,
    device: Device,
    /// Runs the backbone up to the kept channels of its three taps.
    team: Team<Executor>,
    micro_batch: usize,
}

impl Plan {
    /// Plans a training, tells how much memory it takes, and refuses it when there is less.
    ///
    /// # Errors
    /// Too little memory, with smaller settings, and what libtorch says.
    pub(crate) fn new(
        layers: Layers<3>,
        gaussian: Gaussian,
        device: Device,
        precision: Precision,
        host: &Host,
    ) -> Result<Self> {
        let environment = host.environment();
        let (builder, values) = layers.start(environment.batch_size)?;
        let executor = Executor::of_values(builder, &values, device)?.with_precision(precision)?;
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
        Ok(Self { layers, gaussian, device, team, micro_batch })
    }

    /// Trains on all images of `source`.
    ///
    /// # Errors
    /// Too few images, features that are not finite, cancellation, and what libtorch says.
    pub(crate) fn train(&mut self, source: &mut BatchSource<'_>, host: &Host) -> Result<Model> {
        host.notice("Preparing training dataset...");
        let total = source.len();
        if total * self.gaussian.samples_per_image() < 2 {
            return Err(Error::data(format!(
                "a covariance needs at least 2 samples; gaussian = dense has one per image and the training set has \
                 {total}: add images or choose 1/16 or single"
            )));
        }
        host.notice("Calculating features...");
        let gaussians = match self.device {
            Device::Cpu => {
                let mut moments = Moments::new(self.gaussian, self.layers.channels(), host.environment().threads);
                self.each_batch(
                    source,
                    host,
                    |tensors| Features::read(&tensors),
                    |batch| {
                        batch.iter().for_each(|features| moments.add(features));
                        Ok(batch.iter().map(Features::images).sum())
                    },
                )?;
                host.notice("Creating anomary detection model...");
                let started = Instant::now();
                let gaussians = inverse::invert(&moments.finish()?, host)?;
                self.tell_inverse(started, host);
                gaussians
            }
            _ => {
                let mut moments = DeviceMoments::new(self.gaussian);
                self.each_batch(source, host, Ok, |batch| batch.iter().map(|layers| moments.add(layers)).sum())?;
                host.notice("Creating anomary detection model...");
                let started = Instant::now();
                let gaussians = moments.finish(|done, all| {
                    host.progress(done, all);
                    host.checkpoint()
                })?;
                self.tell_inverse(started, host);
                gaussians
            }
        };
        self.network(host.environment().batch_size, gaussians)
    }

    fn tell_inverse(&self, started: Instant, host: &Host) {
        host.info(&format!("{} Gaussians in {:.1} s", self.gaussian.count(), started.elapsed().as_secs_f64()));
    }

    /// Computes the features of all images, hands them on in order, and tells what it took.
    fn each_batch<T: Send>(
        &mut self,
        source: &mut BatchSource<'_>,
        host: &Host,
        read: impl Fn(Vec<tch::Tensor>) -> Result<T> + Sync,
        mut add: impl FnMut(Vec<T>) -> Result<usize>,
    ) -> Result<()> {
        let (total, started) = (source.len(), Instant::now());
        let (device, size) = (self.device, self.micro_batch);
        let (mut done, mut statistics, mut waiting) = (0, 0.0, 0.0);
        loop {
            let clock = Instant::now();
            let Some(batch) = source.next_batch(size * self.team.size())? else { break };
            waiting += clock.elapsed().as_secs_f64();
            host.checkpoint()?;
            let bytes = batch.as_u8()?;
            let image = 3 * SIDE * SIDE;
            let features = self.team.run(batch.len(), size, |executor, rows| {
                let x =
                    image_tensor(&bytes[rows.start * image..rows.end * image], rows.len(), [3, SIDE, SIDE], device)?;
                read(executor.run(&x)?)
            })?;
            if let Some(line) = self.team.shrunk() {
                host.warn(&line);
            }
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
