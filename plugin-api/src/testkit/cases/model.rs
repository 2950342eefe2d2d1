//! Cases about saved models.
#![allow(clippy::disallowed_methods, reason = "reads what the plugin has just saved, in a process with a time limit")]

use std::path::Path;

use super::{Found, Setting, TEST, Verdict, agree, polite};
use crate::testkit::Scene;

/// How far scores of a saved model may be from those of the trained detector.
const TOLERANCE: f32 = 1e-5;

/// Trains, saves, loads, and compares scores.
pub(super) fn round_trip(setting: &Setting<'_>) -> Found {
    let mut trained = setting.ready()?;
    let samples = setting.kit.draw(&trained, Scene::Defective, TEST);
    let model = saved(setting, "round-trip.nnp", &mut trained)?;
    let before = trained.scores(&samples).map_err(|e| setting.stop(&e))?;
    let mut loaded = setting.kit.load(&model).map_err(|e| setting.stop(&e))?;
    if loaded.interface() != trained.interface() {
        return Err(Verdict::Failed("the saved model has another interface than the trained detector".to_owned()));
    }
    let after = loaded.scores(&samples).map_err(|e| setting.stop(&e))?;
    agree(before.difference(&after), TOLERANCE, "saving and loading")
}

/// Saves and makes sure that it is a zip archive, which the host adds its own members to.
fn saved(
    setting: &Setting<'_>,
    name: &str,
    trained: &mut crate::testkit::Trained,
) -> Result<std::path::PathBuf, Verdict> {
    let model = setting.kit.folder().join(name);
    trained.save(&model).map_err(|e| setting.stop(&e))?;
    let start = std::fs::read(&model).map_err(|e| Verdict::Failed(format!("it saved no file: {e}")))?;
    if !start.starts_with(b"PK\x03\x04") {
        return Err(Verdict::Failed("the saved model is no zip archive".to_owned()));
    }
    Ok(model)
}

/// Offers files that are no models of the plugin.
pub(super) fn damaged(setting: &Setting<'_>) -> Found {
    let kit = setting.kit;
    let whole = match setting.model.filter(|_| !kit.manifest().trains) {
        Some(model) => model.to_owned(),
        None => saved(setting, "whole.nnp", &mut setting.ready()?)?,
    };
    let bytes = std::fs::read(&whole).map_err(|e| Verdict::Failed(format!("cannot read {}: {e}", whole.display())))?;
    let half = &bytes[..bytes.len() / 2];
    // An empty archive: a valid zip without a member.
    let empty_archive = [b"PK\x05\x06".as_slice(), &[0; 18]].concat();
    let files: [(&str, &[u8]); 4] = [
        ("an empty file", b""),
        ("a text", b"no model\n"),
        ("half a model", half),
        ("an empty archive", &empty_archive),
    ];
    for (what, content) in files {
        let path = kit.folder().join("damaged.nnp");
        std::fs::write(&path, content).map_err(|e| Verdict::Failed(e.to_string()))?;
        refused(setting, &path, what)?;
    }
    refused(setting, &kit.folder().join("none.nnp"), "a file that is not there")
}

fn refused(setting: &Setting<'_>, path: &Path, what: &str) -> Found {
    match setting.kit.load(path) {
        Ok(_) => Err(Verdict::Failed(format!("it opens {what} as a model without an error"))),
        Err(error) => polite(&error, what),
    }
}
