//! Networks evaluated with several numbers of threads and samples.

use std::sync::{Mutex, PoisonError};

use nnc_plugin_api::testkit::{Kit, Scene, Scores};
use nnp::op::{
    Affine, Convolution, Dropout, Flip, Op, Pooling, PoolingKind, Reduce, ReduceKind, Scalar, ScalarKind, Softmax,
    Unary,
};
use nnp::{Model, NetworkBuilder, Value, archive};

use super::*;

const SIDE: usize = 40;
/// Samples that the networks are stored for.
const STORED: usize = 3;

/// A network on (3, SIDE, SIDE) whose outputs are made by `build`.
fn model(build: impl Fn(&mut NetworkBuilder, Value) -> Vec<Value>) -> Model {
    let mut builder = NetworkBuilder::new("network", STORED);
    let x = builder.input("x", &[3, SIDE, SIDE]);
    let outputs = build(&mut builder, x);
    for (number, &output) in outputs.iter().enumerate() {
        builder.name(output, format!("y{number}"));
    }
    builder.finish(&outputs, true).unwrap()
}

fn noise(builder: &mut NetworkBuilder, name: &str, shape: &[usize]) -> Value {
    let count = shape.iter().product::<usize>();
    let values: Vec<f32> = (0..count).map(|at| (at as f32 * 12.9898).sin() / (count / shape[0]) as f32).collect();
    builder.parameter(name, shape, values)
}

/// Convolutions of the kinds that libtorch has code of its own for, one of their maps, and a classifier behind them.
fn classifier(builder: &mut NetworkBuilder, x: Value) -> Vec<Value> {
    let mut value = x;
    for (name, shape, group) in
        [("a", [32, 3, 3, 3], 1), ("b", [32, 1, 3, 3], 32), ("c", [64, 32, 1, 1], 1), ("d", [64, 16, 3, 3], 4)]
    {
        let weight = noise(builder, name, &shape);
        let pad = shape[3] as i64 / 2;
        value = builder.apply(Convolution::new([pad, pad], [1, 1], group), &[value, weight]).unwrap();
        value = builder.apply(Unary::Relu { inplace: false }, &[value]).unwrap();
    }
    let map = builder.apply(Reduce::new(ReduceKind::Mean, [1]), &[value]).unwrap();
    let pooling = Pooling {
        kind: PoolingKind::Max,
        kernel: vec![4, 4],
        stride: vec![4, 4],
        ignore_border: true,
        pad: vec![0, 0],
        channel_last: false,
    };
    let pooled = builder.apply(pooling, &[value]).unwrap();
    let weight = noise(builder, "e", &[64 * SIDE * SIDE / 16, 10]);
    let classes = builder.apply(Affine { base_axis: 1 }, &[pooled, weight]).unwrap();
    let classes = builder.apply(Softmax { axis: 1, log: false }, &[classes]).unwrap();
    let means = builder.apply(Reduce::new(ReduceKind::Mean, [2, 3]), &[value]).unwrap();
    vec![map, classes, means]
}

/// How many threads libtorch shares a function between holds for the whole process, and sums depend on it. A job has a
/// process of its own; the tests of this one take turns.
static LIBTORCH: Mutex<()> = Mutex::new(());

/// What `model` gives for the same `count` samples with so many threads and samples at once.
fn evaluate(model: &Model, change: impl Fn(&mut nnp::Executor), threads: usize, size: usize, count: usize) -> Scores {
    let _turn = LIBTORCH.lock().unwrap_or_else(PoisonError::into_inner);
    let kit = Kit::evaluating::<Forward>().with_threads(threads);
    let mut model = model.clone();
    model.executors.iter_mut().for_each(change);
    let path = kit.folder().join("model.nnp");
    archive::write(&path, &model, &[]).unwrap();
    let mut detector = kit.load(&path).unwrap();
    let samples = kit.draw(&detector, Scene::Noise, count);
    detector.scores_in_batches(&samples, size).unwrap()
}

/// Whether two evaluations gave the same bytes.
fn same(a: &Scores, b: &Scores) -> bool {
    let bytes = |scores: &Scores| -> Vec<u32> {
        let values = (0..scores.len()).flat_map(|sample| (0..3).flat_map(move |output| scores.of(output, sample)));
        values.map(|value| value.to_bits()).collect()
    };
    bytes(a) == bytes(b)
}

#[test]
fn outputs_are_the_same_bytes_whatever_the_threads_and_the_batch_size() {
    let model = model(classifier);
    let due = evaluate(&model, |_| (), 1, 64, 11);
    due.assert_finite();
    for (threads, size) in [(2, 64), (3, 64), (1, 1), (1, 3), (2, 7), (3, 2)] {
        let found = evaluate(&model, |_| (), threads, size, 11);
        assert!(same(&found, &due), "{threads} threads, batch size {size}: {:e}", found.difference(&due));
    }
}

#[test]
fn a_stored_batch_stays_one_piece() {
    let turned = |builder: &mut NetworkBuilder, x| {
        let sum = builder.apply(Reduce { keep_dims: true, ..Reduce::new(ReduceKind::Sum, [1, 2, 3]) }, &[x]).unwrap();
        vec![sum, builder.apply(Flip { axes: vec![0] }, &[sum]).unwrap()]
    };
    let model = model(turned);
    for threads in [1, 2, 3] {
        let scores = evaluate(&model, |_| (), threads, 64, 2 * STORED + 1);
        for sample in 0..scores.len() {
            // The last batch is filled up from the beginning.
            let partner = sample / STORED * STORED + STORED - 1 - sample % STORED;
            let partner = if partner < scores.len() { partner } else { partner - 2 * STORED - 1 };
            assert_eq!(scores.of(1, sample), scores.of(0, partner), "{threads} threads, sample {sample}");
        }
    }
}

#[test]
fn draws_do_not_depend_on_the_threads() {
    let dropped = |builder: &mut NetworkBuilder, x| {
        let x = builder.apply(Dropout { p: 0.5, seed: -1, output_mask: false }, &[x]).unwrap();
        vec![builder.apply(Op::from(Scalar::new(ScalarKind::MulScalar, 2.0)), &[x]).unwrap()]
    };
    let model = model(dropped);
    let repeat = |executor: &mut nnp::Executor| {
        executor.num_evaluations = 3;
        executor.repeat_evaluation_type = "std".into();
    };
    let due = evaluate(&model, repeat, 1, 64, 5);
    assert!(due.peaks().iter().all(|&peak| peak > 0.0));
    for threads in [2, 3] {
        assert!(same(&evaluate(&model, repeat, threads, 64, 5), &due), "{threads} threads");
    }
    for batch in [1, 2] {
        assert!(same(&evaluate(&model, repeat, 1, batch, 5), &due), "batches of {batch}");
    }
}
