//! Jobs that are stopped, killed or started twice: nothing keeps running, and the state says what happened.

use std::time::{Duration, Instant};

use nnc_tests::{Outcome, Running, Sandbox};

/// A stop may take this long on a busy machine; without one, the plugins here run for ever.
const SOON: Duration = Duration::from_secs(8);
const PLUGIN: &str = "libnnc_plugin_probe";

/// Starts a training that does not end by itself; returns it with the process id of its worker.
fn endless(sandbox: &Sandbox, misdeed: &str) -> (Running, u32) {
    let running = sandbox.start(&["train", "project.toml", "-o", "out", "--param", &format!("misbehave={misdeed}")]);
    let worker = running.worker_with(PLUGIN);
    (running, worker)
}

#[track_caller]
fn assert_suspended(sandbox: &Sandbox, outcome: Outcome, worker: u32) {
    let outcome = outcome.expect(130);
    Running::assert_gone(worker, SOON);
    assert_eq!(outcome.errors().len(), 1, "{outcome}");
    assert!(outcome.errors()[0].ends_with("[worker]: [ERROR]: stopped by the user"), "{outcome}");
    assert!(!outcome.stdout.contains("worker done"), "{outcome}");
    let status = sandbox.json("out/train_status.json");
    assert_eq!(status["status"], "suspended");
    assert!(status["end_time"].is_f64());
    assert_eq!(sandbox.names("out"), ["train_log.txt", "train_status.json"]);
}

#[test]
fn an_interrupt_of_the_program_alone_stops_the_job() {
    let sandbox = Sandbox::with_project();
    let (running, worker) = endless(&sandbox, "slow");
    running.interrupt();
    let outcome = running.wait(SOON);
    assert!(outcome.stdout.contains("stopping (once more to stop at once)"), "{outcome}");
    assert_suspended(&sandbox, outcome, worker);
}

#[test]
fn ctrl_c_stops_the_job() {
    let sandbox = Sandbox::with_project();
    let (running, worker) = endless(&sandbox, "slow");
    running.interrupt_group();
    assert_suspended(&sandbox, running.wait(SOON), worker);
}

#[test]
fn a_second_interrupt_ends_a_plugin_that_does_not_listen() {
    let sandbox = Sandbox::with_project();
    let (running, worker) = endless(&sandbox, "hang");
    running.interrupt();
    running.wait_for_output("stopping (once more to stop at once)");
    let second = Instant::now();
    running.interrupt();
    let outcome = running.wait(SOON);
    // Without the second one the worker would have had ten seconds.
    assert!(second.elapsed() < SOON, "{:?}", second.elapsed());
    assert_suspended(&sandbox, outcome, worker);
}

#[test]
fn a_stopped_run_does_not_go_on_to_the_evaluation() {
    let sandbox = Sandbox::with_project();
    let running = sandbox.start(&["run", "project.toml", "-o", "out", "--param", "misbehave=slow"]);
    let worker = running.worker_with(PLUGIN);
    running.interrupt_group();
    assert_suspended(&sandbox, running.wait(SOON), worker);
}

#[test]
fn a_worker_does_not_outlive_a_killed_program_and_the_folder_can_be_used_again() {
    let sandbox = Sandbox::with_project();
    let (running, worker) = endless(&sandbox, "hang");
    running.kill();
    assert_eq!(running.wait(SOON).signal, Some(9));
    Running::assert_gone(worker, SOON);
    sandbox.job("run", &[]).expect(0);
    assert_eq!(sandbox.json("out/train_status.json")["status"], "finished");
    assert!(sandbox.names("out").iter().all(|name| !name.starts_with('.')));
}

#[test]
fn one_folder_serves_one_job_at_a_time() {
    let sandbox = Sandbox::with_project();
    let (running, worker) = endless(&sandbox, "slow");
    let log = sandbox.text("out/train_log.txt");
    for job in ["train", "run"] {
        let outcome = sandbox.job(job, &[]).expect(2);
        assert_eq!(outcome.stdout, "");
        assert_eq!(outcome.stderr.lines().count(), 1, "{outcome}");
        outcome.complains(&["another job is running in", "out"]);
    }
    // The refused ones have not touched the files of the first.
    assert_eq!(sandbox.text("out/train_log.txt"), log);
    assert_ne!(sandbox.json("out/train_status.json")["status"], "failed");
    running.interrupt();
    assert_suspended(&sandbox, running.wait(SOON), worker);
    sandbox.job("train", &[]).expect(0);
}
