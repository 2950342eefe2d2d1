//! Which detectors and backbones there are. Both are asked of the command line, which confines whatever opens a plugin.

use std::ffi::OsString;
use std::time::Duration;

use nnc_messages::Language;
use nnc_plugin_api::Manifest;
use serde_json::{Map, Value, json};

use crate::refusal::Result;
use crate::studio::Studio;

/// How long what is known of plugins and backbones counts: somebody may install one meanwhile.
const AGE: Duration = Duration::from_secs(10);

/// What was found.
pub(crate) struct Found {
    pub(crate) manifests: Vec<Manifest>,
    /// Files that are no plugins, or not trusted: file and reason.
    pub(crate) refused: Vec<Value>,
}

/// All plugins that can be chosen by their ids.
pub(crate) async fn all(studio: &Studio, language: Language) -> Result<Found> {
    let mut arguments: Vec<OsString> = vec!["plugin".into(), "list".into(), "--json".into()];
    let passed = &studio.options.of_jobs;
    arguments.extend(passed.plugins.iter().chain(&passed.sandbox).cloned());
    let answer = studio.asker.ask_now_and_then(&arguments, language, AGE).await?;
    let mut found = Found { manifests: Vec::new(), refused: Vec::new() };
    for one in answer.as_array().into_iter().flatten() {
        let manifest = one.get("manifest").cloned().map(serde_json::from_value::<Manifest>);
        match (manifest, one.get("hidden_by")) {
            (Some(Ok(manifest)), None | Some(Value::Null)) => found.manifests.push(manifest),
            (Some(_), _) => {}
            (None, _) => found.refused.push(json!({ "file": one.get("path"), "message": one.get("error") })),
        }
    }
    Ok(found)
}

/// The backbone that a project of this plugin needs and that is not here.
pub(crate) async fn missing_backbone(
    studio: &Studio,
    manifest: &Manifest,
    given: &Map<String, Value>,
) -> Option<String> {
    let parameter = manifest.parameters.iter().find(|parameter| parameter.name == "model")?;
    let name = given.get("model").or(parameter.default.as_ref())?.as_str()?;
    let known = backbones(studio).await.ok()?;
    let backbone = known.iter().find(|one| one.get("name").and_then(Value::as_str) == Some(name))?;
    backbone.get("path").is_none_or(Value::is_null).then(|| name.to_owned())
}

/// Every backbone that is known, and where it is.
pub(crate) async fn backbones(studio: &Studio) -> Result<Vec<Value>> {
    let mut arguments: Vec<OsString> = vec!["weights".into(), "list".into(), "--json".into()];
    arguments.extend(studio.options.of_jobs.weights.iter().cloned());
    let answer = studio.asker.ask_now_and_then(&arguments, Language::English, AGE).await?;
    Ok(answer.as_array().cloned().unwrap_or_default())
}
