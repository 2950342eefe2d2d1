//! Past jobs, as NNC's history has them. The command `jobs` reads their folders, confined; what it said is kept for as long as the
//! files of a folder stay as they are.

pub(crate) mod known;

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use nnc_messages::Language;
use nnc_result_folder::names::{EVALUATE_STATUS, EVALUATION, HEAT_MAPS, MODEL, REPORT, TRAIN_STATUS};
use serde_json::{Map, Value, json};

use crate::jobs::is_locked;
use crate::name::{Name, ResultId};
use crate::refusal::{Refusal, Result};
use crate::studio::Studio;
use crate::why::Why;
use crate::workspace::Workspace;
use known::{State, state};

/// Folders below each other that are searched, as the command does.
const DEPTH: usize = 5;
/// Folders that are shown at most, and those that are looked into for them: the studio's folder may hold anything else.
const MOST: usize = 2_000;
const MOST_SEEN: usize = 20_000;
/// From so many unknown folders on, one process reads all of them.
const MANY: usize = 4;

/// Every result in the studio's folder.
pub(crate) fn results(workspace: &Workspace) -> Vec<ResultId> {
    let mut found = Vec::new();
    search(workspace, &mut Vec::new(), &mut 0, &mut found);
    found
}

/// Whether a folder holds what a job leaves.
pub(crate) fn is_result(workspace: &Workspace, path: &Path) -> bool {
    [TRAIN_STATUS, EVALUATE_STATUS, EVALUATION].iter().any(|name| workspace.has_file(path.join(name)))
}

fn search(workspace: &Workspace, names: &mut Vec<String>, seen: &mut usize, found: &mut Vec<ResultId>) {
    let path: PathBuf = names.iter().collect();
    if !names.is_empty() && is_result(workspace, &path) {
        found.extend(ResultId::new(&names.join("~")).ok());
        return;
    }
    if names.len() >= DEPTH {
        return;
    }
    for name in workspace.names(&path).unwrap_or_default() {
        if found.len() >= MOST || *seen >= MOST_SEEN {
            return;
        }
        // Folders of pictures are large, and hold no jobs.
        let is_ours = names.is_empty() && matches!(name.as_str(), "datasets" | "projects" | "masks");
        if !is_ours && Name::new(&name).is_ok() && workspace.has_folder(path.join(&name)) {
            *seen += 1;
            names.push(name);
            search(workspace, names, seen, found);
            names.pop();
        }
    }
}

/// All results with their figures, the latest first.
pub(crate) async fn list(studio: &Studio) -> Result<Vec<Value>> {
    let found = results(&studio.workspace);
    let unknown: Vec<&ResultId> =
        found.iter().filter(|id| studio.history.get(&studio.workspace, id).is_none()).collect();
    if unknown.len() >= MANY {
        // Those that one process cannot read are read one by one: one of them may be somebody else's, and say too much.
        let _ = read(studio, Path::new("."), &found).await;
    }
    let mut results = Vec::new();
    for id in &found {
        results.extend(one(studio, id).await.ok());
    }
    let start = |result: &Value| {
        let phases = result.get("phases").and_then(Value::as_array);
        phases.and_then(|phases| phases.last()?.get("start")?.as_f64()).unwrap_or_default()
    };
    results.sort_by(|a, b| start(b).total_cmp(&start(a)));
    Ok(results)
}

/// One result.
pub(crate) async fn one(studio: &Studio, id: &ResultId) -> Result<Value> {
    let path = id.path();
    if !studio.workspace.has_folder(&path) {
        return Err(Refusal::missing(Why::NoResult { id: id.to_string() }));
    }
    if studio.history.get(&studio.workspace, id).is_none() {
        read(studio, &path, std::slice::from_ref(id)).await?;
    }
    let known = studio.history.get(&studio.workspace, id);
    let mut known = known.ok_or_else(|| Refusal::missing(Why::NoResult { id: id.to_string() }))?;
    let workspace = &studio.workspace;
    let has = |name: &str| workspace.has(path.join(name));
    let busy = is_locked(&workspace.at(&path));
    if let Some(result) = known.as_object_mut() {
        result.insert("id".to_owned(), json!(id));
        result.insert("folder".to_owned(), json!(path.display().to_string()));
        result.insert("project".to_owned(), json!(studio.jobs.project_of(id)));
        result.insert("busy".to_owned(), json!(busy || studio.jobs.uses_result(id)));
        let has = json!({ "report": has(REPORT), "model": has(MODEL), "heatmaps": has(HEAT_MAPS) });
        result.insert("has".to_owned(), has);
    }
    Ok(known)
}

/// Lets the command read a folder and everything in it.
async fn read(studio: &Studio, folder: &Path, results: &[ResultId]) -> Result<()> {
    // Before it is read: what changes meanwhile is read again.
    let states: Vec<State> = results.iter().map(|id| state(&studio.workspace, id)).collect();
    let mut arguments: Vec<OsString> = vec!["jobs".into(), folder.into(), "--json".into()];
    arguments.extend(studio.options.of_jobs.sandbox.iter().cloned());
    let jobs = studio.asker.ask(&arguments, Language::English).await?;
    let mut by_folder: HashMap<PathBuf, Map<String, Value>> = HashMap::new();
    for job in jobs.as_array().into_iter().flatten() {
        if let (Some(folder), Value::Object(job)) = (job.get("folder").and_then(Value::as_str), job.clone()) {
            by_folder.insert(
                Path::new(folder).components().filter(|part| *part != std::path::Component::CurDir).collect(),
                job,
            );
        }
    }
    for (id, state) in results.iter().zip(states) {
        if let Some(job) = by_folder.remove(&id.path()) {
            studio.history.insert(id, state, Value::Object(job));
        }
    }
    Ok(())
}
