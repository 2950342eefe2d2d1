//! Single parts of training and scoring for `benches/padim.rs`, which sees nothing but public names. No promise to anyone
//! else.

use std::sync::Arc;

use nnc_engine::Team;
use nnc_plugin_api::{Host, Result};
use tch::{Device, Kind, Tensor};

use crate::distance::Distance;
use crate::gaussian::Gaussian;
use crate::inverse;
use crate::moments::{Features, Gaussians, Moments};

/// The texts of parameter `gaussian`.
pub const MODES: [&str; 3] = Gaussian::CHOICES;

/// Features of images on their way to the sums.
pub struct Images(Features);

impl Images {
    /// Reads three layers (B, C, side, side).
    ///
    /// # Errors
    /// What libtorch says.
    pub fn read(layers: &[Tensor]) -> Result<Self> {
        Features::read(layers).map(Self)
    }
}

/// Running sums over images.
pub struct Sums(Moments);

impl Sums {
    /// No images yet; an unknown `mode` is dense.
    ///
    /// # Errors
    /// When the system starts no thread.
    pub fn new(mode: &str, channels: [usize; 3], threads: usize) -> Result<Self> {
        Moments::new(gaussian(mode), channels, threads).map(Self)
    }

    /// Adds images.
    pub fn add(&mut self, images: &Images) {
        self.0.add(&images.0);
    }

    /// Ends the summing.
    ///
    /// # Errors
    /// When no image was added.
    pub fn finish(self) -> Result<Fitted> {
        self.0.finish().map(Fitted)
    }
}

/// Means and covariances.
pub struct Fitted(Gaussians);

impl Fitted {
    /// Inverts every covariance; gives the number of values.
    ///
    /// # Errors
    /// A covariance that has no inverse.
    pub fn invert(&self, host: &Host) -> Result<usize> {
        Ok(inverse::invert(&self.0, host)?.cov_inv.len())
    }
}

/// Scores on the CPU from the three layers on, as a trained model does: each thread has images of its own.
pub struct Scores {
    team: Team<Member>,
    images: usize,
}

struct Member {
    distance: Distance,
    layers: Vec<Tensor>,
}

impl Scores {
    /// Random layers of `images` images for each thread; Gaussians with the mean 0 and the identity as inverse
    /// covariance. An unknown `mode` is dense.
    ///
    /// # Errors
    /// What libtorch says.
    pub fn new(mode: &str, channels: [usize; 3], threads: usize, images: usize) -> Result<Self> {
        let (gaussian, dim) = (gaussian(mode), channels.iter().sum::<usize>());
        let mean = vec![0.0; gaussian.count() * dim];
        let identity = (0..dim * dim).map(|at| if at % (dim + 1) == 0 { 1.0 } else { 0.0 });
        let values: Vec<f32> = identity.collect();
        let cov_inv: Arc<[f32]> = values.repeat(gaussian.count()).into();
        let first = Member {
            distance: Distance::new(gaussian, &mean, &cov_inv, Device::Cpu)?,
            layers: layers(images, channels)?,
        };
        let replica = |first: &Member| Member {
            distance: first.distance.replica(),
            layers: first.layers.iter().map(Tensor::copy).collect(),
        };
        Ok(Self { team: Team::new(first, Device::Cpu, threads, replica), images })
    }

    /// Number of images that [`Scores::run`] scores.
    pub fn images(&self) -> usize {
        self.images * self.team.size()
    }

    /// Maps of all images.
    ///
    /// # Errors
    /// What libtorch says.
    pub fn run(&mut self) -> Result<Vec<Tensor>> {
        let (all, each) = (self.images(), self.images);
        self.team.run(all, each, |_| (), |member, _| member.distance.maps(&member.layers))
    }
}

/// Random layers (B, C, 56, 56), (B, C, 28, 28) and (B, C, 14, 14).
///
/// # Errors
/// What libtorch says.
pub fn layers(images: usize, channels: [usize; 3]) -> Result<Vec<Tensor>> {
    let layer = |(channels, side): (usize, i64)| {
        Tensor::f_rand([images as i64, channels as i64, side, side], (Kind::Float, Device::Cpu))
    };
    Ok(channels.into_iter().zip([56, 28, 14]).map(layer).collect::<Result<_, _>>()?)
}

fn gaussian(mode: &str) -> Gaussian {
    Gaussian::parse(mode).unwrap_or(Gaussian::Dense)
}
