//! A dataset CSV as a table: header, rows, variables, every cell as it was written (NNC contract 1.1).

mod encoding;
mod open;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cache::Cache;
use crate::cell::{Content, classify};
use crate::cells::Cells;
use crate::error::{DatasetError, Spot};
use crate::header::{self, HeaderWarning, Variable};
use crate::number::parse_number;
use crate::unused::{Tally, UnusedParts};

/// The copy of the CSV inside a cache.
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
    warnings: Vec<HeaderWarning>,
    cache: Option<Arc<Cache>>,
    /// What was not used of images; clones share it.
    unused: Arc<Tally>,
}

impl Dataset {
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

    /// What was not used of the images that were decoded so far, by any reader or check.
    pub fn unused(&self) -> Vec<UnusedParts> {
        self.unused.parts(|row, column| self.record(row).nth(column).unwrap_or_default().to_owned())
    }

    /// Where that is noted.
    pub(crate) fn tally(&self) -> &Tally {
        &self.unused
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

    /// The cell in `column` of `row` (both from 0) as written; none where there is no such cell.
    pub fn text(&self, row: usize, column: usize) -> Option<&str> {
        self.cells.get(row, column)
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

    /// What is odd about the header but not wrong.
    pub fn warnings(&self) -> &[HeaderWarning] {
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

    /// Every file that a cell names, row by row; also those that are not there.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        let columns = (0..self.header.len()).filter(|&column| !self.is_comment(column));
        (0..self.len()).flat_map(move |row| columns.clone().filter_map(move |column| self.file(row, column)))
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
