//! Project files. The file is the truth: what a form changes are single keys, all else stays as its owner wrote it, and a change on
//! the disk that the form has not seen is not overwritten.
//!
//! * `edit`: changes of keys in a text; `values`: its keys, flat, and what differs between two.
//! * `check`: what is wrong with it. `inside`: paths that requests may write.
//! * `begin`: new projects.

mod begin;
mod check;
mod edit;
mod inside;
mod values;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use nnc_messages::Language;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

pub(crate) use begin::{From, NewProject, copied, empty, imported, uri, write_sample};
pub(crate) use check::{datasets_of, problems};
pub(crate) use edit::{changed, pairs, parse};

use crate::name::Name;
use crate::refusal::{Refusal, Result};
use crate::studio::Studio;
use crate::why::Why;
use crate::workspace::{PROJECTS, Workspace};

/// Far more than a project has, and little enough to hold some.
pub(crate) const MOST_BYTES: u64 = 1 << 20;
/// Endings of project files: the one that is changed here first, then those of NNC.
const ENDINGS: [&str; 5] = ["toml", "sdcproj", "ini", "nntxt", "prototxt"];
/// Texts that pages work on and that are remembered.
const BASES: usize = 32;

/// A project file and what is in it.
#[derive(Debug, Clone)]
pub(crate) struct ProjectFile {
    pub(crate) name: Name,
    /// Name with ending.
    pub(crate) file: Name,
    pub(crate) text: String,
}

/// Which kinds there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Toml,
    Nnc,
}

impl ProjectFile {
    /// Reads a project.
    pub(crate) fn read(workspace: &Workspace, name: &Name) -> Result<Self> {
        let unknown = || Why::NoProject { name: name.to_string() };
        let mut files = ENDINGS.iter().filter_map(|ending| Name::new(&name.with(&format!(".{ending}"))).ok());
        let file = files.find(|file| workspace.has_file(Path::new(PROJECTS).join(file)));
        let file = file.ok_or_else(|| Refusal::missing(unknown()))?;
        let bytes = workspace.read(Path::new(PROJECTS).join(&file), MOST_BYTES);
        let bytes = bytes.map_err(|error| Refusal::of_system(error, unknown))?;
        let text = String::from_utf8(bytes).map_err(|_| Refusal::invalid(Why::NotText8 { name: file.to_string() }))?;
        Ok(Self { name: name.clone(), file, text })
    }

    /// Where it is in the studio's folder.
    pub(crate) fn path(&self) -> PathBuf {
        Path::new(PROJECTS).join(&self.file)
    }

    pub(crate) fn format(&self) -> Format {
        if self.file.as_str().ends_with(".toml") { Format::Toml } else { Format::Nnc }
    }

    /// Names this very text.
    pub(crate) fn etag(&self) -> String {
        let digest = nnc_files::hex(&Sha256::digest(self.text.as_bytes()));
        format!("\"{}\"", digest.get(..32).unwrap_or(&digest))
    }

    /// Every key of it, flat.
    pub(crate) fn values(&self, workspace: &Workspace) -> Map<String, Value> {
        match self.format() {
            Format::Toml => values::flat(&self.text),
            Format::Nnc => begin::values_of_nnc(workspace, self),
        }
    }

    /// Replaces its text, if it still is what `if_match` names.
    pub(crate) fn replace(&self, studio: &Studio, if_match: &str, text: &str) -> Result<Self> {
        let workspace = &studio.workspace;
        if self.format() == Format::Nnc {
            return Err(Refusal::conflict("read-only", Why::ReadOnly { name: self.name.to_string() }));
        }
        self.ensure_same(studio, if_match)?;
        if text.len() as u64 > MOST_BYTES {
            let why = Why::TooLarge { limit: MOST_BYTES };
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", why));
        }
        inside::check_change(workspace, &values::flat(&self.text), &values::flat(text))?;
        workspace.write(self.path(), text.as_bytes())?;
        Ok(Self { text: text.to_owned(), ..self.clone() })
    }

    /// Fails with what differs, if this is not what `if_match` names.
    pub(crate) fn ensure_same(&self, studio: &Studio, if_match: &str) -> Result<()> {
        let etag = self.etag();
        if if_match.trim() == "*" || if_match.split(',').any(|one| one.trim().trim_start_matches("W/") == etag) {
            return Ok(());
        }
        let base = studio.bases.get(&self.name, if_match.trim());
        let differing = base.map(|base| values::differing(&values::flat(&base), &values::flat(&self.text)));
        let why = Why::Changed { name: self.name.to_string() };
        let refusal = Refusal::new(StatusCode::PRECONDITION_FAILED, "changed", why);
        studio.bases.remember(self);
        Err(refusal.with("etag", etag).with("changed", json!(differing.unwrap_or_default())))
    }

    /// All of it for the API.
    pub(crate) async fn view(&self, studio: &Studio, language: Language) -> Value {
        studio.bases.remember(self);
        json!({
            "name": self.name, "file": self.path().display().to_string(), "format": self.format(), "etag": self.etag(),
            "text": self.text, "values": self.values(&studio.workspace),
            "problems": problems(studio, self, language).await,
        })
    }
}

/// The names of all projects.
pub(crate) fn names(workspace: &Workspace) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    for file in workspace.names(PROJECTS).unwrap_or_default() {
        let Some((stem, ending)) = file.rsplit_once('.') else { continue };
        let Some(name) = ENDINGS.contains(&ending).then(|| Name::new(stem).ok()).flatten() else { continue };
        if workspace.has_file(Path::new(PROJECTS).join(&file)) && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Texts that pages have seen, so that a change beside them can be told key by key.
#[derive(Default)]
pub(crate) struct Bases {
    texts: Mutex<VecDeque<(Name, String, String)>>,
    /// Held by whoever reads a project to write it.
    turn: Mutex<()>,
}

impl Bases {
    /// Projects are changed one after the other: two that were made on one text must not both be written.
    pub(crate) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, project: &ProjectFile) {
        let etag = project.etag();
        let mut bases = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        bases.retain(|(name, known, _)| (name, known) != (&project.name, &etag));
        bases.push_back((project.name.clone(), etag, project.text.clone()));
        if bases.len() > BASES {
            bases.pop_front();
        }
    }

    fn get(&self, name: &Name, etag: &str) -> Option<String> {
        let bases = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        bases.iter().find(|(known, of, _)| known == name && of == etag).map(|(_, _, text)| text.clone())
    }
}
