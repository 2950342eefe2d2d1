//! Anomaly maps, which NNC calls score maps: CSV files without a header, one line of numbers per row of the map (NNC
//! contract 8.3).

mod stretch;

use std::io::Read;
use std::path::Path;

use nnc_files::open_regular;

use crate::error::{MapLimit, ReportError};
pub(crate) use stretch::{Stretched, stretch};

/// The most values of one map: a map as fine as a 2048x2048 image.
const MAX_VALUES: usize = 1 << 22;
/// The most bytes of one file: 16 characters and a comma for each of the most values.
const MAX_BYTES: u64 = 17 << 22;
/// Characters of a bad cell that an error repeats.
const EXCERPT: usize = 40;

/// The scores of one image, row by row. Larger is more anomalous. Never empty, every value finite.
#[derive(Debug, Clone, PartialEq)]
pub struct AnomalyMap {
    columns: usize,
    values: Vec<f32>,
}

impl AnomalyMap {
    /// The map of these values; `None` where no file could hold it: without a value, with an incomplete row, with too
    /// many values, or with one that is not finite.
    pub fn new(values: &[f32], columns: usize) -> Option<Self> {
        let whole = columns > 0 && values.len().is_multiple_of(columns);
        let usable = whole && (1..=MAX_VALUES).contains(&values.len()) && values.iter().all(|value| value.is_finite());
        usable.then(|| Self { columns, values: values.to_vec() })
    }

    /// Rows of the map, at least 1.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// Columns of the map, at least 1.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All values, `rows * columns` of them, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

/// Reads the anomaly map of one image.
///
/// Blank lines do not count. A value that is not finite, a line of another length than the first, and a file larger
/// than any anomaly map are refused with the line they are on.
pub fn read_map(path: &Path) -> Result<AnomalyMap, ReportError> {
    let unreadable = |source| ReportError::MapUnreadable { path: path.to_path_buf(), source };
    let mut bytes = Vec::new();
    let file = open_regular(path).map_err(unreadable)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ReportError::MapTooLarge {
            path: path.to_path_buf(),
            line: 1 + bytes.iter().filter(|&&byte| byte == b'\n').count(),
            limit: MapLimit::Bytes(MAX_BYTES),
        });
    }
    parse(&bytes, path)
}

/// Reads the text of a map; `path` is for messages.
pub(crate) fn parse(bytes: &[u8], path: &Path) -> Result<AnomalyMap, ReportError> {
    let text = String::from_utf8_lossy(bytes);
    let mut values = Vec::new();
    let mut columns = 0;
    for (line, text) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        if text.trim().is_empty() {
            continue;
        }
        let start = values.len();
        for (column, cell) in (1..).zip(text.split(',')) {
            if values.len() == MAX_VALUES {
                let limit = MapLimit::Values(MAX_VALUES);
                return Err(ReportError::MapTooLarge { path: path.to_path_buf(), line, limit });
            }
            match cell.trim().parse::<f32>() {
                Ok(value) if value.is_finite() => values.push(value),
                _ => {
                    let found = cell.chars().take(EXCERPT).collect::<String>().escape_debug().to_string();
                    return Err(ReportError::MapNumber { path: path.to_path_buf(), line, column, found });
                }
            }
        }
        let found = values.len() - start;
        if columns == 0 {
            columns = found;
        } else if found != columns {
            return Err(ReportError::MapRagged { path: path.to_path_buf(), line, found, expected: columns });
        }
    }
    if columns == 0 {
        return Err(ReportError::MapEmpty { path: path.to_path_buf() });
    }
    Ok(AnomalyMap { columns, values })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<AnomalyMap, ReportError> {
        parse(text.as_bytes(), Path::new("0.csv"))
    }

    #[test]
    fn good_maps() {
        for (text, rows, columns, values) in [
            ("1", 1, 1, vec![1.0]),
            ("0.5,1e-05\n-3.0,4.0\n", 2, 2, vec![0.5, 1e-5, -3.0, 4.0]),
            ("\u{feff}1,2,3\r\n\r\n4, 5 ,6\r\n", 2, 3, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
            ("1.0\n2.0\n3.0\n\n", 3, 1, vec![1.0, 2.0, 3.0]),
        ] {
            let map = read(text).unwrap();
            assert_eq!((map.rows(), map.columns(), map.values()), (rows, columns, &values[..]), "{text:?}");
        }
    }

    #[test]
    fn bad_maps_name_the_place() {
        for text in ["", "\n \n"] {
            assert!(matches!(read(text).unwrap_err(), ReportError::MapEmpty { .. }), "{text:?}");
        }
        for (text, line, found) in [("1,2\n\n1,2,3\n", 3, 3), ("1,2\n3\n", 2, 1)] {
            let error = read(text).unwrap_err();
            let due = (line, found, 2);
            assert!(
                matches!(error, ReportError::MapRagged { line, found, expected, .. } if (line, found, expected) == due),
                "{text:?}: {error}"
            );
        }
        for (text, line, column, found) in [
            ("1,nan\n", 1, 2, "nan"),
            ("1,2\n-inf,2\n", 2, 1, "-inf"),
            ("1e39\n", 1, 1, "1e39"),
            ("1,,2\n", 1, 2, ""),
            ("1\u{0}\u{7}\n", 1, 1, "1\\0\\u{7}"),
        ] {
            let error = read(text).unwrap_err();
            let ReportError::MapNumber { line: l, column: c, found: f, .. } = &error else {
                panic!("{text:?}: {error}")
            };
            assert_eq!((*l, *c, f.as_str()), (line, column, found), "{text:?}");
        }
    }

    #[test]
    fn too_many_values_are_refused_on_their_line() {
        let mut text = "1,".repeat(MAX_VALUES / 4 - 1);
        text.push_str("1\n");
        let error = read(&text.repeat(5)).unwrap_err();
        assert!(
            matches!(error, ReportError::MapTooLarge { line: 5, limit: MapLimit::Values(MAX_VALUES), .. }),
            "{error}"
        );
    }

    #[test]
    fn too_many_bytes_are_refused_before_parsing() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(MAX_BYTES + 1).unwrap();
        let error = read_map(file.path()).unwrap_err();
        assert!(
            matches!(error, ReportError::MapTooLarge { line: 1, limit: MapLimit::Bytes(MAX_BYTES), .. }),
            "{error}"
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = read_map(Path::new("nowhere/0.csv")).unwrap_err();
        assert!(matches!(error, ReportError::MapUnreadable { path, .. } if path == Path::new("nowhere/0.csv")));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(columns in 1_usize..9, values in prop::collection::vec(any::<f32>(), 1..80)) {
            let values: Vec<f32> = values.iter().map(|v| if v.is_finite() { *v } else { 0.0 }).collect();
            let rows: Vec<&[f32]> = values.chunks_exact(columns).collect();
            prop_assume!(!rows.is_empty());
            let line = |row: &&[f32]| row.iter().map(|v| format!("{v:?}")).collect::<Vec<_>>().join(",");
            let text: Vec<String> = rows.iter().map(line).collect();
            let map = read(&text.join("\n")).unwrap();
            prop_assert_eq!(map.columns(), columns);
            prop_assert_eq!(map.values(), &values[..rows.len() * columns]);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes, Path::new("0.csv"));
        }

        #[test]
        fn what_is_accepted_is_a_matrix(text in "[0-9.,\n\r einfa+-]{0,80}") {
            if let Ok(map) = read(&text) {
                prop_assert_eq!(map.rows() * map.columns(), map.values().len());
                prop_assert!(map.rows() > 0 && map.values().iter().all(|v| v.is_finite()));
            }
        }
    }
}
