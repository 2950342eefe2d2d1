//! Whose code runs: swapped files and libraries, files that others could change, signatures, and what plugins are
//! granted. Attacks leave the file `marker` when their code runs, which a confinement would hide.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nnc_test_data::skip;
use nnc_tests::{Sandbox, finish, forward, limit, mahalanobis, padim, patchcore, plugin_folder, texture};

/// A user that nobody is.
const ANOTHER_USER: u32 = 54_321;

/// The probe in a folder of its own.
fn with_probe(sandbox: &Sandbox, file: &str) -> PathBuf {
    sandbox.write(file, fs::read(plugin_folder().join("libnnc_plugin_probe.so")).unwrap())
}

/// Whether there is a C compiler; notes that the test is skipped otherwise.
fn compiler() -> bool {
    let there = Command::new("cc").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !there {
        skip("there is no C compiler");
    }
    there
}

/// A library whose code does `attack` as soon as it is opened.
fn library(sandbox: &Sandbox, file: &str, attack: &str, more: &[&str]) -> PathBuf {
    let source = sandbox.write(
        "library.c",
        format!(
            "#include <fcntl.h>\n#include <signal.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\n\
             int helped(void) {{ return 1; }}\n\
             __attribute__((constructor)) static void attack(void) {{ {attack} }}\n"
        ),
    );
    let path = sandbox.path(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    compile(sandbox, &[&["-o", path.to_str().unwrap(), source.to_str().unwrap()], more].concat());
    path
}

fn compile(sandbox: &Sandbox, arguments: &[&str]) {
    let mut cc = Command::new("cc");
    cc.current_dir(sandbox.path("")).args(["-shared", "-fPIC", "-w"]).args(arguments);
    assert!(cc.status().unwrap().success(), "{cc:?}");
}

/// C code that leaves the marker. It lies in the folder of the test, wherever the process works.
fn marking(sandbox: &Sandbox) -> String {
    format!("close(open(\"{}\", O_CREAT | O_WRONLY, 0644));", sandbox.path("marker").display())
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_file_that_is_swapped_while_it_is_checked_never_runs() {
    if !compiler() {
        return;
    }
    let sandbox = Sandbox::new();
    let good = with_probe(&sandbox, "plugin.so");
    sandbox.host(&["plugin", "trust", "plugin.so", "--only-known", "yes"]).expect(0);
    let (good_bytes, evil) = (fs::read(&good).unwrap(), library(&sandbox, "evil.so", &marking(&sandbox), &[]));
    let evil_bytes = fs::read(&evil).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Both ways to swap: another file with the name, and other bytes in the file.
            let copy = sandbox.path("copy.so");
            while !done.load(Ordering::Relaxed) {
                for bytes in [&evil_bytes, &good_bytes] {
                    fs::write(&copy, bytes).unwrap();
                    fs::rename(&copy, &good).unwrap();
                    std::thread::sleep(Duration::from_millis(2));
                }
                fs::write(&good, &evil_bytes).unwrap();
            }
        });
        for _ in 0..25 {
            let outcome = sandbox.host(&["plugin", "list", "--rescan", "--plugin-dir", ".", "--sandbox", "off"]);
            assert_eq!(outcome.code, Some(0), "{outcome}");
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(!sandbox.path("marker").exists(), "code ran that nobody trusts");
    fs::write(&good, &good_bytes).unwrap();
    sandbox.host(&["plugin", "show", "./plugin.so"]).expect(0);
}

#[test]
fn a_library_beside_a_trusted_plugin_is_trusted_with_it_and_not_instead_of_it() {
    if !compiler() {
        return;
    }
    // Libraries need not have a name written into them.
    for name in [&["-Wl,-soname,libhelper.so"][..], &[]] {
        let sandbox = Sandbox::new();
        library(&sandbox, "lib/libhelper.so", "", name);
        sandbox.write("needs.c", "int helped(void);\nint needs(void) { return helped(); }\n");
        let path = "-Wl,-rpath,$ORIGIN/lib";
        compile(&sandbox, &["-o", "needs.so", "needs.c", "-Llib", "-lhelper", "-Wl,--no-as-needed", path]);
        let trusted = sandbox.host(&["plugin", "trust", "needs.so", "--only-known", "yes"]).expect(0);
        assert!(trusted.stdout.lines().any(|line| line.ends_with("  libhelper.so")), "{trusted}");
        let opened = |part| {
            for mode in ["auto", "off"] {
                let shown = sandbox.host(&["plugin", "show", "./needs.so", "--sandbox", mode]).expect(4);
                shown.complains(&["needs.so", part]);
            }
        };
        opened("is a shared library but no nnc-host plugin");

        library(&sandbox, "lib/libhelper.so", &marking(&sandbox), name);
        opened("is not the library that was trusted with it");
        assert!(!sandbox.path("marker").exists(), "code ran that nobody trusts");
        // Whoever trusts it says so.
        sandbox.host(&["plugin", "trust", "needs.so"]).expect(0);
        opened("is a shared library but no nnc-host plugin");
        assert!(sandbox.path("marker").exists());
        // A pin holds a library as it holds a plugin.
        sandbox.write("lib/libhelper.so.sha256", "0".repeat(64));
        opened("pins");
    }
}

#[test]
fn what_others_could_change_is_refused_with_the_reason() {
    let sandbox = Sandbox::new();
    let file = with_probe(&sandbox, "a/b/plugin.so");
    mode(&file, 0o755);
    let (folder, above) = (sandbox.path("a/b"), sandbox.path("a"));
    let show = |code| sandbox.host(&["plugin", "show", "./a/b/plugin.so"]).expect(code);
    show(0);
    for (path, usual) in [(&file, 0o755), (&folder, 0o755), (&above, 0o755)] {
        for (others, part) in [(0o002, "everybody may write to"), (0o020, "its group may write to")] {
            if others == 0o020 && !rustix::process::geteuid().is_root() {
                // The group of a user is often his own.
                continue;
            }
            mode(path, usual | others);
            show(4).complains(&["plugin.so is not opened", part, path.to_str().unwrap(), "chmod"]);
            mode(path, usual);
        }
    }
    // As in /tmp, nobody can replace what belongs to others.
    mode(&above, 0o1777);
    show(0);
    mode(&above, 0o755);
    // A plugin among others is listed with the reason.
    mode(&file, 0o757);
    let listed = sandbox.host(&["plugin", "list", "--plugin-dir", "a/b"]).expect(0);
    assert!(listed.stdout.contains("everybody may write to"), "{listed}");
    sandbox.host(&["plugin", "trust", "a/b/plugin.so"]).expect(4).complains(&["everybody may write to"]);
    mode(&file, 0o755);

    // The trust file.
    sandbox.host(&["plugin", "trust", "a/b/plugin.so"]).expect(0);
    let trust_file = sandbox.path(".local/share/nnc-host/trust.json");
    mode(&trust_file, 0o666);
    show(2).complains(&["the trust file", "is not believed", "everybody may write to"]);
    mode(&trust_file, 0o644);
    show(0);
}

#[test]
fn what_belongs_to_others_is_refused_with_their_number() {
    if !rustix::process::geteuid().is_root() {
        skip("only root can give files away");
        return;
    }
    let sandbox = Sandbox::new();
    let file = with_probe(&sandbox, "a/plugin.so");
    let link = sandbox.path("link.so");
    symlink(&file, &link).unwrap();
    let show = |code, name: &str| sandbox.host(&["plugin", "show", name]).expect(code);
    for path in [sandbox.path("a"), file.clone()] {
        chown(&path, Some(ANOTHER_USER), None).unwrap();
        let refused = show(4, "./a/plugin.so");
        refused.complains(&[path.to_str().unwrap(), "belongs to user 54321, neither to you (user 0) nor to root"]);
        show(4, "./link.so");
        chown(&path, Some(0), None).unwrap();
        show(0, "./a/plugin.so");
    }
    std::os::unix::fs::lchown(&link, Some(ANOTHER_USER), None).unwrap();
    show(4, "./link.so").complains(&["link.so belongs to user 54321"]);
    sandbox.host(&["plugin", "trust", "a/plugin.so"]).expect(0);
    chown(sandbox.path(".local/share/nnc-host/trust.json"), Some(ANOTHER_USER), None).unwrap();
    show(2, "./a/plugin.so").complains(&["trust.json is not believed", "belongs to user 54321"]);
}

#[test]
fn a_search_path_that_anybody_could_fill_is_refused() {
    if !compiler() {
        return;
    }
    let sandbox = Sandbox::new();
    let open = sandbox.path("open");
    fs::create_dir(&open).unwrap();
    mode(&open, 0o1777);
    let gone = format!("-Wl,-rpath,{}/gone/lib", open.display());
    library(&sandbox, "absolute.so", &marking(&sandbox), &[&gone]);
    library(&sandbox, "relative.so", &marking(&sandbox), &["-Wl,-rpath,lib"]);
    let show = |name: &str| sandbox.host(&["plugin", "show", name, "--sandbox", "off"]).expect(4);
    show("./absolute.so").complains(&["absolute.so is not opened", "everybody may write to", "/open"]);
    show("./relative.so").complains(&["relative.so looks for its libraries by `lib`", "$ORIGIN"]);
    assert!(!sandbox.path("marker").exists());
}

#[test]
fn plugins_name_no_folder_of_the_machine_they_were_built_on() {
    let plugins =
        [forward(), mahalanobis(), padim(), patchcore(), texture(), plugin_folder().join("libnnc_plugin_probe.so")];
    for plugin in &plugins {
        let read = Command::new("readelf").arg("-d").arg(plugin).output();
        let Ok(read) = read.map(|output| String::from_utf8(output.stdout).unwrap()) else {
            skip("there is no readelf");
            return;
        };
        assert!(read.contains("(NEEDED)"), "{read}");
        let paths = read.lines().filter(|line| line.contains("RUNPATH)") || line.contains("RPATH)"));
        for path in paths.filter_map(|line| line.split('[').nth(1)?.strip_suffix(']')) {
            assert!(path.split(':').all(|folder| folder.starts_with("$ORIGIN")), "{}: {path}", plugin.display());
        }
    }
    // The host finds libtorch for them, wherever they lie.
    let sandbox = Sandbox::new();
    sandbox.write("elsewhere/libnnc_plugin_padim.so", fs::read(padim()).unwrap());
    let shown = sandbox.host(&["plugin", "show", "padim", "--plugin-dir", "elsewhere"]).expect(0);
    assert!(shown.stdout.contains("elsewhere/libnnc_plugin_padim.so"), "{shown}");
}

#[test]
fn only_a_plugins_own_faults_put_it_into_quarantine() {
    if !compiler() {
        return;
    }
    let sandbox = Sandbox::new();
    // What a plugin prints is no excuse.
    let threads = "fputs(\"x: Thread creation failed: Resource temporarily unavailable\\n\", stderr); abort();";
    let memory = "fputs(\"memory allocation of 5 bytes failed\\n\", stderr); abort();";
    for (name, attack, own_fault) in [
        ("killed", "raise(SIGKILL);", false),
        ("threads", threads, true),
        ("memory", memory, true),
        ("broken", "*(volatile int *)0 = 1;", true),
        ("aborts", "abort();", true),
    ] {
        library(&sandbox, &format!("{name}/{name}.so"), attack, &[]);
        let list = || sandbox.host(&["plugin", "list", "--plugin-dir", name]).expect(0);
        let first = list();
        let line = first.stdout.lines().find(|line| line.contains(&format!("{name}.so"))).unwrap();
        assert_eq!(line.contains("in quarantine from now on"), own_fault, "{first}");
        assert_eq!(line.contains("that is not held against it"), !own_fault, "{first}");
        assert_eq!(list().stdout.contains("it is in quarantine: it crashed"), own_fault, "{first}");
    }
}

#[test]
fn a_plugin_that_ends_where_little_is_allowed_is_not_blamed() {
    use rustix::process::Resource;

    if !compiler() {
        return;
    }
    let sandbox = Sandbox::new();
    library(&sandbox, "aborts/aborts.so", "abort();", &[]);
    for (resource, number, part) in [
        (Resource::Stack, 2 << 20, "stacks are limited to less than 8 MB here (`ulimit -Hs`), which may be why"),
        (Resource::Nofile, 100, "hardly another file can be opened here"),
        (Resource::As, 1 << 40, "memory is short or limited here"),
        (Resource::Nproc, 20, "hardly another thread can be started here"),
    ] {
        let mut command = sandbox.command(&["plugin", "list", "--rescan", "--plugin-dir", "aborts"]);
        limit(&mut command, resource, number);
        let list = finish(command).expect(0);
        let line = list.stdout.lines().find(|line| line.contains("aborts.so")).unwrap();
        assert!(line.contains("crashed (abort") && line.contains(part), "{list}");
        assert!(line.contains("that is not held against it"), "{list}");
    }
}

/// A key and what it signs.
struct Signer {
    keys: minisign::KeyPair,
}

impl Signer {
    fn new() -> Self {
        Self { keys: minisign::KeyPair::generate_unencrypted_keypair().unwrap() }
    }

    fn public(&self) -> String {
        self.keys.pk.to_base64()
    }

    fn sign(&self, file: &Path) {
        let bytes = fs::read(file).unwrap();
        let signature = minisign::sign(Some(&self.keys.pk), &self.keys.sk, bytes.as_slice(), None, None).unwrap();
        fs::write(file.with_added_extension("minisig"), signature.into_string()).unwrap();
    }
}

#[test]
fn a_signature_by_a_trusted_key_makes_a_plugin_known() {
    let sandbox = Sandbox::with_project();
    let file = with_probe(&sandbox, "mine/libnnc_plugin_probe.so");
    let signature = sandbox.path("mine/libnnc_plugin_probe.so.minisig");
    let (ann, bob) = (Signer::new(), Signer::new());
    sandbox.write("ann.pub", format!("untrusted comment: minisign public key\n{}\n", ann.public()));
    let trusted = sandbox.host(&["plugin", "trust", "--key", "ann.pub", "--only-known", "yes"]).expect(0);
    assert!(trusted.stdout.contains(&format!("{}  signatures of ann\n", ann.public())), "{trusted}");
    let train = |code| sandbox.job("train", &["--set", "plugin.name=mine/libnnc_plugin_probe.so"]).expect(code);

    // Missing, by another key, good.
    train(4).complains(&["is not a known plugin", "plugin trust"]);
    bob.sign(&file);
    sandbox.job("train", &["--plugin-dir", "mine"]).expect(4).complains(&["is by a key that is not trusted", "--key"]);
    ann.sign(&file);
    train(0);
    let shown = sandbox.host(&["plugin", "show", "probe", "--plugin-dir", "mine"]).expect(0);
    assert!(shown.stdout.contains("signed by ann\n"), "{shown}");
    let shown = sandbox.host(&["plugin", "show", "probe", "--json", "--plugin-dir", "mine"]).expect(0);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&shown.stdout).unwrap()["signer"], "ann");

    // Other bytes, garbage, a pipe. They are refused whatever the policy is.
    sandbox.host(&["plugin", "trust", "--only-known", "no"]).expect(0);
    let good = fs::read(&file).unwrap();
    fs::write(&file, [good.as_slice(), b"\0"].concat()).unwrap();
    train(4).complains(&["is not what ann signed", "minisig"]);
    fs::write(&file, &good).unwrap();
    let text = fs::read_to_string(&signature).unwrap();
    fs::write(&signature, "garbage\n").unwrap();
    train(4).complains(&["is no signature of minisign"]);
    fs::write(&signature, "x".repeat(1 << 20)).unwrap();
    train(4).complains(&["cannot read the signature"]);
    fs::remove_file(&signature).unwrap();
    assert!(Command::new("mkfifo").arg(&signature).status().unwrap().success());
    train(4).complains(&["cannot read the signature", "minisig"]);
    fs::remove_file(&signature).unwrap();
    fs::write(&signature, text).unwrap();
    train(0);

    // Whom nobody trusts any more, where only known plugins are allowed.
    sandbox.host(&["plugin", "trust", "--only-known", "yes"]).expect(0);
    sandbox.host(&["plugin", "trust", "--forget", "--key", "ann"]).expect(0);
    train(4).complains(&["is not trusted"]);
    sandbox.host(&["plugin", "trust", "--forget", "--key", "ann"]).expect(2).complains(&["is not a trusted key"]);
    sandbox.host(&["plugin", "trust", "--key", "nonsense"]).expect(2).complains(&["neither a public key of minisign"]);
}

#[test]
fn what_a_plugin_asks_for_is_shown_and_what_it_is_granted_is_kept() {
    let sandbox = Sandbox::new();
    with_probe(&sandbox, "libnnc_plugin_probe.so");
    let show = || sandbox.host(&["plugin", "show", "./libnnc_plugin_probe.so"]).expect(0).stdout;
    let shown = show();
    assert!(shown.contains("neither known nor signed by a trusted key\nasks for the network\n"), "{shown}");
    assert!(!shown.contains("may use the network"), "{shown}");
    let grant = ["plugin", "trust", "libnnc_plugin_probe.so", "--allow", "network", "--allow", "read=calibration"];
    sandbox.host(&grant).expect(0);
    let folder = sandbox.path("calibration");
    let kept = sandbox.json(".local/share/nnc-host/trust.json");
    let known = kept["known"].as_object().unwrap().values().next().unwrap();
    assert_eq!(known["permissions"]["network"], true, "{kept}");
    assert_eq!(known["permissions"]["read"][0], folder.to_str().unwrap(), "{kept}");
    let shown = show();
    assert!(shown.contains(&format!("may use the network\nmay read {}\n", folder.display())), "{shown}");
    // Trusting it again without a word takes it back; other bytes never had it.
    sandbox.host(&["plugin", "trust", "libnnc_plugin_probe.so"]).expect(0);
    assert!(!show().contains("may use the network"));
    for wrong in ["everything", "read", "read=", "network=yes"] {
        let refused = sandbox.host(&["plugin", "trust", "libnnc_plugin_probe.so", "--allow", wrong]).expect(2);
        refused.complains(&["expected network, read=DIR or write=DIR"]);
    }
}

#[test]
fn what_a_plugin_says_in_the_name_of_the_worker_is_not_believed() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    let model = sandbox.bytes("out/results.nnp");
    for misdeed in ["forge done", "steal messages"] {
        let outcome = sandbox.job("train", &["--param", &format!("misbehave={misdeed}")]).expect(4);
        assert_eq!(outcome.errors().len(), 1, "{misdeed}: {outcome}");
        assert!(
            outcome.errors()[0].contains("ended the worker with exit code 0 in the middle of the job"),
            "{outcome}"
        );
        let log = sandbox.text("out/train_log.txt");
        assert!(!log.contains("worker done") && !outcome.stdout.contains("worker done"), "{misdeed}: {log}");
        assert_eq!(sandbox.json("out/train_status.json")["status"], "failed", "{misdeed}");
        for name in ["results.nnp", "result_train_best.nnp", "result_evaluate.nnp", "report.html", "evaluation.json"] {
            assert!(sandbox.path("out").join(name).is_file(), "{misdeed}: {name} is gone");
        }
    }
    assert!(sandbox.bytes("out/results.nnp") == model);
}

#[test]
fn results_that_a_plugin_spoils_behind_the_workers_back_are_not_published() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &[]).expect(0);
    let model = sandbox.bytes("out/results.nnp");
    for misdeed in ["remove results", "link results", "pipe results", "other results"] {
        let outcome = sandbox.job("train", &["--param", &format!("misbehave={misdeed}")]);
        assert_ne!(outcome.code, Some(0), "{misdeed}: {outcome}");
        let [error] = outcome.errors()[..] else { panic!("{misdeed}: {outcome}") };
        assert!(error.contains("results.nnp"), "{outcome}");
        if matches!(misdeed, "remove results" | "other results") {
            assert!(
                error.contains("results.nnp is not usable") && error.contains("nothing was published"),
                "{outcome}"
            );
        }
        assert!(!sandbox.text("out/train_log.txt").contains("worker done"), "{misdeed}");
        assert!(sandbox.bytes("out/results.nnp") == model, "{misdeed}");
        assert!(sandbox.path("out/report.html").is_file(), "{misdeed}");
    }
}
