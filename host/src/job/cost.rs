//! What one sample costs in a network, for the status file (NNC contract 9.6): numbers of operations, counted from the
//! graph by the textbook formula of each function. Functions that only move data cost nothing.

use std::path::Path;

use nnp::op::{BinaryKind, PoolingKind, ReduceKind, ScalarKind, Unary};
use nnp::{Model, Network, Op, VariableKind, archive};
use serde_json::{Map, Value, json};

/// Totals of one network.
#[derive(Debug, Default, PartialEq)]
struct Cost {
    output: u64,
    parameter: u64,
    add: u64,
    multiply: u64,
    multiply_add: u64,
    division: u64,
    exp: u64,
    comparison: u64,
}

/// Adds `cost_multiply_add` and `statistics` of the network of `model` that an executor names first; nothing where
/// there is no such network or its shapes cannot be told.
pub(crate) fn describe(model: &Path) -> Map<String, Value> {
    let mut keys = Map::new();
    if let Some(cost) = archive::read_graph(model).ok().as_ref().and_then(of_model) {
        keys.insert("cost_multiply_add".to_owned(), json!(cost.multiply_add));
        keys.insert("statistics".to_owned(), cost.statistics());
    }
    keys
}

fn of_model(model: &Model) -> Option<Cost> {
    let network = match model.executors.first() {
        Some(executor) => model.network(&executor.network_name)?,
        None => model.networks.first()?,
    };
    of_network(network)
}

fn of_network(network: &Network) -> Option<Cost> {
    let shapes = network.infer_shapes(1).ok()?;
    let count = |name: &String| shapes.get(name).map_or(0, |shape| shape.iter().product::<usize>() as u64);
    let mut cost = Cost::default();
    for variable in network.variables.iter().filter(|variable| variable.kind == VariableKind::Parameter) {
        cost.parameter = cost.parameter.saturating_add(count(&variable.name));
    }
    for function in &network.functions {
        let outputs = function.outputs.iter().map(count).fold(0, u64::saturating_add);
        let inputs: Vec<u64> = function.inputs.iter().map(count).collect();
        cost.output = cost.output.saturating_add(outputs);
        let of_weight = function.inputs.get(1).and_then(|name| shapes.get(name));
        cost.add_function(&function.op, &inputs, of_weight.map(Vec::as_slice).unwrap_or_default(), outputs);
    }
    Some(cost)
}

impl Cost {
    /// Adds one function; `inputs` and `outputs` are numbers of elements, `weight` is the shape of the second input.
    fn add_function(&mut self, op: &Op, inputs: &[u64], weight: &[usize], outputs: u64) {
        let x = inputs.first().copied().unwrap_or(0);
        let product = |extents: &[usize]| extents.iter().product::<usize>() as u64;
        let add = |total: &mut u64, more: u64| *total = total.saturating_add(more);
        match op {
            // Every output is a product with one slice of the weight.
            Op::Convolution(_) | Op::DepthwiseConvolution(_) => {
                add(&mut self.multiply_add, outputs.saturating_mul(product(weight.get(1..).unwrap_or_default())));
            }
            Op::Deconvolution(_) | Op::DepthwiseDeconvolution(_) => {
                add(&mut self.multiply_add, x.saturating_mul(product(weight.get(1..).unwrap_or_default())));
            }
            Op::Affine(_) => add(&mut self.multiply_add, product(weight)),
            Op::BatchMatmul(op) => {
                let inner = weight.iter().rev().nth(usize::from(!op.transpose_b)).copied().unwrap_or(0) as u64;
                add(&mut self.multiply_add, outputs.saturating_mul(inner));
            }
            Op::BatchNormalization(_) => add(&mut self.multiply_add, outputs),
            Op::FusedBatchNormalization(_) => {
                add(&mut self.multiply_add, outputs);
                add(&mut self.comparison, outputs);
            }
            Op::SampleNormalization(_) => {
                add(&mut self.multiply_add, outputs.saturating_mul(2));
                add(&mut self.division, outputs);
            }
            Op::Pooling(op) => {
                let window = op.kernel.iter().map(|&extent| extent.unsigned_abs()).fold(1, u64::saturating_mul);
                match op.kind {
                    PoolingKind::Max => add(&mut self.comparison, outputs.saturating_mul(window.saturating_sub(1))),
                    PoolingKind::Sum => add(&mut self.add, outputs.saturating_mul(window)),
                    PoolingKind::Average { .. } => {
                        add(&mut self.add, outputs.saturating_mul(window));
                        add(&mut self.division, outputs);
                    }
                }
            }
            Op::GlobalAveragePooling => {
                add(&mut self.add, x);
                add(&mut self.division, outputs);
            }
            Op::Unary(op) => self.add_unary(*op, outputs),
            Op::PRelu(_) | Op::CRelu(_) => add(&mut self.comparison, outputs),
            Op::Softmax(_) => {
                add(&mut self.exp, outputs);
                add(&mut self.add, outputs);
                add(&mut self.division, outputs);
            }
            Op::Binary(op) => match op.kind {
                BinaryKind::Add2 | BinaryKind::Sub2 => add(&mut self.add, outputs),
                BinaryKind::Mul2 => add(&mut self.multiply, outputs),
                BinaryKind::Div2 => add(&mut self.division, outputs),
                BinaryKind::Pow2 => add(&mut self.exp, outputs),
                _ => add(&mut self.comparison, outputs),
            },
            Op::Scalar(op) => match op.kind {
                ScalarKind::AddScalar | ScalarKind::RSubScalar => add(&mut self.add, outputs),
                ScalarKind::MulScalar => add(&mut self.multiply, outputs),
                ScalarKind::RDivScalar => add(&mut self.division, outputs),
                ScalarKind::PowScalar | ScalarKind::RPowScalar => add(&mut self.exp, outputs),
                _ => add(&mut self.comparison, outputs),
            },
            Op::Reduce(op) => match op.kind {
                ReduceKind::Sum => add(&mut self.add, x),
                ReduceKind::Mean => {
                    add(&mut self.add, x);
                    add(&mut self.division, outputs);
                }
                ReduceKind::Prod => add(&mut self.multiply, x),
                ReduceKind::Max | ReduceKind::Min => add(&mut self.comparison, x),
            },
            _ => {}
        }
    }

    fn add_unary(&mut self, op: Unary, outputs: u64) {
        match op {
            Unary::Relu { .. } | Unary::Relu6 | Unary::LeakyRelu { .. } | Unary::HardTanh | Unary::HardSigmoid => {
                self.comparison = self.comparison.saturating_add(outputs);
            }
            Unary::Identity | Unary::Abs => {}
            // The others are made of one exponential and one division, or cost about as much.
            _ => {
                self.exp = self.exp.saturating_add(outputs);
                self.division = self.division.saturating_add(outputs);
            }
        }
    }

    /// NNC's keys; the numbers are texts there.
    fn statistics(&self) -> Value {
        json!({
            "Output": self.output.to_string(),
            "CostParameter": self.parameter.to_string(),
            "CostAdd": self.add.to_string(),
            "CostMultiply": self.multiply.to_string(),
            "CostMultiplyAdd": self.multiply_add.to_string(),
            "CostDivision": self.division.to_string(),
            "CostExp": self.exp.to_string(),
            "CostIf": self.comparison.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_counted_for_one_sample() {
        let text = "network { name: \"n\" batch_size: 4 \
            variable { name: \"x\" type: \"Buffer\" shape { dim: -1 dim: 3 dim: 8 dim: 8 } } \
            variable { name: \"c\" type: \"Buffer\" shape { dim: -1 dim: 2 dim: 6 dim: 6 } } \
            variable { name: \"r\" type: \"Buffer\" shape { dim: -1 dim: 2 dim: 6 dim: 6 } } \
            variable { name: \"y\" type: \"Buffer\" shape { dim: -1 dim: 5 } } \
            variable { name: \"conv/W\" type: \"Parameter\" shape { dim: 2 dim: 3 dim: 3 dim: 3 } } \
            variable { name: \"affine/W\" type: \"Parameter\" shape { dim: 72 dim: 5 } } \
            function { name: \"f\" type: \"Convolution\" input: \"x\" input: \"conv/W\" output: \"c\" convolution_param { \
            base_axis: 1 pad { dim: 0 dim: 0 } stride { dim: 1 dim: 1 } dilation { dim: 1 dim: 1 } group: 1 } } \
            function { name: \"g\" type: \"ReLU\" input: \"c\" output: \"r\" relu_param { } } \
            function { name: \"h\" type: \"Affine\" input: \"r\" input: \"affine/W\" output: \"y\" affine_param { \
            base_axis: 1 } } }";
        let model = nnp::nntxt::read(text).unwrap();
        let cost = of_model(&model).unwrap();
        let expected = Cost {
            output: 72 + 72 + 5,
            parameter: 54 + 360,
            multiply_add: 72 * 27 + 360,
            comparison: 72,
            ..Cost::default()
        };
        assert_eq!(cost, expected);
        assert_eq!(cost.statistics()["CostMultiplyAdd"], "2304");
    }
}
