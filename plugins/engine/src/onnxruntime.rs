//! ONNX Runtime, Microsoft's library for running networks on a CPU: opened at run time, by the place that the host names.
//!
//! Of its interface in C the little is used that runs a network on arrays of f32. The declarations are those of `ort-sys`.
//! The safe crate above them (`ort`) lets only one thread at a time use a network, so each would need weights of its own.
//!
//! Clever by necessity, so a warning first: what is called here is found by its place in a table of functions. The table is
//! that of version 17 of the interface, which every later library still gives. A change of `ort-sys` has to be checked with
//! the tests of `session`, and a change of the library with those of the detectors as well.

mod session;

use std::ffi::CStr;
use std::path::Path;
use std::ptr::{self, NonNull};
use std::sync::OnceLock;

use libloading::Library;
use ort_sys::{
    ORT_API_VERSION, OrtAllocatorType, OrtApi, OrtApiBase, OrtEnv, OrtLoggingLevel, OrtMemType, OrtMemoryInfo,
    OrtStatusPtr,
};

pub(crate) use session::{Session, View, ViewMut};

/// What the environment is called in the library's own messages.
const NAME: &CStr = c"nnc-host";

/// The opened library. It stays open as long as the process lives.
pub(crate) struct Runtime {
    api: &'static OrtApi,
    environment: NonNull<OrtEnv>,
    /// Tells that a tensor lies in ordinary memory.
    memory: NonNull<OrtMemoryInfo>,
    version: String,
}

// SAFETY: the table of functions never changes; the environment may be used by any thread, and the description of memory
// is only read.
unsafe impl Send for Runtime {}
// SAFETY: as above.
unsafe impl Sync for Runtime {}

/// What the library says has failed, or why it cannot be used, first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) String);

impl Runtime {
    /// Opens the library `path`; a process has one, so the first stays.
    ///
    /// # Errors
    /// What the system's loader says, and a library without the functions that are needed.
    pub(crate) fn open(path: &Path) -> Result<&'static Self, Refusal> {
        static OPENED: OnceLock<Result<Runtime, Refusal>> = OnceLock::new();
        OPENED.get_or_init(|| Self::load(path)).as_ref().map_err(Clone::clone)
    }

    fn load(path: &Path) -> Result<Self, Refusal> {
        let refuse = |reason: String| Refusal(format!("{}: {reason}", path.display()));
        // SAFETY: this runs the library's initialisers. The host has found it in a folder that nobody else can change.
        let library = unsafe { Library::new(path) }.map_err(|error| refuse(words(&error)))?;
        // SAFETY: the type is that of the library's header.
        let get = unsafe { library.get::<unsafe extern "C" fn() -> *const OrtApiBase>(b"OrtGetApiBase") }
            .map_err(|error| refuse(words(&error)))?;
        // SAFETY: it takes nothing and gives a table that lives as long as the library.
        let base = unsafe { get().as_ref() }.ok_or_else(|| refuse("it gives no interface".to_owned()))?;
        // SAFETY: as in the header; the text lives as long as the library.
        let version = unsafe { CStr::from_ptr((base.GetVersionString)()) }.to_string_lossy().into_owned();
        // SAFETY: as in the header; null for a version that the library does not have.
        let api = unsafe { (base.GetApi)(ORT_API_VERSION).as_ref() };
        let api = api.ok_or_else(|| refuse(format!("version {version} is too old, expected 1.17 or later")))?;
        // The table has to stay.
        std::mem::forget(library);
        let (mut environment, mut memory) = (ptr::null_mut(), ptr::null_mut());
        let mut made = || {
            // Failures come back as such; nothing is written beside the log.
            let level = OrtLoggingLevel::ORT_LOGGING_LEVEL_FATAL;
            // SAFETY: both write one pointer.
            check(api, unsafe { (api.CreateEnv)(level, NAME.as_ptr(), &raw mut environment) })?;
            // SAFETY: the environment was just made.
            check(api, unsafe { (api.DisableTelemetryEvents)(environment) })?;
            let (kind, place) = (OrtAllocatorType::OrtDeviceAllocator, OrtMemType::OrtMemTypeDefault);
            // SAFETY: it writes one pointer.
            check(api, unsafe { (api.CreateCpuMemoryInfo)(kind, place, &raw mut memory) })
        };
        made().map_err(|Refusal(reason)| refuse(reason))?;
        match (NonNull::new(environment), NonNull::new(memory)) {
            (Some(environment), Some(memory)) => Ok(Self { api, environment, memory, version }),
            _ => Err(refuse("it gives no environment".to_owned())),
        }
    }

    /// As `1.32.0`.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    fn check(&self, status: OrtStatusPtr) -> Result<(), Refusal> {
        check(self.api, status)
    }
}

/// The system's own words about a library, which lie behind those of `libloading`.
fn words(error: &libloading::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

/// Turns the status of a call, which is freed, into a result.
fn check(api: &OrtApi, status: OrtStatusPtr) -> Result<(), Refusal> {
    if status.0.is_null() {
        return Ok(());
    }
    // SAFETY: a status that is not null has a message, which lives as long as the status.
    let message = unsafe { CStr::from_ptr((api.GetErrorMessage)(status.0)) }.to_string_lossy().into_owned();
    // SAFETY: it is not used after this.
    unsafe { (api.ReleaseStatus)(status.0) };
    Err(Refusal(message.lines().next().unwrap_or_default().to_owned()))
}

/// Where `cargo xtask setup` puts the library, for tests: those that need it fail without.
#[cfg(test)]
pub(crate) fn installed() -> std::path::PathBuf {
    nnc_test_data::onnxruntime()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_such_library_is_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("libonnxruntime.so.1");
        std::fs::write(&text, "no library").unwrap();
        let Refusal(reason) = Runtime::load(&text).err().unwrap();
        assert!(reason.starts_with(&text.display().to_string()), "{reason}");
        let Refusal(reason) = Runtime::load(Path::new("libm.so.6")).err().unwrap();
        assert!(reason.contains("OrtGetApiBase"), "{reason}");
    }

    #[test]
    fn the_library_says_its_version_once_it_is_open() {
        let runtime = Runtime::open(&installed()).unwrap();
        assert!(runtime.version().starts_with("1."), "{}", runtime.version());
        assert!(ptr::eq(runtime, Runtime::open(Path::new("/another")).unwrap()));
    }
}
