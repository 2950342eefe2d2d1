//! Commands that only look at something do not load libtorch, which takes longer than everything else they do. The
//! dynamic linker itself says what is loaded, in this process and in all that it starts.

use std::fs;

use nnc_tests::{Sandbox, finish, padim};

/// Runs a command and returns, for each of its processes, everything that the dynamic linker says.
fn loads(sandbox: &Sandbox, arguments: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = sandbox.command(arguments);
    command.env("LD_DEBUG", "files").env("LD_DEBUG_OUTPUT", folder.path().join("process"));
    finish(command).expect(0);
    let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()).collect()
}

fn with_libtorch(processes: &[String]) -> usize {
    processes.iter().filter(|said| said.contains("libtorch")).count()
}

#[test]
fn libtorch_is_loaded_by_children_that_need_it_and_by_nobody_else() {
    let sandbox = Sandbox::with_project();
    fs::create_dir(sandbox.path("mine")).unwrap();
    let plugin = sandbox.path("mine/libnnc_plugin_padim.so");
    fs::copy(padim(), &plugin).unwrap();
    let plugin = plugin.display().to_string();

    // What nobody knows yet has to be opened, in a process of its own.
    // A confined one could not write down what its linker says.
    let first = loads(&sandbox, &["plugin", "show", &plugin, "--sandbox", "off"]);
    assert!(first.len() > 1, "the dynamic linker tells of every process");
    assert_eq!(with_libtorch(&first), 1);

    for arguments in [
        &["--version"][..],
        &["--help"],
        &["plugin", "show", &plugin],
        &["plugin", "show", &plugin, "--json"],
        &["dataset", "check", "train.csv"],
        &["dataset", "show", "train.csv"],
        &["weights", "list"],
        &["jobs", "."],
    ] {
        let processes = loads(&sandbox, arguments);
        assert!(!processes.is_empty(), "{arguments:?}");
        assert_eq!(with_libtorch(&processes), 0, "{arguments:?}");
    }

    // The list looks into every plugin there is, once.
    loads(&sandbox, &["plugin", "list", "--plugin-dir", "mine", "--sandbox", "off"]);
    assert_eq!(with_libtorch(&loads(&sandbox, &["plugin", "list", "--plugin-dir", "mine"])), 0);
}
