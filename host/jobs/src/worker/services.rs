//! What the host does for the plugin of this worker.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use nnc_console::Level;
use nnc_files::{hex, sha256_with, user_folder};
use nnc_messages::{Doing, Say, messages};
use nnc_plugin_api::loader::HostServices;
use nnc_plugin_api::{Environment, Level as PluginLevel};
use sha2::{Digest, Sha256};

use crate::event::Task;
use crate::provenance::WeightsUsed;
use crate::spec::JobSpec;
use crate::worker::parent::Parent;

messages! {
    enum ServiceMessage {
        NotUsed { error: String } => "ONNX Runtime is not used: {error}", "ONNX Runtime を使用しません: {error}";
        NoCacheHome => "there is no home folder for a cache; set XDG_CACHE_HOME",
            "キャッシュを置くホームフォルダーがありません。XDG_CACHE_HOME を設定してください";
    }
}

/// The folder in which `plugin` may keep things from job to job: one for each file, whatever its name.
pub(crate) fn cache_folder(plugin: &Path) -> Option<PathBuf> {
    let folder = user_folder("XDG_CACHE_HOME", ".cache")?.join("plugins");
    let path = std::path::absolute(plugin).ok()?;
    // Nobody can find another path with the same hash, and share the folder of a plugin that way.
    let place = hex(&Sha256::digest(path.as_os_str().as_encoded_bytes())[..16]);
    Some(folder.join(format!("{}-{place}", path.file_stem()?.to_string_lossy().trim_start_matches('.'))))
}

/// ONNX Runtime's library, if the job may use it; a warning where others could change it.
fn onnxruntime(job: &JobSpec, parent: &Parent) -> Option<String> {
    let library = job.onnxruntime.as_deref()?;
    if let Err(error) = nnc_registry::check_library(library) {
        parent.warn(&ServiceMessage::NotUsed { error: error.said() });
        return None;
    }
    library.to_str().map(str::to_owned)
}

/// The services of one job.
pub(crate) struct Services {
    parent: Arc<Parent>,
    cancelled: Arc<AtomicBool>,
    environment: Environment,
    verbosity: u8,
    /// Folder to which relative paths of weights refer.
    project_folder: PathBuf,
    weights_dirs: Vec<PathBuf>,
    /// The plugin's folder for its cache.
    cache: Option<PathBuf>,
    weights_used: Mutex<Vec<WeightsUsed>>,
    /// What the plugin does at the moment; its progress is that of this task.
    task: Mutex<Task>,
}

impl Services {
    /// Services for the plugin of `job`, whose dataset is an absolute path, or empty where it has none.
    pub(crate) fn new(job: &JobSpec, dataset: String, parent: Arc<Parent>, cancelled: Arc<AtomicBool>) -> Arc<Self> {
        let onnxruntime = onnxruntime(job, &parent);
        Arc::new(Self {
            parent,
            cancelled,
            environment: Environment {
                device: job.device.to_string(),
                engine: job.engine.to_string(),
                onnxruntime,
                threads: job.threads,
                batch_size: job.batch_size,
                memory_limit: job.limits.memory,
                max_epoch: job.max_epoch,
                dataset,
                host: crate::HOST.to_owned(),
            },
            verbosity: job.verbosity,
            project_folder: job.parameters.folder.clone(),
            weights_dirs: job.weights_dirs.clone(),
            cache: cache_folder(&job.plugin),
            weights_used: Mutex::new(Vec::new()),
            task: Mutex::new(Task::Loading),
        })
    }

    /// Says what the plugin does from now on.
    pub(crate) fn begin(&self, task: Task) {
        *self.task.lock().unwrap_or_else(PoisonError::into_inner) = task;
    }

    /// The file name of ONNX Runtime's library, if the plugin may open it.
    pub(crate) fn onnxruntime(&self) -> Option<&str> {
        self.environment.onnxruntime.as_deref()?.rsplit('/').next()
    }

    /// Weights that the plugin asked for so far, with their hashes.
    pub(crate) fn weights_used(&self) -> Vec<WeightsUsed> {
        self.weights_used.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl HostServices for Services {
    fn log(&self, level: PluginLevel, text: &str) {
        let (level, from) = match level {
            PluginLevel::Debug => (Level::Debug, 2),
            PluginLevel::Info => (Level::Info, 1),
            PluginLevel::Notice => (Level::Info, 0),
            PluginLevel::Warning => (Level::Warning, 0),
        };
        if self.verbosity >= from {
            self.parent.plugin(level, text);
        }
    }

    fn progress(&self, done: u64, total: u64) {
        let task = *self.task.lock().unwrap_or_else(PoisonError::into_inner);
        self.parent.progress(task, done, total);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn environment(&self) -> Environment {
        self.environment.clone()
    }

    fn weights(&self, name: &str) -> Result<PathBuf, String> {
        let path = nnc_weights::find(name, &self.project_folder, &self.weights_dirs).map_err(|error| error.said())?;
        let hashing = |done, total| self.parent.progress(Task::Hashing, done, total);
        let sha256 = match nnc_weights::known(name) {
            Some(known) => nnc_weights::verify(known, &path, &hashing).map_err(|error| error.said())?.sha256,
            None => sha256_with(&path, &hashing).map_err(|e| Doing::Read(path.clone(), e.to_string()).said())?,
        };
        let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let used = WeightsUsed { name: name.to_owned(), file, sha256 };
        self.weights_used.lock().unwrap_or_else(PoisonError::into_inner).push(used);
        Ok(path)
    }

    fn cache_dir(&self) -> Result<PathBuf, String> {
        let path = self.cache.clone().ok_or_else(|| ServiceMessage::NoCacheHome.said())?;
        fs::create_dir_all(&path).map_err(|e| Doing::Make(path.clone(), e.to_string()).said())?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_has_a_cache_of_its_own_whatever_it_is_called() {
        let folder = |plugin: &str| cache_folder(Path::new(plugin)).unwrap();
        let all = user_folder("XDG_CACHE_HOME", ".cache").unwrap().join("plugins");
        for plugin in ["/a/libnnc_plugin_mine.so", "/a/...so", "/a/..so", "/a/.so"] {
            assert_eq!(folder(plugin).parent(), Some(all.as_path()), "{plugin}");
            assert_ne!(folder(plugin), folder(&plugin.replace("/a/", "/b/")), "{plugin}");
        }
    }
}
