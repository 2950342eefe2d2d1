//! The author's side of the C interface: wraps a [`Detector`] and its [`Training`] into the table of C functions that a
//! plugin exports. `state` keeps what a handle stands for.

mod state;

use std::ffi::c_void;
use std::path::Path;

use abi_stable::prefix_type::PrefixTypeTrait;
use abi_stable::std_types::{ROption, RStr, RString};

use crate::batch::{Batch, Output};
use crate::detector::{Detector, Training};
use crate::error::{Error, ErrorKind, Result};
use crate::ffi::{BatchV1, Handle, HostV1, ModuleV1, ModuleV1Ref, Outcome, OutputV1, SourceV1, guard};
use crate::host::Host;
use crate::manifest::Manifest;
use crate::parameters::Parameters;
use crate::source::BatchSource;
use state::{Instance, NoTraining};

/// Names that [`export_detector!`](crate::export_detector) expands to; not for direct use.
#[doc(hidden)]
pub mod private {
    pub use super::{evaluating_module, training_module};
    pub use crate::ffi::ModuleV1Ref;
    pub use abi_stable::library::{__call_root_module_loader, CheckTypeLayout, LibHeader, RootModuleResult};
}

/// Makes a type that implements [`Detector`](crate::Detector) the plugin of this shared library:
/// `export_detector!(MyDetector, training = MyDetectorTraining)`. One that only evaluates models has no training and leaves it
/// out: `export_detector!(MyDetector)`.
///
/// Call it once, in a crate with `crate-type = ["cdylib"]`.
#[macro_export]
macro_rules! export_detector {
    (@module $module:expr) => {
        const _: () = {
            extern "C" fn constructor() -> $crate::private::RootModuleResult {
                $crate::private::__call_root_module_loader($module)
            }

            // The name under which abi_stable looks for a library's header; its own attribute macro would write
            // `no_mangle` in a form that the 2024 edition refuses.
            // SAFETY: the name is abi_stable's, no other item of the library has it.
            #[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
            pub static HEADER: $crate::private::LibHeader =
                // SAFETY: the constructor returns a module of exactly this type.
                unsafe {
                    $crate::private::LibHeader::from_constructor::<$crate::private::ModuleV1Ref>(
                        constructor,
                        $crate::private::CheckTypeLayout::Yes,
                    )
                };
        };
    };
    ($detector:ty, training = $training:ty) => {
        $crate::export_detector!(@module $crate::private::training_module::<$detector, $training>);
    };
    ($detector:ty) => {
        $crate::export_detector!(@module $crate::private::evaluating_module::<$detector>);
    };
}

/// The table of functions of a detector that `T` trains.
#[doc(hidden)]
pub fn training_module<D: Detector, T: Training<Detector = D>>() -> ModuleV1Ref {
    module::<T>(manifest::<D, true>)
}

/// The table of functions of a detector that only evaluates models.
#[doc(hidden)]
pub fn evaluating_module<D: Detector>() -> ModuleV1Ref {
    module::<NoTraining<D>>(manifest::<D, false>)
}

fn module<T: Training>(manifest: extern "C" fn() -> Outcome<RString>) -> ModuleV1Ref {
    ModuleV1 {
        manifest,
        create: create::<T>,
        interface: interface::<T>,
        fit: fit::<T>,
        save: save::<T>,
        infer: infer::<T>,
        destroy: destroy::<T>,
    }
    .leak_into_prefix()
}

extern "C" fn manifest<D: Detector, const TRAINS: bool>() -> Outcome<RString> {
    guard(|| {
        let manifest = Manifest { trains: TRAINS, ..D::manifest() };
        Ok(serde_json::to_string(&manifest)?.into())
    })
}

extern "C" fn create<T: Training>(parameters: RStr<'_>, model: ROption<RStr<'_>>, host: HostV1) -> Outcome<Handle> {
    guard(|| {
        let parameters = Parameters::from_json(&parameters)?;
        let host = Host::new(host)?;
        let model = model.into_option();
        let instance = Instance::<T>::open(model.as_ref().map(|path| Path::new(path.as_str())), &parameters, host)?;
        Ok(Handle(Box::into_raw(Box::new(instance)).cast::<c_void>()))
    })
}

/// # Safety
/// `handle` must come from `create::<T>`, must not be destroyed yet, and no other reference to it may exist.
unsafe fn instance<'a, T: Training>(handle: Handle) -> Result<&'a mut Instance<T>> {
    // SAFETY: promised by the caller.
    unsafe { handle.0.cast::<Instance<T>>().as_mut() }
        .ok_or_else(|| Error::new(ErrorKind::Internal, "the host passed no detector"))
}

extern "C" fn interface<T: Training>(handle: Handle) -> Outcome<RString> {
    guard(|| {
        // SAFETY: the host passes handles of `create` and calls one function at a time.
        let this = unsafe { instance::<T>(handle) }?;
        Ok(serde_json::to_string(this.interface())?.into())
    })
}

extern "C" fn fit<T: Training>(handle: Handle, source: SourceV1) -> Outcome<()> {
    guard(|| {
        // SAFETY: as in `interface`.
        let this = unsafe { instance::<T>(handle) }?;
        this.train(|interface| BatchSource::new(source, interface))
    })
}

extern "C" fn save<T: Training>(handle: Handle, path: RStr<'_>) -> Outcome<()> {
    guard(|| {
        // SAFETY: as in `interface`.
        let this = unsafe { instance::<T>(handle) }?;
        this.save(Path::new(path.as_str()))
    })
}

extern "C" fn infer<T: Training>(handle: Handle, batch: BatchV1, outputs: *mut OutputV1, count: usize) -> Outcome<()> {
    guard(|| {
        // SAFETY: as in `interface`.
        let this = unsafe { instance::<T>(handle) }?;
        let interface = this.shared_interface();
        // SAFETY: the host keeps the batch alive and unchanged during this call.
        let batch = unsafe { Batch::from_raw(batch, &interface) }?;
        let declared = &interface.outputs;
        if outputs.is_null() || count != declared.len() {
            return Err(Error::new(
                ErrorKind::Internal,
                format!("the host passed {count} output buffers, the detector has {}", declared.len()),
            ));
        }
        // SAFETY: the host passes `count` descriptions; not null.
        let raw = unsafe { std::slice::from_raw_parts(outputs, count) };
        let mut outputs = Vec::with_capacity(count);
        for (raw, spec) in raw.iter().zip(declared) {
            if raw.data.is_null() || Some(raw.len) != spec.sample_len().checked_mul(batch.len()) {
                return Err(Error::new(
                    ErrorKind::Internal,
                    format!("the host passed a buffer of {} values for output `{}`", raw.len, spec.name),
                ));
            }
            // SAFETY: the host owns `len` writable values there, disjoint between outputs, during this call.
            let values = unsafe { std::slice::from_raw_parts_mut(raw.data, raw.len) };
            outputs.push(Output { values });
        }
        this.score(&batch, &mut outputs)
    })
}

extern "C" fn destroy<T: Training>(handle: Handle) -> Outcome<()> {
    guard(|| {
        if !handle.0.is_null() {
            // SAFETY: the handle comes from `create::<T>` and is given back exactly once.
            drop(unsafe { Box::from_raw(handle.0.cast::<Instance<T>>()) });
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_exported_name_is_the_one_abi_stable_looks_for() {
        assert!(
            include_str!("export.rs")
                .contains(&format!("export_name = \"{}\"", abi_stable::library::ROOT_MODULE_LOADER_NAME))
        );
    }
}
