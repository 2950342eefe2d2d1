//! NNC's post-processing plugins are scripts that read `output_result.csv` beside the files that it names: they go on
//! working with our tables. `as_they_do.py` reads a table in their manner, with Python's standard library alone; the test
//! beside it does the same without Python.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use nnc_test_data::{skip, tasks};
use nnc_tests::{Sandbox, finish, forward};
use serde_json::{Value, json};

const SCRIPT: &str = include_str!("post_processing/as_they_do.py");

/// Evaluates one of the trained models where it lies.
fn evaluated(task: &str) -> Sandbox {
    forward();
    let sandbox = Sandbox::new();
    let data = tasks(task);
    let table = data.join("test.csv");
    let text = format!("[dataset.validation]\nuri = '{}'\n[compute]\ndevice = \"cpu\"\n", table.display());
    sandbox.write("project.toml", text);
    let model = data.join("results.nnp").display().to_string();
    sandbox.job("evaluate", &["--model", &model]).expect(0);
    sandbox
}

/// What a script finds out: the mean of every column of numbers by its header, and the shape of the matrix that the first row
/// names in every column of files of the job.
fn read(folder: &Path) -> Value {
    let text = std::fs::read_to_string(folder.join("output_result.csv")).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let rows: Vec<Vec<&str>> = lines.collect();
    assert!(rows.iter().all(|row| row.len() == header.len()));
    let (mut means, mut files) = (BTreeMap::new(), BTreeMap::new());
    for (column, name) in header.iter().enumerate() {
        let numbers: Result<Vec<f64>, _> = rows.iter().map(|row| row[column].parse::<f64>()).collect();
        if let Ok(numbers) = numbers {
            means.insert(*name, numbers.iter().sum::<f64>() / numbers.len() as f64);
        } else if rows[0][column].starts_with("./outputs/") {
            let bytes = std::fs::read(folder.join(rows[0][column])).unwrap();
            let size = if rows[0][column].ends_with(".csv") {
                let text = String::from_utf8(bytes).unwrap();
                json!([text.lines().count(), text.lines().next().unwrap().split(',').count()])
            } else {
                let at = |start: usize| u32::from_be_bytes(bytes[start..start + 4].try_into().unwrap());
                json!([at(20), at(16)])
            };
            files.insert(*name, size);
        }
    }
    let found = |name: &str| header.iter().position(|column| *column == name);
    let area = found("y:label").zip(found("y'__1")).map(|(label, output)| {
        let number = |row: &Vec<&str>, column: usize| row[column].parse::<f64>().unwrap();
        let pairs: Vec<(bool, f64)> = rows.iter().map(|row| (number(row, label) == 1.0, number(row, output))).collect();
        let scores = |positive: bool| pairs.iter().filter(move |pair| pair.0 == positive).map(|pair| pair.1);
        let wins = |score: f64| {
            scores(false)
                .map(|other| {
                    if score > other {
                        1.0
                    } else if score == other {
                        0.5
                    } else {
                        0.0
                    }
                })
                .sum::<f64>()
        };
        scores(true).map(wins).sum::<f64>() / (scores(true).count() * scores(false).count()) as f64
    });
    json!({"header": header, "rows": rows.len(), "means": means, "files": files, "roc_auc": area})
}

#[test]
fn tables_are_read_as_nncs_plugins_read_them() {
    let classifier = read(&evaluated("classifier").path("out"));
    assert_eq!(classifier["header"], json!(["x:image", "y:label", "y'__0", "y'__1", "y'__2"]));
    let shares: f64 = (0..3).map(|class| classifier["means"][format!("y'__{class}")].as_f64().unwrap()).sum();
    assert!((shares - 1.0).abs() < 1e-5, "{classifier}");
    assert!(classifier["roc_auc"].as_f64().unwrap() > 0.7, "{classifier}");
    let autoencoder = read(&evaluated("autoencoder").path("out"));
    assert_eq!(autoencoder["header"], json!(["x:wave", "y:label", "max_se'", "x'"]));
    assert_eq!(autoencoder["files"], json!({"x'": [64, 1]}));
    let segmentation = read(&evaluated("segmentation").path("out"));
    assert_eq!(segmentation["files"], json!({"y'": [24, 24]}));
}

#[test]
fn a_script_of_their_kind_finds_the_same() {
    if Command::new("python3").arg("-c").arg("import csv").output().is_err() {
        skip("there is no python3");
        return;
    }
    for task in ["classifier", "regression", "autoencoder", "segmentation"] {
        let sandbox = evaluated(task);
        let script = sandbox.write("as_they_do.py", SCRIPT);
        // They are started in the job's folder, with the table as an argument.
        let mut python = Command::new("python3");
        python.arg(script).args(["-i", "output_result.csv", "-t", "y", "-p", "y'__1"]).current_dir(sandbox.path("out"));
        let found: Value = serde_json::from_str(&finish(python).expect(0).stdout).unwrap();
        let due = read(&sandbox.path("out"));
        for key in ["header", "rows", "files"] {
            assert_eq!(found[key], due[key], "{task}: {key}");
        }
        let numbers =
            |value: &Value| value.as_object().unwrap().values().map(|v| v.as_f64().unwrap()).collect::<Vec<_>>();
        let (found_means, due_means) = (numbers(&found["means"]), numbers(&due["means"]));
        assert_eq!(found_means.len(), due_means.len(), "{task}");
        assert!(found_means.iter().zip(&due_means).all(|(found, due)| (found - due).abs() < 1e-9), "{task}");
        match (found["roc_auc"].as_f64(), due["roc_auc"].as_f64()) {
            (Some(found), Some(due)) => assert!((found - due).abs() < 1e-12, "{task}"),
            (found, due) => assert_eq!(found, due, "{task}"),
        }
    }
}
