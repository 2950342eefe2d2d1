//! Plugins that were built with another `nnc-plugin-api` than today's: they run, or are refused with one sentence
//! (docs/plugin-abi.md).

use std::path::PathBuf;

use nnc_tests::{Outcome, Sandbox, frozen, is_log_line};

/// A folder with a project, and the plugin beside it.
fn with_plugin(file: &str) -> (Sandbox, String) {
    let built: PathBuf = frozen().join(file);
    let sandbox = Sandbox::with_project();
    let name = built.file_name().unwrap().to_str().unwrap().to_owned();
    std::fs::copy(&built, sandbox.path(&name)).unwrap();
    sandbox.host(&["plugin", "trust", sandbox.path(&name).to_str().unwrap()]).expect(0);
    sandbox.write("project.toml", Sandbox::PROJECT.replace("probe", &name).replace("side = 8\n", ""));
    (sandbox, name)
}

/// Trains and evaluates, and returns the first anomaly map.
fn run(sandbox: &Sandbox, more: &[&str]) -> (Outcome, String) {
    let outcome = sandbox.job("run", more).expect(0);
    assert!(outcome.stdout.lines().all(is_log_line), "{outcome}");
    let map = sandbox.text("out/outputs/0_0000/0.csv");
    (outcome, map)
}

#[test]
fn a_plugin_built_with_the_first_version_trains_and_evaluates() {
    let (sandbox, file) = with_plugin("libnnc_plugin_frozen.so");
    let (outcome, map) = run(&sandbox, &["--param", "gain=2", "--param", "loud=true"]);
    assert!(outcome.stdout.contains("frozen, for nnc-host "), "{outcome}");
    // Training images are grey 100 to 104, the first test image is 102.
    assert!(map.lines().next().unwrap().split(',').all(|v| v.parse::<f32>().unwrap() == 0.0), "{map}");
    let last = sandbox.text("out/outputs/0_0000/5.csv");
    assert!(last.lines().next().unwrap().split(',').all(|v| v.parse::<f32>().unwrap() == 10.0), "{last}");

    let file = format!("./{file}");
    let shown = sandbox.host(&["plugin", "show", &file]).expect(0);
    assert!(shown.stdout.contains("mode (option): one of absolute, squared, default absolute"), "{shown}");
    sandbox.job("train", &["--param", "gain=3"]).expect(2).complains(&["from 0.5 to 2"]);
    sandbox.host(&["plugin", "check", &file]).expect(0);
}

#[test]
fn a_plugin_of_a_later_minor_version_runs_without_what_is_new() {
    let (sandbox, file) = with_plugin("examples/libfuture.so");
    let (outcome, map) = run(&sandbox, &["--param", "level=3"]);
    assert!(outcome.stdout.contains("[nnabla]: hello from the future\n"), "{outcome}");
    assert!(outcome.stdout.contains("[nnabla]: a line of a later level\n"), "{outcome}");
    assert!(map.lines().next().unwrap().split(',').all(|v| v.parse::<f32>().unwrap() == 3.0), "{map}");
    let shown = sandbox.host(&["plugin", "show", &format!("./{file}")]).expect(0);
    assert!(shown.stdout.contains("tint (colour): "), "{shown}");
}

#[test]
fn what_cannot_be_served_gets_one_sentence() {
    for (library, parts) in [
        ("too_new", ["needs plugin interface 2.0.0, this host offers 1.0.0", "use a newer nnc-host"]),
        ("too_old", ["has plugin interface 0.9.0, this host needs 1.0.0", "build it again"]),
        ("changed_layout", ["was built with a changed plugin interface", "unchanged nnc-plugin-api"]),
        ("bad_text", ["has an unusable manifest", "invalid unicode"]),
    ] {
        let (sandbox, file) = with_plugin(&format!("examples/lib{library}.so"));
        let outcome = sandbox.job("train", &[]).expect(4);
        assert_eq!((outcome.stdout.as_str(), outcome.stderr.lines().count()), ("", 1), "{outcome}");
        outcome.complains(&[&file, parts[0], parts[1]]);
    }
}
