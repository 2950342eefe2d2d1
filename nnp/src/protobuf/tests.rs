use super::*;
use crate::parameter::Parameters;
use proptest::prelude::*;

fn parameter(name: &str, shape: &[usize], data: &[f32], need_grad: bool) -> Parameter {
    Parameter { name: name.into(), shape: shape.into(), data: data.into(), need_grad }
}

fn bytes(parameters: &[Parameter]) -> Vec<u8> {
    let mut out = Vec::new();
    let total = write(parameters, &mut out).unwrap();
    assert_eq!((total, encoded_len(parameters)), (out.len() as u64, out.len() as u64));
    out
}

fn hex(text: &str) -> Vec<u8> {
    let text: String = text.split_whitespace().collect();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn bytes_are_those_of_nnabla() {
    let mean = parameter("mean", &[1, 2], &[1.5, -2.0], false);
    let expected = hex("c20c180a046d65616ea201040a020102a206080000c03f000000c0");
    assert_eq!(bytes(std::slice::from_ref(&mean)), expected);
    assert_eq!(read(expected.as_slice()).unwrap().get("mean"), Some(&mean));
    let learned = parameter("mean", &[1, 2], &[1.5, -2.0], true);
    assert_eq!(bytes(&[learned]), hex("c20c1b0a046d65616ea201040a020102a206080000c03f000000c0a80601"));
}

#[test]
fn loose_encodings_read_as_well() {
    for (text, expected) in [
        // Unpacked dims and data, fields in another order.
        ("c20c 15 a50600000040 0a0161 a20104 08010801 a8062a", parameter("a", &[1, 1], &[2.0], true)),
        // A shape in two parts, unknown fields of every wire type, a scalar.
        (
            "0a0130 d00f05 c20c 18 0a0161 1a0100 9d0900000000 f907 0000000000000000 a5060000803f",
            parameter("a", &[], &[1.0], false),
        ),
        ("c20c 13 0a0161 a201020801 a20103 0a0100 a20600 a80600", parameter("a", &[1, 0], &[], false)),
    ] {
        let mut bytes = hex(text);
        // The length is worked out here, so that the samples stay readable.
        let start = bytes.windows(2).position(|pair| pair == [0xc2, 0x0c]).unwrap() + 2;
        bytes[start] = u8::try_from(bytes.len() - start - 1).unwrap();
        let name = expected.name.clone();
        assert_eq!(read(bytes.as_slice()).unwrap().get(&name), Some(&expected), "{text}");
    }
}

#[test]
fn every_defect_has_its_error() {
    let cases = [
        ("c2", "byte 1: the data ends inside a field that needs 1 more bytes; the file is cut short"),
        ("c20c", "byte 2: the data ends inside a field that needs 1 more bytes; the file is cut short"),
        ("c20c 05 0a03 61", "byte 6: the data ends inside a field that needs 2 more bytes; the file is cut short"),
        ("c20c 03 0a0561", "byte 4: a field of 5 bytes does not fit into the 1 bytes left of its message"),
        (
            "c20c ffffffffffffffff7f 0a",
            "byte 2: a field of 9223372036854775807 bytes does not fit into the 18446744073709551604 bytes left of its message",
        ),
        ("ffffffffffffffffffff01", "byte 10: a varint longer than 10 bytes is not valid protobuf"),
        ("00", "byte 1: failed to decode Protobuf message: invalid tag value: 0 is not valid protobuf"),
        ("0b", "byte 1: a group, which proto3 does not have is not valid protobuf"),
        ("c00c 01", "byte 2: field parameter has wire type Varint, expected length-delimited"),
        ("c20c 02 0801", "byte 4: field variable_name has wire type Varint, expected length-delimited"),
        ("c20c 03 0a01ff", "byte 4: a parameter name is not UTF-8"),
        ("c20c 05 a20602 0000", "byte 6: packed float32 data of 2 bytes is not valid protobuf"),
        ("c20c 0a 0a0161 a20601 00", "byte 9: packed float32 data of 1 bytes is not valid protobuf"),
        ("c20c 03 0a0161", "parameter \"a\" has 0 values, its shape [] needs 1"),
        ("c20c 08 0a0161 a201020805", "parameter \"a\" has 0 values, its shape [5] needs 5"),
        (
            "c20c 11 0a0161 a2010b 08ffffffffffffffffff01",
            "parameter \"a\" has 0 values, its shape [-1] needs more than can be counted",
        ),
        (
            "c20c 1a 0a0161 a20114 08ffffffffffffffff7f 08ffffffffffffffff7f",
            "parameter \"a\" has 0 values, its shape [9223372036854775807, 9223372036854775807] needs more than can be counted",
        ),
        ("c20c09 0a0161 a50600000000 c20c09 0a0161 a50600000000", "byte 12: parameter \"a\" is stored twice"),
    ];
    for (text, expected) in cases {
        let bytes = hex(text);
        let found = read(bytes.as_slice()).map(|_| ()).unwrap_err().to_string();
        // Long claims at the top only meet the end of the bytes.
        if text.starts_with("c20c ff") {
            assert!(found.contains("cut short"), "{found}");
        } else {
            assert_eq!(found, expected, "{text}");
        }
    }
}

#[test]
fn too_much_is_refused_before_writing() {
    // One buffer under many names is enough to pass 2 GiB.
    let data: std::sync::Arc<[f32]> = vec![0.0; 1 << 20].into();
    let one = |index: usize| Parameter {
        name: index.to_string(),
        shape: vec![1 << 20],
        data: data.clone(),
        need_grad: false,
    };
    let parameters: Parameters = (0..512).map(one).collect();
    let mut out = Vec::new();
    let error = write(&parameters, &mut out).unwrap_err();
    assert!(matches!(error, ProtobufError::TooLarge { found, limit: SIZE_LIMIT } if found > SIZE_LIMIT), "{error}");
    assert!(out.is_empty());
}

fn parameters() -> impl Strategy<Value = Vec<Parameter>> {
    let one =
        (prop::collection::vec(0_usize..4, 0..4), any::<bool>(), any::<u32>()).prop_map(|(shape, need_grad, bits)| {
            let count = shape.iter().product();
            let data =
                (0..count).map(|at: usize| f32::from_bits(bits.wrapping_mul(at as u32 + 1) & 0x7f7f_ffff)).collect();
            Parameter { name: String::new(), shape, data, need_grad }
        });
    prop::collection::vec(one, 0..5).prop_map(|all| {
        all.into_iter().enumerate().map(|(at, one)| Parameter { name: format!("p{at}/Wé"), ..one }).collect()
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(parameters in parameters()) {
        let read = read(bytes(&parameters).as_slice()).unwrap();
        prop_assert_eq!(read.iter().cloned().collect::<Vec<_>>(), parameters);
    }

    #[test]
    fn cut_anywhere_is_an_error_or_whole_parameters(parameters in parameters()) {
        let whole = bytes(&parameters);
        let ends: Vec<usize> = (0..=parameters.len()).map(|count| encoded_len(&parameters[..count]) as usize).collect();
        for cut in 0..whole.len() {
            prop_assert_eq!(read(&whole[..cut]).is_ok(), ends.contains(&cut));
        }
    }

    #[test]
    fn no_bytes_panic(noise in prop::collection::vec(any::<u8>(), 0..64), parameters in parameters(), at in any::<prop::sample::Index>(), bit in 0..8) {
        let _ = read(noise.as_slice());
        let mut bytes = bytes(&parameters);
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] ^= 1_u8 << bit;
            let _ = read(bytes.as_slice());
        }
    }
}
