//! What was evaluated: the dataset, where the user has it, else the columns of the table that are no outputs, with those of
//! its files that lie with the results.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use nnc_dataset::{Dataset, output_cell, parse_number, split_extension};
use nnc_files::sha256_of;
use nnc_messages::{At, Doing, Exit, Failure, OrExit, Result};
use nnc_report::DatasetFacts;
use nnc_result_folder::Directory;
use nnc_result_folder::names::INPUTS;

use super::files::{Files, inside};
use super::messages::{RecordedMessage, Refused};
use super::values::{excerpt, spot};
use crate::listener::Listener;
use crate::worker::samples;

/// The largest input or label.
const MOST_BYTES: u64 = 1 << 28;
/// Endings of the files that datasets have.
const ENDINGS: [&str; 9] = [".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".csv", ".npy"];

/// The dataset and what of it is there.
pub(super) struct Source {
    pub(super) dataset: Arc<Dataset>,
    /// Names of variables some of whose files are not there.
    missing: HashSet<String>,
    /// Whether the user has named it.
    is_given: bool,
}

impl Source {
    /// The dataset that the user names.
    pub(super) fn given(path: &Path, listener: &dyn Listener) -> Result<Self> {
        let dataset = samples::open(path, listener)?;
        let is_cache = dataset.path().is_dir();
        let is_missing = |column: usize| {
            !is_cache && (0..dataset.len()).any(|row| dataset.file(row, column).is_some_and(|file| !file.is_file()))
        };
        let missing = dataset.variables().iter().filter(|variable| variable.columns.iter().any(|&c| is_missing(c)));
        let missing = missing.map(|variable| variable.name.clone()).collect();
        Ok(Self { dataset, missing, is_given: true })
    }

    /// The same, if its rows are those of the table.
    pub(super) fn checked(self, table: &Dataset) -> Result<Self> {
        let dataset = &self.dataset;
        if dataset.len() != table.len() {
            return Err(Failure::new(
                Exit::Dataset,
                Refused::OtherRows {
                    table: table.path().to_owned(),
                    found: table.len(),
                    dataset: dataset.path().to_owned(),
                    expected: dataset.len(),
                },
            ));
        }
        for row in 0..dataset.len() {
            for column in (0..dataset.header().len()).filter(|&column| !dataset.is_comment(column)) {
                let cell = |dataset: &Dataset| dataset.text(row, column).unwrap_or_default().to_owned();
                let (found, expected) = (cell(table), cell(dataset));
                if !is_same(&found, &expected) {
                    return Err(Failure::new(
                        Exit::Dataset,
                        Refused::OtherCell {
                            at: spot(table, row, column),
                            found: excerpt(&found),
                            dataset: dataset.path().to_owned(),
                            line: dataset.line(row),
                            expected: excerpt(&expected),
                        },
                    ));
                }
            }
        }
        Ok(self)
    }

    /// The first `columns` of the table. Files that lie with the results are copied into `staging`, so that what is decoded is
    /// what was found there, and the report can be made again.
    pub(super) fn own(
        table: &Dataset,
        columns: usize,
        files: &mut Files,
        staging: &Directory,
        listener: &dyn Listener,
    ) -> Result<Self> {
        let inputs = staging.create_folder(INPUTS)?;
        let mut text = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
        let mut copied: HashMap<String, bool> = HashMap::new();
        let (mut missing, mut first) = (HashSet::new(), None);
        text.write_record(table.header().iter().take(columns))?;
        for row in 0..table.len() {
            let mut record = Vec::with_capacity(columns);
            for (column, cell) in table.record(row).enumerate().take(columns) {
                if table.is_comment(column) || cell.is_empty() || parse_number(cell).is_some() {
                    record.push(cell.to_owned());
                    continue;
                }
                let is_there = match copied.get(cell) {
                    Some(&known) => known,
                    None => {
                        let is_there = copy(cell, files, &inputs)?;
                        copied.insert(cell.to_owned(), is_there);
                        is_there
                    }
                };
                if !is_there {
                    missing.insert(column);
                    first.get_or_insert_with(|| excerpt(cell));
                }
                // A name that leads elsewhere would be read from there.
                record.push(inside(cell).map_or_else(|| harmless(cell), |_| cell.to_owned()));
            }
            text.write_record(&record)?;
        }
        if !copied.values().any(|is_there| *is_there) {
            staging.remove(INPUTS)?;
        }
        if let Some(first) = first {
            let absent = copied.values().filter(|is_there| !**is_there).count();
            listener.warn(&RecordedMessage::NotThere { files: absent, of: copied.len(), first });
        }
        let text = text.into_inner().map_err(|error| error.into_error())?;
        let dataset = Dataset::of_text(table.path().to_owned(), inputs.path().to_owned(), &text);
        let dataset = Arc::new(dataset.or_exit(Exit::Dataset)?);
        let is_missing = |column: &usize| missing.contains(column);
        let of_variables = dataset.variables().iter().filter(|variable| variable.columns.iter().any(is_missing));
        let missing = of_variables.map(|variable| variable.name.clone()).collect();
        Ok(Self { dataset, missing, is_given: false })
    }

    /// Whether all files of a variable are there.
    pub(super) fn has(&self, variable: &str) -> bool {
        !self.missing.contains(variable) && self.dataset.variable(variable).is_ok()
    }

    /// Whether all files are there.
    pub(super) fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    /// The dataset for the record; `own` tells of the table.
    pub(super) fn facts(&self, own: impl FnOnce() -> DatasetFacts) -> Result<DatasetFacts> {
        if !self.is_given {
            return Ok(own());
        }
        let table = self.dataset.table();
        Ok(DatasetFacts {
            file: self.dataset.path().to_string_lossy().into_owned(),
            rows: self.dataset.len(),
            csv_sha256: sha256_of(&table).at(Doing::Read, &table)?,
        })
    }
}

/// Copies the file that a cell names; says whether it was there.
fn copy(cell: &str, files: &mut Files, inputs: &Directory) -> Result<bool> {
    let name = inside(cell).filter(|_| {
        let ending = split_extension(cell).1.to_lowercase();
        ENDINGS.contains(&&*ending)
    });
    let Some(name) = name else { return Ok(false) };
    let Ok(bytes) = files.read(cell, MOST_BYTES)? else { return Ok(false) };
    if let Some(folder) = name.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        inputs.create_folder(folder)?;
    }
    inputs.write(&name, &bytes)?;
    Ok(true)
}

/// A name that leads nowhere, with the words of one that leads out of the folder.
fn harmless(cell: &str) -> String {
    let slashed = cell.replace('\\', "/");
    let names = slashed.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
    format!("./{}", names.collect::<Vec<_>>().join("/"))
}

/// Whether a cell of the table is that of the dataset: as NNC writes it, or the same file elsewhere (NNC contract 8.2, 8.4).
fn is_same(found: &str, expected: &str) -> bool {
    if let (Some(found), Some(expected)) = (parse_number(found), parse_number(expected)) {
        return found == expected || (found.is_nan() && expected.is_nan());
    }
    let name = |cell: &str| cell.replace('\\', "/").rsplit('/').next().unwrap_or_default().to_owned();
    let (found_name, expected_name) = (name(found), name(expected));
    let packed = found_name.split_once('_').filter(|_| found.starts_with("./reference/")).map(|(_, name)| name);
    found == output_cell(expected, false) || found_name == expected_name || packed == Some(&expected_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_a_table_are_those_of_its_dataset() {
        for (found, expected, due) in [
            ("./0/a.png", "0\\a.png", true),
            ("1.0", "1", true),
            ("nan", "nan", true),
            ("1", "2", false),
            ("/data/0/a.png", "0/a.png", true),
            ("./reference/12_a.png", "/data/a.png", true),
            ("./reference/12_a.png", "/data/b.png", false),
            ("./0/a.png", "0/b.png", false),
            ("", "a.png", false),
            ("./", "", true),
        ] {
            assert_eq!(is_same(found, expected), due, "{found} {expected}");
        }
    }

    #[test]
    fn names_that_lead_out_lead_nowhere() {
        for (cell, due) in
            [("/etc/passwd", "./etc/passwd"), ("../../a.png", "./a.png"), ("a/..\\b", "./a/b"), ("..", "./")]
        {
            assert_eq!(harmless(cell), due);
            assert!(inside(due).is_some() || due == "./", "{due}");
        }
    }
}
