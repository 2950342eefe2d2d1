//! The executor against figures worked out by hand and against what nnabla 1.39 computed on its CPU.
//!
//! `testdata/functions` holds a few single-function networks with inputs and nnabla's outputs. The
//! golden vectors (`nnc-test-data`) hold many more.

mod twins;

use super::{Executor, kernel, pass};
use crate::error::EngineError;
use crate::precision::Precision;
use nnp::{
    Model, NetworkBuilder, Op, Value,
    op::{
        Affine, BatchNormalization, Binary, BinaryKind, Constant, Convolution, Pad, PadMode, Pooling, PoolingKind,
        Reshape, Slice, Unary, Unpooling,
    },
};
use std::{
    env,
    path::{Path, PathBuf},
};
use tch::{Device, Kind, Tensor};

/// A tensor of `shape` with the given values.
fn tensor(values: &[f32], shape: &[i64]) -> Tensor {
    Tensor::from_slice(values).reshape(shape)
}

/// 0, 1, 2, … in the given shape.
fn counting(shape: &[i64]) -> Tensor {
    Tensor::arange(shape.iter().product::<i64>(), (Kind::Float, Device::Cpu)).reshape(shape)
}

/// Values between −1 and 1 without a pattern, the same every time.
fn noise(shape: &[i64]) -> Tensor {
    (counting(shape) * 12.9898).sin() * 0.75 + (counting(shape) * 0.37).cos() * 0.25
}

fn values(tensor: &Tensor) -> Vec<f32> {
    Vec::try_from(tensor.contiguous().reshape([-1])).unwrap()
}

/// The largest difference relative to the largest value of `expected`.
fn difference(found: &Tensor, expected: &Tensor) -> f64 {
    assert_eq!(found.size(), expected.size());
    if expected.numel() == 0 {
        return 0.0;
    }
    (found - expected).abs().max().double_value(&[]) / expected.abs().max().double_value(&[]).max(1e-30)
}

fn network(batch: usize, shape: &[usize], build: impl FnOnce(&mut NetworkBuilder, Value) -> Value) -> Model {
    let mut builder = NetworkBuilder::new("network", batch);
    let x = builder.input("x", shape);
    let y = build(&mut builder, x);
    builder.name(y, "y");
    builder.finish(&[y], true).unwrap()
}

fn compile(model: &Model, passes: &[pass::Pass]) -> Executor {
    Executor::compile(&model.networks[0], &model.parameters, &["y"], Device::Cpu, passes).unwrap()
}

fn run(model: &Model, x: &Tensor) -> Tensor {
    compile(model, pass::ALL).run(x).unwrap().remove(0)
}

#[test]
fn a_convolution_sums_its_window() {
    let model = network(1, &[1, 3, 3], |b, x| {
        let weight = b.parameter("conv/W", &[1, 1, 2, 2], vec![1.0, 10.0, 100.0, 1000.0]);
        let bias = b.parameter("conv/b", &[1], vec![0.5]);
        b.apply(Convolution::new([0, 0], [1, 1], 1), &[x, weight, bias]).unwrap()
    });
    let y = run(&model, &counting(&[1, 1, 3, 3]));
    assert_eq!(values(&y), [4310.5, 5421.5, 7643.5, 8754.5]);
}

#[test]
fn uneven_padding_comes_before_a_convolution() {
    let model = network(1, &[1, 2, 2], |b, x| {
        let pad = Pad { pad_width: vec![0, 1, 0, 1], mode: PadMode::Constant, constant_value: 0.0 };
        let x = b.apply(pad, &[x]).unwrap();
        let weight = b.parameter("conv/W", &[1, 1, 3, 3], (1..=9).map(|v| v as f32).collect::<Vec<_>>());
        b.apply(Convolution::new([0, 0], [2, 2], 1), &[x, weight]).unwrap()
    });
    // 1·1 + 2·2 + 3·4 + 4·5
    assert_eq!(values(&run(&model, &tensor(&[1.0, 2.0, 3.0, 4.0], &[1, 1, 2, 2]))), [37.0]);
}

#[test]
fn windows_over_the_border_follow_nnabla() {
    let pooled = |kind, ignore_border| {
        let model = network(1, &[1, 1, 5], |b, x| {
            let pooling = Pooling {
                kind,
                kernel: vec![1, 3],
                stride: vec![1, 3],
                ignore_border,
                pad: vec![0, 1],
                channel_last: false,
            };
            b.apply(pooling, &[x]).unwrap()
        });
        values(&run(&model, &tensor(&[1.0, 2.0, 3.0, 4.0, 6.0], &[1, 1, 1, 5])))
    };
    assert_eq!(pooled(PoolingKind::Max, true), [2.0, 6.0]);
    assert_eq!(pooled(PoolingKind::Max, false), [2.0, 6.0]);
    assert_eq!(pooled(PoolingKind::Sum, false), [3.0, 13.0]);
    assert_eq!(pooled(PoolingKind::Average { including_pad: true }, true), [1.0, 13.0 / 3.0]);
    assert_eq!(pooled(PoolingKind::Average { including_pad: false }, true), [1.5, 13.0 / 3.0]);
}

#[test]
fn an_average_counts_declared_padding_but_nothing_beyond() {
    let model = |including_pad| {
        network(1, &[1, 1, 4], |b, x| {
            let pooling = Pooling {
                kind: PoolingKind::Average { including_pad },
                kernel: vec![1, 4],
                stride: vec![1, 4],
                ignore_border: false,
                pad: vec![0, 1],
                channel_last: false,
            };
            b.apply(pooling, &[x]).unwrap()
        })
    };
    let x = tensor(&[2.0, 4.0, 6.0, 12.0], &[1, 1, 1, 4]);
    // Windows pad 2 4 6 and 12 pad, the second two elements past the padding.
    assert_eq!(values(&run(&model(true), &x)), [3.0, 6.0]);
    assert_eq!(values(&run(&model(false), &x)), [4.0, 12.0]);
}

#[test]
fn a_first_minus_one_is_the_batch() {
    let model = network(4, &[2, 3], |b, x| {
        let flat = b.apply(Reshape::new([4, 6]), &[x]).unwrap();
        let whole = Slice { start: vec![0, 1], stop: vec![4, 5], step: vec![1, 2] };
        b.apply(whole, &[flat]).unwrap()
    });
    for rows in [1, 4, 7] {
        let y = run(&model, &counting(&[rows, 2, 3]));
        assert_eq!(y.size(), [rows, 2]);
        assert_eq!(values(&y)[..2], [1.0, 3.0]);
    }
}

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

/// conv, normalisation, ReLU, conv, normalisation, sum with the first result, ReLU6.
fn residual(b: &mut NetworkBuilder, x: Value) -> Value {
    let block = |b: &mut NetworkBuilder, name: &str, x: Value, seed: i64| {
        let mut parameter = |part: &str, shape: &[usize], positive: bool| {
            let extents: Vec<i64> = shape.iter().map(|&extent| extent as i64).collect();
            let data = values(&(noise(&extents) + seed as f64 * 0.1));
            let data = if positive { data.iter().map(|v| v.abs() + 0.1).collect() } else { data };
            b.parameter(format!("{name}/{part}"), shape, data)
        };
        let weight = parameter("conv/W", &[4, 4, 3, 3], false);
        let bias = parameter("conv/b", &[4], false);
        let statistics: Vec<Value> = ["beta", "gamma", "mean", "var"]
            .map(|part| parameter(&format!("bn/{part}"), &[1, 4, 1, 1], part == "var"))
            .to_vec();
        let x = b.apply(Convolution::new([1, 1], [1, 1], 1), &[x, weight, bias]).unwrap();
        let normalization = BatchNormalization {
            axes: vec![1],
            decay_rate: 0.9,
            eps: 1e-5,
            batch_stat: false,
            no_scale: false,
            no_bias: false,
        };
        b.apply(normalization, &[[x].as_slice(), &statistics].concat()).unwrap()
    };
    let first = block(b, "a", x, 1);
    let first = b.apply(Unary::Relu { inplace: false }, &[first]).unwrap();
    let second = block(b, "b", first, 2);
    let sum = b.apply(Binary::new(BinaryKind::Add2), &[second, first]).unwrap();
    b.apply(Unary::Relu6, &[sum]).unwrap()
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
fn a_replica_gives_the_same_and_the_size_of_a_row_is_known() {
    let model = network(2, &[4, 6, 6], residual);
    let (executor, x) = (compile(&model, pass::ALL), noise(&[5, 4, 6, 6]));
    let y = executor.replica().run(&x).unwrap().remove(0);
    assert_eq!(values(&y), values(&executor.run(&x).unwrap().remove(0)));
    // 4 channels of 6x6 floats: two at once for the sum in the middle, which counts its result too.
    assert_eq!(executor.row_bytes(), 3 * 4 * 36 * 4);
}

#[test]
fn half_precision_rounds_inside_and_gives_floats() {
    let model = network(2, &[4, 6, 6], residual);
    let full = compile(&model, pass::ALL);
    let half = compile(&model, pass::ALL).with_precision(Precision::Half).unwrap();
    assert_eq!(half.row_bytes(), full.row_bytes() / 2);
    let x = noise(&[3, 4, 6, 6]);
    let (due, found) = (full.run(&x).unwrap().remove(0), half.replica().run(&x).unwrap().remove(0));
    assert_eq!(found.kind(), Kind::Float);
    let rounding = difference(&found, &due);
    assert!(rounding > 1e-5 && rounding < 1e-2, "{rounding:e}");
    // Not another network than before.
    let same = compile(&model, pass::ALL).with_precision(Precision::Full).unwrap().run(&x).unwrap().remove(0);
    assert_eq!(values(&same), values(&due));
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

#[test]
fn a_grouped_product_equals_the_convolution_it_replaces() {
    for (rows, spatial) in [(1, [1, 1]), (3, [1, 1]), (2, [4, 4])] {
        let (group, inner, outer) = (5, 3, 2);
        let shape = [(group * inner) as usize, spatial[0] as usize, spatial[1] as usize];
        let (weight, bias) = (noise(&[group * outer, inner, 1, 1]), noise(&[group * outer]));
        let model = network(2, &shape, |b, x| {
            let w = b.parameter("conv/W", &[(group * outer) as usize, inner as usize, 1, 1], values(&weight));
            let b_ = b.parameter("conv/b", &[(group * outer) as usize], values(&bias));
            b.apply(Convolution::new([0, 0], [1, 1], group), &[x, w, b_]).unwrap()
        });
        let x = noise(&[rows, group * inner, spatial[0], spatial[1]]);
        let expected = x.conv2d(&weight, Some(&bias), 1, 0, 1, group);
        assert!(difference(&run(&model, &x), &expected) < 1e-6);
    }
}

#[test]
fn a_row_of_a_product_does_not_depend_on_those_beside_it() {
    let model = network(1, &[67], |b, x| {
        let weight = b.parameter("W", &[67, 10], values(&noise(&[67, 10])));
        let bias = b.parameter("b", &[10], values(&noise(&[10])));
        b.apply(Affine { base_axis: 1 }, &[x, weight, bias]).unwrap()
    });
    let x = noise(&[8, 67]);
    let together = run(&model, &x);
    for rows in [1, 2, 3, 5] {
        for start in 0..=8 - rows {
            assert_eq!(run(&model, &x.narrow(0, start, rows)), together.narrow(0, start, rows), "{rows} from {start}");
        }
    }
    // Many rows are one product, as good but for rounding.
    let many = run(&model, &noise(&[40, 67]));
    assert!(difference(&many.narrow(0, 0, 8), &together) < 1e-6);
}

#[test]
fn channels_may_come_last() {
    let weight = noise(&[4, 3, 3, 3]);
    let model = network(2, &[6, 6, 3], |b, x| {
        let w = b.parameter("conv/W", &[4, 3, 3, 3], values(&weight.permute([0, 2, 3, 1])));
        let op = Convolution { channel_last: true, ..Convolution::new([1, 1], [2, 2], 1) };
        let x = b.apply(op, &[x, w]).unwrap();
        let pooling = Pooling {
            kind: PoolingKind::Max,
            kernel: vec![2, 2],
            stride: vec![1, 1],
            ignore_border: true,
            pad: vec![0, 0],
            channel_last: true,
        };
        b.apply(pooling, &[x]).unwrap()
    });
    let x = noise(&[2, 3, 6, 6]);
    let expected = x.conv2d(&weight, None::<&Tensor>, 2, 1, 1, 1).max_pool2d(2, 1, 0, 1, false);
    let found = run(&model, &x.permute([0, 2, 3, 1]));
    assert!(difference(&found.permute([0, 3, 1, 2]), &expected) < 1e-6);
}

#[test]
fn mistakes_are_named() {
    let model = network(2, &[3, 4, 4], |b, x| {
        let weight = b.parameter("conv/W", &[1, 3, 1, 1], vec![1.0; 3]);
        b.apply(Convolution::new([0, 0], [1, 1], 1), &[x, weight]).unwrap()
    });
    let network = &model.networks[0];
    let fails = |network: &nnp::Network, parameters: &nnp::Parameters, wanted: &str| {
        Executor::new(network, parameters, &[wanted], Device::Cpu).err().unwrap().to_string()
    };
    assert_eq!(fails(network, &model.parameters, "z"), "network \"network\": variable \"z\" is not declared");
    assert_eq!(
        fails(network, &nnp::Parameters::new(), "y"),
        "network \"network\": parameter \"conv/W\" has no values in the file"
    );
    let mut other = model.parameters.clone();
    let mut parameter = other.get("conv/W").unwrap().clone();
    parameter.shape = vec![3, 1, 1, 1];
    other.insert(parameter);
    assert!(fails(network, &other, "y").contains("has shape [3, 1, 1, 1] and 3 values"));

    let mut strange = network.clone();
    strange.functions[0].op = Op::Other { type_name: "Strange".into(), arguments: Default::default() };
    assert_eq!(
        fails(&strange, &model.parameters, "y"),
        "function \"@network/Convolution\" of type Strange cannot be run: this function type is not supported"
    );

    let executor = compile(&model, pass::ALL);
    let error = executor.run(&Tensor::zeros([2, 3, 4, 5], (Kind::Float, Device::Cpu))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "input \"x\" has shape [2, 3, 4, 5], the network expects [3, 4, 4] after the batch axis"
    );
    let error = executor.run_named(&[("X", &counting(&[1]))]).unwrap_err();
    assert_eq!(error.to_string(), "network \"network\": input \"x\" is needed and not given");
    let error = executor.run(&Tensor::zeros([2, 3, 4, 4], (Kind::Int64, Device::Cpu))).unwrap_err();
    assert!(matches!(&error, EngineError::Function { function, .. } if function == "@network/Convolution"), "{error}");
    assert!(!error.to_string().contains('\n'), "{error}");
}

#[test]
fn a_network_without_input_runs() {
    let mut builder = NetworkBuilder::new("network", 2);
    let constant = builder.apply(Constant { val: 0.25, shape: vec![2, 3] }, &[]).unwrap();
    builder.name(constant, "y");
    let model = builder.finish(&[constant], true).unwrap();
    let y = compile(&model, pass::ALL).run_named(&[]).unwrap().remove(0);
    assert_eq!(values(&y), [0.25; 6]);
}

/// An array in NumPy's format, float32 in row-major order.
fn read_npy(path: &Path) -> Tensor {
    let bytes = std::fs::read(path).unwrap();
    let header_length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let (header, data) = bytes[10..].split_at(header_length);
    let header = std::str::from_utf8(header).unwrap();
    assert!(header.contains("'<f4'") && header.contains("'fortran_order': False"), "{header}");
    let (_, shape) = header.split_once('(').unwrap();
    let (shape, _) = shape.split_once(')').unwrap();
    let shape: Vec<i64> = shape
        .split(',')
        .map(str::trim)
        .filter(|extent| !extent.is_empty())
        .map(|extent| extent.parse().unwrap())
        .collect();
    let values: Vec<f32> = data.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    tensor(&values, &shape)
}

/// Runs a case and gives the worst difference, or why it was not run.
fn check_case(folder: &Path) -> Result<f64, String> {
    let model = nnp::archive::read(&folder.join("net.nnp")).unwrap();
    let network = &model.networks[0];
    let arrays = |letter: char| {
        let paths = (0..).map(|index| folder.join(format!("{letter}{index}.npy"))).take_while(|path| path.is_file());
        paths.map(|path| read_npy(&path)).collect::<Vec<_>>()
    };
    let (inputs, outputs) = (arrays('x'), arrays('y'));
    let names: Vec<String> = (0..outputs.len()).map(|index| format!("y{index}")).collect();
    let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut worst = 0_f64;
    for passes in [pass::ALL, &[]] {
        let executor = match Executor::compile(network, &model.parameters, &wanted, Device::Cpu, passes) {
            Err(error @ EngineError::Unsupported { .. }) => return Err(error.to_string()),
            other => other.unwrap(),
        };
        // nnabla joins two batch axes when it stores a network with base_axis 2, so arrays take the stored rank.
        let named: Vec<(String, Tensor)> = (0..)
            .map(|index| format!("x{index}"))
            .zip(&inputs)
            .map(|(name, x)| {
                let x = x.reshape(network.variable(&name).unwrap().shape.as_slice());
                (name, x)
            })
            .collect();
        let named: Vec<(&str, &Tensor)> = named.iter().map(|(name, x)| (name.as_str(), x)).collect();
        for (found, expected) in executor.run_named(&named).unwrap().iter().zip(&outputs) {
            worst = worst.max(difference(found, &expected.reshape(found.size())));
        }
    }
    Ok(worst)
}

#[test]
fn functions_agree_with_nnabla() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/functions")];
    folders.push(nnc_test_data::golden("functions"));
    let (mut failed, mut skipped, mut run) = (vec![], vec![], 0);
    for folder in folders {
        let mut cases: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        cases.sort();
        for case in cases {
            let name = case.file_name().unwrap().to_string_lossy().into_owned();
            match check_case(&case) {
                Ok(worst) if worst <= 1e-5 => run += 1,
                Ok(worst) => failed.push(format!("{name}: {worst:e}")),
                Err(reason) => skipped.push(format!("{name}: {reason}")),
            }
        }
    }
    println!("{run} cases agree, {} were not run:\n{}", skipped.len(), skipped.join("\n"));
    assert!(failed.is_empty(), "differences above 1e-5:\n{}", failed.join("\n"));
    assert!(run > 100);
}

/// `docs/nnp-functions.md` says which types have a kernel. With `NNP_BLESS` set it is written.
#[test]
fn the_table_of_functions_says_what_runs() {
    // Some types have an argument without which they cannot be read.
    let arguments = ["", "mode: \"linear\"", "mode: \"constant\""].map(|text| nnp::text::parse(text).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/nnp-functions.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines = Vec::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split(" | ").collect();
        let name = cells[0].trim_start_matches("| ");
        let [_, typed @ ("yes" | "no"), _, rest @ ..] = cells.as_slice() else {
            lines.push(line.to_owned());
            continue;
        };
        let op = arguments.iter().find_map(|arguments| Op::read(name, arguments).ok());
        let runs = op.is_some_and(|op| kernel::find(&op).is_some());
        let runs = if runs { "yes" } else { "no" };
        lines.push(format!("| {name} | {typed} | {runs} | {}", rest.join(" | ")));
    }
    let expected = lines.join("\n") + "\n";
    if env::var_os("NNP_BLESS").is_some() {
        std::fs::write(&path, expected).unwrap();
    } else {
        assert!(text == expected, "docs/nnp-functions.md is behind; see its head for the command that writes it");
    }
}
