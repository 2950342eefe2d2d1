//! Two small files that PyTorch 2.11 wrote, and what becomes of them when bytes are wrong.
//!
//! Both hold the same dict:
//! ```python
//! base = torch.arange(12, dtype=torch.float32)
//! state = collections.OrderedDict(
//!     turned=base.view(3, 4).t(),
//!     tail=base[4:10].view(2, 3),
//!     half=torch.tensor([0.5, -2.0, 65504.0]).half(),
//!     brain=torch.tensor([1.0, -3.140625]).bfloat16(),
//!     double=torch.tensor([[0.1]], dtype=torch.float64),
//!     steps=torch.tensor(7),
//!     learned=torch.nn.Parameter(torch.tensor([1.5, 2.5])),
//!     scalar=torch.tensor(4.25),
//!     empty=torch.zeros(0, 3),
//! )
//! state._metadata = collections.OrderedDict({"": {"version": 1}})
//! torch.save(state, "tiny_legacy.pth", _use_new_zipfile_serialization=False)
//! torch.save(state, "tiny_zip.pth")
//! ```

use super::*;
use proptest::prelude::*;
use std::io::{Cursor, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

const LEGACY: &[u8] = include_bytes!("../../testdata/tiny_legacy.pth");
const ZIP: &[u8] = include_bytes!("../../testdata/tiny_zip.pth");

#[test]
fn both_containers_give_the_same_tensors() {
    let expected: [(&str, &[usize], &[f32]); 8] = [
        ("turned", &[4, 3], &[0.0, 4.0, 8.0, 1.0, 5.0, 9.0, 2.0, 6.0, 10.0, 3.0, 7.0, 11.0]),
        ("tail", &[2, 3], &[4.0, 5.0, 6.0, 7.0, 8.0, 9.0]),
        ("half", &[3], &[0.5, -2.0, 65504.0]),
        ("brain", &[2], &[1.0, -3.140625]),
        ("double", &[1, 1], &[0.1]),
        ("learned", &[2], &[1.5, 2.5]),
        ("scalar", &[], &[4.25]),
        ("empty", &[0, 3], &[]),
    ];
    for (container, bytes) in [("legacy", LEGACY), ("zip", ZIP)] {
        let found = from_bytes(bytes).unwrap();
        let found: Vec<_> = found.iter().map(|t| (t.name.as_str(), t.shape.as_slice(), &*t.data)).collect();
        assert_eq!(found, expected, "{container}");
    }
}

#[test]
fn a_file_cut_anywhere_is_refused_and_never_panics() {
    for bytes in [LEGACY, ZIP] {
        for length in 0..bytes.len() {
            let error = from_bytes(&bytes[..length]).expect_err("a cut file");
            assert!(!error.to_string().is_empty());
        }
    }
}

#[test]
fn errors_name_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.pth");
    std::fs::write(&path, b"no weights").unwrap();
    let error = read(&path).unwrap_err();
    assert!(matches!(error.source, ContainerError::NotPyTorch));
    assert_eq!(
        error.to_string(),
        format!(
            "{}: not a PyTorch file: it starts with neither a zip header nor the magic number of torch.save",
            path.display()
        )
    );
    let missing = read(&folder.path().join("none.pth")).unwrap_err();
    assert!(matches!(missing.source, ContainerError::Io { .. }));
    std::fs::File::create(&path).unwrap().set_len(MAX_FILE_BYTES + 1).unwrap();
    assert!(matches!(read(&path).unwrap_err().source, ContainerError::TooLarge { .. }));
}

/// A zip as torch writes it around `pickle`, with one storage of `storage` bytes.
fn zipped(pickle: &[u8], storage: &[u8], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in [("a/data.pkl", pickle), ("a/byteorder", b"little"), ("a/data/0", storage)] {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Instructions that leave a float storage "0" of `count` elements.
fn storage(count: &[u8]) -> Vec<u8> {
    [b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpu".as_slice(), count, b"tQ"].concat()
}

/// A pickle of `{"w": tensor}` over the storage "0" of 6 elements.
fn tensor(offset: &[u8], shape: &[u8], strides: &[u8]) -> Vec<u8> {
    let head = b"\x80\x02}X\x01\0\0\0wctorch._utils\n_rebuild_tensor_v2\n(".as_slice();
    let tail = b"\x89ccollections\nOrderedDict\n)RtRs.".as_slice();
    [head, &storage(b"K\x06"), offset, shape, strides, tail].concat()
}

fn read_zipped(pickle: &[u8]) -> Result<Vec<StateTensor>, ContainerError> {
    from_bytes(&zipped(pickle, &[0; 24], CompressionMethod::Stored))
}

#[test]
fn a_handwritten_pickle_is_read() {
    let tensors = read_zipped(&tensor(b"K\x02", b"K\x02K\x02\x86", b"K\x01K\x02\x86")).unwrap();
    assert_eq!((tensors[0].name.as_str(), tensors[0].shape.as_slice()), ("w", [2, 2].as_slice()));
}

#[test]
fn tensors_outside_of_their_storage_are_refused() {
    let minus_one = b"J\xff\xff\xff\xff".as_slice();
    let huge = b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f".as_slice();
    type Case<'a> = (&'a str, &'a [u8], Vec<u8>, Vec<u8>);
    let cases: &[Case<'_>] = &[
        ("one too far", b"K\x05", b"K\x02\x85".to_vec(), b"K\x01\x85".to_vec()),
        ("offset behind the end", b"K\x06", b"K\x01\x85".to_vec(), b"K\x01\x85".to_vec()),
        ("negative offset", minus_one, b"K\x01\x85".to_vec(), b"K\x01\x85".to_vec()),
        ("negative extent", b"K\0", [minus_one, b"\x85"].concat(), b"K\x01\x85".to_vec()),
        ("negative stride", b"K\x05", b"K\x02\x85".to_vec(), [minus_one, b"\x85"].concat()),
        ("huge extent", b"K\0", [huge, b"\x85"].concat(), b"K\x01\x85".to_vec()),
        ("huge extents", b"K\0", [huge, huge, b"\x86"].concat(), b"K\0K\0\x86".to_vec()),
        ("huge stride", b"K\0", b"K\x03\x85".to_vec(), [huge, b"\x85"].concat()),
        ("strides missing", b"K\0", b"K\x01\x85".to_vec(), b")".to_vec()),
    ];
    for (what, offset, shape, strides) in cases {
        let error = read_zipped(&tensor(offset, shape, strides)).expect_err(what);
        assert!(matches!(&error, ContainerError::Bounds { name, count: 6, .. } if name == "w"), "{what}: {error}");
    }
}

#[test]
fn repeated_values_cannot_grow_beyond_the_file() {
    let million = b"J\x40\x42\x0f\0".as_slice();
    let error = read_zipped(&tensor(b"K\0", &[million, b"\x85"].concat(), b"K\0\x85")).unwrap_err();
    assert!(matches!(&error, ContainerError::Amplified { name, .. } if name == "w"), "{error}");
}

#[test]
fn pickles_that_want_more_are_refused_by_name() {
    let call = b"\x80\x02cos\nsystem\nX\x02\0\0\0ls\x85R.".as_slice();
    let error = read_zipped(call).unwrap_err();
    assert!(matches!(&error, ContainerError::Global { offset: 2, found } if found == "os.system"), "{error}");
    for (opcode, name) in [
        (b"\x93".as_slice(), "STACK_GLOBAL"),
        (b"ios\nsystem\n", "INST"),
        (b"o", "OBJ"),
        (b"\x81", "NEWOBJ"),
        (b"G\0\0\0\0\0\0\0\0", "BINFLOAT"),
        (b"2", "DUP"),
        (b"\x8b\xff\xff\xff\x7f", "LONG4"),
        (b"\x84\x01\0\0\0", "EXT4"),
        (b"\xfe", "0xfe"),
    ] {
        let error = read_zipped(&[b"\x80\x02", opcode].concat()).unwrap_err();
        assert!(matches!(&error, ContainerError::Opcode { offset: 2, found } if found == name), "{error}");
    }
}

#[test]
fn operands_that_do_not_fit_are_refused() {
    let cases: &[(&[u8], &str)] = &[
        (b".", "an empty stack"),
        (b"t", "no mark"),
        (b"(\x85", "an empty stack"),
        (b"h\x05", "an unknown memo number"),
        (b"q\x05", "an empty stack"),
        (b"K\x01a", "another object"),
        (b"NNa", "another object"),
        (b"NNNs", "another object"),
        (b"}(Nu", "a key without a value"),
        (b"N)R", "None"),
        (b"ccollections\nOrderedDict\nNR", "no tuple"),
        (b"ccollections\nOrderedDict\nN\x85R", "a call with other arguments"),
        (b"NQ", "an unknown persistent id"),
        (b"X\x01\0\0\0\xff", "a string"),
        (b"\x8a\x11\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "an integer of more than 16 bytes"),
    ];
    for (pickle, expected) in cases {
        match read_zipped(pickle) {
            Err(ContainerError::Operand { found, .. }) => assert_eq!(found, *expected, "{pickle:?}"),
            other => panic!("{pickle:?}: {other:?}"),
        }
    }
}

#[test]
fn only_dicts_of_tensors_are_taken() {
    assert!(matches!(read_zipped(b"K\x05."), Err(ContainerError::NotStateDict { found: "an integer" })));
    assert!(matches!(read_zipped(b"}K\x05K\x05s."), Err(ContainerError::NotStateDict { .. })));
    let error = read_zipped(b"}X\x05\0\0\0epochK\x05s.").unwrap_err();
    assert_eq!(error.to_string(), "entry \"epoch\" is an integer, expected a tensor; save only `model.state_dict()`");
}

#[test]
fn storages_must_be_there_and_whole() {
    let pickle = tensor(b"K\0", b"K\x06\x85", b"K\x01\x85");
    let short = from_bytes(&zipped(&pickle, &[0; 20], CompressionMethod::Stored)).unwrap_err();
    assert_eq!(short.to_string(), "storage \"0\" has 20 bytes, expected 24 bytes");
    let mut other = pickle.clone();
    let key = other.windows(5).position(|bytes| bytes == [1, 0, 0, 0, b'0']).unwrap();
    other[key + 4] = b'7';
    assert_eq!(read_zipped(&other).unwrap_err().to_string(), "storage \"7\" is not in the file, expected 24 bytes");
    let packed = from_bytes(&zipped(&pickle, &[0; 24], CompressionMethod::Deflated)).unwrap_err();
    assert!(packed.to_string().contains("is compressed, expected stored"), "{packed}");
}

#[test]
fn a_pickle_without_end_is_stopped() {
    let error = read_zipped(&vec![b'N'; 2 << 20]).unwrap_err();
    assert!(matches!(error, ContainerError::TooLong { .. }), "{error}");
}

#[test]
fn other_versions_are_refused() {
    let mut other = LEGACY.to_vec();
    let protocol = other.windows(3).position(|bytes| bytes == b"M\xe9\x03").unwrap();
    other[protocol + 1] = 0xea;
    assert_eq!(from_bytes(&other).unwrap_err().to_string(), "the protocol version is 1002, expected 1001");
    other[4] ^= 1;
    assert!(matches!(from_bytes(&other), Err(ContainerError::NotPyTorch)));
    let error = read_zipped(b"\x80\x09.").unwrap_err();
    assert_eq!(error.to_string(), "the pickle protocol is 9, expected 2");
}

proptest! {
    #[test]
    fn changed_bytes_never_panic(at in 0..LEGACY.len(), value: u8) {
        let mut bytes = LEGACY.to_vec();
        bytes[at] = value;
        let _ = from_bytes(&bytes);
    }

    #[test]
    fn any_pickle_never_panics(pickle in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_zipped(&[b"\x80\x02".as_slice(), &pickle].concat());
        let _ = legacy::read(&pickle);
    }
}
