//! `plugin new`: what it writes is a detector that builds without this workspace, passes its own tests, keeps the rules,
//! and finds a defect.

use std::path::Path;
use std::process::Command;

use nnc_tests::{Sandbox, finish, workspace};

/// Runs cargo in a crate outside the workspace, with what the workspace has downloaded and mostly built already.
fn cargo(folder: &Path, target: &Path, arguments: &[&str]) {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder).args(arguments).args(["--release", "--offline", "--quiet", "--target-dir"]).arg(target);
    // The workspace's profile, so that dependencies need not be built again.
    cargo.env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true").env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only");
    // Whoever lets nightly features into the tests' own build would have all dependencies built again, here and for others.
    cargo.env_remove("RUSTC_BOOTSTRAP");
    // What is compiled anew each time, as it lies in another folder each time, need not be fast.
    for package in ["nnc-plugin-api", "nnc-plugin-my-patches"] {
        cargo.args(["--config", &format!("profile.release.package.{package}.opt-level=0")]);
    }
    finish(cargo).expect(0);
}

#[test]
fn a_new_plugin_builds_alone_and_finds_a_defect() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.host(&["plugin", "new", "mine", "--name", "my-patches", "--title", "My patches"]).expect(0);
    assert!(outcome.stdout.contains("cargo test"), "{outcome}");
    let (folder, target) = (sandbox.path("mine"), nnc_tests::plugin_folder().parent().unwrap().to_owned());
    std::fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    cargo(&folder, &target, &["test"]);
    cargo(&folder, &target, &["build"]);
    let plugin = target.join("release/libnnc_plugin_my_patches.so");
    std::fs::copy(&plugin, sandbox.path("mine.so")).unwrap();
    std::fs::remove_file(&plugin).unwrap();

    sandbox.host(&["plugin", "check", "./mine.so", "--param", "side=64"]).expect(0);
    let (mut train, mut test) = (String::from("x,y\n"), String::from("x,y\n"));
    for i in 0..6 {
        sandbox.image(&format!("{i}.png"), 64, 64, [100 + i; 3]);
        train += &format!("{i}.png,0\n");
    }
    sandbox.image("bad.png", 64, 64, [200; 3]);
    test += "1.png,0\n2.png,0\nbad.png,1\n";
    sandbox.write("train.csv", train);
    sandbox.write("test.csv", test);
    sandbox.write(
        "project.toml",
        "[dataset.training]\nuri = \"train.csv\"\n[dataset.validation]\nuri = \"test.csv\"\n[plugin]\n\
         name = \"mine.so\"\n[plugin.params]\nside = 64\n",
    );
    let outcome = sandbox.job("run", &["--plugin", "mine.so"]).expect(0);
    assert!(outcome.stdout.contains("image AUROC 1.0000"), "{outcome}");
    assert!(sandbox.text("out/report.html").contains("My patches"));
}

#[test]
fn nothing_is_written_over_and_names_are_checked() {
    let sandbox = Sandbox::of_a_newcomer();
    sandbox.write("full/file.txt", "mine");
    let new = |arguments: &[&str]| sandbox.host(&[&["plugin", "new"], arguments].concat());
    new(&["full", "--name", "x"]).expect(2).complains(&["full exists already and is not empty"]);
    new(&["fresh", "--name", "My_Plugin"]).expect(2).complains(&["cannot be the name of a plugin", "my-detector"]);
    new(&["fresh", "--name", "x", "--api", "full"]).expect(2).complains(&["there is no crate nnc-plugin-api"]);
    assert_eq!(sandbox.names(""), ["full"]);
    let api = workspace().join("plugin-api");
    new(&["fresh", "--name", "x", "--api", api.to_str().unwrap()]).expect(0);
    assert!(!sandbox.path("fresh/vendor").exists());
    assert!(sandbox.text("fresh/Cargo.toml").contains(api.to_str().unwrap()));
}
