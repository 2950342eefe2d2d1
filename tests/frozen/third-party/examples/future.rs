//! A plugin of a future version: a later minor version of the interface, keys and a type of parameter that today's host does
//! not know, and a second table beside the first. Written against the C tables alone, as another language would.

use std::ffi::c_void;
use std::fs::File;
use std::io::{Read, Write};

use abi_stable::StableAbi;
use abi_stable::prefix_type::PrefixTypeTrait;
use abi_stable::std_types::{RErr, ROk, ROption, RResult, RStr, RString};
use nnc_plugin_api::export;
use nnc_plugin_api::ffi::{BatchV1, Fault, Handle, HostV1, ModuleV1, ModuleV1Ref, OutputV1, SourceV1};

const PLANE: usize = 64;

const MANIFEST: &str = r#"{
    "id": "future", "title": "Future", "version": "3.0.0", "description": "From a later time.",
    "licence": "Apache-2.0", "trains": true, "icon": {"svg": "<svg/>"}, "languages": ["en", "ja"],
    "parameters": [
        {"name": "level", "help": "added to every score", "type": "int", "min": 0, "max": 9, "default": 1, "unit": "grey"},
        {"name": "tint", "help": "a colour", "type": "colour", "space": "rgb", "default": [1, 2, 3]}
    ]
}"#;

const INTERFACE: &str = r#"{
    "input": {"variable": "x", "shape": [3, 8, 8], "element": "u8", "colour_space": "srgb"},
    "outputs": [{"name": "x'", "shape": [8, 8], "unit": "sigma"}],
    "streams": true, "more_outputs_later": []
}"#;

struct State {
    level: f32,
    means: Vec<f32>,
}

fn fault(error: impl std::fmt::Display) -> Fault {
    Fault { kind: 4711, message: error.to_string().into() }
}

extern "C" fn manifest() -> RResult<RString, Fault> {
    ROk(MANIFEST.into())
}

extern "C" fn create(parameters: RStr<'_>, model: ROption<RStr<'_>>, host: HostV1) -> RResult<Handle, Fault> {
    let make = || -> Result<State, Fault> {
        let values: serde_json::Value = serde_json::from_str(parameters.as_str()).map_err(fault)?;
        if values["tint"].as_array().map(Vec::len) != Some(3) {
            return Err(fault("the host lost a value of a type that it does not know"));
        }
        (host.calls.log())(host.context, 2, "hello from the future".into());
        // A level that today's host does not know.
        (host.calls.log())(host.context, 77, "a line of a later level".into());
        let mut means = Vec::new();
        if let ROption::RSome(path) = model {
            let mut archive = zip::ZipArchive::new(File::open(path.as_str()).map_err(fault)?).map_err(fault)?;
            let mut bytes = Vec::new();
            archive.by_name("future.bin").map_err(fault)?.read_to_end(&mut bytes).map_err(fault)?;
            means = bytes.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
        }
        Ok(State { level: values["level"].as_f64().unwrap_or(0.0) as f32, means })
    };
    match make() {
        Ok(state) => ROk(Handle(Box::into_raw(Box::new(state)).cast())),
        Err(fault) => RErr(fault),
    }
}

unsafe fn state<'a>(handle: Handle) -> &'a mut State {
    unsafe { &mut *handle.0.cast::<State>() }
}

extern "C" fn interface(_: Handle) -> RResult<RString, Fault> {
    ROk(INTERFACE.into())
}

extern "C" fn fit(handle: Handle, source: SourceV1) -> RResult<(), Fault> {
    let mut sums = vec![0.0; PLANE];
    loop {
        let batch = match (source.calls.next())(source.context, 4) {
            ROk(batch) if batch.count > 0 => batch,
            ROk(_) => break,
            RErr(fault) => return RErr(fault),
        };
        let bytes = unsafe { std::slice::from_raw_parts(batch.bytes, batch.byte_len) };
        for image in bytes.chunks(3 * PLANE) {
            sums.iter_mut().zip(image).for_each(|(sum, &v)| *sum += f32::from(v));
        }
    }
    unsafe { state(handle) }.means = sums.iter().map(|sum| sum / source.len as f32).collect();
    ROk(())
}

extern "C" fn save(handle: Handle, path: RStr<'_>) -> RResult<(), Fault> {
    let write = || -> Result<(), Fault> {
        let mut archive = zip::ZipWriter::new(File::create(path.as_str()).map_err(fault)?);
        archive.start_file("future.bin", zip::write::SimpleFileOptions::default()).map_err(fault)?;
        let bytes: Vec<u8> = unsafe { state(handle) }.means.iter().flat_map(|v| v.to_le_bytes()).collect();
        archive.write_all(&bytes).map_err(fault)?;
        archive.finish().map_err(fault)?;
        Ok(())
    };
    write().into()
}

extern "C" fn infer(handle: Handle, batch: BatchV1, outputs: *mut OutputV1, count: usize) -> RResult<(), Fault> {
    let state = unsafe { state(handle) };
    if count != 1 {
        return RErr(fault("one output is due"));
    }
    let bytes = unsafe { std::slice::from_raw_parts(batch.bytes, batch.byte_len) };
    let values = unsafe { std::slice::from_raw_parts_mut((*outputs).data, (*outputs).len) };
    for (image, map) in bytes.chunks(3 * PLANE).zip(values.chunks_mut(PLANE)) {
        for ((score, &value), mean) in map.iter_mut().zip(image).zip(&state.means) {
            *score = (f32::from(value) - mean).abs() + state.level;
        }
    }
    ROk(())
}

extern "C" fn destroy(handle: Handle) -> RResult<(), Fault> {
    drop(unsafe { Box::from_raw(handle.0.cast::<State>()) });
    ROk(())
}

fn module() -> ModuleV1Ref {
    ModuleV1 { manifest, create, interface, fit, save, infer, destroy }.leak_into_prefix()
}

export!(ModuleV1Ref, module);

/// The table that hosts of that time use instead.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = ModuleV2Ref, prefix_fields = ModuleV2Prefix)))]
pub struct ModuleV2 {
    pub explain: extern "C" fn(Handle, *mut c_void) -> RResult<RString, Fault>,
    #[sabi(last_prefix_field)]
    pub stream: extern "C" fn(Handle) -> RResult<(), Fault>,
}

extern "C" fn explain(_: Handle, _: *mut c_void) -> RResult<RString, Fault> {
    ROk("{}".into())
}

extern "C" fn stream(_: Handle) -> RResult<(), Fault> {
    ROk(())
}

#[unsafe(no_mangle)]
pub extern "C" fn nnc_plugin_v2() -> ModuleV2Ref {
    ModuleV2 { explain, stream }.leak_into_prefix()
}
