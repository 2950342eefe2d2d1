//! Models that are known by name: how each is built from the file with its weights.

use super::{Built, archive, efficientnet_lite};
use crate::error::EngineError;
use std::path::Path;

/// Builds a network from the file with its weights; the model's name is for errors.
type Build = fn(model: &str, weights: &Path, batch_size: usize) -> Result<Built, EngineError>;

const KNOWN: &[(&str, Build)] = &[
    ("efficientnet_lite0", efficientnet_lite::build),
    // NNC's own, as archives with channels last.
    ("resnet50", |_, weights, batch_size| archive::build(weights, batch_size)),
    ("se_resnext101", |_, weights, batch_size| archive::build(weights, batch_size)),
];

/// How the model of that name is built.
pub(super) fn find(name: &str) -> Option<Build> {
    KNOWN.iter().find(|(known, _)| *known == name).map(|(_, build)| *build)
}
