//! Arrays of NumPy. See `properties.rs`.
#![no_main]
#![allow(dead_code)]

#[path = "../properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(init: properties::forgive_libraries(), |data: &[u8]| properties::npy(data));
