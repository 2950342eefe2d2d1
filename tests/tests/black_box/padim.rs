//! PaDiM through the whole program, against what nnabla itself computed.
//!
//! These tests build and run code that links libtorch. The reference is golden (`nnc-test-data`).

use std::path::{Path, PathBuf};

use nnc_test_data::efficientnet_lite0;
use nnc_tests::{Outcome, Sandbox, assert_told, members, padim, rows, said};

/// Largest difference to the reference, as a part of a map's maximum.
const TOLERANCE: f32 = 1e-3;
/// Largest difference between runs that should not differ.
const ROUNDING: f32 = 1e-5;

/// What runs networks.
const ENGINES: [&str; 2] = ["libtorch", "onnxruntime"];

/// A project for a backbone and the datasets of a folder.
fn project(backbone: &str, data: &Path) -> Sandbox {
    padim();
    let sandbox = Sandbox::new();
    sandbox.write(
        "project.toml",
        format!(
            "[dataset.training]\nuri = '{0}/train.csv'\n[dataset.validation]\nuri = '{0}/test.csv'\n\
             [config]\nbatch_size = 4\n[plugin]\nname = \"padim\"\n[plugin.params]\nmodel = '{backbone}'\n\
             [compute]\ndevice = \"cpu\"\n",
            data.display()
        ),
    );
    sandbox
}

/// Runs a job on one thread: the tests beside it keep the other processors busy.
fn job(sandbox: &Sandbox, what: &str, more: &[&str]) -> Outcome {
    sandbox.job(what, &[&["--threads", "1"], more].concat())
}

/// The drawn gears of the reference.
fn gears() -> PathBuf {
    nnc_test_data::golden("dataset")
}

fn tiny_backbone() -> String {
    nnc_test_data::golden("backbone_tiny_nchw_pb.nnp").display().to_string()
}

/// Compares the maps of a job with those in a folder of the reference and returns the largest difference found, as a
/// part of a map's maximum.
fn worst_difference(sandbox: &Sandbox, reference: &Path, count: usize) -> f32 {
    let differences = (0..count).map(|i| {
        let due = rows(&std::fs::read_to_string(reference.join(format!("{i}.csv"))).unwrap());
        difference(&rows(&sandbox.text(&format!("out/outputs/0_0000/{i}.csv"))), &due)
    });
    differences.fold(0.0, f32::max)
}

/// Largest difference of two maps as a part of the second one's maximum; infinite where they cannot be compared.
fn difference(found: &[Vec<f32>], due: &[Vec<f32>]) -> f32 {
    assert_eq!(due.iter().map(Vec::len).collect::<Vec<_>>(), [56; 56]);
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [56; 56]);
    let most = due.iter().flatten().copied().fold(0.0, f32::max);
    let pairs = found.iter().flatten().zip(due.iter().flatten());
    pairs.map(|(f, d)| if f.is_finite() { (f - d).abs() / most } else { f32::INFINITY }).fold(0.0, f32::max)
}

/// What the detector says, without what is allowed to differ from nnabla: the name of the model, the file that
/// results are added to, the order of axes of a tap, and the remark about the device.
fn literals(log: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in said(log, "nnabla") {
        if line == "Fallback to CPU context." {
            continue;
        }
        let name = [("Preparing ", " model..."), ("Add output_result.zip to ", ".nnp.")].into_iter();
        let line = channels_first(line);
        let known = name.into_iter().find(|(start, end)| line.starts_with(start) && line.ends_with(end));
        lines.push(known.map_or_else(|| line.clone(), |(start, end)| format!("{start}NAME{end}")));
    }
    lines
}

/// Says of a tap of a channel-last backbone what nnabla said of its channel-first twin, whose logs the reference has.
fn channels_first(line: &str) -> String {
    let shape = line.split_once(" of shape (").and_then(|(start, rest)| Some((start, rest.split_once(") as layer ")?)));
    let Some((start, (shape, layer))) = shape else { return line.to_owned() };
    match shape.split(", ").collect::<Vec<_>>()[..] {
        [h, w, c] if h == w => format!("{start} of shape ({c}, {h}, {w}) as layer {layer}"),
        _ => line.to_owned(),
    }
}

#[test]
fn the_reference_and_its_network_are_reproduced() {
    let sandbox = project(&tiny_backbone(), &gears());
    let expected = nnc_test_data::golden("expected/tiny_dense");
    job(&sandbox, "run", &[]).expect(0);
    let worst = worst_difference(&sandbox, &expected.join("outputs/0_0000"), 5);
    println!("worst difference: {worst:e} of the maximum");
    assert!(worst <= TOLERANCE, "{worst}");
    let network = std::fs::read_to_string(expected.join("results.nntxt")).unwrap();
    assert!(sandbox.text("out/results.nntxt") == network, "results.nntxt differs");

    let model = members(&sandbox.path("out/result_evaluate.nnp"));
    let names: Vec<&str> = model.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["nnp_version.txt", "network.nntxt", "parameter.protobuf", "nnc_host.json", "output_result.zip"]);
    assert!(model.iter().all(|member| member.stored));
    assert_eq!(
        sandbox.names("out"),
        [
            "evaluate_log.txt",
            "evaluate_status.json",
            "evaluation.json",
            "output_result.csv",
            "output_result.zip",
            "outputs",
            "report.html",
            "result_evaluate.nnp",
            "result_train_best.nnp",
            "result_train_last.nnp",
            "results.nnp",
            "results.nntxt",
            "scores.csv",
            "train_log.txt",
            "train_status.json",
        ]
    );
}

#[test]
fn maps_do_not_depend_on_the_batch_size() {
    let sandbox = project(&tiny_backbone(), &gears());
    for (gaussian, ratio) in [("dense", "0.1"), ("1/16", "0.25"), ("single", "0.25")] {
        let mut first: Option<Vec<Vec<Vec<f32>>>> = None;
        for batch in ["1", "4", "64"] {
            let gaussian = format!("gaussian={gaussian}");
            let ratio = format!("feature_ratio={ratio}");
            job(&sandbox, "run", &["--batch-size", batch, "--param", &gaussian, "--param", &ratio]).expect(0);
            let maps: Vec<_> = (0..2).map(|i| rows(&sandbox.text(&format!("out/outputs/0_0000/{i}.csv")))).collect();
            let first = first.get_or_insert_with(|| maps.clone());
            for (map, due) in maps.iter().zip(first) {
                let worst = difference(map, due);
                assert!(worst <= ROUNDING, "{gaussian}, batch size {batch}: {worst:e}");
            }
        }
    }
}

#[test]
fn models_and_maps_are_the_same_bytes_whatever_the_threads_and_the_batch_size() {
    let sandbox = project(&tiny_backbone(), &gears());
    let mut of_engines = Vec::new();
    for engine in ENGINES {
        let mut first: Option<Vec<Vec<u8>>> = None;
        for (threads, batch) in [("1", "64"), ("2", "64"), ("2", "7"), ("3", "1")] {
            sandbox.job("run", &["--engine", engine, "--threads", threads, "--batch-size", batch]).expect(0);
            let members = members(&sandbox.path("out/results.nnp"));
            let parameters = members.into_iter().find(|member| member.name == "parameter.protobuf").unwrap().bytes;
            let maps = (0..2).map(|i| std::fs::read(sandbox.path(&format!("out/outputs/0_0000/{i}.csv"))).unwrap());
            let found: Vec<Vec<u8>> = std::iter::once(parameters).chain(maps).collect();
            let due = first.get_or_insert_with(|| found.clone());
            assert!(found == *due, "{engine}, {threads} threads, batch size {batch}");
        }
        of_engines.extend(first);
    }
    let [torch, onnx] = of_engines.try_into().unwrap();
    for (found, due) in onnx.iter().zip(&torch).skip(1) {
        let [found, due] = [found, due].map(|map| rows(&String::from_utf8_lossy(map)));
        let worst = difference(&found, &due);
        assert!(worst <= ROUNDING, "{worst:e}");
    }
}

#[test]
fn the_engine_is_chosen_named_and_recorded() {
    let sandbox = project(&tiny_backbone(), &gears());
    let recorded = || {
        let model = members(&sandbox.path("out/results.nnp"));
        let origin = model.into_iter().find(|member| member.name == "nnc_host.json").unwrap();
        let origin: serde_json::Value = serde_json::from_slice(&origin.bytes).unwrap();
        let evaluation = sandbox.json("out/evaluation.json");
        assert_eq!(origin["engine"], evaluation["evaluation"]["origin"]["engine"]);
        origin["engine"].as_str().unwrap().to_owned()
    };
    // Where set-up has run `auto` is ONNX Runtime.
    for (engine, named, kept) in [
        ("auto", "The network runs on ONNX Runtime 1.", "onnxruntime 1."),
        ("onnxruntime", "The network runs on ONNX Runtime 1.", "onnxruntime 1."),
        ("libtorch", "The network runs on libtorch", "libtorch"),
    ] {
        let outcome = job(&sandbox, "run", &["-v", "--engine", engine]).expect(0);
        assert!(outcome.stdout.contains(named), "{engine}: {outcome}");
        assert!(recorded().starts_with(kept), "{engine}: {}", recorded());
    }
    // Half precision is libtorch's.
    job(&sandbox, "run", &["--param", "precision=half"]).expect(0);
    assert_eq!(recorded(), "libtorch");
    let refused = job(&sandbox, "train", &["--engine", "onnxruntime", "--param", "precision=half"]);
    assert!(refused.to_string().contains("engine onnxruntime computes in full precision alone"), "{refused}");
    let refused = job(&sandbox, "train", &["--engine", "openvino"]).expect(2);
    assert!(refused.to_string().contains("expected auto, libtorch or onnxruntime"), "{refused}");
}

#[test]
fn half_precision_is_kept_in_the_model_and_close_to_the_full_one() {
    let sandbox = project(&tiny_backbone(), &gears());
    let maps = || (0..2).map(|i| rows(&sandbox.text(&format!("out/outputs/0_0000/{i}.csv")))).collect::<Vec<_>>();
    job(&sandbox, "run", &[]).expect(0);
    let full = maps();
    let outcome = job(&sandbox, "run", &["--param", "precision=half"]).expect(0);
    assert!(outcome.stdout.contains("precision = half is much slower than full on a CPU"), "{outcome}");
    let half = maps();
    for (half, full) in half.iter().zip(&full) {
        let worst = difference(half, full);
        assert!(worst > 0.0 && worst < 0.05, "{worst:e}");
    }
    // The model says how its features were computed, whatever the project says.
    job(&sandbox, "evaluate", &[]).expect(0);
    assert!(maps() == half);
}

#[test]
fn a_training_that_needs_too_much_memory_is_refused_before_it_starts() {
    let sandbox = project(&tiny_backbone(), &gears());
    let outcome = job(&sandbox, "train", &["--param", "feature_ratio=1", "--memory-limit", "150M"]).expect(2);
    assert_told!(sandbox, "too_much_memory", outcome);
}

#[test]
fn what_padim_cannot_train_on_is_told_in_one_line() {
    let sandbox = project(&tiny_backbone(), &gears());
    sandbox.image("small.png", 64, 64, [1; 3]);
    sandbox.image("right.png", 224, 224, [1; 3]);
    sandbox.write("small.csv", "x\nsmall.png\nsmall.png\n");
    sandbox.write("one.csv", "x\nright.png\n");
    let small = format!("dataset.training.uri={}", sandbox.path("small.csv").display());
    let one = format!("dataset.training.uri={}", sandbox.path("one.csv").display());
    let arguments = [
        small.as_str(),
        &one,
        "plugin.params.gaussian=tripple",
        "plugin.params.feature_ratio=1.5",
        "plugin.params.feature_ratio=0.001",
        "plugin.params.model=none.nnp",
        "plugin.params.model=resnet5000",
    ];
    assert_told!(sandbox, "cannot_train", sandbox.refusals("train", &arguments));
}

#[test]
fn a_real_backbone_trains_and_is_noted_in_the_model() {
    let Some(weights) = efficientnet_lite0() else { return };
    let sandbox = project("efficientnet_lite0", &gears());
    let folder = weights.parent().unwrap().display().to_string();
    job(&sandbox, "train", &["--weights-dir", &folder]).expect(0);
    // The model is complete: evaluation does not need the weights.
    job(&sandbox, "evaluate", &[]).expect(0);
    let maps: Vec<_> = (0..2).map(|i| rows(&sandbox.text(&format!("out/outputs/0_0000/{i}.csv")))).collect();
    assert!(maps.iter().flatten().flatten().all(|value| value.is_finite() && *value >= 0.0));
    let most = |map: &Vec<Vec<f32>>| map.iter().flatten().copied().fold(0.0, f32::max);
    assert!(most(&maps[0]) < most(&maps[1]), "the defect does not stand out");
    let model = members(&sandbox.path("out/results.nnp"));
    let origin = model.iter().find(|member| member.name == "nnc_host.json").unwrap();
    let origin: serde_json::Value = serde_json::from_slice(&origin.bytes).unwrap();
    assert_eq!(origin["weights"][0]["name"], "efficientnet_lite0");
    assert_eq!(origin["parameters"]["gaussian"], "dense");
}

#[test]
fn a_backbone_of_onnx_gives_the_maps_of_the_network_it_was_made_from() {
    let sandbox = project("tiny.onnx", &nnc_test_data::golden("dataset"));
    sandbox.host(&["nnp", "convert", &tiny_backbone(), "tiny.onnx"]).expect(0);
    let arguments = ["--param", "normalization=none", "--param", "feature_ratio=0.1"];
    job(&sandbox, "run", &arguments).expect(0);
    let reference = nnc_test_data::golden("expected/tiny_dense/outputs/0_0000");
    let worst = worst_difference(&sandbox, &reference, 5);
    println!("ONNX backbone: worst difference {worst:e} of the maximum");
    assert!(worst <= TOLERANCE, "{worst}");
    // The model is an ordinary one, and the ONNX file is noted in it with its hash.
    let json = sandbox.host(&["nnp", "show", "out/results.nnp", "--json"]).expect(0);
    assert!(json.stdout.contains("tiny.onnx"), "{}", json.stdout);

    sandbox.write("junk.onnx", "no model");
    for (given, due) in [
        ("model=junk.onnx", "junk.onnx: it is no ONNX model"),
        ("layers=a, b, c", "node \"(outputs)\" reads \"a\""),
        ("normalization=other", "expected one of imagenet, unit, none"),
    ] {
        let refused = job(&sandbox, "train", &["--param", given]);
        assert!(refused.to_string().contains(due), "{due}: {refused}");
    }
    let named = ["--param", &format!("model={}", tiny_backbone()), "--param", "layers=a, b, c"];
    let refused = job(&sandbox, "train", &named);
    assert!(refused.to_string().contains("parameter `layers` is for backbones in .onnx files"), "{refused}");
}

/// Runs one case of the reference: trained here, then with nnabla's own model.
fn golden(case: &str, backbone: &str, gaussian: &str, ratio: &str) {
    for engine in ENGINES {
        golden_on(engine, case, backbone, gaussian, ratio);
    }
}

fn golden_on(engine: &str, case: &str, backbone: &str, gaussian: &str, ratio: &str) {
    let backbone = nnc_test_data::golden(backbone);
    let sandbox = project(backbone.to_str().unwrap(), &nnc_test_data::golden("dataset"));
    let expected = nnc_test_data::golden("expected").join(case);
    let due = |name: &str| std::fs::read(expected.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let gaussian = format!("gaussian={gaussian}");
    let ratio = format!("feature_ratio={ratio}");
    job(&sandbox, "run", &["--engine", engine, "--param", &gaussian, "--param", &ratio]).expect(0);

    let worst = worst_difference(&sandbox, &expected.join("outputs/0_0000"), 5);
    println!("{case} on {engine}: worst difference {worst:e} of the maximum");
    assert!(worst <= TOLERANCE, "{worst}");
    for name in ["output_result.csv", "results.nntxt"] {
        assert!(sandbox.bytes(&format!("out/{name}")) == due(name), "{name} differs");
    }
    let names = |zip: &Path| members(zip).into_iter().map(|member| member.name).collect::<Vec<_>>();
    assert_eq!(names(&sandbox.path("out/output_result.zip")), names(&expected.join("output_result.zip")));
    for name in ["train_log.txt", "evaluate_log.txt"] {
        let due = String::from_utf8(due(name)).unwrap();
        assert_eq!(literals(&sandbox.text(&format!("out/{name}"))), literals(&due), "{name}");
    }

    let model = expected.join("results.nnp");
    job(&sandbox, "evaluate", &["--engine", engine, "--model", model.to_str().unwrap()]).expect(0);
    let worst = worst_difference(&sandbox, &expected.join("outputs/0_0000"), 5);
    println!("{case} on {engine}, trained by nnabla: worst difference {worst:e} of the maximum");
    assert!(worst <= TOLERANCE, "{worst}");
}

#[test]
fn golden_dense() {
    golden("tiny_dense", "backbone_tiny_nchw_pb.nnp", "dense", "0.1");
}

#[test]
fn golden_sixteenth() {
    golden("tiny_sixteenth", "backbone_tiny_nchw.nnp", "1/16", "0.25");
}

#[test]
fn golden_single() {
    golden("tiny_single", "backbone_tiny_nchw.nnp", "single", "0.25");
}

#[test]
fn golden_squeeze_and_excitation() {
    golden("tiny_se_dense", "backbone_tiny_se_nchw.nnp", "dense", "0.1");
}

/// Channel-last twins of the backbones above.
#[test]
fn golden_channels_last() {
    golden("tiny_dense", "backbone_tiny_c1.nnp", "dense", "0.1");
    golden("tiny_sixteenth", "backbone_tiny_c1.nnp", "1/16", "0.25");
    golden("tiny_single", "backbone_tiny_c1.nnp", "single", "0.25");
    golden("tiny_se_dense", "backbone_tiny_se_c1.nnp", "dense", "0.1");
}
