//! Rewritten networks against the same networks run as they are stored, which the executor can do as well.

use super::*;
use crate::Executor;
use nnp::{
    Model,
    op::{
        Affine, BatchNormalization, Binary, BinaryKind, Broadcast, CRelu, Concatenate, Convolution, Deconvolution,
        Flip, FusedBatchNormalization, Interpolate, InterpolateMode, PRelu, Pad, PadMode, Pooling, PoolingKind, Reduce,
        ReduceKind, Slice, Softmax, Unary, Unpooling,
    },
};
use tch::{Device, Kind, Tensor};

/// Height, width, channels of the input: all different, so that no mix-up of axes fits.
const IMAGE: [usize; 3] = [6, 10, 4];
const BATCH: usize = 2;

fn noise(count: usize, shift: f32) -> Vec<f32> {
    (0..count).map(|at| (at as f32 * 12.9898 + shift).sin() * 0.75 + (at as f32 * 0.37).cos() * 0.25).collect()
}

/// A network under construction, with a short way to parameters.
struct Net(NetworkBuilder, usize);

impl Net {
    fn apply(&mut self, op: impl Into<Op>, inputs: &[Value]) -> Value {
        self.0.apply(op, inputs).unwrap()
    }

    fn parameter(&mut self, shape: &[usize]) -> Value {
        self.1 += 1;
        let data = noise(shape.iter().product(), self.1 as f32);
        self.0.parameter(format!("p{}", self.1), shape, data)
    }

    /// Positive values, for variances.
    fn positive(&mut self, shape: &[usize]) -> Value {
        self.1 += 1;
        let data: Vec<f32> = noise(shape.iter().product(), self.1 as f32).iter().map(|v| v.abs() + 0.5).collect();
        self.0.parameter(format!("p{}", self.1), shape, data)
    }
}

fn convolution(kernel: usize, stride: i64, dilation: i64, group: i64) -> Convolution {
    let pad = (kernel as i64 - 1) / 2;
    Convolution { dilation: vec![dilation, 1], channel_last: true, ..Convolution::new([pad, pad], [stride, 1], group) }
}

fn pooling(kind: PoolingKind, kernel: [i64; 2], ignore_border: bool) -> Pooling {
    Pooling { kind, kernel: kernel.into(), stride: vec![2, 1], ignore_border, pad: vec![1, 0], channel_last: true }
}

fn normalization(axis: i64) -> BatchNormalization {
    BatchNormalization {
        axes: vec![axis],
        decay_rate: 0.9,
        eps: 1e-5,
        batch_stat: false,
        no_scale: false,
        no_bias: false,
    }
}

/// The functions of a rewritten network whose input is an image with channels first.
fn rewritten(model: &Model) -> Result<Model, EngineError> {
    let network = &model.networks[0];
    let mut builder = NetworkBuilder::new("network", BATCH);
    let [height, width, channels] = IMAGE;
    let x = builder.input("x", &[channels, height, width]);
    let mut rewriter = Rewriter::new(&mut builder, network, model.parameters.clone());
    rewriter.bind_input("x", x, Layout::ChannelsFirst, vec![BATCH, height, width, channels]);
    let functions: Vec<&Function> = network.functions.iter().collect();
    let y = rewriter.rewrite(&functions, &["y"], Layout::Stored)?[0];
    builder.name(y, "y");
    Ok(builder.finish(&[y], true)?)
}

fn stored(build: impl Fn(&mut Net, Value) -> Value) -> Model {
    let mut net = Net(NetworkBuilder::new("network", BATCH), 0);
    let x = net.0.input("x", &IMAGE);
    let y = build(&mut net, x);
    net.0.name(y, "y");
    net.0.finish(&[y], true).unwrap()
}

/// Checks that the rewritten network computes the same for two numbers of rows, and that it has these function types.
#[track_caller]
fn check(types: &[&str], build: impl Fn(&mut Net, Value) -> Value) {
    let stored = stored(build);
    let first = rewritten(&stored).unwrap();
    first.validate().unwrap();
    let network = &first.networks[0];
    assert!(!has_channels_last(network));
    assert_eq!(network.functions.iter().map(|function| function.op.type_name()).collect::<Vec<_>>(), types);
    let run = |model: &Model, x: &Tensor| {
        Executor::new(&model.networks[0], &model.parameters, &["y"], Device::Cpu).unwrap().run(x).unwrap().remove(0)
    };
    for rows in [BATCH, 3] {
        let count = rows * IMAGE.iter().product::<usize>();
        let shape: Vec<i64> = [rows].iter().chain(&IMAGE).map(|&extent| rule::signed(extent)).collect();
        let x = Tensor::from_slice(&noise(count, 0.5)).reshape(shape);
        let expected = run(&stored, &x);
        let found = run(&first, &x.permute([0, 3, 1, 2]).contiguous());
        assert_eq!(found.size(), expected.size());
        let worst = (found - &expected).abs().max().to_kind(Kind::Double).double_value(&[]);
        assert!(worst <= 1e-5 * expected.abs().max().double_value(&[]), "{types:?}: {worst}");
    }
}

/// What brings an image back into the order of the file.
const BACK: &str = "Transpose";

#[test]
fn functions_that_want_channels_last() {
    check(&["Convolution", BACK], |net, x| {
        let (weight, bias) = (net.parameter(&[6, 3, 3, 2]), net.parameter(&[6]));
        net.apply(convolution(3, 2, 2, 2), &[x, weight, bias])
    });
    check(&["Deconvolution", BACK], |net, x| {
        let weight = net.parameter(&[4, 3, 3, 5]);
        let op = Deconvolution {
            base_axis: -3,
            pad: vec![1, 0],
            stride: vec![2, 1],
            dilation: vec![1, 1],
            group: 1,
            channel_last: true,
            output_padding: vec![0, 0],
        };
        net.apply(op, &[x, weight])
    });
    for (kind, name) in [
        (PoolingKind::Max, "MaxPooling"),
        (PoolingKind::Average { including_pad: false }, "AveragePooling"),
        (PoolingKind::Sum, "SumPooling"),
    ] {
        for ignore_border in [true, false] {
            check(&[name, BACK], |net, x| net.apply(pooling(kind, [3, 2], ignore_border), &[x]));
        }
    }
    check(&["Unpooling", BACK], |net, x| net.apply(Unpooling { kernel: vec![2, 3], channel_last: true }, &[x]));
    check(&["Interpolate", BACK], |net, x| {
        let op = Interpolate {
            output_size: vec![9, 5],
            mode: InterpolateMode::Linear,
            align_corners: true,
            half_pixel: false,
            half_pixel_for_nn: false,
            channel_last: true,
        };
        net.apply(op, &[x])
    });
}

#[test]
fn normalisation_and_element_wise_functions() {
    check(&["BatchNormalization", "ReLU", BACK], |net, x| {
        let (beta, gamma) = (net.parameter(&[1, 1, 1, 4]), net.parameter(&[1, 1, 1, 4]));
        let (mean, variance) = (net.parameter(&[1, 1, 1, 4]), net.positive(&[1, 1, 1, 4]));
        let x = net.apply(normalization(3), &[x, beta, gamma, mean, variance]);
        net.apply(Unary::Relu { inplace: false }, &[x])
    });
    check(&["FusedBatchNormalization", BACK], |net, x| {
        let (beta, gamma) = (net.parameter(&[1, 1, 1, 4]), net.parameter(&[1, 1, 1, 4]));
        let (mean, variance) = (net.parameter(&[1, 1, 1, 4]), net.positive(&[1, 1, 1, 4]));
        let op = FusedBatchNormalization {
            axes: vec![-1],
            decay_rate: 0.9,
            eps: 1e-5,
            batch_stat: false,
            nonlinearity: "relu".into(),
        };
        net.apply(op, &[x, beta, gamma, mean, variance, x])
    });
    // A parameter of fewer axes is aligned at the channels.
    for shape in [&[4][..], &[10, 4], &[6, 10, 4], &[1, 6, 1, 4], &[]] {
        check(&["Mul2", BACK], |net, x| {
            let factor = net.parameter(shape);
            net.apply(Binary::new(BinaryKind::Mul2), &[x, factor])
        });
    }
    check(&["PReLU", BACK], |net, x| {
        let slope = net.parameter(&[4]);
        net.apply(PRelu { base_axis: 3 }, &[x, slope])
    });
    check(&["CReLU", BACK], |net, x| net.apply(CRelu { axis: -1 }, &[x]));
    check(&["Softmax", BACK], |net, x| net.apply(Softmax { axis: 3, log: false }, &[x]));
}

#[test]
fn functions_that_name_axes() {
    check(&["Concatenate", BACK], |net, x| net.apply(Concatenate { axis: 3 }, &[x, x]));
    check(&["Pad", BACK], |net, x| {
        let op = Pad { pad_width: vec![1, 2, 3, 0, 0, 0], mode: PadMode::Constant, constant_value: 0.5 };
        net.apply(op, &[x])
    });
    check(&["Pad", BACK], |net, x| {
        net.apply(Pad { pad_width: vec![0, 1], mode: PadMode::Constant, constant_value: 0.0 }, &[x])
    });
    check(&["Slice", BACK], |net, x| net.apply(Slice { start: vec![1, 0], stop: vec![9, 3], step: vec![2, 1] }, &[x]));
    check(&["Slice", BACK], |net, x| {
        net.apply(Slice { start: vec![0, 1, 0, 1], stop: vec![2, 5, 10, 4], step: vec![1; 4] }, &[x])
    });
    let mean = |axes: &[i64], keep_dims| Reduce { keep_dims, ..Reduce::new(ReduceKind::Mean, axes) };
    check(&["Mean", "Reshape"], |net, x| net.apply(mean(&[3], true), &[x]));
    check(&["Mean", "Reshape"], |net, x| net.apply(mean(&[1, -2], true), &[x]));
    check(&["Mean"], |net, x| net.apply(mean(&[1, 2], false), &[x]));
    check(&["Mean"], |net, x| net.apply(mean(&[3], false), &[x]));
    // (B, W, C) is not in the order of (B, C, W).
    check(&[BACK, "Mean"], |net, x| net.apply(mean(&[1], false), &[x]));
    check(&["Transpose"], |net, x| net.apply(Transpose { axes: vec![0, 2, 1, 3] }, &[x]));
    check(&["ReLU"], |net, x| {
        let x = net.apply(Unary::Relu { inplace: false }, &[x]);
        net.apply(Transpose { axes: vec![0, 3, 1, 2] }, &[x])
    });
}

#[test]
fn squeeze_and_excitation_needs_no_transpose_of_images() {
    let sigmoid = |net: &mut Net, x| net.apply(Unary::Sigmoid, &[x]);
    // Means, matrix products, and the factors as an image of one pixel.
    check(&["Mean", "Affine", "Sigmoid", "Reshape", "Mul2", BACK], |net, x| {
        let squeezed = net.apply(Reduce::new(ReduceKind::Mean, [1, 2]), &[x]);
        let weight = net.parameter(&[4, 4]);
        let factors = net.apply(Affine { base_axis: 1 }, &[squeezed, weight]);
        let factors = sigmoid(net, factors);
        let factors = net.apply(Reshape::new([-1, 1, 1, 4]), &[factors]);
        net.apply(Binary::new(BinaryKind::Mul2), &[x, factors])
    });
    // The same with a window as large as the image, and the factors spread out before they are used.
    check(&["AveragePooling", "Affine", "Reshape", "Broadcast", "Mul2", BACK], |net, x| {
        let op = Pooling {
            kind: PoolingKind::Average { including_pad: true },
            kernel: vec![6, 10],
            stride: vec![6, 10],
            ignore_border: true,
            pad: vec![0, 0],
            channel_last: true,
        };
        let squeezed = net.apply(op, &[x]);
        let weight = net.parameter(&[4, 4]);
        let factors = net.apply(Affine { base_axis: 1 }, &[squeezed, weight]);
        let factors = net.apply(Reshape::new([-1, 1, 1, 4]), &[factors]);
        let factors = net.apply(Broadcast { shape: vec![-1, 6, 10, 4] }, &[factors]);
        net.apply(Binary::new(BinaryKind::Mul2), &[x, factors])
    });
    // 1×1 convolutions.
    check(&["Mean", "Convolution", "ReLU", "Convolution", "Sigmoid", "Mul2", BACK], |net, x| {
        let squeezed = net.apply(Reduce { keep_dims: true, ..Reduce::new(ReduceKind::Mean, [1, 2]) }, &[x]);
        let weight = net.parameter(&[2, 1, 1, 4]);
        let inner = net.apply(convolution(1, 1, 1, 1), &[squeezed, weight]);
        let inner = net.apply(Unary::Relu { inplace: false }, &[inner]);
        let weight = net.parameter(&[4, 1, 1, 2]);
        let factors = net.apply(convolution(1, 1, 1, 1), &[inner, weight]);
        let factors = sigmoid(net, factors);
        net.apply(Binary::new(BinaryKind::Mul2), &[x, factors])
    });
}

#[test]
fn other_functions_get_images_in_the_order_of_the_file() {
    check(&[BACK, "Reshape", "Tanh"], |net, x| {
        let rows = net.apply(Reshape::new([-1, 60, 4]), &[x]);
        net.apply(Unary::Tanh, &[rows])
    });
    check(&[BACK, "Flip", "Transpose", "Convolution", BACK], |net, x| {
        let x = net.apply(Flip { axes: vec![2] }, &[x]);
        let weight = net.parameter(&[3, 1, 1, 4]);
        net.apply(convolution(1, 1, 1, 1), &[x, weight])
    });
    // One parameter, read in both orders.
    check(&["Mul2", BACK, "Flip", "Transpose", "Mul2"], |net, x| {
        let factor = net.parameter(&[1, 6, 1, 4]);
        let x = net.apply(Binary::new(BinaryKind::Mul2), &[x, factor]);
        let x = net.apply(Flip { axes: vec![1] }, &[x]);
        net.apply(Binary::new(BinaryKind::Mul2), &[x, factor])
    });
}

#[test]
fn what_has_no_channel_first_form_is_refused_by_name() {
    let model = stored(|net, x| {
        let x = net.apply(Reshape::new([-1, 60, 4]), &[x]);
        let weight = net.parameter(&[5, 3, 4]);
        let op = Convolution {
            base_axis: 1,
            pad: vec![0],
            stride: vec![1],
            dilation: vec![1],
            group: 1,
            channel_last: true,
        };
        net.apply(op, &[x, weight])
    });
    assert_eq!(
        rewritten(&model).unwrap_err().to_string(),
        "function \"@network/Convolution\" of type Convolution cannot be run: it wants channels last of 3 axes; only \
         (B, H, W, C) can be made channel-first"
    );
}
