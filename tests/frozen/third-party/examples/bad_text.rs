//! A plugin whose manifest is not UTF-8.

use abi_stable::prefix_type::PrefixTypeTrait;
use abi_stable::std_types::{RErr, ROption, RResult, RStr, RString};
use nnc_plugin_api::export;
use nnc_plugin_api::ffi::{BatchV1, Fault, Handle, HostV1, ModuleV1, ModuleV1Ref, OutputV1, SourceV1};

fn no_text() -> RString {
    unsafe { RString::from_utf8_unchecked(b"{\"id\": \"bad\xff\xfe\"}".to_vec().into()) }
}

fn fault() -> Fault {
    Fault { kind: 0, message: no_text() }
}

extern "C" fn manifest() -> RResult<RString, Fault> {
    RResult::ROk(no_text())
}

extern "C" fn create(_: RStr<'_>, _: ROption<RStr<'_>>, _: HostV1) -> RResult<Handle, Fault> {
    RErr(fault())
}

extern "C" fn interface(_: Handle) -> RResult<RString, Fault> {
    RErr(fault())
}

extern "C" fn fit(_: Handle, _: SourceV1) -> RResult<(), Fault> {
    RErr(fault())
}

extern "C" fn save(_: Handle, _: RStr<'_>) -> RResult<(), Fault> {
    RErr(fault())
}

extern "C" fn infer(_: Handle, _: BatchV1, _: *mut OutputV1, _: usize) -> RResult<(), Fault> {
    RErr(fault())
}

extern "C" fn destroy(_: Handle) -> RResult<(), Fault> {
    RErr(fault())
}

fn module() -> ModuleV1Ref {
    ModuleV1 { manifest, create, interface, fit, save, infer, destroy }.leak_into_prefix()
}

export!(ModuleV1Ref, module);
