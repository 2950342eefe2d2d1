//! Opening a dataset: the text of a CSV becomes rows, or a `.cache` folder becomes rows in its order.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nnc_files::open_regular;

use super::{Dataset, ORIGINAL_CSV, encoding};
use crate::cache::{Cache, Opened};
use crate::cells::Cells;
use crate::error::{CacheError, DatasetError};
use crate::header;
use crate::limits::{MAX_COLUMNS, MAX_PROBLEMS};
use crate::records::{Records, Stop, line_breaks};
use crate::unused::Tally;

/// What a table may have. It is held in memory, and third-party tables are opened too.
struct Limits {
    bytes: u64,
    cells: usize,
    columns: usize,
    /// Defects of rows that are reported.
    defects: usize,
}

/// An image of 1024x1024 pixels in three colours written out as a vector has fewer columns, and 300,000 images of 28x28
/// pixels have fewer cells. A table at these limits takes 4 GB.
const LIMITS: Limits = Limits { bytes: 1 << 30, cells: 1 << 28, columns: MAX_COLUMNS, defects: MAX_PROBLEMS };

/// How much of a table is read before it is looked at.
const PIECE: u64 = 1 << 20;

impl Dataset {
    /// Reads the CSV at `path`, or opens the `.cache` folder there; a `\` in it counts as `/` where the name with `\`
    /// does not exist.
    ///
    /// Blank lines are left out, wherever they are. A row with another number of cells than the header, an
    /// empty header cell, an open quote, bytes that are not UTF-8 and a table without rows are errors.
    pub fn open(path: &Path) -> Result<Dataset, DatasetError> {
        Dataset::open_noting(path, &LIMITS, &mut Err)
    }

    /// A table whose text is at hand; `path` is what messages call it, and relative cells start from `folder`.
    ///
    /// # Errors
    /// As [`Dataset::open`].
    pub fn of_text(path: PathBuf, folder: PathBuf, text: &[u8]) -> Result<Dataset, DatasetError> {
        let dataset = Dataset::parse(path, text, &LIMITS, &mut Err)?;
        Ok(Dataset { folder, ..dataset })
    }

    /// As [`Dataset::open`], but goes on after a defect of one row: returns the rows that are whole, and the defects
    /// of the others in order. An open quote ends the table. Without a row that can be used, and with very many that
    /// cannot, there are defects only.
    pub fn open_leniently(path: &Path) -> Result<(Dataset, Vec<DatasetError>), Vec<DatasetError>> {
        Dataset::open_within(path, &LIMITS)
    }

    fn open_within(path: &Path, limits: &Limits) -> Result<(Dataset, Vec<DatasetError>), Vec<DatasetError>> {
        let mut defects = Vec::new();
        let opened = Dataset::open_noting(path, limits, &mut |defect| {
            if defects.len() >= limits.defects {
                let line = defect.line().unwrap_or_default();
                return Err(DatasetError::TooManyProblems { csv: path.to_path_buf(), line, limit: limits.defects });
            }
            defects.push(defect);
            Ok(())
        });
        match opened {
            Ok(dataset) => Ok((dataset, defects)),
            // That no row is left follows from what is wrong with them.
            Err(DatasetError::NoRows { .. }) if !defects.is_empty() => Err(defects),
            Err(error) => {
                defects.push(error);
                Err(defects)
            }
        }
    }

    /// Opens a table and gives every defect of a row to `note`, whose error ends the reading.
    fn open_noting(
        path: &Path,
        limits: &Limits,
        note: &mut dyn FnMut(DatasetError) -> Result<(), DatasetError>,
    ) -> Result<Dataset, DatasetError> {
        let path = slashed(path);
        if path.is_dir() {
            return Dataset::open_cache(path, limits);
        }
        let unreadable = |reason: String| DatasetError::Unreadable { csv: path.clone(), reason };
        let size = match fs::metadata(&path) {
            Ok(found) => found.len(),
            Err(error) => return Err(unreadable(error.to_string())),
        };
        if size > limits.bytes {
            return Err(DatasetError::TableTooLarge { csv: path, found: size, limit: limits.bytes });
        }
        let file = open_regular(&path).map_err(|error| unreadable(error.to_string()))?;
        let bytes = read_until_zero(file, size).map_err(|error| unreadable(error.to_string()))?;
        Dataset::parse(path, &bytes, limits, note)
    }

    fn parse(
        path: PathBuf,
        bytes: &[u8],
        limits: &Limits,
        note: &mut dyn FnMut(DatasetError) -> Result<(), DatasetError>,
    ) -> Result<Dataset, DatasetError> {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if let Err(error) = std::str::from_utf8(text) {
            let line = 1 + line_breaks(text.get(..error.valid_up_to()).unwrap_or_default());
            if let Some(encoding) = encoding::guess(text) {
                return Err(DatasetError::OtherEncoding { csv: path, line, encoding });
            }
            return Err(DatasetError::NotUtf8 { csv: path, line });
        }
        if encoding::is_utf16(text) {
            return Err(DatasetError::OtherEncoding { csv: path, line: 1, encoding: encoding::UTF_16 });
        }
        if let Some(zero) = text.iter().position(|byte| *byte == 0) {
            let line = 1 + line_breaks(text.get(..zero).unwrap_or_default());
            return Err(DatasetError::ZeroByte { csv: path, line });
        }
        let mut records = Records::new(text, limits.cells);
        let (header_line, header) = match records.next() {
            Ok(header) => header,
            Err(Stop::End) => return Err(DatasetError::EmptyFile { csv: path }),
            Err(stop) => return Err(defect(&path, stop, limits)),
        };
        if header.len() > limits.columns {
            let (found, limit) = (header.len(), limits.columns);
            return Err(DatasetError::TooManyColumns { csv: path, line: header_line, found, limit });
        }
        // The text was seen to be UTF-8.
        let header: Vec<String> = header.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        let (variables, warnings) = header::parse(&path, header_line, &header)?;
        let mut cells = Cells::new(header.len());
        loop {
            match records.next() {
                Ok((line, record)) if record.len() == header.len() => cells.push(line, record),
                Ok((line, record)) => {
                    let (found, expected) = (record.len(), header.len());
                    note(DatasetError::RaggedRow { csv: path.clone(), line, found, expected })?;
                }
                Err(Stop::End) => break,
                Err(stop) => {
                    note(defect(&path, stop, limits))?;
                    break;
                }
            }
        }
        if cells.len() == 0 {
            return Err(DatasetError::NoRows { csv: path });
        }
        // Made absolute now, so that a later change of the working directory does not move the dataset.
        let folder =
            std::path::absolute(&path).ok().and_then(|path| path.parent().map(Path::to_path_buf)).unwrap_or_default();
        let unused = Arc::new(Tally::new(cells.len()));
        Ok(Dataset { path, folder, header, cells, variables, warnings, cache: None, unused })
    }

    /// Opens a `.cache` folder: rows come in the order of its samples (NNC contract 2).
    fn open_cache(path: PathBuf, limits: &Limits) -> Result<Dataset, DatasetError> {
        if !path.join("cache_index.csv").is_file() {
            return Err(CacheError::NoIndex { cache: path }.into());
        }
        let original = path.join(ORIGINAL_CSV);
        if !original.is_file() {
            return Err(CacheError::NoOriginal { cache: path }.into());
        }
        let mut dataset = Dataset::open_noting(&original, limits, &mut Err)?;
        let Opened { cache, order } = Cache::open(&path, dataset.len(), &dataset.variables)?;
        if let Some(order) = order {
            dataset.cells = dataset.cells.in_order(&order);
        }
        // A cache lies beside its CSV, where the cells are relative to.
        dataset.folder = dataset.folder.parent().map(Path::to_path_buf).unwrap_or_default();
        Ok(Dataset { path, cache: Some(Arc::new(cache)), ..dataset })
    }
}

/// Reads a file of `size` bytes, and no further than a piece in which a byte is 0: no text has one, and a file with holes has
/// nothing else in them.
fn read_until_zero(file: impl Read, size: u64) -> io::Result<Vec<u8>> {
    let mut file = file.take(size);
    let mut bytes = Vec::new();
    loop {
        let start = bytes.len();
        let read = file.by_ref().take(PIECE).read_to_end(&mut bytes)?;
        if read == 0 || bytes.iter().skip(start).any(|byte| *byte == 0) {
            return Ok(bytes);
        }
    }
}

/// What keeps the records of a table from going on.
fn defect(csv: &Path, stop: Stop, limits: &Limits) -> DatasetError {
    let csv = csv.to_path_buf();
    match stop {
        Stop::End => DatasetError::NoRows { csv },
        Stop::UnclosedQuote(line) => DatasetError::UnclosedQuote { csv, line },
        Stop::TooManyCells(line) => DatasetError::TooManyCells { csv, line, limit: limits.cells },
    }
}

/// Projects made on Windows name their CSV with `\`.
fn slashed(path: &Path) -> PathBuf {
    match path.to_str() {
        Some(text) if text.contains('\\') && !path.exists() => text.replace('\\', "/").into(),
        _ => path.to_path_buf(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Limits = Limits { bytes: 60, cells: 12, columns: 3, defects: 2 };

    fn refused(text: &str) -> Vec<DatasetError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.csv");
        fs::write(&path, text).unwrap();
        match Dataset::open_within(&path, &SMALL) {
            Ok((_, defects)) | Err(defects) => defects,
        }
    }

    #[test]
    fn a_table_that_would_fill_the_memory_is_refused_with_its_line() {
        use DatasetError::{TableTooLarge, TooManyCells, TooManyColumns, TooManyProblems};
        assert_eq!(refused("a,b\n1,2\n3,4\n5,6\n7,8\n9,0\n"), []);
        let only = |text: &str| <[DatasetError; 1]>::try_from(refused(text)).unwrap();
        assert!(matches!(only(&"a\n".repeat(40)), [TableTooLarge { found: 80, limit: 60, .. }]));
        for (text, expected) in
            [("a,b\n,\n,\n,\n,\n,\n,\n", 7), (",,,,,,,,,,,,,,,", 1), ("\n\n\n\n\n\n\n\n\n\n\n\n\n", 13)]
        {
            let found = only(text);
            assert!(matches!(found, [TooManyCells { line, limit: 12, .. }] if line == expected), "{text:?}: {found:?}");
        }
        assert!(matches!(only("a,b,c,d\n1,2,3,4\n"), [TooManyColumns { line: 1, found: 4, limit: 3, .. }]));
        let found = refused("a,b\n1\n2\n3\n4\n5,6\n");
        assert!(matches!(found.as_slice(), [_, _, TooManyProblems { line: 4, limit: 2, .. }]), "{found:?}");
    }

    #[test]
    fn a_table_with_holes_is_read_no_further_than_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.csv");
        fs::write(&path, "x,y\na.png,0\n").unwrap();
        let file = fs::File::options().read(true).write(true).open(&path).unwrap();
        file.set_len(LIMITS.bytes).unwrap();
        assert!(read_until_zero(&file, LIMITS.bytes).unwrap().len() as u64 <= PIECE);
        let defects = Dataset::open_leniently(&path).unwrap_err();
        assert!(matches!(defects.as_slice(), [DatasetError::ZeroByte { line: 3, .. }]), "{defects:?}");
        file.set_len(LIMITS.bytes + 1).unwrap();
        let defects = Dataset::open_leniently(&path).unwrap_err();
        assert!(matches!(defects.as_slice(), [DatasetError::TableTooLarge { .. }]), "{defects:?}");
    }

    #[test]
    fn a_long_row_does_not_make_the_others_long() {
        let text = format!("a,b\n{},2\n{}", "1".repeat(1 << 16), "3,4\n".repeat(5_000));
        let table = Dataset::parse("d.csv".into(), text.as_bytes(), &LIMITS, &mut Err).unwrap();
        assert_eq!((table.len(), table.line(5_000)), (5_001, 5_002));
        assert_eq!(table.record(5_000).collect::<Vec<_>>(), ["3", "4"]);
        assert!(table.cells.bytes() < 4 * text.len(), "{} bytes", table.cells.bytes());
    }
}
