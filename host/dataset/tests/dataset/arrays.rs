//! Numbers, vectors, matrix files and `.npy` files.

use nnc_dataset::{CellDefect, DatasetError};
use proptest::prelude::*;

use crate::support::{Folder, as_floats, assert_message, bytes, decode, floats};

fn npy(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
    let mut file = b"\x93NUMPY".to_vec();
    file.extend([version, 0]);
    match version {
        1 => file.extend((header.len() as u16).to_le_bytes()),
        _ => file.extend((header.len() as u32).to_le_bytes()),
    }
    file.extend(header.as_bytes());
    file.extend(data);
    file
}

fn header(descr: &str, fortran: bool, shape: &str) -> String {
    let fortran = if fortran { "True" } else { "False" };
    format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}  \n")
}

#[test]
fn numbers_and_vectors() {
    let folder = Folder::new();
    let dataset = folder.open("y,v__1,v__0,w__0\n 1e-1 ,2,3,4\n").unwrap();
    let shape = |name| dataset.shape_of(0, dataset.variable(name).unwrap()).unwrap();
    assert_eq!((shape("y"), shape("v"), shape("w")), (vec![1], vec![2], vec![1]));
    assert_eq!(as_floats(&decode(&dataset, "y", 0, &floats(&[1])).unwrap()), [0.1]);
    assert_eq!(as_floats(&decode(&dataset, "v", 0, &floats(&[2])).unwrap()), [2.0, 3.0]);
    assert_eq!(as_floats(&decode(&dataset, "w", 0, &floats(&[1])).unwrap()), [4.0]);
    for (name, expected) in [("y", vec![2]), ("y", vec![1, 1]), ("v", vec![3]), ("v", vec![1]), ("v", vec![2, 1])] {
        let error = decode(&dataset, name, 0, &floats(&expected)).unwrap_err();
        assert!(
            matches!(error, DatasetError::Cell { defect: CellDefect::WrongShape { .. }, .. }),
            "{name} {expected:?}: {error}"
        );
    }
    let error = decode(&dataset, "y", 0, &bytes(&[1])).unwrap_err();
    assert!(matches!(error, DatasetError::Cell { defect: CellDefect::NotAnImage { .. }, .. }));
    let mut small = [0; 3];
    let error = nnc_dataset::decode_into(&dataset, &dataset.variables()[0], 0, &floats(&[1]), &mut small);
    assert!(matches!(error, Err(DatasetError::WrongBuffer { found: 3, expected: 4 })));
    for shape in [vec![], vec![0], vec![usize::MAX, 2], vec![1 << 30]] {
        let outcome = floats(&shape).sample_bytes();
        assert_eq!(outcome.is_ok(), shape.is_empty(), "{shape:?}");
    }
}

#[test]
fn vectors_of_files_are_stacked() {
    let folder = Folder::new();
    folder.write("a.csv", "1,2\n3,4\n");
    folder.write("b.csv", "5,6\n7,8\n");
    let dataset = folder.open("v__0,v__1\na.csv,b.csv\na.csv,3\n3,a.csv\n").unwrap();
    let variable = dataset.variable("v").unwrap();
    assert_eq!(dataset.shape_of(0, variable).unwrap(), [2, 2, 2]);
    let values = decode(&dataset, "v", 0, &floats(&[2, 2, 2])).unwrap();
    assert_eq!(as_floats(&values), [1., 2., 3., 4., 5., 6., 7., 8.]);
    for (row, shape) in [(1, vec![2, 2, 2]), (1, vec![2]), (2, vec![2]), (2, vec![2, 2, 2])] {
        let error = decode(&dataset, "v", row, &floats(&shape)).unwrap_err();
        assert!(
            matches!(error, DatasetError::Cell { defect: CellDefect::WrongShape { .. }, .. }),
            "{row} {shape:?}: {error}"
        );
    }
}

#[test]
fn matrices() {
    let folder = Folder::new();
    for (content, shape, expected) in [
        ("1,2,3\n4,5,6", [2, 3], vec![1., 2., 3., 4., 5., 6.]),
        ("\u{feff}1\r\n\r\n -2e1 \r\n", [2, 1], vec![1., -20.]),
        ("\"1\",1_0", [1, 2], vec![1., 10.]),
    ] {
        folder.write("m.csv", content);
        assert_eq!(folder.shape("m.csv").unwrap(), shape, "{content:?}");
        assert_eq!(as_floats(&folder.decode("m.csv", &floats(&shape)).unwrap()), expected);
    }
    let error = folder.decode("m.csv", &floats(&[2, 2])).unwrap_err();
    assert!(matches!(error, DatasetError::Cell { defect: CellDefect::WrongShape { .. }, .. }));
    assert_message(&error, &["found values of shape 1,2, expected 2,2"]);
    let error = folder.decode("m.csv", &bytes(&[1, 2])).unwrap_err();
    assert!(matches!(error, DatasetError::Cell { defect: CellDefect::NotAnImage { .. }, .. }));
}

#[test]
fn refused_matrices() {
    let folder = Folder::new();
    let check = |content: &[u8], expected: fn(&DatasetError) -> bool, parts: &[&str]| {
        folder.write("m.csv", content);
        let error = folder.shape("m.csv").unwrap_err();
        assert!(expected(&error), "{error:?}");
        assert_message(&error, &["d.csv line 2", "m.csv"]);
        assert_message(&error, parts);
    };
    check(b"", |e| matches!(e, DatasetError::Cell { defect: CellDefect::EmptyMatrix, .. }), &[]);
    check(b"\n\r\n", |e| matches!(e, DatasetError::Cell { defect: CellDefect::EmptyMatrix, .. }), &[]);
    check(
        b"1,2\n\n3\n",
        |e| {
            matches!(
                e,
                DatasetError::Cell { defect: CellDefect::RaggedMatrix { file_line: 3, found: 1, expected: 2, .. }, .. }
            )
        },
        &["line 3"],
    );
    check(
        b"1,2\n3,x\ny\n",
        |e| {
            matches!(
                e,
                DatasetError::Cell { defect: CellDefect::MatrixNumber { file_line: 2, file_column: 2, .. }, .. }
            )
        },
        &["line 2, column 2", "\"x\""],
    );
    check(
        b"1,\n",
        |e| matches!(e, DatasetError::Cell { defect: CellDefect::MatrixNumber { file_column: 2, .. }, .. }),
        &[],
    );
    check(b"\xff\xfe1\0", |e| matches!(e, DatasetError::Cell { defect: CellDefect::MatrixNumber { .. }, .. }), &[]);
    check(
        b"1\n\"2\n3",
        |e| matches!(e, DatasetError::Cell { defect: CellDefect::MatrixQuote { file_line: 2, .. }, .. }),
        &[],
    );
}

#[test]
fn npy_types_orders_and_versions() {
    let folder = Folder::new();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("<f4", [1f32, 2., 3., 4., 5., 6.].iter().flat_map(|v| v.to_le_bytes()).collect()),
        (">f4", [1f32, 2., 3., 4., 5., 6.].iter().flat_map(|v| v.to_be_bytes()).collect()),
        ("<f8", [1f64, 2., 3., 4., 5., 6.].iter().flat_map(|v| v.to_le_bytes()).collect()),
        ("|u1", vec![1, 2, 3, 4, 5, 6]),
        ("|i1", vec![1, 2, 3, 4, 5, 6]),
        ("<u2", (1u16..7).flat_map(u16::to_le_bytes).collect()),
        (">i2", (1i16..7).flat_map(i16::to_be_bytes).collect()),
        ("<u4", (1u32..7).flat_map(u32::to_le_bytes).collect()),
        ("<i4", (1i32..7).flat_map(i32::to_le_bytes).collect()),
        ("<u8", (1u64..7).flat_map(u64::to_le_bytes).collect()),
        ("<i8", (1i64..7).flat_map(i64::to_le_bytes).collect()),
        (">i8", (1i64..7).flat_map(i64::to_be_bytes).collect()),
    ];
    for (descr, data) in &cases {
        for version in 1..=3 {
            folder.write("a.npy", npy(version, &header(descr, false, "(2, 3)"), data));
            assert_eq!(folder.shape("a.npy").unwrap(), [2, 3], "{descr}");
            let values = folder.decode("a.npy", &floats(&[2, 3])).unwrap();
            assert_eq!(as_floats(&values), [1., 2., 3., 4., 5., 6.], "{descr}");
        }
        folder.write("a.npy", npy(1, &header(descr, true, "(2, 3)"), data));
        let values = folder.decode("a.npy", &floats(&[2, 3])).unwrap();
        assert_eq!(as_floats(&values), [1., 3., 5., 2., 4., 6.], "{descr}");
    }
    let data: Vec<u8> = (0..24).collect();
    folder.write("a.npy", npy(1, &header("|u1", true, "(2L, 3, 4)"), &data));
    let values = as_floats(&folder.decode("a.npy", &floats(&[2, 3, 4])).unwrap());
    for i in 0..2 {
        for j in 0..3 {
            for k in 0..4 {
                assert_eq!(values[(i * 3 + j) * 4 + k], (i + 2 * j + 6 * k) as f32);
            }
        }
    }
    folder.write("a.npy", npy(1, &header("|u1", false, "(3,)"), &data));
    assert_eq!(folder.shape("a.npy").unwrap(), [3]);
    folder.write("a.npy", npy(1, &header("<f4", false, "()"), &7f32.to_le_bytes()));
    assert_eq!(folder.shape("a.npy").unwrap(), [0usize; 0]);
    assert_eq!(as_floats(&folder.decode("a.npy", &floats(&[])).unwrap()), [7.0]);
    let error = folder.decode("a.npy", &bytes(&[1])).unwrap_err();
    assert!(matches!(error, DatasetError::Cell { defect: CellDefect::NotAnImage { .. }, .. }));
}

#[test]
fn hostile_npy_headers() {
    let folder = Folder::new();
    let ok = header("<f4", false, "(2,)");
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (vec![], "signature"),
        (b"PK\x03\x04".to_vec(), "signature"),
        (b"\x93NUMPY".to_vec(), "header"),
        (b"\x93NUMPY\x01\x00\xff\xff".to_vec(), "header"),
        (npy(4, &ok, &[0; 8]), "version 4"),
        (npy(1, &ok, &[0; 7]), "cut short"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff".to_vec(), "claims 4294967295 bytes"),
        (npy(1, &header("<f4", false, "(99999999999, 99999999999)"), &[]), "claims the shape"),
        (npy(1, &header("<f4", false, "(300000000,)"), &[]), "claims the shape"),
        (npy(1, &header("<f4", false, "(99999999999999999999999,)"), &[]), "header is not"),
        (npy(1, &header("<f4", false, "(-1,)"), &[]), "header is not"),
        (npy(1, &header("<f4", false, "(2, 0)"), &[]), "no values"),
        (npy(1, &header("<f4", false, &format!("({})", "1,".repeat(80))), &[0; 8]), "header is not"),
        (npy(1, &header("|O", false, "(2,)"), &[0; 8]), "\"|O\""),
        (npy(1, &header("<c8", false, "(2,)"), &[0; 16]), "\"<c8\""),
        (npy(1, &header("|f4", false, "(2,)"), &[0; 8]), "\"|f4\""),
        (npy(1, &header("é4", false, "(2,)"), &[0; 8]), "elements of type"),
        (npy(1, &header("", false, "(2,)"), &[0; 8]), "elements of type"),
        (npy(1, "{'descr': '<f4', 'shape': (2,)}", &[0; 8]), "header is not"),
        (npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", &[0; 8]), "header is not"),
        (npy(1, "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2,)}", &[0; 8]), "header is not"),
        (npy(1, "", &[0; 8]), "header is not"),
        (npy(1, "{", &[0; 8]), "header is not"),
        (npy(1, "{'descr", &[0; 8]), "header is not"),
        (npy(1, "{'evil': 1}", &[0; 8]), "header is not"),
    ];
    for (content, words) in cases {
        folder.write("a.npy", &content);
        let error = folder.shape("a.npy").unwrap_err();
        assert!(matches!(error, DatasetError::Cell { defect: CellDefect::BadNpy(_), .. }), "{error:?}");
        assert_message(&error, &["d.csv line 2", "a.npy", words]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_bytes_never_panic_a_decoder(data in prop::collection::vec(any::<u8>(), 0..200), kind in 0usize..7) {
        let folder = Folder::new();
        let (name, magic): (&str, &[u8]) = [
            ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x02".as_slice()),
            ("a.jpg", b"\xff\xd8\xff".as_slice()),
            ("a.gif", b"GIF89a\x02\0\x02\0".as_slice()),
            ("a.bmp", b"BM".as_slice()),
            ("a.tif", b"II*\0\x08\0\0\0".as_slice()),
            ("a.csv", b"1,2\n".as_slice()),
            ("a.npy", b"\x93NUMPY\x01\0".as_slice()),
        ][kind];
        folder.write(name, [magic, &data].concat());
        let _ = folder.shape(name);
        let _ = folder.decode(name, &floats(&[3, 2, 2]));
    }
}
