//! The host's side of the border: opens a plugin file and wraps its table of C functions into safe methods.
//!
//! Three facts about `abi_stable` shape this file: its own `load_from_*` functions return the first plugin ever
//! loaded for every later file, so the header is read and checked by hand; a loaded library is never unloaded; and
//! its layout reports run to hundreds of lines, so only the first finding goes into the message.

use std::ffi::c_void;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use abi_stable::library::{LibraryError, lib_header_from_path};
use abi_stable::prefix_type::PrefixTypeTrait;
use abi_stable::std_types::{RNone, RSome, RStr, RString};
use serde_json::Value;

use crate::detector::{Element, Input, Interface};
use crate::error::{Error, ErrorKind};
use crate::ffi::{
    ABI_VERSION, BatchV1, Handle, HostCallsV1, HostCallsV1Ref, HostV1, ModuleV1Ref, Outcome, OutputV1, SourceCallsV1,
    SourceCallsV1Ref, SourceV1, guard,
};
use crate::host::{Environment, Level};
use crate::manifest::Manifest;
use crate::parameters::Parameters;
use crate::source::into_result;

/// Why a file was refused as a plugin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file is not there.
    #[error("there is no plugin file {}", .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The system's loader refused the file: no shared library, damaged, or one of its own libraries is missing.
    #[error("{} cannot be loaded as a shared library: {reason}", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Words of the system's loader.
        reason: String,
    },
    /// A shared library that is no plugin.
    #[error("{} is a shared library but no nnc-host plugin (it does not call `export_detector!`)", .path.display())]
    NotAPlugin {
        /// The file.
        path: PathBuf,
    },
    /// Built against an incompatible version of the interface.
    #[error(
        "{} was built for another plugin interface (this host has {ABI_VERSION}): {reason}; build it again with the \
         nnc-plugin-api of this host", .path.display()
    )]
    Incompatible {
        /// The file.
        path: PathBuf,
        /// First difference.
        reason: String,
        /// Full report for the debug log.
        report: String,
    },
    /// The plugin does not describe itself properly.
    #[error("{} has an unusable manifest: {reason}", .path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// Services that a host offers to its plugins. Called from any thread of the plugin.
pub trait HostServices: Send + Sync {
    /// Takes a log line.
    fn log(&self, level: Level, text: &str);
    /// Takes a progress report.
    fn progress(&self, done: u64, total: u64);
    /// Whether the user asked to stop.
    fn is_cancelled(&self) -> bool;
    /// Facts about the job.
    fn environment(&self) -> Environment;
    /// Path of the weights called `name`.
    ///
    /// # Errors
    /// One sentence that says how to get them.
    fn weights(&self, name: &str) -> Result<PathBuf, String>;
    /// A folder for files that can be made again.
    ///
    /// # Errors
    /// One sentence.
    fn cache_dir(&self) -> Result<PathBuf, String>;
}

/// Samples on their way to a plugin.
#[derive(Debug, Clone, Copy)]
pub struct RawBatch<'a> {
    /// Row of the first sample.
    pub first: usize,
    /// Number of samples, at least 1.
    pub count: usize,
    /// The samples, one after the other, aligned for `f32`.
    pub bytes: &'a [u8],
}

/// A data set that a plugin may pull.
pub trait SampleSource {
    /// Number of samples.
    fn len(&self) -> usize;
    /// Whether there is no sample.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The next at most `max` samples; they stay where they are until the next call.
    ///
    /// # Errors
    /// One sentence naming file and line.
    fn next_batch(&mut self, max: usize) -> Result<Option<RawBatch<'_>>, String>;
    /// Starts again at the first sample.
    ///
    /// # Errors
    /// One sentence.
    fn rewind(&mut self) -> Result<(), String>;
}

/// An opened plugin. The library stays in the process until it ends.
pub struct Plugin {
    path: PathBuf,
    manifest: Manifest,
    module: ModuleV1Ref,
}

impl Plugin {
    /// Opens `path`, which runs the code of the plugin's initialisers: do it in a process that may die.
    ///
    /// # Errors
    /// [`LoadError`], one variant for each way to be no plugin.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if !path.is_file() {
            return Err(LoadError::Missing { path });
        }
        let module = lib_header_from_path(&path)
            .and_then(|header| header.init_root_module::<ModuleV1Ref>())
            .map_err(|error| explain(&path, error))?;
        let unusable = |reason: String| LoadError::Manifest { path: path.clone(), reason };
        let text = into_result((module.manifest())()).map_err(|e| unusable(e.message().to_owned()))?;
        let manifest: Manifest = serde_json::from_str(&text).map_err(|e| unusable(e.to_string()))?;
        manifest.check().map_err(unusable)?;
        Ok(Self { path, manifest, module })
    }

    /// Where the plugin lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// A detector: untrained, or read from the file `model`. The services are kept until the process ends, because a
    /// plugin may keep them.
    ///
    /// # Errors
    /// What the plugin says.
    pub fn create(
        &self,
        parameters: &Parameters,
        model: Option<&Path>,
        services: Arc<dyn HostServices>,
    ) -> Result<Detector, Error> {
        let json = Value::Object(parameters.as_map().clone()).to_string();
        let model = model.map(path_text).transpose()?;
        let model = model.as_deref().map_or(RNone, |m| RSome(RStr::from_str(m)));
        let handle = into_result((self.module.create())(json.as_str().into(), model, export_services(services)))?;
        // Owned from here on, so that an error below does not leave it behind.
        let input = Input { variable: String::new(), shape: Vec::new(), element: Element::U8 };
        let interface = Interface { input, outputs: Vec::new() };
        let mut detector = Detector { handle, module: self.module, interface };
        let text = into_result((self.module.interface())(handle))?;
        detector.interface = serde_json::from_str(&text)
            .map_err(|e| Error::new(ErrorKind::Internal, format!("the plugin sent an unreadable interface: {e}")))?;
        Ok(detector)
    }
}

/// A detector instance inside a plugin.
pub struct Detector {
    handle: Handle,
    module: ModuleV1Ref,
    interface: Interface,
}

// SAFETY: the trait that authors implement demands `Send`; calls are exclusive because they take `&mut self`.
unsafe impl Send for Detector {}

impl Detector {
    /// What it reads and gives.
    pub fn interface(&self) -> &Interface {
        &self.interface
    }

    /// Trains.
    ///
    /// # Errors
    /// What the plugin says; errors of `source` come back through it.
    pub fn fit(&mut self, source: &mut dyn SampleSource) -> Result<(), Error> {
        let len = source.len();
        let mut source: &mut dyn SampleSource = source;
        let context = (&raw mut source).cast::<c_void>();
        into_result((self.module.fit())(self.handle, SourceV1 { context, len, calls: source_calls() }))
    }

    /// Writes the model to the new file `path`.
    ///
    /// # Errors
    /// What the plugin says.
    pub fn save(&mut self, path: &Path) -> Result<(), Error> {
        into_result((self.module.save())(self.handle, path_text(path)?.as_str().into()))
    }

    /// Scores a batch; `outputs` holds one buffer for each output of the interface.
    ///
    /// # Errors
    /// What the plugin says.
    pub fn infer(&mut self, batch: RawBatch<'_>, outputs: &mut [&mut [f32]]) -> Result<(), Error> {
        let raw = BatchV1 {
            bytes: batch.bytes.as_ptr(),
            byte_len: batch.bytes.len(),
            first: batch.first,
            count: batch.count,
        };
        let mut buffers: Vec<OutputV1> =
            outputs.iter_mut().map(|o| OutputV1 { data: o.as_mut_ptr(), len: o.len() }).collect();
        into_result((self.module.infer())(self.handle, raw, buffers.as_mut_ptr(), buffers.len()))
    }
}

impl Drop for Detector {
    fn drop(&mut self) {
        // A detector that fails to die has nobody left to tell; the worker process ends soon after.
        let _ = (self.module.destroy())(self.handle);
    }
}

fn path_text(path: &Path) -> Result<String, Error> {
    path.to_str()
        .map(str::to_owned)
        .ok_or_else(|| Error::new(ErrorKind::Internal, format!("the path {} is not UTF-8", path.display())))
}

fn explain(path: &Path, error: LibraryError) -> LoadError {
    let path = path.to_owned();
    match error {
        LibraryError::OpenError { err, .. } => {
            let reason = std::error::Error::source(&*err).map_or_else(|| err.to_string(), ToString::to_string);
            LoadError::Open { path, reason }
        }
        LibraryError::GetSymbolError { .. } => LoadError::NotAPlugin { path },
        LibraryError::IncompatibleVersionNumber { actual_version, .. } => {
            LoadError::Incompatible { path, reason: format!("the plugin has {actual_version}"), report: String::new() }
        }
        other => {
            let report = other.to_string();
            // The report names each difference after a line of its own; the first one is enough to know.
            let reason = report
                .lines()
                .map(str::trim)
                .find(|line| line.starts_with("Expected") || line.starts_with("error") || line.contains("mismatch"))
                .unwrap_or("the layout of its tables differs")
                .to_owned();
            LoadError::Incompatible { path, reason, report }
        }
    }
}

fn export_services(services: Arc<dyn HostServices>) -> HostV1 {
    // Leaked on purpose: plugins may keep the services, and a worker process makes a handful of detectors at most.
    let context: &'static Arc<dyn HostServices> = Box::leak(Box::new(services));
    let calls: HostCallsV1Ref =
        HostCallsV1 { log, progress, cancelled, environment, weights, cache_dir }.leak_into_prefix();
    HostV1 { context: (&raw const *context).cast(), calls }
}

/// # Safety
/// `context` must come from [`export_services`].
unsafe fn services<'a>(context: *const c_void) -> &'a dyn HostServices {
    // SAFETY: promised by the caller; the box is never freed.
    unsafe { &**context.cast::<Arc<dyn HostServices>>() }
}

/// Runs a call that has no way to report a failure; a panic of the host's own code must not cross the border.
fn quietly<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    guard(|| Ok(body())).into_result().unwrap_or(fallback)
}

extern "C" fn log(context: *const c_void, level: u32, text: RStr<'_>) {
    quietly((), || {
        // SAFETY: plugins pass back the context they were given; so in all functions below.
        let services = unsafe { services(context) };
        services.log(Level::from_number(level), text.as_str());
    });
}

extern "C" fn progress(context: *const c_void, done: u64, total: u64) {
    // SAFETY: as in `log`.
    quietly((), || unsafe { services(context) }.progress(done, total));
}

extern "C" fn cancelled(context: *const c_void) -> bool {
    // SAFETY: as in `log`.
    quietly(true, || unsafe { services(context) }.is_cancelled())
}

extern "C" fn environment(context: *const c_void) -> RString {
    quietly(RString::from("{}"), || {
        // SAFETY: as in `log`.
        let environment = unsafe { services(context) }.environment();
        serde_json::to_string(&environment).unwrap_or_else(|_| "{}".to_owned()).into()
    })
}

extern "C" fn weights(context: *const c_void, name: RStr<'_>) -> Outcome<RString> {
    guard(|| {
        // SAFETY: as in `log`.
        let path = unsafe { services(context) }.weights(name.as_str()).map_err(Error::parameter)?;
        Ok(path_text(&path)?.into())
    })
}

extern "C" fn cache_dir(context: *const c_void) -> Outcome<RString> {
    guard(|| {
        // SAFETY: as in `log`.
        let path = unsafe { services(context) }.cache_dir().map_err(|e| Error::new(ErrorKind::Internal, e))?;
        Ok(path_text(&path)?.into())
    })
}

fn source_calls() -> SourceCallsV1Ref {
    SourceCallsV1 { next, rewind }.leak_into_prefix()
}

/// # Safety
/// `context` must come from [`Detector::fit`], during that call.
unsafe fn source<'a>(context: *mut c_void) -> &'a mut dyn SampleSource {
    // SAFETY: promised by the caller.
    unsafe { &mut **context.cast::<&mut dyn SampleSource>() }
}

extern "C" fn next(context: *mut c_void, max: usize) -> Outcome<BatchV1> {
    guard(|| {
        // SAFETY: plugins pass back the context of the source they were given, while `fit` runs.
        let batch = unsafe { source(context) }.next_batch(max).map_err(Error::data)?;
        Ok(batch.map_or(BatchV1 { bytes: std::ptr::null(), byte_len: 0, first: 0, count: 0 }, |b| BatchV1 {
            bytes: b.bytes.as_ptr(),
            byte_len: b.bytes.len(),
            first: b.first,
            count: b.count,
        }))
    })
}

extern "C" fn rewind(context: *mut c_void) -> Outcome<()> {
    // SAFETY: as in `next`.
    guard(|| unsafe { source(context) }.rewind().map_err(Error::data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_no_plugins_are_told_apart() {
        let dir = std::env::temp_dir();
        assert!(matches!(Plugin::load(&dir.join("no-such-plugin.so")), Err(LoadError::Missing { .. })));

        let text = dir.join(format!("nnc-not-a-library-{}.so", std::process::id()));
        std::fs::write(&text, "hello").unwrap();
        let error = Plugin::load(&text).err().unwrap();
        std::fs::remove_file(&text).unwrap();
        assert!(matches!(&error, LoadError::Open { reason, .. } if reason.contains("file too short")), "{error}");
    }
}
