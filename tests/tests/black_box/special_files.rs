//! Pipes, devices and folders in the place of files: one line and an end, whatever the command. Nobody writes into the pipes
//! and `/dev/zero` never ends, so a program that opens either without care does not come back.

use std::time::Duration;

use nnc_tests::{Running, Sandbox};
use rustix::fs::{CWD, FileType, Mode};

/// Far longer than it takes to refuse a file.
const PATIENCE: Duration = Duration::from_secs(60);

/// Puts a pipe in the place of the file `name`.
fn pipe(sandbox: &Sandbox, name: &str) {
    let path = sandbox.path(name);
    let _ = std::fs::remove_file(&path);
    rustix::fs::mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
}

/// Puts a link to `/dev/zero` there.
fn zeros(sandbox: &Sandbox, name: &str) {
    let path = sandbox.path(name);
    let _ = std::fs::remove_file(&path);
    std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
}

#[test]
fn what_a_command_is_to_read_is_refused_unless_it_is_a_file() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    sandbox.write("folder/0/a.png", "");
    for plant in [pipe, zeros] {
        plant(&sandbox, "odd.csv");
        plant(&sandbox, "odd.toml");
        plant(&sandbox, "odd.sdcproj");
        plant(&sandbox, "odd.nnp");
        plant(&sandbox, "odd.zip");
        plant(&sandbox, "odd.npy");
        plant(&sandbox, "odd.png");
        sandbox.write("names.csv", "x\nodd.png\n");
        for command in [
            &["dataset", "check", "odd.csv"][..],
            &["dataset", "show", "odd.csv"],
            &["dataset", "check", "train.csv", "--against", "odd.csv"],
            &["dataset", "check", "names.csv"],
            &["dataset", "create", "odd.zip", "-o", "new"],
            &["run", "odd.toml", "-o", "new"],
            &["run", "odd.sdcproj", "-o", "new"],
            &["run", "project.toml", "-o", "new", "--set", "dataset.training.uri=odd.csv"],
            &["evaluate", "project.toml", "-o", "new", "--model", "odd.nnp"],
            &["nnp", "show", "odd.nnp"],
            &["nnp", "unpack", "odd.nnp", "new"],
            &["nnp", "run", "out/results.nnp", "-i", "x=odd.npy", "-o", "new"],
        ] {
            let outcome = Running::start(sandbox.command(command)).wait(PATIENCE);
            assert!(outcome.code.is_some_and(|code| (1..=4).contains(&code)), "{command:?}: {outcome}");
            assert!(!outcome.stderr.contains("panicked"), "{command:?}: {outcome}");
        }
    }
}

#[test]
fn a_result_folder_full_of_pipes_is_no_trap() {
    for plant in [pipe, zeros] {
        for name in ["evaluation.json", "evaluate_status.json", "train_status.json", "results.nnp"] {
            let sandbox = Sandbox::with_project();
            sandbox.job("run", &["--quiet"]).expect(0);
            plant(&sandbox, &format!("out/{name}"));
            for command in [
                &["jobs", "."][..],
                &["jobs", "compare", "out", "out"],
                &["report", "out"],
                &["evaluate", "project.toml", "-o", "out", "--quiet"],
            ] {
                let outcome = Running::start(sandbox.command(command)).wait(PATIENCE);
                assert!(outcome.code.is_some_and(|code| code <= 4), "{name}, {command:?}: {outcome}");
                assert!(!outcome.stderr.contains("panicked"), "{name}, {command:?}: {outcome}");
            }
        }
    }
}
