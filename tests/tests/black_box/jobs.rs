//! Jobs from beginning to end: what they print, what they leave, and what happens to what was there before.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nnc_tests::{Outcome, Sandbox, assert_told, finish, is_log_line, members, rows, said, snapshot, wait_until};
use serde_json::{Value, json};

const TRAIN_FILES: [&str; 5] =
    ["result_train_best.nnp", "result_train_last.nnp", "results.nnp", "train_log.txt", "train_status.json"];
const ALL_FILES: [&str; 14] = [
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
    "scores.csv",
    "train_log.txt",
    "train_status.json",
];

#[test]
fn a_run_trains_and_evaluates_and_leaves_exactly_its_files() {
    let sandbox = Sandbox::with_project();
    let outcome = sandbox.job("run", &[]).expect(0);
    assert_eq!(sandbox.names("out"), ALL_FILES);
    assert_eq!(sandbox.names("out/outputs"), ["0_0000"]);
    assert_eq!(sandbox.names("out/outputs/0_0000"), ["0.csv", "1.csv", "2.csv", "3.csv", "4.csv", "5.csv"]);
    assert_eq!(outcome.stderr, "");
    // The console shows what the two log files keep.
    assert_eq!(outcome.stdout, sandbox.text("out/train_log.txt") + &sandbox.text("out/evaluate_log.txt"));
    assert!(sandbox.text("out/report.html").contains("sheets"));
}

#[test]
fn every_line_of_a_job_is_a_log_line_and_success_ends_with_worker_done() {
    let sandbox = Sandbox::with_project();
    sandbox.job("train", &[]).expect(0);
    assert_eq!(sandbox.names("out"), TRAIN_FILES);
    sandbox.job("evaluate", &[]).expect(0);
    for name in ["out/train_log.txt", "out/evaluate_log.txt"] {
        let log = sandbox.text(name);
        for line in log.lines() {
            assert!(is_log_line(line), "{name}: {line:?}");
        }
        assert!(log.ends_with(" [worker]: [INFO]: worker done\n"), "{log}");
        assert_eq!(log.matches("worker done").count(), 1);
    }
    let out = sandbox.path("out");
    let train = sandbox.text("out/train_log.txt");
    assert_eq!(said(&train, "nnabla"), ["Training Completed."]);
    assert_eq!(
        said(&train, "worker"),
        [
            &*format!("[INFO]: mkdir {}", out.display()),
            "[INFO]: results handling...",
            "[INFO]: create result_train_best.nnp",
            "[INFO]: create result_train_last.nnp",
            "[INFO]: worker done",
        ]
    );
    let evaluate = sandbox.text("out/evaluate_log.txt");
    assert_eq!(
        said(&evaluate, "nnabla"),
        ["data 4 / 6", "data 6 / 6", "Add output_result.zip to result_evaluate.nnp.", "Forward Completed."]
    );
    assert_told!(sandbox, "evaluate_log", evaluate);
}

#[test]
fn status_files_have_the_keys_of_nnc_sorted_and_indented() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    let common = [
        "end_time",
        "instance_group",
        "priority",
        "start_time",
        "status",
        "storage_used",
        "task_id",
        "time",
        "type",
        "update_timestamp",
    ];
    for (phase, own) in [("train", ["monitoring_report", "progress"]), ("evaluate", ["data", "output_result"])] {
        let text = sandbox.text(&format!("out/{phase}_status.json"));
        let status: Value = serde_json::from_str(&text).unwrap();
        let mut keys = [common.as_slice(), &own].concat();
        keys.sort_unstable();
        assert_eq!(top_keys(&text), keys);
        assert_eq!(status["type"], phase);
        assert_eq!(status["status"], "finished");
        assert!(status["end_time"].as_f64() >= status["start_time"].as_f64());
        assert!(status["time"]["elapsed"].is_f64() && status["time"]["prediction"].is_f64(), "{text}");
        assert!(status["storage_used"].as_u64() > Some(0));
    }
    assert_eq!(sandbox.json("out/train_status.json")["progress"], json!({"current": 5, "max": 5}));
    let status = sandbox.json("out/evaluate_status.json");
    assert_eq!(status["data"], json!({"current": 6, "max": 6}));
    let table = json!({"csv_header": "x:image,y:label,x',mean", "column_num": 4, "data_num": 6});
    assert_eq!(status["output_result"], table);

    sandbox.job("train", &["--param", "misbehave=panic in fit"]).expect(4);
    let text = sandbox.text("out/train_status.json");
    let status: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(status["status"], "failed");
    assert_eq!(status["last_error"]["code"], "4");
    assert!(status["last_error"]["message"].as_str().unwrap().contains("probe"), "{text}");
    assert!(top_keys(&text).is_sorted(), "{text}");
}

/// Keys of the outermost object in the order of the file; they alone are indented by exactly four spaces.
fn top_keys(json: &str) -> Vec<&str> {
    json.lines().filter_map(|line| line.strip_prefix("    \"")?.split('"').next()).collect()
}

#[test]
fn evaluation_days_later_needs_nothing_but_the_results_and_the_new_images() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    let first = snapshot(&sandbox.path("out/outputs"));
    for gone in ["train", "out/outputs"] {
        fs::remove_dir_all(sandbox.path(gone)).unwrap();
    }
    for gone in ["train.csv", "project.toml"] {
        fs::remove_file(sandbox.path(gone)).unwrap();
    }
    for name in sandbox.names("out") {
        if name != "results.nnp" && name != "result_train_best.nnp" {
            fs::remove_file(sandbox.path("out").join(name)).unwrap();
        }
    }
    sandbox.write(
        "later.toml",
        "[dataset.validation]\nuri = \"test.csv\"\n[plugin]\nname = \"probe\"\n[plugin.params]\nside = 8\n",
    );
    sandbox.host(&["evaluate", "later.toml", "-o", "out"]).expect(0);
    assert_eq!(snapshot(&sandbox.path("out/outputs")), first);
    // Training asks for what is not there any more.
    sandbox.host(&["train", "later.toml", "-o", "out"]).expect(2).complains(&["later.toml", "no [dataset.training]"]);
}

#[test]
fn a_model_is_evaluated_with_the_parameters_it_was_trained_with() {
    let sandbox = Sandbox::with_project();
    sandbox.job("train", &[]).expect(0);
    let outcome = sandbox.job("evaluate", &["--param", "side=4"]).expect(0);
    // A detector of maps has no confusion matrix, which NNC warns of every time.
    let usual = |line: &&str| line.contains("confusion_matrix.json can not created");
    let unusual = |line: &&str| line.contains("[WARNING]") && !usual(line);
    let warnings: Vec<_> = outcome.stdout.lines().filter(unusual).collect();
    assert_eq!(warnings.len(), 1, "{outcome}");
    assert!(warnings[0].contains("trained with side = 8, the project's 4 is ignored"), "{outcome}");
    assert_eq!(rows(&sandbox.text("out/outputs/0_0000/0.csv")).len(), 8);

    // A project that leaves a parameter out has not asked for its default.
    sandbox.write("silent.toml", "[dataset.validation]\nuri = \"test.csv\"\n[plugin]\nname = \"probe\"\n");
    let outcome = sandbox.host(&["evaluate", "silent.toml", "-o", "out"]).expect(0);
    assert_eq!(outcome.stdout.lines().filter(unusual).count(), 0, "{outcome}");
    assert_eq!(rows(&sandbox.text("out/outputs/0_0000/0.csv")).len(), 8);
}

#[test]
fn another_model_and_another_dataset_can_be_evaluated() {
    let sandbox = Sandbox::with_project();
    sandbox.job("train", &[]).expect(0);
    fs::create_dir(sandbox.path("elsewhere")).unwrap();
    fs::rename(sandbox.path("out/results.nnp"), sandbox.path("elsewhere/mine.nnp")).unwrap();
    sandbox.write("few.csv", "x,y\ntest/5.png,1\n");
    // Names on the command line are relative to the working folder, not to the project.
    let mut command = sandbox.command(&[
        "evaluate",
        "../project.toml",
        "-o",
        "out",
        "--model",
        "mine.nnp",
        "--dataset",
        "../few.csv",
    ]);
    command.current_dir(sandbox.path("elsewhere"));
    finish(command).expect(0);
    assert_eq!(
        sandbox.text("elsewhere/out/output_result.csv"),
        "x,y,x',mean\n./test/5.png,1,./outputs/0_0000/0.csv,107.0\n"
    );

    let outcome = sandbox.job("evaluate", &["--model", "elsewhere/none.nnp"]).expect(2);
    assert_told!(sandbox, "model_that_is_not_there", outcome);
    let outcome = sandbox.host(&["evaluate", "project.toml", "-o", "fresh"]).expect(2);
    assert_told!(sandbox, "no_trained_model", outcome);
    let before = snapshot(&sandbox.path("out"));
    sandbox.job("evaluate", &["--dataset", "none.csv"]).expect(3).complains(&["none.csv"]);
    assert!(snapshot(&sandbox.path("out")) == before, "a dataset that is not there cost something");
    sandbox.write("text.nnp", "not a model");
    sandbox.job("evaluate", &["--model", "text.nnp"]).expect_failure().complains_in_log(&["text.nnp"]);
}

#[test]
fn json_owns_standard_output_and_the_log_goes_to_standard_error() {
    let sandbox = Sandbox::with_project();
    let outcome = sandbox.job("run", &["--json"]).expect(0);
    let result: Value = serde_json::from_str(&outcome.stdout).unwrap_or_else(|e| panic!("{e}: {outcome}"));
    assert_eq!(result["train"]["images"], 5);
    assert_eq!(result["train"]["plugin"], "probe");
    assert_eq!(result["train"]["parameters"]["side"], 8);
    assert_eq!(result["evaluate"]["images"], 6);
    assert_eq!(result["evaluate"]["image_auroc"], 1.0);
    assert!(outcome.stderr.lines().all(is_log_line), "{outcome}");
    assert!(outcome.stderr.ends_with("worker done\n"), "{outcome}");

    let outcome = sandbox.job("train", &["--json", "--param", "misbehave=abort"]).expect(4);
    assert_eq!(outcome.stdout, "");
    outcome.complains(&["[ERROR]", "probe"]);
}

#[test]
fn quiet_jobs_say_nothing_unless_something_is_wrong() {
    let sandbox = Sandbox::with_project();
    let outcome = sandbox.job("run", &["-q"]).expect(0);
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("", ""));
    assert!(sandbox.text("out/train_log.txt").ends_with("worker done\n"));

    let outcome = sandbox.job("train", &["-q", "--param", "misbehave=error in fit"]).expect(3);
    assert_eq!(outcome.stdout, "");
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome}");
    assert!(is_log_line(outcome.stderr.trim_end()), "{outcome}");

    let outcome = sandbox.job("run", &["-q", "--json"]).expect(0);
    serde_json::from_str::<Value>(&outcome.stdout).unwrap();
    assert_eq!(outcome.stderr, "");
    sandbox.job("run", &["-q", "-v"]).expect(2);
}

#[test]
fn verbose_jobs_show_what_plugins_print() {
    let sandbox = Sandbox::with_project();
    for (flag, shown) in [("-v", false), ("-vv", true)] {
        let outcome = sandbox.job("train", &[flag, "--param", "misbehave=noise"]).expect(0);
        assert_eq!(outcome.stdout.contains("[DEBUG]: stderr: noise on standard error"), shown, "{outcome}");
        assert!(outcome.stdout.lines().all(is_log_line), "{outcome}");
    }
}

#[test]
fn a_job_says_what_it_replaces_and_leaves_nothing_of_the_older_one() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    sandbox.write("out/notes.txt", "mine");

    sandbox.write("test.csv", "x:image,y:label\ntest/1.png,0\ntest/4.png,1\n");
    let outcome = sandbox.job("evaluate", &[]).expect(0);
    let replaced = "will replace an earlier job's output_result.csv, outputs, output_result.zip, result_evaluate.nnp, \
                    evaluation.json, scores.csv, report.html";
    assert!(outcome.stdout.contains(replaced), "{outcome}");
    assert_eq!(sandbox.names("out/outputs/0_0000"), ["0.csv", "1.csv"]);
    let model = members(&sandbox.path("out/result_evaluate.nnp"));
    assert_eq!(
        model.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(),
        ["probe.json", "nnc_host.json", "output_result.zip"]
    );

    let outcome = sandbox.job("train", &[]).expect(0);
    assert!(outcome.stdout.contains("will replace an earlier job's results.nnp, "), "{outcome}");
    let mut left = TRAIN_FILES.to_vec();
    left.insert(0, "notes.txt");
    assert_eq!(sandbox.names("out"), left);
}

#[test]
fn a_failed_job_keeps_earlier_results_byte_for_byte() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    let before = snapshot(&sandbox.path("out"));
    for (misdeed, code) in [("panic in fit", 4), ("segfault", 4), ("no zip", 4), ("error in fit", 3)] {
        let outcome = sandbox.job("run", &["--param", &format!("misbehave={misdeed}")]).expect(code);
        assert!(outcome.stdout.contains("the earlier job's results are kept as they were"), "{outcome}");
        assert!(!outcome.stdout.contains("worker done"), "{outcome}");
        let mut after = snapshot(&sandbox.path("out"));
        for (name, bytes) in &before {
            if name != "train_log.txt" && name != "train_status.json" {
                assert!(after.get(name) == Some(bytes), "{name} changed after {misdeed}");
            }
            after.remove(name);
        }
        assert!(after.is_empty(), "{misdeed} left {:?}", after.keys());
    }
    // The model of the training before is still there, and evaluation says so.
    let outcome = sandbox.job("evaluate", &[]).expect(0);
    assert!(outcome.stdout.contains("is failed; this evaluates the model of the one before"), "{outcome}");
    sandbox.write("test.csv", "x,y\nnone.png,0\n");
    let before = snapshot(&sandbox.path("out"));
    sandbox.job("evaluate", &[]).expect(3);
    let after = snapshot(&sandbox.path("out"));
    for (name, bytes) in before {
        assert!(name.starts_with("evaluate_") || after.get(&name) == Some(&bytes), "{name} changed");
    }
}

#[test]
fn equal_inputs_give_equal_models() {
    let sandbox = Sandbox::with_project();
    sandbox.job("train", &[]).expect(0);
    sandbox.host(&["train", "project.toml", "-o", "again"]).expect(0);
    for name in ["results.nnp", "result_train_best.nnp", "result_train_last.nnp"] {
        assert_eq!(sandbox.bytes(&format!("out/{name}")), sandbox.bytes("again/results.nnp"), "{name}");
    }
    let model = members(&sandbox.path("out/results.nnp"));
    let origin: Value =
        serde_json::from_slice(&model.iter().find(|m| m.name == "nnc_host.json").unwrap().bytes).unwrap();
    assert_eq!(origin["plugin"]["id"], "probe");
    assert_eq!(origin["dataset"]["file"], "train.csv");
    assert_eq!(origin["dataset"]["rows"], 5);
    let text = origin.to_string();
    assert!(!text.contains(sandbox.path("").to_str().unwrap()), "{text}");
}

#[test]
fn output_folders_that_cannot_be_written_get_one_line() {
    let sandbox = Sandbox::with_project();
    sandbox.write("file", "");
    for out in ["file", "file/below"] {
        let outcome = sandbox.host(&["train", "project.toml", "-o", out]).expect(2);
        assert_eq!(outcome.stderr.lines().count(), 1, "{outcome}");
        outcome.complains(&["error: cannot create the output folder", out]);
    }

    fs::create_dir(sandbox.path("sealed")).unwrap();
    fs::set_permissions(sandbox.path("sealed"), Permissions::from_mode(0o555)).unwrap();
    // The superuser may write anywhere but into the kernel's own folders.
    let sealed = if fs::write(sandbox.path("sealed/try"), "").is_err() { "sealed" } else { "/proc" };
    let outcome = sandbox.host(&["train", "project.toml", "-o", sealed]).expect_failure();
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome}");
    outcome.complains(&["error: ", sealed]);
}

/// Runs the program with a standard output that nobody reads.
fn unread(sandbox: &Sandbox, arguments: &[&str]) -> ExitStatus {
    let mut command = sandbox.command(arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let complaints = String::from_utf8(output.stderr).unwrap();
    assert!(!complaints.contains("panicked"), "{arguments:?}: {complaints}");
    output.status
}

#[test]
fn a_reader_that_goes_away_does_not_end_a_job() {
    let sandbox = Sandbox::with_project();
    for more in [&[][..], &["--json"]] {
        let status = unread(&sandbox, &[&["run", "project.toml", "-o", "out"], more].concat());
        assert_eq!(status.code(), Some(0), "{more:?}");
        assert!(sandbox.text("out/evaluate_log.txt").ends_with("worker done\n"));
    }
    for arguments in [&["plugin", "list"][..], &["dataset", "check", "train.csv"], &["weights", "list", "--json"]] {
        unread(&sandbox, arguments);
    }
}

#[test]
fn an_interrupted_job_s_leftovers_do_not_disturb_the_next_one() {
    let sandbox = Sandbox::with_project();
    for left in ["out/.train.partial/results.nnp", "out/.evaluate.partial/outputs/0_0000/99.csv"] {
        sandbox.write(left, "half");
    }
    sandbox.job("run", &[]).expect(0);
    assert_eq!(sandbox.names("out"), ALL_FILES);
    assert_eq!(sandbox.names("out/outputs/0_0000").len(), 6);
}

#[test]
fn a_slow_reader_of_the_log_loses_nothing() {
    let sandbox = Sandbox::with_project();
    sandbox.job("train", &[]).expect(0);
    // More lines than a pipe holds, and a reader that comes only after the worker has long ended.
    let rows: String = (0..3000).map(|_| "./test/5.png,1\n").collect();
    sandbox.write("long.csv", format!("x,y\n{rows}"));
    let mut command =
        sandbox.command(&["evaluate", "project.toml", "-o", "out", "--dataset", "long.csv", "--batch-size", "1"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let log = || std::fs::read_to_string(sandbox.path("out/evaluate_log.txt")).unwrap_or_default();
    // The pipe is full, so that the program waits; the worker does not.
    wait_until("the log stands still", || {
        let before = log();
        std::thread::sleep(Duration::from_millis(500));
        !before.is_empty() && before == log()
    });
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text.lines().last().unwrap_or_default());
    assert!(text.contains("data 1 / 3000") && text.contains("data 3000 / 3000"));
    assert!(text.trim_end().ends_with("worker done"));
}

#[test]
fn files_of_others_are_not_replaced() {
    let sandbox = Sandbox::with_project();
    std::fs::create_dir_all(sandbox.path("out/outputs")).unwrap();
    sandbox.write("out/outputs/thesis.txt", "mine");
    sandbox.write("out/report.html", "mine");
    let before = snapshot(&sandbox.path("out"));
    sandbox.job("train", &["-q"]).expect(2).complains(&["outputs, report.html", "no job was ever run there"]);
    assert!(snapshot(&sandbox.path("out")) == before);
}

#[test]
fn a_trained_model_does_not_need_the_files_of_its_training() {
    let sandbox = Sandbox::with_project();
    sandbox.write("mask.txt", "anything");
    sandbox.job("train", &["--param", "mask=mask.txt"]).expect(0);
    std::fs::remove_file(sandbox.path("mask.txt")).unwrap();
    sandbox.job("evaluate", &[]).expect(0);
    sandbox.job("train", &["--param", "mask=mask.txt"]).expect(2).complains(&["mask", "which is not a file"]);
}

#[test]
fn progress_is_told_in_batches_of_the_project() {
    let sandbox = Sandbox::with_project();
    let rows: String = (0..50).map(|_| "./test/5.png,1\n").collect();
    sandbox.write("fifty.csv", format!("x,y\n{rows}"));
    sandbox.job("train", &[]).expect(0);
    let outcome = sandbox.job("evaluate", &["--dataset", "fifty.csv", "--batch-size", "20"]).expect(0);
    let told: Vec<&str> = said(&outcome.stdout, "nnabla").into_iter().filter(|l| l.starts_with("data ")).collect();
    assert_eq!(told, ["data 20 / 50", "data 40 / 50", "data 50 / 50"]);
}

/// Expectations that only these tests have.
trait More {
    /// Fails the test unless the program failed by itself.
    fn expect_failure(self) -> Self;
    /// Fails the test unless the one error line of the log contains all `parts`.
    fn complains_in_log(self, parts: &[&str]) -> Self;
}

impl More for Outcome {
    #[track_caller]
    fn expect_failure(self) -> Self {
        assert!(self.code.is_some_and(|code| (1..=4).contains(&code)), "{self}");
        self
    }

    #[track_caller]
    fn complains_in_log(self, parts: &[&str]) -> Self {
        let errors = self.errors();
        assert_eq!(errors.len(), 1, "{self}");
        assert!(parts.iter().all(|part| errors[0].contains(part)), "no {parts:?} in {self}");
        self
    }
}
