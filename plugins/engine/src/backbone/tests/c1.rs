//! NNC's own kind of backbone: channels last, four input channels, scaled outside of the network.

use super::*;
use crate::backbone::archive;
use nnp::op::{BatchNormalization, Reduce, ReduceKind, Reshape};

/// A residual network with bottlenecks, strided at the 3×3 convolution.
#[derive(Clone, Copy)]
struct Residual {
    stem: usize,
    /// Channels of the first stage inside and outside of its blocks; they double from stage to stage.
    width: (usize, usize),
    blocks: [usize; 4],
    group: usize,
    /// Whether every block ends with squeeze-and-excitation, and how.
    excitation: Option<Excitation>,
}

#[derive(Clone, Copy)]
enum Excitation {
    /// Mean without the axes, Affine, Reshape.
    Affine,
    /// Pooling over the whole image, 1×1 convolutions.
    Convolution,
}

/// One such network being written, with channels last as NNC has it or with channels first.
struct Writer {
    builder: NetworkBuilder,
    channels_last: bool,
    names: usize,
    state: u32,
}

impl Writer {
    fn model(net: Residual, channels_last: bool) -> Model {
        let builder = NetworkBuilder::new("runtime", 1);
        let mut writer = Self { builder, channels_last, names: 0, state: 1 };
        let mut x = if channels_last {
            writer.builder.input("x", &[IMAGE_SIZE, IMAGE_SIZE, 4])
        } else {
            let image = writer.builder.input("x", &IMAGE_SHAPE);
            let scale = |kind, value| nnp::op::Scalar::new(kind, value);
            let x = writer.builder.apply(scale(nnp::op::ScalarKind::MulScalar, 0.01735), &[image]).unwrap();
            writer.builder.apply(scale(nnp::op::ScalarKind::AddScalar, -1.99), &[x]).unwrap()
        };
        x = writer.convolution(x, net.stem, 7, 2, 1);
        x = writer.normalize(x);
        x = writer.relu(x);
        x = writer.max_pooling(x);
        let (mut inner, mut outer) = net.width;
        for (stage, blocks) in net.blocks.into_iter().enumerate() {
            for block in 0..blocks {
                let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                x = writer.block(x, (inner, outer), stride, block == 0, net);
            }
            (inner, outer) = (2 * inner, 2 * outer);
        }
        let mean = writer.mean(x, false);
        let weight = writer.values(&[writer.channels(x), 1000]);
        let y = writer.builder.apply(Affine { base_axis: 1 }, &[mean, weight]).unwrap();
        writer.builder.name(y, "y");
        writer.builder.finish(&[y], false).unwrap()
    }

    fn block(&mut self, x: Value, (inner, outer): (usize, usize), stride: i64, first: bool, net: Residual) -> Value {
        let mut y = x;
        for (outputs, kernel, stride, group, active) in
            [(inner, 1, 1, 1, true), (inner, 3, stride, net.group, true), (outer, 1, 1, 1, false)]
        {
            y = self.convolution(y, outputs, kernel, stride, group);
            y = self.normalize(y);
            if active {
                y = self.relu(y);
            }
        }
        if let Some(excitation) = net.excitation {
            let factors = self.factors(y, excitation);
            y = self.builder.apply(Binary::new(BinaryKind::Mul2), &[y, factors]).unwrap();
        }
        let mut shortcut = x;
        if first {
            shortcut = self.convolution(x, outer, 1, stride, 1);
            shortcut = self.normalize(shortcut);
        }
        let sum = self.builder.apply(Binary::new(BinaryKind::Add2), &[y, shortcut]).unwrap();
        self.relu(sum)
    }

    fn factors(&mut self, x: Value, excitation: Excitation) -> Value {
        let channels = self.channels(x);
        let squeezed = (channels / 16).max(2);
        let y = match excitation {
            Excitation::Affine => {
                let mean = self.mean(x, false);
                let weight = self.values(&[channels, squeezed]);
                let y = self.builder.apply(Affine { base_axis: 1 }, &[mean, weight]).unwrap();
                let y = self.relu(y);
                let weight = self.values(&[squeezed, channels]);
                let y = self.builder.apply(Affine { base_axis: 1 }, &[y, weight]).unwrap();
                let shape = if self.channels_last { [-1, 1, 1, channels as i64] } else { [-1, channels as i64, 1, 1] };
                self.builder.apply(Reshape::new(shape), &[y]).unwrap()
            }
            Excitation::Convolution => {
                let mean = self.mean(x, true);
                let y = self.convolution(mean, squeezed, 1, 1, 1);
                let y = self.relu(y);
                self.convolution(y, channels, 1, 1, 1)
            }
        };
        self.builder.apply(Unary::Sigmoid, &[y]).unwrap()
    }

    fn mean(&mut self, x: Value, keep_dims: bool) -> Value {
        let axes = if self.channels_last { [1, 2] } else { [2, 3] };
        self.builder.apply(Reduce { keep_dims, ..Reduce::new(ReduceKind::Mean, axes) }, &[x]).unwrap()
    }

    fn relu(&mut self, x: Value) -> Value {
        self.builder.apply(Unary::Relu { inplace: true }, &[x]).unwrap()
    }

    fn max_pooling(&mut self, x: Value) -> Value {
        let pooling = Pooling {
            kind: PoolingKind::Max,
            kernel: vec![3, 3],
            stride: vec![2, 2],
            ignore_border: true,
            pad: vec![1, 1],
            channel_last: self.channels_last,
        };
        self.builder.apply(pooling, &[x]).unwrap()
    }

    fn convolution(&mut self, x: Value, outputs: usize, kernel: usize, stride: i64, group: usize) -> Value {
        let inputs = self.channels(x);
        let inner = inputs / group;
        // The image has a fourth channel in one layout, whose weights must not count.
        let given = if kernel == 7 { 4 } else { inner };
        // Sums over an output's inputs stay near 1.
        let scale = (3.0 / (given * kernel * kernel) as f32).sqrt();
        let values: Vec<f32> = self.noise(outputs * given * kernel * kernel).iter().map(|v| v * scale).collect();
        let pad = (kernel as i64 - 1) / 2;
        let op = Convolution {
            channel_last: self.channels_last,
            ..Convolution::new([pad, pad], [stride, stride], group as i64)
        };
        let weight = self.weight(outputs, inner, kernel, given, &values);
        self.builder.apply(op, &[x, weight]).unwrap()
    }

    /// The first `inner` of `given` input channels of values in the order (O, I, rows, columns).
    fn weight(&mut self, outputs: usize, inner: usize, kernel: usize, given: usize, values: &[f32]) -> Value {
        let places = kernel * kernel;
        let at = |output: usize, channel: usize, place: usize| values[(output * given + channel) * places + place];
        let (shape, data): ([usize; 4], Vec<f32>) = if self.channels_last {
            let data = (0..outputs)
                .flat_map(|o| (0..places).flat_map(move |p| (0..inner).map(move |i| (o, i, p))))
                .map(|(o, i, p)| at(o, i, p));
            ([outputs, kernel, kernel, inner], data.collect())
        } else {
            let data = (0..outputs)
                .flat_map(|o| (0..inner).flat_map(move |i| (0..places).map(move |p| (o, i, p))))
                .map(|(o, i, p)| at(o, i, p));
            ([outputs, inner, kernel, kernel], data.collect())
        };
        let name = self.name();
        self.builder.parameter(name, &shape, data)
    }

    fn normalize(&mut self, x: Value) -> Value {
        let channels = self.channels(x);
        let shape = if self.channels_last { [1, 1, 1, channels] } else { [1, channels, 1, 1] };
        let mut values = vec![x];
        for (scale, shift) in [(0.1, 0.0), (0.2, 1.0), (0.1, 0.0), (0.2, 1.0)] {
            let data: Vec<f32> = self.noise(channels).iter().map(|value| value * scale + shift).collect();
            let name = self.name();
            values.push(self.builder.parameter(name, &shape, data));
        }
        let normalization = BatchNormalization {
            axes: vec![if self.channels_last { 3 } else { 1 }],
            decay_rate: 0.9,
            eps: 1e-5,
            batch_stat: false,
            no_scale: false,
            no_bias: false,
        };
        self.builder.apply(normalization, &values).unwrap()
    }

    fn values(&mut self, shape: &[usize]) -> Value {
        let data = self.noise(shape.iter().product());
        let name = self.name();
        self.builder.parameter(name, shape, data)
    }

    fn channels(&self, x: Value) -> usize {
        self.builder.shape(x)[if self.channels_last { 3 } else { 1 }]
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("p{}", self.names)
    }

    /// Values between −1 and 1 without a pattern, the same every time.
    fn noise(&mut self, count: usize) -> Vec<f32> {
        let mut step = || {
            self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (self.state >> 8) as f32 / (1 << 24) as f32 * 2.0 - 1.0
        };
        (0..count).map(|_| step()).collect()
    }
}

const TINY: Residual = Residual { stem: 4, width: (4, 8), blocks: [1, 2, 1, 1], group: 1, excitation: None };

fn taps(backbone: &Backbone) -> [String; 3] {
    let mut layer = 0;
    backbone.taps().each_ref().map(|tap| {
        layer += 1;
        tap.line(tap.shape[0], layer)
    })
}

/// Largest difference of features, as a part of the largest value of each layer.
fn worst(found: &Backbone, expected: &Backbone) -> f64 {
    let images = images(2);
    let pairs = features(found, &images).into_iter().zip(features(expected, &images));
    let differences = pairs.map(|(found, expected)| {
        assert_eq!(found.size(), expected.size());
        (found - &expected).abs().max().double_value(&[]) / expected.abs().max().double_value(&[])
    });
    differences.fold(0.0, f64::max)
}

#[test]
fn channels_last_and_first_give_the_same_features() {
    for (excitation, group) in [(None, 1), (Some(Excitation::Affine), 2), (Some(Excitation::Convolution), 4)] {
        let net = Residual { excitation, group, ..TINY };
        let last = open_model(&Writer::model(net, true)).unwrap();
        let first = open_model(&Writer::model(net, false)).unwrap();
        assert!(worst(&last, &first) < 1e-5);
        assert_eq!(
            taps(&last),
            [
                "Use (8, 56, 56) of the output of ReLU of shape (56, 56, 8) as layer 1",
                "Use (16, 28, 28) of the output of ReLU of shape (28, 28, 16) as layer 2",
                "Use (32, 14, 14) of the output of ReLU of shape (14, 14, 32) as layer 3",
            ]
        );
        assert!(taps(&first)[0].ends_with("of shape (8, 56, 56) as layer 1"));
        // Not just the same values: the very same network, so that nnabla runs it on a CPU.
        assert_eq!(last.network(), first.network());
        for parameter in first.parameters() {
            assert_eq!(last.parameters().get(&parameter.name), Some(parameter));
        }
    }
}

#[test]
fn a_fourth_channel_that_something_else_reads_is_fed_zeros() {
    let mut model = Writer::model(TINY, true);
    let network = &mut model.networks[0];
    // What the stem reads is no longer the input itself.
    let stem = network.functions[0].clone();
    let between = nnp::Function {
        name: "before".into(),
        op: Unary::Identity.into(),
        inputs: vec!["x".into()],
        outputs: vec!["between".into()],
    };
    network.functions[0].inputs[0] = "between".into();
    network.functions.insert(0, between);
    let variable = network.variables.iter().find(|variable| variable.name == stem.inputs[0]).unwrap().clone();
    network.variables.push(nnp::Variable { name: "between".into(), ..variable });
    let padded = open_model(&model).unwrap();
    assert!(padded.network().functions.iter().any(|function| function.op.type_name() == "Pad"));
    let first = open_model(&Writer::model(TINY, false)).unwrap();
    assert!(worst(&padded, &first) < 1e-5);
}

/// The detector that NNC trains has everything in one network: scaling, channels last in between, channels first after.
#[test]
fn a_network_as_nnc_saves_it_runs_as_it_is() {
    let stored = Writer::model(Residual { excitation: Some(Excitation::Affine), ..TINY }, true);
    let network = &stored.networks[0];
    let mut builder = NetworkBuilder::new("network", 2);
    let x = builder.input("x", &IMAGE_SHAPE);
    let apply = |builder: &mut NetworkBuilder, op: nnp::Op, x| builder.apply(op, &[x]).unwrap();
    let scale = |kind, value| nnp::Op::from(nnp::op::Scalar::new(kind, value));
    let transpose = |axes: [i64; 4]| nnp::Op::from(nnp::op::Transpose { axes: axes.to_vec() });
    let zeros = nnp::op::Pad { pad_width: vec![0, 1], mode: nnp::op::PadMode::Constant, constant_value: 0.0 };
    let x = apply(&mut builder, scale(nnp::op::ScalarKind::MulScalar, 0.01735), x);
    let x = apply(&mut builder, scale(nnp::op::ScalarKind::AddScalar, -1.99), x);
    let x = apply(&mut builder, transpose([0, 2, 3, 1]), x);
    let x = apply(&mut builder, zeros.into(), x);
    let taps = TAP_SIZES.map(|size| {
        let size = size as i64;
        let relus = network.functions.iter().rev().filter(|function| function.op.type_name() == "ReLU");
        let mut relus = relus.map(|function| function.outputs[0].as_str());
        relus.find(|name| network.variable(name).unwrap().shape.get(1..3) == Some(&[size, size])).unwrap()
    });
    let values = builder.import(network, &stored.parameters, &[("x", x)], &taps).unwrap();
    let layers: Vec<Value> =
        values.into_iter().map(|value| apply(&mut builder, transpose([0, 3, 1, 2]), value)).collect();
    for (&layer, name) in layers.iter().zip(LAYERS) {
        builder.name(layer, name);
    }
    let model = builder.finish(&layers, true).unwrap();
    let executor = Executor::new(&model.networks[0], &model.parameters, &LAYERS, Device::Cpu).unwrap();
    let expected = features(&open_model(&stored).unwrap(), &images(3));
    for (found, expected) in executor.run(&images(3)).unwrap().iter().zip(expected) {
        let worst = (found - &expected).abs().max().double_value(&[]) / expected.abs().max().double_value(&[]);
        assert!(worst < 1e-5, "{worst}");
    }
}

/// Writes, opens and runs a network of real size, as NNC's archive of that name has it.
fn full_size(name: &str, net: Residual, channels: [usize; 3]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backbone.nnp");
    nnp::archive::write(&path, &Writer::model(net, true), &[]).unwrap();
    let backbone = Backbone::open(name, &path, 1).unwrap();
    let [a, b, c] = channels;
    assert_eq!(
        taps(&backbone),
        [
            format!("Use ({a}, 56, 56) of the output of ReLU of shape (56, 56, {a}) as layer 1"),
            format!("Use ({b}, 28, 28) of the output of ReLU of shape (28, 28, {b}) as layer 2"),
            format!("Use ({c}, 14, 14) of the output of ReLU of shape (14, 14, {c}) as layer 3"),
        ]
    );
    for (layer, size) in features(&backbone, &images(1)).iter().zip([56, 28, 14]) {
        assert_eq!(layer.size()[2..], [size, size]);
        let largest = layer.abs().max().double_value(&[]);
        assert!(largest.is_finite() && largest > 0.0, "{largest}");
    }
}

#[test]
fn resnet50_of_full_size() {
    let net = Residual { stem: 64, width: (64, 256), blocks: [3, 4, 6, 3], group: 1, excitation: None };
    full_size("resnet50", net, [128, 256, 512]);
}

#[test]
fn se_resnext101_of_full_size() {
    let excitation = Some(Excitation::Convolution);
    let net = Residual { stem: 64, width: (128, 256), blocks: [3, 4, 23, 3], group: 32, excitation };
    full_size("se_resnext101", net, [256, 512, 1024]);
}

/// nnabla's small backbones in both layouts.
#[test]
fn nnablas_small_backbones_agree_in_both_layouts() {
    for (last, first) in
        [("backbone_tiny_c1.nnp", "backbone_tiny_nchw.nnp"), ("backbone_tiny_se_c1.nnp", "backbone_tiny_se_nchw.nnp")]
    {
        let last = archive::build(&nnc_test_data::golden(last), 4).unwrap().finish().unwrap();
        let first = archive::build(&nnc_test_data::golden(first), 4).unwrap().finish().unwrap();
        assert_eq!(last.network(), first.network());
        let worst = worst(&last, &first);
        assert!(worst < 1e-5, "{worst}");
    }
}
