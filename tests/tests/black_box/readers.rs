//! Whoever reads the output of the program may stop reading: a pager that nobody scrolls, a terminal that was stopped. Limits and
//! signals hold all the same.

use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nnc_tests::{Sandbox, wait_until};
use rustix::process::{Pid, Signal, kill_process};

/// Far less than the grace of a plugin and the patience of the tests, on a machine that is busy.
const SOON: Duration = Duration::from_secs(30);

/// A program whose output nobody reads, unless asked for; killed when it is dropped.
struct Unread(Child);

impl Unread {
    fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        Self(command.spawn().unwrap())
    }

    fn job(sandbox: &Sandbox, misdeed: &str, more: &[&str]) -> Self {
        let misdeed = format!("misbehave={misdeed}");
        let arguments = ["train", "project.toml", "-o", "out", "-v", "--param", &misdeed];
        Self::start(sandbox.command(&[&arguments, more].concat()))
    }

    fn terminate(&self) {
        kill_process(Pid::from_raw(self.0.id() as i32).unwrap(), Signal::TERM).unwrap();
    }

    /// Waits for the end, which has to come soon.
    fn end(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < SOON, "it still runs");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until the log of a job has more than any pipe takes.
fn wait_for_flood(sandbox: &Sandbox) {
    let log = sandbox.path("out/train_log.txt");
    wait_until("the log is long", || fs::metadata(&log).is_ok_and(|found| found.len() > 1_900_000));
}

/// Waits until a job is done, whatever its program does then.
fn wait_for_end(sandbox: &Sandbox) {
    let log = sandbox.path("out/train_log.txt");
    wait_until("the job is done", || fs::read_to_string(&log).is_ok_and(|log| log.ends_with("worker done\n")));
}

#[test]
fn limits_hold_while_nobody_reads() {
    let sandbox = Sandbox::with_project();
    let mut running = Unread::job(&sandbox, "flood and hang", &["--time-limit", "4s"]);
    assert_eq!(running.end().code(), Some(4));
    assert!(sandbox.text("out/train_log.txt").contains("was not finished after 4 seconds and was stopped"));
    assert_eq!(sandbox.json("out/train_status.json")["status"], "failed");
}

#[test]
fn a_job_can_be_stopped_while_nobody_reads() {
    let sandbox = Sandbox::with_project();
    let mut running = Unread::job(&sandbox, "flood and hang", &[]);
    wait_for_flood(&sandbox);
    running.terminate();
    assert_eq!(running.end().code(), Some(130));
    assert!(sandbox.text("out/train_log.txt").contains("stopped by the user"));
    assert_eq!(sandbox.json("out/train_status.json")["status"], "suspended");
    assert_eq!(sandbox.names("out"), ["train_log.txt", "train_status.json"]);
}

#[test]
fn a_job_that_is_done_waits_for_its_reader_and_can_be_stopped() {
    let sandbox = Sandbox::with_project();
    let mut running = Unread::job(&sandbox, "flood log", &[]);
    wait_for_end(&sandbox);
    assert_eq!(sandbox.json("out/train_status.json")["status"], "finished");
    assert!(running.0.try_wait().unwrap().is_none(), "it did not wait");
    running.terminate();
    assert_eq!(running.end().code(), Some(130));
    assert!(sandbox.path("out/results.nnp").exists());
}

#[test]
fn a_late_reader_gets_everything() {
    let sandbox = Sandbox::with_project();
    let mut running = Unread::job(&sandbox, "flood log", &[]);
    wait_for_end(&sandbox);
    let mut text = String::new();
    running.0.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(running.end().code(), Some(0));
    assert!(text == sandbox.text("out/train_log.txt"));
}

#[test]
fn a_search_for_plugins_can_be_stopped() {
    // A library that hangs when it is opened has half a minute.
    let sandbox = Sandbox::with_project();
    let source = sandbox
        .write("hang.c", "#include <unistd.h>\n__attribute__((constructor)) static void f(void) { sleep(60); }\n");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-o"]).arg(sandbox.path("hang.so")).arg(source);
    if !cc.status().is_ok_and(|status| status.success()) {
        nnc_test_data::skip("there is no C compiler");
        return;
    }
    let mut running = Unread::start(sandbox.command(&["train", "project.toml", "-o", "out", "--plugin", "./hang.so"]));
    std::thread::sleep(Duration::from_secs(2));
    running.terminate();
    let start = Instant::now();
    assert_eq!(running.end().code(), Some(130));
    assert!(start.elapsed() < Duration::from_secs(10));
}
