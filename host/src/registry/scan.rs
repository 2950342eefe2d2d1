//! Looks into plugin files, each in a child process that is allowed to die: several at a time, and only into those
//! about which nothing is known.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nnc_plugin_api::loader::{LoadError, Plugin};
use nnc_plugin_api::{ABI_VERSION, Manifest};
use serde::{Deserialize, Serialize};

use super::cache::{Cache, Known, stamp_of};
use crate::language::PluginText;
use crate::trust::Trust;
use nnc_messages::{Result, Say};
use nnc_sandbox::{Answered, Ending, Launch, Limits, MessagePipe, SandboxError};

/// A plugin has this long to say what it is.
const PATIENCE: Duration = Duration::from_secs(30);
/// A plugin that needs more memory than this to say what it is will not say it.
const MEMORY: u64 = 4_000_000_000;

/// Why a file cannot be used.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// One sentence.
    pub(crate) reason: String,
    /// Whether it will not be opened again until it changes or somebody asks for it.
    pub(crate) quarantined: bool,
}

impl From<String> for Refusal {
    fn from(reason: String) -> Self {
        Self { reason, quarantined: false }
    }
}

/// The answer of the child process.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Manifest(Manifest),
    Refused(String),
}

/// Looks into plugin files and remembers.
pub(super) struct Scanner {
    trust: Trust,
    cache: Mutex<Cache>,
}

impl Scanner {
    /// # Errors
    /// A trust file that cannot be read.
    pub(super) fn open() -> Result<Self> {
        Ok(Self { trust: Trust::open()?, cache: Mutex::new(Cache::open()) })
    }

    /// Forgets what is known about the files.
    pub(super) fn forget(&self, paths: &[PathBuf]) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        paths.iter().for_each(|path| cache.forget(path));
    }

    /// What the plugin says about itself.
    pub(super) fn inspect(&self, path: &Path) -> Result<Manifest, Refusal> {
        let manifest = self.look(path);
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).save();
        manifest
    }

    /// As [`Scanner::inspect`] for many files, in their order.
    pub(super) fn inspect_all(&self, paths: &[PathBuf]) -> Vec<Result<Manifest, Refusal>> {
        let answers: Vec<Mutex<Option<Result<Manifest, Refusal>>>> = paths.iter().map(|_| Mutex::new(None)).collect();
        let next = AtomicUsize::new(0);
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(paths.len());
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some((path, answer)) = {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        paths.get(index).zip(answers.get(index))
                    } {
                        *answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.look(path));
                    }
                });
            }
        });
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).save();
        let unanswered = || Err(PluginText::NobodyLooked.with(&[]).into());
        answers
            .into_iter()
            .map(|answer| answer.into_inner().unwrap_or_else(PoisonError::into_inner).unwrap_or_else(unanswered))
            .collect()
    }

    fn look(&self, path: &Path) -> Result<Manifest, Refusal> {
        self.trust.check(path)?;
        let known = self.cache.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        match known {
            Some(Known::Manifest(manifest)) => return Ok(manifest),
            Some(Known::Crashed(how)) => {
                let reason = PluginText::InQuarantine.with(&[&how]);
                return Err(Refusal { reason, quarantined: true });
            }
            None => {}
        }
        // Taken before the file is opened: one that changes meanwhile is looked into again.
        let stamp = stamp_of(path);
        let remember = |known| {
            if let Some(stamp) = stamp {
                self.cache.lock().unwrap_or_else(PoisonError::into_inner).put(path, stamp, known);
            }
        };
        match ask(path) {
            Ok(Answer::Manifest(manifest)) => {
                remember(Known::Manifest(manifest.clone()));
                Ok(manifest)
            }
            // What was missing may be there the next time, so this is not remembered.
            Ok(Answer::Refused(reason)) => Err(reason.into()),
            Err(Died::NotStarted(error)) => Err(error.said().into()),
            Err(Died::Crashed(ending)) => {
                let how = match ending.broken_limit() {
                    Some(limit) => PluginText::BrokeOpening.with(&[&limit.said()]),
                    None => PluginText::CrashedOpening.with(&[&ending.said()]),
                };
                remember(Known::Crashed(how.clone()));
                let reason = PluginText::Quarantined.with(&[&how]);
                Err(Refusal { reason, quarantined: true })
            }
        }
    }
}

/// Why there is no answer.
enum Died {
    NotStarted(SandboxError),
    Crashed(Ending),
}

/// Asks a child process what the plugin says about itself.
fn ask(path: &Path) -> Result<Answer, Died> {
    let usual = Limits::default();
    let limits = Limits {
        memory: Some(usual.memory.map_or(MEMORY, |memory| memory.min(MEMORY))),
        time: Some(PATIENCE),
        ..usual
    };
    let child = Launch::new("inspect", limits).argument(path).start().map_err(Died::NotStarted)?;
    let Answered { answer, ending, .. } = child.answer().map_err(Died::NotStarted)?;
    answer.filter(|_| ending.broken_limit().is_none()).ok_or(Died::Crashed(ending))
}

/// Entry point of the hidden `inspect` command.
pub(crate) fn inspect_main(path: &Path) -> ExitCode {
    let Ok(pipe) = MessagePipe::take_stdout() else { return ExitCode::FAILURE };
    pipe.send(&match open_if_allowed(path) {
        Ok(plugin) => Answer::Manifest(plugin.manifest().clone()),
        Err(reason) => Answer::Refused(reason),
    });
    ExitCode::SUCCESS
}

/// Why a file was refused as a plugin, in the language of this process.
pub(crate) fn not_loaded(error: &LoadError) -> String {
    match error {
        LoadError::Missing { path } => PluginText::Missing.with(&[&path.display()]),
        LoadError::MissingLibrary { path, library } => PluginText::MissingLibrary.with(&[&path.display(), library]),
        LoadError::Open { path, reason } => PluginText::Open.with(&[&path.display(), reason]),
        LoadError::NotAPlugin { path } => PluginText::NotAPlugin.with(&[&path.display()]),
        LoadError::TooNew { path, theirs } => PluginText::TooNew.with(&[&path.display(), theirs, &ABI_VERSION]),
        LoadError::TooOld { path, theirs } => PluginText::TooOld.with(&[&path.display(), theirs, &ABI_VERSION]),
        LoadError::Incompatible { path, reason, .. } => PluginText::Incompatible.with(&[&path.display(), reason]),
        LoadError::Manifest { path, reason } => PluginText::BadManifest.with(&[&path.display(), reason]),
        // Those of later versions have words of their own.
        other => other.to_string(),
    }
}

/// Opens a plugin if that is allowed. In a process that may die.
pub(crate) fn open_if_allowed(path: &Path) -> Result<Plugin, String> {
    let checked = Trust::open().map_err(|e| e.to_string())?.check(path)?;
    let plugin = Plugin::load(path).map_err(|error| not_loaded(&error))?;
    checked.map_or(Ok(()), |checked| checked.still())?;
    Ok(plugin)
}
