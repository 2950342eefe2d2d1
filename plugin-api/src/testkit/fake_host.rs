//! The services of a host, kept in memory.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::host::{Environment, Level};
use crate::loader::HostServices;

/// Finds weights by their name, or says in a sentence why not.
type Weights = Box<dyn Fn(&str) -> Result<PathBuf, String> + Send + Sync>;

/// A host that only records.
pub struct FakeHost {
    environment: Environment,
    cache: PathBuf,
    weights: Weights,
    cancelled: AtomicBool,
    log: Mutex<Vec<(Level, String)>>,
    progress: Mutex<Vec<(u64, u64)>>,
}

impl FakeHost {
    /// A host with an existing folder for caches.
    pub(super) fn new(environment: Environment, cache: &Path, weights: Weights) -> Self {
        Self {
            environment,
            cache: cache.to_owned(),
            weights,
            cancelled: AtomicBool::new(false),
            log: Mutex::default(),
            progress: Mutex::default(),
        }
    }

    /// Lines that the detector logged.
    pub fn log(&self) -> Vec<(Level, String)> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the detector reported, as (done, total).
    pub fn progress(&self) -> Vec<(u64, u64)> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks the detector to stop, as a user does.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
    }
}

impl HostServices for FakeHost {
    fn log(&self, level: Level, text: &str) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).push((level, text.to_owned()));
    }

    fn progress(&self, done: u64, total: u64) {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).push((done, total));
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    fn environment(&self) -> Environment {
        self.environment.clone()
    }

    fn weights(&self, name: &str) -> Result<PathBuf, String> {
        (self.weights)(name)
    }

    fn cache_dir(&self) -> Result<PathBuf, String> {
        Ok(self.cache.clone())
    }
}
