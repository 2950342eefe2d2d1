//! `plugin check`: runs the cases of the plugin interface against one plugin, each in a process of its own with limits
//! on time and memory, in folders of its own.
//!
//! The cases themselves are `nnc_plugin_api::testkit::CASES`; `case` is the child that runs one of them.

mod case;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use nnc_plugin_api::testkit::{CASES, Case};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::files::own_executable;
use crate::language::{CheckText, Message, chosen};
use crate::process::{LastWords, bind_to_parent, ending, private_bytes};
use crate::trust::Trust;
use nnc_messages::{Failure, Result};

pub(crate) use case::main as case_main;

/// How long to listen to a process that has ended.
const LAST_MESSAGES: Duration = Duration::from_secs(1);
/// How often memory is looked at.
const TICK: Duration = Duration::from_millis(20);

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
    // The kit's own folder must not lie in a watched one.
    let mut child = start(&order, &cwd, &home, &temp, &folder("kit")?, plan.threads)?;
    let watched = watch(&mut child, plan, started)?;
    Ok(Line {
        id: case.id,
        question: case.question,
        outcome: watched.answer.outcome,
        detail: watched.answer.detail,
        seconds: started.elapsed().as_secs_f64(),
        memory: watched.memory,
    })
}

fn start(order: &Order, cwd: &Path, home: &Path, temp: &Path, kit: &Path, threads: usize) -> Result<Child> {
    let mut command = Command::new(own_executable()?);
    command
        .args(["--lang", chosen().tag(), "check-case"])
        .arg(kit)
        .current_dir(cwd)
        .env("HOME", home)
        .env("TMPDIR", temp)
        .env_remove("XDG_CACHE_HOME")
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_CONFIG_HOME")
        .env("OMP_NUM_THREADS", threads.to_string())
        .env("OPENBLAS_NUM_THREADS", "1")
        .env("OMP_WAIT_POLICY", "passive")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // The home folder is another one, the policy is not.
    if let Ok(path) = Trust::path()
        && path.is_file()
    {
        command.env(Trust::VARIABLE, path);
    }
    bind_to_parent(&mut command);
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A child that dies here says so through its exit status.
        let _ = stdin.write_all(&serde_json::to_vec(order)?);
    }
    Ok(child)
}

struct Watched {
    answer: Answer,
    memory: u64,
}

/// Follows a child to its end, or ends it.
fn watch(child: &mut Child, plan: &Plan, started: Instant) -> Result<Watched> {
    let answer = read(child.stdout.take(), |answer: &mut Option<Answer>, line| {
        *answer = answer.take().or_else(|| serde_json::from_str(line).ok());
    });
    let words = read(child.stderr.take(), LastWords::hear);
    let mut memory = 0;
    let exit = loop {
        memory = memory.max(private_bytes(child.id()));
        let broken = if memory > plan.memory_limit {
            Some(CheckText::MuchMemory.with(&[&format_args!("{:.1}", plan.memory_limit as f64 / 1e9)]))
        } else if started.elapsed() > plan.time_limit {
            Some(CheckText::NotDone.with(&[&format_args!("{:.0}", plan.time_limit.as_secs_f64())]))
        } else {
            None
        };
        if let Some(detail) = broken {
            child.kill()?;
            child.wait()?;
            return Ok(Watched { answer: Answer { outcome: Outcome::Failed, detail }, memory });
        }
        match child.try_wait()? {
            Some(exit) => break exit,
            None => std::thread::sleep(TICK),
        }
    };
    if let Some(answer) = answer.recv_timeout(LAST_MESSAGES).unwrap_or_default() {
        return Ok(Watched { answer, memory });
    }
    let words = words.recv_timeout(LAST_MESSAGES).unwrap_or_default();
    let detail = match words.reason() {
        Some(reason) => CheckText::Ended.with(&[&reason]),
        None => CheckText::Ended.with(&[&ending(exit)]) + &words.quoted(),
    };
    Ok(Watched { answer: Answer { outcome: Outcome::Crashed, detail }, memory })
}

/// Reads a pipe to its end on a thread of its own and keeps what `hear` makes of its lines.
fn read<T: Default + Send + 'static>(
    pipe: Option<impl Read + Send + 'static>,
    hear: impl Fn(&mut T, &str) + Send + 'static,
) -> Receiver<T> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut heard = T::default();
        let mut line = Vec::new();
        let mut pipe = pipe.map(BufReader::new);
        // Plugins may print anything, so lines are cut at a length and need not be UTF-8.
        while pipe.as_mut().is_some_and(|p| p.by_ref().take(1 << 20).read_until(b'\n', &mut line).is_ok_and(|n| n > 0))
        {
            hear(&mut heard, &String::from_utf8_lossy(&line));
            line.clear();
        }
        let _ = sender.send(heard);
    });
    receiver
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
