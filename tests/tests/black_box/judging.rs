//! What a model does decides how it is judged: a classifier, two regressions, an autoencoder and a segmentation that
//! nnabla trained (`tests/data/tasks`), and what a project says about them.
//!
//! These tests run code that links libtorch.

use std::fs;

use nnc_test_data::tasks;
use nnc_tests::{Outcome, Sandbox, assert_told, copy_folder, forward, squeezed};
use serde_json::{Value, json};

/// Largest difference to nnabla's outputs.
const ROUNDING: f64 = 1e-5;

/// A sandbox with a copy of one of the trained models and its data, and a project that names neither plugin nor task.
fn sandbox(task: &str) -> Sandbox {
    forward();
    let sandbox = Sandbox::new();
    copy_folder(&tasks(task), &sandbox.path("data"));
    sandbox.write(
        "project.toml",
        "[project]\nname = \"drawn\"\n[dataset.validation]\nuri = \"data/test.csv\"\n[config]\nbatch_size = 4\n[compute]\n\
         device = \"cpu\"\n",
    );
    sandbox
}

fn evaluate(sandbox: &Sandbox, more: &[&str]) -> Outcome {
    sandbox.job("evaluate", &[&["--model", "data/results.nnp"], more].concat())
}

fn evaluation(sandbox: &Sandbox) -> Value {
    let mut file = sandbox.json("out/evaluation.json");
    assert_eq!(file["format"], 2, "an older program would take it for a detector's");
    file["evaluation"].take()
}

/// nnabla's outputs for each row.
fn expected(task: &str) -> Vec<Vec<f64>> {
    let text = fs::read_to_string(tasks(task).join("expected.csv")).unwrap();
    text.lines().map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect()
}

/// The labels in the last column.
fn labels(task: &str) -> Vec<f64> {
    let text = fs::read_to_string(tasks(task).join("test.csv")).unwrap();
    text.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().parse().unwrap()).collect()
}

#[track_caller]
fn close(found: &Value, due: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - due).abs() < ROUNDING, "{found} instead of {due}");
}

fn largest(values: &[f64]) -> usize {
    (1..values.len()).fold(0, |best, at| if values[at] > values[best] { at } else { best })
}

#[test]
fn a_classifier_is_judged_by_its_classes() {
    let sandbox = sandbox("classifier");
    assert_told!(sandbox, "classifier", evaluate(&sandbox, &[]).expect(0));

    let due = expected("classifier");
    let labels = labels("classifier");
    let right = due.iter().zip(&labels).filter(|(values, label)| largest(values) as f64 == **label).count();
    let evaluation = evaluation(&sandbox);
    assert_eq!(evaluation["task"], "classification");
    let metrics = &evaluation["judged"]["classification"];
    assert_eq!((&metrics["labelled"], &metrics["correct"]), (&json!(due.len()), &json!(right)));
    close(&metrics["accuracy"], right as f64 / due.len() as f64);
    assert_eq!(metrics["probabilities"], true);
    assert_eq!(metrics["pairing"], json!({"output": "y'", "variable": "y"}));
    for (row, values) in due.iter().enumerate() {
        let class = &evaluation["rows"][row]["outcome"]["class"];
        assert_eq!(class["class"], largest(values), "{row}");
        close(&class["confidence"], values[largest(values)]);
    }
    assert!(evaluation["metrics"]["image"].is_null());

    let table = sandbox.text("out/scores.csv");
    assert!(table.starts_with("path,label,prediction,confidence,correct\n./2/00.png,2,"), "{table}");
    assert_eq!(table.matches(",true\n").count(), right);
    // NNC's own two tables say the same.
    let matrix = sandbox.json("out/confusion_matrix.json")["y - y'"].clone();
    close(&matrix[0][1], right as f64 / due.len() as f64);
    let matrix = sandbox.json("out/classification_matrix.json");
    close(&matrix["y - y': Recall"][0][1], right as f64 / due.len() as f64);
    assert!(matrix["y - y': Precision"][6][0] == "y'__0", "{matrix}");

    let page = sandbox.text("out/report.html");
    for part in ["Confusion matrix", "data-label=\"0\" data-prediction=\"0\"", "混同行列"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("data-missing=\"input\""), "something is not shown");
}

#[test]
fn a_report_of_a_classifier_is_made_again_but_not_with_a_threshold() {
    let sandbox = sandbox("classifier");
    evaluate(&sandbox, &[]).expect(0);
    let [page, table] = ["report.html", "scores.csv"].map(|name| sandbox.bytes(&format!("out/{name}")));
    assert_told!(sandbox, "report_of_a_classifier", sandbox.host(&["report", "out"]).expect(0));
    assert!(page == sandbox.bytes("out/report.html") && table == sandbox.bytes("out/scores.csv"));
    for arguments in [&["--threshold", "1"][..], &["--masks", "data"], &["--no-threshold"], &["--heatmaps"]] {
        let outcome = sandbox.host(&[&["report", "out"], arguments].concat());
        outcome.expect(2).complains(&["one of classification", "need anomaly scores"]);
    }
    let printed = sandbox.host(&["report", "out", "--json"]).expect(0).stdout;
    assert!(serde_json::from_str::<Value>(&printed).unwrap()["classification"]["accuracy"].is_f64());
    let outcome = evaluate(&sandbox, &["--threshold", "0.5"]).expect(0);
    assert!(outcome.stdout.contains("classification goes without them"), "{outcome}");
}

#[test]
fn a_regression_is_judged_by_its_errors() {
    let sandbox = sandbox("regression");
    assert_told!(sandbox, "regression", evaluate(&sandbox, &[]).expect(0));
    let (due, labels) = (expected("regression"), labels("regression"));
    let error = due.iter().zip(&labels).map(|(value, label)| (value[0] - label).abs()).sum::<f64>() / due.len() as f64;
    let evaluation = evaluation(&sandbox);
    let metrics = &evaluation["judged"]["regression"];
    close(&metrics["mae"], error);
    assert_eq!(metrics["rows"], due.len());
    assert_eq!(metrics["values"][0]["name"], "y:target");
    // Four numbers are drawn, not looked for on the disk.
    let row = &evaluation["rows"][0];
    assert_eq!((&row["name"], &row["image"]), (&json!("-0.104, 0.581, -0.799, -0.491"), &Value::Null));
    assert_eq!(row["sample"]["values"], json!([-0.104, 0.581, -0.799, -0.491]));
    let page = sandbox.text("out/report.html");
    for part in ["data:image/svg+xml;base64,", "<path class=\"dots\""] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("data-missing=\"input\""), "something is not shown");
    assert!(!sandbox.path("out/confusion_matrix.json").exists());
}

#[test]
fn an_autoencoder_is_judged_by_its_error() {
    let sandbox = sandbox("autoencoder");
    assert_told!(sandbox, "autoencoder", evaluate(&sandbox, &["--threshold", "0.05"]).expect(0));
    let evaluation = evaluation(&sandbox);
    for (row, due) in expected("autoencoder").iter().enumerate() {
        // The model's own score: the largest squared error.
        close(&evaluation["rows"][row]["score"], due[0]);
        let wave = fs::read_to_string(tasks("autoencoder").join(format!("waves/{row:02}.csv"))).unwrap();
        let wave: Vec<f64> = wave.lines().map(|line| line.parse().unwrap()).collect();
        let map = sandbox.text(&format!("out/errors/0000/{row}.csv"));
        let map: Vec<f64> = map.trim_end().split(',').map(|cell| cell.parse().unwrap()).collect();
        assert_eq!(map.len(), wave.len());
        for ((error, value), again) in map.iter().zip(&wave).zip(&due[1..]) {
            assert!((error - (value - again).powi(2)).abs() < ROUNDING, "{row}");
        }
        let largest = map.iter().copied().fold(0.0, f64::max);
        assert!((largest - due[0]).abs() < ROUNDING, "{row}: {largest} instead of {}", due[0]);
    }
    assert_eq!(evaluation["rows"][2]["map"], "errors/0000/2.csv");
    assert_eq!(evaluation["rows"][2]["sample"]["again"].as_array().unwrap().len(), 64);
    let page = sandbox.text("out/report.html");
    assert!(page.contains("data:image/svg+xml;base64,") && !page.contains("<span class=\"missing"), "not all is shown");

    // A rule of one's own is about the error map: its mean.
    evaluate(&sandbox, &["--score", "top 100%", "--set", "score.task=reconstruction"]).expect(0);
    let map = sandbox.text("out/errors/0000/2.csv");
    let map: Vec<f64> = map.trim_end().split(',').map(|cell| cell.parse().unwrap()).collect();
    let rows = sandbox.json("out/evaluation.json")["evaluation"]["rows"].clone();
    close(&rows[2]["score"], map.iter().sum::<f64>() / map.len() as f64);
    let report = sandbox.host(&["report", "out", "--threshold", "0.01"]).expect(0);
    assert_told!(sandbox, "report_of_an_autoencoder", report);
}

#[test]
fn a_segmentation_is_judged_by_its_areas() {
    let sandbox = sandbox("segmentation");
    assert_told!(sandbox, "segmentation", evaluate(&sandbox, &[]).expect(0));
    let due = expected("segmentation");
    let mut right = 0;
    for (row, classes) in due.iter().enumerate() {
        let found = image::open(sandbox.path(&format!("out/classes/0000/{row}.png"))).unwrap().into_luma8();
        assert!(found.as_raw().iter().map(|&class| f64::from(class)).eq(classes.iter().copied()), "{row}");
        let label = image::open(tasks("segmentation").join(format!("labels/{row}.png"))).unwrap().into_luma8();
        right += found.as_raw().iter().zip(label.as_raw()).filter(|(found, due)| found == due).count();
    }
    let evaluation = evaluation(&sandbox);
    let metrics = &evaluation["judged"]["segmentation"];
    close(&metrics["accuracy"], right as f64 / (due.len() * 24 * 24) as f64);
    assert_eq!((&metrics["rows"], &metrics["ignored"]), (&json!(due.len()), &json!(0)));
    let areas = &evaluation["rows"][0]["outcome"]["pixels"];
    assert_eq!((&areas["found"], &areas["label"]), (&json!("classes/0000/0.png"), &json!("../data/labels/0.png")));
    let page = sandbox.text("out/report.html");
    assert_eq!(page.matches("<img class=\"layer label\"").count(), due.len());
    assert!(!page.contains("data-missing=\"label\""), "something is not shown");
    assert!(sandbox.text("out/scores.csv").starts_with("path,pixel_accuracy,mean_iou\n./scenes/0.png,0.9"));
}

#[test]
fn a_restoration_is_judged_by_what_it_should_be() {
    let sandbox = sandbox("restoration");
    assert_told!(sandbox, "restoration", evaluate(&sandbox, &[]).expect(0));
    let evaluation = evaluation(&sandbox);
    assert_eq!(evaluation["task"], "regression");
    let due = expected("restoration");
    for (row, due) in due.iter().enumerate() {
        let likeness = &evaluation["rows"][row]["outcome"]["likeness"];
        close(&likeness["mae"], due[0]);
        close(&likeness["rmse"], due[1]);
        assert!((likeness["psnr"].as_f64().unwrap() - due[2]).abs() < 1e-3, "{row}: {likeness}");
        let files = [json!(format!("outputs/0_0000/{row}.png")), json!(format!("../data/clean/{row}.png"))];
        assert_eq!([&likeness["found"], &likeness["target"]], [&files[0], &files[1]]);
    }
    let metrics = &evaluation["judged"]["likeness"];
    let mean = |of: fn(&[f64]) -> f64| due.iter().map(|row| of(row)).sum::<f64>() / due.len() as f64;
    close(&metrics["mae"], mean(|row| row[0]));
    close(&metrics["rmse"], mean(|row| row[1] * row[1]).sqrt());
    assert_eq!((&metrics["rows"], &metrics["peak"]), (&json!(due.len()), &json!(1.0)));
    assert!(sandbox.text("out/scores.csv").starts_with("path,mae,rmse,psnr\n./noisy/0.png,0.0"));
    let page = sandbox.text("out/report.html");
    for layer in ["output", "target"] {
        assert_eq!(page.matches(&format!("<img class=\"layer {layer}\"")).count(), due.len(), "{layer}");
        assert!(!page.contains(&format!("data-missing=\"{layer}\"")), "{layer} is not shown");
    }
    assert!(page.contains("ピーク信号対雑音比"), "PSNR is not explained");
    // Made again it is the same; a row without a target does not count, and another size is refused by its line.
    let table = sandbox.bytes("out/scores.csv");
    sandbox.host(&["report", "out"]).expect(0);
    assert!(table == sandbox.bytes("out/scores.csv"));
    let text = sandbox.text("data/test.csv");
    sandbox.write("data/test.csv", text.replace("./clean/3.png", ""));
    let told = evaluate(&sandbox, &[]).expect(0);
    assert!(told.stdout.contains("(7 pictures or files)"), "{told}");
    sandbox.image("data/small.png", 8, 8, [9; 3]);
    sandbox.write("data/test.csv", text.replace("./clean/3.png", "./small.png"));
    let told = evaluate(&sandbox, &[]).expect(3);
    let [error] = told.errors()[..] else { panic!("{told}") };
    assert!(error.contains("test.csv line 5, column \"y:clean\"") && error.contains("3,8,8"), "{told}");
}

#[test]
fn an_interrupted_segmentation_ends_like_one_without_a_break() {
    let sandbox = sandbox("segmentation");
    evaluate(&sandbox, &[]).expect(0);
    let whole = [sandbox.bytes("out/scores.csv"), sandbox.bytes("out/classes/0000/3.png")];
    fs::rename(sandbox.path("data/scenes/8.png"), sandbox.path("8.png")).unwrap();
    evaluate(&sandbox, &["--restart"]).expect(3);
    fs::rename(sandbox.path("8.png"), sandbox.path("data/scenes/8.png")).unwrap();
    let outcome = evaluate(&sandbox, &[]).expect(0);
    assert!(outcome.stdout.contains("going on after 8 of 10 images"), "{outcome}");
    assert!(whole == [sandbox.bytes("out/scores.csv"), sandbox.bytes("out/classes/0000/3.png")]);
}

#[test]
fn the_project_has_the_last_word() {
    let classifier = sandbox("classifier");
    assert_told!(classifier, "nothing_is_judged", evaluate(&classifier, &["--task", "none"]).expect(0));
    assert!(classifier.text("out/scores.csv").starts_with("path,output__0,output__1,output__2\n"));
    let outcome = evaluate(&classifier, &["--set", "score.task=anomaly"]).expect(0);
    assert!(outcome.stdout.contains("image AUROC"), "{outcome}");
    assert_eq!(classifier.json("out/evaluation.json")["format"], 1);
    let impossible = ["regression", "segmentation", "reconstruction"].map(|task| {
        let outcome = evaluate(&classifier, &["--set", &format!("score.task={task}")]).expect(2);
        let [error] = outcome.errors()[..] else { panic!("{task}: {outcome}") };
        format!("{task}: {error}")
    });
    assert_told!(classifier, "tasks_that_do_not_fit", impossible.join("\n"));
    // The command line goes before the project.
    let outcome = evaluate(&classifier, &["--set", "score.task=regression", "--task", "classification"]).expect(0);
    assert!(outcome.stdout.contains("accuracy 0."), "{outcome}");
    evaluate(&classifier, &["--task", "guess"]).expect(2).complains(&["--task", "guess", "segmentation"]);
    evaluate(&classifier, &["--set", "score.task=guess"])
        .expect(2)
        .complains(&["the task is \"guess\"", "segmentation"]);

    // Labels that are no classes of this model.
    let table = classifier.text("data/test.csv").replacen(",0\n", ",7\n", 1);
    classifier.write("data/test.csv", table);
    let outcome = evaluate(&classifier, &["--set", "score.task=classification"]).expect(2);
    assert!(outcome.errors()[0].contains("`y` holds something else than whole numbers from 0 to below 3"), "{outcome}");
    // Without labels there are predictions.
    let text = classifier.text("data/test.csv");
    let unlabelled: String = text.lines().map(|line| format!("{}\n", line.split(',').next().unwrap())).collect();
    classifier.write("data/test.csv", unlabelled);
    let outcome = evaluate(&classifier, &[]).expect(0);
    assert_told!(classifier, "without_labels", outcome);
}

#[test]
fn jobs_and_compare_tell_of_every_kind() {
    let sandbox = sandbox("classifier");
    let model = "data/results.nnp";
    sandbox.host(&["evaluate", "project.toml", "-o", "jobs/a", "--model", model]).expect(0);
    // Labels that are wrong: the same predictions are worth less.
    let table = sandbox.text("data/test.csv").replace(",1\n", ",0\n");
    sandbox.write("data/test.csv", table);
    sandbox.host(&["evaluate", "project.toml", "-o", "jobs/b", "--model", model]).expect(0);
    let listed = sandbox.host(&["jobs", "jobs"]).expect(0).stdout;
    assert_told!(sandbox, "jobs", squeezed(&listed));
    let jobs: Value = serde_json::from_str(&sandbox.host(&["jobs", "jobs", "--json"]).expect(0).stdout).unwrap();
    assert_eq!(jobs[0]["task"], "classification");
    assert!(jobs[0]["judged"]["classification"]["accuracy"].is_f64());
    let compared = sandbox.host(&["jobs", "compare", "jobs/a", "jobs/b"]).expect(0).stdout;
    assert_told!(sandbox, "jobs_compared", compared);
    let japanese = sandbox.host(&["jobs", "jobs", "--lang", "ja"]).expect(0).stdout;
    assert!(japanese.contains("正解率 0."), "{japanese}");
}

#[test]
fn everything_is_said_in_japanese_as_well() {
    for task in ["classifier", "regression", "autoencoder", "segmentation", "restoration"] {
        let sandbox = sandbox(task);
        assert_told!(sandbox, format!("{task}_in_japanese"), evaluate(&sandbox, &["--lang", "ja"]).expect(0));
        assert!(sandbox.text("out/report.html").contains("<html lang=\"ja\">"));
    }
}
