//! `cargo fuzz run onnx`: see `onnx.rs`.
#![no_main]
#![allow(dead_code)]

#[path = "../onnx.rs"]
mod onnx;

libfuzzer_sys::fuzz_target!(|data: &[u8]| onnx::onnx(data));
