//! `cargo fuzz run zip`: see `properties.rs`.
#![no_main]
#![allow(dead_code)]

#[path = "../properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(init: properties::forgive_hdf5_reader(), |data: &[u8]| properties::zip(data));
