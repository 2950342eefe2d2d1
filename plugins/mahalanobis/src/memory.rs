//! How much memory a training takes, reported and checked before anything is computed. All of it follows from the model:
//! nothing grows with the number of images.

use nnc_plugin_api::{Error, Result};

use crate::POSITIONS;
use crate::sums::Sums;

/// libtorch, OpenBLAS, threads and the program itself.
const PROGRAM: u64 = 150 << 20;

/// What does not depend on the Gaussians, in bytes.
pub(crate) struct Needs {
    /// Parameters of the backbone.
    pub(crate) backbone: u64,
    /// Values between functions, of all images that are in the backbone at a time.
    pub(crate) activations: u64,
    /// Decoded images.
    pub(crate) images: u64,
}

impl Needs {
    /// Bytes at the fullest moment of a training with `dim` channels.
    pub(crate) fn peak(&self, dim: usize) -> u64 {
        // As the file has them, and as the executor has them, which folds normalisations into copies.
        let always = PROGRAM + 2 * self.backbone + self.images;
        // Convolutions want room of their own: rows in another order.
        always + Sums::bytes(dim) + (2 * self.activations).max(parameters(dim))
    }
}

/// Bytes of means and matrices.
pub(crate) fn parameters(dim: usize) -> u64 {
    (size_of::<f32>() * POSITIONS * dim * (dim + 1)) as u64
}

/// Refuses a model that no NNP could hold, which has `room` bytes left, and a training that takes more than `limit` bytes.
///
/// # Errors
/// [`Error::parameter`] with the figures.
pub(crate) fn check(needs: &Needs, dim: usize, room: u64, limit: u64) -> Result<()> {
    let (model, peak) = (parameters(dim), needs.peak(dim));
    if model > room {
        return Err(Error::parameter(format!(
            "the last two layers of this backbone have {dim} channels, whose Gaussians take {}, more than the {} that an \
             NNP has left for them; use a smaller backbone",
            size(model),
            size(room)
        )));
    }
    if peak > limit {
        return Err(Error::parameter(format!(
            "Gaussians of {dim} channels need {} of memory, the job may use {}; use a smaller backbone or batch size, or \
             raise --memory-limit",
            size(peak),
            size(limit)
        )));
    }
    Ok(())
}

/// Bytes for the log.
pub(crate) fn size(bytes: u64) -> String {
    if bytes < 1_000_000_000 {
        format!("{:.0} MB", bytes as f64 / 1e6)
    } else {
        format!("{:.1} GB", bytes as f64 / 1e9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused() {
        let needs = Needs { backbone: 34 << 20, activations: 40 << 20, images: 20 << 20 };
        check(&needs, 152, 2 << 30, 1 << 30).unwrap();
        let model = check(&needs, 1700, 2 << 30, u64::MAX).unwrap_err();
        assert!(model.message().contains("have 1700 channels") && model.message().contains("2.3 GB"), "{model}");
        let memory = check(&needs, 152, 2 << 30, 100 << 20).unwrap_err();
        assert!(memory.message().contains("the job may use 105 MB"), "{memory}");
        // 18 MB with EfficientNet-Lite0.
        assert_eq!(size(parameters(152)), "18 MB");
    }
}
