//! Files of others that cost their maker nothing and would cost their reader memory, time or a whole list: each is refused in
//! one line, or costs no more than it should.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nnc_tests::{Outcome, Packed, Sandbox, finish, plugin_folder, zipped};
use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn probe() -> PathBuf {
    plugin_folder().join("libnnc_plugin_probe.so")
}

/// Writes an archive whose members are not compressed.
fn archive(path: &Path, members: &[(&str, &[u8])]) {
    let mut zip = ZipWriter::new(BufWriter::new(File::create(path).unwrap()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in members {
        zip.start_file(*name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

/// A file of `bytes` bytes of which only the first are written.
fn with_hole(sandbox: &Sandbox, name: &str, start: &str, bytes: u64) {
    sandbox.write(name, start);
    File::options().write(true).open(sandbox.path(name)).unwrap().set_len(bytes).unwrap();
}

/// Runs the program with 600 MB of memory, which is a few times what it needs for the files of these tests.
fn frugally(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let mut command = std::process::Command::new("sh");
    let program = sandbox.command::<&str>(&[]);
    command.args(["-c", "ulimit -v 600000; exec \"$0\" \"$@\""]).arg(program.get_program()).args(arguments);
    command.current_dir(sandbox.path(".")).env_clear();
    for (name, value) in program.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    finish(command)
}

#[test]
fn files_with_holes_are_refused_before_they_are_read() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &["--quiet"]).expect(0);
    with_hole(&sandbox, "holes.csv", "x:image,y:label\n./train/0.png,0\n", 1 << 30);
    frugally(&sandbox, &["dataset", "check", "holes.csv"])
        .expect(3)
        .complains(&["holes.csv line 3: found a byte that is 0", "copy or save it again"]);
    with_hole(&sandbox, "holes.csv", "x,y\n", 1 << 40);
    frugally(&sandbox, &["dataset", "show", "holes.csv"]).expect(3).complains(&["holes.csv has 1099511627776 bytes"]);

    let whole = sandbox.text("out/evaluation.json");
    with_hole(&sandbox, "out/evaluation.json", "{\"format\":1,\"evaluation\":{\"title\":\"", 2 << 30);
    frugally(&sandbox, &["report", "out"]).expect(2).complains(&["evaluation.json is not an evaluation"]);
    with_hole(&sandbox, "out/evaluation.json", "", 1 << 40);
    let parts = ["evaluation.json has 1099511627776 bytes and would take more than 3221225472 bytes of memory"];
    frugally(&sandbox, &["report", "out"]).expect(2).complains(&parts);
    let empty_rows = format!("{{\"format\":1,\"evaluation\":{{\"rows\":[{}{{}}]}}}}", "{},".repeat(2 << 20));
    sandbox.write("out/evaluation.json", empty_rows);
    frugally(&sandbox, &["report", "out"])
        .expect(2)
        .complains(&["evaluation.json has 6291", "evaluate the images in several parts"]);
    // A list of jobs goes on without its figures.
    assert!(frugally(&sandbox, &["jobs", "."]).expect(0).stdout.contains("out"));
    sandbox.write("out/evaluation.json", whole);

    with_hole(&sandbox, "out/.evaluate.moves.json", "{", 1 << 30);
    frugally(&sandbox, &["report", "out"]).expect(1).complains(&["moves.json", "larger than 65536 bytes"]);
}

#[test]
fn a_library_larger_than_any_is_not_copied_and_not_blamed() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("plugins")).unwrap();
    fs::copy(probe(), sandbox.path("plugins/huge.so")).unwrap();
    File::options().write(true).open(sandbox.path("plugins/huge.so")).unwrap().set_len(50_000_000_000).unwrap();
    let list = || {
        let mut command = sandbox.command(&["plugin", "list", "--json"]);
        command.env("NNC_HOST_PLUGINS", sandbox.path("plugins"));
        let outcome = finish(command).expect(0);
        let rows: Value = serde_json::from_str(&outcome.stdout).unwrap();
        rows[0].clone()
    };
    for _ in 0..2 {
        let row = list();
        assert!(row["error"].as_str().unwrap().contains("larger than 2147483648 bytes"), "{row}");
        assert_eq!(row["quarantined"], false, "{row}");
    }
}

#[test]
fn a_name_that_is_not_unicode_costs_no_list() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &["--quiet"]).expect(0);
    let odd = sandbox.path(".").join(OsStr::from_bytes(b"\xff\xfe"));
    fs::create_dir(&odd).unwrap();
    fs::rename(sandbox.path("out"), odd.join("out")).unwrap();
    for name in ["train.csv", "project.toml"] {
        fs::copy(sandbox.path(name), odd.join(name)).unwrap();
    }
    fs::create_dir(odd.join("plugins")).unwrap();
    fs::copy(probe(), odd.join("plugins/probe.so")).unwrap();
    let json = |arguments: &[&OsStr]| -> Value {
        let mut command = sandbox.command(arguments);
        command.env("NNC_HOST_PLUGINS", odd.join("plugins"));
        let outcome = finish(command);
        assert!(outcome.code.is_some_and(|code| code <= 3), "{arguments:?}: {outcome}");
        serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {outcome}"))
    };
    let csv = odd.join("train.csv");
    let of_csv = |what: &str| {
        json(&["dataset", what, "--json"].map(OsStr::new).into_iter().chain([csv.as_os_str()]).collect::<Vec<_>>())
    };
    let jobs = json(&["jobs", ".", "--json"].map(OsStr::new));
    assert!(jobs[0]["folder"].as_str().unwrap().ends_with("\u{fffd}\u{fffd}/out"), "{jobs}");
    let plugins = json(&["plugin", "list", "--json"].map(OsStr::new));
    assert!(plugins[0]["path"].as_str().unwrap().contains('\u{fffd}'), "{plugins}");
    assert_eq!(of_csv("check")["problems"].as_array().unwrap().len(), 5, "none of the five images is there");
    assert_eq!(of_csv("show")["rows"], 5);
}

#[test]
fn many_columns_take_no_square_of_them() {
    let sandbox = Sandbox::new();
    let header = (0..60_000).map(|column| format!("v{column}")).collect::<Vec<_>>().join(",");
    let row = vec!["1"; 60_000].join(",");
    sandbox.write("wide.csv", format!("{header}\n{row}\n{row}\n"));
    let start = Instant::now();
    sandbox.host(&["dataset", "show", "wide.csv", "--json"]).expect(0);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

#[test]
fn what_a_terminal_would_obey_stands_escaped_in_the_files_of_a_job() {
    let sandbox = Sandbox::with_project();
    let odd = |name: &str| {
        let (header, rows) = sandbox.text(name).split_once('\n').map(|(h, r)| (h.to_owned(), r.to_owned())).unwrap();
        let rows: String = rows.lines().map(|row| format!("{row},\u{202e}gnp\n")).collect();
        sandbox.write(name, format!("{header},#n\u{202e}ote\n{rows}"));
    };
    odd("test.csv");
    let project = sandbox.text("project.toml").replace("sheets", "she\u{202e}ets");
    sandbox.write("project.toml", project);
    sandbox.job("run", &["--quiet"]).expect(0);
    for name in sandbox.names("out").iter().filter(|name| name.ends_with(".json")) {
        let text = sandbox.text(&format!("out/{name}"));
        assert!(!text.contains('\u{202e}'), "{name}: {text}");
    }
    assert!(sandbox.text("out/evaluate_status.json").contains("\\u202e"));
    assert_eq!(sandbox.json("out/evaluation.json")["evaluation"]["title"], "she\u{202e}ets");
}

#[test]
fn a_password_in_an_address_is_shown_nowhere() {
    let sandbox = Sandbox::new();
    for scheme in ["http", "https"] {
        let address = format!("{scheme}://me:geheim@127.0.0.1:1/a.nnp");
        for more in [&["--allow-http"][..], &[]] {
            let fetch =
                ["weights", "fetch", "resnet50", "--weights-dir", "weights", "--retries", "1", "--url", &address];
            let outcome = sandbox.host(&[&fetch[..], more].concat()).expect(1);
            assert!(outcome.stderr.contains("://***@127.0.0.1:1/a.nnp"), "{outcome}");
            assert!(!format!("{outcome}").contains("geheim"), "{outcome}");
        }
    }
}

#[test]
fn bombs_are_not_unpacked() {
    let sandbox = Sandbox::of_a_newcomer();
    let unpack = |parts: &[&str]| {
        frugally(&sandbox, &["nnp", "unpack", "m.nnp", "out"]).expect(1).complains(parts);
        assert_eq!(sandbox.names("."), ["m.nnp"]);
    };
    let network = || Packed::file("network.nntxt", "network { name: 'n' }");
    // By ratio: zeros shrink to a thousandth.
    sandbox.write("m.nnp", zipped(&[network(), Packed::file("zeros", vec![0; 100 << 20])]));
    unpack(&["m.nnp", "more than 100 times"]);
    // By what the directory claims and the disk does not have.
    let mut claims = zipped(&[network(), Packed::file("large", "little")]);
    let entry = claims.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    claims[entry + 24..entry + 28].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
    sandbox.write("m.nnp", &claims);
    unpack(&["m.nnp"]);
    // By a size that the directory does not admit.
    let mut denies = zipped(&[network(), Packed::file("zeros", vec![0; 32 << 20])]);
    let entry = denies.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    denies[entry + 24..entry + 28].copy_from_slice(&10_u32.to_le_bytes());
    sandbox.write("m.nnp", &denies);
    unpack(&["zeros"]);
    // An archive in the archive is a file like any other.
    let inner = zipped(&[Packed::file("zeros", vec![0; 100 << 20])]);
    archive(&sandbox.path("m.nnp"), &[("network.nntxt", b"network { name: 'n' }"), ("inner.zip", &inner)]);
    frugally(&sandbox, &["nnp", "unpack", "m.nnp", "out"]).expect(0);
    assert_eq!(sandbox.bytes("out/inner.zip"), inner);
}

#[test]
fn members_are_counted_and_many_of_them_take_no_square() {
    let sandbox = Sandbox::of_a_newcomer();
    let with = |count: usize| {
        let network = (String::from("network.nntxt"), &b"network { name: 'n' }"[..]);
        let empty = (0..count).map(|member| (format!("{member}"), &b""[..]));
        let members: Vec<(String, &[u8])> = std::iter::once(network).chain(empty).collect();
        let members: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        archive(&sandbox.path("m.nnp"), &members);
    };
    with(100_001);
    sandbox.host(&["nnp", "unpack", "m.nnp", "out"]).expect(1).complains(&["100002", "100000"]);
    assert_eq!(sandbox.names("."), ["m.nnp"]);
    let time = |count| {
        with(count);
        let start = Instant::now();
        sandbox.host(&["nnp", "show", "m.nnp", "--json"]).expect(0);
        start.elapsed()
    };
    let (few, many) = (time(10_000), time(80_000));
    // Eight times as many; a square would take 64 times as long.
    assert!(many < 30 * few.max(Duration::from_millis(50)), "{few:?}, {many:?}");
}

/// Everything below a folder that others may use in any way.
fn open_to_others(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let facts = entry.metadata().unwrap();
        if facts.permissions().mode() & 0o077 != 0 {
            found.push(entry.path().display().to_string());
        }
        if facts.is_dir() {
            open_to_others(&entry.path(), found);
        }
    }
}

#[test]
fn a_umask_is_heeded_by_everything_that_is_published() {
    let sandbox = Sandbox::with_project();
    // What is remembered about plugins is written anew.
    fs::remove_dir_all(sandbox.path(".cache")).unwrap();
    for class in ["0", "1"] {
        for image in 0..3 {
            sandbox.image(&format!("photos/{class}/{image}.png"), 8, 8, [image * 40; 3]);
        }
    }
    let model = nnc_test_data::golden("functions/affine/net.nnp");
    let model = model.to_str().unwrap();
    let commands: [&[&str]; 8] = [
        &["run", "project.toml", "-o", "made/out", "--heatmaps", "--quiet"],
        &["report", "made/out"],
        &["dataset", "create", "photos", "-o", "made/data", "--width", "4", "--height", "4"],
        &["dataset", "show", "train.csv", "--html", "made/page.html"],
        &["nnp", "unpack", model, "made/raw", "--npy"],
        &["nnp", "convert", model, "made/m.onnx"],
        &["plugin", "new", "made/mine", "--name", "mine"],
        &["man", "--output", "made/man"],
    ];
    fs::create_dir(sandbox.path("made")).unwrap();
    fs::set_permissions(sandbox.path("made"), fs::Permissions::from_mode(0o700)).unwrap();
    for arguments in commands {
        let program = sandbox.command::<&str>(&[]);
        let mut command = std::process::Command::new("sh");
        command.args(["-c", "umask 077; exec \"$0\" \"$@\""]).arg(program.get_program()).args(arguments);
        command.current_dir(sandbox.path(".")).env_clear();
        for (name, value) in program.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        finish(command).expect(0);
    }
    let mut found = Vec::new();
    open_to_others(&sandbox.path("made"), &mut found);
    assert!(found.is_empty(), "{found:?}");
    assert!(sandbox.path("made/out/heatmaps").is_dir() && sandbox.path("made/data").is_dir());
    // What is remembered about plugins and weights as well.
    for folder in [".cache", ".config"].map(|folder| sandbox.path(folder)).iter().filter(|folder| folder.exists()) {
        open_to_others(folder, &mut found);
    }
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn what_a_killed_run_left_is_cleared_by_the_next() {
    let sandbox = Sandbox::with_project();
    sandbox.image("photos/0/a.png", 8, 8, [9; 3]);
    let model = nnc_test_data::golden("functions/affine/net.nnp");
    let left = |folder: &str| {
        sandbox.write(&format!("{folder}/.nnc-host-left.part"), "half");
        sandbox.write(&format!("{folder}/.nnc-host-leftover.part/deep/half"), "half");
    };
    let commands: [(&str, Vec<&str>); 3] = [
        ("unpacked", vec!["nnp", "unpack", model.to_str().unwrap(), "unpacked/raw"]),
        ("converted", vec!["nnp", "convert", model.to_str().unwrap(), "converted/m.onnx"]),
        ("shown", vec!["dataset", "show", "train.csv", "--html", "shown/page.html"]),
    ];
    for (folder, command) in commands {
        left(folder);
        sandbox.host(&command).expect(0);
        let names = sandbox.names(folder);
        assert!(names.iter().all(|name| !name.ends_with(".part")) && names.len() == 1, "{folder}: {names:?}");
    }
    // A dataset is made in a folder of its own name.
    sandbox.write("data/.new.partial/half", "half");
    sandbox.write("data/.new.partial/.nnc-host-staged", "");
    let create = ["dataset", "create", "photos", "-o", "data/new", "--width", "4", "--height", "4"];
    sandbox.host(&create).expect(0);
    assert_eq!(sandbox.names("data"), ["new"]);
    // A job's own folder, where a killed one leaves its staging too.
    sandbox.write("out/.train.partial/half", "half");
    sandbox.write("out/.evaluate.partial/half", "half");
    left("out");
    sandbox.job("run", &["--quiet"]).expect(0);
    let names = sandbox.names("out");
    assert!(names.iter().all(|name| !name.contains("part")), "{names:?}");
}

#[test]
fn pictures_from_elsewhere_are_told_or_refused() {
    let sandbox = Sandbox::with_project();
    sandbox.image("private/0.png", 8, 8, [1; 3]);
    std::os::unix::fs::symlink(sandbox.path("private"), sandbox.path("train/link")).unwrap();
    for cell in ["./../private/0.png", "./train/link/0.png", sandbox.path("private/0.png").to_str().unwrap()] {
        fs::create_dir_all(sandbox.path("inner/train")).unwrap();
        fs::copy(sandbox.path("train/0.png"), sandbox.path("inner/train/0.png")).unwrap();
        let link = sandbox.path("inner/train/link");
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(sandbox.path("private"), link).unwrap();
        sandbox.write("inner/odd.csv", format!("x:image,y:label\n./train/0.png,0\n{cell},0\n"));
        let outcome = sandbox.host(&["dataset", "check", "inner/odd.csv"]).expect(0);
        let told = format!("inner/odd.csv names 1 files outside of its folder, the first is {cell}");
        assert!(outcome.stdout.contains(&told), "{outcome}");
        let json = sandbox.host(&["dataset", "check", "inner/odd.csv", "--json"]).expect(0);
        let json: Value = serde_json::from_str(&json.stdout).unwrap();
        assert!(json["warnings"][0].as_str().unwrap().contains("outside of its folder"), "{json}");
    }
    // A folder that becomes a dataset: what links lead to is told. An archive cannot name anything outside.
    fs::create_dir_all(sandbox.path("source/0")).unwrap();
    fs::copy(sandbox.path("train/0.png"), sandbox.path("source/0/a.png")).unwrap();
    std::os::unix::fs::symlink(sandbox.path("private/0.png"), sandbox.path("source/0/b.png")).unwrap();
    let outcome =
        sandbox.host(&["dataset", "create", "source", "-o", "new", "--width", "4", "--height", "4"]).expect(0);
    assert!(outcome.stdout.contains("outside of the source"), "{outcome}");
    sandbox.write("up.zip", zipped(&[Packed::file("0/../../private/0.png", sandbox.bytes("private/0.png"))]));
    let arguments = ["dataset", "create", "up.zip", "-o", "up", "--width", "4", "--height", "4"];
    sandbox.host(&arguments).expect(3).complains(&["nothing was unpacked"]);
}
