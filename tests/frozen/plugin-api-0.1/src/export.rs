//! The author's side of the border: wraps a [`Detector`] into the table of C functions that a plugin exports.

use std::ffi::c_void;
use std::path::Path;

use abi_stable::prefix_type::PrefixTypeTrait;
use abi_stable::std_types::{ROption, RStr, RString};

use crate::detector::{Detector, Interface, Output};
use crate::error::{Error, ErrorKind, Result};
use crate::ffi::{BatchV1, Handle, HostV1, ModuleV1, ModuleV1Ref, Outcome, OutputV1, SourceV1, guard};
use crate::host::Host;
use crate::parameters::Parameters;
use crate::source::{BatchSource, view};

/// Names that [`export_detector!`](crate::export_detector) expands to; not for direct use.
#[doc(hidden)]
pub mod private {
    pub use super::module;
    pub use crate::ffi::ModuleV1Ref;
    pub use abi_stable::library::{__call_root_module_loader, CheckTypeLayout, LibHeader, RootModuleResult};
}

/// Makes a type that implements [`Detector`](crate::Detector) the plugin of this shared library.
///
/// Call it once, in a crate with `crate-type = ["cdylib"]`.
#[macro_export]
macro_rules! export_detector {
    ($detector:ty) => {
        const _: () = {
            extern "C" fn constructor() -> $crate::private::RootModuleResult {
                $crate::private::__call_root_module_loader($crate::private::module::<$detector>)
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
}

/// A detector with its interface, which is constant and asked for at every batch.
struct Instance<D> {
    detector: D,
    interface: Interface,
}

/// The table of functions for `D`.
#[doc(hidden)]
pub fn module<D: Detector>() -> ModuleV1Ref {
    ModuleV1 {
        manifest: manifest::<D>,
        create: create::<D>,
        interface: interface::<D>,
        fit: fit::<D>,
        save: save::<D>,
        infer: infer::<D>,
        destroy: destroy::<D>,
    }
    .leak_into_prefix()
}

extern "C" fn manifest<D: Detector>() -> Outcome<RString> {
    guard(|| Ok(serde_json::to_string(&D::manifest())?.into()))
}

extern "C" fn create<D: Detector>(parameters: RStr<'_>, model: ROption<RStr<'_>>, host: HostV1) -> Outcome<Handle> {
    guard(|| {
        let parameters = Parameters::from_json(&parameters)?;
        let host = Host::new(host)?;
        let detector = match model {
            ROption::RSome(path) => D::load(Path::new(path.as_str()), &parameters, host)?,
            ROption::RNone => D::create(&parameters, host)?,
        };
        let interface = detector.interface();
        if interface.outputs.is_empty() {
            return Err(Error::new(ErrorKind::Internal, "the detector declares no output"));
        }
        Ok(Handle(Box::into_raw(Box::new(Instance { detector, interface })).cast::<c_void>()))
    })
}

/// # Safety
/// `handle` must come from `create::<D>`, must not be destroyed yet, and no other reference to it may exist.
unsafe fn instance<'a, D: Detector>(handle: Handle) -> Result<&'a mut Instance<D>> {
    // SAFETY: promised by the caller.
    unsafe { handle.0.cast::<Instance<D>>().as_mut() }
        .ok_or_else(|| Error::new(ErrorKind::Internal, "the host passed no detector"))
}

extern "C" fn interface<D: Detector>(handle: Handle) -> Outcome<RString> {
    guard(|| {
        // SAFETY: the host passes handles of `create` and calls one function at a time.
        let this = unsafe { instance::<D>(handle) }?;
        Ok(serde_json::to_string(&this.interface)?.into())
    })
}

extern "C" fn fit<D: Detector>(handle: Handle, source: SourceV1) -> Outcome<()> {
    guard(|| {
        // SAFETY: as in `interface`.
        let this = unsafe { instance::<D>(handle) }?;
        this.detector.fit(&mut BatchSource::new(source, this.interface.input.clone()))
    })
}

extern "C" fn save<D: Detector>(handle: Handle, path: RStr<'_>) -> Outcome<()> {
    guard(|| {
        // SAFETY: as in `interface`.
        let this = unsafe { instance::<D>(handle) }?;
        this.detector.save(Path::new(path.as_str()))
    })
}

extern "C" fn infer<D: Detector>(handle: Handle, batch: BatchV1, outputs: *mut OutputV1, count: usize) -> Outcome<()> {
    guard(|| {
        // SAFETY: as in `interface`.
        let this = unsafe { instance::<D>(handle) }?;
        // SAFETY: the host keeps the batch alive and unchanged during this call.
        let batch = unsafe { view(batch, &this.interface.input) }?;
        let declared = &this.interface.outputs;
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
        this.detector.infer(&batch, &mut outputs)
    })
}

extern "C" fn destroy<D: Detector>(handle: Handle) -> Outcome<()> {
    guard(|| {
        if !handle.0.is_null() {
            // SAFETY: the handle comes from `create::<D>` and is given back exactly once.
            drop(unsafe { Box::from_raw(handle.0.cast::<Instance<D>>()) });
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
