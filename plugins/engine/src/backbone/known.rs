//! Models that are known by name: how each is built from the file with its weights.

use super::{Built, efficientnet_lite};
use crate::error::EngineError;
use std::path::Path;

/// Builds a network from the file with its weights; the model's name is for errors.
type Build = fn(model: &str, weights: &Path, batch_size: usize) -> Result<Built, EngineError>;

const KNOWN: &[(&str, Build)] = &[("efficientnet_lite0", efficientnet_lite::build)];

/// How the model of that name is built.
pub(super) fn find(name: &str) -> Option<Build> {
    KNOWN.iter().find(|(known, _)| *known == name).map(|(_, build)| *build)
}
