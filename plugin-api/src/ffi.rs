//! The binary interface itself, version 1: plain C tables of functions and plain C structs.
//!
//! Clever by necessity, so a warning first. Everything here is compared field by field by `abi_stable` when a
//! plugin is opened, and a table that grows is refused in one of the two directions. Therefore a published table
//! never changes: what is new goes into a `...V2` table beside it. Data that is likely to grow (manifest,
//! parameters, environment, interface) crosses as JSON text and can gain keys freely. Only this module and those
//! that call through it (`export`, `source`, `loader`) may name `abi_stable`.
//!
//! Rules that both sides keep:
//! * no function of either table unwinds: each is wrapped in [`guard`], a panic becomes a [`Fault`];
//! * the host's tables and contexts live until the process ends, so a plugin may keep them;
//! * a batch stays valid until the next call of `next`, `rewind` or the end of the `fit` or `infer` it came with.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, Once, PoisonError};

use abi_stable::StableAbi;
use abi_stable::library::RootModule;
use abi_stable::sabi_types::VersionStrings;
use abi_stable::std_types::{ROption, RResult, RStr, RString};

use crate::error::{Error, ErrorKind};

/// Version of the binary interface, independent of the version of this crate.
pub const ABI_VERSION: &str = "1.0.0";

/// An error on its way across the border.
#[repr(C)]
#[derive(StableAbi)]
pub struct Fault {
    /// [`ErrorKind`] as a number; unknown numbers read as [`ErrorKind::Internal`].
    pub kind: u32,
    /// One sentence for the user.
    pub message: RString,
}

/// Result of every fallible call across the border.
pub(crate) type Outcome<T> = RResult<T, Fault>;

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self { kind: error.kind() as u32, message: error.message().into() }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        // Another language's plugin may send anything.
        let message = String::from_utf8_lossy(&fault.message.into_bytes()).into_owned();
        Error::new(ErrorKind::from_number(fault.kind), message)
    }
}

/// A detector instance, owned by the plugin.
#[repr(transparent)]
#[derive(Clone, Copy, StableAbi)]
pub struct Handle(pub *mut c_void);

/// Samples lying in the host's memory: `count` of them, one after the other, in the format that the plugin's
/// interface asked for.
#[repr(C)]
#[derive(Clone, Copy, StableAbi)]
pub struct BatchV1 {
    /// First byte; aligned for `f32`.
    pub bytes: *const u8,
    /// Length in bytes.
    pub byte_len: usize,
    /// Row of the first sample in the dataset.
    pub first: usize,
    /// Number of samples; 0 after the last batch.
    pub count: usize,
}

/// One output buffer in the host's memory.
#[repr(C)]
#[derive(Clone, Copy, StableAbi)]
pub struct OutputV1 {
    /// First value.
    pub data: *mut f32,
    /// Number of values: samples of the batch times values per sample.
    pub len: usize,
}

/// What the host does for a plugin.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = HostCallsV1Ref, prefix_fields = HostCallsV1Prefix)))]
pub struct HostCallsV1 {
    /// Writes a log line; the level is [`crate::Level`] as a number.
    pub log: extern "C" fn(context: *const c_void, level: u32, text: RStr<'_>),
    /// Reports `done` of `total` units of the current phase.
    pub progress: extern "C" fn(context: *const c_void, done: u64, total: u64),
    /// Whether the user asked to stop.
    pub cancelled: extern "C" fn(context: *const c_void) -> bool,
    /// [`crate::Environment`] as JSON.
    pub environment: extern "C" fn(context: *const c_void) -> RString,
    /// Path of the weights with this name.
    pub weights: extern "C" fn(context: *const c_void, name: RStr<'_>) -> Outcome<RString>,
    /// A folder for files that can be made again.
    #[sabi(last_prefix_field)]
    pub cache_dir: extern "C" fn(context: *const c_void) -> Outcome<RString>,
}

/// The host as a plugin sees it.
#[repr(C)]
#[derive(Clone, Copy, StableAbi)]
pub struct HostV1 {
    /// Passed back with every call.
    pub context: *const c_void,
    /// The functions.
    pub calls: HostCallsV1Ref,
}

/// A dataset that the plugin pulls.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = SourceCallsV1Ref, prefix_fields = SourceCallsV1Prefix)))]
pub struct SourceCallsV1 {
    /// The next at most `max` samples.
    pub next: extern "C" fn(context: *mut c_void, max: usize) -> Outcome<BatchV1>,
    /// Starts again at the first row.
    #[sabi(last_prefix_field)]
    pub rewind: extern "C" fn(context: *mut c_void) -> Outcome<()>,
}

/// The dataset of one `fit`.
#[repr(C)]
#[derive(Clone, Copy, StableAbi)]
pub struct SourceV1 {
    /// Passed back with every call.
    pub context: *mut c_void,
    /// Number of samples.
    pub len: usize,
    /// The functions.
    pub calls: SourceCallsV1Ref,
}

/// What a plugin exports.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = ModuleV1Ref, prefix_fields = ModuleV1Prefix)))]
pub struct ModuleV1 {
    /// [`crate::Manifest`] as JSON.
    pub manifest: extern "C" fn() -> Outcome<RString>,
    /// A detector: untrained, or read from the file `model`. Parameters are a JSON object.
    pub create: extern "C" fn(parameters: RStr<'_>, model: ROption<RStr<'_>>, host: HostV1) -> Outcome<Handle>,
    /// [`crate::Interface`] of the detector as JSON.
    pub interface: extern "C" fn(detector: Handle) -> Outcome<RString>,
    /// Trains.
    pub fit: extern "C" fn(detector: Handle, source: SourceV1) -> Outcome<()>,
    /// Writes the trained detector as one file.
    pub save: extern "C" fn(detector: Handle, path: RStr<'_>) -> Outcome<()>,
    /// Scores a batch into `outputs`, one buffer for each output of the interface.
    pub infer: extern "C" fn(detector: Handle, batch: BatchV1, outputs: *mut OutputV1, count: usize) -> Outcome<()>,
    /// Frees the detector; the handle must not be used again.
    #[sabi(last_prefix_field)]
    pub destroy: extern "C" fn(detector: Handle) -> Outcome<()>,
}

impl RootModule for ModuleV1Ref {
    abi_stable::declare_root_module_statics! {ModuleV1Ref}
    const BASE_NAME: &'static str = "nnc_plugin";
    const NAME: &'static str = "nnc_plugin";
    const VERSION_STRINGS: VersionStrings = VersionStrings::new(ABI_VERSION);
}

/// Text of the last panic in this library, put there by the hook: `catch_unwind` alone does not tell where it was.
static LAST_PANIC: Mutex<Option<String>> = Mutex::new(None);
static HOOK: Once = Once::new();

/// Runs `body` so that neither an error nor a panic leaves it other than as a [`Fault`].
pub(crate) fn guard<T>(body: impl FnOnce() -> Result<T, Error>) -> Outcome<T> {
    HOOK.call_once(|| {
        // Every shared library has its own hook; this one only reaches panics of the library it is compiled into.
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let text = info.payload_as_str().unwrap_or("no message");
            let place = info.location().map(|l| format!(" at {}:{}", l.file(), l.line())).unwrap_or_default();
            *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = Some(format!("{text}{place}"));
            previous(info);
        }));
    });
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(value)) => RResult::ROk(value),
        Ok(Err(error)) => RResult::RErr(error.into()),
        Err(_) => {
            let what = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner).take();
            let what = what.unwrap_or_else(|| "no message".to_owned());
            RResult::RErr(Error::new(ErrorKind::Panic, format!("panicked: {what}")).into())
        }
    }
}
