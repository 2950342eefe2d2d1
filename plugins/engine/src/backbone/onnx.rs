//! A backbone from an ONNX file: its one image, how that is normalised, and which of its values are tapped.

use super::{Built, IMAGE_SHAPE, INPUT, TAP_SIZES, imagenet};
use crate::error::EngineError;
use nnp::{
    Network, NetworkBuilder,
    op::{Scalar, ScalarKind},
};
use nnp_onnx_import::{ImportError, Imported, Options, TensorProblem, read_bytes};
use std::path::Path;

/// Most bytes of a file: protobuf holds no more.
const LIMIT: u64 = 0x7fff_ffff;

/// How a network that was not made for NNC expects images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Normalization {
    /// Free of ImageNet's mean and deviation, as PyTorch's networks are trained.
    #[default]
    ImageNet,
    /// 0 to 1.
    Unit,
    /// 0 to 255.
    None,
}

impl Normalization {
    /// What users call them.
    pub const CHOICES: [&'static str; 3] = ["imagenet", "unit", "none"];

    /// The normalisation that a user calls so.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "imagenet" => Self::ImageNet,
            "unit" => Self::Unit,
            "none" => Self::None,
            _ => return None,
        })
    }
}

/// What an ONNX file does not say about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnnxBackbone {
    /// Names of the values that are tapped, one for each size; empty for the last of each.
    pub layers: Vec<String>,
    /// How images are normalised.
    pub normalization: Normalization,
}

/// Whether a file is to be read as ONNX: by its name, since ONNX has no mark of its own.
pub(super) fn is_onnx(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("onnx"))
}

/// Reads `path` and cuts the graph at its taps.
pub(super) fn build(path: &Path, wanted: &OnnxBackbone, batch_size: usize) -> Result<Built, EngineError> {
    let refuse = |reason: String| EngineError::NotBackbone { path: path.to_owned(), reason };
    let bytes = nnc_files::read_regular(path, LIMIT).map_err(|error| refuse(error.to_string()))?;
    // What lies outside of the file was not named as part of the job.
    let read = |outputs: &[&str]| {
        let options = Options { batch: batch_size.max(1), open: &IMAGE_SHAPE, outputs };
        read_bytes(&bytes, None, options).map_err(|error| refuse(explained(&error, outputs)))
    };
    let mut imported;
    let names: [String; 3];
    if wanted.layers.is_empty() {
        imported = read(&[])?;
        names = last_of_each_size(&imported).map_err(refuse)?;
        if imported.batch.is_some() {
            // Perhaps what follows the taps is bound to a batch, and they are not.
            imported = read(&names.each_ref().map(String::as_str))?;
        }
    } else {
        let layers: Vec<&str> = wanted.layers.iter().map(String::as_str).collect();
        imported = read(&layers)?;
        names = by_size(&imported, &layers).map_err(refuse)?;
    }
    if let Some(batch) = imported.batch {
        let reason = format!(
            "what gives its layers holds for batches of {batch} alone, as something in it is computed from the number of images; \
             export it again without that"
        );
        return Err(refuse(reason));
    }
    let network = main_network(&imported).map_err(refuse)?;
    let executor = imported.model.executors.first();
    let inputs = executor.map(|executor| executor.data_variables.as_slice()).unwrap_or_default();
    let [input] = inputs else {
        return Err(refuse(format!("it has {} inputs, expected one image", inputs.len())));
    };
    let shape = network.variable(&input.variable_name).map(|variable| variable.shape.clone()).unwrap_or_default();
    if !matches!(shape.as_slice(), [_, 3, 224, 224]) {
        return Err(refuse(format!("its input has shape {shape:?}, expected (B, 3, 224, 224)")));
    }

    let mut builder = NetworkBuilder::new("backbone", batch_size);
    let image = builder.input(INPUT, &IMAGE_SHAPE);
    let x = match wanted.normalization {
        Normalization::ImageNet => imagenet::normalized(&mut builder, image)?,
        Normalization::Unit => builder.apply(Scalar::new(ScalarKind::MulScalar, imagenet::WHITE.recip()), &[image])?,
        Normalization::None => image,
    };
    let wanted = names.each_ref().map(String::as_str);
    let taps = builder.import(network, &imported.model.parameters, &[(&input.variable_name, x)], &wanted)?;
    let taps = <[nnp::Value; 3]>::try_from(taps).map_err(|_| refuse("two taps are the same value".to_owned()))?;
    let of = |name: &String| {
        let makes = |function: &&nnp::Function| function.outputs.contains(name);
        network.functions.iter().find(makes).map_or("input", |function| function.op.type_name()).to_owned()
    };
    Ok(Built { functions: names.each_ref().map(of), builder, taps, channels_last: false })
}

/// The error with what to do about it here.
fn explained(error: &ImportError, outputs: &[&str]) -> String {
    match error {
        ImportError::Tensor { problem: TensorProblem::NoFolder, name } => format!(
            "the values of \"{name}\" are in another file; export the network as one (torch.onnx.export with \
             external_data=False), or make an NNP of it with nnc-host nnp convert"
        ),
        ImportError::NoCounterpart { .. } if outputs.is_empty() => {
            format!("{error}; parameter `layers` names values before it, and only what leads to them is read")
        }
        _ => error.to_string(),
    }
}

fn main_network(imported: &Imported) -> Result<&Network, String> {
    imported.model.networks.first().ok_or_else(|| "it holds no network".to_owned())
}

/// Height and width of each value that a function makes, in the order of the file, where it is a square image.
fn images(imported: &Imported) -> Result<Vec<(&str, usize)>, String> {
    let network = main_network(imported)?;
    let batch = usize::try_from(network.batch_size).unwrap_or(1);
    let shapes = network.infer_shapes(batch).map_err(|error| error.to_string())?;
    let made = network.functions.iter().flat_map(|function| &function.outputs);
    let square = made.filter_map(|name| match shapes.get(name).map(Vec::as_slice) {
        Some([_, _, height, width]) if height == width => Some((name.as_str(), *height)),
        _ => None,
    });
    Ok(square.collect())
}

fn last_of_each_size(imported: &Imported) -> Result<[String; 3], String> {
    let images = images(imported)?;
    let last = |size: usize| {
        let found = images.iter().rev().find(|(_, found)| *found == size);
        found.map(|(name, _)| (*name).to_owned()).ok_or_else(|| {
            let mut sizes: Vec<String> = images.iter().map(|(_, size)| format!("{size}x{size}")).collect();
            sizes.dedup();
            format!("it has no value of {size}x{size}, found [{}]", sizes.join(", "))
        })
    };
    let [first, second, third] = TAP_SIZES.map(last);
    Ok([first?, second?, third?])
}

/// The named values, largest first.
fn by_size(imported: &Imported, layers: &[&str]) -> Result<[String; 3], String> {
    let images = images(imported)?;
    let named = |size: usize| {
        let of_size = images.iter().filter(|(name, found)| *found == size && layers.contains(name));
        of_size.map(|(name, _)| (*name).to_owned()).next_back()
    };
    match TAP_SIZES.map(named) {
        [Some(first), Some(second), Some(third)] if layers.len() == TAP_SIZES.len() => Ok([first, second, third]),
        _ => {
            let size = |name: &&str| {
                let found = images.iter().find(|(found, _)| found == name);
                found.map_or_else(
                    || format!("\"{name}\" is no square image"),
                    |(_, size)| format!("\"{name}\" {size}x{size}"),
                )
            };
            let found: Vec<String> = layers.iter().map(size).collect();
            Err(format!(
                "parameter `layers` names {}; expected one value each of 56x56, 28x28 and 14x14",
                found.join(", ")
            ))
        }
    }
}
