//! `report -o`: what NNC has computed is judged as an evaluation here is, from its folder, its table or its archives, and
//! nothing of them is written to or believed.
//!
//! These tests run code that links libtorch.

use std::fs;
use std::os::unix::fs::symlink;

use nnc_test_data::tasks;
use nnc_tests::{Outcome, Packed, Sandbox, assert_told, copy_folder, forward, snapshot, squeezed, zipped};
use serde_json::{Value, json};

/// Files of an evaluation that NNC's folders have too.
const OF_NNC: [&str; 4] = ["output_result.csv", "outputs", "confusion_matrix.json", "classification_matrix.json"];

/// One of the trained models evaluated in `out`, and what NNC would have left of it in `nnc`, with the model.
fn evaluated(task: &str, more: &[&str]) -> Sandbox {
    forward();
    let sandbox = Sandbox::new();
    copy_folder(&tasks(task), &sandbox.path("data"));
    sandbox.write("project.toml", "[dataset.validation]\nuri = \"data/test.csv\"\n[compute]\ndevice = \"cpu\"\n");
    sandbox.job("evaluate", &[&["--model", "data/results.nnp"], more].concat()).expect(0);
    leave_as_nnc(&sandbox);
    fs::copy(sandbox.path("data/results.nnp"), sandbox.path("nnc/results.nnp")).unwrap();
    sandbox
}

/// A detector's maps.
fn detector() -> Sandbox {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &["--threshold", "0.45"]).expect(0);
    leave_as_nnc(&sandbox);
    sandbox
}

fn leave_as_nnc(sandbox: &Sandbox) {
    for name in OF_NNC {
        let from = sandbox.path(&format!("out/{name}"));
        let to = sandbox.path(&format!("nnc/{name}"));
        if from.is_dir() {
            copy_folder(&from, &to);
        } else if from.is_file() {
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(from, to).unwrap();
        }
    }
}

fn report(sandbox: &Sandbox, results: &str, more: &[&str]) -> Outcome {
    sandbox.host(&[&["report", results, "-o", "report"], more].concat())
}

fn evaluation(sandbox: &Sandbox, folder: &str) -> Value {
    sandbox.json(&format!("{folder}/evaluation.json"))["evaluation"].take()
}

/// The figures, scores and verdicts of both are the same.
#[track_caller]
fn same(sandbox: &Sandbox) {
    let [ours, theirs] = ["out", "report"].map(|folder| evaluation(sandbox, folder));
    for part in ["task", "metrics", "judged", "threshold", "scale", "rule", "normals"] {
        assert_eq!(ours[part], theirs[part], "{part}");
    }
    let rows = |evaluation: &Value| -> Vec<Value> {
        let rows = evaluation["rows"].as_array().unwrap();
        rows.iter().map(|row| json!([row["name"], row["label"], row["score"], row["verdict"], row["pixels"]])).collect()
    };
    assert_eq!(rows(&ours), rows(&theirs));
    let [ours, theirs] = ["out", "report"].map(|folder| sandbox.text(&format!("{folder}/scores.csv")));
    assert_eq!(ours, theirs);
}

/// The lines of a log about figures, without their times.
fn figures(sandbox: &Sandbox, folder: &str) -> Vec<String> {
    let log = sandbox.text(&format!("{folder}/evaluate_log.txt"));
    let lines = log.lines().filter_map(|line| line.split_once("[INFO]: ").map(|(_, said)| said.to_owned()));
    let of_job = ["mkdir", "results handling", "create", "confusion_matrix", "will replace", "judging", "a confusion"];
    lines.filter(|line| !of_job.iter().any(|start| line.starts_with(start))).collect()
}

#[test]
fn a_detectors_figures_are_those_of_its_evaluation() {
    let sandbox = detector();
    let before = snapshot(&sandbox.path("nnc"));
    let told = report(&sandbox, "nnc", &["--dataset", "test.csv", "--threshold", "0.45"]).expect(0);
    assert_told!(sandbox, "detector", told);
    same(&sandbox);
    // Without the dataset as well: the labels stand in the table.
    let told = report(&sandbox, "nnc", &["--threshold", "0.45"]).expect(0);
    assert!(told.stdout.contains("6 of 6 files that the table names as inputs or labels"), "{told}");
    same(&sandbox);
    assert!(snapshot(&sandbox.path("nnc")) == before);
    // As an evaluation's report it can be made again, without NNC's folder.
    fs::remove_dir_all(sandbox.path("nnc")).unwrap();
    let again = sandbox.host(&["report", "report", "--threshold", "0.5", "--heatmaps"]).expect(0);
    assert!(again.stdout.contains("threshold 0.5"), "{again}");
    assert_eq!(sandbox.names("report/heatmaps").len(), 6);
}

#[test]
fn every_task_is_judged_as_its_evaluation() {
    for task in ["classifier", "regression", "autoencoder"] {
        let sandbox = evaluated(task, &[]);
        let before = snapshot(&sandbox.path("nnc"));
        let told = report(&sandbox, "nnc", &["--dataset", "data/test.csv"]).expect(0);
        assert_told!(sandbox, task, told);
        same(&sandbox);
        assert_eq!(figures(&sandbox, "out"), figures(&sandbox, "report"), "{task}");
        for name in OF_NNC.iter().filter(|name| sandbox.path(&format!("nnc/{name}")).is_file()) {
            assert_eq!(sandbox.text(&format!("nnc/{name}")), sandbox.text(&format!("report/{name}")), "{task}");
        }
        assert!(snapshot(&sandbox.path("nnc")) == before, "{task}");
        assert!(!sandbox.text("report/report.html").contains("data-missing=\"input\""), "{task}");
    }
}

#[test]
fn a_segmentation_is_known_to_its_8_bits() {
    let sandbox = evaluated("segmentation", &[]);
    let told = report(&sandbox, "nnc", &["--dataset", "data/test.csv"]).expect(0);
    assert_told!(sandbox, "segmentation", told);
    let [ours, theirs] = ["out", "report"].map(|folder| evaluation(&sandbox, folder));
    let figure = |evaluation: &Value, name: &str| evaluation["judged"]["segmentation"][name].as_f64().unwrap();
    for name in ["accuracy", "mean_iou"] {
        let [ours, theirs] = [figure(&ours, name), figure(&theirs, name)];
        assert!((ours - theirs).abs() < 1.0 / 255.0, "{name}: {ours} {theirs}");
    }
    // A picture that is estimated as well.
    let restoration = evaluated("restoration", &[]);
    report(&restoration, "nnc", &["--dataset", "data/test.csv"]).expect(0);
    let [due, found] = ["out", "report"]
        .map(|folder| evaluation(&restoration, folder)["judged"]["likeness"]["rmse"].as_f64().unwrap());
    assert!((due - found).abs() < 1.0 / 255.0, "{due} {found}");
    // Without the labels there is nothing to judge by, and whoever insists is told so.
    let told = report(&sandbox, "nnc", &[]).expect(0);
    assert!(told.stdout.contains("[WARNING]: with the dataset that was evaluated (--dataset)"), "{told}");
    assert_eq!(evaluation(&sandbox, "report")["task"], "none");
    let told = report(&sandbox, "nnc", &["--task", "segmentation"]).expect(2);
    told.complains(&["--task is segmentation", "with --dataset"]);
    assert_eq!(evaluation(&sandbox, "report")["task"], "none", "an error leaves the earlier report");
}

#[test]
fn without_the_dataset_the_table_and_the_models_own_score_count() {
    for task in ["classifier", "regression"] {
        let sandbox = evaluated(task, &[]);
        report(&sandbox, "nnc", &[]).expect(0);
        let [ours, theirs] = ["out", "report"].map(|folder| evaluation(&sandbox, folder));
        assert_eq!((&ours["judged"], &ours["task"]), (&theirs["judged"], &theirs["task"]), "{task}");
    }
    let sandbox = evaluated("autoencoder", &[]);
    let told = report(&sandbox, "nnc", &[]).expect(0);
    assert!(told.stdout.contains("the output looks like reconstruction, which needs the inputs"), "{told}");
    let [ours, theirs] = ["out", "report"].map(|folder| evaluation(&sandbox, folder));
    assert_eq!(ours["metrics"]["image"], theirs["metrics"]["image"]);
    report(&sandbox, "nnc", &["--task", "reconstruction"]).expect(2).complains(&["--task is reconstruction"]);
    // Where the waves lie with the results they are read there.
    copy_folder(&sandbox.path("data/waves"), &sandbox.path("nnc/waves"));
    report(&sandbox, "nnc", &["--task", "reconstruction"]).expect(0);
    same_metrics(&sandbox);
    assert!(sandbox.path("report/inputs/waves/00.csv").is_file());
    // Without a model beside them, the dataset's first variable is taken for the input.
    fs::remove_file(sandbox.path("nnc/results.nnp")).unwrap();
    report(&sandbox, "nnc", &[]).expect(0);
    same_metrics(&sandbox);
}

#[track_caller]
fn same_metrics(sandbox: &Sandbox) {
    let [ours, theirs] = ["out", "report"].map(|folder| evaluation(sandbox, folder));
    assert_eq!((&ours["metrics"], &ours["task"]), (&theirs["metrics"], &theirs["task"]));
}

#[test]
fn archives_and_models_hold_the_same() {
    let sandbox = evaluated("classifier", &[]);
    // A dataset of absolute names, whose pictures are packed with the results.
    let folder = sandbox.path("data").display().to_string();
    sandbox.write("data/absolute.csv", sandbox.text("data/test.csv").replace("./", &format!("{folder}/")));
    sandbox.job("evaluate", &["--model", "data/results.nnp", "--dataset", "data/absolute.csv"]).expect(0);
    let judged = evaluation(&sandbox, "out")["judged"].take();
    for results in ["out/output_result.csv", "out/output_result.zip", "out/result_evaluate.nnp"] {
        report(&sandbox, results, &[]).expect(0);
        assert_eq!(evaluation(&sandbox, "report")["judged"], judged, "{results}");
        let is_packed = !results.ends_with(".csv");
        assert_eq!(sandbox.path("report/inputs/reference/0_00.png").is_file(), is_packed, "{results}");
        assert_ne!(sandbox.text("report/report.html").contains("data-missing=\"input\""), is_packed, "{results}");
        report(&sandbox, results, &["--dataset", "data/absolute.csv"]).expect(0);
    }
    // Of several evaluations in one model the latest counts.
    let model = "out/result_evaluate.nnp";
    sandbox.host(&["evaluate", "project.toml", "-o", "second", "--model", model]).expect(0);
    report(&sandbox, "second/result_evaluate.nnp", &["--dataset", "data/test.csv"]).expect(0);
}

#[test]
fn rules_masks_and_thresholds_are_those_of_an_evaluation() {
    let sandbox = Sandbox::with_project();
    for row in 0..6 {
        sandbox.image(&format!("masks/{row}.png"), 8, 8, if row < 3 { [0; 3] } else { [255; 3] });
    }
    let options = ["--score", "top 10%", "--false-alarm-rate", "0.3", "--masks", "masks", "--heatmaps"];
    sandbox.job("run", &options).expect(0);
    leave_as_nnc(&sandbox);
    report(&sandbox, "nnc", &[&options[..], &["--dataset", "test.csv"]].concat()).expect(0);
    same(&sandbox);
    assert_eq!(sandbox.names("out/heatmaps"), sandbox.names("report/heatmaps"));
    let printed = report(&sandbox, "nnc", &["--json"]).expect(0).stdout;
    assert!(serde_json::from_str::<Value>(&printed).unwrap()["image"]["auroc"].is_f64());
}

#[test]
fn whoever_names_something_else_is_told_what_to_do() {
    let sandbox = evaluated("classifier", &[]);
    fs::create_dir(sandbox.path("model")).unwrap();
    fs::rename(sandbox.path("nnc/results.nnp"), sandbox.path("model/results.nnp")).unwrap();
    fs::create_dir(sandbox.path("empty")).unwrap();
    sandbox.write("notes.txt", "");
    let before = snapshot(&sandbox.path("."));
    let mut told = String::new();
    for arguments in [
        &["nnc"][..],
        &["out/output_result.zip"],
        &["model"],
        &["empty"],
        &["notes.txt"],
        &["out", "-o", "report"],
        &["model", "-o", "report"],
        &["model/results.nnp", "-o", "report"],
        &["empty", "-o", "report"],
        &["notes.txt", "-o", "report"],
        &["none", "-o", "report"],
        &["nnc", "-o", "nnc"],
        &["nnc", "-o", "nnc/deep/report"],
        &["nnc", "--dataset", "data/test.csv"],
    ] {
        let outcome = sandbox.host(&[&["report"], arguments].concat()).expect(2);
        told += &format!("$ report {}\n{}", arguments.join(" "), outcome.stderr);
        assert!(snapshot(&sandbox.path(".")) == before, "{arguments:?}");
    }
    assert_told!(sandbox, "what_to_do", told);
    // A folder that is no job's is not taken over.
    sandbox.write("thesis/report.html", "mine");
    report(&sandbox, "nnc", &["-o", "thesis"]).expect(2);
}

#[test]
fn another_dataset_is_refused() {
    let sandbox = evaluated("classifier", &[]);
    let text = sandbox.text("data/test.csv");
    let mut told = String::new();
    for (name, text) in [
        ("short", text.lines().take(5).map(|line| format!("{line}\n")).collect::<String>()),
        ("header", text.replacen("y:label", "z:label", 1)),
        ("label", text.replacen(",2\n", ",1\n", 1)),
        ("name", text.replacen("00.png", "99.png", 1)),
        ("result", sandbox.text("nnc/output_result.csv")),
    ] {
        sandbox.write(&format!("data/{name}.csv"), text);
        let outcome = report(&sandbox, "nnc", &["--dataset", &format!("data/{name}.csv")]).expect(3);
        told += &format!("{name}: {}", outcome.stderr);
        assert!(!sandbox.path("report").exists(), "{name}");
    }
    assert_told!(sandbox, "another_dataset", told);
}

/// A small table of a detector and its map, with one thing in it that is wrong.
fn planted(sandbox: &Sandbox, table: &str, map: &str) {
    let _ = fs::remove_dir_all(sandbox.path("nnc"));
    sandbox.write("nnc/output_result.csv", table);
    sandbox.write("nnc/outputs/0_0000/0.csv", map);
    sandbox.write("nnc/outputs/0_0000/1.csv", "1.0,2.0\n3.0,4.0\n");
}

#[test]
fn hostile_results_get_one_line_and_leave_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("secret.csv", "1.0,2.0\n3.0,4.0\n");
    sandbox.image("secret.png", 2, 2, [1, 2, 3]);
    let secret = sandbox.path("secret.csv").display().to_string();
    let maps = "x:image,y:label,x'\na.png,0,./outputs/0_0000/0.csv\nb.png,1,./outputs/0_0000/1.csv\n";
    let good = "1.0,2.0\n3.0,4.0\n";
    let first = |cell: &str| maps.replacen("./outputs/0_0000/0.csv", cell, 1);
    let mut told = String::new();
    let mut refused = |name: &str, sandbox: &Sandbox| {
        let outcome = report(sandbox, "nnc", &[]).expect(3);
        assert_eq!(outcome.stderr.lines().count(), 1, "{name}: {outcome}");
        assert!(!sandbox.path("report").exists(), "{name}");
        for word in ["partial", "{ ", "Os {", "kind:", "Error("] {
            assert!(!outcome.stderr.contains(word), "{name}: {outcome}");
        }
        told += &format!("{name}: {}\n", squeezed(&outcome.stderr));
    };
    for (name, table, map) in [
        ("up", first("../secret.csv"), good),
        ("up and down", first("./outputs/../../secret.csv"), good),
        ("absolute", first(&secret), good),
        ("backslashes", first("..\\secret.csv"), good),
        ("missing", first("./outputs/0_0000/7.csv"), good),
        ("a folder", first("./outputs/0_0000.csv"), good),
        ("twice", first("./outputs/0_0000/1.csv"), good),
        ("another kind", first("./outputs/0_0000/0.txt"), good),
        ("a number", maps.replacen("./outputs/0_0000/1.csv", "1.5", 1), good),
        ("a text", maps.replacen("./outputs/0_0000/1.csv", "none", 1), good),
        ("a huge cell", first(&format!("./{}.csv", "a".repeat(1 << 20))), good),
        ("another size", maps.to_owned(), "1.0,2.0,3.0\n"),
        ("no numbers", maps.to_owned(), "a,b\n"),
        ("ragged", maps.to_owned(), "1.0,2.0\n3.0\n"),
        ("empty", maps.to_owned(), "\n"),
        ("escapes", first("./\u{1b}[2J\u{202e}.csv"), good),
        ("no rows", "x,x'\n".to_owned(), good),
        ("ragged table", "x,x'\n1,2,3\n".to_owned(), good),
        ("no output", "x,y\n1,2\n".to_owned(), good),
        ("no text", "x,x'\n\u{0},2\n".to_owned(), good),
    ] {
        planted(&sandbox, &table, map);
        if name == "a folder" {
            fs::create_dir(sandbox.path("nnc/outputs/0_0000.csv")).unwrap();
        }
        refused(name, &sandbox);
    }
    planted(&sandbox, maps, good);
    let map = sandbox.path("nnc/outputs/0_0000/0.csv");
    fs::remove_file(&map).unwrap();
    symlink(&secret, &map).unwrap();
    refused("a link", &sandbox);
    fs::remove_file(&map).unwrap();
    let pipe = std::ffi::CString::new(map.to_str().unwrap()).unwrap();
    // SAFETY: a path that ends with a zero byte.
    assert_eq!(unsafe { libc::mkfifo(pipe.as_ptr(), 0o600) }, 0);
    refused("a pipe", &sandbox);
    planted(&sandbox, &maps.replace("0_0000/0.csv", "0_0000/\u{e9}.csv"), good);
    fs::rename(&map, sandbox.path("nnc/outputs/0_0000/e\u{301}.csv")).unwrap();
    refused("another Unicode form", &sandbox);
    planted(&sandbox, maps, good);
    fs::rename(sandbox.path("nnc/outputs"), sandbox.path("maps")).unwrap();
    symlink(sandbox.path("maps"), sandbox.path("nnc/outputs")).unwrap();
    refused("a folder behind a link", &sandbox);
    let picture = "x,y,y'\na.png,0,./outputs/0_0000/0.png\n";
    planted(&sandbox, picture, good);
    sandbox.write("nnc/outputs/0_0000/0.png", "no picture");
    refused("no picture", &sandbox);
    assert_told!(sandbox, "hostile", told);
}

#[test]
fn hostile_archives_get_one_line_as_well() {
    let sandbox = Sandbox::new();
    let table = "x:image,y:label,x'\na.png,0,./outputs/0_0000/0.csv\n";
    let map = Packed::file("outputs/0_0000/0.csv", "1.0,2.0\n");
    let mut told = String::new();
    for (name, bytes) in [
        ("cut short", zipped(&[Packed::file("output_result.csv", table)])[..40].to_vec()),
        ("no archive", b"x".to_vec()),
        ("no table", zipped(std::slice::from_ref(&map))),
        ("no map", zipped(&[Packed::file("output_result.csv", table)])),
        (
            "twins",
            zipped(&[Packed::file("output_result.csv", table), Packed::file("output_result.csv", table), map.clone()]),
        ),
        (
            "large",
            zipped(&[
                Packed::file("output_result.csv", table),
                Packed::file("outputs/0_0000/0.csv", vec![b'0'; 80 << 20]),
            ]),
        ),
    ] {
        sandbox.write("output_result.zip", bytes);
        let outcome = report(&sandbox, "output_result.zip", &[]).expect(3);
        assert_eq!(outcome.stderr.lines().count(), 1, "{name}: {outcome}");
        assert!(!sandbox.path("report").exists(), "{name}");
        told += &format!("{name}: {}\n", squeezed(&outcome.stderr));
    }
    assert_told!(sandbox, "hostile_archives", told);
}

#[test]
fn no_picture_from_elsewhere_gets_into_the_report() {
    let sandbox = Sandbox::new();
    sandbox.image("secret.png", 2, 2, [1, 2, 3]);
    let secret = sandbox.path("secret.png").display().to_string();
    planted(
        &sandbox,
        "x:image,y:label,x'\na.png,0,./outputs/0_0000/0.csv\nb.png,1,./outputs/0_0000/1.csv\n",
        "1.0,2.0\n3.0,4.0\n",
    );
    let shown = |cell: &str| {
        let table = format!("x:image,y:label,x'\n{cell},0,./outputs/0_0000/0.csv\nb.png,1,./outputs/0_0000/1.csv\n");
        sandbox.write("nnc/output_result.csv", table);
        let told = report(&sandbox, "nnc", &[]).expect(0);
        assert!(told.stdout.contains("are not with the results"), "{cell}: {told}");
        (sandbox.path("report/inputs").exists(), evaluation(&sandbox, "report")["rows"][0]["image"].clone())
    };
    symlink(&secret, sandbox.path("nnc/link.png")).unwrap();
    for cell in [secret.as_str(), "../secret.png", "./link.png", "..\\secret.png"] {
        assert_eq!(shown(cell), (false, Value::Null), "{cell}");
    }
    sandbox.image("nnc/own.png", 2, 2, [4, 5, 6]);
    assert_eq!(shown("own.png"), (true, json!("inputs/own.png")));
}

#[test]
fn jobs_lists_what_nnc_has_computed_and_compare_takes_its_report() {
    let sandbox = evaluated("classifier", &[]);
    fs::create_dir(sandbox.path("all")).unwrap();
    for (from, to) in [("nnc", "all/nnc"), ("out", "all/out")] {
        fs::rename(sandbox.path(from), sandbox.path(to)).unwrap();
    }
    sandbox.host(&["report", "all/nnc", "-o", "all/report", "--dataset", "data/test.csv"]).expect(0);
    let listed = sandbox.host(&["jobs", "all"]).expect(0).stdout;
    assert_told!(sandbox, "jobs", squeezed(&listed));
    let jobs: Value = serde_json::from_str(&sandbox.host(&["jobs", "all", "--json"]).expect(0).stdout).unwrap();
    let of_nnc = jobs.as_array().unwrap().iter().find(|job| job["folder"].as_str().unwrap().ends_with("nnc")).unwrap();
    assert!(of_nnc["of_nnc"]["accuracy"].is_f64(), "{of_nnc}");
    let compared = sandbox.host(&["jobs", "compare", "all/out", "all/report"]).expect(0).stdout;
    assert!(compared.contains("plugin") && compared.contains("0 of 30 rows have another prediction"), "{compared}");
    let japanese = sandbox.host(&["jobs", "all", "--lang", "ja"]).expect(0).stdout;
    assert!(japanese.contains("NNC の評価結果"), "{japanese}");
}

#[test]
fn everything_is_said_in_japanese_as_well() {
    let sandbox = evaluated("autoencoder", &[]);
    let told = report(&sandbox, "nnc", &["--lang", "ja"]).expect(0);
    assert_told!(sandbox, "in_japanese", told);
    assert!(sandbox.text("report/report.html").contains("<html lang=\"ja\">"));
}
