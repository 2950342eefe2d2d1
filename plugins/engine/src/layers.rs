//! What detectors that compare features share: which taps of a backbone they use, and how many channels of each.

use nnp::op::Slice;
use nnp::{NetworkBuilder, Op, Value};

use crate::backbone::{Backbone, IMAGE_SHAPE, INPUT};
use crate::error::EngineError;

/// nnabla reads parameters as one protobuf message, which cannot be longer.
const MAX_PARAMETER_BYTES: u64 = (1 << 31) - 1;
/// Names and shapes take a little besides the numbers.
const NAMES_BYTES: u64 = 1 << 20;

/// `N` taps of a backbone with the channels that are kept of each.
#[derive(Debug)]
pub struct Layers<const N: usize> {
    backbone: Backbone,
    taps: [usize; N],
    channels: [usize; N],
}

impl<const N: usize> Layers<N> {
    /// The first ⌊C·ratio⌋ channels of the taps with these indices, all of them from a ratio of 1 (NNC contract 6.3).
    ///
    /// # Errors
    /// [`EngineError::NoChannels`] for a ratio that leaves a layer without any.
    pub fn choose(backbone: Backbone, taps: [usize; N], ratio: f64) -> Result<Self, EngineError> {
        let mut channels = [0; N];
        for (index, kept) in channels.iter_mut().enumerate() {
            let all = backbone.taps()[taps[index]].shape[0];
            *kept = if ratio < 1.0 { (all as f64 * ratio) as usize } else { all };
            if *kept == 0 {
                return Err(EngineError::NoChannels { ratio, all, layer: index + 1 });
            }
        }
        Ok(Self { backbone, taps, channels })
    }

    /// Channels kept of each layer.
    pub fn channels(&self) -> [usize; N] {
        self.channels
    }

    /// NNC's log lines about the layers (NNC contract 5.5).
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.taps
            .iter()
            .zip(self.channels)
            .enumerate()
            .map(|(index, (&tap, kept))| self.backbone.taps()[tap].line(kept, index + 1))
    }

    /// Bytes that an NNP has left for parameters besides those of the backbone.
    pub fn room(&self) -> u64 {
        (MAX_PARAMETER_BYTES - NAMES_BYTES).saturating_sub(self.parameter_bytes())
    }

    /// Bytes of the parameters of the backbone.
    pub fn parameter_bytes(&self) -> u64 {
        self.backbone.parameters().iter().map(|p| 4 * p.data.len() as u64).sum()
    }

    /// Starts the network of a detector, saved for `batch_size` images: input `x`, backbone, kept channels.
    ///
    /// # Errors
    /// Those of the builder.
    pub fn start(&self, batch_size: usize) -> Result<(NetworkBuilder, [Value; N]), EngineError> {
        let mut builder = NetworkBuilder::new("network", batch_size);
        let x = builder.input(INPUT, &IMAGE_SHAPE);
        let taps = self.backbone.attach(&mut builder, x)?;
        let mut layers = self.taps.map(|tap| taps[tap]);
        for (layer, kept) in layers.iter_mut().zip(self.channels) {
            *layer = keep(&mut builder, *layer, kept)?;
        }
        Ok((builder, layers))
    }
}

/// The first `channels` channels of a tap.
fn keep(builder: &mut NetworkBuilder, tap: Value, channels: usize) -> Result<Value, EngineError> {
    let mut stop: Vec<i64> = builder.shape(tap).iter().map(|&n| n as i64).collect();
    if stop[1] == channels as i64 {
        return Ok(tap);
    }
    stop[1] = channels as i64;
    Ok(builder.apply(Op::Slice(Slice { start: vec![0; 4], stop, step: vec![1; 4] }), &[tap])?)
}
