//! The CSV itself: rows, lines, errors with their line.

use nnc_dataset::{CacheError, Dataset, DatasetError, output_cell};

use crate::support::{Folder, assert_message};

fn rows(dataset: &Dataset) -> Vec<(u64, Vec<&str>)> {
    (0..dataset.len()).map(|row| (dataset.line(row), dataset.record(row).collect())).collect()
}

#[test]
fn rows_and_lines() {
    let folder = Folder::new();
    type Rows = &'static [(u64, &'static [&'static str])];
    let table: &[(&str, Rows)] = &[
        ("x,y\na,1\n", &[(2, &["a", "1"])]),
        ("\u{feff}x,y\r\na,1\r\nb,2", &[(2, &["a", "1"]), (3, &["b", "2"])]),
        ("x,#note\na,\"two\nlines\"\n\n\nb,\n", &[(2, &["a", "two\nlines"]), (6, &["b", ""])]),
        ("\n\nx\n\na\n\n", &[(5, &["a"])]),
        ("x\n\"\"\n", &[(2, &[""])]),
        ("\"x\ny\"\na\n", &[(3, &["a"])]),
        ("x, y\n a , b\n", &[(2, &[" a ", " b"])]),
    ];
    for (csv, expected) in table {
        let dataset = folder.open(csv).unwrap();
        let expected: Vec<_> = expected.iter().map(|(line, cells)| (*line, cells.to_vec())).collect();
        assert_eq!(rows(&dataset), expected, "{csv:?}");
        assert!(!dataset.is_empty());
    }
}

#[test]
fn header_and_variables_stay_as_written() {
    let folder = Folder::new();
    let dataset = folder.open("#id,x:image,y__1:b, z\nA,0/a.png,1,2\n").unwrap();
    assert_eq!(dataset.header(), ["#id", "x:image", "y__1:b", " z"]);
    let names: Vec<&str> = dataset.variables().iter().map(|known| known.name.as_str()).collect();
    assert_eq!(names, ["x", "y", " z"]);
    assert!(dataset.is_comment(0) && !dataset.is_comment(1) && !dataset.is_comment(9));
    assert_eq!(dataset.path(), folder.path().join("d.csv"));
    assert_eq!(dataset.number(0, &dataset.variables()[0]), None);
    assert_eq!(dataset.number(0, &dataset.variables()[1]), Some(1.0));
    assert_eq!(dataset.number(1, &dataset.variables()[1]), None);
    assert!(dataset.warnings().is_empty());
    assert_eq!(folder.open("y,y\n1,2\n").unwrap().warnings().len(), 1);

    let error = dataset.variable("z").unwrap_err();
    assert!(matches!(error, DatasetError::UnknownVariable { .. }));
    assert_message(&error, &["\"z\"", "\"x\", \"y\", \" z\""]);
    // Rows past the end are empty rather than a panic.
    assert_eq!((dataset.record(1).count(), dataset.line(1)), (0, 0));
    let error = dataset.shape_of(7, &dataset.variables()[0]).unwrap_err();
    assert!(matches!(error, DatasetError::NoSuchRow { row: 7, rows: 1, .. }), "{error}");
}

#[test]
fn refused_tables() {
    let folder = Folder::new();
    let check = |csv: &[u8], expected: fn(&DatasetError) -> bool, parts: &[&str]| {
        let error = folder.open(csv).unwrap_err();
        assert!(expected(&error), "{csv:?}: {error:?}");
        assert_message(&error, &["d.csv"]);
        assert_message(&error, parts);
    };
    check(b"", |e| matches!(e, DatasetError::EmptyFile { .. }), &[]);
    check(b"\xef\xbb\xbf\n\n", |e| matches!(e, DatasetError::EmptyFile { .. }), &[]);
    check(b"x,y\n\n", |e| matches!(e, DatasetError::NoRows { .. }), &[]);
    check(b"x,,y\n", |e| matches!(e, DatasetError::EmptyHeaderCell { column: 2, .. }), &["line 1"]);
    check(b"#x\n1\n", |e| matches!(e, DatasetError::NoVariables { .. }), &[]);
    check(b"y,y__0\n1,2\n", |e| matches!(e, DatasetError::MixedVariable { .. }), &["\"y\""]);
    check(
        b"x,y\n\"a\n\",1\n\nb\n",
        |e| matches!(e, DatasetError::RaggedRow { line: 5, found: 1, expected: 2, .. }),
        &["line 5", "found 1 cells", "expected 2"],
    );
    check(b"x,#c\n1,2,3\n", |e| matches!(e, DatasetError::RaggedRow { line: 2, found: 3, expected: 2, .. }), &[]);
    check(b"x\n1\n\"2\n3\n", |e| matches!(e, DatasetError::UnclosedQuote { line: 3, .. }), &["line 3"]);
    check(b"x\n1\n\xff\n", |e| matches!(e, DatasetError::NotUtf8 { line: 3, .. }), &["UTF-8"]);
    check(b"x\n1\n2\0\n", |e| matches!(e, DatasetError::ZeroByte { line: 3, .. }), &["line 3", "byte that is 0"]);

    let error = Dataset::open(&folder.path().join("none.csv")).unwrap_err();
    assert!(matches!(error, DatasetError::Unreadable { .. }));
    let error = Dataset::open(folder.path()).unwrap_err();
    assert!(matches!(error, DatasetError::Cache(CacheError::NoIndex { .. })));
    assert_message(&error, &["folder"]);
}

#[cfg(unix)]
#[test]
fn a_csv_named_with_backslashes_is_found() {
    let folder = Folder::new();
    folder.write("data/d.csv", "x\n1\n");
    let name = format!("{}\\data\\d.csv", folder.path().display());
    assert_eq!(Dataset::open(name.as_ref()).unwrap().len(), 1);
}

#[test]
fn output_cells() {
    for (cell, expected) in [
        ("0/a.png", "./0/a.png"),
        ("./0/a.png", "./0/a.png"),
        (".\\0\\a.png", "./0/a.png"),
        ("0\\a.png", "./0/a.png"),
        ("../a.png", "./../a.png"),
        ("/data/a.png", "/data/a.png"),
        ("C:\\data\\a.png", "C:\\data\\a.png"),
        ("", "./"),
        ("good", "./good"),
        ("1", "1"),
        (" 1e-3", " 1e-3"),
        ("nan", "nan"),
    ] {
        assert_eq!(output_cell(cell, false), expected, "{cell:?}");
        assert_eq!(output_cell(cell, true), cell);
    }
}
