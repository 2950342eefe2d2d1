//! How much memory a training takes, reported and checked before anything is computed.
//!
//! All of it follows from the model: nothing grows with the number of images. The figures are for memory of the process's
//! own; measured peaks lie below them by up to a fifth.

use nnc_plugin_api::{Error, Result};

use crate::gaussian::Gaussian;
use crate::moments::Moments;

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
    /// Bytes at the fullest moment of a training with these settings.
    pub(crate) fn peak(&self, gaussian: Gaussian, channels: [usize; 3]) -> u64 {
        // As the file has them, and as the executor has them, which folds normalisations into copies.
        let always = PROGRAM + 2 * self.backbone + self.images;
        let sums = Moments::bytes(gaussian, channels);
        // Convolutions want room of their own: rows in another order.
        let features = 2 * self.activations;
        always + sums + features.max(inverses(gaussian, channels))
    }
}

/// Bytes of means and inverse covariances.
fn inverses(gaussian: Gaussian, channels: [usize; 3]) -> u64 {
    let dim: u64 = channels.iter().map(|&c| c as u64).sum();
    4 * gaussian.count() as u64 * dim * (dim + 1)
}

/// Refuses a training that takes more than `limit` bytes.
///
/// # Errors
/// [`Error::parameter`] with the figures and the smaller settings that would do.
pub(crate) fn check(needs: &Needs, gaussian: Gaussian, channels: [usize; 3], limit: u64) -> Result<()> {
    let peak = needs.peak(gaussian, channels);
    if peak <= limit {
        return Ok(());
    }
    let dim: usize = channels.iter().sum();
    let fits = |gaussian: &Gaussian| needs.peak(*gaussian, channels) <= limit;
    let smaller =
        [Gaussian::Sixteenth, Gaussian::Single].into_iter().filter(|&g| g.count() < gaussian.count()).find(fits);
    // Channels shrink together; the largest share of them in steps of a hundredth.
    let share = (1..100).rev().find(|&share| {
        let fewer = channels.map(|c| (c * share / 100).max(1));
        needs.peak(gaussian, fewer) <= limit
    });
    let advice = match (share, smaller) {
        (Some(share), Some(mode)) => {
            format!("use at most {share} % of this feature_ratio, or gaussian = {}", mode.name())
        }
        (Some(share), None) => format!("use at most {share} % of this feature_ratio"),
        (None, Some(mode)) => format!("use gaussian = {}", mode.name()),
        (None, None) => "use a smaller backbone or batch size".to_owned(),
    };
    Err(Error::parameter(format!(
        "gaussian = {} with {dim} channels needs {} of memory, the job may use {}; {advice}, or raise --memory-limit",
        gaussian.name(),
        size(peak),
        size(limit)
    )))
}

/// Refuses a model that no NNP could hold, before any image is read.
pub(crate) fn check_file(gaussian: Gaussian, channels: usize, room: u64) -> Result<()> {
    let bytes = |gaussian: Gaussian| inverses(gaussian, [channels, 0, 0]);
    if bytes(gaussian) <= room {
        return Ok(());
    }
    let smaller = [Gaussian::Sixteenth, Gaussian::Single].into_iter().find(|&g| bytes(g) <= room);
    Err(Error::parameter(format!(
        "gaussian = {} with {channels} channels makes Gaussians of {:.1} GB, more than the {:.1} GB that an NNP has left \
         for them; use a smaller feature_ratio{}",
        gaussian.name(),
        bytes(gaussian) as f64 / 1e9,
        room as f64 / 1e9,
        smaller.map(|g| format!(" or gaussian = {}", g.name())).unwrap_or_default()
    )))
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
    use nnc_plugin_api::ErrorKind;

    const NEEDS: Needs = Needs { backbone: 34 << 20, activations: 40 << 20, images: 20 << 20 };
    const CHANNELS: [usize; 3] = [25, 51, 102];

    #[test]
    fn a_training_that_does_not_fit_is_refused_with_what_would() {
        let refuse = |gaussian, limit| check(&NEEDS, gaussian, CHANNELS, limit).unwrap_err();
        let error = refuse(Gaussian::Dense, 500_000_000);
        assert_eq!(error.kind(), ErrorKind::Parameter);
        assert_eq!(
            error.message(),
            "gaussian = dense with 178 channels needs 837 MB of memory, the job may use 500 MB; use at most 65 % of this \
             feature_ratio, or gaussian = 1/16, or raise --memory-limit"
        );
        // The advice holds.
        check(&NEEDS, Gaussian::Dense, CHANNELS.map(|c| c * 65 / 100), 500_000_000).unwrap();
        check(&NEEDS, Gaussian::Sixteenth, CHANNELS, 500_000_000).unwrap();
        assert!(refuse(Gaussian::Single, 100).message().contains("use a smaller backbone or batch size"));
    }

    #[test]
    fn models_too_large_for_an_nnp_are_refused_with_what_would_fit() {
        let error = check_file(Gaussian::Dense, 448, 2 << 30).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Parameter);
        assert_eq!(
            error.message(),
            "gaussian = dense with 448 channels makes Gaussians of 2.5 GB, more than the 2.1 GB that an NNP has left for them; \
             use a smaller feature_ratio or gaussian = 1/16"
        );
        check_file(Gaussian::Dense, 176, 2 << 30).unwrap();
        check_file(Gaussian::Sixteenth, 448, 2 << 30).unwrap();
        check_file(Gaussian::Single, 1792, 2 << 30).unwrap();
    }
}
