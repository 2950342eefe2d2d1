//! The search against the networks that it stands for.

use super::*;
use nnc_engine::{Engine, Precision};
use nnp::op::{Reshape, Unary};
use nnp::{GraphError, Value};

const DIM: usize = 3;

/// A network whose embedding is the first positions of the image, with a head made by `score`, and its map of `x`.
fn model(patches: usize, score: impl Fn(&mut NetworkBuilder, Value, Value) -> Result<Value, GraphError>) -> Model {
    let mut builder = NetworkBuilder::new("network", 1);
    let x = builder.input("x", &[DIM, MAP, MAP]);
    let embedding = builder.apply(Unary::Relu { inplace: false }, &[x]).unwrap();
    let memory = builder.parameter(MEMORY, &[1, DIM, patches, 1, 1], drawn(5, DIM * patches));
    let map = score(&mut builder, embedding, memory).unwrap();
    builder.name(map, OUTPUT);
    builder.finish(&[map], true).unwrap()
}

/// ONNX Runtime, which the network has to run on.
fn onnx_runtime() -> Compute {
    Compute::new(Device::Cpu, Engine::OnnxRuntime, Some(&nnc_test_data::onnxruntime())).unwrap()
}

fn images() -> Tensor {
    Tensor::from_slice(&drawn(6, 2 * DIM * MAP * MAP)).reshape([2, DIM as i64, MAP as i64, MAP as i64])
}

/// Numbers from 20 to 29 by a generator of their own: libtorch's is shared with the tests that run beside.
fn drawn(seed: u64, count: usize) -> Vec<f32> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..count).map(|_| random.f32() * 9.0 + 20.0).collect()
}

/// As NNC builds it.
fn nncs(builder: &mut NetworkBuilder, embedding: Value, memory: Value) -> Result<Value, GraphError> {
    let side = MAP as i64;
    let h = builder.apply(Reshape::new([-1, DIM as i64, 1, side, side]), &[embedding])?;
    let h = builder.apply(Binary::new(BinaryKind::Sub2), &[h, memory])?;
    let h = builder.apply(Scalar::new(ScalarKind::PowScalar, 2.0), &[h])?;
    let h = builder.apply(Reduce::new(ReduceKind::Sum, [1]), &[h])?;
    let h = builder.apply(Scalar::new(ScalarKind::PowScalar, 0.5), &[h])?;
    builder.apply(Reduce::new(ReduceKind::Min, [1]), &[h])
}

#[test]
fn search_and_networks_give_the_same_map() {
    // One part of the memory, and two.
    for patches in [1, 40, 4200] {
        let ours = model(patches, head::score);
        let Scorer::Search(..) = Scorer::open(&ours, &Device::Cpu.into()).unwrap() else {
            panic!("our own head is not known")
        };
        let x = images();
        let found = Scorer::open(&ours, &Device::Cpu.into()).unwrap().run(&x).unwrap();
        let fast = Scorer::open(&ours, &onnx_runtime()).unwrap();
        assert!(fast.executor().engine().starts_with("ONNX Runtime"), "{}", fast.executor().engine());
        assert_eq!(fast.run(&x).unwrap(), found, "a network of one ReLU");
        let whole = Executor::of_model(&ours, OUTPUT, Device::Cpu).unwrap();
        let most = found.max().double_value(&[]);
        let agree = |due: &Tensor| assert!((&found - due).abs().max().double_value(&[]) < 1e-4 * most);
        agree(&whole.run(&x).unwrap()[0]);
        if patches < 1000 {
            let theirs = model(patches, nncs);
            let scorer = Scorer::open(&theirs, &Device::Cpu.into()).unwrap();
            assert!(matches!(scorer, Scorer::Search(..)), "NNC's head is not known");
            agree(&scorer.run(&x).unwrap());
            agree(&Executor::of_model(&theirs, OUTPUT, Device::Cpu).unwrap().run(&x).unwrap()[0]);
        }
    }
}

#[test]
fn a_head_that_computes_something_else_runs_as_it_is() {
    let doubled = |builder: &mut NetworkBuilder, embedding, memory| {
        let map = nncs(builder, embedding, memory)?;
        builder.apply(Scalar::new(ScalarKind::MulScalar, 2.0), &[map])
    };
    let other = model(40, doubled);
    let scorer = Scorer::open(&other, &Device::Cpu.into()).unwrap();
    assert!(matches!(scorer, Scorer::Network(_)));
    assert_eq!(scorer.sizes(8), (1, 1));
    let half = Compute::from(Device::Cpu).with_precision(Precision::Half).unwrap();
    let refused = Scorer::open(&other, &half).err().unwrap();
    assert!(refused.message().contains("precision = half"), "{refused}");
    let x = images();
    let plain = Scorer::open(&model(40, nncs), &Device::Cpu.into()).unwrap().run(&x).unwrap();
    let difference = scorer.run(&x).unwrap() / 2.0 - plain;
    assert!(difference.abs().max().double_value(&[]) < 1e-4);
}

#[test]
fn models_of_other_detectors_are_refused() {
    let wrong = |builder: &mut NetworkBuilder, embedding, _| builder.apply(Reshape::new([-1, 2352]), &[embedding]);
    let scorer = Scorer::open(&model(4, wrong), &Device::Cpu.into()).unwrap();
    assert!(scorer.run(&images()).unwrap_err().message().contains("expected (2, 28, 28)"));
    let mut nameless = model(4, nncs);
    nameless.networks[0].variables.iter_mut().filter(|v| v.name == OUTPUT).for_each(|v| v.name = "y".into());
    nameless.networks[0].functions.iter_mut().for_each(|f| {
        f.outputs.iter_mut().filter(|o| *o == OUTPUT).for_each(|o| *o = "y".into());
    });
    nameless.executors[0].output_variables[0].variable_name = "y".into();
    let error = Scorer::open(&nameless, &Device::Cpu.into()).err().unwrap();
    assert!(error.message().contains("has no output x'"), "{error}");
}
