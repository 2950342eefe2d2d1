//! A plugin that claims interface 1 but whose table has been edited: one function takes something else.

use abi_stable::StableAbi;
use abi_stable::library::RootModule;
use abi_stable::prefix_type::PrefixTypeTrait;
use abi_stable::sabi_types::VersionStrings;
use abi_stable::std_types::{RResult, RStr, RString};
use nnc_plugin_api::export;
use nnc_plugin_api::ffi::{Fault, Handle};

#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = ModuleV1Ref, prefix_fields = ModuleV1Prefix)))]
pub struct ModuleV1 {
    pub manifest: extern "C" fn() -> RResult<RString, Fault>,
    #[sabi(last_prefix_field)]
    pub create: extern "C" fn(parameters: RStr<'_>, threads: u32) -> RResult<Handle, Fault>,
}

impl RootModule for ModuleV1Ref {
    abi_stable::declare_root_module_statics! {ModuleV1Ref}
    const BASE_NAME: &'static str = "nnc_plugin";
    const NAME: &'static str = "nnc_plugin";
    const VERSION_STRINGS: VersionStrings = VersionStrings::new("1.0.0");
}

extern "C" fn manifest() -> RResult<RString, Fault> {
    panic!("a host must not call a table that it does not know")
}

extern "C" fn create(_: RStr<'_>, _: u32) -> RResult<Handle, Fault> {
    panic!("a host must not call a table that it does not know")
}

fn module() -> ModuleV1Ref {
    ModuleV1 { manifest, create }.leak_into_prefix()
}

export!(ModuleV1Ref, module);
