//! The parent's half: a process for each case, one after the other.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nnc_plugin_api::nearest;
use nnc_plugin_api::testkit::{CASES, Case};
use nnc_registry::Trust;
use nnc_sandbox::{Answered, Launch, Limits, Permissions};
use serde_json::{Map, Value, json};

use crate::case::{Answer, Order};
use crate::error::{CheckError, UnknownCase};
use crate::report::{CaseReport, Detail, Outcome};

/// The most time for opening a plugin.
pub const OPENING: Duration = Duration::from_secs(20);

/// What to check, and how.
pub struct Plan {
    /// The plugin's file.
    pub plugin: PathBuf,
    /// Parameters as the user gives them, checked against the manifest.
    pub params: Map<String, Value>,
    /// A model for plugins that do not train.
    pub model: Option<PathBuf>,
    /// Folders with weights.
    pub weights_dirs: Vec<PathBuf>,
    /// Time for each case.
    pub time_limit: Duration,
    /// Memory for each case.
    pub memory_limit: u64,
    /// Threads that libraries may use.
    pub threads: usize,
}

/// Runs the cases one after the other, so that their times mean something, and hands each report to `tell`.
///
/// # Errors
/// When no process can be started or there is no room for its files; never because of the plugin.
pub fn run(
    plan: &Plan,
    only: &[&'static Case],
    mut tell: impl FnMut(&CaseReport),
) -> Result<Vec<CaseReport>, CheckError> {
    let mut reports: Vec<CaseReport> = Vec::new();
    for case in CASES.iter().filter(|case| only.is_empty() || only.iter().any(|o| o.id == case.id)) {
        // A plugin that cannot be opened says the same to every question.
        let report = match reports.iter().find(|report| report.case.id == "loads" && report.outcome.is_bad()) {
            Some(_) => {
                CaseReport { case, outcome: Outcome::Skipped, detail: Detail::CannotBeOpened, seconds: 0.0, memory: 0 }
            }
            None => run_case(plan, case)?,
        };
        tell(&report);
        reports.push(report);
    }
    Ok(reports)
}

fn run_case(plan: &Plan, case: &'static Case) -> Result<CaseReport, CheckError> {
    let scratch = nnc_files::scratch_folder()?;
    let folder = |name: &str| -> std::io::Result<PathBuf> {
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
    // The first case only opens the plugin; one that hangs there would hang in all others.
    let time = if case.id == "loads" { plan.time_limit.min(OPENING) } else { plan.time_limit };
    let limits = Limits { memory: Some(plan.memory_limit), time: Some(time), ..Limits::default() };
    let mut launch = Launch::new("check-case", limits)
        // The kit's own folder must not lie in a watched one.
        .argument(folder("kit")?)
        .threads(plan.threads)
        .allowed(permissions(plan, scratch.path()))
        .opening(&plan.plugin)
        .folder(cwd)
        .variable("HOME", Some(home))
        .variable("TMPDIR", Some(temp))
        .input(json!(order).to_string().into_bytes());
    for name in ["XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
        launch = launch.variable(name, None::<&str>);
    }
    // The home folder is another one, the policy is not.
    if let Ok(path) = Trust::path()
        && path.is_file()
    {
        launch = launch.variable(Trust::VARIABLE, Some(path));
    }
    let started = Instant::now();
    let Answered { answer, ending, peak_memory } = launch.start::<Answer>()?.answer()?;
    let (outcome, detail) = match answer.filter(|_| ending.broken_limit().is_none()) {
        Some(Answer { outcome, detail }) if detail.is_empty() => (outcome, Detail::None),
        Some(Answer { outcome, detail }) => (outcome, Detail::Said(detail)),
        None if ending.broken_limit().is_some() => (Outcome::Failed, Detail::Ended(ending)),
        // Nothing can be said about a plugin where there is too little for it.
        None if ending.shortage.is_some() => (Outcome::Skipped, Detail::Ended(ending)),
        None => (Outcome::Crashed, Detail::Ended(ending)),
    };
    Ok(CaseReport { case, outcome, detail, seconds: started.elapsed().as_secs_f64(), memory: peak_memory })
}

/// What a case may use: the plugin and what its parameters name; of the machine's folders its own scratch one alone.
fn permissions(plan: &Plan, scratch: &Path) -> Permissions {
    let mut allowed = nnc_registry::reading(&plan.plugin).writing(scratch);
    allowed.read.extend(plan.weights_dirs.iter().cloned());
    allowed.read.extend(plan.model.clone());
    // Paths among the parameters are absolute here.
    let named = plan.params.values().filter_map(Value::as_str).map(Path::new);
    allowed.read.extend(named.filter(|path| path.is_absolute() && path.is_file()).map(Path::to_owned));
    allowed
}

/// The cases with these names.
///
/// # Errors
/// A name that there is not.
pub fn named(ids: &[String]) -> Result<Vec<&'static Case>, UnknownCase> {
    let known = || CASES.iter().map(|case| case.id);
    ids.iter()
        .map(|id| {
            Case::named(id).ok_or_else(|| UnknownCase {
                id: id.clone(),
                near: nearest(id, known()).map(str::to_owned),
                known: known().collect(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_found_by_their_names() {
        assert_eq!(named(&["leaks".into(), "loads".into()]).unwrap().len(), 2);
        let unknown = named(&["leak".into()]).unwrap_err();
        assert_eq!((unknown.id.as_str(), unknown.near.as_deref()), ("leak", Some("leaks")));
        assert_eq!(unknown.known.len(), CASES.len());
    }
}
