//! The dataset CSV as a table: header, rows, variables, every cell as it was written (NNC contract 1.1).

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use csv::StringRecord;

use crate::cache::{Cache, CacheError, Opened};
use crate::cell::{Content, classify};
use crate::error::{DatasetError, Spot};
use crate::header::{self, Variable};
use crate::number::parse_number;
use crate::records::{Records, Stop, line_breaks};
use crate::sample;

/// The largest CSV that is read, in bytes. The table is held in memory.
const MAX_TABLE_BYTES: u64 = 1 << 30;

/// The copy of the CSV inside of a cache.
const ORIGINAL_CSV: &str = "original.csv";

/// A dataset CSV, read and split into cells; no file it names has been touched. Or a `.cache` folder, whose cells are
/// those of the CSV it was made from and whose samples come from the cache.
#[derive(Debug, Clone)]
pub struct Dataset {
    path: PathBuf,
    folder: PathBuf,
    header: Vec<String>,
    rows: Vec<Row>,
    variables: Vec<Variable>,
    warnings: Vec<String>,
    cache: Option<Arc<Cache>>,
}

#[derive(Debug, Clone)]
struct Row {
    line: u64,
    cells: StringRecord,
}

impl Dataset {
    /// Reads the CSV at `path`, or opens the `.cache` folder there; a `\` in it counts as `/` where the name with `\`
    /// does not exist.
    ///
    /// Blank lines are left out, wherever they are. A row with another number of cells than the header, an
    /// empty header cell, an open quote, bytes that are not UTF-8 and a table without rows are errors.
    pub fn open(path: &Path) -> Result<Dataset, DatasetError> {
        Dataset::open_noting(path, &mut Err)
    }

    /// As [`Dataset::open`], but goes on after a defect of one row: returns the rows that are whole, and the defects
    /// of the others in order. An open quote ends the table. Without a row that can be used there are defects only.
    pub fn open_leniently(path: &Path) -> Result<(Dataset, Vec<DatasetError>), Vec<DatasetError>> {
        let mut defects = Vec::new();
        let opened = Dataset::open_noting(path, &mut |defect| {
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
        note: &mut dyn FnMut(DatasetError) -> Result<(), DatasetError>,
    ) -> Result<Dataset, DatasetError> {
        let path = slashed(path);
        if path.is_dir() {
            return Dataset::open_cache(path);
        }
        let unreadable = |reason: String| DatasetError::Unreadable { csv: path.clone(), reason };
        let size = match fs::metadata(&path) {
            Ok(found) => found.len(),
            Err(error) => return Err(unreadable(error.to_string())),
        };
        let file = fs::File::open(&path).map_err(|error| unreadable(error.to_string()))?;
        let mut bytes = Vec::new();
        file.take(MAX_TABLE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
        if bytes.len() as u64 > MAX_TABLE_BYTES {
            return Err(DatasetError::TableTooLarge { csv: path, found: size, limit: MAX_TABLE_BYTES });
        }
        Dataset::parse(path, &bytes, note)
    }

    fn parse(
        path: PathBuf,
        bytes: &[u8],
        note: &mut dyn FnMut(DatasetError) -> Result<(), DatasetError>,
    ) -> Result<Dataset, DatasetError> {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if let Err(error) = std::str::from_utf8(text) {
            let line = 1 + line_breaks(text.get(..error.valid_up_to()).unwrap_or_default());
            return Err(DatasetError::NotUtf8 { csv: path, line });
        }
        let mut records = Records::new(text);
        let Some((header_line, header)) = next_row(&path, &mut records)? else {
            return Err(DatasetError::EmptyFile { csv: path });
        };
        let header: Vec<String> = header.iter().map(str::to_string).collect();
        let (variables, warnings) = header::parse(&path, header_line, &header)?;
        let mut rows = Vec::new();
        loop {
            match next_row(&path, &mut records) {
                Ok(None) => break,
                Ok(Some((line, cells))) if cells.len() == header.len() => rows.push(Row { line, cells }),
                Ok(Some((line, cells))) => {
                    let (found, expected) = (cells.len(), header.len());
                    note(DatasetError::RaggedRow { csv: path.clone(), line, found, expected })?;
                }
                Err(defect) => {
                    note(defect)?;
                    break;
                }
            }
        }
        if rows.is_empty() {
            return Err(DatasetError::NoRows { csv: path });
        }
        // Made absolute now, so that a later change of the working directory does not move the dataset.
        let folder =
            std::path::absolute(&path).ok().and_then(|path| path.parent().map(Path::to_path_buf)).unwrap_or_default();
        Ok(Dataset { path, folder, header, rows, variables, warnings, cache: None })
    }

    /// Opens a `.cache` folder: rows come in the order of its samples (NNC contract 2).
    fn open_cache(path: PathBuf) -> Result<Dataset, DatasetError> {
        if !path.join("cache_index.csv").is_file() {
            return Err(CacheError::NoIndex { cache: path }.into());
        }
        let original = path.join(ORIGINAL_CSV);
        if !original.is_file() {
            return Err(CacheError::NoOriginal { cache: path }.into());
        }
        let mut dataset = Dataset::open(&original)?;
        let Opened { cache, order } = Cache::open(&path, dataset.rows.len(), &dataset.variables)?;
        let mut rows: Vec<Option<Row>> = dataset.rows.into_iter().map(Some).collect();
        dataset.rows = order.into_iter().filter_map(|row| rows.get_mut(row)?.take()).collect();
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
        self.rows.len()
    }

    /// Whether there are no rows; never true for a dataset that could be opened.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
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
        self.rows.get(row).into_iter().flat_map(|row| &row.cells)
    }

    /// The physical line of the CSV on which `row` (from 0) starts, from 1; 0 when there is no such row.
    pub fn line(&self, row: usize) -> u64 {
        self.rows.get(row).map_or(0, |row| row.line)
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
            [column] => parse_number(self.rows.get(row)?.cells.get(*column)?),
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
        let found =
            self.rows.get(row).and_then(|found| Some((found.cells.get(column)?, found.line, self.header.get(column)?)));
        let Some((text, line, header)) = found else {
            return Err(DatasetError::NoSuchRow { csv: self.path.clone(), row, rows: self.rows.len() });
        };
        let spot = Spot { csv: &self.path, line, column: header, file: None };
        Ok((text, spot))
    }
}

fn next_row(csv: &Path, records: &mut Records<'_>) -> Result<Option<(u64, StringRecord)>, DatasetError> {
    match records.next() {
        Ok((line, record)) => match StringRecord::from_byte_record(record.clone()) {
            Ok(record) => Ok(Some((line, record))),
            Err(_) => Err(DatasetError::NotUtf8 { csv: csv.to_path_buf(), line }),
        },
        Err(Stop::End) => Ok(None),
        Err(Stop::UnclosedQuote(line)) => Err(DatasetError::UnclosedQuote { csv: csv.to_path_buf(), line }),
    }
}

/// Projects made on Windows name their CSV with `\`.
fn slashed(path: &Path) -> PathBuf {
    match path.to_str() {
        Some(text) if text.contains('\\') && !path.exists() => text.replace('\\', "/").into(),
        _ => path.to_path_buf(),
    }
}
