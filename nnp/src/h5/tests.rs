use super::*;
use proptest::prelude::*;
use std::{path::Path, time::Instant};

/// A file of `testdata/h5`; all but `float32.h5` and `float64.h5`, which nnabla wrote, come from `make.py` there.
fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/h5").join(name)).unwrap()
}

/// The same five parameters in the oldest and the newest structures of HDF5.
const LAYOUTS: [&str; 2] = ["layouts.h5", "layouts_latest.h5"];

fn parameter(name: &str, shape: &[usize], data: &[f32], need_grad: bool) -> Parameter {
    Parameter { name: name.into(), shape: shape.into(), data: data.into(), need_grad }
}

fn all(parameters: &Parameters) -> Vec<Parameter> {
    parameters.iter().cloned().collect()
}

/// Reads damaged bytes; the reader's own checks must find the damage, long before a panic or a hang does.
fn survives(bytes: Vec<u8>) -> Option<Parameters> {
    let start = Instant::now();
    let read = read_file(bytes);
    assert!(start.elapsed().as_secs() < 5);
    read.ok()
}

#[test]
fn files_of_nnabla_are_read() {
    let shape = [1, 4, 1, 1];
    let expected = [
        parameter("bn/beta", &shape, &[0.633_732_4, -0.071_318_16, 0.354_213, 0.292_046_96], true),
        parameter("bn/gamma", &shape, &[-0.061_215_732, -0.043_003_693, 0.139_030_67, -0.298_985_42], true),
        parameter("bn/mean", &shape, &[0.095_525_79, 0.253_304_72, -0.278_106_33, 0.072_956_72], false),
        parameter("bn/var", &shape, &[0.748_892_66, 0.668_998, 0.541_060_57, 0.507_554_05], false),
    ];
    assert_eq!(all(&read(file("float64.h5")).unwrap()), expected);
    let slope = parameter("prelu/slope", &[], &[-0.147_271_93], true);
    assert_eq!(all(&read(file("float32.h5")).unwrap()), [slope]);
}

#[test]
fn every_layout_and_float_is_read_in_the_order_of_index() {
    let expected = [
        parameter("c", &[2, 3], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], true),
        parameter("b/big_endian", &[1, 2], &[1.0, -2.0], false),
        parameter("a/chunked", &[7], &[0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5], true),
        parameter("d/empty", &[2, 0], &[], true),
        parameter("d/later", &[], &[0.1], true),
    ];
    for name in LAYOUTS {
        assert_eq!(all(&read(file(name)).unwrap()), expected, "{name}");
    }
}

#[test]
fn every_defect_has_its_error() {
    let cases = [
        ("loop.h5", "group/inner/again: found on another path before; each group and dataset may have one place only"),
        ("soft_loop.h5", "group: found on another path before; each group and dataset may have one place only"),
        ("twice.h5", "b: found on another path before; each group and dataset may have one place only"),
        ("unwritten.h5", "w: a dataset of shape [1099511627776] does not fit into a file of 447 bytes"),
        ("bomb.h5", "w: a dataset of shape [1048576] does not fit into a file of 6134 bytes"),
        ("rim.h5", "w: a dataset of shape [1] does not fit into a file of 6134 bytes"),
        ("integers.h5", "w: the dataset holds int64, expected float32 or float64"),
        ("half.h5", "w: the dataset holds float16, expected float32 or float64"),
        ("no_need_grad.h5", "s/w: the dataset has no attribute \"need_grad\"; nnabla writes one for each parameter"),
        (
            "index_is_text.h5",
            "w: attribute \"index\" is values of variable length, expected one whole number or Boolean",
        ),
    ];
    for (name, expected) in cases {
        assert_eq!(read(file(name)).unwrap_err().to_string(), expected, "{name}");
    }
    let path = "d/".repeat(65);
    let expected = H5Error::TooDeep { path: path.trim_end_matches('/').into(), limit: DEPTH_LIMIT };
    assert_eq!(read(file("deep.h5")).unwrap_err(), expected);
    for (bytes, path) in
        [(Vec::new(), "/"), (b"\x89HDF".to_vec(), "/"), (file("beyond_counting.h5"), "w"), (file("external.h5"), "w")]
    {
        let error = read(bytes).unwrap_err();
        assert!(matches!(&error, H5Error::Format { path: found, .. } if found == path), "{error}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
}

#[test]
fn one_name_on_two_paths_is_an_error() {
    // Names in groups of this age have no checksum.
    let mut bytes = file("float64.h5");
    let at = bytes.windows(5).position(|window| window == b"gamma").unwrap();
    bytes[at..at + 5].copy_from_slice(b"beta\0");
    assert_eq!(read(bytes).unwrap_err(), H5Error::Duplicate { path: "bn/beta".into() });
}

#[test]
fn cut_anywhere_is_an_error() {
    for name in ["float64.h5"].into_iter().chain(LAYOUTS) {
        let whole = file(name);
        for cut in 0..whole.len() {
            // Bytes that belong to nothing may be missing at the end; values may not.
            if let Some(read) = survives(whole[..cut].to_vec()) {
                assert_eq!(all(&read), all(&super::read(whole.clone()).unwrap()), "{name} {cut}");
            }
        }
    }
}

#[test]
fn no_flipped_byte_panics() {
    for name in ["float32.h5", "float64.h5", "loop.h5", "soft_loop.h5"].into_iter().chain(LAYOUTS) {
        let whole = file(name);
        for at in 0..whole.len() {
            for mask in [0x01, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] ^= mask;
                survives(bytes);
            }
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(
        noise in prop::collection::vec(any::<u8>(), 0..64),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        survives([b"\x89HDF\r\n\x1a\n".to_vec(), noise].concat());
        for name in ["float64.h5", "layouts.h5"] {
            let mut bytes = file(name);
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            survives(bytes);
        }
    }
}
