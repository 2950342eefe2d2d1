//! Looks into plugin files, each in a child process that is allowed to die: several at a time, and only into those
//! about which nothing is known.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use nnc_plugin_api::Manifest;
use nnc_sandbox::{Answered, Launch, Limits, MessagePipe, SandboxError};
use serde::{Deserialize, Serialize};

use crate::cache::{Cache, Known, stamp_of};
use crate::error::{OpenError, Refusal, TrustError};
use crate::fault;
use crate::open::open_if_allowed;
use crate::reading::reading;
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
        let manifests = side_by_side(paths, |path| self.look(path));
        self.cache().save();
        manifests
    }

    fn look(&self, path: &Path) -> Result<Manifest, Refusal> {
        self.trust.check(path)?;
        let known = self.cache().get(path).cloned();
        match known {
            Some(Known::Manifest(manifest)) => return Ok(manifest),
            // Earlier versions put those into quarantine too that were not to blame.
            Some(Known::Crashed(ending)) if fault::is_its_own(&ending, MEMORY) => {
                return Err(Refusal::InQuarantine(ending));
            }
            Some(Known::Crashed(_)) | None => {}
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
            None if fault::is_its_own(&ending, MEMORY) => {
                remember(Known::Crashed(ending.clone()));
                Err(Refusal::Crashed(ending))
            }
            None => Err(Refusal::Ended(ending)),
        }
    }
}

/// What `work` gives for each item, in their order, by as many threads as there are processors and as the system gives.
fn side_by_side<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let go_on = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return };
            let result = work(item);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    thread::scope(|scope| {
        for _ in 1..threads {
            // Fewer only take longer. This one goes on in any case.
            if thread::Builder::new().spawn_scoped(scope, go_on).is_err() {
                break;
            }
        }
        go_on();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Asks a child process what the plugin says about itself.
fn ask(path: &Path) -> Result<Answered<Answer>, SandboxError> {
    let usual = Limits::default();
    let memory = usual.memory.map_or(MEMORY, |memory| memory.min(MEMORY));
    let limits = Limits { memory: Some(memory), time: Some(PATIENCE), ..usual };
    Launch::new("inspect-plugin", limits).argument(path).allowed(reading(path)).opening(path).start()?.answer()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_items() {
        let items: Vec<u32> = (0..100).collect();
        let slow_first = |item: &u32| {
            thread::sleep(Duration::from_micros(u64::from(100 - item)));
            item * 2
        };
        assert!(side_by_side(&items, slow_first).into_iter().eq((0..100).map(|item| item * 2)));
        assert!(side_by_side(&[], slow_first).is_empty());
    }
}
