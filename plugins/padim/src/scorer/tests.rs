//! The scorer against the network in the file, function by function.

use super::*;
use crate::gaussian::Gaussian;
use crate::{COV_INV, MEAN, head};
use nnc_engine::{Engine, Precision};
use nnp::op::{Convolution, Op, Scalar, ScalarKind};
use nnp::{NetworkBuilder, Value};
use tch::Kind;

/// A detector whose three layers are strided convolutions of the image, with Gaussians that are not symmetric, so that
/// the order of a product shows.
fn model(gaussian: Gaussian, finish: impl Fn(&mut NetworkBuilder, Value) -> Value) -> Model {
    tch::manual_seed(3);
    let noise =
        |length: usize| Vec::<f32>::try_from(Tensor::rand([length as i64], (Kind::Float, Device::Cpu)) + 0.1).unwrap();
    let mut builder = NetworkBuilder::new("network", 2);
    let x = builder.input("x", &[3, SIDE, SIDE]);
    let layers = [(2, 4), (1, 8), (3, 16)].map(|(channels, stride)| {
        let weight = noise(channels * 3).iter().map(|v| v / 255.0).collect::<Vec<_>>();
        let weight = builder.parameter(format!("{stride}/W"), &[channels, 3, 1, 1], weight);
        builder.apply(Convolution::new([0, 0], [stride, stride], 1), &[x, weight]).unwrap()
    });
    let embedding = head::embedding(&mut builder, layers).unwrap();
    let (of_mean, of_cov_inv) = head::parameter_shapes(gaussian, 6);
    let mean = builder.parameter(MEAN, &of_mean, noise(of_mean.iter().product()));
    let mut values = noise(of_cov_inv.iter().product());
    // Positive, as a distance has to be.
    values.iter_mut().enumerate().filter(|(at, _)| at % 6 == at / 6 % 6).for_each(|(_, value)| *value += 5.0);
    let cov_inv = builder.parameter(COV_INV, &of_cov_inv, values);
    let score = head::score(&mut builder, gaussian, embedding, mean, cov_inv).unwrap();
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
    let map = Executor::of_model(model, OUTPUT, Device::Cpu).unwrap().run(&x).unwrap().remove(0);
    Vec::<f32>::try_from(map.contiguous().view([-1])).unwrap()
}

fn scores(scorer: &mut Scorer, images: &[u8]) -> Vec<f32> {
    let mut maps = vec![0.0; images.len() / IMAGE * MAP * MAP];
    scorer.run(images, &mut maps, |line| panic!("{line}")).unwrap();
    maps
}

#[test]
fn a_known_head_gives_the_maps_of_its_network_in_every_mode() {
    let images = images(5);
    for gaussian in [Gaussian::Dense, Gaussian::Sixteenth, Gaussian::Single] {
        let model = model(gaussian, |_, score| score);
        let head = recognise::head(&model).unwrap();
        assert_eq!((head.gaussian, head.dim), (gaussian, 6));
        let due = whole(&model, &images);
        let most = due.iter().fold(0.0_f32, |most, value| most.max(*value));
        assert!(most > 0.1);
        for compute in [Device::Cpu.into(), onnx_runtime()] {
            let mut first = None;
            for threads in [1, 2, 3] {
                let mut scorer = Scorer::open(&model, &compute, threads).unwrap();
                let engine = scorer.executor().engine().to_owned();
                let maps = scores(&mut scorer, &images);
                let worst = maps.iter().zip(&due).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(worst <= 1e-5 * most, "{gaussian:?}, {engine}: {worst} of {most}");
                let one_by_one: Vec<f32> = images.chunks(IMAGE).flat_map(|image| scores(&mut scorer, image)).collect();
                assert!(one_by_one == maps, "{gaussian:?}, {engine}, one by one");
                assert!(
                    *first.get_or_insert_with(|| maps.clone()) == maps,
                    "{gaussian:?}, {engine}, {threads} threads"
                );
            }
        }
        let fast = Scorer::open(&model, &onnx_runtime(), 1).unwrap();
        assert!(fast.executor().engine().starts_with("ONNX Runtime"), "{}", fast.executor().engine());
    }
}

#[test]
fn half_precision_ends_before_the_head() {
    let images = images(2);
    let model = model(Gaussian::Dense, |_, score| score);
    let [full, half] = [Precision::Full, Precision::Half]
        .map(|precision| Compute::from(Device::Cpu).with_precision(precision).unwrap())
        .map(|compute| scores(&mut Scorer::open(&model, &compute, 1).unwrap(), &images));
    let most = full.iter().fold(0.0_f32, |most, value| most.max(*value));
    let worst = half.iter().zip(&full).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst > 0.0 && worst < 1e-2 * most, "{worst} of {most}");
}

#[test]
fn any_other_head_runs_as_it_is() {
    let twice = |builder: &mut NetworkBuilder, score| {
        let scale = Scalar::new(ScalarKind::MulScalar, 2.0);
        builder.apply(Op::Scalar(scale), &[score]).unwrap()
    };
    let model = model(Gaussian::Single, twice);
    assert!(recognise::head(&model).is_none());
    let images = images(3);
    let (maps, due) =
        (scores(&mut Scorer::open(&model, &Device::Cpu.into(), 2).unwrap(), &images), whole(&model, &images));
    let worst = maps.iter().zip(&due).map(|(a, b)| (a - b).abs() / b).fold(0.0, f32::max);
    assert!(worst <= 1e-5, "{worst}");
    let half = Compute::from(Device::Cpu).with_precision(Precision::Half).unwrap();
    let refused = Scorer::open(&model, &half, 2).err().unwrap();
    assert!(refused.message().contains("precision = half"), "{refused}");
}
