//! `plugin check`: runs the cases of the plugin interface against one plugin, each in a process of its own with limits
//! on time and memory, in folders of its own.
//!
//! The cases themselves are `nnc_plugin_api::testkit::CASES`; `case` is the child that runs one of them.

mod case;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use nnc_plugin_api::testkit::{CASES, Case};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::language::{CheckText, Message};
use crate::trust::Trust;
use nnc_messages::{Failure, Result, Say};
use nnc_sandbox::{Answered, Launch, Limits};

pub(crate) use case::main as case_main;

/// What to check, and how.
pub(crate) struct Plan {
    /// The plugin's file.
    pub(crate) plugin: PathBuf,
    /// Parameters as the user gives them, checked against the manifest.
    pub(crate) params: Map<String, Value>,
    /// A model for plugins that do not train.
    pub(crate) model: Option<PathBuf>,
    pub(crate) weights_dirs: Vec<PathBuf>,
    /// Time and memory for each case.
    pub(crate) time_limit: Duration,
    pub(crate) memory_limit: u64,
    /// Threads that libraries may use.
    pub(crate) threads: usize,
}

/// How a case came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Passed,
    Warning,
    Failed,
    Crashed,
    Skipped,
}

impl Outcome {
    /// Whether the plugin breaks a rule.
    pub(crate) fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::Crashed)
    }

    /// What people read.
    pub(crate) fn name(self) -> CheckText {
        match self {
            Self::Passed => CheckText::Passed,
            Self::Warning => CheckText::Warning,
            Self::Failed => CheckText::Failed,
            Self::Crashed => CheckText::Crashed,
            Self::Skipped => CheckText::Skipped,
        }
    }
}

/// One line of the report.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) id: &'static str,
    pub(crate) question: &'static str,
    pub(crate) outcome: Outcome,
    /// Why, empty for a case that passed.
    pub(crate) detail: String,
    pub(crate) seconds: f64,
    /// Most memory that the process held, in bytes.
    pub(crate) memory: u64,
}

/// What the child is told.
#[derive(Serialize, Deserialize)]
struct Order {
    case: String,
    plugin: PathBuf,
    params: Map<String, Value>,
    model: Option<PathBuf>,
    weights_dirs: Vec<PathBuf>,
    threads: usize,
    /// Folders in which the plugin has no business.
    watched: Vec<PathBuf>,
}

/// What the child answers.
#[derive(Serialize, Deserialize)]
struct Answer {
    outcome: Outcome,
    detail: String,
}

/// Runs the cases one after the other, so that their times mean something, and hands each line to `tell`.
///
/// # Errors
/// When no process can be started or there is no room for its files; never because of the plugin.
pub(crate) fn run(plan: &Plan, only: &[&'static Case], mut tell: impl FnMut(&Line)) -> Result<Vec<Line>> {
    let mut lines: Vec<Line> = Vec::new();
    for case in CASES.iter().filter(|case| only.is_empty() || only.iter().any(|o| o.id == case.id)) {
        // A plugin that cannot be opened says the same to every question.
        let line = match lines.iter().find(|line| line.id == "loads" && line.outcome.is_bad()) {
            Some(_) => Line {
                id: case.id,
                question: case.question,
                outcome: Outcome::Skipped,
                detail: CheckText::CannotBeOpened.with(&[]),
                seconds: 0.0,
                memory: 0,
            },
            None => run_case(plan, case)?,
        };
        tell(&line);
        lines.push(line);
    }
    Ok(lines)
}

fn run_case(plan: &Plan, case: &'static Case) -> Result<Line> {
    let scratch = tempfile::Builder::new().prefix("nnc-check-").tempdir()?;
    let folder = |name: &str| -> Result<PathBuf> {
        let path = scratch.path().join(name);
        std::fs::create_dir(&path)?;
        Ok(path)
    };
    let (cwd, home, temp) = (folder("cwd")?, folder("home")?, folder("tmp")?);
    let order = Order {
        case: case.id.to_owned(),
        plugin: plan.plugin.clone(),
        params: plan.params.clone(),
        model: plan.model.clone(),
        weights_dirs: plan.weights_dirs.clone(),
        threads: plan.threads,
        watched: vec![cwd.clone(), home.clone(), temp.clone()],
    };
    let started = Instant::now();
    let limits = Limits { memory: Some(plan.memory_limit), time: Some(plan.time_limit), ..Limits::default() };
    let mut launch = Launch::new("check-case", limits)
        // The kit's own folder must not lie in a watched one.
        .argument(folder("kit")?)
        .threads(plan.threads)
        .folder(cwd)
        .variable("HOME", Some(home))
        .variable("TMPDIR", Some(temp))
        .input(serde_json::to_vec(&order)?);
    for name in ["XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
        launch = launch.variable(name, None::<&str>);
    }
    // The home folder is another one, the policy is not.
    if let Ok(path) = Trust::path()
        && path.is_file()
    {
        launch = launch.variable(Trust::VARIABLE, Some(path));
    }
    let Answered { answer, ending, peak_memory } = launch.start()?.answer()?;
    let answer = match (answer, ending.broken_limit()) {
        (Some(answer), None) => answer,
        (_, Some(limit)) => Answer { outcome: Outcome::Failed, detail: CheckText::Ended.with(&[&limit.said()]) },
        (None, None) => Answer { outcome: Outcome::Crashed, detail: CheckText::Ended.with(&[&ending.said()]) },
    };
    Ok(Line {
        id: case.id,
        question: case.question,
        outcome: answer.outcome,
        detail: answer.detail,
        seconds: started.elapsed().as_secs_f64(),
        memory: peak_memory,
    })
}

/// The cases with these names.
///
/// # Errors
/// A name that there is not, with the nearest one.
pub(crate) fn named(ids: &[String]) -> Result<Vec<&'static Case>> {
    ids.iter()
        .map(|id| {
            Case::named(id).ok_or_else(|| {
                let known = || CASES.iter().map(|case| case.id);
                let hint = match nnc_plugin_api::nearest(id, known()) {
                    Some(near) => Message::DidYouMean.with(&[&near]),
                    None => Message::ThereAre.with(&[&known().collect::<Vec<_>>().join(", ")]),
                };
                Failure::new(nnc_messages::Exit::Usage, CheckText::NoCase.with(&[id, &hint]))
            })
        })
        .collect()
}
