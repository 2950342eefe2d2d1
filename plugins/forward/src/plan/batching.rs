//! How many samples may go through a network at once.
//!
//! A network that is stored for 64 samples usually runs on any number: its text says −1 in place of the batch. But
//! literal numbers may stand there too, and functions may mix samples. Such a network gets exactly as many samples as
//! it was stored for, as NNC always does.

use nnc_engine::mixing::mixes_samples;
use nnp::{Network, VariableKind};

/// How many samples a run takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Batching {
    /// Any number.
    Any,
    /// This many, no fewer and no more.
    Exactly(usize),
    /// One sample is the whole batch.
    Whole,
}

impl Batching {
    /// What the network allows that is stored for `stored` samples, for the part of it that leads to `wanted`.
    pub(super) fn of(network: &Network, stored: usize, wanted: &[&str]) -> Self {
        if scales(network, stored) && !mixes_samples(network, wanted) { Self::Any } else { Self::Exactly(stored) }
    }
}

/// Whether every shape follows the number of samples as it is declared to.
fn scales(network: &Network, stored: usize) -> bool {
    // Two numbers that no literal extent of the file stands for by chance.
    [1, stored.saturating_mul(2).saturating_add(1)].into_iter().all(|rows| {
        let Ok(shapes) = network.infer_shapes(rows) else { return false };
        network.variables.iter().filter(|variable| variable.kind == VariableKind::Buffer).all(|variable| {
            match (variable.shape_at(rows), shapes.get(&variable.name)) {
                (Some(declared), Some(found)) => declared == *found,
                // Declared and never used.
                (_, None) => true,
                (None, Some(_)) => false,
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batching(functions: &str, extra: &str) -> Batching {
        let shape = "shape { dim: -1 dim: 2 dim: 3 }";
        let text = format!(
            "network {{ name: \"n\" batch_size: 4 variable {{ name: \"x\" type: \"Buffer\" {shape} }} {extra} \
             {functions} }}"
        );
        let model = nnp::nntxt::read(&text).unwrap();
        Batching::of(&model.networks[0], 4, &["y"])
    }

    fn buffer(name: &str, dims: &[i64]) -> String {
        let dims: String = dims.iter().map(|dim| format!(" dim: {dim}")).collect();
        format!("variable {{ name: \"{name}\" type: \"Buffer\" shape {{{dims} }} }}")
    }

    #[test]
    fn a_network_that_says_minus_one_everywhere_takes_any_number() {
        let relu = "function { name: \"f\" type: \"ReLU\" input: \"x\" output: \"y\" relu_param { } }";
        assert_eq!(batching(relu, &buffer("y", &[-1, 2, 3])), Batching::Any);
        assert_eq!(batching(relu, &buffer("y", &[4, 2, 3])), Batching::Exactly(4));
        let slice = "function { name: \"f\" type: \"Slice\" input: \"x\" output: \"y\" slice_param { start: 0 start: 1 \
                     start: 0 stop: 4 stop: 2 stop: 3 step: 1 step: 1 step: 1 } }";
        assert_eq!(batching(slice, &buffer("y", &[-1, 1, 3])), Batching::Any);
        let literal = "function { name: \"f\" type: \"Reshape\" input: \"x\" output: \"y\" reshape_param { shape { dim: \
                       4 dim: 6 } } }";
        assert_eq!(batching(literal, &buffer("y", &[-1, 6])), Batching::Exactly(4));
    }

    #[test]
    fn functions_that_mix_samples_get_the_stored_number() {
        let flip = |axis: i64| {
            let function = format!(
                "function {{ name: \"f\" type: \"Flip\" input: \"x\" output: \"y\" flip_param {{ axes: {axis} }} }}"
            );
            batching(&function, &buffer("y", &[-1, 2, 3]))
        };
        assert_eq!(flip(1), Batching::Any);
        assert_eq!(flip(-1), Batching::Any);
        assert_eq!(flip(0), Batching::Exactly(4));
        assert_eq!(flip(-3), Batching::Exactly(4));
        let normalization = |axis: i64| {
            let function = format!(
                "function {{ name: \"f\" type: \"LayerNormalization\" input: \"x\" output: \"y\" \
                 layer_normalization_param {{ batch_axis: {axis} eps: 1e-5 no_scale: true no_bias: true }} }}"
            );
            batching(&function, &buffer("y", &[-1, 2, 3]))
        };
        assert_eq!(normalization(0), Batching::Any);
        assert_eq!(normalization(1), Batching::Exactly(4));
        // A mean over everything that then meets every sample again.
        let mean = "function { name: \"m\" type: \"Mean\" input: \"x\" output: \"m\" mean_param { axes: 0 axes: 1 axes: \
                    2 keep_dims: true } } function { name: \"s\" type: \"Sub2\" input: \"x\" input: \"m\" output: \"y\" \
                    sub2_param { } }";
        let extra = format!("{} {}", buffer("m", &[1, 1, 1]), buffer("y", &[-1, 2, 3]));
        assert_eq!(batching(mean, &extra), Batching::Exactly(4));
    }
}
