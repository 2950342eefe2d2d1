//! What builders of networks from state dicts share: convolutions, normalisations, and where their values come from.

use super::{IMAGE_SHAPE, INPUT};
use crate::{error::EngineError, state_dict::StateDict};
use nnp::{
    NetworkBuilder, Value,
    op::{BatchNormalization, Convolution},
};

/// A network under construction with the state dict that its parameters are taken from.
pub(super) struct FromWeights {
    pub(super) builder: NetworkBuilder,
    pub(super) state: StateDict,
}

impl FromWeights {
    /// Starts with the image, (B, 3, 224, 224).
    pub(super) fn start(state: StateDict, batch_size: usize) -> (Self, Value) {
        let mut builder = NetworkBuilder::new("backbone", batch_size);
        let image = builder.input(INPUT, &IMAGE_SHAPE);
        (Self { builder, state }, image)
    }

    /// A square convolution without bias; its weight is `key.weight` and is called `name/conv/W`.
    pub(super) fn convolution(
        &mut self,
        name: &str,
        key: &str,
        x: Value,
        outputs: usize,
        kernel: usize,
        op: Convolution,
    ) -> Result<Value, EngineError> {
        let group = usize::try_from(op.group).unwrap_or(1).max(1);
        let shape = [outputs, self.channels(x) / group, kernel, kernel];
        let weight = self.parameter(&format!("{name}/conv/W"), &format!("{key}.weight"), &shape, &shape)?;
        Ok(self.builder.apply(op, &[x, weight])?)
    }

    /// Batch normalisation with the running statistics `key.running_mean` and so on, called `name/bn/mean` and so on.
    pub(super) fn normalize(&mut self, name: &str, key: &str, x: Value, eps: f32) -> Result<Value, EngineError> {
        let channels = self.channels(x);
        let mut values = vec![x];
        for (own, given) in [("beta", "bias"), ("gamma", "weight"), ("mean", "running_mean"), ("var", "running_var")] {
            let (own, given) = (format!("{name}/bn/{own}"), format!("{key}.{given}"));
            values.push(self.parameter(&own, &given, &[channels], &[1, channels, 1, 1])?);
        }
        let op = BatchNormalization {
            axes: vec![1],
            decay_rate: 0.9,
            eps,
            batch_stat: false,
            no_scale: false,
            no_bias: false,
        };
        Ok(self.builder.apply(op, &values)?)
    }

    /// Channels of a value.
    pub(super) fn channels(&self, x: Value) -> usize {
        self.builder.shape(x).get(1).copied().unwrap_or(0)
    }

    /// Adds tensor `key` of shape `expected` as parameter `name` of shape `shape`.
    fn parameter(&mut self, name: &str, key: &str, expected: &[usize], shape: &[usize]) -> Result<Value, EngineError> {
        let data = self.state.take(key, expected)?;
        Ok(self.builder.parameter(name, shape, data))
    }
}

pub(super) fn signed(extent: usize) -> i64 {
    i64::try_from(extent).unwrap_or(i64::MAX)
}
