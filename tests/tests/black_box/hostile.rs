//! Plugins that break the rules, and files that are no plugins: the host survives, says which one it was, and keeps
//! its promises about exit codes and status.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nnc_test_data::skip;
use nnc_tests::{Sandbox, assert_told, is_log_line, plugin_folder};

#[test]
fn every_misdeed_is_one_error_line_with_the_right_exit_code() {
    let mut told = String::new();
    for (misdeed, job, code) in [
        ("panic in create", "train", 4),
        ("panic in fit", "train", 4),
        ("panic in infer", "evaluate", 4),
        ("error in fit", "train", 3),
        ("segfault", "train", 4),
        ("abort", "train", 4),
        ("exit", "train", 4),
        ("exception", "train", 4),
        ("bad error", "train", 3),
        ("bad interface", "train", 4),
        ("short output", "evaluate", 4),
        ("long output", "evaluate", 4),
        ("no zip", "train", 4),
    ] {
        let sandbox = Sandbox::with_project();
        let outcome = sandbox.job("run", &["--param", &format!("misbehave={misdeed}")]).expect(code);
        assert_eq!(outcome.errors().len(), 1, "{misdeed}: {outcome}");
        told += &format!("{misdeed}: {}\n", outcome.errors()[0]);
        assert!(outcome.stdout.lines().all(is_log_line), "{misdeed}: {outcome}");
        assert_eq!(outcome.stderr, "", "{misdeed}");
        let status = sandbox.json(&format!("out/{job}_status.json"));
        assert_eq!(status["status"], "failed", "{misdeed}");
        assert_eq!(status["last_error"]["code"], code.to_string(), "{misdeed}");
        assert!(
            outcome.errors()[0].ends_with(status["last_error"]["message"].as_str().unwrap()),
            "{misdeed}: {status}"
        );
        let log = sandbox.text(&format!("out/{job}_log.txt"));
        assert!(!log.contains("worker done"), "{misdeed}: {log}");
        let left = sandbox.names("out");
        assert!(left.iter().all(|name| !name.starts_with('.')), "{misdeed}: {left:?}");
        assert_eq!(left.contains(&"results.nnp".to_owned()), job == "evaluate", "{misdeed}: {left:?}");
        assert!(!left.contains(&"result_evaluate.nnp".to_owned()), "{misdeed}");
    }
    assert_told!(Sandbox::new(), "misdeeds", told);
}

#[test]
fn limits_end_a_plugin_with_a_sentence_and_keep_earlier_results() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    let model = sandbox.bytes("out/results.nnp");
    for (misdeed, limit, part) in [
        ("eat memory", ["--memory-limit", "300M"], "of memory, more than its limit of 300 MB, and was stopped"),
        ("slow", ["--time-limit", "1s"], "was not finished after 1 second and was stopped; raise --time-limit"),
        ("hang", ["--stall-limit", "0.5s"], "showed no activity"),
        ("burn", ["--stall-limit", "0.3s"], "computed for 1.2 seconds without reporting progress and was stopped"),
    ] {
        let param = format!("misbehave={misdeed}");
        let outcome = sandbox.job("train", &["--param", &param, limit[0], limit[1]]).expect(4);
        assert_eq!(outcome.errors().len(), 1, "{misdeed}: {outcome}");
        let error = outcome.errors()[0];
        assert!(error.contains("plugin libnnc_plugin_probe.so ") && error.contains(part), "{misdeed}: {outcome}");
        assert_eq!(sandbox.json("out/train_status.json")["status"], "failed", "{misdeed}");
        assert!(sandbox.bytes("out/results.nnp") == model, "{misdeed} touched the earlier model");
        assert!(sandbox.names("out").contains(&"result_evaluate.nnp".to_owned()), "{misdeed}");
    }
    for limit in [["--memory-limit", "8K"], ["--time-limit", "soon"], ["--stall-limit", "0s"]] {
        sandbox.job("train", &limit).expect(2).complains(&["for example"]);
    }
}

#[test]
fn a_hundred_gigabytes_cost_one_sentence() {
    let sandbox = Sandbox::with_project();
    let outcome = sandbox.job("train", &["--param", "misbehave=allocate", "--memory-limit", "300M"]).expect(4);
    // Some systems refuse at once, others promise what they do not have.
    let error = outcome.errors()[0];
    assert!(
        error.contains("memory allocation of 107374182400 bytes failed")
            || error.contains("more than its limit of 300 MB"),
        "{outcome}"
    );
}

#[test]
fn texts_that_are_no_utf8_are_shown_as_far_as_they_are() {
    let sandbox = Sandbox::with_project();
    let outcome = sandbox.job("run", &["--param", "misbehave=bad text"]).expect(0);
    assert!(outcome.stdout.contains("[nnabla]: bad \u{fffd}\u{fffd} text\n"), "{outcome}");
}

#[test]
fn noise_on_standard_output_disturbs_nothing() {
    let sandbox = Sandbox::with_project();
    // The plugin prints what the worker would say to its parent when a job is done.
    let outcome = sandbox.job("run", &["--param", "misbehave=noise", "--json"]).expect(0);
    let result: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(result["train"]["images"], 5);
    assert_eq!(result["evaluate"]["images"], 6);
    assert!(outcome.stderr.lines().all(is_log_line), "{outcome}");
}

#[test]
fn a_plugin_that_is_not_there_gets_a_suggestion() {
    let sandbox = Sandbox::with_project();
    let missing = |name: &str| {
        let outcome = sandbox.job("train", &["--set", &format!("plugin.name={name}")]).expect(4);
        assert_eq!((outcome.stdout.as_str(), outcome.stderr.lines().count()), ("", 1), "{outcome}");
        outcome
    };
    missing("prob").complains(&["there is no plugin `prob`: did you mean `probe`?", "searched"]);
    missing("zebra").complains(&["there is no plugin `zebra`: there are ", "probe"]);
    assert!(!sandbox.path("out").exists());
    sandbox.host(&["plugin", "show", "prob"]).expect(4).complains(&["did you mean `probe`?"]);
}

/// A shared library of the system that this very process has loaded.
fn system_library(name: &str) -> Option<PathBuf> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    maps.lines()
        .filter_map(|line| line.split_once('/'))
        .map(|(_, path)| PathBuf::from(format!("/{path}")))
        .find(|path| path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(name)))
}

#[test]
fn files_that_are_no_plugins_are_refused_with_a_reason() {
    let sandbox = Sandbox::with_project();
    sandbox.write("text.so", "just text\n");
    sandbox.write("empty.so", "");
    let probe = std::fs::read(plugin_folder().join("libnnc_plugin_probe.so")).unwrap();
    sandbox.write("cut.so", &probe[..20_000]);
    for (library, file) in [("libgcc_s.so", "gcc.so"), ("libc.so", "libc.so")] {
        std::fs::copy(system_library(library).unwrap(), sandbox.path(file)).unwrap();
    }
    let files = ["text.so", "empty.so", "cut.so", "gcc.so", "libc.so"];
    let mut told = String::new();
    for file in files {
        for arguments in [&["train", "project.toml", "-o", "out", "--set"][..], &["plugin", "show"]] {
            let named = if arguments.len() > 2 { format!("plugin.name={file}") } else { format!("./{file}") };
            let outcome = sandbox.host(&[arguments, &[named.as_str()]].concat()).expect(4);
            assert_eq!((outcome.stdout.as_str(), outcome.stderr.lines().count()), ("", 1), "{outcome}");
            told.push_str(&outcome.stderr);
        }
    }
    assert_told!(sandbox, "no_plugins", told);

    // Among good ones they are listed with their reason, and nothing else changes.
    let folder = sandbox.path("");
    let folder = folder.to_str().unwrap();
    let outcome = sandbox.host(&["plugin", "list", "--plugin-dir", folder]).expect(0);
    let refused: Vec<&str> = outcome.stdout.lines().filter(|line| line.starts_with('-')).collect();
    assert_told!(sandbox, "no_plugins_listed", refused.join("\n"));
    assert!(outcome.stdout.lines().any(|line| line.starts_with("probe ")), "{outcome}");
    assert_eq!(outcome.stderr, "");

    let outcome = sandbox.host(&["plugin", "list", "--json", "--plugin-dir", folder]).expect(0);
    let list: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    let list = list.as_array().unwrap();
    let broken = list.iter().filter(|row| row["path"].as_str().unwrap().starts_with(folder));
    assert_eq!(broken.filter(|row| row["error"].is_string()).count(), files.len(), "{outcome}");
    assert!(list.iter().any(|row| row["manifest"]["id"] == "probe"));
    sandbox.job("train", &["--plugin-dir", folder]).expect(0);
}

#[test]
fn libraries_that_attack_whoever_opens_them_are_listed_as_broken() {
    const ATTACKS: [(&str, &str); 4] = [
        ("crash", "*(volatile int *)0 = 1;"),
        ("leave", "_exit(0);"),
        // What an honest plugin's process would answer.
        ("forge", "puts(\"{\\\"manifest\\\":{\\\"id\\\":\\\"forged\\\"}}\"); fflush(stdout); _exit(0);"),
        // The process left behind keeps every pipe open.
        ("linger", "if (fork() == 0) { setsid(); sleep(40); } _exit(0);"),
    ];
    if Command::new("cc").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        skip("there is no C compiler");
        return;
    }
    let sandbox = Sandbox::with_project();
    for (name, code) in ATTACKS {
        let source = sandbox.write(
            &format!("{name}.c"),
            format!(
                "#include <stdio.h>\n#include <unistd.h>\n\
                 __attribute__((constructor)) static void attack(void) {{ {code} }}\n"
            ),
        );
        let library = sandbox.path("evil").join(format!("{name}.so"));
        std::fs::create_dir_all(sandbox.path("evil")).unwrap();
        let built =
            Command::new("cc").args(["-shared", "-fPIC", "-w", "-o"]).arg(&library).arg(source).status().unwrap();
        assert!(built.success(), "{name}");
    }
    let started = Instant::now();
    let outcome = sandbox.host(&["plugin", "list", "--plugin-dir", "evil"]).expect(0);
    assert!(started.elapsed() < Duration::from_secs(30), "a process left behind held the host up");
    for (name, _) in ATTACKS {
        let line = outcome.stdout.lines().find(|line| line.contains(&format!("{name}.so"))).unwrap();
        assert!(line.starts_with('-') && line.contains("crashed while it was opened"), "{outcome}");
    }
    // The second time they are not opened again, until `--rescan` or a change of the file.
    let started = Instant::now();
    let again = sandbox.host(&["plugin", "list", "--plugin-dir", "evil"]).expect(0);
    assert!(started.elapsed() < Duration::from_secs(5), "a plugin in quarantine was opened");
    let quarantined = |text: &str| text.lines().filter(|line| line.contains("it is in quarantine: it crashed")).count();
    assert_eq!(quarantined(&again.stdout), ATTACKS.len(), "{again}");
    let rescan = sandbox.host(&["plugin", "list", "--rescan", "--plugin-dir", "evil"]).expect(0);
    assert_eq!(quarantined(&rescan.stdout), 0, "{rescan}");
    std::fs::copy(sandbox.path("evil/leave.so"), sandbox.path("evil/forge.so")).unwrap();
    let changed = sandbox.host(&["plugin", "list", "--plugin-dir", "evil"]).expect(0);
    assert_eq!(quarantined(&changed.stdout), ATTACKS.len() - 1, "{changed}");
    assert!(outcome.stdout.lines().any(|line| line.starts_with("probe ")), "{outcome}");
    sandbox
        .job("train", &["--set", "plugin.name=evil/crash.so"])
        .expect(4)
        .complains(&["evil/crash.so", "crashed while it was opened"]);
    sandbox.job("train", &["--plugin-dir", "evil"]).expect(0);
}

#[test]
fn a_library_that_is_missing_is_named() {
    if Command::new("cc").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        skip("there is no C compiler");
        return;
    }
    let sandbox = Sandbox::with_project();
    sandbox.write("gone.c", "int gone(void) { return 1; }\n");
    sandbox.write("needs.c", "int gone(void);\nint needs(void) { return gone(); }\n");
    for arguments in [
        ["-shared", "-fPIC", "-o", "libgone.so", "gone.c", "-Wl,-soname,libgone.so.7", "-L."],
        ["-shared", "-fPIC", "-o", "needs.so", "needs.c", "-L.", "-lgone"],
    ] {
        assert!(Command::new("cc").current_dir(sandbox.path("")).args(arguments).status().unwrap().success());
    }
    sandbox
        .job("train", &["--set", "plugin.name=needs.so"])
        .expect(4)
        .complains(&["needs.so needs the library libgone.so.7, which is not on this machine; install it"]);
}

#[test]
fn a_plugin_can_be_looked_at() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.host(&["plugin", "show", "probe"]).expect(0);
    assert_told!(sandbox, "plugin_show", outcome);
    let outcome = sandbox.host(&["plugin", "show", "probe", "--json"]).expect(0);
    let shown: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(shown["manifest"]["id"], "probe");
    assert_eq!(shown["manifest"]["parameters"][0]["name"], "side");
}

#[test]
fn models_of_other_plugins_and_damaged_ones_are_refused() {
    let sandbox = Sandbox::with_project();
    sandbox.job("train", &[]).expect(0);
    let model = sandbox.bytes("out/results.nnp");
    sandbox.write("half.nnp", &model[..model.len() / 2]);
    sandbox.write("empty.nnp", "");
    for name in ["half.nnp", "empty.nnp"] {
        let outcome = sandbox.job("evaluate", &["--model", name]);
        assert!(outcome.code.is_some_and(|code| (1..=4).contains(&code)), "{outcome}");
        assert_eq!(outcome.errors().len(), 1, "{outcome}");
        assert!(outcome.errors()[0].contains(name), "{outcome}");
    }
}
