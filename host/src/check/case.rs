//! The child process of a check: opens the plugin and runs one case.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nnc_plugin_api::testkit::{Case, Kit, Verdict};
use nnc_sandbox::MessagePipe;

use super::{Answer, Order, Outcome};
use crate::registry;
use nnc_messages::Say;

/// Entry point of the hidden `check-case` command; `folder` is for the kit's files.
pub(crate) fn main(folder: &Path) -> ExitCode {
    let Ok(pipe) = MessagePipe::take_stdout() else { return ExitCode::FAILURE };
    let mut text = String::new();
    let order = std::io::stdin().read_to_string(&mut text).ok().and_then(|_| serde_json::from_str(&text).ok());
    let Some(order) = order else { return ExitCode::FAILURE };
    let answer = match run(&order, folder) {
        Ok(Verdict::Passed) => Answer { outcome: Outcome::Passed, detail: String::new() },
        Ok(Verdict::Warning(detail)) => Answer { outcome: Outcome::Warning, detail },
        Ok(Verdict::Skipped(detail)) => Answer { outcome: Outcome::Skipped, detail },
        Ok(Verdict::Failed(detail)) | Err(detail) => Answer { outcome: Outcome::Failed, detail },
    };
    pipe.send(&answer);
    ExitCode::SUCCESS
}

fn run(order: &Order, folder: &Path) -> Result<Verdict, String> {
    let case = Case::named(&order.case).ok_or_else(|| format!("there is no case {}", order.case))?;
    let plugin = registry::open_if_allowed(&order.plugin)?;
    let dirs: Vec<PathBuf> = order.weights_dirs.clone();
    let mut kit = Kit::of(plugin, folder)
        .map_err(|e| e.to_string())?
        .with_threads(order.threads)
        .with_weights(move |name| nnc_weights::find(name, Path::new("/"), &dirs).map_err(|error| error.said()));
    for (name, value) in &order.params {
        kit = kit.with(name, value.clone());
    }
    Ok(case.run(&kit, order.model.as_deref(), &order.watched))
}
