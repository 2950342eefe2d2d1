//! What compiling changes: steps, never results.

use nnp::NetworkBuilder;
use nnp::op::{Binary, BinaryKind, Convolution, Slice, Unary, Unpooling};
use tch::{Device, Kind, Tensor};

use super::{compile, difference, network, noise, residual, tensor, values};
use crate::executor::{Executor, pass};

#[test]
fn parameters_alone_are_computed_once() {
    let model = network(2, &[1, 4, 4], |b, x| {
        let mean = b.parameter("mean", &[1, 1, 2, 2], vec![1.0, 2.0, 3.0, 4.0]);
        let mean = b.apply(Unpooling::square(2), &[mean]).unwrap();
        b.apply(Binary::new(BinaryKind::Sub2), &[x, mean]).unwrap()
    });
    let executor = compile(&model, pass::ALL);
    assert_eq!(executor.steps.iter().map(|step| step.op.type_name()).collect::<Vec<_>>(), ["Sub2"]);
    let y = executor.run(&Tensor::zeros([1, 1, 4, 4], (Kind::Float, Device::Cpu))).unwrap().remove(0);
    assert_eq!(values(&y)[..8], [-1.0, -1.0, -2.0, -2.0, -1.0, -1.0, -2.0, -2.0]);
}

#[test]
fn passes_change_steps_and_not_results() {
    let model = network(3, &[4, 6, 6], residual);
    let (plain, optimised) = (compile(&model, &[]), compile(&model, pass::ALL));
    let steps = |executor: &Executor| {
        let steps = executor.steps.iter();
        steps.map(|step| (step.op.type_name().to_owned(), step.in_place)).collect::<Vec<_>>()
    };
    assert_eq!(plain.steps.len(), 7);
    let expected = [("Convolution", false), ("ReLU", true), ("Convolution", false), ("Add2", true), ("ReLU6", true)];
    assert_eq!(steps(&optimised), expected.map(|(name, in_place)| (name.to_owned(), in_place)));
    let x = noise(&[3, 4, 6, 6]);
    let before = x.copy();
    let (a, b) = (plain.run(&x).unwrap().remove(0), optimised.run(&x).unwrap().remove(0));
    assert!(difference(&b, &a) < 1e-5, "{}", difference(&b, &a));
    assert_eq!(x, before);
    assert_eq!(optimised.run(&x).unwrap().remove(0), b, "a second run gives the same");
}

#[test]
fn channels_that_are_cut_off_are_not_computed() {
    let cut = |channels: i64, rows: i64, spatial: i64| Slice {
        start: vec![0; 4],
        stop: vec![rows, channels, spatial, 6],
        step: vec![1; 4],
    };
    let compiled = |op: Slice| {
        let model = network(3, &[4, 6, 6], |b, x| {
            let y = residual(b, x);
            b.apply(op.clone(), &[y]).unwrap()
        });
        (compile(&model, &[]), compile(&model, pass::ALL))
    };
    let (plain, narrow) = compiled(cut(2, 3, 6));
    let steps: Vec<&str> = narrow.steps.iter().map(|step| step.op.type_name()).collect();
    // The first block is read whole by the second, so its sum has to be cut.
    assert_eq!(steps, ["Convolution", "ReLU", "Convolution", "Slice", "Add2", "ReLU6"]);
    let weight = narrow.constants[narrow.steps[2].inputs[1]].as_ref().unwrap();
    assert_eq!(weight.size(), [2, 4, 3, 3]);
    for rows in [1, 3, 5] {
        let x = noise(&[rows, 4, 6, 6]);
        let (a, b) = (plain.run(&x).unwrap().remove(0), narrow.run(&x).unwrap().remove(0));
        assert_eq!(b.size(), [rows, 2, 6, 6]);
        assert!(difference(&b, &a) < 1e-5, "{}", difference(&b, &a));
    }
    // Another axis is none of channels, and 4 of 4 cut nothing.
    for op in [cut(2, 3, 5), cut(2, 2, 6), cut(4, 3, 6)] {
        assert_eq!(compiled(op).1.steps.last().unwrap().op.type_name(), "Slice");
    }
}

#[test]
fn what_is_wanted_or_read_twice_is_not_overwritten() {
    let mut builder = NetworkBuilder::new("network", 1);
    let x = builder.input("x", &[1, 2, 2]);
    let weight = builder.parameter("conv/W", &[1, 1, 1, 1], vec![-1.0]);
    let y = builder.apply(Convolution::new([0, 0], [1, 1], 1), &[x, weight]).unwrap();
    let z = builder.apply(Unary::Relu { inplace: true }, &[y]).unwrap();
    builder.name(y, "y");
    builder.name(z, "z");
    let model = builder.finish(&[y, z], true).unwrap();
    let executor = Executor::new(&model.networks[0], &model.parameters, &["y", "z", "x"], Device::Cpu).unwrap();
    let found = executor.run(&tensor(&[1.0, -2.0, 3.0, -4.0], &[1, 1, 2, 2])).unwrap();
    assert_eq!(values(&found[0]), [-1.0, 2.0, -3.0, 4.0]);
    assert_eq!(values(&found[1]), [0.0, 2.0, 0.0, 4.0]);
    assert_eq!(values(&found[2]), [1.0, -2.0, 3.0, -4.0]);
}
