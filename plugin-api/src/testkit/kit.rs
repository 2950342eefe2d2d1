//! Makes, trains and loads detectors the way a host does.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};
use tempfile::TempDir;

use super::{FakeHost, MemorySource, Samples, Scene, Scores};
use crate::error::Error;
use crate::host::Environment;
use crate::interface::Interface;
use crate::loader::{Detector, LoadError, OutputBuffers, Plugin, RawBatch, SampleSource};
use crate::manifest::Manifest;
use crate::parameters::Parameters;

/// Where weights are looked for.
type Weights = Arc<dyn Fn(&str) -> Result<PathBuf, String> + Send + Sync>;

/// A plugin with parameters, a fake host and a folder to work in.
#[derive(Clone)]
pub struct Kit {
    plugin: Arc<Plugin>,
    given: Map<String, Value>,
    environment: Environment,
    weights: Weights,
    /// Why weights that a detector asked for were not there.
    missing: Arc<Mutex<Option<String>>>,
    folder: Arc<TempDir>,
}

impl Kit {
    /// A kit for a detector of this program, given by its training, without exporting it.
    ///
    /// # Panics
    /// When the manifest is unusable, or there is no folder for temporary files: a test cannot go on then.
    #[track_caller]
    pub fn new<T: crate::Training>() -> Self {
        Self::in_temporary_folder(Plugin::of_training::<T>())
    }

    /// A kit for a detector of this program that only evaluates models; otherwise as [`Kit::new`].
    ///
    /// # Panics
    /// As [`Kit::new`].
    #[track_caller]
    pub fn evaluating<D: crate::Detector>() -> Self {
        Self::in_temporary_folder(Plugin::of_detector::<D>())
    }

    #[track_caller]
    fn in_temporary_folder(plugin: Result<Plugin, LoadError>) -> Self {
        let plugin = plugin.unwrap_or_else(|error| panic!("{error}"));
        Self::of(plugin, &std::env::temp_dir())
            .unwrap_or_else(|error| panic!("cannot create a temporary folder: {error}"))
    }

    /// A kit for a plugin that was loaded; its files go into a new folder in `place`.
    ///
    /// # Errors
    /// When the folder cannot be created.
    pub fn of(plugin: Plugin, place: &Path) -> std::io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("nnc-testkit-").tempdir_in(place)?;
        std::fs::create_dir(folder.path().join("cache"))?;
        Ok(Self {
            plugin: Arc::new(plugin),
            given: Map::new(),
            environment: Environment { device: "cpu".to_owned(), host: "testkit".to_owned(), ..Environment::default() },
            weights: Arc::new(|name| Err(format!("the test kit has no weights called `{name}`"))),
            missing: Arc::default(),
            folder: Arc::new(folder),
        })
    }

    /// The same with a parameter set, as a user would.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.given.insert(name.to_owned(), value.into());
        self
    }

    /// The same with this number of threads.
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.environment.threads = threads;
        self
    }

    /// The same with these weights: `find` returns a path for a name, or says in a sentence why not.
    pub fn with_weights(mut self, find: impl Fn(&str) -> Result<PathBuf, String> + Send + Sync + 'static) -> Self {
        self.weights = Arc::new(find);
        self
    }

    /// What the plugin says about itself.
    pub fn manifest(&self) -> &Manifest {
        self.plugin.manifest()
    }

    /// A folder for files of the test, removed at its end.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// An untrained detector, with the host that listens to it.
    ///
    /// # Errors
    /// [`ErrorKind::Parameter`](crate::ErrorKind::Parameter) for values that the manifest does not permit; otherwise what the detector says.
    pub fn create(&self) -> Result<Trained, Error> {
        self.open(None)
    }

    /// A detector with the model in this file.
    ///
    /// # Errors
    /// As [`Kit::create`].
    pub fn load(&self, model: &Path) -> Result<Trained, Error> {
        self.open(Some(model))
    }

    /// A detector trained on `count` samples of [`Scene::Normal`].
    ///
    /// # Errors
    /// As [`Kit::create`], and what [`train`](crate::Training::train) says.
    pub fn train(&self, count: usize) -> Result<Trained, Error> {
        let mut detector = self.create()?;
        let samples = self.draw(&detector, Scene::Normal, count);
        detector.fit(&mut MemorySource::new(&samples))?;
        Ok(detector)
    }

    /// Draws samples for a detector; training uses others of the same kind.
    pub fn draw(&self, detector: &Trained, scene: Scene, count: usize) -> Samples {
        Samples::draw(detector.interface(), scene, count, scene as u64)
    }

    fn open(&self, model: Option<&Path>) -> Result<Trained, Error> {
        let parameters = Parameters::resolve(self.manifest(), &self.given).map_err(Error::parameter)?;
        self.open_with(&parameters, model)
    }

    /// As [`Kit::create`] or [`Kit::load`], with parameters that nobody has checked.
    pub(super) fn open_with(&self, parameters: &Parameters, model: Option<&Path>) -> Result<Trained, Error> {
        let (weights, missing) = (Arc::clone(&self.weights), Arc::clone(&self.missing));
        let find = move |name: &str| {
            weights(name).inspect_err(|reason| {
                *missing.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.clone());
            })
        };
        let host = Arc::new(FakeHost::new(self.environment.clone(), &self.folder().join("cache"), Box::new(find)));
        let services: Arc<FakeHost> = Arc::clone(&host);
        let detector = self.plugin.create(parameters, model, services)?;
        Ok(Trained { buffers: OutputBuffers::new(&detector), detector, host })
    }

    /// Why weights that a detector asked for were not there.
    pub(super) fn missing_weights(&self) -> Option<String> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn given(&self) -> &Map<String, Value> {
        &self.given
    }
}

/// A detector at work, trained or not.
pub struct Trained {
    detector: Detector,
    buffers: OutputBuffers,
    host: Arc<FakeHost>,
}

impl Trained {
    /// What it reads and gives.
    pub fn interface(&self) -> &Interface {
        self.detector.interface()
    }

    /// The host that listens to it.
    pub fn host(&self) -> &Arc<FakeHost> {
        &self.host
    }

    /// Trains.
    ///
    /// # Errors
    /// What the detector says.
    pub fn fit(&mut self, source: &mut dyn SampleSource) -> Result<(), Error> {
        self.detector.fit(source)
    }

    /// Writes the model to the new file `path`.
    ///
    /// # Errors
    /// What the detector says.
    pub fn save(&mut self, path: &Path) -> Result<(), Error> {
        self.detector.save(path)
    }

    /// Scores samples, in batches as large as the detector accepts.
    ///
    /// # Errors
    /// What the detector says, or [`ErrorKind::Contract`](crate::ErrorKind::Contract) when it left values unwritten or wrote too many.
    pub fn scores(&mut self, samples: &Samples) -> Result<Scores, Error> {
        self.scores_in_batches(samples, 64)
    }

    /// As [`Trained::scores`], with at most `size` samples at once.
    ///
    /// # Errors
    /// As [`Trained::scores`].
    pub fn scores_in_batches(&mut self, samples: &Samples, size: usize) -> Result<Scores, Error> {
        let outputs = self.interface().outputs.clone();
        let size = self.interface().exact_batch.unwrap_or(size).max(1);
        let mut values: Vec<Vec<f32>> = outputs.iter().map(|_| Vec::new()).collect();
        for first in (0..samples.len()).step_by(size) {
            let batch = samples.batch(first, size);
            self.buffers.score(&mut self.detector, batch)?;
            for (output, values) in values.iter_mut().enumerate() {
                for sample in 0..batch.count {
                    values.extend_from_slice(self.buffers.sample(output, sample));
                }
            }
        }
        Ok(Scores { outputs, values, samples: samples.len() })
    }

    /// Passes a batch and buffers as they are, fitting or not.
    pub(super) fn infer_raw(&mut self, batch: RawBatch<'_>, outputs: &mut [&mut [f32]]) -> Result<(), Error> {
        self.detector.infer(batch, outputs)
    }
}
