//! Models that are known by name, and files that can be recognised: how each is built.

use super::{
    Built, archive, efficientnet_lite,
    resnet::{self, Architecture},
};
use crate::{error::EngineError, state_dict::StateDict};
use nnc_files::open_regular;
use nnc_state_dict::safetensors::is_safetensors;
use std::{io::Read, path::Path};

/// What a name stands for.
#[derive(Clone, Copy)]
enum Kind {
    /// NNC's own, archives with channels last.
    Archive,
    EfficientNetLite,
    ResNet(Architecture),
}

const KNOWN: &[(&str, Kind)] = &[
    ("efficientnet_lite0", Kind::EfficientNetLite),
    ("resnet50", Kind::Archive),
    ("se_resnext101", Kind::Archive),
    ("resnet18", Kind::ResNet(resnet::RESNET18)),
    ("torchvision_resnet50", Kind::ResNet(resnet::RESNET50)),
    ("wide_resnet50_2", Kind::ResNet(resnet::WIDE_RESNET50_2)),
];

/// Builds the network that a user calls `model` from its file. What is not known by name is recognised by what is in the file.
pub(super) fn build(model: &str, file: &Path, batch_size: usize) -> Result<Built, EngineError> {
    let state = || StateDict::read(file, model);
    match KNOWN.iter().find(|(known, _)| *known == model).map(|(_, kind)| kind) {
        Some(Kind::EfficientNetLite) => efficientnet_lite::build(state()?, batch_size),
        Some(Kind::ResNet(architecture)) => resnet::build(state()?, Some(*architecture), batch_size),
        None if is_state_dict(file) => {
            let state = state()?;
            if state.shape(resnet::MARK).is_some() {
                resnet::build(state, None, batch_size)
            } else if state.shape(efficientnet_lite::MARK).is_some() {
                efficientnet_lite::build(state, batch_size)
            } else {
                let example = state.rest().first().map_or("none", |name| name).to_owned();
                Err(EngineError::UnknownWeights { path: file.to_owned(), example })
            }
        }
        Some(Kind::Archive) | None => archive::build(file, batch_size),
    }
}

/// Whether a file is a state dict and no NNP: both may be zips.
fn is_state_dict(path: &Path) -> bool {
    let mut start = [0; 2];
    let read = open_regular(path).and_then(|mut file| file.read_exact(&mut start));
    if read.is_err() {
        return false;
    }
    match &start {
        b"PK" => {
            nnp::archive::list(path).is_ok_and(|members| members.iter().any(|member| member.name.ends_with("data.pkl")))
        }
        // The first instruction of a pickle.
        [0x80, _] => true,
        _ => is_safetensors(path),
    }
}
