//! Backbones from a hand-made NNP, from nnabla's small one and from real weights.

mod c1;
mod engines;
mod onnx;
mod resnet;

use super::*;
use crate::{Executor, executor::image_tensor};
use nnp::{
    Model, archive,
    op::{Affine, Binary, BinaryKind, Convolution, Pooling, PoolingKind, Unary},
};
use std::{env, path::PathBuf};
use tch::{Device, Tensor};

/// Bytes without a pattern, the same every time (a linear congruential generator, its upper byte).
fn noise(count: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let step = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..count).map(step).collect()
}

fn images(count: usize) -> Tensor {
    let bytes = noise(count * IMAGE_SHAPE.iter().product::<usize>());
    image_tensor(&bytes, count, IMAGE_SHAPE, Device::Cpu).unwrap()
}

/// 112, 56, 28 and 14 by strided 1×1 convolutions with ReLU, at 28 twice, then a classifier; written for batch 4.
fn small_model() -> Model {
    let mut b = NetworkBuilder::new("network", 4);
    let mut x = b.input("image", &IMAGE_SHAPE);
    for (index, (channels, stride)) in [(4, 2), (5, 2), (6, 2), (7, 1), (8, 2)].into_iter().enumerate() {
        let inner = b.shape(x)[1];
        let data: Vec<f32> = (0..channels * inner).map(|v| (v % 5) as f32 * 0.25 - 0.25).collect();
        let weight = b.parameter(format!("conv{index}/W"), &[channels, inner, 1, 1], data);
        x = b.apply(Convolution::new([0, 0], [stride, stride], 1), &[x, weight]).unwrap();
        x = b.apply(Unary::Relu { inplace: true }, &[x]).unwrap();
    }
    let pooling = Pooling {
        kind: PoolingKind::Max,
        kernel: vec![14, 14],
        stride: vec![14, 14],
        ignore_border: true,
        pad: vec![0, 0],
        channel_last: false,
    };
    x = b.apply(pooling, &[x]).unwrap();
    let weight = b.parameter("affine/W", &[8, 2], vec![0.5; 16]);
    let y = b.apply(Affine { base_axis: 1 }, &[x, weight]).unwrap();
    b.name(y, "y");
    b.finish(&[y], true).unwrap()
}

fn open_model(model: &Model) -> Result<Backbone, EngineError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backbone.nnp");
    archive::write(&path, model, &[]).unwrap();
    Backbone::open("backbone.nnp", &path, 2)
}

fn features(backbone: &Backbone, images: &Tensor) -> Vec<Tensor> {
    let executor = Executor::new(backbone.network(), backbone.parameters(), &LAYERS, Device::Cpu).unwrap();
    executor.run(images).unwrap()
}

#[test]
fn the_last_relu_of_each_size_is_tapped() {
    let backbone = open_model(&small_model()).unwrap();
    let taps = backbone.taps().each_ref().map(|tap| (tap.function.as_str(), tap.shape));
    assert_eq!(taps, [("ReLU", [5, 56, 56]), ("ReLU", [7, 28, 28]), ("ReLU", [8, 14, 14])]);
    assert!(backbone.parameters().get("affine/W").is_none(), "the classifier is cut off");
    for rows in [1, 3] {
        let shapes: Vec<_> = features(&backbone, &images(rows)).iter().map(Tensor::size).collect();
        let rows = i64::try_from(rows).unwrap();
        assert_eq!(shapes, [[rows, 5, 56, 56], [rows, 7, 28, 28], [rows, 8, 14, 14]]);
    }
}

#[test]
fn an_attached_backbone_gives_the_same_features() {
    let backbone = open_model(&small_model()).unwrap();
    let mut builder = NetworkBuilder::new("network", 8);
    let x = builder.input("x", &IMAGE_SHAPE);
    let taps = backbone.attach(&mut builder, x).unwrap();
    assert_eq!(taps.map(|tap| builder.shape(tap).to_vec()), [[8, 5, 56, 56], [8, 7, 28, 28], [8, 8, 14, 14]]);
    let y = builder.apply(nnp::op::Unpooling::square(4), &[taps[2]]).unwrap();
    builder.name(y, "y");
    let model = builder.finish(&[y], true).unwrap();
    model.validate().unwrap();
    let executor = Executor::new(&model.networks[0], &model.parameters, &["y"], Device::Cpu).unwrap();
    let found = executor.run(&images(2)).unwrap().remove(0);
    let expected = features(&backbone, &images(2)).remove(2);
    let expected = expected.repeat_interleave_self_int(4, 2, None).repeat_interleave_self_int(4, 3, None);
    assert_eq!(found, expected);
}

/// Gives a variable of the model another shape.
fn declare(model: &mut Model, found: &[i64], shape: &[i64]) {
    let variables = &mut model.networks[0].variables;
    variables.iter_mut().find(|variable| variable.shape == found).unwrap().shape = shape.to_vec();
}

/// Takes the last ReLU out.
fn remove_last_relu(model: &mut Model) {
    let functions = &mut model.networks[0].functions;
    let relu = functions.iter_mut().rfind(|function| function.op.type_name() == "ReLU").unwrap();
    relu.op = Unary::Identity.into();
}

#[test]
fn files_that_are_no_backbone_are_refused_with_what_was_found() {
    type Change = fn(&mut Model);
    let cases: [(Change, &str); 5] = [
        (
            |model| declare(model, &[-1, 3, 224, 224], &[-1, 1, 28, 28]),
            "input \"image\" has shape [-1, 1, 28, 28], expected (B, 3, 224, 224) or, with channels last, \
             (B, 224, 224, 4)",
        ),
        (remove_last_relu, "network \"network\" has no ReLU output of 14x14, found [112x112, 56x56, 28x28]"),
        (
            |model| {
                remove_last_relu(model);
                let first_relu = model.networks[0].functions[1].outputs[0].clone();
                let variables = &mut model.networks[0].variables;
                variables.iter_mut().find(|v| v.name == first_relu).unwrap().shape = vec![-1, 4, 14, 14];
            },
            "function \"@network/ReLU\" gives [2, 4, 112, 112] for 2 images, variable \"@network/ReLU_out\" is declared \
             as [-1, 4, 14, 14]",
        ),
        (
            |model| {
                model.networks.push(nnp::Network { name: "other".into(), ..model.networks[0].clone() });
                model.executors.clear();
            },
            "found networks [network, other], expected one, or one whose name ends with \"Runtime\"",
        ),
        (
            |model| model.executors[0].network_name = "other".into(),
            "executor \"runtime\" names network \"other\", which is not there",
        ),
    ];
    for (change, expected) in cases {
        let mut model = small_model();
        change(&mut model);
        let error = open_model(&model).unwrap_err();
        assert!(matches!(&error, EngineError::NotBackbone { reason, .. } if reason == expected), "{error}");
    }
}

#[test]
fn weights_of_another_model_are_refused() {
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("../state-dict/testdata/tiny_zip.pth");
    let error = Backbone::open("efficientnet_lite0", &tiny, 1).unwrap_err();
    assert!(matches!(&error, EngineError::MissingTensor { name, .. } if name == "_conv_stem.weight"), "{error}");
}

#[test]
fn nnablas_small_backbone_has_nnablas_taps() {
    let path = nnc_test_data::golden("backbone_tiny_nchw_pb.nnp");
    let backbone = Backbone::open("tiny", &path, 4).unwrap();
    let taps = backbone.taps().each_ref().map(|tap| (tap.function.as_str(), tap.shape));
    assert_eq!(taps, [("ReLU", [16, 56, 56]), ("ReLU", [32, 28, 28]), ("ReLU", [128, 14, 14])]);
    let plain = Executor::plain(backbone.network(), backbone.parameters(), &LAYERS).unwrap();
    for (found, expected) in features(&backbone, &images(3)).iter().zip(plain.run(&images(3)).unwrap()) {
        let worst = (found - &expected).abs().max().double_value(&[]) / expected.abs().max().double_value(&[]);
        assert!(worst < 1e-4, "{worst}");
    }
}

/// Figures of `efficientnet_lite_pytorch` 0.1.0 with the same weights, in float64, for the first two noise images.
#[test]
fn efficientnet_lite0_agrees_with_pytorch() {
    let Some(path) = nnc_test_data::efficientnet_lite0() else { return };
    let backbone = Backbone::open("efficientnet_lite0", &path, 8).unwrap();
    let taps = backbone.taps().each_ref().map(|tap| (tap.function.as_str(), tap.shape));
    assert_eq!(taps, [("Add2", [24, 56, 56]), ("Add2", [40, 28, 28]), ("Add2", [112, 14, 14])]);
    let expected: [(f64, [f64; 12]); 3] = [
        (
            4293.372997886895,
            [
                -16.952173, 5.155935, -2.84062, -4.767739, 17.510936, -21.413975, 7.348, 15.064812, -1.211396,
                16.002496, -10.314615, 14.701004,
            ],
        ),
        (
            1791.2655901799649,
            [
                -1.759683, -9.867799, -3.201668, -21.320803, -4.681491, 1.84741, -3.074368, -14.545863, 0.423734,
                -17.00441, 0.752276, -5.619367,
            ],
        ),
        (
            814.5370532571504,
            [
                -1.358933, 0.13949, -7.045946, -0.228492, -1.703365, -6.598601, -2.516926, -1.21889, -1.167031, -5.045,
                -2.808944, -6.296342,
            ],
        ),
    ];
    for (layer, (found, (norm, values))) in features(&backbone, &images(2)).iter().zip(expected).enumerate() {
        let flat = found.contiguous().reshape([-1]);
        let count = flat.size()[0];
        let largest = flat.abs().max().double_value(&[]);
        let found_norm = flat.to_kind(tch::Kind::Double).norm().double_value(&[]);
        assert!((found_norm / norm - 1.0).abs() < 1e-5, "layer {}: norm {found_norm}, expected {norm}", layer + 1);
        let places = (0..12_i64).map(|at| (count / 13 * at + at * at * 31) % count);
        for (place, expected) in places.zip(values) {
            let found = flat.double_value(&[place]);
            assert!((found - expected).abs() < 1e-5 * largest, "layer {}, {place}: {found}, not {expected}", layer + 1);
        }
    }
}
