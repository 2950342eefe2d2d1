//! Plugins as a platform: where they are found, what is remembered about them, whom the host trusts, and how a plugin
//! is checked.

use std::fs;
use std::path::Path;

use nnc_tests::{Sandbox, assert_told, plugin_folder};
use serde_json::Value;

/// A second folder with the probe in it, under this file name.
fn with_probe(sandbox: &Sandbox, file: &str) -> String {
    let path = sandbox.path(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::copy(plugin_folder().join("libnnc_plugin_probe.so"), &path).unwrap();
    path.display().to_string()
}

fn list(sandbox: &Sandbox, arguments: &[&str]) -> Vec<Value> {
    let outcome = sandbox.host(&[&["plugin", "list", "--json"], arguments].concat()).expect(0);
    serde_json::from_str(&outcome.stdout).unwrap()
}

#[test]
fn files_with_the_same_id_are_reported_and_the_first_is_used() {
    let sandbox = Sandbox::with_project();
    let first = with_probe(&sandbox, "first/libnnc_plugin_probe.so");
    let twin = with_probe(&sandbox, "first/another.so");
    let outcome = sandbox.host(&["plugin", "list", "--plugin-dir", "first"]).expect(0);
    let line = |path: &str| outcome.stdout.lines().find(|line| line.contains(&format!("({path})"))).unwrap();
    assert!(line(&first).ends_with(')'), "{outcome}");
    assert!(line(&twin).contains(&format!("conflict: {first} has the same id")), "{outcome}");
    let built = plugin_folder().join("libnnc_plugin_probe.so");
    assert!(line(built.to_str().unwrap()).contains(&format!("shadowed by {first}")), "{outcome}");
    // The one that is listed as used is the one that jobs use.
    let shown = sandbox.host(&["plugin", "show", "probe", "--json", "--plugin-dir", "first"]).expect(0);
    let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(shown["path"], first.as_str());
}

#[test]
fn what_is_known_about_a_file_is_used_until_it_changes() {
    let sandbox = Sandbox::new();
    let copy = with_probe(&sandbox, "mine/copy.so");
    let error = |rows: &[Value]| -> Option<String> {
        let row = rows.iter().find(|row| row["path"] == copy.as_str()).unwrap();
        row["error"].as_str().map(str::to_owned)
    };
    assert_eq!(error(&list(&sandbox, &["--plugin-dir", "mine"])), None);
    let cache = sandbox.json(".cache/nnc-host/plugins.json");
    assert_eq!(cache["plugins"][&copy]["known"]["manifest"]["id"], "probe");

    fs::write(&copy, "no library any more").unwrap();
    assert!(error(&list(&sandbox, &["--plugin-dir", "mine"])).unwrap().contains("cannot be loaded"));
    with_probe(&sandbox, "mine/copy.so");
    assert_eq!(error(&list(&sandbox, &["--plugin-dir", "mine"])), None);
    // A damaged cache is as good as none.
    sandbox.write(".cache/nnc-host/plugins.json", "{");
    assert_eq!(error(&list(&sandbox, &["--plugin-dir", "mine"])), None);
}

#[test]
fn a_pinned_plugin_is_opened_only_with_the_pinned_bytes() {
    let sandbox = Sandbox::with_project();
    let copy = with_probe(&sandbox, "mine.so");
    let bytes = fs::read(&copy).unwrap();
    let train = |code| sandbox.job("train", &["--set", "plugin.name=mine.so"]).expect(code);
    sandbox.write("mine.so.sha256", format!("{}  mine.so\n", "0".repeat(64)));
    let outcome = train(4);
    assert_told!(sandbox, "another_file_than_the_pinned_one", outcome);
    sandbox.write("mine.so.sha256", "not a hash");
    train(4).complains(&["holds no SHA-256", "sha256sum"]);
    let sum = sandbox.host(&["plugin", "trust", "mine.so"]).expect(0);
    let hash = sum.stdout.lines().find(|line| line.ends_with("mine.so")).unwrap().split(' ').next().unwrap();
    sandbox.write("mine.so.sha256", hash);
    train(0);
    // One more byte behind a library harms nothing but its hash.
    fs::write(&copy, [bytes.as_slice(), b"\0"].concat()).unwrap();
    train(4).complains(&["is not the file that"]);
}

#[test]
fn where_only_known_plugins_are_allowed_others_are_not_opened() {
    let sandbox = Sandbox::with_project();
    sandbox.host(&["plugin", "trust", "--only-known", "yes"]).expect(0);
    let refused = sandbox.job("train", &[]).expect(4);
    refused.complains(&["is not a known plugin", "nnc-host plugin trust"]);
    let rows = list(&sandbox, &[]);
    assert!(rows.iter().all(|row| row["error"].as_str().is_some_and(|e| e.contains("not a known plugin"))), "{rows:?}");
    let probe = plugin_folder().join("libnnc_plugin_probe.so");
    let probe = probe.to_str().unwrap();
    sandbox.host(&["plugin", "trust", probe]).expect(0);
    sandbox.job("train", &[]).expect(0);
    sandbox.host(&["plugin", "trust", "--forget", probe]).expect(0);
    sandbox.job("train", &[]).expect(4);
    sandbox.host(&["plugin", "trust", "--forget", probe]).expect(2).complains(&["is not a known plugin"]);
    // A policy that cannot be read is not ignored.
    sandbox.write(".local/share/nnc-host/trust.json", "{");
    sandbox.job("train", &[]).expect(2).complains(&["trust file", "damaged"]);
}

/// Checks the probe with a misdeed.
fn check(misdeed: &str, more: &[&str]) -> (Option<i32>, Vec<Value>) {
    let sandbox = Sandbox::new();
    let param = format!("misbehave={misdeed}");
    let outcome = sandbox.host(&[&["plugin", "check", "probe", "--json", "--param", &param], more].concat());
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{misdeed}: {outcome}"));
    (outcome.code, report["cases"].as_array().unwrap().clone())
}

#[test]
fn an_honest_plugin_passes_every_case() {
    let (code, cases) = check("none", &[]);
    assert!(cases.len() >= 17 && cases.iter().all(|case| case["outcome"] == "passed"), "{cases:#?}");
    assert_eq!(code, Some(0));
}

#[test]
fn every_misdeed_fails_the_case_that_asks_for_it() {
    const LIMITS: &[&str] = &["--time-limit", "20s", "--memory-limit", "400M"];
    for (misdeed, case, outcome, part) in [
        ("no parameter ends", "parameters", "failed", "side = 1024, which its manifest permits: that is too much"),
        ("panic in create", "unknown-parameters", "failed", "panicked: as told"),
        ("panic in fit", "round-trip", "failed", "panicked: as told"),
        ("segfault", "round-trip", "crashed", "segmentation fault"),
        ("abort", "round-trip", "crashed", "abort"),
        ("exit", "round-trip", "crashed", "ended its process with exit code 0"),
        ("exception", "round-trip", "crashed", "crashed (abort, signal 6)"),
        ("eat memory", "round-trip", "failed", "of memory, more than its limit of 400 MB"),
        ("bad interface", "round-trip", "failed", "which no memory holds"),
        ("short output", "round-trip", "failed", "values of output `x'` unwritten"),
        ("long output", "round-trip", "failed", "wrote past the end of output `x'`"),
        ("no zip", "round-trip", "failed", "no zip archive"),
        ("forget the model", "round-trip", "failed", "saving and loading change the scores"),
        ("swallow damage", "damaged-models", "failed", "opens an empty file as a model"),
        ("random", "repeatable", "failed", "equal trainings change the scores"),
        ("batch statistics", "batch-sizes", "failed", "batches of one change the scores"),
        ("no empty data", "empty-data", "failed", "there has to be an image"),
        ("no single image", "single-image", "failed", "there have to be more images"),
        ("no constant data", "constant-data", "failed", "values that are no numbers"),
        ("nan", "finite", "failed", "no finite number"),
        ("panic in infer", "wrong-shapes", "failed", "panicked: as told"),
        ("deaf", "cancel", "failed", "it was not finished after"),
        ("litter", "writes", "failed", "it left litter.txt behind"),
        ("leak", "leaks", "failed", "memory grew by"),
    ] {
        let limits = if misdeed == "deaf" { &["--time-limit", "4s"] } else { LIMITS };
        let (code, cases) = check(misdeed, &[&["--only", case], limits].concat());
        assert_eq!(code, Some(4), "{misdeed}");
        let [line] = cases.as_slice() else { panic!("{misdeed}: {cases:#?}") };
        assert_eq!((&line["id"], &line["outcome"]), (&case.into(), &outcome.into()), "{misdeed}: {line}");
        assert!(line["detail"].as_str().unwrap().contains(part), "{misdeed}: {line}");
    }
}

#[test]
fn a_check_is_asked_for_with_care() {
    let sandbox = Sandbox::new();
    let cases = sandbox.host(&["plugin", "check", "--list"]).expect(0);
    assert_told!(sandbox, "cases_of_a_check", cases);
    sandbox
        .host(&["plugin", "check", "probe", "--only", "round-trp"])
        .expect(2)
        .complains(&["did you mean `round-trip`?"]);
    sandbox.host(&["plugin", "check", "probe", "--param", "sides=1"]).expect(2).complains(&["did you mean `side`?"]);
    // A plugin without its weights is not to blame.
    let outcome =
        sandbox.host(&["plugin", "check", "probe", "--param", "weights=resnet18x", "--only", "round-trip,loads"]);
    let outcome = outcome.expect(0);
    assert!(outcome.stdout.contains("skipped  round-trip"), "{outcome}");
    sandbox.write("text.so", "no library");
    let outcome = sandbox.host(&["plugin", "check", "./text.so"]).expect(4);
    assert_told!(sandbox, "check_of_no_library", outcome);
}

#[test]
fn the_dialog_is_shown_for_people_and_programs() {
    let sandbox = Sandbox::new();
    let usage = sandbox.host(&["plugin", "show", "probe", "--usage"]).expect(0);
    assert_told!(sandbox, "plugin_usage", usage);
    let shown = sandbox.host(&["plugin", "show", "probe", "--json"]).expect(0);
    let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(shown["dialog"][0]["label"], "side - height and width of the images(int)");
    assert!(Path::new(shown["path"].as_str().unwrap()).is_absolute());
}
