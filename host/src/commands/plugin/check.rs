//! `plugin check`: asks every question and reports.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use nnc_plugin_api::testkit::CASES;
use nnc_project::parameters;
use nnc_project_types::PluginReference;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{named, print_json};
use crate::cli::CheckArgs;
use crate::table::padded;
use nnc_console::print_line;
use nnc_messages::{Exit, Failure, Question, Result, Say, messages};
use nnc_plugin_check::{CaseReport, Detail, Outcome, Plan};
use nnc_text::PathText;

messages! {
    /// What the command says itself.
    enum CheckMessage {
        NameValue { text: String } => "--param {text}: expected NAME=VALUE", "--param {text}: 名前=値 の形で指定してください";
        Opening { seconds: u64 } => "opening it; a plugin that is not open after {seconds} s is given up", "プラグインを開いています。{seconds} 秒以内に開かなければ中止します";
        ModelIsMissing { path: PathBuf } => "there is no model {path}", "モデル {path} がありません";
        Sum { passed: usize, warned: usize, bad: usize, skipped: usize } =>
            "{passed} passed, {warned} with a warning, {bad} failed, {skipped} skipped", "合格 {passed}、警告 {warned}、不合格 {bad}、省略 {skipped}";
        Breaks { plugin: PathBuf, bad: usize, first: &'static str, detail: Detail } =>
            "{plugin} breaks {bad} of the rules, first `{first}`: {detail}", "{plugin} は {bad} 件の規則に違反しています。最初は `{first}`: {detail}";
    }
}

/// Runs the command.
pub(super) fn run(args: &CheckArgs) -> Result<()> {
    let only = nnc_plugin_check::named(&args.only)?;
    let Some(id) = args.id.as_ref().filter(|_| !args.list) else { return list(args.json) };
    let plan = plan(id, args)?;
    let lines = nnc_plugin_check::run(&plan, &only, |line| {
        if !args.json {
            print_line(row(line));
        }
    })?;
    let count = |outcome| lines.iter().filter(|line| line.outcome == outcome).count();
    let bad = lines.iter().filter(|line| line.outcome.is_bad()).count();
    if args.json {
        print_json(
            &json!({"plugin": PathText(&plan.plugin), "passed": bad == 0, "cases": lines.iter().map(Line::of).collect::<Vec<_>>()}),
        )?;
    } else {
        let [passed, warned, skipped] = [Outcome::Passed, Outcome::Warning, Outcome::Skipped].map(count);
        print_line(CheckMessage::Sum { passed, warned, bad, skipped }.said());
    }
    match lines.into_iter().find(|line| line.outcome.is_bad()) {
        Some(first) => Err(Failure::new(
            Exit::Plugin,
            CheckMessage::Breaks { plugin: plan.plugin, bad, first: first.case.id, detail: first.detail },
        )),
        None => Ok(()),
    }
}

fn plan(id: &str, args: &CheckArgs) -> Result<Plan> {
    // A file is checked whatever it is; that it cannot even be listed is for the report.
    let plugin = match named(id)? {
        PluginReference::File(path) if path.is_file() => path,
        reference => nnc_registry::find(&reference, &args.dirs.plugin_dir)?.0,
    };
    let mut params = Map::new();
    for text in &args.param {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| Failure::new(Exit::Usage, CheckMessage::NameValue { text: text.clone() }))?;
        params.insert(name.trim().to_owned(), Value::String(value.trim().to_owned()));
    }
    if !args.json {
        print_line(plugin.said());
        print_line(CheckMessage::Opening { seconds: nnc_plugin_check::OPENING.as_secs() }.said());
    }
    if let Ok((_, manifest)) = nnc_registry::find(&PluginReference::File(plugin.clone()), &[]) {
        // Paths are relative to where the user is, and a slip of the finger is told before the first case.
        let resolved = parameters::resolve_for_training(&manifest, &params, &std::env::current_dir()?)?;
        for (name, value) in &mut params {
            if let Some(checked) = resolved.as_map().get(name) {
                *value = checked.clone();
            }
        }
    }
    let model = match &args.model {
        Some(path) if !path.is_file() => {
            return Err(Failure::new(Exit::Usage, CheckMessage::ModelIsMissing { path: path.clone() }));
        }
        model => model.as_ref().map(std::path::absolute).transpose()?,
    };
    Ok(Plan {
        plugin,
        params,
        model,
        weights_dirs: nnc_weights::folders(&args.weights.weights_dir)
            .iter()
            .map(std::path::absolute)
            .collect::<std::io::Result<_>>()?,
        time_limit: args.time_limit,
        memory_limit: args.memory_limit,
        threads: std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
    })
}

/// A report in JSON.
#[derive(Serialize)]
struct Line {
    id: &'static str,
    question: &'static str,
    outcome: Outcome,
    detail: String,
    seconds: f64,
    memory: u64,
}

impl Line {
    fn of(report: &CaseReport) -> Self {
        Self {
            id: report.case.id,
            question: report.case.question,
            outcome: report.outcome,
            detail: report.detail.said(),
            seconds: report.seconds,
            memory: report.memory,
        }
    }
}

fn row(report: &CaseReport) -> String {
    let detail = match &report.detail {
        Detail::None => Question::of(report.case).said(),
        detail => detail.said(),
    };
    let outcome = padded(&report.outcome.said(), 8);
    format!("  {outcome} {:<18} {:>6.1} s  {detail}", report.case.id, report.seconds)
}

fn list(as_json: bool) -> Result<()> {
    if as_json {
        let rows: Vec<_> = CASES
            .iter()
            .map(|case| json!({"id": case.id, "question": case.question, "only_for_training": case.trains}))
            .collect();
        return print_json(&rows);
    }
    for case in CASES {
        print_line(format!("{:<18} {}", case.id, Question::of(case).said()));
    }
    Ok(())
}
