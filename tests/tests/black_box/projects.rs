//! Project files and the command line that overrides them: every slip is told with file, line and the nearest key.

use nnc_tests::{Sandbox, finish, plugin_folder};

/// Trains with the project text, which has to be refused with exit code 2 and a message with all `parts`.
#[track_caller]
fn refused(project: impl AsRef<[u8]>, arguments: &[&str], parts: &[&str]) {
    let sandbox = Sandbox::with_project();
    sandbox.write("project.toml", project);
    let outcome = sandbox.job("train", arguments).expect(2);
    assert_eq!(outcome.stdout, "");
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome}");
    assert!(outcome.stderr.starts_with("error: "), "{outcome}");
    assert!(!sandbox.path("out").exists() || sandbox.names("out").is_empty(), "a refused project left files");
    outcome.complains(parts);
}

#[test]
fn unknown_keys_are_told_with_their_line_and_the_nearest_known_one() {
    for (text, parts) in [
        ("[project]\nnam = \"x\"\n", ["project.toml:2: unknown key `nam` in [project]", "did you mean `name`?"]),
        ("[plugins]\n", ["project.toml:1: unknown key `plugins`", "did you mean `plugin`?"]),
        (
            "\n\n[dataset.valid]\n",
            ["project.toml:3: unknown key `valid` in [dataset]", "known are training, validation"],
        ),
        ("[dataset.training]\nurl = \"a\"\n", ["project.toml:2: unknown key `url`", "did you mean `uri`?"]),
        ("[config]\nbatchsize = 4\n", ["project.toml:2: unknown key `batchsize` in [config]", "`batch_size`"]),
        ("[plugin]\nname = \"probe\"\nparam = {}\n", ["project.toml:3: unknown key `param`", "`params`"]),
        ("[compute]\ndevices = \"cpu\"\n", ["project.toml:2: unknown key `devices`", "`device`"]),
        ("[project]\nzebra = 1\n", ["project.toml:2: unknown key `zebra`", "known are name"]),
    ] {
        refused(text, &[], &parts);
    }
}

#[test]
fn texts_that_are_no_toml_and_wrong_types_are_told_with_their_line() {
    for (text, parts) in [
        ("[plugin\n", ["project.toml:1: ", ""]),
        ("[plugin]\nname = probe\n", ["project.toml:2: ", ""]),
        ("[plugin]\nname = \"a\"\nname = \"b\"\n", ["project.toml:3: ", "duplicate key"]),
        ("[plugin]\nname = 5\n", ["project.toml:2: invalid type: integer `5`", "string"]),
        ("[config]\nbatch_size = \"many\"\n", ["project.toml:2: invalid type: string \"many\"", "i64"]),
        ("[config]\nbatch_size = 1.5\n", ["project.toml:2: invalid type: floating point `1.5`", "i64"]),
        ("[dataset]\ntraining = \"train.csv\"\n", ["project.toml:2: invalid type: string \"train.csv\"", ""]),
        ("[dataset.training]\nshuffle = true\n", ["project.toml:1: missing field `uri`", ""]),
        ("[dataset.training]\nuri = \"a.csv\"\nshuffle = \"no\"\n", ["project.toml:3: invalid type", "boolean"]),
        ("[plugin]\nname = \"probe\"\nparams = 3\n", ["project.toml:3: invalid type", "map"]),
    ] {
        refused(text, &[], &parts);
    }
}

#[test]
fn values_out_of_range_are_told_with_their_key() {
    let whole = Sandbox::PROJECT;
    for (from, to, parts) in [
        ("batch_size = 4", "batch_size = 0", "[config] batch_size is 0, expected a whole number from 1 to 65536"),
        ("batch_size = 4", "batch_size = -3", "[config] batch_size is -3"),
        ("batch_size = 4", "batch_size = 9999999", "[config] batch_size is 9999999"),
        ("batch_size = 4", "max_epoch = 0", "[config] max_epoch is 0"),
        ("name = \"probe\"\n", "", "[plugin] name is missing"),
        ("uri = \"train.csv\"", "uri = \"\"", "[dataset.training] uri is empty"),
        ("[config]", "[compute]\ndevice = \"gpu\"\n[config]", "expected auto, cpu, cuda or cuda:N"),
        ("[config]", "[compute]\ndevice = \"cuda:x\"\n[config]", "the device is \"cuda:x\""),
        ("side = 8", "sides = 8", "plugin `probe` has no parameter `sides`; did you mean `side`?"),
        ("side = 8", "zebra = 8", "plugin `probe` has no parameter `zebra`; it has side, passes"),
    ] {
        assert!(whole.contains(from), "{from}");
        refused(whole.replace(from, to), &[], &[parts]);
    }
    refused("", &[], &["project.toml: [plugin] name is missing"]);
    refused(whole.replace("[dataset.training]\nuri = \"train.csv\"\n", ""), &[], &["there is no [dataset.training]"]);
    refused(b"[plugin]\nname = \"caf\xe9\"\n", &[], &["project.toml: cannot read the project file", "UTF-8"]);
}

#[test]
fn parameters_that_the_plugin_refuses_are_wrong_usage() {
    for (parameter, part) in [
        ("side=0", "from 1 to 1024"),
        ("side=2000", "from 1 to 1024"),
        ("side=wide", "`side`"),
        ("side=1.5", "`side`"),
        ("misbehave=politely", "`misbehave`"),
        ("mask=none.png", "which is not a file"),
    ] {
        let sandbox = Sandbox::with_project();
        let outcome = sandbox.job("train", &["--param", parameter]).expect(2);
        let told = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(told.lines().any(|line| line.contains(part)), "{parameter}: {outcome}");
    }
}

#[test]
fn overrides_are_checked_like_the_file() {
    for (set, part) in [
        ("nonsense", "--set nonsense: expected key.path=value"),
        ("config.batchsize=1", "unknown key `batchsize` in [config]; did you mean `batch_size`?"),
        ("confi.batch_size=1", "unknown key `confi`; did you mean `config`?"),
        ("config.batch_size=none", "invalid type"),
        ("config.batch_size=0", "batch_size is 0"),
        ("config.batch_size.more=1", "`batch_size`"),
        ("compute.device=gpu", "expected auto, cpu, cuda or cuda:N"),
        ("plugin.params.sides=8", "did you mean `side`?"),
        ("=1", "unknown key"),
    ] {
        refused(Sandbox::PROJECT, &["--set", set], &[part]);
    }
    refused(Sandbox::PROJECT, &["--device", "tpu"], &["the device is \"tpu\""]);
    refused(Sandbox::PROJECT, &["--batch-size", "0"], &["batch_size is 0"]);
    refused(Sandbox::PROJECT, &["--param", "sides=8"], &["did you mean `side`?"]);
}

#[test]
fn overrides_win_over_the_file() {
    let sandbox = Sandbox::with_project();
    sandbox.write("other.csv", "x\ntest/0.png\ntest/1.png\n");
    let outcome = sandbox
        .job(
            "run",
            &[
                "--set",
                "config.batch_size=1",
                "--set",
                "dataset.validation.uri=other.csv",
                "--set",
                "plugin.params.side = 4",
                "--param",
                "side=8",
                "--param",
                "passes=3",
                "--device",
                "cpu",
                "--json",
            ],
        )
        .expect(0);
    let result: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(result["train"]["parameters"]["side"], 8);
    assert_eq!(result["train"]["parameters"]["passes"], 3);
    assert_eq!(result["evaluate"]["images"], 2);
    assert!(sandbox.text("out/evaluate_log.txt").contains("[nnabla]: data 1 / 2\n"));

    sandbox.job("evaluate", &["--set", "config.batch_size=1", "--batch-size", "3"]).expect(0);
    assert!(sandbox.text("out/evaluate_log.txt").contains("[nnabla]: data 3 / 6\n"));
}

#[test]
fn a_project_needs_only_a_plugin_and_the_dataset_in_use() {
    let sandbox = Sandbox::with_project();
    // With a byte order mark and Windows line ends, as editors leave them.
    sandbox.write(
        "small.toml",
        "\u{feff}[dataset.training]\r\nuri = \"train.csv\"\r\nshuffle = true\r\n[plugin]\r\nname = \"probe\"\r\n\
         params = { side = \"8\" }\r\n",
    );
    let outcome = sandbox.host(&["train", "small.toml", "-o", "out"]).expect(0);
    assert!(outcome.stdout.contains("[WARNING]: [dataset.training] shuffle has no effect"), "{outcome}");
    sandbox.host(&["run", "small.toml", "-o", "out"]).expect(2).complains(&["small.toml", "no [dataset.validation]"]);
    assert_eq!(sandbox.json("out/train_status.json")["status"], "finished");
}

#[test]
fn paths_in_a_project_are_relative_to_it_from_wherever_it_is_used() {
    let sandbox = Sandbox::with_project();
    std::fs::create_dir_all(sandbox.path("work/deep")).unwrap();
    std::fs::create_dir(sandbox.path("projects")).unwrap();
    let project = Sandbox::PROJECT
        .replace("train.csv", "..\\\\train.csv")
        .replace("test.csv", "../test.csv")
        .replace("side = 8", "side = 8\nmask = \"../test/0.png\"");
    sandbox.write("projects/p.toml", project);
    let absolute = sandbox.path("projects/p.toml");
    for (place, project) in [("work/deep", "../../projects/p.toml"), ("work", absolute.to_str().unwrap())] {
        let mut command = sandbox.command(&["run", project, "-o", "out"]);
        command.current_dir(sandbox.path(place));
        finish(command).expect(0);
        assert!(sandbox.text(&format!("{place}/out/output_result.csv")).contains("\n./test/0.png,0,./outputs/"));
    }
}

#[test]
fn a_plugin_may_be_named_by_its_file() {
    let sandbox = Sandbox::with_project();
    std::fs::copy(plugin_folder().join("libnnc_plugin_probe.so"), sandbox.path("mine.so")).unwrap();
    sandbox.job("train", &["--set", "plugin.name=mine.so"]).expect(0);
    sandbox.job("train", &["--set", "plugin.name=./mine.so"]).expect(0);
    sandbox
        .job("train", &["--set", "plugin.name=other.so"])
        .expect(4)
        .complains(&["there is no plugin file", "other.so"]);
}

#[test]
fn datasets_that_are_not_there_are_told_before_anything_is_done() {
    let sandbox = Sandbox::with_project();
    std::fs::remove_file(sandbox.path("test.csv")).unwrap();
    let outcome = sandbox.job("run", &[]).expect(3);
    assert_eq!(outcome.stdout, "");
    outcome.complains(&["project.toml: the validation dataset", "test.csv does not exist"]);
    assert!(!sandbox.path("out/train_status.json").exists());
    sandbox.job("train", &["--set", "dataset.training.uri=none.csv"]).expect(3).complains(&["training", "none.csv"]);
}

#[test]
fn projects_that_cannot_be_read_are_wrong_usage() {
    let sandbox = Sandbox::with_project();
    for project in ["none.toml", "train"] {
        let outcome = sandbox.host(&["train", project, "-o", "out"]).expect(2);
        assert_eq!(outcome.stderr.lines().count(), 1, "{outcome}");
        outcome.complains(&[project, "cannot read the project file"]);
    }
    sandbox.host(&["train", "project.toml"]).expect(2).complains(&["--output"]);
    sandbox.host(&["tran", "project.toml", "-o", "out"]).expect(2).complains(&["tran"]);
    sandbox.host::<&str>(&[]).expect(2);
}
