//! ResNets of torchvision: narrow ones against the same arithmetic written down with libtorch's own functions, and those
//! of `cargo xtask torchvision` (`NNC_HOST_TORCHVISION`) layer by layer against torchvision itself.

use super::*;
use safetensors::{Dtype, tensor::TensorView};
use std::collections::BTreeMap;
use tch::Kind;

/// A state dict like torchvision's.
type State = BTreeMap<String, Tensor>;

/// Outputs, kernel, stride and groups of a convolution.
type Shape = (i64, i64, i64, i64);

/// What is narrow about it.
#[derive(Clone, Copy)]
struct Narrow {
    bottleneck: bool,
    blocks: [usize; 3],
    stem: i64,
    inner: i64,
    outer: i64,
    group: i64,
}

const BASIC: Narrow = Narrow { bottleneck: false, blocks: [2, 1, 2], stem: 6, inner: 6, outer: 6, group: 1 };
const BOTTLENECK: Narrow = Narrow { bottleneck: true, blocks: [1, 2, 1], stem: 8, inner: 4, outer: 16, group: 1 };
const AGGREGATED: Narrow = Narrow { inner: 8, group: 4, ..BOTTLENECK };

fn uniform(shape: &[i64], low: f64, high: f64) -> Tensor {
    Tensor::empty(shape, (Kind::Float, Device::Cpu)).uniform_(low, high)
}

fn layer(state: &mut State, conv: &str, bn: &str, shape: [i64; 4]) {
    let reach = (6.0 / shape[1..].iter().product::<i64>() as f64).sqrt();
    state.insert(format!("{conv}.weight"), uniform(&shape, -reach, reach));
    for (name, low, high) in
        [("weight", 0.5, 1.5), ("bias", -0.5, 0.5), ("running_mean", -0.5, 0.5), ("running_var", 0.5, 1.5)]
    {
        state.insert(format!("{bn}.{name}"), uniform(&shape[..1], low, high));
    }
}

impl Narrow {
    /// The convolutions of a block.
    fn layers(self, stage: usize, stride: i64) -> Vec<Shape> {
        let (inner, outer) = (self.inner << stage, self.outer << stage);
        if self.bottleneck {
            vec![(inner, 1, 1, 1), (inner, 3, stride, self.group), (outer, 1, 1, 1)]
        } else {
            vec![(inner, 3, stride, 1), (outer, 3, 1, 1)]
        }
    }

    /// Every block: its stage from 0, its key, its stride and the layers in it.
    fn each(self) -> impl Iterator<Item = (usize, String, i64, Vec<Shape>)> {
        (0..3).flat_map(move |stage| {
            (0..self.blocks[stage]).map(move |block| {
                let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                (stage, format!("layer{}.{block}", stage + 1), stride, self.layers(stage, stride))
            })
        })
    }

    fn state(self) -> State {
        tch::manual_seed(5);
        let mut state = State::new();
        layer(&mut state, "conv1", "bn1", [self.stem, 3, 7, 7]);
        let mut inputs = self.stem;
        for (stage, key, stride, layers) in self.each() {
            let block = inputs;
            for (index, (outputs, kernel, _, group)) in (1..).zip(layers) {
                let shape = [outputs, inputs / group, kernel, kernel];
                layer(&mut state, &format!("{key}.conv{index}"), &format!("{key}.bn{index}"), shape);
                inputs = outputs;
            }
            if stride != 1 || block != self.outer << stage {
                let shape = [inputs, block, 1, 1];
                layer(&mut state, &format!("{key}.downsample.0"), &format!("{key}.downsample.1"), shape);
            }
        }
        // What a whole file has besides.
        layer(&mut state, "layer4.0.conv1", "layer4.0.bn1", [1, 1, 1, 1]);
        state.insert("fc.weight".into(), uniform(&[2, 1], -1.0, 1.0));
        state
    }

    /// The taps, by nothing but libtorch's functions.
    fn reference(self, state: &State, images: &Tensor) -> Vec<Tensor> {
        let per_channel = |values: [f32; 3]| Tensor::from_slice(&values).reshape([1, 3, 1, 1]);
        let run = |x: &Tensor, conv: &str, bn: &str, stride: i64, group: i64| {
            let weight = &state[&format!("{conv}.weight")];
            let pad = weight.size()[2] / 2;
            let y = x.conv2d(weight, None::<&Tensor>, stride, pad, 1, group);
            let of = |name: &str| Some(&state[&format!("{bn}.{name}")]);
            y.batch_norm(of("weight"), of("bias"), of("running_mean"), of("running_var"), false, 0.1, 1e-5, false)
        };
        let x = (images / 255.0 - per_channel([0.485, 0.456, 0.406])) / per_channel([0.229, 0.224, 0.225]);
        let mut x = run(&x, "conv1", "bn1", 2, 1).relu().max_pool2d(3, 2, 1, 1, false);
        let mut taps = vec![];
        for (stage, key, stride, layers) in self.each() {
            let mut y = x.shallow_clone();
            let last = layers.len();
            for (index, (_, _, stride, group)) in (1..).zip(layers) {
                y = run(&y, &format!("{key}.conv{index}"), &format!("{key}.bn{index}"), stride, group);
                if index < last {
                    y = y.relu();
                }
            }
            let shortcut = format!("{key}.downsample");
            if state.contains_key(&format!("{shortcut}.0.weight")) {
                x = run(&x, &format!("{shortcut}.0"), &format!("{shortcut}.1"), stride, 1);
            }
            x = (y + x).relu();
            taps.truncate(stage);
            taps.push(x.shallow_clone());
        }
        taps
    }
}

/// Writes a state dict and opens it as `model`.
fn open(state: &State, model: &str) -> Result<Backbone, EngineError> {
    let file = tempfile::Builder::new().suffix(".safetensors").tempfile().unwrap();
    let bytes: Vec<(&String, Vec<usize>, Vec<u8>)> = state
        .iter()
        .map(|(name, tensor)| {
            let values = Vec::<f32>::try_from(tensor.reshape([-1])).unwrap();
            let shape = tensor.size().iter().map(|&extent| usize::try_from(extent).unwrap()).collect();
            (name, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect())
        })
        .collect();
    let views =
        bytes.iter().map(|(name, shape, data)| (name, TensorView::new(Dtype::F32, shape.clone(), data).unwrap()));
    safetensors::serialize_to_file(views, &None, file.path()).unwrap();
    Backbone::open(model, file.path(), 2)
}

/// The largest difference as a part of the largest value.
fn difference(found: &Tensor, expected: &Tensor) -> f64 {
    assert_eq!(found.size(), expected.size());
    (found - expected).abs().max().double_value(&[]) / expected.abs().max().double_value(&[])
}

#[test]
fn narrow_resnets_agree_with_libtorchs_functions() {
    for narrow in [BASIC, BOTTLENECK, AGGREGATED] {
        let state = narrow.state();
        let backbone = open(&state, "own.safetensors").unwrap();
        let outer = usize::try_from(narrow.outer).unwrap();
        let taps = backbone.taps().each_ref().map(|tap| (tap.function.as_str(), tap.shape));
        assert_eq!(taps, [("ReLU", [outer, 56, 56]), ("ReLU", [2 * outer, 28, 28]), ("ReLU", [4 * outer, 14, 14])]);
        let images = images(2);
        for (found, expected) in features(&backbone, &images).iter().zip(narrow.reference(&state, &images)) {
            let worst = difference(found, &expected);
            assert!(worst < 1e-5, "{worst}");
        }
    }
}

#[test]
fn other_state_dicts_are_refused_with_what_does_not_fit() {
    type Change = fn(&mut State);
    let cases: [(&str, Change, &str); 6] = [
        ("own", |state| drop(state.remove("layer2.0.bn1.bias")), "no tensor \"layer2.0.bn1.bias\", which own needs"),
        (
            "own",
            |state| {
                drop(
                    state.insert(
                        "layer2.0.conv1.weight".into(),
                        Tensor::zeros([1, 6, 3, 3], (Kind::Float, Device::Cpu)),
                    ),
                )
            },
            "tensor \"layer2.0.conv1.weight\" has shape [1, 6, 3, 3], own expects [12, 6, 3, 3]",
        ),
        (
            "own",
            |state| {
                for name in ["layer1.0.se.fc1.weight", "layer1.0.se.fc2.weight"] {
                    state.insert(name.into(), Tensor::zeros([1], (Kind::Float, Device::Cpu)));
                }
            },
            "tensor \"layer1.0.se.fc1.weight\" (and 1 more) is none of own; is this the right file?",
        ),
        (
            "resnet18",
            |_| (),
            "holds a ResNet with 2, 1 and 2 blocks of 6 and 6 channels, resnet18 is a ResNet with 2, 2 and 2 blocks of 64 \
             and 64 channels",
        ),
        (
            "own",
            |state| state.retain(|name, _| name.starts_with("layer4") || name.starts_with("fc")),
            "its tensors (fc.weight, ...) are those of no known architecture",
        ),
        ("wide_resnet50_2", |state| state.clear(), "no tensor \"layer1.0.conv1.weight\", which wide_resnet50_2 needs"),
    ];
    for (model, change, expected) in cases {
        let mut state = BASIC.state();
        change(&mut state);
        let error = open(&state, model).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

/// Reads what numpy saved: float32, row-major.
fn npy(path: &Path) -> Tensor {
    Tensor::read_npy(path).unwrap()
}

#[test]
fn torchvisions_resnets_agree_layer_by_layer() {
    let Some(folder) = env::var_os("NNC_HOST_TORCHVISION").map(PathBuf::from) else {
        println!("NNC_HOST_TORCHVISION is not set: torchvision itself is not compared with");
        return;
    };
    for (model, name) in [
        ("resnet18", "resnet18"),
        ("torchvision_resnet50", "resnet50"),
        ("wide_resnet50_2", "wide_resnet50_2"),
        ("resnext50_32x4d.pth", "resnext50_32x4d"),
    ] {
        let file = |extension: &str| folder.join(format!("{name}.{extension}"));
        let backbone = Backbone::open(model, &file("pth"), 1).unwrap();
        let image = npy(&folder.join("x.npy"));
        let layers = ["Convolution", "BatchNormalization", "ReLU", "MaxPooling"];
        let functions = backbone.network().functions.iter();
        let functions: Vec<_> = functions.filter(|function| layers.contains(&function.op.type_name())).collect();
        let wanted: Vec<&str> = functions.iter().map(|function| function.outputs[0].as_str()).collect();
        let executor = Executor::plain(backbone.network(), backbone.parameters(), &wanted).unwrap();
        let mut worst: f64 = 0.0;
        for (index, (found, function)) in executor.run(&image).unwrap().iter().zip(&functions).enumerate() {
            let expected = npy(&folder.join(name).join(format!("{index:03}.npy")));
            let here = difference(found, &expected);
            assert!(here < 1e-4, "{name}, layer {index}, {}: {here:e}", function.name);
            worst = worst.max(here);
        }
        assert!(!folder.join(name).join(format!("{:03}.npy", functions.len())).exists(), "{name} has more layers");
        let mut passes: f64 = 0.0;
        for (found, layer) in features(&backbone, &image).iter().zip(["layer1", "layer2", "layer3"]) {
            passes = passes.max(difference(found, &npy(&folder.join(name).join(format!("{layer}.npy")))));
        }
        assert!(passes < 1e-4, "{name}: {passes:e}");
        println!("{name}: {} layers, worst {worst:e}; features {passes:e} of the maximum", functions.len());
        for other in ["legacy.pth", "safetensors"] {
            let same = Backbone::open("own", &file(other), 1).unwrap();
            assert_eq!(same.network(), backbone.network());
            for parameter in backbone.parameters() {
                assert_eq!(same.parameters().get(&parameter.name), Some(parameter), "{name}.{other}");
            }
        }
    }
}
