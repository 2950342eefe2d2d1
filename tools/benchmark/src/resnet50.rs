//! A ResNet-50 in torchvision's shapes with random numbers, as a `.safetensors` file: as fast as a trained one, and
//! made without a network.
//!
//! The engine's benches include this file as well, so it uses nothing but the standard library.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

/// Blocks of stages 1 to 3; features need no more.
const BLOCKS: [usize; 3] = [3, 4, 6];

/// Writes the file, over one that may be there. Every run writes the same bytes.
pub(crate) fn write(path: &Path) -> io::Result<()> {
    let tensors = tensors();
    let (mut header, mut end) = (String::from("{"), 0);
    for tensor in &tensors {
        let (start, comma) = (end, if end == 0 { "" } else { "," });
        end += 4 * tensor.shape.iter().product::<usize>();
        // Writing to a string cannot fail.
        let _ = write!(
            header,
            "{comma}\"{}\":{{\"dtype\":\"F32\",\"shape\":{:?},\"data_offsets\":[{start},{end}]}}",
            tensor.name, tensor.shape
        );
    }
    header.push('}');
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    let mut random = Random(1);
    for tensor in &tensors {
        for _ in 0..tensor.shape.iter().product() {
            file.write_all(&random.between(tensor.range).to_le_bytes())?;
        }
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

struct Tensor {
    name: String,
    shape: Vec<usize>,
    /// Values lie evenly in here.
    range: (f32, f32),
}

/// All tensors up to the end of the third stage.
fn tensors() -> Vec<Tensor> {
    let mut all = Vec::new();
    layer(&mut all, "conv1", "bn1", [64, 3, 7, 7], (0.5, 1.5));
    let mut inputs = 64;
    for (stage, blocks) in BLOCKS.into_iter().enumerate() {
        let (inner, outer) = (64 << stage, 256 << stage);
        for block in 0..blocks {
            let at = format!("layer{}.{block}", stage + 1);
            let mut add = |convolution: &str, normalization: &str, shape, gain| {
                layer(&mut all, &format!("{at}.{convolution}"), &format!("{at}.{normalization}"), shape, gain);
            };
            add("conv1", "bn1", [inner, inputs, 1, 1], (0.5, 1.5));
            add("conv2", "bn2", [inner, inner, 3, 3], (0.5, 1.5));
            // Small, so that what the blocks add does not grow from block to block.
            add("conv3", "bn3", [outer, inner, 1, 1], (0.1, 0.3));
            if block == 0 {
                add("downsample.0", "downsample.1", [outer, inputs, 1, 1], (0.5, 1.5));
            }
            inputs = outer;
        }
    }
    all
}

/// A convolution without bias and its normalisation.
fn layer(all: &mut Vec<Tensor>, convolution: &str, normalization: &str, shape: [usize; 4], gain: (f32, f32)) {
    // He's uniform initialisation: the spread of values stays the same through a ReLU.
    let bound = (6.0 / shape[1..].iter().product::<usize>() as f32).sqrt();
    let name = format!("{convolution}.weight");
    all.push(Tensor { name, shape: shape.to_vec(), range: (-bound, bound) });
    let statistics =
        [("weight", gain), ("bias", (-0.2, 0.2)), ("running_mean", (-0.2, 0.2)), ("running_var", (0.5, 1.5))];
    for (name, range) in statistics {
        all.push(Tensor { name: format!("{normalization}.{name}"), shape: vec![shape[0]], range });
    }
}

/// Splitmix64.
struct Random(u64);

impl Random {
    fn between(&mut self, (low, high): (f32, f32)) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        low + (high - low) * ((z ^ (z >> 31)) >> 40) as f32 / (1 << 24) as f32
    }
}
