//! Evaluations that were killed or stopped go on after the last whole batch, and end as if nothing had happened.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use nnc_tests::{Outcome, Running, Sandbox, crc32, snapshot, wait_until};

const SOON: Duration = Duration::from_secs(20);
const PLUGIN: &str = "libnnc_plugin_probe";
/// Rows of the dataset; they are scored in batches of 4.
const ROWS: usize = 22;
/// The evaluation waits before this row when it is told to.
const STOP: usize = 12;

/// A trained project whose evaluation can be held up.
fn trained() -> Sandbox {
    let sandbox = Sandbox::with_project();
    let rows: String = (0..ROWS).map(|row| format!("./test/{}.png,{}\n", row % 6, row % 2)).collect();
    sandbox.write("test.csv", format!("x:image,y:label\n{rows}"));
    sandbox.write("project.toml", format!("{}misbehave = \"wait\"\n", Sandbox::PROJECT));
    sandbox.job("train", &[]).expect(0);
    sandbox
}

fn evaluate(sandbox: &Sandbox, more: &[&str]) -> Outcome {
    sandbox.job("evaluate", more).expect(0)
}

/// Starts an evaluation and waits until it holds at row `STOP`; returns it with its worker.
fn held(sandbox: &Sandbox) -> (Running, u32) {
    sandbox.write("wait", STOP.to_string());
    let running = sandbox.start(&["evaluate", "project.toml", "-o", "out"]);
    let worker = running.worker_with(PLUGIN);
    let journal = sandbox.path("out/.evaluate.partial/checkpoint.rows");
    let batches = || std::fs::read_to_string(&journal).unwrap_or_default().lines().count();
    wait_until("a checkpoint is there", || batches() >= STOP / 4);
    (running, worker)
}

/// Kills an evaluation at row `STOP`.
fn killed(sandbox: &Sandbox) {
    let (running, worker) = held(sandbox);
    running.kill();
    running.wait(SOON);
    Running::assert_gone(worker, SOON);
    std::fs::remove_file(sandbox.path("wait")).unwrap();
}

/// What an evaluation left, without the files that tell times.
fn results(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    let mut files = snapshot(&sandbox.path("out"));
    for name in ["evaluation.json", "report.html", "evaluate_log.txt", "evaluate_status.json"] {
        assert!(files.remove(name).is_some(), "{name}");
    }
    files
}

fn modified(sandbox: &Sandbox, row: usize) -> SystemTime {
    let map = sandbox.path(&format!("out/outputs/0_0000/{row}.csv"));
    std::fs::metadata(map).unwrap().modified().unwrap()
}

#[test]
fn a_killed_evaluation_goes_on_and_ends_like_one_without_a_break() {
    let sandbox = trained();
    evaluate(&sandbox, &[]);
    let due = results(&sandbox);

    killed(&sandbox);
    // The results of the evaluation before are still there.
    assert_eq!(sandbox.names("out/outputs/0_0000").len(), ROWS);
    let jobs = sandbox.host(&["jobs", "."]).expect(0);
    assert!(jobs.stdout.contains("evaluate interrupted (12 images kept)"), "{jobs}");
    let before = SystemTime::now();
    let outcome = evaluate(&sandbox, &[]);
    assert!(
        outcome.stdout.contains("[INFO]: going on after 12 of 22 images, which an interrupted evaluation has left\n"),
        "{outcome}"
    );
    let told: Vec<&str> = outcome.stdout.lines().filter_map(|line| line.split("[nnabla]: data ").nth(1)).collect();
    assert_eq!(told, ["16 / 22", "20 / 22", "22 / 22"]);
    assert_eq!(results(&sandbox), due);
    for row in 0..ROWS {
        assert_eq!(modified(&sandbox, row) < before, row < STOP, "row {row}");
    }
    let jobs = sandbox.host(&["jobs", "."]).expect(0);
    assert!(jobs.stdout.contains("evaluate finished") && !jobs.stdout.contains("kept"), "{jobs}");
}

#[test]
fn a_stopped_evaluation_says_what_is_kept_and_can_begin_anew() {
    let sandbox = trained();
    let (running, worker) = held(&sandbox);
    running.interrupt();
    running.wait_for_output("stopping (once more to stop at once)");
    running.interrupt();
    let outcome = running.wait(SOON).expect(130);
    Running::assert_gone(worker, SOON);
    assert!(
        outcome.stdout.contains("12 finished images are kept; `nnc-host evaluate` with the same settings"),
        "{outcome}"
    );
    std::fs::remove_file(sandbox.path("wait")).unwrap();
    let jobs = sandbox.host(&["jobs", ".", "--json"]).expect(0);
    assert!(jobs.stdout.contains("\"status\": \"suspended\"") && jobs.stdout.contains("\"kept\": 12"), "{jobs}");

    let before = SystemTime::now();
    let outcome = evaluate(&sandbox, &["--restart"]);
    assert!(!outcome.stdout.contains("going on"), "{outcome}");
    assert!(modified(&sandbox, 0) > before);
}

#[test]
fn another_evaluation_does_not_go_on_and_says_why() {
    for (more, differs) in [
        (&["--batch-size", "2"][..], "batch size"),
        (&["--threads", "3", "--score", "top 2"], "score, threads"),
        (&["--dataset", "train.csv"], "dataset"),
    ] {
        let sandbox = trained();
        killed(&sandbox);
        let outcome = evaluate(&sandbox, more);
        let line = format!("an interrupted evaluation has left 12 finished ones, but this one differs in {differs}\n");
        assert!(outcome.stdout.contains(&line), "{outcome}");
        assert!(!outcome.stdout.contains("going on after"), "{outcome}");
    }
}

#[test]
fn rows_whose_image_or_result_has_changed_are_scored_again() {
    type Change = fn(&Sandbox);
    let changes: [(Change, usize); 6] = [
        // The image of rows 5, 11, 17: rows from 4 on are of no use.
        (|sandbox| drop(sandbox.image("test/5.png", 8, 8, [9; 3])), 4),
        (|sandbox| drop(sandbox.write("out/.evaluate.partial/outputs/0_0000/9.csv", "1.0\n")), 8),
        (|sandbox| std::fs::remove_file(sandbox.path("out/.evaluate.partial/outputs/0_0000/2.csv")).unwrap(), 0),
        (|sandbox| std::fs::remove_file(sandbox.path("out/.evaluate.partial/output_result.csv")).unwrap(), 0),
        (
            |sandbox| {
                let table = sandbox.text("out/.evaluate.partial/output_result.csv").replace("9.csv", "7.csv");
                sandbox.write("out/.evaluate.partial/output_result.csv", table);
            },
            8,
        ),
        // What a power cut may leave of a file that was being written.
        (
            |sandbox| {
                let mut journal = sandbox.bytes("out/.evaluate.partial/checkpoint.rows");
                let end = journal.len() - 5;
                journal[end..].fill(0);
                sandbox.write("out/.evaluate.partial/checkpoint.rows", journal);
            },
            8,
        ),
    ];
    for (number, (change, kept)) in changes.into_iter().enumerate() {
        let sandbox = trained();
        killed(&sandbox);
        change(&sandbox);
        let outcome = evaluate(&sandbox, &[]);
        let line = format!("going on after {kept} of 22 images");
        assert_eq!(outcome.stdout.contains(&line), kept > 0, "change {number}: {outcome}");
        assert!(kept > 0 || !outcome.stdout.contains("going on"), "change {number}: {outcome}");
        let found = results(&sandbox);
        evaluate(&sandbox, &["--restart"]);
        assert_eq!(found, results(&sandbox), "change {number}");
    }
}

#[test]
fn scores_that_somebody_else_wrote_into_a_checkpoint_are_not_believed() {
    let sandbox = trained();
    evaluate(&sandbox, &[]);
    let due = results(&sandbox);
    killed(&sandbox);
    let path = "out/.evaluate.partial/checkpoint.rows";
    // Every score 999, and sums that fit, as whoever sends a folder can make them.
    let forged: String = sandbox
        .text(path)
        .lines()
        .map(|line| {
            let (_, rest) = line.split_once(' ').unwrap();
            let (code, json) = rest.rsplit_once(' ').unwrap_or(("", rest));
            let mut batch: serde_json::Value = serde_json::from_str(json).unwrap();
            for row in batch["rows"].as_array_mut().unwrap() {
                row["score"] = 999_f32.to_bits().into();
            }
            let sealed = format!("{code} {batch}").trim_start().to_owned();
            format!("{:08x} {sealed}\n", crc32(sealed.as_bytes()))
        })
        .collect();
    sandbox.write(path, forged);
    let outcome = evaluate(&sandbox, &[]);
    assert!(!outcome.stdout.contains("going on after"), "{outcome}");
    assert!(
        outcome.stdout.contains("an interrupted evaluation has left 12 finished ones, but another user"),
        "{outcome}"
    );
    assert_eq!(results(&sandbox), due);
}

#[test]
fn a_report_leaves_it_alone_and_a_training_takes_it_away() {
    let sandbox = trained();
    evaluate(&sandbox, &[]);
    killed(&sandbox);
    sandbox.host(&["report", "out", "--threshold", "1"]).expect(0);
    let outcome = evaluate(&sandbox, &[]);
    assert!(outcome.stdout.contains("going on after 12 of 22 images"), "{outcome}");

    killed(&sandbox);
    sandbox.job("train", &[]).expect(0);
    assert!(sandbox.names("out").iter().all(|name| !name.starts_with('.')));
}
