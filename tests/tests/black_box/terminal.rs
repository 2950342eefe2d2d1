//! What users read and type: Japanese on request, NNC's log lines in English all the same, completions and manual pages.

use std::process::Command;

use nnc_tests::{Outcome, Sandbox, assert_told, finish};

fn in_locale(sandbox: &Sandbox, locale: &str, arguments: &[&str]) -> Outcome {
    let mut command: Command = sandbox.command(arguments);
    command.env("LANG", locale);
    finish(command)
}

#[test]
fn arguments_are_repeated_as_plain_text() {
    let sandbox = Sandbox::new();
    for arguments in [
        &["\x1b[31mrun\n2020-01-01 [worker]: [INFO]: worker done"][..],
        &["run", "project.toml", "--sandbox=\x1b]0;title\x07off"],
        &["run", "project.toml", "--sandbox", "\u{202e}ffo"],
        &["run", "--\x1b[2J"],
    ] {
        for language in ["en", "ja"] {
            let outcome = sandbox.host(&[arguments, &["--lang", language]].concat()).expect(2);
            let plain = |c: char| c == '\n' || !c.is_control() && c != '\u{202e}';
            assert!(outcome.stderr.chars().all(plain), "{:?}", outcome.stderr);
            assert!(!outcome.stderr.lines().any(|line| line.starts_with("2020")), "{outcome}");
        }
    }
}

#[test]
fn a_japanese_locale_or_lang_makes_it_speak_japanese() {
    let sandbox = Sandbox::with_project();
    let check = ["dataset", "check", "train.csv"];
    for (locale, more, due) in [
        ("C.UTF-8", &[][..], "no problem found"),
        ("ja_JP.UTF-8", &[], "問題は見つかりませんでした"),
        ("C.UTF-8", &["--lang", "ja"], "問題は見つかりませんでした"),
        ("ja_JP.UTF-8", &["--lang=en"], "no problem found"),
    ] {
        let told = in_locale(&sandbox, locale, &[&check, more].concat()).expect(0);
        assert!(told.stdout.contains(due), "{told}");
    }
    in_locale(&sandbox, "ja_JP.UTF-8", &["run", "nowhere.toml", "-o", "out"])
        .expect(2)
        .complains(&["エラー: ", "nowhere.toml"]);
    in_locale(&sandbox, "ja_JP.UTF-8", &["rnu"]).expect(2).complains(&["コマンド 'rnu' はありません"]);
    let help = in_locale(&sandbox, "ja_JP.UTF-8", &["dataset", "check", "--help"]).expect(0);
    assert_told!(sandbox, "help_in_japanese", help);
}

#[test]
fn a_job_in_japanese_keeps_the_log_of_nnc() {
    let sandbox = Sandbox::with_project();
    let run = sandbox.job("run", &["--lang", "ja"]).expect(0);
    // Without a terminal there is no progress bar on standard error.
    assert_told!(sandbox, "job_in_japanese", run);
    assert!(sandbox.text("out/report.html").contains("<html lang=\"ja\">"));
}

#[test]
fn figures_are_told_in_both_languages() {
    let sandbox = Sandbox::with_project();
    // Behind NNC's warning of a missing confusion matrix comes why it is harmless.
    let run = sandbox.job("run", &["--threshold", "1"]).expect(0);
    assert_told!(sandbox, "figures_in_english", run);
    let run = sandbox.job("evaluate", &["--threshold", "1", "--lang", "ja"]).expect(0);
    assert_told!(sandbox, "figures_in_japanese", run);
    let report = sandbox.host(&["report", "out", "--threshold", "2", "--lang", "ja"]).expect(0);
    assert!(report.stdout.contains("しきい値 2（指定値）"), "{report}");
}

#[test]
fn shells_get_completions() {
    let sandbox = Sandbox::new();
    for (shell, part) in [("bash", "complete -F _nnc__host"), ("zsh", "#compdef nnc-host")] {
        let completions = sandbox.host(&["completions", shell]).expect(0);
        assert!(completions.stdout.contains(part), "{completions}");
        assert!(!completions.stdout.contains("worker"), "commands that nobody types: {completions}");
    }
    let completions = sandbox.host(&["completions", "fish"]).expect(0);
    let commands: Vec<&str> = completions.stdout.lines().filter(|line| line.contains("needs_command")).collect();
    assert_told!(sandbox, "completions_of_fish", commands.join("\n"));
    sandbox.host(&["completions", "command.com"]).expect(2).complains(&["command.com"]);
}

#[test]
fn every_command_has_a_manual_page() {
    let sandbox = Sandbox::new();
    let page = sandbox.host(&["man"]).expect(0);
    assert_told!(sandbox, "manual_page", page);
    sandbox.host(&["man", "-o", "man1"]).expect(0);
    assert_told!(sandbox, "manual_pages", sandbox.names("man1").join("\n"));
    assert!(sandbox.text("man1/nnc-host-dataset-check.1").contains(".TH nnc-host-dataset-check 1"));
}

/// Characters that steer terminals, forge lines or hide what is there.
const EVIL: &str = "a\u{1b}[2J\u{9b}31mb\rc\u{202e}d\u{200b}e\u{2067}f\u{7}";

/// Fails unless an outcome holds nothing but plain characters and line breaks.
#[track_caller]
fn assert_plain(outcome: &Outcome) {
    for text in [&outcome.stdout, &outcome.stderr] {
        let odd = text.chars().find(|c| {
            (c.is_control() && *c != '\n')
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(odd, None, "{outcome}");
        // JSON is for programs, which get all of it.
        let is_json = text.starts_with('{') || text.starts_with('[');
        assert!(is_json || text.lines().all(|line| line.chars().count() <= 20_000), "a line too long");
    }
}

#[test]
fn nothing_that_a_file_says_steers_the_terminal() {
    let sandbox = Sandbox::with_project();
    let outcome = |arguments: &[&str]| sandbox.host(arguments);
    // Cells, headers and names of files of a table; a cell of 2 MB.
    sandbox.write("evil.csv", format!("\"x:{EVIL}\",y\n\"{EVIL}.png\",0\n{},1\n", "z".repeat(2 << 20)));
    sandbox.write(&format!("{}.csv", EVIL.replace('/', "")), "x\n1\n");
    for command in [
        &["dataset", "show", "evil.csv"][..],
        &["dataset", "show", "evil.csv", "--json"],
        &["dataset", "check", "evil.csv"],
        &["dataset", "check", "evil.csv", "--json"],
        &["dataset", "check", "evil.csv", "--lang", "ja"],
        &["dataset", "show", EVIL],
    ] {
        assert_plain(&outcome(command));
    }
    // A project, in both formats.
    let escaped: String = EVIL.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let toml = format!("[dataset.training]\nuri = \"{escaped}\"\n[plugin]\nname = \"{escaped}\"\n");
    sandbox.write("evil.toml", toml);
    sandbox.write("evil.sdcproj", format!("[Dataset]\nNum={EVIL}\n"));
    for project in ["evil.toml", "evil.sdcproj"] {
        assert_plain(&outcome(&["run", project, "-o", "new"]));
    }
    // A status file, and an evaluation with evil names.
    sandbox.job("run", &["--quiet"]).expect(0);
    let mut status = sandbox.json("out/evaluate_status.json");
    status["status"] = EVIL.into();
    status["last_error"] = serde_json::json!({ "message": EVIL });
    sandbox.write("out/evaluate_status.json", status.to_string());
    let mut evaluation = sandbox.json("out/evaluation.json");
    evaluation["evaluation"]["origin"]["plugin"] = EVIL.into();
    evaluation["evaluation"]["title"] = EVIL.into();
    evaluation["evaluation"]["rows"][0]["name"] = EVIL.into();
    sandbox.write("other/evaluation.json", evaluation.to_string());
    for command in
        [&["jobs", "."][..], &["jobs", ".", "--json"], &["jobs", "compare", "out", "other"], &["report", "other"]]
    {
        assert_plain(&outcome(command));
    }
}

/// Runs a command with one of its streams on a disk that is always full.
fn on_full_disk(sandbox: &Sandbox, arguments: &[&str], stream: &str) -> Option<i32> {
    let mut command = sandbox.command(arguments);
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    match stream {
        "stdout" => drop(command.stdout(full()).stderr(std::process::Stdio::null())),
        _ => drop(command.stderr(full()).stdout(std::process::Stdio::null())),
    }
    command.status().unwrap().code()
}

#[test]
fn output_that_cannot_be_written_is_no_panic() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &["--quiet"]).expect(0);
    for command in [
        &["dataset", "check", "train.csv"][..],
        &["dataset", "show", "train.csv"],
        &["dataset", "show", "train.csv", "--json"],
        &["jobs", "."],
        &["jobs", ".", "--json"],
        &["plugin", "list"],
        &["plugin", "show", "probe"],
        &["weights", "list"],
        &["report", "out"],
        &["completions", "bash"],
        &["man"],
        &["--version"],
        &["--help"],
        &["--help", "--lang", "ja"],
    ] {
        assert_eq!(on_full_disk(&sandbox, command, "stdout"), Some(1), "{command:?}");
        assert_eq!(on_full_disk(&sandbox, command, "stderr"), Some(0), "{command:?}");
    }
    // And says why, in one line.
    for command in [&["--version"][..], &["--help", "--lang", "ja"], &["jobs", "."]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let ended = sandbox.command(command).stdout(full).stderr(std::process::Stdio::piped()).output().unwrap();
        let told = String::from_utf8(ended.stderr).unwrap();
        assert!(told.lines().count() == 1 && told.contains("No space left"), "{command:?}: {told}");
    }
    // The code of an error whose message cannot be written is its own.
    for (command, code) in [
        (&["dataset", "check", "none.csv"][..], 3),
        (&["run", "none.toml", "-o", "new"], 2),
        (&["rnu"], 2),
        (&["rnu", "--lang", "ja"], 2),
    ] {
        for stream in ["stdout", "stderr"] {
            assert_eq!(on_full_disk(&sandbox, command, stream), Some(code), "{command:?} {stream}");
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error_of_a_command_that_does_something() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &["--quiet"]).expect(0);
    let mut command = sandbox.command(&["report", "out"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = command.stdout(writer).stderr(std::process::Stdio::piped()).output().unwrap();
    assert_eq!((status.status.code(), String::from_utf8_lossy(&status.stderr).contains("panicked")), (Some(0), false));
}

#[test]
fn a_time_zone_is_that_of_its_name() {
    let sandbox = Sandbox::with_project();
    sandbox.job("run", &["--quiet"]).expect(0);
    let hour = |zone: &str| {
        let mut command = sandbox.command(&["jobs", "."]);
        command.env("TZ", zone);
        finish(command).expect(0).stdout
    };
    if std::path::Path::new("/usr/share/zoneinfo/Asia/Tokyo").exists() {
        assert_eq!(hour("Asia/Tokyo"), hour("JST-9"));
        assert_ne!(hour("Asia/Tokyo"), hour("UTC"));
    }
}
