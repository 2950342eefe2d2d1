//! A plugin that has only interface 0.9.0.

use abi_stable::StableAbi;
use abi_stable::library::RootModule;
use abi_stable::prefix_type::PrefixTypeTrait;
use abi_stable::sabi_types::VersionStrings;
use nnc_plugin_api::export;

#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = ModuleV0Ref, prefix_fields = ModuleV0Prefix)))]
pub struct ModuleV0 {
    #[sabi(last_prefix_field)]
    pub describe: extern "C" fn() -> u64,
}

impl RootModule for ModuleV0Ref {
    abi_stable::declare_root_module_statics! {ModuleV0Ref}
    const BASE_NAME: &'static str = "nnc_plugin";
    const NAME: &'static str = "nnc_plugin";
    const VERSION_STRINGS: VersionStrings = VersionStrings::new("0.9.0");
}

extern "C" fn describe() -> u64 {
    0
}

fn module() -> ModuleV0Ref {
    ModuleV0 { describe }.leak_into_prefix()
}

export!(ModuleV0Ref, module);
