//! `cargo fuzz run nntxt`: see `properties.rs`.
#![no_main]
#![allow(dead_code)]

#[path = "../properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|data: &[u8]| properties::nntxt(data));
