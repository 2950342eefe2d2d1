//! Systems that give little: few processes and threads, small stacks; and data that is unusually large. One line says what was
//! missing, and no plugin is blamed for it.

use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nnc_test_data::skip;
use nnc_tests::{Outcome, Sandbox, finish, host, limit, plugin_folder};
use rustix::process::{Resource, Rlimit, setrlimit};

/// Exit codes that are documented.
const CODES: [i32; 6] = [0, 1, 2, 3, 4, 130];

/// A folder that belongs to a user with this number, with a project, the program and the probe in it.
fn of_user(user: u32) -> Sandbox {
    let sandbox = Sandbox::with_project();
    std::fs::copy(host(), sandbox.path("nnc-host")).unwrap();
    let plugin = "libnnc_plugin_probe.so";
    std::fs::copy(plugin_folder().join(plugin), sandbox.path(plugin)).unwrap();
    std::fs::create_dir(sandbox.path("tmp")).unwrap();
    fn give(path: &Path, user: u32) {
        chown(path, Some(user), Some(user)).unwrap();
        if path.is_dir() {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
            std::fs::read_dir(path).unwrap().for_each(|entry| give(&entry.unwrap().path(), user));
        }
    }
    give(&sandbox.path(""), user);
    sandbox
}

fn run_as(sandbox: &Sandbox, user: u32, processes: u64, arguments: &[&str]) -> Outcome {
    let mut command = Command::new(sandbox.path("nnc-host"));
    command.args(arguments).current_dir(sandbox.path("")).env_clear();
    command.env("HOME", sandbox.path("")).env("TMPDIR", sandbox.path("tmp"));
    command.uid(user).gid(user);
    limit(&mut command, Resource::Nproc, processes);
    finish(command)
}

#[test]
fn few_processes_are_one_line_and_nobodys_fault() {
    if !rustix::process::geteuid().is_root() {
        skip("only root can become a user who has no other process");
        return;
    }
    for processes in [1, 2, 3, 4, 6, 8] {
        let user = 61_000 + processes as u32;
        let sandbox = of_user(user);
        let source = sandbox.path("train");
        for arguments in [
            &["plugin", "list", "--rescan"][..],
            &["run", "project.toml", "-o", "out"],
            &["plugin", "show", "probe"],
            &["plugin", "check", "probe", "--only", "loads,cancel,round-trip"],
            &["dataset", "check", "train.csv"],
            &["dataset", "show", "train.csv"],
            &["dataset", "create", source.to_str().unwrap(), "made"],
            &["report", "out"],
            &["jobs", "."],
        ] {
            let outcome = run_as(&sandbox, user, processes, arguments);
            assert!(outcome.code.is_some_and(|code| CODES.contains(&code)), "{processes} {arguments:?}: {outcome}");
            assert!(!outcome.stderr.contains("panicked"), "{processes} {arguments:?}: {outcome}");
            assert!(!outcome.stdout.contains("quarantine"), "{processes} {arguments:?}: {outcome}");
        }
        // Where there are enough again nothing is held against the plugin.
        let list = run_as(&sandbox, user, 10_000, &["plugin", "list"]).expect(0);
        assert!(list.stdout.lines().any(|line| line.starts_with("probe ")), "{processes}: {list}");
    }
}

#[test]
fn a_small_stack_is_made_larger_for_plugins() {
    for kilobytes in [128, 1024] {
        let sandbox = Sandbox::with_project();
        let mut command = sandbox.command(&["run", "project.toml", "-o", "out"]);
        // SAFETY: makes a system call alone.
        unsafe {
            command.pre_exec(move || {
                let stack = Rlimit { current: Some(kilobytes << 10), maximum: None };
                Ok(setrlimit(Resource::Stack, stack)?)
            });
        }
        finish(command).expect(0);
    }
}

#[test]
fn a_table_of_very_many_columns_is_no_fault_of_a_plugin() {
    let sandbox = Sandbox::with_project();
    let columns: Vec<String> = (0..300_000).map(|column| format!("y__{column}:value of {column}")).collect();
    let mut table = format!("x:image,{}\n", columns.join(","));
    for image in 0..2 {
        table += &format!("./test/{image}.png{}\n", ",1".repeat(columns.len()));
    }
    sandbox.write("test.csv", table);
    sandbox.job("run", &[]).expect(0);
    let status = sandbox.json("out/evaluate_status.json");
    assert!(
        status["output_result"]["column_num"].as_u64().is_some_and(|count| count > 300_000),
        "{}",
        status["status"]
    );
}
