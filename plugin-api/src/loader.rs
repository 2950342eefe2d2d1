//! The host's side of the C interface: opens a plugin file and wraps its table of C functions into safe methods.
//!
//! Three facts about `abi_stable` shape this file: its own `load_from_*` functions return the first plugin ever
//! loaded for every later file, so the header is read and checked by hand; a loaded library is never unloaded; and
//! it takes the version of this crate for a part of the layout, which would cut off every plugin at each release.

mod buffers;
mod error;
mod services;

use std::ffi::c_void;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use abi_stable::StableAbi;
use abi_stable::abi_stability::abi_checking::check_layout_compatibility;
use abi_stable::library::{LibHeader, lib_header_from_path};
use abi_stable::std_types::{RNone, RSome, RStr};
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::ffi::{ABI_VERSION, BatchV1, Handle, ModuleV1Ref, OutputV1, SourceV1};
use crate::interface::{Input, Interface};
use crate::manifest::Manifest;
use crate::parameters::Parameters;
use error::{explain, first_difference};
use services::{export_services, source_calls};

pub use buffers::OutputBuffers;
pub use error::LoadError;
pub use services::{HostServices, RawBatch, SampleSource};

/// Largest number of values, or of bytes, that one sample may have: beyond it an interface is a mistake.
const MAX_SAMPLE: usize = 1 << 31;

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
        Self::load_copy(&path, &path)
    }

    /// Opens the plugin of the file `path` whose bytes lie at `copy`, which must not change while it is open. Errors name
    /// `path`; otherwise as [`Plugin::load`].
    ///
    /// # Errors
    /// [`LoadError`], one variant for each way to be no plugin.
    pub fn load_copy(path: &Path, copy: &Path) -> Result<Self, LoadError> {
        if !copy.is_file() {
            return Err(LoadError::Missing { path: path.to_owned() });
        }
        let header = lib_header_from_path(copy).map_err(|error| explain(path, copy, error))?;
        let module = negotiate(path, copy, header)?;
        Self::with_module(path.to_owned(), module)
    }

    /// A detector of this very program and its training, behind the same tables of C functions as a plugin in a file.
    ///
    /// # Errors
    /// [`LoadError::Manifest`].
    #[cfg(feature = "testkit")]
    pub fn of_training<T: crate::Training>() -> Result<Self, LoadError> {
        Self::with_module(PathBuf::from("this program"), crate::export::private::training_module::<T::Detector, T>())
    }

    /// A detector of this very program that only evaluates models; otherwise as [`Plugin::of_training`].
    ///
    /// # Errors
    /// [`LoadError::Manifest`].
    #[cfg(feature = "testkit")]
    pub fn of_detector<D: crate::Detector>() -> Result<Self, LoadError> {
        Self::with_module(PathBuf::from("this program"), crate::export::private::evaluating_module::<D>())
    }

    fn with_module(path: PathBuf, module: ModuleV1Ref) -> Result<Self, LoadError> {
        let unusable = |reason: String| LoadError::Manifest { path: path.clone(), reason };
        let json =
            (module.manifest())().into_result().map_err(|fault| unusable(Error::from(fault).message().to_owned()))?;
        let manifest: Manifest = serde_json::from_slice(json.as_bytes()).map_err(|e| unusable(e.to_string()))?;
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
        let handle = (self.module.create())(json.as_str().into(), model, export_services(services)).into_result()?;
        // Owned from here on, so that an error below does not leave it behind.
        let interface = Interface::new(Input::image("", []), Vec::new());
        let mut detector = Detector { handle, module: self.module, interface };
        let json = (self.module.interface())(handle).into_result()?;
        let broken = |e: String| Error::new(ErrorKind::Contract, e);
        let interface: Interface = serde_json::from_slice(json.as_bytes())
            .map_err(|e| broken(format!("sent an unreadable interface: {e}")))?;
        interface.check().and_then(|()| check_sizes(&interface)).map_err(broken)?;
        detector.interface = interface;
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
        let source = SourceV1 { context, len, calls: source_calls() };
        Ok((self.module.fit())(self.handle, source).into_result()?)
    }

    /// Writes the model to the new file `path`.
    ///
    /// # Errors
    /// What the plugin says.
    pub fn save(&mut self, path: &Path) -> Result<(), Error> {
        Ok((self.module.save())(self.handle, path_text(path)?.as_str().into()).into_result()?)
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
        Ok((self.module.infer())(self.handle, raw, buffers.as_mut_ptr(), buffers.len()).into_result()?)
    }
}

impl Drop for Detector {
    fn drop(&mut self) {
        // There is nobody to report a failure to any more, and the worker process ends soon after.
        let _ = (self.module.destroy())(self.handle);
    }
}

/// The table of a plugin whose version and layout fit.
fn negotiate(path: &Path, copy: &Path, header: &'static LibHeader) -> Result<ModuleV1Ref, LoadError> {
    let path = path.to_owned();
    let theirs = header.version_strings().to_string();
    let major = |version: &str| version.split('.').next().and_then(|n| n.parse::<u32>().ok());
    match (major(&theirs), major(ABI_VERSION)) {
        (Some(theirs), Some(ours)) if theirs == ours => {}
        (Some(major), Some(ours)) if major < ours => return Err(LoadError::TooOld { path, theirs }),
        _ => return Err(LoadError::TooNew { path, theirs }),
    }
    let Some(layout) = header.layout() else {
        let reason = "it does not say how its tables are laid out".to_owned();
        return Err(LoadError::Incompatible { path, reason, report: String::new() });
    };
    if let Err(errors) = check_layout_compatibility(ModuleV1Ref::LAYOUT, layout)
        && let Some(reason) = first_difference(&errors)
    {
        return Err(LoadError::Incompatible { path, reason, report: errors.to_string() });
    }
    // SAFETY: the layout was compared field by field above; only versions of crates may differ.
    unsafe { header.init_root_module_with_unchecked_layout::<ModuleV1Ref>() }
        .map_err(|error| explain(&path, copy, error))
}

/// Refuses an interface whose buffers could not be made.
fn check_sizes(interface: &Interface) -> Result<(), String> {
    let fits = |size: Option<usize>| size.is_some_and(|n| n <= MAX_SAMPLE);
    if !fits(interface.sample_bytes()) {
        return Err(format!("asks for samples of shape {:?}, which no memory holds", interface.input.shape));
    }
    for output in &interface.outputs {
        if !fits(output.shape.iter().try_fold(1, |n: usize, &d| n.checked_mul(d))) {
            return Err(format!("has an output `{}` of shape {:?}, which no memory holds", output.name, output.shape));
        }
    }
    Ok(())
}

fn path_text(path: &Path) -> Result<String, Error> {
    path.to_str()
        .map(str::to_owned)
        .ok_or_else(|| Error::new(ErrorKind::Internal, format!("the path {} is not UTF-8", path.display())))
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
