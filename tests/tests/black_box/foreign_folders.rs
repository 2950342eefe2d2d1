//! Result folders and models that came from someone else: nothing outside of them is read, written or run.

use std::os::unix::fs::symlink;

use nnc_tests::{Sandbox, plugin_folder, snapshot};

/// A finished job in `guest/out`, and a thesis beside `guest` that is none of its business.
fn guest() -> Sandbox {
    let sandbox = Sandbox::with_project();
    sandbox.write("thesis/chapter.txt", "mine");
    let project = "project.toml";
    sandbox.host(&["run", project, "-o", "guest/out"]).expect(0);
    sandbox
}

#[test]
fn a_journal_that_no_job_wrote_moves_nothing() {
    let sandbox = guest();
    let staged = r#"{"phase":"evaluate","staging":"../../thesis","away":[],"home":[]}"#;
    let planted = r#"{"phase":"evaluate","staging":".evaluate.partial","away":[],"home":["../../.bashrc"]}"#;
    let taken = r#"{"phase":"train","staging":".train.partial","away":["../../thesis"],"home":[]}"#;
    sandbox.write("guest/out/.evaluate.partial/x", "evil");
    for (name, journal) in
        [(".evaluate.moves.json", staged), (".evaluate.moves.json", planted), (".train.moves.json", taken)]
    {
        sandbox.write(&format!("guest/out/{name}"), journal);
        let before = snapshot(&sandbox.path("."));
        for command in [
            vec!["report", "guest/out"],
            vec!["evaluate", "project.toml", "-o", "guest/out"],
            vec!["train", "project.toml", "-o", "guest/out"],
        ] {
            let outcome = sandbox.host(&command).expect(1);
            assert!(outcome.stderr.contains("was not written by a job"), "{outcome}");
            assert!(snapshot(&sandbox.path(".")) == before, "{command:?}: {journal}");
        }
        std::fs::remove_file(sandbox.path(&format!("guest/out/{name}"))).unwrap();
    }
}

#[test]
fn a_link_in_a_result_folder_is_replaced_and_not_followed() {
    let sandbox = guest();
    for name in ["evaluate_log.txt", "evaluate_status.json", "report.html", "scores.csv"] {
        std::fs::remove_file(sandbox.path(&format!("guest/out/{name}"))).unwrap();
        symlink(sandbox.path("thesis/chapter.txt"), sandbox.path(&format!("guest/out/{name}"))).unwrap();
    }
    sandbox.host(&["evaluate", "project.toml", "-o", "guest/out"]).expect(0);
    assert_eq!(sandbox.text("thesis/chapter.txt"), "mine");
    assert!(sandbox.text("guest/out/evaluate_log.txt").contains("worker done"));
    for name in ["evaluate_log.txt", "evaluate_status.json", "report.html", "scores.csv"] {
        assert!(sandbox.path(&format!("guest/out/{name}")).symlink_metadata().unwrap().is_file(), "{name}");
    }
    // A staging folder that is a link is replaced, and what it names stays.
    symlink(sandbox.path("thesis"), sandbox.path("guest/out/.evaluate.partial")).unwrap();
    sandbox.host(&["evaluate", "project.toml", "-o", "guest/out"]).expect(0);
    assert_eq!(sandbox.names("thesis"), ["chapter.txt"]);
}

#[test]
fn a_model_names_a_plugin_by_its_id_and_never_by_a_path() {
    let sandbox = guest();
    let library = plugin_folder().join("libnnc_plugin_probe.so");
    let script = "import sys, zipfile, json\n\
        source, target, plugin = sys.argv[1:]\n\
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, 'w') as new:\n\
        \x20   for name in old.namelist():\n\
        \x20       data = old.read(name)\n\
        \x20       if name == 'nnc_host.json':\n\
        \x20           origin = json.loads(data); origin['plugin']['id'] = plugin; data = json.dumps(origin)\n\
        \x20       new.writestr(name, data)\n";
    sandbox.write("change.py", script);
    let evil = sandbox.path("evil.so");
    std::fs::copy(&library, &evil).unwrap();
    let mut change = std::process::Command::new("python3");
    change.arg(sandbox.path("change.py")).arg(sandbox.path("guest/out/results.nnp")).arg(sandbox.path("model.nnp"));
    assert!(change.arg(&evil).status().unwrap().success());
    let project = Sandbox::PROJECT.replace("[plugin]\nname = \"probe\"\n[plugin.params]\nside = 8\n", "");
    sandbox.write("plain.toml", project);
    let outcome = sandbox.host(&["evaluate", "plain.toml", "-o", "out", "--model", "model.nnp"]).expect(4);
    assert!(outcome.stderr.contains("there is no plugin"), "{outcome}");
    assert!(!sandbox.path("out").exists());
}

#[test]
fn a_library_that_a_project_names_runs_only_if_it_is_trusted() {
    let sandbox = Sandbox::with_project();
    std::fs::copy(plugin_folder().join("libnnc_plugin_probe.so"), sandbox.path("mine.so")).unwrap();
    sandbox.write("project.toml", Sandbox::PROJECT.replace("\"probe\"", "\"./mine.so\""));
    let outcome = sandbox.job("run", &[]).expect(4);
    assert!(outcome.stderr.contains("mine.so") && outcome.stderr.contains("plugin trust"), "{outcome}");
    assert!(!sandbox.path("out").exists());
    // Named on the command line it is the user's own word.
    sandbox.job("run", &["--plugin", "mine.so"]).expect(0);
    let library = sandbox.path("mine.so");
    sandbox.host(&["plugin", "trust", library.to_str().unwrap()]).expect(0);
    sandbox.job("run", &[]).expect(0);
    // Trust is in the bytes: a changed file needs it again.
    let mut bytes = sandbox.bytes("mine.so");
    bytes.push(0);
    sandbox.write("mine.so", bytes);
    sandbox.job("run", &[]).expect(4);
}
