//! The ResNets of torchvision from their state dicts, whatever depth and width.
//!
//! Kaiming He et al., "Deep Residual Learning for Image Recognition", 2016, with torchvision's stride at the 3×3
//! convolution of a bottleneck; Sergey Zagoruyko and Nikos Komodakis, "Wide Residual Networks", 2016; Saining Xie et al.,
//! "Aggregated Residual Transformations", 2017. Taps are the ends of the first three stages, as in the papers on PaDiM and
//! PatchCore. The fourth stage and the classifier are not read.

use super::{
    Built, TAP_SIZES, imagenet,
    weights::{FromWeights, signed},
};
use crate::{error::EngineError, state_dict::StateDict};
use nnp::{
    Value,
    op::{Binary, BinaryKind, Convolution, Pooling, PoolingKind, Unary},
};
use std::fmt;

/// A tensor by which a ResNet of torchvision is recognised.
pub(super) const MARK: &str = "layer1.0.conv1.weight";

const EPS: f32 = 1e-5;
/// Tensors that are there and not read.
const NOT_READ: [&str; 2] = ["layer4.", "fc."];

/// What tells one ResNet from another, as far as stages 1 to 3 go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Architecture {
    /// Three convolutions in a block, not two.
    bottleneck: bool,
    /// Blocks of stages 1 to 3.
    blocks: [usize; 3],
    stem: usize,
    /// Channels inside and at the end of a block of stage 1; they double from stage to stage.
    inner: usize,
    outer: usize,
    /// Groups of the 3×3 convolution of a bottleneck.
    group: usize,
}

pub(super) const RESNET18: Architecture =
    Architecture { bottleneck: false, blocks: [2, 2, 2], stem: 64, inner: 64, outer: 64, group: 1 };
pub(super) const RESNET50: Architecture =
    Architecture { bottleneck: true, blocks: [3, 4, 6], stem: 64, inner: 64, outer: 256, group: 1 };
pub(super) const WIDE_RESNET50_2: Architecture = Architecture { inner: 128, ..RESNET50 };

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c] = self.blocks;
        let kind = if self.bottleneck { "bottlenecks" } else { "blocks" };
        write!(f, "a ResNet with {a}, {b} and {c} {kind} of {} and {} channels", self.inner, self.outer)?;
        if self.group > 1 { write!(f, " in {} groups", self.group) } else { Ok(()) }
    }
}

impl Architecture {
    /// What the shapes of the tensors tell.
    fn of(state: &StateDict) -> Result<Self, EngineError> {
        let first = |key: &str| Ok::<usize, EngineError>(state.expect(key)?.first().copied().unwrap_or(0));
        let bottleneck = state.shape("layer1.0.conv3.weight").is_some();
        let inner = first("layer1.0.conv1.weight")?;
        let last = if bottleneck { "layer1.0.conv3.weight" } else { "layer1.0.conv2.weight" };
        let of_group = state.expect("layer1.0.conv2.weight")?.get(1).copied().unwrap_or(0);
        let blocks = [1, 2, 3].map(|stage| {
            (0..).take_while(|block| state.shape(&format!("layer{stage}.{block}.conv1.weight")).is_some()).count()
        });
        let group = if bottleneck { inner.checked_div(of_group).unwrap_or(0).max(1) } else { 1 };
        Ok(Self { bottleneck, blocks, stem: first("conv1.weight")?, inner, outer: first(last)?, group })
    }
}

/// Builds the graph; where the name of the model says which architecture it is, that has to be it.
pub(super) fn build(state: StateDict, expected: Option<Architecture>, batch_size: usize) -> Result<Built, EngineError> {
    let found = Architecture::of(&state)?;
    if let Some(expected) = expected.filter(|expected| *expected != found) {
        return Err(EngineError::Architecture {
            path: state.path().to_owned(),
            model: state.model().to_owned(),
            found: found.to_string(),
            expected: expected.to_string(),
        });
    }
    let (net, image) = FromWeights::start(state, batch_size);
    let mut build = Build { net, architecture: found };
    let mut x = imagenet::normalized(&mut build.net.builder, image)?;
    x = build.layer(("stem", "conv1", "bn1"), x, found.stem, 7, 2, 1)?;
    x = build.relu(x)?;
    let pooling = Pooling {
        kind: PoolingKind::Max,
        kernel: vec![3, 3],
        stride: vec![2, 2],
        ignore_border: true,
        pad: vec![1, 1],
        channel_last: false,
    };
    x = build.net.builder.apply(pooling, &[x])?;

    let mut taps = [x; TAP_SIZES.len()];
    for (stage, (tap, blocks)) in taps.iter_mut().zip(found.blocks).enumerate() {
        for block in 0..blocks {
            let stride = if stage > 0 && block == 0 { 2 } else { 1 };
            x = build.block(stage, block, stride, x)?;
        }
        *tap = x;
    }
    build.finish(taps)
}

struct Build {
    net: FromWeights,
    architecture: Architecture,
}

impl Build {
    /// A residual block of a stage, counted from 0.
    fn block(&mut self, stage: usize, block: usize, stride: i64, input: Value) -> Result<Value, EngineError> {
        let Architecture { bottleneck, inner, outer, group, .. } = self.architecture;
        let (inner, outer) = (inner << stage, outer << stage);
        let layers = if bottleneck {
            vec![(inner, 1, 1, 1), (inner, 3, stride, group), (outer, 1, 1, 1)]
        } else {
            vec![(inner, 3, stride, 1), (outer, 3, 1, 1)]
        };
        let key = format!("layer{}.{block}", stage + 1);
        let name = key.replace('.', "/");
        let mut x = input;
        let last = layers.len();
        for (index, (outputs, kernel, stride, group)) in (1..).zip(layers) {
            let (own, weight, normalization) =
                (format!("{name}/{index}"), format!("{key}.conv{index}"), format!("{key}.bn{index}"));
            x = self.layer((&own, &weight, &normalization), x, outputs, kernel, stride, group)?;
            if index < last {
                x = self.relu(x)?;
            }
        }
        let mut shortcut = input;
        if stride != 1 || self.net.channels(input) != outer {
            let (own, weight, normalization) =
                (format!("{name}/downsample"), format!("{key}.downsample.0"), format!("{key}.downsample.1"));
            shortcut = self.layer((&own, &weight, &normalization), input, outer, 1, stride, 1)?;
        }
        let sum = self.net.builder.apply(Binary::new(BinaryKind::Add2), &[x, shortcut])?;
        self.relu(sum)
    }

    /// Convolution and normalisation: name here, keys of both in the state dict.
    fn layer(
        &mut self,
        (name, weight, normalization): (&str, &str, &str),
        x: Value,
        outputs: usize,
        kernel: usize,
        stride: i64,
        group: usize,
    ) -> Result<Value, EngineError> {
        let op = Convolution::new([signed(kernel / 2); 2], [stride; 2], signed(group));
        let x = self.net.convolution(name, weight, x, outputs, kernel, op)?;
        self.net.normalize(name, normalization, x, EPS)
    }

    fn relu(&mut self, x: Value) -> Result<Value, EngineError> {
        Ok(self.net.builder.apply(Unary::Relu { inplace: true }, &[x])?)
    }

    /// Refuses tensors that would have changed what the network computes.
    fn finish(self, taps: [Value; 3]) -> Result<Built, EngineError> {
        let state = &self.net.state;
        let rest = state.rest();
        let mut unexpected = rest.iter().filter(|name| !NOT_READ.iter().any(|start| name.starts_with(start)));
        if let Some(name) = unexpected.next() {
            return Err(EngineError::UnexpectedTensor {
                path: state.path().to_owned(),
                model: state.model().to_owned(),
                name: (*name).to_owned(),
                others: unexpected.count(),
            });
        }
        let functions = [(); 3].map(|()| "ReLU".to_owned());
        Ok(Built { builder: self.net.builder, taps, functions, channels_last: false })
    }
}
