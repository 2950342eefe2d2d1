//! The child's half: opens the plugin and runs one case.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nnc_plugin_api::testkit::{Case, Kit, Verdict};
use nnc_registry::{OpenError, open_if_allowed};
use nnc_sandbox::MessagePipe;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::report::Outcome;

/// What the child is told.
#[derive(Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) case: String,
    pub(crate) plugin: PathBuf,
    pub(crate) params: Map<String, Value>,
    pub(crate) model: Option<PathBuf>,
    pub(crate) weights_dirs: Vec<PathBuf>,
    pub(crate) threads: usize,
    /// Folders in which the plugin has no business.
    pub(crate) watched: Vec<PathBuf>,
}

/// What the child answers.
#[derive(Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    /// Why; empty where nothing is to be said.
    pub(crate) detail: String,
}

/// Entry point of the hidden `check-case` command; `folder` is for the kit's files, `say` gives errors their words, and
/// `weights` finds a file with weights in folders.
pub fn case_main(
    folder: &Path,
    say: impl Fn(&OpenError) -> String,
    weights: fn(&str, &[PathBuf]) -> Result<PathBuf, String>,
) -> ExitCode {
    let Ok(pipe) = MessagePipe::take_stdout() else { return ExitCode::FAILURE };
    let mut text = String::new();
    let order = std::io::stdin().read_to_string(&mut text).ok().and_then(|_| serde_json::from_str::<Order>(&text).ok());
    let Some((order, case)) = order.and_then(|order| Case::named(&order.case).map(|case| (order, case))) else {
        return ExitCode::FAILURE;
    };
    let (outcome, detail) = match verdict(case, &order, folder, say, weights) {
        Ok(Verdict::Passed) => (Outcome::Passed, String::new()),
        Ok(Verdict::Warning(detail)) => (Outcome::Warning, detail),
        Ok(Verdict::Skipped(detail)) => (Outcome::Skipped, detail),
        Ok(Verdict::Failed(detail)) | Err(detail) => (Outcome::Failed, detail),
    };
    pipe.send(&Answer { outcome, detail });
    ExitCode::SUCCESS
}

fn verdict(
    case: &Case,
    order: &Order,
    folder: &Path,
    say: impl Fn(&OpenError) -> String,
    weights: fn(&str, &[PathBuf]) -> Result<PathBuf, String>,
) -> Result<Verdict, String> {
    let plugin = open_if_allowed(&order.plugin).map_err(|error| say(&error))?;
    let dirs = order.weights_dirs.clone();
    let mut kit = Kit::of(plugin, folder)
        .map_err(|e| e.to_string())?
        .with_threads(order.threads)
        .with_weights(move |name| weights(name, &dirs));
    for (name, value) in &order.params {
        kit = kit.with(name, value.clone());
    }
    Ok(case.run(&kit, order.model.as_deref(), &order.watched))
}
