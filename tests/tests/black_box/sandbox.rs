//! What a hostile plugin may do on this system: nothing beyond its job. Each attack is also tried with `--sandbox off`,
//! where it has to succeed: otherwise a test would prove nothing.

use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::{Duration, Instant};

use nnc_test_data::skip;
use nnc_tests::{LANDLOCK, Outcome, Running, Sandbox, finish, is_log_line, limit, texture, wait_until, without};
use rustix::process::Resource;

/// The last interface of Landlock that the confinement makes use of.
const WHOLE: i64 = 6;

/// Attacks that only a kernel with Landlock keeps a plugin from.
const ON_FILES: [&str; 6] = ["ssh key", "bashrc", "home", "link", "earlier results", "parent's variables"];
/// Attacks that filters of system calls keep it from; the last three take powers that tests may not have.
const ON_OTHERS: [&str; 26] = [
    "mode",
    "mode of a new file",
    "time",
    "process group",
    "tcp",
    "udp",
    "unix socket",
    "parent's bytes",
    "ptrace",
    "parent's limits",
    "parent's processors",
    "parent's disk priority",
    "lease",
    "signal",
    "socket pair",
    "inotify",
    "pages in a pipe",
    "files of a thread",
    "files kept apart",
    "program",
    "io_uring",
    "bpf",
    "parent's memory",
    "namespace",
    "mount",
    "attributes",
];

/// A project in a home folder with secrets, and a listening server.
struct Victim {
    sandbox: Sandbox,
    address: String,
    _tcp: TcpListener,
    _unix: UnixListener,
}

impl Victim {
    fn new() -> Self {
        let sandbox = Sandbox::with_project();
        sandbox.write(".ssh/id_rsa", "secret");
        sandbox.write(".bashrc", "# mine\n");
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = tcp.local_addr().unwrap().to_string();
        let unix = UnixListener::bind(sandbox.path("socket")).unwrap();
        Self { sandbox, address, _tcp: tcp, _unix: unix }
    }

    fn command(&self, misdeed: &str, more: &[&str]) -> std::process::Command {
        let misdeed = format!("misbehave={misdeed}");
        let arguments = ["train", "project.toml", "-o", "out", "--param", &misdeed];
        let mut command = self.sandbox.command(&[&arguments, more].concat());
        command.env("NNC_HOST_PROBE_TCP", &self.address);
        command
    }

    fn train(&self, misdeed: &str, more: &[&str]) -> Outcome {
        finish(self.command(misdeed, more))
    }
}

/// What the log says about an attack.
fn fate<'a>(outcome: &'a Outcome, attack: &str) -> &'a str {
    let start = format!("[nnabla]: attack on {attack}: ");
    let line = outcome.stdout.lines().find_map(|line| line.split_once(&start));
    line.unwrap_or_else(|| panic!("nothing of {attack} in {outcome}")).1
}

/// What this system enforces, as an evaluation tells: the version of Landlock, and whether system calls are filtered.
fn enforced() -> (i64, bool) {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    let told = recorded(&sandbox);
    let version = told.strip_prefix("Landlock ").and_then(|rest| rest.split(',').next()?.parse().ok());
    (version.unwrap_or(0), told.ends_with("seccomp"))
}

/// What the record of an evaluation says about the confinement.
fn recorded(sandbox: &Sandbox) -> String {
    sandbox.json("out/evaluation.json")["evaluation"]["origin"]["sandbox"].as_str().unwrap().to_owned()
}

#[test]
fn a_plugin_reaches_nothing_but_its_job() {
    let victim = Victim::new();
    victim.sandbox.job("run", &[]).expect(0);
    let (landlock, seccomp) = enforced();
    let before = victim.sandbox.bytes("out/results.nnp");
    let confined = victim.train("every attack", &[]).expect(0);
    if landlock >= WHOLE {
        for attack in ON_FILES {
            assert!(fate(&confined, attack).contains("Permission denied"), "{attack}: {confined}");
        }
        assert_eq!(victim.sandbox.text(".bashrc"), "# mine\n");
        assert!(!victim.sandbox.path("planted").exists() && !victim.sandbox.path("planted-link").exists());
    } else {
        skip("this kernel has no Landlock");
    }
    if seccomp {
        for attack in ON_OTHERS {
            assert_ne!(fate(&confined, attack), "succeeded", "{attack}: {confined}");
        }
    } else {
        skip("this kernel filters no system calls");
    }
    assert!(!confined.stdout.contains("[WARNING]"), "{confined}");

    // The other way round: what is refused is refused by the confinement.
    victim.sandbox.job("run", &[]).expect(0);
    assert!(victim.sandbox.bytes("out/results.nnp") == before);
    let free = victim.train("every attack", &["--sandbox", "off"]);
    for attack in ON_FILES.iter().chain(&ON_OTHERS[..22]) {
        // What a container forbids anyway shows nothing.
        if fate(&free, attack) != "succeeded" {
            assert!(["io_uring", "bpf", "ptrace"].contains(attack), "{attack}: {free}");
        }
    }
    assert!(free.stdout.contains("[WARNING]: the plugin is not confined: --sandbox off"), "{free}");
    assert_eq!(victim.sandbox.text(".bashrc"), "# mine\nevil\n");
    victim.sandbox.job("run", &["--sandbox", "off"]).expect(0);
    assert_eq!(recorded(&victim.sandbox), "nothing");
}

#[test]
fn the_parent_survives_a_plugin_that_wants_to_kill_it() {
    let victim = Victim::new();
    victim.train("kill parent", &[]).expect(0);
    let free = victim.train("kill parent", &["--sandbox", "off"]);
    assert_eq!((free.code, free.signal), (None, Some(9)), "{free}");
}

/// Whether a process of this name lives.
fn lives(name: &str) -> bool {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries
        .map(|entry| entry.path().join("comm"))
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .any(|comm| comm.trim() == name)
}

#[test]
fn nothing_that_a_plugin_starts_outlives_the_job() {
    let victim = Victim::new();
    let confined = victim.train("daemon", &[]).expect(0);
    assert!(confined.stdout.contains("daemon of -1: "), "{confined}");
    // Where nobody filters system calls, what was started is ended.
    let free = victim.train("daemon", &["--sandbox", "off"]).expect(0);
    assert!(free.stdout.contains("daemon of ") && !free.stdout.contains("daemon of -1"), "{free}");
    assert!(!lives("probe-daemon"));
}

#[test]
fn memory_counts_wherever_it_is() {
    let victim = Victim::new();
    let limit = ["--memory-limit", "300M"];
    for (misdeed, more) in [
        ("memory in child", ["--sandbox", "off"]),
        ("memory in memfd", ["--sandbox", "auto"]),
        ("memory out of sight", ["--sandbox", "auto"]),
        ("memory behind a dead thread", ["--sandbox", "auto"]),
        ("memory in page tables", ["--sandbox", "auto"]),
    ] {
        let outcome = victim.train(misdeed, &[limit, more].concat()).expect(4);
        let error = outcome.errors()[0];
        assert!(error.contains("of memory, more than its limit of 300 MB, and was stopped"), "{misdeed}: {outcome}");
    }
    let confined = victim.train("memory in child", &limit);
    assert!(confined.stdout.contains("child -1: nobody minded"), "{confined}");
}

#[test]
fn temporary_files_without_a_disk_are_memory() {
    const TMPFS: i64 = 0x0102_1994;
    let is_memory = rustix::fs::statfs("/dev/shm").is_ok_and(|system| system.f_type == TMPFS);
    let Some(temporary) = is_memory.then(|| tempfile::tempdir_in("/dev/shm").ok()).flatten() else {
        skip("/dev/shm is no tmpfs here");
        return;
    };
    for misdeed in ["memory in files", "memory in removed files"] {
        let victim = Victim::new();
        let mut command = victim.command(misdeed, &["--memory-limit", "300M"]);
        command.env("TMPDIR", temporary.path());
        let outcome = finish(command).expect(4);
        let error = outcome.errors()[0];
        assert!(error.contains("of memory, more than its limit of 300 MB, and was stopped"), "{misdeed}: {outcome}");
        assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0, "{misdeed}");
    }
}

#[test]
fn a_plugin_sees_no_variable_that_is_none_of_its_business() {
    let victim = Victim::new();
    for mode in ["auto", "off"] {
        let mut command = victim.command("variables", &["--sandbox", mode]);
        command
            .env("CLOUD_PASSWORD", "secret")
            .env("OMP_PLACES", "cores")
            .env("NNC_HOST_WEIGHTS_MIRROR", "https://a:b@c/");
        let outcome = finish(command).expect(0);
        let told = outcome.stdout.lines().find_map(|line| line.split_once("[nnabla]: variables: ")).unwrap().1;
        let names: Vec<&str> = told.split(' ').collect();
        for name in ["HOME", "TMPDIR", "OMP_PLACES", "OMP_NUM_THREADS", "NNC_HOST_PLUGINS"] {
            assert!(names.contains(&name), "{name} is not among {told}");
        }
        for name in ["CLOUD_PASSWORD", "PATH", "NNC_HOST_WEIGHTS_MIRROR"] {
            assert!(!names.contains(&name), "{name} is among {told}");
        }
    }
}

#[test]
fn what_a_killed_host_left_of_its_plugins_goes_with_the_next_run() {
    let victim = Victim::new();
    std::fs::create_dir(victim.sandbox.path("tmp")).unwrap();
    for mode in ["auto", "off"] {
        let with_folder = |misdeed: &str| {
            let mut command = victim.command(misdeed, &["--sandbox", mode]);
            command.env("TMPDIR", victim.sandbox.path("tmp"));
            command
        };
        let running = Running::start(with_folder("slow"));
        let worker = running.worker_with("libnnc_plugin_probe.so");
        running.kill();
        Running::assert_gone(worker, Duration::from_secs(60));
        assert_eq!(victim.sandbox.names("tmp").len(), 1, "{mode}");
        finish(with_folder("none")).expect(0);
        assert_eq!(victim.sandbox.names("tmp"), [""; 0], "{mode}");
    }
}

#[test]
fn a_bomb_of_processes_is_put_out() {
    let victim = Victim::new();
    let free = victim.train("fork bomb", &["--sandbox", "off"]).expect(4);
    assert!(free.errors()[0].contains(" processes, more than 500, and was stopped"), "{free}");
    wait_until("the bomb is out", || !lives("probe-bomb"));
}

#[test]
fn a_flooded_log_ends_with_one_line() {
    let victim = Victim::new();
    for (misdeed, more) in [("flood log", "-v"), ("flood standard error", "-vv")] {
        let outcome = victim.train(misdeed, &[more]).expect(0);
        let size = std::fs::metadata(victim.sandbox.path("out/train_log.txt")).unwrap().len();
        assert!(size < 20_000_000, "{misdeed}: {size}");
        let told = outcome.stdout.lines().filter(|line| line.contains("whatever else it writes is left out"));
        assert_eq!(told.count(), 1, "{misdeed}");
        assert!(outcome.stdout.ends_with("[worker]: [INFO]: worker done\n"), "{misdeed}");
    }
}

#[test]
fn results_that_are_no_files_are_not_published_and_hold_nobody_up() {
    let victim = Victim::new();
    victim.sandbox.write("precious.nnp", "precious");
    victim.sandbox.job("run", &[]).expect(0);
    let model = victim.sandbox.bytes("out/results.nnp");
    for misdeed in ["result is a link", "result is a folder", "result is a pipe", "result is gone"] {
        for more in [["--sandbox", "auto"], ["--sandbox", "off"]] {
            let started = Instant::now();
            let outcome = victim.train(misdeed, &[&more[..], &["--stall-limit", "1s"]].concat());
            assert_ne!(outcome.code, Some(0), "{misdeed}: {outcome}");
            assert_eq!(outcome.errors().len(), 1, "{misdeed}: {outcome}");
            assert!(started.elapsed() < Duration::from_secs(60), "{misdeed}");
            assert!(victim.sandbox.bytes("out/results.nnp") == model, "{misdeed} touched the earlier model");
            assert!(victim.sandbox.names("out").contains(&"result_evaluate.nnp".to_owned()), "{misdeed}");
        }
    }
    assert_eq!(victim.sandbox.text("precious.nnp"), "precious");
}

#[test]
fn a_plugin_that_is_deaf_keeps_nobody_from_stopping() {
    let victim = Victim::new();
    let running = Running::start(victim.command("deaf to signals", &[]));
    running.wait_for_output("deaf");
    running.interrupt();
    // Ten seconds of grace, on a machine that is busy.
    running.wait(Duration::from_secs(60)).expect(130);
}

#[test]
fn a_kernel_without_landlock_runs_the_job_and_says_so() {
    for (calls, part) in [
        (&LANDLOCK[..], "which files are read and written (no Landlock)"),
        (&[nnc_tests::SECCOMP][..], "network, new processes and access to other processes (no seccomp)"),
    ] {
        let victim = Victim::new();
        let mut command = victim.command("none", &[]);
        without(&mut command, calls);
        let outcome = finish(command).expect(0);
        assert!(outcome.stdout.lines().all(is_log_line), "{outcome}");
        let told: Vec<&str> = outcome.stdout.lines().filter(|line| line.contains("does not confine")).collect();
        assert!(
            matches!(told[..], [line] if line.contains("[worker]: [WARNING]: ") && line.contains(part)),
            "{outcome}"
        );

        let mut japanese = victim.command("none", &["--lang", "ja"]);
        without(&mut japanese, calls);
        let outcome = finish(japanese).expect(0);
        assert!(outcome.stdout.contains("この環境ではプラグインを完全には制限できません"), "{outcome}");

        std::fs::remove_dir_all(victim.sandbox.path("out")).unwrap();
        for arguments in [
            &["train", "project.toml", "-o", "out", "--sandbox", "require"][..],
            &["plugin", "list", "--sandbox", "require"],
            &["plugin", "show", "probe", "--sandbox", "require"],
            &["plugin", "check", "probe", "--only", "loads", "--sandbox", "require"],
        ] {
            let mut command = victim.sandbox.command(arguments);
            without(&mut command, calls);
            finish(command).expect(1).complains(&[
                "error: this system cannot confine processes",
                "not enforced: ",
                part,
            ]);
        }
        assert!(!victim.sandbox.path("out").exists());
    }
}

#[test]
fn what_is_left_without_landlock_still_holds() {
    let victim = Victim::new();
    let mut command = victim.command("every attack", &[]);
    without(&mut command, &LANDLOCK);
    let outcome = finish(command);
    for attack in &ON_OTHERS[..10] {
        if *attack != "program" {
            assert_ne!(fate(&outcome, attack), "succeeded", "{attack}: {outcome}");
        }
    }
    let mut command = victim.command("kill parent", &[]);
    without(&mut command, &LANDLOCK);
    finish(command).expect(0);
}

#[test]
fn where_everything_is_enforced_a_job_that_demands_it_runs() {
    let victim = Victim::new();
    victim.train("none", &[]).expect(0);
    let (landlock, seccomp) = enforced();
    if landlock < WHOLE || !seccomp {
        skip("this kernel does not enforce everything");
        return;
    }
    victim.train("none", &["--sandbox", "require"]).expect(0);
    victim.train("none", &["--sandbox", "perhaps"]).expect(2).complains(&["auto, require or off"]);
    victim.sandbox.host(&["plugin", "check", "probe", "--only", "loads,trains", "--sandbox", "require"]);
    let list = victim.sandbox.host(&["plugin", "list", "--rescan", "--sandbox", "require"]).expect(0);
    assert!(list.stdout.lines().any(|line| line.starts_with("probe ")), "{list}");
}

#[test]
fn a_confined_job_gives_the_same_bytes() {
    texture();
    let sandbox = Sandbox::new();
    sandbox.gears("project.toml", "");
    for (folder, mode) in [("free", "off"), ("confined", "auto")] {
        sandbox.host(&["run", "project.toml", "-o", folder, "--sandbox", mode]).expect(0);
    }
    assert!(sandbox.bytes("free/results.nnp") == sandbox.bytes("confined/results.nnp"));
    let maps = |folder: &str| {
        let table = sandbox.text(&format!("{folder}/output_result.csv"));
        let outputs = sandbox.path(folder).join("outputs");
        let mut files: Vec<_> = std::fs::read_dir(outputs).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let read = |path: &std::path::PathBuf| std::fs::read(path).unwrap();
        (table, files.iter().filter(|path| path.is_file()).map(read).collect::<Vec<_>>())
    };
    assert!(maps("free") == maps("confined"));
}

#[test]
fn folders_that_resist_are_removed_and_cost_no_job_its_success() {
    for misdeed in ["folders without rights", "folders without an end"] {
        let victim = Victim::new();
        let temporary = victim.sandbox.path("temporary");
        std::fs::create_dir(&temporary).unwrap();
        for (round, misdeed) in [misdeed, "none"].into_iter().enumerate() {
            // As many open files as is usual.
            let mut command = victim.command(misdeed, &[]);
            limit(&mut command, Resource::Nofile, 1024);
            command.env("TMPDIR", &temporary);
            let outcome = finish(command).expect(0);
            assert!(!outcome.stdout.contains("cannot be removed"), "{misdeed}, {round}: {outcome}");
            let names = victim.sandbox.names("out");
            assert!(names.iter().all(|name| !name.starts_with('.')), "{misdeed}, {round}: {names:?}");
            assert_eq!(victim.sandbox.names("temporary").len(), 0, "{misdeed}, {round}");
        }
    }
}

#[test]
fn it_works_for_a_user_who_is_not_root() {
    if !rustix::process::geteuid().is_root() {
        skip("this test is not root, so all of them try it");
        return;
    }
    if !Path::new("/usr/bin/setpriv").exists() {
        skip("there is no setpriv");
        return;
    }
    // Programs and plugins in a folder of that user.
    let sandbox = Sandbox::with_project();
    let folder = sandbox.path("");
    std::os::unix::fs::chown(&folder, Some(65534), Some(65534)).unwrap();
    std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::copy(nnc_tests::host(), sandbox.path("nnc-host")).unwrap();
    let plugin = "libnnc_plugin_probe.so";
    std::fs::copy(nnc_tests::plugin_folder().join(plugin), sandbox.path(plugin)).unwrap();
    sandbox.write(".ssh/id_rsa", "secret");
    let mut command = std::process::Command::new("/usr/bin/setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(sandbox.path("nnc-host"));
    command.args(["train", "project.toml", "-o", "out", "--sandbox", "auto", "--param", "misbehave=every attack"]);
    command.current_dir(sandbox.path("")).env_clear().env("HOME", sandbox.path(""));
    let outcome = finish(command).expect(0);
    let (landlock, _) = enforced();
    if landlock > 0 {
        assert!(fate(&outcome, "ssh key").contains("Permission denied"), "{outcome}");
    }
}
