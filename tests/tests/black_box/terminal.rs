//! What users read and type: Japanese on request, NNC's log lines in English all the same, completions and manual pages.

use std::process::Command;

use nnc_tests::{Outcome, Sandbox, finish};

fn in_locale(sandbox: &Sandbox, locale: &str, arguments: &[&str]) -> Outcome {
    let mut command: Command = sandbox.command(arguments);
    command.env("LANG", locale);
    finish(command)
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
    let help = in_locale(&sandbox, "ja_JP.UTF-8", &["run", "--help"]).expect(0);
    assert!(help.stdout.contains("使い方: nnc-host run") && help.stdout.contains("例:\n"), "{help}");
}

#[test]
fn a_job_in_japanese_keeps_the_log_of_nnc() {
    let sandbox = Sandbox::with_project();
    let run = sandbox.job("run", &["--lang", "ja"]).expect(0);
    for line in ["[worker]: [INFO]: worker done", "[nnabla]: Training Completed.", "[nnabla]: Forward Completed."] {
        assert!(run.stdout.contains(line), "{run}");
    }
    assert!(sandbox.text("out/report.html").contains("<html lang=\"ja\">"));
    assert!(!run.stderr.contains('\u{1b}'), "no progress bar without a terminal: {run}");
}

#[test]
fn figures_are_told_in_both_languages() {
    let sandbox = Sandbox::with_project();
    let run = sandbox.job("run", &["--threshold", "1"]).expect(0);
    for part in ["]: image AUROC ", "]: threshold 1, as given; ", " normal validation images ", "]: verdicts: "] {
        assert!(run.stdout.contains(part), "{part} in {run}");
    }
    // NNC's warning, and after it why it is harmless.
    let warned = run.stdout.split_once("[WARNING]: confusion_matrix.json can not created\n").expect("NNC's warning").1;
    assert!(warned.lines().next().unwrap().contains("[worker]: [INFO]: a confusion matrix needs labels"), "{run}");

    let run = sandbox.job("evaluate", &["--threshold", "1", "--lang", "ja"]).expect(0);
    for part in ["]: 画像 AUROC ", "]: しきい値 1（指定値）。評価用の正常画像 ", "]: 判定: 異常画像 "]
    {
        assert!(run.stdout.contains(part), "{part} in {run}");
    }
    let warned = run.stdout.split_once("[WARNING]: confusion_matrix.json can not created\n").expect("NNC's warning").1;
    assert!(warned.lines().next().unwrap().contains("[worker]: [INFO]: 混同行列の作成には"), "{run}");
    for part in ["image AUROC", "as given", "verdicts"] {
        assert!(!run.stdout.contains(part), "{part} in {run}");
    }
    let report = sandbox.host(&["report", "out", "--threshold", "2", "--lang", "ja"]).expect(0);
    assert!(report.stdout.contains("しきい値 2（指定値）"), "{report}");
}

#[test]
fn shells_get_completions() {
    let sandbox = Sandbox::new();
    for (shell, part) in
        [("bash", "complete -F _nnc__host"), ("zsh", "#compdef nnc-host"), ("fish", "complete -c nnc-host")]
    {
        let completions = sandbox.host(&["completions", shell]).expect(0);
        assert!(completions.stdout.contains(part) && completions.stdout.contains("evaluate"), "{completions}");
        assert!(!completions.stdout.contains("worker"), "commands that nobody types: {completions}");
    }
    sandbox.host(&["completions", "command.com"]).expect(2).complains(&["command.com"]);
}

#[test]
fn every_command_has_a_manual_page() {
    let sandbox = Sandbox::new();
    let page = sandbox.host(&["man"]).expect(0);
    assert!(page.stdout.contains(".TH nnc-host 1") && page.stdout.contains("Exit codes: 0 success"), "{page}");
    sandbox.host(&["man", "-o", "man1"]).expect(0);
    let pages = sandbox.names("man1");
    for name in ["nnc-host.1", "nnc-host-run.1", "nnc-host-dataset-check.1", "nnc-host-weights-fetch.1"] {
        assert!(pages.iter().any(|page| page == name), "no {name} in {pages:?}");
    }
    assert!(!pages.iter().any(|page| page.contains("worker")), "{pages:?}");
    assert!(sandbox.text("man1/nnc-host-dataset-check.1").contains(".TH nnc-host-dataset-check 1"));
}
