//! Looks into plugin files, each in a child process that is allowed to die: several at a time, and only into those
//! about which nothing is known.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nnc_plugin_api::Manifest;
use nnc_sandbox::{Answered, Launch, Limits, MessagePipe, SandboxError};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::cache::{Cache, Known, stamp_of};
use crate::error::{OpenError, Refusal, TrustError};
use crate::open::open_if_allowed;
use crate::trust::Trust;

/// A plugin has this long to say what it is.
const PATIENCE: Duration = Duration::from_secs(30);
/// A plugin that needs more memory than this to say what it is will not say it.
const MEMORY: u64 = 4_000_000_000;

/// The answer of the child process.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Manifest(Manifest),
    /// Why not, in the language of the process.
    Refused(String),
}

/// Looks into plugin files and remembers.
pub(crate) struct Scanner {
    trust: Trust,
    cache: Mutex<Cache>,
}

impl Scanner {
    /// # Errors
    /// A trust file that cannot be read.
    pub(crate) fn open() -> Result<Self, TrustError> {
        Ok(Self { trust: Trust::open()?, cache: Mutex::new(Cache::open()) })
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what is known about the files.
    pub(crate) fn forget(&self, paths: &[PathBuf]) {
        let mut cache = self.cache();
        paths.iter().for_each(|path| cache.forget(path));
    }

    /// What the plugin says about itself.
    pub(crate) fn inspect(&self, path: &Path) -> Result<Manifest, Refusal> {
        let manifest = self.look(path);
        self.cache().save();
        manifest
    }

    /// As [`Scanner::inspect`] for many files, in their order.
    pub(crate) fn inspect_all(&self, paths: &[PathBuf]) -> Vec<Result<Manifest, Refusal>> {
        let manifests = paths.par_iter().map(|path| self.look(path)).collect();
        self.cache().save();
        manifests
    }

    fn look(&self, path: &Path) -> Result<Manifest, Refusal> {
        self.trust.check(path)?;
        let known = self.cache().get(path).cloned();
        match known {
            Some(Known::Manifest(manifest)) => return Ok(manifest),
            Some(Known::Crashed(ending)) => return Err(Refusal::InQuarantine(ending)),
            None => {}
        }
        // Taken before the file is opened: one that changes meanwhile is looked into again.
        let stamp = stamp_of(path);
        let remember = |known| {
            if let Some(stamp) = stamp {
                self.cache().put(path, stamp, known);
            }
        };
        let Answered { answer, ending, .. } = ask(path).map_err(Refusal::NotInspected)?;
        match answer.filter(|_| ending.broken_limit().is_none()) {
            Some(Answer::Manifest(manifest)) => {
                remember(Known::Manifest(manifest.clone()));
                Ok(manifest)
            }
            // What was missing may be there the next time, so this is not remembered.
            Some(Answer::Refused(reason)) => Err(Refusal::Refused(reason)),
            None => {
                remember(Known::Crashed(ending.clone()));
                Err(Refusal::Crashed(ending))
            }
        }
    }
}

/// Asks a child process what the plugin says about itself.
fn ask(path: &Path) -> Result<Answered<Answer>, SandboxError> {
    let usual = Limits::default();
    let memory = usual.memory.map_or(MEMORY, |memory| memory.min(MEMORY));
    let limits = Limits { memory: Some(memory), time: Some(PATIENCE), ..usual };
    Launch::new("inspect", limits).argument(path).start()?.answer()
}

/// Entry point of the hidden `inspect` command; `say` gives errors their words.
pub fn inspect_main(path: &Path, say: impl Fn(&OpenError) -> String) -> ExitCode {
    let Ok(pipe) = MessagePipe::take_stdout() else { return ExitCode::FAILURE };
    pipe.send(&match open_if_allowed(path) {
        Ok(plugin) => Answer::Manifest(plugin.manifest().clone()),
        Err(error) => Answer::Refused(say(&error)),
    });
    ExitCode::SUCCESS
}
