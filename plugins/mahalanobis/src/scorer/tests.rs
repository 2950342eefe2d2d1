//! The scorer against the network in the file, function by function.

use super::*;
use crate::head::Smoothing;
use nnc_engine::{Engine, Precision};
use nnp::op::{Convolution, Scalar, ScalarKind};
use nnp::{NetworkBuilder, Value};
use tch::Kind;

/// A detector whose layers are strided convolutions of the image.
fn model(smoothing: Smoothing, finish: impl Fn(&mut NetworkBuilder, Value) -> Value) -> Model {
    tch::manual_seed(3);
    let noise =
        |length: usize| Vec::<f32>::try_from(Tensor::rand([length as i64], (Kind::Float, Device::Cpu)) - 0.5).unwrap();
    let mut builder = NetworkBuilder::new("network", 2);
    let x = builder.input("x", &[3, SIDE, SIDE]);
    let layers = [(2, 8), (3, 16)].map(|(channels, stride)| {
        let weight = noise(channels * 3).iter().map(|v| v / 255.0).collect::<Vec<_>>();
        let weight = builder.parameter(format!("{stride}/W"), &[channels, 3, 1, 1], weight);
        builder.apply(Convolution::new([0, 0], [stride, stride], 1), &[x, weight]).unwrap()
    });
    let embedding = head::embedding(&mut builder, layers, smoothing).unwrap();
    let (of_mean, of_whitening) = head::parameter_shapes(5);
    let mean = builder.parameter(MEAN, &of_mean, noise(of_mean.iter().product()));
    let whitening = builder.parameter(WHITENING, &of_whitening, noise(of_whitening.iter().product()));
    let score = head::score(&mut builder, embedding, mean, whitening).unwrap();
    let score = finish(&mut builder, score);
    builder.name(score, OUTPUT);
    builder.finish(&[score], true).unwrap()
}

fn images(count: usize) -> Vec<u8> {
    (0..count * IMAGE).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

/// ONNX Runtime, which the network has to run on.
fn onnx_runtime() -> Compute {
    Compute::new(Device::Cpu, Engine::OnnxRuntime, Some(&nnc_test_data::onnxruntime())).unwrap()
}

/// What libtorch gives for the network as it is.
fn whole(model: &Model, images: &[u8]) -> Vec<f32> {
    let x = image_tensor(images, images.len() / IMAGE, [3, SIDE, SIDE], Device::Cpu).unwrap();
    values(&Executor::of_model(model, OUTPUT, Device::Cpu).unwrap().run(&x).unwrap().remove(0)).unwrap()
}

fn largest_difference(found: &[f32], due: &[f32]) -> f32 {
    assert_eq!(found.len(), due.len());
    let most = due.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    assert!(most > 0.1);
    found.iter().zip(due).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / most
}

#[test]
fn a_known_head_gives_the_maps_of_its_network() {
    let images = images(5);
    for smoothing in [Smoothing::Neighbours, Smoothing::None] {
        let model = model(smoothing, |_, score| score);
        for compute in [Device::Cpu.into(), onnx_runtime()] {
            let scorer = Scorer::open(&model, &compute, 1).unwrap().replica();
            let engine = scorer.executor().engine();
            assert!(scorer.distance.is_some());
            let maps = scorer.maps(&images).unwrap();
            let worst = largest_difference(&maps, &whole(&model, &images));
            assert!(worst <= 1e-5, "{smoothing:?}, {engine}: {worst}");
            let one_by_one: Vec<f32> = images.chunks(IMAGE).flat_map(|image| scorer.maps(image).unwrap()).collect();
            assert!(one_by_one == maps, "{smoothing:?}, {engine}: one by one");
        }
        let fast = Scorer::open(&model, &onnx_runtime(), 1).unwrap();
        assert!(fast.executor().engine().starts_with("ONNX Runtime"), "{}", fast.executor().engine());
    }
}

#[test]
fn half_precision_ends_before_the_head() {
    let images = images(2);
    let model = model(Smoothing::Neighbours, |_, score| score);
    let [full, half] = [Precision::Full, Precision::Half]
        .map(|precision| Compute::from(Device::Cpu).with_precision(precision).unwrap())
        .map(|compute| Scorer::open(&model, &compute, 1).unwrap().maps(&images).unwrap());
    let worst = largest_difference(&half, &full);
    assert!(worst > 0.0 && worst < 1e-2, "{worst}");
}

#[test]
fn any_other_head_runs_as_it_is() {
    let model = model(Smoothing::None, |builder, score| {
        builder.apply(Scalar::new(ScalarKind::MulScalar, 2.0), &[score]).unwrap()
    });
    let scorer = Scorer::open(&model, &Device::Cpu.into(), 2).unwrap();
    assert!(scorer.distance.is_none());
    let images = images(3);
    let worst = largest_difference(&scorer.maps(&images).unwrap(), &whole(&model, &images));
    assert!(worst <= 1e-5, "{worst}");
    let half = Compute::from(Device::Cpu).with_precision(Precision::Half).unwrap();
    let refused = Scorer::open(&model, &half, 2).err().unwrap();
    assert!(refused.message().contains("precision = half"), "{refused}");
}
