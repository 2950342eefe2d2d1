//! What a host offers to plugins: its services and its samples, as tables of C functions over two traits.

use std::ffi::c_void;
use std::path::PathBuf;
use std::sync::Arc;

use abi_stable::prefix_type::PrefixTypeTrait;
use abi_stable::std_types::{RStr, RString};

use super::path_text;
use crate::error::{Error, ErrorKind};
use crate::ffi::{BatchV1, HostCallsV1, HostCallsV1Ref, HostV1, Outcome, SourceCallsV1, SourceCallsV1Ref, guard};
use crate::host::{Environment, Level};

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
    /// A folder for files that can be created again.
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

/// A dataset that a plugin may pull.
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

pub(super) fn export_services(services: Arc<dyn HostServices>) -> HostV1 {
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

/// Runs a call that has no way to report a failure; a panic of the host's own code must not cross the C interface.
fn quietly<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    guard(|| Ok(body())).into_result().unwrap_or(fallback)
}

extern "C" fn log(context: *const c_void, level: u32, text: RStr<'_>) {
    quietly((), || {
        // SAFETY: plugins pass back the context they were given; so in all functions below.
        let services = unsafe { services(context) };
        // Another language's plugin may send anything.
        services.log(Level::from_number(level), &String::from_utf8_lossy(text.as_bytes()));
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
        let path = unsafe { services(context) }
            .weights(&String::from_utf8_lossy(name.as_bytes()))
            .map_err(Error::parameter)?;
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

pub(super) fn source_calls() -> SourceCallsV1Ref {
    SourceCallsV1 { next, rewind }.leak_into_prefix()
}

/// # Safety
/// `context` must come from [`Detector::fit`](super::Detector::fit), during that call.
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
