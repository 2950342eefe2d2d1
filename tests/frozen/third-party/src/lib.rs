//! What the third-party plugins share: today's tables under a later version of the interface, and how to export one.

#![allow(dead_code, unused_imports, clippy::not_unsafe_ptr_arg_deref)]

#[path = "../../../../plugin-api/src/error.rs"]
pub mod error;

/// The tables.
pub mod ffi {
    include!(concat!(env!("OUT_DIR"), "/ffi.rs"));
}

/// Exports a root module under the name that hosts look for.
#[macro_export]
macro_rules! export {
    ($module:ty, $make:path) => {
        extern "C" fn constructor() -> abi_stable::library::RootModuleResult {
            abi_stable::library::__call_root_module_loader($make)
        }
        #[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
        pub static HEADER: abi_stable::library::LibHeader = unsafe {
            abi_stable::library::LibHeader::from_constructor::<$module>(
                constructor,
                abi_stable::library::CheckTypeLayout::Yes,
            )
        };
    };
}
