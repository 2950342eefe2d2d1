//! The worker process: receives a job, loads the plugin, does the work, and says how it went.

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nnc_dataset::{Dataset, DatasetError, Reader, ReaderLimits, SampleFormat};
use nnc_plugin_api::loader::{Detector, HostServices, LoadError, Plugin, RawBatch, SampleSource};
use nnc_plugin_api::{Element, Environment, Error, ErrorKind, Input, Level as PluginLevel};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::{Mutex, PoisonError};

use crate::job::protocol::{Event, Level, Origin, Pipe, Task};
use crate::job::provenance::WeightsUsed;
use crate::job::{JobSpec, Phase, arrays, evaluate, train};
use crate::language::JobText;
use crate::trust::Trust;
use crate::{registry, weights};
use nnc_files::{hex, sha256_with};
use nnc_messages::Doing;
use nnc_messages::Say;
use nnc_messages::{Exit, Failure, OrExit, Result};

/// Progress is passed on at most this often.
const PROGRESS_PAUSE: Duration = Duration::from_millis(100);

/// Entry point of the hidden `worker` command.
pub(crate) fn main() -> ExitCode {
    let Ok(pipe) = Pipe::take_stdout() else { return ExitCode::from(Exit::Failed as u8) };
    let pipe = Arc::new(pipe);
    match work(&pipe) {
        Ok(summary) => {
            pipe.send(&Event::Done { summary });
            ExitCode::SUCCESS
        }
        Err(failure) => {
            pipe.failed(&failure);
            ExitCode::from(failure.exit as u8)
        }
    }
}

fn work(pipe: &Arc<Pipe>) -> Result<Value> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let spec: JobSpec = serde_json::from_str(&text)?;

    let cancelled = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGTERM, Arc::clone(&cancelled))?;

    let job = Job {
        services: Arc::new(Services {
            pipe: Arc::clone(pipe),
            spec: spec.clone(),
            cancelled,
            weights_used: Mutex::new(Vec::new()),
            last_progress: Mutex::new(None),
        }),
        pipe: Arc::clone(pipe),
        spec,
    };
    if !job.spec.arrays.is_empty() {
        return arrays::run(&job);
    }
    match job.spec.phase {
        Phase::Train => train::run(&job),
        Phase::Evaluate => evaluate::run(&job),
    }
}

/// One job as its two kinds see it.
pub(crate) struct Job {
    pub(crate) spec: JobSpec,
    pub(crate) pipe: Arc<Pipe>,
    pub(crate) services: Arc<Services>,
}

impl Job {
    /// Opens the plugin's file.
    pub(crate) fn load_plugin(&self) -> Result<Plugin> {
        let path = &self.spec.plugin;
        let refused = |reason: String| Failure::new(Exit::Plugin, reason);
        // Right before the plugin's code runs, whatever the parent has found out earlier.
        let checked = Trust::open()?.check(path).map_err(refused)?;
        let plugin = Plugin::load(path).map_err(|error| {
            if let LoadError::Incompatible { report, .. } = &error {
                self.services.debug(report);
            }
            refused(registry::not_loaded(&error))
        })?;
        checked.map_or(Ok(()), |checked| checked.still()).map_err(refused)?;
        Ok(plugin)
    }

    /// Opens the data set and says what it noticed.
    pub(crate) fn open_dataset(&self) -> Result<Arc<Dataset>> {
        let dataset = Dataset::open(&self.spec.dataset).or_exit(Exit::Dataset)?;
        for warning in dataset.warnings() {
            self.pipe.warn(warning.said());
        }
        Ok(Arc::new(dataset))
    }

    /// A reader of what the detector wants to see.
    pub(crate) fn reader(&self, dataset: &Arc<Dataset>, detector: &Detector) -> Result<Reader> {
        let format = |input: &Input| SampleFormat {
            shape: input.shape.clone(),
            element: match input.element {
                Element::U8 => nnc_dataset::Element::U8,
                Element::F32 if input.normalize => nnc_dataset::Element::NormalizedF32,
                Element::F32 => nnc_dataset::Element::F32,
            },
        };
        let inputs = detector.interface().inputs().map(|input| (input.variable.as_str(), format(input))).collect();
        let max_images = detector.interface().exact_batch.unwrap_or(self.spec.batch_size);
        let limits = ReaderLimits { max_images, threads: self.spec.threads };
        Reader::of_several(Arc::clone(dataset), inputs, limits).or_exit(Exit::Dataset)
    }

    /// Weights that the plugin asked for so far, with their hashes.
    pub(crate) fn weights_used(&self) -> Vec<WeightsUsed> {
        self.services.weights_used.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Turns what a plugin says into a failure with the right exit code.
pub(crate) fn plugin_failure(plugin: &Plugin, error: &Error) -> Failure {
    let exit = match error.kind() {
        ErrorKind::Parameter => Exit::Usage,
        ErrorKind::Data => Exit::Dataset,
        ErrorKind::Cancelled => Exit::Interrupted,
        ErrorKind::Panic | ErrorKind::Contract => Exit::Plugin,
        _ => Exit::Failed,
    };
    let message = match error.kind() {
        ErrorKind::Panic | ErrorKind::Contract => JobText::BrokeRules.with(&[&plugin.manifest().id, &error.message()]),
        _ => error.message().to_owned(),
    };
    Failure::new(exit, message)
}

/// What the host does for the plugin of this worker.
pub(crate) struct Services {
    pipe: Arc<Pipe>,
    spec: JobSpec,
    cancelled: Arc<AtomicBool>,
    weights_used: Mutex<Vec<WeightsUsed>>,
    last_progress: Mutex<Option<(Instant, Task, u64)>>,
}

impl Services {
    fn debug(&self, text: &str) {
        self.log(PluginLevel::Debug, text);
    }

    /// Tells the parent how far a task is, as often as a screen can show it.
    pub(crate) fn show(&self, task: Task, done: u64, total: u64) {
        let mut last = self.last_progress.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let same = last.filter(|(_, of_task, of)| (*of_task, *of) == (task, total));
        if done >= total || same.is_none_or(|(time, _, _)| now - time >= PROGRESS_PAUSE) {
            *last = Some((now, task, total));
            self.pipe.send(&Event::Progress { task, done, total });
        }
    }
}

impl HostServices for Services {
    fn log(&self, level: PluginLevel, text: &str) {
        let wanted = match level {
            PluginLevel::Debug => self.spec.verbosity >= 2,
            PluginLevel::Info => self.spec.verbosity >= 1,
            PluginLevel::Notice | PluginLevel::Warning => true,
        };
        if wanted {
            let level = match level {
                PluginLevel::Debug => Level::Debug,
                PluginLevel::Info | PluginLevel::Notice => Level::Info,
                PluginLevel::Warning => Level::Warning,
            };
            self.pipe.send(&Event::Log { origin: Origin::Nnabla, level, text: text.to_owned() });
        }
    }

    fn progress(&self, done: u64, total: u64) {
        self.show(Task::Plugin, done, total);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn environment(&self) -> Environment {
        Environment {
            device: self.spec.device.to_string(),
            threads: self.spec.threads,
            batch_size: self.spec.batch_size,
            memory_limit: self.spec.limits.memory,
            max_epoch: self.spec.max_epoch,
            dataset: self.spec.dataset.display().to_string(),
            host: crate::HOST.to_owned(),
        }
    }

    fn weights(&self, name: &str) -> Result<PathBuf, String> {
        let path = weights::find(name, &self.spec.project_folder, &self.spec.weights_dirs)?;
        let hashing = |done, total| self.show(Task::Hashing, done, total);
        let sha256 = match weights::known(name) {
            Some(known) => weights::verify(known, &path, &hashing)?.sha256,
            None => sha256_with(&path, &hashing).map_err(|e| Doing::Read(path.to_path_buf(), e.to_string()).said())?,
        };
        let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let used = WeightsUsed { name: name.to_owned(), file, sha256 };
        self.weights_used.lock().unwrap_or_else(PoisonError::into_inner).push(used);
        Ok(path)
    }

    fn cache_dir(&self) -> Result<PathBuf, String> {
        let name = self.spec.plugin.file_stem().unwrap_or_default();
        let path = nnc_files::user_folder("XDG_CACHE_HOME", ".cache")
            .ok_or_else(|| JobText::NoCacheHome.with(&[]))?
            .join("plugins")
            .join(name);
        std::fs::create_dir_all(&path).map_err(|e| Doing::Make(path.to_path_buf(), e.to_string()).said())?;
        Ok(path)
    }
}

/// Feeds a reader to a plugin and keeps what the plugin cannot: the original error, and a hash of all samples.
pub(crate) struct TrainingSource {
    reader: Reader,
    len: usize,
    error: Option<DatasetError>,
    hash: Option<Sha256>,
    hashed: usize,
}

impl TrainingSource {
    pub(crate) fn new(reader: Reader, len: usize) -> Self {
        Self { reader, len, error: None, hash: Some(Sha256::new()), hashed: 0 }
    }

    /// The data set's error, if that is what stopped the plugin.
    pub(crate) fn take_error(&mut self) -> Option<DatasetError> {
        self.error.take()
    }

    /// SHA-256 of all samples as the plugin saw them; `None` if it did not read them all.
    pub(crate) fn digest(self) -> Option<String> {
        self.hash.filter(|_| self.hashed == self.len).map(|hash| hex(&hash.finalize()))
    }
}

impl SampleSource for TrainingSource {
    fn len(&self) -> usize {
        self.len
    }

    fn next_batch(&mut self, max: usize) -> Result<Option<RawBatch<'_>>, String> {
        match self.reader.next_batch(max) {
            Ok(Some(batch)) => {
                // Only the first pass is hashed; a later one sees the same samples.
                if let Some(hash) = self.hash.as_mut().filter(|_| batch.first_row == self.hashed) {
                    hash.update(batch.bytes);
                    self.hashed += batch.count;
                }
                Ok(Some(RawBatch { first: batch.first_row, count: batch.count, bytes: batch.bytes }))
            }
            Ok(None) => Ok(None),
            Err(error) => {
                let message = error.to_string();
                self.error = Some(error);
                Err(message)
            }
        }
    }

    fn rewind(&mut self) -> Result<(), String> {
        self.reader.rewind();
        Ok(())
    }
}
