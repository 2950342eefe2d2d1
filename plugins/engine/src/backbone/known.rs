//! Models that are known by name.

use super::{Built, efficientnet_lite};
use crate::error::EngineError;
use std::path::Path;

/// A model with weights from elsewhere.
#[derive(Debug)]
pub struct Known {
    /// Name to open it by.
    pub name: &'static str,
    /// Name of the file with its weights.
    pub weights: &'static str,
    /// Licence of the weights.
    pub licence: &'static str,
    /// What it is and where features are taken from, in one sentence.
    pub about: &'static str,
    pub(super) build: fn(model: &str, weights: &Path, batch_size: usize) -> Result<Built, EngineError>,
}

/// All models known by name.
pub const KNOWN: &[Known] = &[Known {
    name: "efficientnet_lite0",
    weights: "efficientnet-lite0-57934424.pth",
    licence: "Apache-2.0",
    about: "EfficientNet-Lite0 trained on ImageNet, features from the stages with 24, 40 and 112 channels",
    build: efficientnet_lite::build,
}];

/// The model of that name.
pub(super) fn find(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// The error for a name that is not known, with the nearest that is.
pub(super) fn unknown(found: &str) -> EngineError {
    let nearest = KNOWN
        .iter()
        .map(|known| (strsim::jaro_winkler(found, known.name), known.name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let names: Vec<_> = KNOWN.iter().map(|known| known.name).collect();
    EngineError::UnknownModel {
        found: found.to_owned(),
        known: names.join(", "),
        hint: nearest.map(|(_, name)| format!("; did you mean \"{name}\"?")).unwrap_or_default(),
    }
}
