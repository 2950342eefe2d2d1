//! Backbones on ONNX Runtime against libtorch.

use super::*;
use crate::backbone::archive;
use crate::{Compute, Engine, executor::values};

fn onnx_runtime() -> Compute {
    Compute::new(Device::Cpu, Engine::OnnxRuntime, Some(&nnc_test_data::onnxruntime())).unwrap()
}

/// The taps of `images` as the two engines give them: to 1e-5 of the largest value, and on ONNX Runtime the same bytes
/// however many images are fed at once and threads run the network.
fn agree(backbone: &Backbone, images: &Tensor) {
    let compile = |on: Compute| Executor::new(backbone.network(), backbone.parameters(), &LAYERS, on).unwrap();
    let (torch, onnx) = (compile(Device::Cpu.into()), compile(onnx_runtime()));
    assert!(onnx.engine().starts_with("ONNX Runtime 1."), "{}", onnx.engine());
    assert_eq!(torch.engine(), "libtorch");
    let (due, found) = (torch.run(images).unwrap(), onnx.run(images).unwrap());
    for (due, found) in due.iter().zip(&found) {
        assert_eq!(due.size(), found.size());
        let difference = (due - found).abs().max().double_value(&[]) / due.abs().max().double_value(&[]);
        assert!(difference <= 1e-5, "{difference:e}");
    }
    let bytes: Vec<Vec<f32>> = found.iter().map(|tap| values(tap).unwrap()).collect();
    let rows = images.size()[0];
    for at_once in [1, 2] {
        let mut parts = vec![Vec::new(); LAYERS.len()];
        std::thread::scope(|scope| {
            let members: Vec<_> = (0..rows)
                .step_by(at_once as usize)
                .map(|first| {
                    let (member, few) = (onnx.replica(), images.narrow(0, first, at_once.min(rows - first)));
                    scope.spawn(move || member.run(&few).unwrap())
                })
                .collect();
            for member in members {
                for (part, tap) in parts.iter_mut().zip(member.join().unwrap()) {
                    part.extend(values(&tap).unwrap());
                }
            }
        });
        assert!(parts == bytes, "{at_once} at once");
    }
}

#[test]
fn engines_agree_on_the_small_backbones_of_nnabla() {
    let names = [
        "backbone_tiny_nchw.nnp",
        "backbone_tiny_nchw_pb.nnp",
        "backbone_tiny_c1.nnp",
        "backbone_tiny_se_nchw.nnp",
        "backbone_tiny_se_c1.nnp",
    ];
    for name in names {
        agree(&archive::build(&nnc_test_data::golden(name), 4).unwrap().finish().unwrap(), &images(3));
    }
}

#[test]
fn engines_agree_on_efficientnet_lite0() {
    let Some(weights) = nnc_test_data::efficientnet_lite0() else { return };
    agree(&Backbone::open("efficientnet_lite0", &weights, 4).unwrap(), &images(3));
}

#[test]
fn what_onnx_runtime_cannot_run_stays_on_libtorch_and_says_why() {
    let mut b = NetworkBuilder::new("network", 2);
    let x = b.input("x", &[4]);
    let y = b.apply(nnp::op::Dropout { p: 0.5, seed: -1, output_mask: false }, &[x]).unwrap();
    b.name(y, "y");
    let model = b.finish(&[y], true).unwrap();
    let compile = |on: Compute, wanted| Executor::new(&model.networks[0], &model.parameters, &[wanted], on).unwrap();
    let executor = compile(onnx_runtime(), "y");
    assert_eq!(executor.engine(), "libtorch (it has functions that draw at random)");
    assert_eq!(executor.run(&Tensor::from_slice(&[1.0_f32; 8]).reshape([2, 4])).unwrap()[0].size(), [2, 4]);
    // An input itself is no result of a function.
    assert!(compile(onnx_runtime(), "x").engine().starts_with("libtorch (not all"));
}
