//! What the host does for a plugin, as an author sees it.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::ffi::HostV1;

/// Importance of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub enum Level {
    /// For authors; shown with `-vv`.
    Debug = 0,
    /// Details; shown with `-v`.
    Info = 1,
    /// The steps of a job; always shown (NNC's level 99).
    Notice = 2,
    /// Something the user should know about; always shown.
    Warning = 3,
}

impl Level {
    /// The level with this number; numbers of later versions read as notices, so that nothing is hidden.
    pub fn from_number(number: u32) -> Self {
        [Self::Debug, Self::Info, Self::Warning].into_iter().find(|&l| l as u32 == number).unwrap_or(Self::Notice)
    }
}

/// Facts about the job that a plugin may need. Later hosts may send more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Environment {
    /// `auto`, `cpu`, `cuda` or `cuda:N`.
    pub device: String,
    /// What runs networks: `auto`, `libtorch` or `onnxruntime` (since 0.2).
    pub engine: String,
    /// ONNX Runtime's library, if the host has found one that nobody else can change (since 0.2).
    pub onnxruntime: Option<String>,
    /// Threads that a plugin may keep busy. The host has set the limits of OpenMP already.
    pub threads: usize,
    /// Upper bound for the samples held at once (`config.batch_size` of the project), and the batch size that NNC
    /// stores in its networks.
    pub batch_size: usize,
    /// Bytes of memory that the plugin's process may use before the host ends it, if the host says so (since 0.2).
    pub memory_limit: Option<u64>,
    /// `config.max_epoch` of the project; detectors that do not iterate ignore it.
    pub max_epoch: usize,
    /// The dataset of the job, an absolute path; empty where a job has none.
    pub dataset: String,
    /// Name and version of the host.
    pub host: String,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            device: "auto".to_owned(),
            engine: "auto".to_owned(),
            onnxruntime: None,
            threads: 1,
            batch_size: 64,
            memory_limit: None,
            max_epoch: 100,
            dataset: String::new(),
            host: String::new(),
        }
    }
}

/// Services of the host. Cheap to clone, may be used from any thread and kept as long as the plugin needs them.
#[derive(Clone)]
pub struct Host {
    raw: HostV1,
    environment: Arc<Environment>,
}

// SAFETY: the host promises that its functions may be called from any thread and live until the process ends.
unsafe impl Send for Host {}
// SAFETY: as above.
unsafe impl Sync for Host {}

impl Host {
    pub(crate) fn new(raw: HostV1) -> Result<Self> {
        let text = (raw.calls.environment())(raw.context);
        let environment = serde_json::from_str(&text)
            .map_err(|e| Error::new(ErrorKind::Internal, format!("the host sent an unreadable environment: {e}")))?;
        Ok(Self { raw, environment: Arc::new(environment) })
    }

    /// Facts about the job.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Writes a log line.
    pub fn log(&self, level: Level, text: &str) {
        (self.raw.calls.log())(self.raw.context, level as u32, text.into());
    }

    /// Logs a step of the job.
    pub fn notice(&self, text: &str) {
        self.log(Level::Notice, text);
    }

    /// Logs a detail.
    pub fn info(&self, text: &str) {
        self.log(Level::Info, text);
    }

    /// Logs something that the user should know about.
    pub fn warn(&self, text: &str) {
        self.log(Level::Warning, text);
    }

    /// Reports that `done` of `total` units of the current phase are done. Call as often as you like.
    pub fn progress(&self, done: usize, total: usize) {
        (self.raw.calls.progress())(self.raw.context, done as u64, total as u64);
    }

    /// Whether the user asked to stop.
    pub fn is_cancelled(&self) -> bool {
        (self.raw.calls.cancelled())(self.raw.context)
    }

    /// Returns an error once the user asked to stop; call it between batches, at least once a second.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`].
    pub fn checkpoint(&self) -> Result<()> {
        if self.is_cancelled() { Err(Error::new(ErrorKind::Cancelled, "stopped by the user")) } else { Ok(()) }
    }

    /// Path of a weights file: `name` is a name that `nnc-host weights list` shows, or a path.
    ///
    /// # Errors
    /// Weights that are not there; the message says how to get them.
    pub fn weights(&self, name: &str) -> Result<PathBuf> {
        let path = (self.raw.calls.weights())(self.raw.context, name.into()).into_result()?;
        Ok(PathBuf::from(path.as_str()))
    }

    /// An existing folder of this plugin's own for files that can be created again.
    ///
    /// # Errors
    /// When the folder cannot be created.
    pub fn cache_dir(&self) -> Result<PathBuf> {
        let path = (self.raw.calls.cache_dir())(self.raw.context).into_result()?;
        Ok(PathBuf::from(path.as_str()))
    }
}
