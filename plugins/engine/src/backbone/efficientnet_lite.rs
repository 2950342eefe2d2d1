//! EfficientNet-Lite0 from a PyTorch state dict.
//!
//! Mingxing Tan and Quoc V. Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019; the Lite
//! variant leaves out squeeze-and-excitation and uses ReLU6. Weights were trained with TensorFlow's "same" padding: where
//! the stride makes it uneven, the extra row and column are at the far side.

use super::{
    Built,
    weights::{FromWeights, signed},
};
use crate::{error::EngineError, state_dict::StateDict};
use nnp::{
    Op, Value,
    op::{Binary, BinaryKind, Convolution, Pad, PadMode, Scalar, ScalarKind, Unary},
};

/// Stages of blocks. The two behind them (192 and 320 channels) and the classifier are never tapped.
const STAGES: [Stage; 5] = [
    Stage { kernel: 3, stride: 1, expand: 1, channels: 16, repeats: 1, layer: None },
    Stage { kernel: 3, stride: 2, expand: 6, channels: 24, repeats: 2, layer: Some(0) },
    Stage { kernel: 5, stride: 2, expand: 6, channels: 40, repeats: 2, layer: Some(1) },
    Stage { kernel: 3, stride: 2, expand: 6, channels: 80, repeats: 3, layer: None },
    Stage { kernel: 5, stride: 1, expand: 6, channels: 112, repeats: 3, layer: Some(2) },
];
const STEM_CHANNELS: usize = 32;
const EPS: f32 = 1e-3;

struct Stage {
    kernel: usize,
    /// Of the first block; the others have 1.
    stride: usize,
    /// Channels inside a block, as a multiple of those at its input.
    expand: usize,
    channels: usize,
    repeats: usize,
    /// Tap at the end of the stage, counted from 0.
    layer: Option<usize>,
}

/// A tensor that no other architecture has.
pub(super) const MARK: &str = "_conv_stem.weight";

/// Builds the graph.
pub(super) fn build(state: StateDict, batch_size: usize) -> Result<Built, EngineError> {
    let (net, image) = FromWeights::start(state, batch_size);
    let mut build = Build { net };
    // (x − 127)/128, both factors exact in binary.
    let scaled = build.net.builder.apply(Scalar::new(ScalarKind::MulScalar, 0.007_812_5), &[image])?;
    let mut x = build.net.builder.apply(Scalar::new(ScalarKind::AddScalar, -0.992_187_5), &[scaled])?;
    let stem = Layer { name: "stem", weight: "_conv_stem", normalization: "_bn0", active: true };
    x = build.layer(&stem, x, Window { kernel: 3, stride: 2, outputs: STEM_CHANNELS, depthwise: false })?;

    let mut taps = [x; 3];
    let mut index = 0;
    for stage in &STAGES {
        for repeat in 0..stage.repeats {
            x = build.block(index, stage, if repeat == 0 { stage.stride } else { 1 }, x)?;
            index += 1;
        }
        if let Some(tap) = stage.layer.and_then(|layer| taps.get_mut(layer)) {
            *tap = x;
        }
    }
    let add = Op::from(Binary::new(BinaryKind::Add2)).type_name().to_owned();
    // Every tapped stage has more than one block, so it ends with a sum.
    Ok(Built { builder: build.net.builder, taps, functions: [add.clone(), add.clone(), add], channels_last: false })
}

struct Build {
    net: FromWeights,
}

/// A convolution with its normalisation: names here and in the state dict.
struct Layer<'a> {
    name: &'a str,
    weight: &'a str,
    normalization: &'a str,
    /// Whether ReLU6 follows.
    active: bool,
}

#[derive(Clone, Copy)]
struct Window {
    kernel: usize,
    stride: usize,
    outputs: usize,
    depthwise: bool,
}

impl Build {
    /// An inverted bottleneck: widen, filter every channel, project, and add the input where it fits.
    fn block(&mut self, index: usize, stage: &Stage, stride: usize, input: Value) -> Result<Value, EngineError> {
        let (name, key) = (format!("blocks/{index}"), format!("_blocks.{index}"));
        let channels = self.net.channels(input);
        let wide = channels * stage.expand;
        let mut x = input;
        let point = |outputs| Window { kernel: 1, stride: 1, outputs, depthwise: false };
        if stage.expand != 1 {
            let layer = Layer {
                name: &format!("{name}/expand"),
                weight: &format!("{key}._expand_conv"),
                normalization: &format!("{key}._bn0"),
                active: true,
            };
            x = self.layer(&layer, x, point(wide))?;
        }
        let layer = Layer {
            name: &format!("{name}/dw"),
            weight: &format!("{key}._depthwise_conv"),
            normalization: &format!("{key}._bn1"),
            active: true,
        };
        x = self.layer(&layer, x, Window { kernel: stage.kernel, stride, outputs: wide, depthwise: true })?;
        let layer = Layer {
            name: &format!("{name}/project"),
            weight: &format!("{key}._project_conv"),
            normalization: &format!("{key}._bn2"),
            active: false,
        };
        x = self.layer(&layer, x, point(stage.channels))?;
        if stride == 1 && channels == stage.channels {
            x = self.net.builder.apply(Binary::new(BinaryKind::Add2), &[x, input])?;
        }
        Ok(x)
    }

    /// Convolution with "same" padding, normalisation, and ReLU6 where the layer is active.
    fn layer(&mut self, layer: &Layer<'_>, x: Value, window: Window) -> Result<Value, EngineError> {
        let Window { kernel, stride, outputs, depthwise } = window;
        let group = if depthwise { self.net.channels(x) } else { 1 };
        let (x, pad) = self.pad(x, kernel, stride)?;
        let op = Convolution::new([signed(pad); 2], [signed(stride); 2], signed(group));
        let x = self.net.convolution(layer.name, layer.weight, x, outputs, kernel, op)?;
        let x = self.net.normalize(layer.name, layer.normalization, x, EPS)?;
        if layer.active { Ok(self.net.builder.apply(Unary::Relu6, &[x])?) } else { Ok(x) }
    }

    /// Padding so that there are ⌈n / stride⌉ outputs: inside the convolution where it is even, before it where not.
    fn pad(&mut self, x: Value, kernel: usize, stride: usize) -> Result<(Value, usize), EngineError> {
        // Images are square.
        let extent = self.net.builder.shape(x).last().copied().unwrap_or(0);
        let reach = extent.div_ceil(stride).saturating_sub(1) * stride + kernel;
        let total = reach.saturating_sub(extent);
        let before = total / 2;
        let after = total - before;
        if before == after {
            return Ok((x, before));
        }
        let pad_width = [before, after, before, after].map(signed).to_vec();
        let pad = Pad { pad_width, mode: PadMode::Constant, constant_value: 0.0 };
        Ok((self.net.builder.apply(pad, &[x])?, 0))
    }
}
