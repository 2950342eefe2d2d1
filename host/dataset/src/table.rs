//! The dataset CSV as a table: header, rows, variables, every cell as it was written (NNC contract 1.1).

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cache::{Cache, CacheError, Opened};
use crate::cell::{Content, classify};
use crate::cells::Cells;
use crate::check::MAX_PROBLEMS;
use crate::error::{DatasetError, Spot};
use crate::header::{self, Variable};
use crate::number::parse_number;
use crate::records::{Records, Stop, line_breaks};
use crate::sample;

/// What a table may have. It is held in memory, and strangers' tables are opened too.
struct Limits {
    bytes: u64,
    cells: usize,
    columns: usize,
    /// Defects of rows that are told of.
    defects: usize,
}

/// An image of 1024x1024 pixels in three colours written out as a vector has fewer columns, and 300,000 images of 28x28
/// pixels have fewer cells. A table at these limits takes 4 GB.
const LIMITS: Limits = Limits { bytes: 1 << 30, cells: 1 << 28, columns: MAX_COLUMNS, defects: MAX_PROBLEMS };

/// The most columns, and so the most variables.
pub(crate) const MAX_COLUMNS: usize = 1 << 22;

/// The copy of the CSV inside of a cache.
const ORIGINAL_CSV: &str = "original.csv";

/// A dataset CSV, read and split into cells; no file it names has been touched. Or a `.cache` folder, whose cells are
/// those of the CSV it was made from and whose samples come from the cache.
#[derive(Debug, Clone)]
pub struct Dataset {
    path: PathBuf,
    folder: PathBuf,
    header: Vec<String>,
    cells: Cells,
    variables: Vec<Variable>,
    warnings: Vec<String>,
    cache: Option<Arc<Cache>>,
}

impl Dataset {
    /// Reads the CSV at `path`, or opens the `.cache` folder there; a `\` in it counts as `/` where the name with `\`
    /// does not exist.
    ///
    /// Blank lines are left out, wherever they are. A row with another number of cells than the header, an
    /// empty header cell, an open quote, bytes that are not UTF-8 and a table without rows are errors.
    pub fn open(path: &Path) -> Result<Dataset, DatasetError> {
        Dataset::open_noting(path, &LIMITS, &mut Err)
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
        let file = fs::File::open(&path).map_err(|error| unreadable(error.to_string()))?;
        let mut bytes = Vec::new();
        file.take(limits.bytes + 1).read_to_end(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
        if bytes.len() as u64 > limits.bytes {
            return Err(DatasetError::TableTooLarge { csv: path, found: size, limit: limits.bytes });
        }
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
            return Err(DatasetError::NotUtf8 { csv: path, line });
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
        Ok(Dataset { path, folder, header, cells, variables, warnings, cache: None })
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

    /// The CSV or `.cache` folder, as it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The CSV that the cells were read from: of a `.cache` folder the copy inside.
    pub fn table(&self) -> PathBuf {
        match self.cache {
            Some(_) => self.path.join(ORIGINAL_CSV),
            None => self.path.clone(),
        }
    }

    /// The samples, where they come from a `.cache` folder.
    pub(crate) fn cache(&self) -> Option<&Cache> {
        self.cache.as_deref()
    }

    /// The folder that relative cells start from, absolute.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are no rows; never true for a dataset that could be opened.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The header cells as written, comment columns included.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Whether `column` (from 0) is a comment column, one that starts with `#` and is left alone. A `.cache` folder has
    /// none: NNC takes the texts in its original CSV for paths (NNC contract 8.2).
    pub fn is_comment(&self, column: usize) -> bool {
        self.cache.is_none() && self.header.get(column).is_some_and(|cell| header::is_comment(cell))
    }

    /// The cells of `row` (from 0) as written, comment columns included; none when there is no such row.
    pub fn record(&self, row: usize) -> impl Iterator<Item = &str> {
        self.cells.row(row)
    }

    /// The physical line of the CSV on which `row` (from 0) starts, from 1; 0 when there is no such row.
    pub fn line(&self, row: usize) -> u64 {
        self.cells.line(row).unwrap_or_default()
    }

    /// The variables in order of first appearance.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The variable called `name`; the error names those there are.
    pub fn variable(&self, name: &str) -> Result<&Variable, DatasetError> {
        self.variables.iter().find(|variable| variable.name == name).ok_or_else(|| DatasetError::UnknownVariable {
            csv: self.path.clone(),
            name: name.to_string(),
            available: self.variables.iter().map(|known| known.name.clone()).collect(),
        })
    }

    /// What is odd but not wrong, one sentence each.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The number in the only column of `variable`, as for a label; `None` for files and longer vectors.
    pub fn number(&self, row: usize, variable: &Variable) -> Option<f64> {
        match variable.columns.as_slice() {
            [column] => parse_number(self.cells.get(row, *column)?),
            _ => None,
        }
    }

    /// The file that the cell in `column` of `row` (both from 0) names; none for numbers and cells that cannot be read.
    pub fn file(&self, row: usize, column: usize) -> Option<PathBuf> {
        let (text, spot) = self.cell(row, column).ok()?;
        match classify(text, &self.folder, spot) {
            Ok(Content::File(path, _)) => Some(path),
            _ => None,
        }
    }

    /// The shape of `row` (from 0) of `variable`, without a batch dimension: `[1]` for a number, `[K]` for a
    /// vector of numbers, channels, height and width for an image. Images and arrays are not decoded for it.
    pub fn shape_of(&self, row: usize, variable: &Variable) -> Result<Vec<usize>, DatasetError> {
        sample::shape_of(self, variable, row, &mut sample::Scratch::default())
    }

    /// Text and place of one cell.
    pub(crate) fn cell(&self, row: usize, column: usize) -> Result<(&str, Spot<'_>), DatasetError> {
        let found = self.cells.get(row, column).zip(self.cells.line(row)).zip(self.header.get(column));
        let Some(((text, line), header)) = found else {
            return Err(DatasetError::NoSuchRow { csv: self.path.clone(), row, rows: self.len() });
        };
        let spot = Spot { csv: &self.path, line, column: header, file: None };
        Ok((text, spot))
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

    fn refused(text: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.csv");
        fs::write(&path, text).unwrap();
        let told = |error: &DatasetError| error.to_string().replace(&format!("{}/", folder.path().display()), "");
        match Dataset::open_within(&path, &SMALL) {
            Ok((_, defects)) => defects.iter().map(told).collect(),
            Err(defects) => defects.iter().map(told).collect(),
        }
    }

    #[test]
    fn a_table_that_would_fill_the_memory_is_refused_with_its_line() {
        assert_eq!(refused("a,b\n1,2\n3,4\n5,6\n7,8\n9,0\n"), [""; 0]);
        for (text, part) in [
            (&*"a\n".repeat(40), "d.csv has 80 bytes"),
            ("a,b\n,\n,\n,\n,\n,\n,\n", "d.csv line 7: the table goes on past 12 cells"),
            (",,,,,,,,,,,,,,,", "d.csv line 1: the table goes on past 12 cells"),
            ("\n\n\n\n\n\n\n\n\n\n\n\n\n", "d.csv line 13: the table goes on past 12 cells"),
            ("a,b,c,d\n1,2,3,4\n", "d.csv line 1: the header has 4 cells, expected at most 3"),
        ] {
            let told = refused(text);
            assert!(told.len() == 1 && told[0].starts_with(part), "{text:?}: {told:?}");
        }
        let told = refused("a,b\n1\n2\n3\n4\n5,6\n");
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[2].starts_with("d.csv line 4: 2 problems"), "{told:?}");
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
