//! Where in a dataset something lies.

use std::path::{Path, PathBuf};

/// The place of a problem: a cell of the table, and the file it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The dataset CSV.
    pub csv: PathBuf,
    /// Physical line of that CSV on which the row starts, from 1.
    pub line: u64,
    /// Header cell of the column, as written.
    pub column: String,
    /// The file the cell names, where it names one.
    pub file: Option<PathBuf>,
}

/// A [`Place`] by reference: what the decoders carry along while nothing is wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot<'a> {
    pub(crate) csv: &'a Path,
    pub(crate) line: u64,
    pub(crate) column: &'a str,
    pub(crate) file: Option<&'a Path>,
}

impl Spot<'_> {
    pub(crate) fn place(&self) -> Place {
        Place {
            csv: self.csv.to_path_buf(),
            line: self.line,
            column: self.column.to_string(),
            file: self.file.map(Path::to_path_buf),
        }
    }
}
