//! Networks that no detector of ours has trained: `evaluate` with the plugin `forward`, and `nnp run`.
//!
//! These tests run code that links libtorch. Small networks are written here; single-function ones with nnabla's figures
//! come with the engine, the others are golden vectors (`nnc-test-data`).

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use nnc_test_data::golden;
use nnc_tests::{Sandbox, forward, members, rows, said, snapshot, workspace};
use zip::write::SimpleFileOptions;

/// Largest difference to nnabla's figures, as a part of the largest of them.
const ROUNDING: f32 = 1e-5;

/// A sandbox with `project.toml`, which names no plugin, and `test.csv`.
fn sandbox(csv: &str) -> Sandbox {
    forward();
    let sandbox = Sandbox::new();
    sandbox.write("test.csv", csv);
    sandbox.write(
        "project.toml",
        "[dataset.validation]\nuri = \"test.csv\"\n[config]\nbatch_size = 4\n[compute]\ndevice = \"cpu\"\n",
    );
    sandbox
}

/// Writes an NNP without parameters.
fn write_nnp(sandbox: &Sandbox, name: &str, network: &str) {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (member, text) in [("nnp_version.txt", "0.1\n"), ("network.nntxt", network)] {
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file(member, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    sandbox.write(name, zip.finish().unwrap().into_inner());
}

fn buffer(name: &str, dims: &[i64]) -> String {
    let dims: String = dims.iter().map(|dim| format!("dim: {dim} ")).collect();
    format!("variable {{ name: \"{name}\" type: \"Buffer\" shape {{ {dims}}} }}\n")
}

fn function(name: &str, inputs: &[&str], output: &str, arguments: &str) -> String {
    let inputs: String = inputs.iter().map(|input| format!("input: \"{input}\" ")).collect();
    format!("function {{ name: \"{output}\" type: \"{name}\" {inputs}output: \"{output}\" {arguments} }}\n")
}

/// A network and an executor around it: `inputs` and `outputs` are pairs of variable and data names.
fn nntxt(batch: usize, body: &[String], inputs: &[(&str, &str)], outputs: &[(&str, &str)], more: &str) -> String {
    let pairs = |kind: &str, pairs: &[(&str, &str)]| -> String {
        let pair = |(variable, data): &(&str, &str)| {
            format!("{kind} {{ variable_name: \"{variable}\" data_name: \"{data}\" }}\n")
        };
        pairs.iter().map(pair).collect()
    };
    format!(
        "network {{ name: \"net\" batch_size: {batch}\n{} }}\nexecutor {{ name: \"runtime\" network_name: \"net\"\n{}{}{more} }}\n",
        body.concat(),
        pairs("data_variable", inputs),
        pairs("output_variable", outputs)
    )
}

#[test]
fn outputs_of_every_shape_come_out_as_nnc_writes_them() {
    let sandbox = sandbox("x:image,v__0,v__1,y:label\na.png,0.25,-2,1\n./b.png,3,1e-5,0\n");
    sandbox.image("a.png", 2, 2, [51, 102, 255]);
    sandbox.image("b.png", 2, 2, [0, 255, 5]);
    let body = [
        buffer("x", &[-1, 3, 2, 2]),
        buffer("v", &[-1, 2]),
        buffer("half", &[-1, 3, 2, 2]),
        buffer("grey", &[-1, 2, 2]),
        buffer("two", &[-1, 2, 2, 2]),
        buffer("twice", &[-1, 2]),
        buffer("most", &[-1, 1]),
        function("MulScalar", &["x"], "half", "mul_scalar_param { val: 0.5 }"),
        function("Mean", &["x"], "grey", "mean_param { axes: 1 }"),
        function(
            "Slice",
            &["x"],
            "two",
            "slice_param { start: 0 start: 1 start: 0 start: 0 stop: 7 stop: 3 stop: 2 stop: 2 step: 1 step: 1 step: 1 \
             step: 1 }",
        ),
        function("MulScalar", &["v"], "twice", "mul_scalar_param { val: 2.0 }"),
        function("Max", &["v"], "most", "max_param { axes: 1 keep_dims: true }"),
    ];
    let outputs = [("half", "h"), ("grey", "g"), ("two", "t"), ("twice", "y'"), ("most", "m")];
    write_nnp(&sandbox, "net.nnp", &nntxt(7, &body, &[("x", "x"), ("v", "v")], &outputs, ""));
    sandbox.job("evaluate", &["--model", "net.nnp"]).expect(0);
    assert_eq!(
        sandbox.text("out/output_result.csv"),
        "x:image,v__0,v__1,y:label,h,g,t__0,t__1,y'__0,y'__1,m\n\
         ./a.png,0.25,-2,1,./outputs/0_0000/0.png,./outputs/1_0000/0.csv,./outputs/2_0000/0_0.png,\
         ./outputs/2_0000/1_0.png,0.5,-4.0,0.25\n\
         ./b.png,3,1e-5,0,./outputs/0_0000/1.png,./outputs/1_0000/1.csv,./outputs/2_0000/0_1.png,\
         ./outputs/2_0000/1_1.png,6.0,2e-05,3.0\n"
    );
    let map = rows(&sandbox.text("out/outputs/1_0000/0.csv"));
    assert!(map.iter().flatten().all(|value| (value - 1.6 / 3.0).abs() < 1e-6), "{map:?}");
    let pixel = |name: &str| image::open(sandbox.path(name)).unwrap().to_rgb8().get_pixel(1, 1).0;
    assert_eq!(pixel("out/outputs/0_0000/0.png"), [25, 51, 127]);
    assert_eq!(pixel("out/outputs/2_0000/0_0.png"), [102; 3]);
    assert_eq!(pixel("out/outputs/2_0000/1_1.png"), [5; 3]);

    let zip: Vec<String> =
        members(&sandbox.path("out/output_result.zip")).into_iter().map(|member| member.name).collect();
    assert_eq!(zip[0], "output_result.csv");
    assert_eq!(zip.len(), 9);
    assert!(zip.contains(&"outputs/2_0000/1_0.png".to_owned()));

    // `y` and `y'` are a label and a prediction.
    let matrix = sandbox.json("out/confusion_matrix.json");
    assert_eq!(matrix["y - y'"][0], serde_json::json!(["Accuracy", 0.5]));
    let log = sandbox.text("out/evaluate_log.txt");
    let told = said(&log, "worker");
    assert!(told.contains(&"[INFO]: create confusion_matrix.json"), "{log}");
    assert!(told.contains(&"[INFO]: confusion_matrix.json created"), "{log}");
    let status = sandbox.json("out/evaluate_status.json");
    assert_eq!(status["output_result"]["column_num"], 11);
    assert_eq!(status["statistics"]["Output"], (12 + 4 + 8 + 2 + 1).to_string());
}

#[test]
fn images_are_normalised_unless_the_model_says_otherwise() {
    let sandbox = sandbox("x\na.png\n");
    sandbox.image("a.png", 1, 1, [51, 102, 255]);
    let body = [
        buffer("x", &[-1, 3, 1, 1]),
        buffer("y", &[-1, 3]),
        function("Reshape", &["x"], "y", "reshape_param { shape { dim: -1 dim: 3 } }"),
    ];
    let csv = sandbox.path("test.csv").display().to_string();
    let same = format!("dataset {{ name: \"d\" uri: \"{csv}\" no_image_normalization: true }}\n");
    let raw = "51.0,102.0,255.0";
    for (more, dataset, values) in [
        ("", "", "0.2,0.4,1.0"),
        ("no_image_normalization: true", "", raw),
        ("", same.as_str(), raw),
        ("", "dataset { name: \"d\" uri: \"/other.csv\" no_image_normalization: true }\n", "0.2,0.4,1.0"),
    ] {
        let text = nntxt(2, &body, &[("x", "x")], &[("y", "y")], more);
        write_nnp(&sandbox, "net.nnp", &format!("{dataset}{text}"));
        sandbox.job("evaluate", &["--model", "net.nnp"]).expect(0);
        assert_eq!(sandbox.text("out/output_result.csv"), format!("x,y__0,y__1,y__2\n./a.png,{values}\n"), "{more}");
    }
}

#[test]
fn literal_batches_give_every_row_its_own_result() {
    let sandbox = sandbox("v__0,v__1\n1,2\n3,4\n5,6\n7,8\n9,10\n");
    // The batch of 3 stands in a Reshape, and a Flip along the batch pairs every row with another one.
    let body = [
        buffer("v", &[3, 2]),
        buffer("wide", &[3, 1, 2]),
        buffer("sum", &[3, 1]),
        buffer("turned", &[3, 1]),
        function("Reshape", &["v"], "wide", "reshape_param { shape { dim: 3 dim: 1 dim: 2 } }"),
        function("Sum", &["wide"], "sum", "sum_param { axes: 2 }"),
        function("Flip", &["sum"], "turned", "flip_param { axes: 0 }"),
    ];
    write_nnp(&sandbox, "net.nnp", &nntxt(3, &body, &[("v", "v")], &[("sum", "s"), ("turned", "t")], ""));
    sandbox.job("evaluate", &["--model", "net.nnp"]).expect(0);
    // The last batch is filled up from the beginning, as NNC does: rows 3, 4 and 0.
    assert_eq!(
        sandbox.text("out/output_result.csv"),
        "v__0,v__1,s,t\n1,2,3.0,11.0\n3,4,7.0,7.0\n5,6,11.0,3.0\n7,8,15.0,3.0\n9,10,19.0,19.0\n"
    );
}

#[test]
fn several_evaluations_are_combined() {
    let sandbox = sandbox("v__0,v__1\n1,2\n");
    let body = [
        buffer("v", &[-1, 2]),
        buffer("s", &[-1, 1]),
        function("Sum", &["v"], "s", "sum_param { axes: 1 keep_dims: true }"),
    ];
    for (kind, column, value) in [("mean", "s", "3.0"), ("last", "s", "3.0"), ("std", "Uncertainty(Std)", "0.0")] {
        let more = format!("num_evaluations: 5 repeat_evaluation_type: \"{kind}\"");
        write_nnp(&sandbox, "net.nnp", &nntxt(1, &body, &[("v", "v")], &[("s", "s")], &more));
        sandbox.job("evaluate", &["--model", "net.nnp"]).expect(0);
        assert_eq!(sandbox.text("out/output_result.csv"), format!("v__0,v__1,{column}\n1,2,{value}\n"));
    }
    // Dropout drops when it is to tell an uncertainty.
    let body = [body[0].clone(), buffer("d", &[-1, 2]), function("Dropout", &["v"], "d", "dropout_param { p: 0.5 }")];
    let more = "num_evaluations: 50 repeat_evaluation_type: \"std\"";
    write_nnp(&sandbox, "net.nnp", &nntxt(1, &body, &[("v", "v")], &[("d", "d")], more));
    sandbox.job("evaluate", &["--model", "net.nnp"]).expect(0);
    let text = sandbox.text("out/output_result.csv");
    let numbers: Vec<f32> = text.lines().nth(1).unwrap().split(',').skip(2).map(|cell| cell.parse().unwrap()).collect();
    assert!(numbers[0] > 0.5 && numbers[1] > 1.0, "{text}");
}

#[test]
fn what_cannot_run_is_told_in_one_line() {
    let sandbox = sandbox("v__0,v__1\n1,2\n");
    let network = |kind: &str, input: &str| {
        let body = [buffer("v", &[-1, 2]), buffer("s", &[-1, 2]), function(kind, &["v"], "s", "")];
        nntxt(1, &body, &[("v", input)], &[("s", "s")], "")
    };
    for (text, code, parts) in [
        (network("RandomRotation", "v"), 1, &["\"s\"", "RandomRotation", "not supported"][..]),
        (network("Tanh", "w"), 3, &["\"w\"", "\"v\""]),
    ] {
        write_nnp(&sandbox, "net.nnp", &text);
        let outcome = sandbox.job("evaluate", &["--model", "net.nnp"]);
        assert_eq!(outcome.code, Some(code), "{outcome}");
        let errors = outcome.errors();
        assert_eq!(errors.len(), 1, "{outcome}");
        assert!(parts.iter().all(|part| errors[0].contains(part)), "{outcome}");
        assert!(!sandbox.path("out/output_result.csv").exists());
    }
    sandbox.job("train", &[]).expect(2).complains(&["[plugin] name is missing"]);
    sandbox.job("train", &["--set", "plugin.name=forward", "--set", "dataset.training.uri=test.csv"]).expect(2);
}

#[test]
fn a_model_of_a_detector_keeps_its_plugin() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    let table = sandbox.text("out/output_result.csv");
    let anonymous = Sandbox::PROJECT.replace("[plugin]\nname = \"probe\"\n[plugin.params]\nside = 8\n", "");
    sandbox.write("anonymous.toml", anonymous);
    sandbox.host(&["evaluate", "anonymous.toml", "-o", "other", "--model", "out/results.nnp"]).expect(0);
    assert_eq!(sandbox.text("other/output_result.csv"), table);
}

#[test]
fn an_input_that_nothing_feeds_is_refused_before_anything_runs() {
    let sandbox = sandbox("v__0,v__1\n1,2\n");
    let body =
        [buffer("v", &[-1, 2]), buffer("z", &[-1, 2]), buffer("s", &[-1, 2]), function("Add2", &["v", "z"], "s", "")];
    for (more, due) in [
        ("", "input `z` of network `net` comes from no variable of the dataset and from no generator"),
        (
            "generator_variable { variable_name: \"z\" type: \"Gamma\" multiplier: 1.0 }",
            "executor `runtime` generates `z` by `Gamma`, expected Constant, Normal, Uniform or Range",
        ),
    ] {
        write_nnp(&sandbox, "net.nnp", &nntxt(1, &body, &[("v", "v")], &[("s", "s")], more));
        let outcome = sandbox.job("evaluate", &["--model", "net.nnp"]).expect(1);
        assert!(outcome.errors()[0].contains(due), "{outcome}");
    }
}

#[test]
fn a_network_of_generators_alone_is_told_what_runs_it() {
    let sandbox = sandbox("v__0,v__1\n1,2\n");
    let body = [buffer("z", &[-1, 2]), buffer("s", &[-1, 2]), function("Tanh", &["z"], "s", "")];
    let generator = "generator_variable { variable_name: \"z\" type: \"Normal\" multiplier: 1.0 }";
    write_nnp(&sandbox, "net.nnp", &nntxt(1, &body, &[], &[("s", "s")], generator));
    let outcome = sandbox.job("evaluate", &["--model", "net.nnp"]).expect(1);
    let due = "`nnc-host nnp run MODEL -i z=ARRAY.npy -o DIR`";
    assert!(outcome.errors()[0].contains(due), "{outcome}");
    sandbox.write("z.npy", npy_of(&[0.5, -0.5]));
    sandbox.host(&["nnp", "run", "net.nnp", "-i", "z=z.npy", "-o", "arrays"]).expect(0);
    assert!(sandbox.path("arrays/s.npy").is_file());
}

/// One row of floats as NumPy saves it.
fn npy_of(values: &[f32]) -> Vec<u8> {
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': (1, {}), }}", values.len());
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    file
}

/// Loops, generators and several executors, as NNC draws them, against what `nnabla_cli forward` gave for the same table.
#[test]
fn networks_of_nnc_give_nnablas_results() {
    for network in ["repeat", "recurrent", "generators"] {
        let folder = golden("networks").join(network);
        let due = fs::read_to_string(folder.join("output_result.csv")).unwrap();
        let (head, due) = due.split_once('\n').unwrap();
        let (csv, model) = (folder.join("data.csv"), folder.join("net.nnp"));
        let sandbox = sandbox("");
        for (out, batch, threads) in [("a", "64", "2"), ("b", "1", "1"), ("c", "3", "1")] {
            let run = ["evaluate", "project.toml", "-o", out, "--dataset", csv.to_str().unwrap()];
            let more = ["--model", model.to_str().unwrap(), "--batch-size", batch, "--threads", threads];
            sandbox.host(&[&run[..], &more[..]].concat()).expect(0);
            let found = sandbox.text(&format!("{out}/output_result.csv"));
            let (found_head, found) = found.split_once('\n').unwrap();
            assert_eq!(found_head, head, "{network}");
            let worst = worst_difference(&rows(found).concat(), &rows(due).concat());
            assert!(worst <= ROUNDING, "{network}, {threads} threads, batch size {batch}: {worst:e}");
        }
    }
}

#[test]
fn nnabla_trained_models_run_without_their_plugin() {
    for case in ["tiny_dense", "tiny_single"] {
        let sandbox = sandbox("");
        let expected = golden("expected").join(case);
        let csv = golden("dataset/test.csv");
        let model = expected.join("results.nnp");
        let (csv, model) = (csv.to_str().unwrap(), model.to_str().unwrap());
        sandbox.job("evaluate", &["--threads", "1", "--dataset", csv, "--model", model]).expect(0);
        assert_eq!(sandbox.bytes("out/output_result.csv"), fs::read(expected.join("output_result.csv")).unwrap());
        for row in 0..5 {
            let name = format!("outputs/0_0000/{row}.csv");
            let due: Vec<f32> = rows(&fs::read_to_string(expected.join(&name)).unwrap()).concat();
            let found: Vec<f32> = rows(&sandbox.text(&format!("out/{name}"))).concat();
            let worst = worst_difference(&found, &due);
            assert!(worst <= 1e-3, "{case} {row}: {worst:e}");
        }
    }
}

/// Shape and values of a `.npy` file of 32-bit floats in C order.
fn read_npy(path: &Path) -> (String, Vec<f32>) {
    let bytes = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let start = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let header = std::str::from_utf8(&bytes[10..start]).unwrap();
    assert!(header.contains("'<f4'") && header.contains("'fortran_order': False"), "{header}");
    let shape = header.split_once("'shape': ").unwrap().1.split_once(')').unwrap().0.to_owned();
    let (values, _) = bytes[start..].as_chunks::<4>();
    (shape, values.iter().map(|raw| f32::from_le_bytes(*raw)).collect())
}

fn worst_difference(found: &[f32], due: &[f32]) -> f32 {
    assert_eq!(found.len(), due.len());
    let most = due.iter().fold(1e-30_f32, |most, value| most.max(value.abs()));
    found.iter().zip(due).map(|(f, d)| if f == d { 0.0 } else { (f - d).abs() / most }).fold(0.0, f32::max)
}

/// Runs one case in `step` of a folder through `nnp run`.
fn run_functions(folder: &Path, step: usize) -> usize {
    let sandbox = sandbox("");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let cases: Vec<PathBuf> = cases.into_iter().step_by(step).collect();
    for case in &cases {
        let name = case.file_name().unwrap().to_str().unwrap();
        let mut arguments = vec!["nnp".to_owned(), "run".to_owned(), case.join("net.nnp").display().to_string()];
        arguments.extend(["-o".to_owned(), name.to_owned(), "--threads".to_owned(), "1".to_owned()]);
        for index in 0.. {
            let file = case.join(format!("x{index}.npy"));
            if !file.is_file() {
                break;
            }
            arguments.extend(["--input".to_owned(), format!("x{index}={}", file.display())]);
        }
        sandbox.host(&arguments).expect(0);
        for index in 0.. {
            let file = case.join(format!("y{index}.npy"));
            if !file.is_file() {
                assert!(index > 0, "{name} has no output");
                break;
            }
            let (shape, due) = read_npy(&file);
            let (found_shape, found) = read_npy(&sandbox.path(&format!("{name}/y{index}.npy")));
            assert_eq!(found_shape, shape, "{name}");
            let worst = worst_difference(&found, &due);
            assert!(worst <= ROUNDING, "{name} y{index}: {worst:e}");
        }
    }
    cases.len()
}

#[test]
fn nnp_run_gives_nnablas_figures() {
    assert!(run_functions(&workspace().join("plugins/engine/testdata/functions"), 1) >= 8);
}

/// The engine's own tests compute the whole reference; here every tenth goes the way of the command.
#[test]
fn nnp_run_gives_nnablas_figures_of_the_reference() {
    assert!(run_functions(&golden("functions"), 10) >= 10);
}

#[test]
fn nnp_run_tells_mistakes_and_leaves_nothing() {
    let sandbox = sandbox("");
    let case = golden("functions/unpooling");
    let net = case.join("net.nnp").display().to_string();
    let array = case.join("x0.npy").display().to_string();
    let other = case.join("y0.npy").display().to_string();
    sandbox.write("broken.npy", "no array");
    for (input, code, parts) in [
        (format!("x9={array}"), 2, &["no input `x9`", "`x0`"][..]),
        (format!("x0={other}"), 2, &["`x0`", "the network expects"]),
        ("x0=broken.npy".to_owned(), 3, &["broken.npy"]),
        ("x0=none.npy".to_owned(), 3, &["none.npy"]),
        ("x0".to_owned(), 2, &["NAME=FILE.npy"]),
    ] {
        sandbox.host(&["nnp", "run", &net, "-o", "out", "--input", &input]).expect(code).complains(parts);
        assert!(!sandbox.path("out").exists(), "{input}");
    }
    let good = format!("x0={array}");
    let outcome = sandbox.host(&["nnp", "run", &net, "-o", "out", "--input", &good, "--json"]).expect(0);
    let outputs: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(outputs[0]["name"], "y0");
    assert_eq!(sandbox.names("out"), ["nnp_run.json", "y0.npy"]);
    // Its own files are replaced, those of others are not: the model chooses the names.
    sandbox.host(&["nnp", "run", &net, "-o", "out", "--input", &good]).expect(0);
    sandbox.write("out/y0.npy", "edited");
    sandbox
        .host(&["nnp", "run", &net, "-o", "out", "--input", &good])
        .expect(2)
        .complains(&["out/y0.npy exists already"]);
    assert_eq!(sandbox.text("out/y0.npy"), "edited");
    sandbox.write("list/nnp_run.json", "mine");
    sandbox.host(&["nnp", "run", &net, "-o", "list", "--input", &good]).expect(2).complains(&["nnp_run.json"]);
    assert_eq!(sandbox.text("list/nnp_run.json"), "mine");
    sandbox.write("mine/y0.npy", "precious");
    sandbox
        .host(&["nnp", "run", &net, "-o", "mine", "--input", &good])
        .expect(2)
        .complains(&["mine/y0.npy exists already"]);
    assert_eq!(sandbox.text("mine/y0.npy"), "precious");
    assert_eq!(sandbox.names("mine"), ["y0.npy"]);
}

#[test]
fn a_network_for_whole_batches_goes_on_after_a_break() {
    let rows: String = (0..10).map(|row| format!("{row}.png,0\n")).collect();
    let sandbox = sandbox(&format!("x:image,y:label\n{rows}"));
    let image = |row: u8| sandbox.image(&format!("{row}.png"), 2, 2, [10 * row; 3]);
    (0..10).filter(|&row| row != 8).for_each(|row| drop(image(row)));
    let body = [
        buffer("x", &[-1, 3, 2, 2]),
        buffer("same", &[-1, 3, 2, 2]),
        function(
            "Slice",
            &["x"],
            "same",
            "slice_param { start: 0 start: 0 start: 0 start: 0 stop: 4 stop: 3 stop: 2 stop: 2 step: 1 step: 1 step: 1 \
             step: 1 }",
        ),
    ];
    write_nnp(&sandbox, "net.nnp", &nntxt(4, &body, &[("x", "x")], &[("same", "same'")], ""));
    let evaluate = |more: &[&str]| sandbox.job("evaluate", &[&["--model", "net.nnp"], more].concat());
    evaluate(&[]).expect(3);
    image(8);
    let outcome = evaluate(&[]).expect(0);
    assert!(outcome.stdout.contains("going on after 8 of 10 images"), "{outcome}");
    let found = snapshot(&sandbox.path("out/outputs"));
    evaluate(&["--restart"]).expect(0);
    assert_eq!(found, snapshot(&sandbox.path("out/outputs")));
    assert_eq!(found.len(), 10);
}

/// A folder as NNC leaves it: models of epochs, and none of our files.
#[test]
fn the_folder_of_a_job_of_nnc_is_a_model() {
    let folder = golden("networks/repeat");
    let csv = folder.join("data.csv");
    let sandbox = sandbox("");
    for name in ["results.nnp", "results_best_7.nnp", "results_current_9.nnp"] {
        sandbox.write(&format!("job/{name}"), fs::read(folder.join("net.nnp")).unwrap());
    }
    let listed = sandbox.host(&["jobs", "."]).expect(0);
    assert!(listed.stdout.contains("job") && listed.stdout.contains("a trained model only"), "{listed}");
    // It has no report yet, and is told how it gets one.
    sandbox.host(&["report", "job"]).expect(2).complains(&["a model of NNC", "nnc-host evaluate PROJECT -o job"]);
    let evaluate = |out: &str, more: &[&str]| {
        let run = ["evaluate", "project.toml", "-o", out, "--dataset", csv.to_str().unwrap()];
        sandbox.host(&[&run[..], more].concat())
    };
    evaluate("out", &["--model", "job"]).expect(0);
    evaluate("job", &[]).expect(0);
    sandbox.host(&["report", "job"]).expect(0);
    assert_eq!(sandbox.text("job/output_result.csv"), sandbox.text("out/output_result.csv"));
    fs::create_dir(sandbox.path("empty")).unwrap();
    evaluate("out", &["--model", "empty"]).expect(2).complains(&["there is no model in empty"]);
}

/// A model as older versions of NNC leave it: the text of the network beside its parameters.
#[test]
fn a_text_beside_its_parameters_is_a_model() {
    let folder = golden("networks/repeat");
    let (csv, whole) = (folder.join("data.csv"), folder.join("net.nnp"));
    let sandbox = sandbox("");
    sandbox.host(&["nnp", "unpack", whole.to_str().unwrap(), "parts"]).expect(0);
    fs::create_dir(sandbox.path("pair")).unwrap();
    for (member, name) in [("network.prototxt", "net.nntxt"), ("parameter.h5", "parameters.h5")] {
        fs::rename(sandbox.path(&format!("parts/{member}")), sandbox.path(&format!("pair/{name}"))).unwrap();
    }
    let evaluate = |out: &str, more: &[&str]| {
        let run = ["evaluate", "project.toml", "-o", out, "--dataset", csv.to_str().unwrap()];
        sandbox.host(&[&run[..], more].concat())
    };
    evaluate("whole", &["--model", whole.to_str().unwrap()]).expect(0);
    let due = sandbox.text("whole/output_result.csv");
    for (out, model) in [("a", "pair"), ("b", "pair/net.nntxt"), ("c", "pair/parameters.h5")] {
        evaluate(out, &["--model", model]).expect(0);
        assert_eq!(sandbox.text(&format!("{out}/output_result.csv")), due, "{model}");
        assert!(sandbox.path(&format!("{out}/joined.nnp")).is_file());
    }
    assert!(sandbox.host(&["jobs", "pair"]).expect(0).stdout.contains("a trained model only"));
    evaluate("pair", &[]).expect(0);
    assert_eq!(sandbox.text("pair/output_result.csv"), due);

    let shown = |file: &str| -> serde_json::Value {
        let mut shown: serde_json::Value =
            serde_json::from_str(&sandbox.host(&["nnp", "show", file, "--json"]).expect(0).stdout).unwrap();
        assert_eq!(shown["file"], file);
        for key in ["file", "members"] {
            shown.as_object_mut().unwrap().remove(key);
        }
        shown
    };
    assert_eq!(shown("pair/net.nntxt"), shown(whole.to_str().unwrap()));
    assert_eq!(shown("pair/parameters.h5"), shown("pair/net.nntxt"));
    sandbox.host(&["nnp", "unpack", "pair/net.nntxt", "arrays", "--npy"]).expect(0);
    assert_eq!(sandbox.names("arrays"), ["net.nntxt", "nnp_version.txt", "parameters", "parameters.h5"]);
    // Without the parameters it is a network that lacks them, and damaged ones are told with their name.
    sandbox.write("alone/net.nntxt", sandbox.text("pair/net.nntxt"));
    assert!(shown("alone/net.nntxt")["defect"].as_str().unwrap().contains("missing from the parameters"));
    evaluate("d", &["--model", "alone"]).expect(2).complains(&["there is no model in alone"]);
    sandbox.write("alone/parameters.h5", "no HDF5");
    sandbox.host(&["nnp", "show", "alone/net.nntxt"]).expect(1).complains(&["parameters.h5"]);
    let damaged = evaluate("d", &["--model", "alone"]).expect(1);
    assert!(damaged.errors()[0].contains("joined.nnp: member \"parameters.h5\""), "{damaged}");
}

/// What a model makes of a picture stands beside it in the report.
#[test]
fn an_autoencoder_of_pictures_shows_what_it_made() {
    let sandbox = sandbox("x:image,y:label\na.png,0\nb.png,1\n");
    sandbox.image("a.png", 4, 4, [0; 3]);
    sandbox.image("b.png", 4, 4, [200; 3]);
    let body = [
        buffer("x", &[-1, 3, 4, 4]),
        buffer("again", &[-1, 3, 4, 4]),
        function("MulScalar", &["x"], "again", "mul_scalar_param { val: 0.5 }"),
    ];
    write_nnp(&sandbox, "net.nnp", &nntxt(2, &body, &[("x", "x")], &[("again", "x'")], ""));
    let outcome = sandbox.job("evaluate", &["--model", "net.nnp"]).expect(0);
    assert!(outcome.stdout.contains("judged as reconstruction by output `x'`"), "{outcome}");
    let rows = sandbox.json("out/evaluation.json")["evaluation"]["rows"].clone();
    assert_eq!(rows[1]["outcome"]["picture"]["file"], "outputs/0_0000/1.png");
    let page = sandbox.text("out/report.html");
    assert_eq!(page.matches("<img class=\"made\" src=\"data:image/").count(), 2);
    assert!(page.contains("id=\"pane-made\"") && page.contains("Judged as reconstruction"));
    // A report that is made again has them too, and a detector's has none.
    sandbox.host(&["report", "out", "--threshold", "0.1"]).expect(0);
    assert_eq!(sandbox.text("out/report.html").matches("class=\"made\"").count(), 2);
}
