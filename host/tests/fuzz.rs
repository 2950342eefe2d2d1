//! What the fuzz targets of `fuzz/` check, on their seeds and on everything they have found so far.
#![allow(missing_docs, clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "opens files of its own")]

#[path = "../fuzz/properties.rs"]
#[allow(dead_code, unreachable_pub)]
mod properties;

use std::fs;
use std::path::Path;

/// Checks every seed of a target, every seed cut short at each of a few places, and with single bytes changed.
fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let seed = fs::read(entry.unwrap().path()).unwrap();
        check(&seed);
        let step = seed.len() / 40 + 1;
        for at in (0..seed.len()).step_by(step) {
            check(&seed[..at]);
            for byte in [0, b'9', 0xff] {
                let mut changed = seed.clone();
                changed[at] = byte;
                check(&changed);
            }
        }
        count += 1;
    }
    assert!(count > 0);
}

macro_rules! targets {
    ($($target:ident),*) => {$(
        #[test]
        fn $target() {
            replay(stringify!($target), properties::$target);
        }
    )*};
}

targets!(table, project, sdcproj, evaluation, journal, checkpoint, npy, map, archive, picture, pickle, safetensors);
