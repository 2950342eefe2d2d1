//! `plugin check`: asks every question and reports.

use std::num::NonZeroUsize;

use nnc_plugin_api::testkit::CASES;
use nnc_project::parameters;
use nnc_project_types::PluginReference;
use serde_json::{Map, Value, json};

use super::{named, print_json};
use crate::check::{self, Line, Outcome, Plan};
use crate::cli::CheckArgs;
use crate::language::{CheckText, Message, ParameterText, Question};
use crate::registry;
use crate::table::padded;
use nnc_console::plain;
use nnc_messages::{Exit, Failure, Result};

/// Runs the command.
pub(super) fn run(args: &CheckArgs) -> Result<()> {
    let only = check::named(&args.only)?;
    let Some(id) = args.id.as_ref().filter(|_| !args.list) else { return list(args.json) };
    let plan = plan(id, args)?;
    if !args.json {
        println!("{}", plan.plugin.display());
    }
    let lines = check::run(&plan, &only, |line| {
        if !args.json {
            println!("{}", row(line));
        }
    })?;
    let count = |outcome| lines.iter().filter(|line| line.outcome == outcome).count();
    let bad = lines.iter().filter(|line| line.outcome.is_bad()).count();
    if args.json {
        print_json(&json!({"plugin": plan.plugin, "passed": bad == 0, "cases": lines}))?;
    } else {
        let [passed, warned, skipped] = [Outcome::Passed, Outcome::Warning, Outcome::Skipped].map(count);
        println!("{}", CheckText::Sum.with(&[&passed, &warned, &bad, &skipped]));
    }
    match lines.iter().find(|line| line.outcome.is_bad()) {
        Some(first) => Err(Failure::new(
            Exit::Plugin,
            CheckText::Breaks.with(&[&plan.plugin.display(), &bad, &first.id, &first.detail]),
        )),
        None => Ok(()),
    }
}

fn plan(id: &str, args: &CheckArgs) -> Result<Plan> {
    // A file is checked whatever it is; that it cannot even be listed is for the report.
    let plugin = match named(id)? {
        PluginReference::File(path) if path.is_file() => path,
        reference => registry::find(&reference, &args.dirs.plugin_dir)?.0,
    };
    let mut params = Map::new();
    for text in &args.param {
        let (name, value) =
            text.split_once('=').ok_or_else(|| Failure::new(Exit::Usage, ParameterText::NameValue.with(&[text])))?;
        params.insert(name.trim().to_owned(), Value::String(value.trim().to_owned()));
    }
    if let Ok((_, manifest)) = registry::find(&PluginReference::File(plugin.clone()), &[]) {
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
            return Err(Failure::new(Exit::Usage, Message::ModelIsMissing.with(&[&path.display()])));
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

fn row(line: &Line) -> String {
    let detail = match plain(&line.detail) {
        detail if detail.is_empty() => Question::said(line.question),
        detail => detail,
    };
    let outcome = padded(&line.outcome.name().with(&[]), 8);
    format!("  {outcome} {:<18} {:>6.1} s  {detail}", line.id, line.seconds)
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
        println!("{:<18} {}", case.id, Question::said(case.question));
    }
    Ok(())
}
