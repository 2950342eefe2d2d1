//! The executor against figures worked out by hand (`functions`), against what nnabla 1.39 computed on its CPU
//! (`nnabla`), and with and without what compiling changes (`passes`, `running`). `messages` are those of mistakes.

mod channel_last_pairs;
mod functions;
mod messages;
mod nnabla;
mod passes;
mod running;

use nnp::op::{BatchNormalization, Binary, BinaryKind, Convolution, Unary};
use nnp::{Model, NetworkBuilder, Value};
use tch::{Device, Kind, Tensor};

use super::{Executor, pass};

/// A tensor of `shape` with the given values.
fn tensor(values: &[f32], shape: &[i64]) -> Tensor {
    Tensor::from_slice(values).reshape(shape)
}

/// 0, 1, 2, … in the given shape.
fn counting(shape: &[i64]) -> Tensor {
    Tensor::arange(shape.iter().product::<i64>(), (Kind::Float, Device::Cpu)).reshape(shape)
}

/// Values between −1 and 1 without a pattern, the same every time.
fn noise(shape: &[i64]) -> Tensor {
    (counting(shape) * 12.9898).sin() * 0.75 + (counting(shape) * 0.37).cos() * 0.25
}

fn values(tensor: &Tensor) -> Vec<f32> {
    Vec::try_from(tensor.contiguous().reshape([-1])).unwrap()
}

/// The largest difference relative to the largest value of `expected`.
fn difference(found: &Tensor, expected: &Tensor) -> f64 {
    assert_eq!(found.size(), expected.size());
    if expected.numel() == 0 {
        return 0.0;
    }
    (found - expected).abs().max().double_value(&[]) / expected.abs().max().double_value(&[]).max(1e-30)
}

fn network(batch: usize, shape: &[usize], build: impl FnOnce(&mut NetworkBuilder, Value) -> Value) -> Model {
    let mut builder = NetworkBuilder::new("network", batch);
    let x = builder.input("x", shape);
    let y = build(&mut builder, x);
    builder.name(y, "y");
    builder.finish(&[y], true).unwrap()
}

fn compile(model: &Model, passes: &[pass::Pass]) -> Executor {
    Executor::compile(&model.networks[0], &model.parameters, &["y"], &Device::Cpu.into(), passes).unwrap()
}

fn run(model: &Model, x: &Tensor) -> Tensor {
    compile(model, pass::ALL).run(x).unwrap().remove(0)
}

/// conv, normalisation, ReLU, conv, normalisation, sum with the first result, ReLU6.
fn residual(b: &mut NetworkBuilder, x: Value) -> Value {
    let block = |b: &mut NetworkBuilder, name: &str, x: Value, seed: i64| {
        let mut parameter = |part: &str, shape: &[usize], positive: bool| {
            let extents: Vec<i64> = shape.iter().map(|&extent| extent as i64).collect();
            let data = values(&(noise(&extents) + seed as f64 * 0.1));
            let data = if positive { data.iter().map(|v| v.abs() + 0.1).collect() } else { data };
            b.parameter(format!("{name}/{part}"), shape, data)
        };
        let weight = parameter("conv/W", &[4, 4, 3, 3], false);
        let bias = parameter("conv/b", &[4], false);
        let statistics: Vec<Value> = ["beta", "gamma", "mean", "var"]
            .map(|part| parameter(&format!("bn/{part}"), &[1, 4, 1, 1], part == "var"))
            .to_vec();
        let x = b.apply(Convolution::new([1, 1], [1, 1], 1), &[x, weight, bias]).unwrap();
        let normalization = BatchNormalization {
            axes: vec![1],
            decay_rate: 0.9,
            eps: 1e-5,
            batch_stat: false,
            no_scale: false,
            no_bias: false,
        };
        b.apply(normalization, &[[x].as_slice(), &statistics].concat()).unwrap()
    };
    let first = block(b, "a", x, 1);
    let first = b.apply(Unary::Relu { inplace: false }, &[first]).unwrap();
    let second = block(b, "b", first, 2);
    let sum = b.apply(Binary::new(BinaryKind::Add2), &[second, first]).unwrap();
    b.apply(Unary::Relu6, &[sum]).unwrap()
}
