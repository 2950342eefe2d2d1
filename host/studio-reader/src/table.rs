//! Answers about tables.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use nnc_dataset::{Dataset, Variable};
use nnc_messages::{Language, Said};
use serde::Serialize;
use serde_json::json;

use crate::serve::Refusal;

/// Different values that a label has at most; a column with more is none.
const LABELS: usize = 50;

/// A table that was read, with what is told of all of it.
pub(crate) struct Table {
    pub(crate) dataset: Dataset,
    /// For each column with labels how often each occurs.
    labels: BTreeMap<String, BTreeMap<String, usize>>,
    /// The column by which rows are chosen.
    label: Option<usize>,
}

impl Table {
    pub(crate) fn new(dataset: Dataset) -> Self {
        let counted: Vec<(usize, BTreeMap<String, usize>)> =
            dataset.variables().iter().filter_map(|variable| counts(&dataset, variable)).collect();
        let label = counted.first().map(|(column, _)| *column);
        let name = |column: usize| dataset.header().get(column).cloned().unwrap_or_default();
        let labels = counted.into_iter().map(|(column, counts)| (name(column), counts)).collect();
        Self { dataset, labels, label }
    }

    fn columns(&self) -> Vec<usize> {
        (0..self.dataset.header().len()).filter(|&column| !self.dataset.is_comment(column)).collect()
    }
}

/// How often each value of a variable appears, if it looks like a label: one number in every row, and few different ones.
fn counts(dataset: &Dataset, variable: &Variable) -> Option<(usize, BTreeMap<String, usize>)> {
    let [column] = variable.columns.as_slice() else { return None };
    let mut counts = BTreeMap::new();
    for row in 0..dataset.len() {
        dataset.number(row, variable)?;
        *counts.entry(dataset.text(row, *column)?.to_owned()).or_insert(0) += 1;
        if counts.len() > LABELS {
            return None;
        }
    }
    Some((*column, counts))
}

pub(crate) fn facts(table: &Table) -> Result<Vec<u8>, Refusal> {
    bytes(&json!({ "rows": table.dataset.len(), "labels": table.labels }))
}

/// Counts cells that lead out of the table's folder, and names the first.
pub(crate) fn outside(table: &Table) -> Result<Vec<u8>, Refusal> {
    let outside = table.dataset.outside();
    let first = outside.as_ref().map(|outside| outside.first.as_str());
    bytes(&json!({ "files": outside.as_ref().map_or(0, |outside| outside.files), "first": first }))
}

#[derive(Serialize)]
struct Line {
    /// From 0.
    row: usize,
    /// Line of the table's file.
    line: u64,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    text: String,
    /// Whether it names a file.
    file: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    shape: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// A page of rows. Only their files are looked into, so that a page of a large table takes no longer than one of a small one.
pub(crate) fn rows(
    table: &Table,
    offset: usize,
    limit: usize,
    label: Option<&str>,
    language: Language,
) -> Result<Vec<u8>, Refusal> {
    let dataset = &table.dataset;
    let columns = table.columns();
    let has_label = |row: &usize| match (label, table.label) {
        (Some(label), Some(column)) => dataset.text(*row, column) == Some(label),
        (Some(_), None) => false,
        (None, _) => true,
    };
    let rows = match (label, table.label.and_then(|column| dataset.header().get(column))) {
        (Some(label), Some(name)) => table.labels.get(name).and_then(|counts| counts.get(label)).copied().unwrap_or(0),
        (Some(_), None) => 0,
        (None, _) => dataset.len(),
    };
    let single = dataset.variables().iter().filter_map(|variable| match variable.columns.as_slice() {
        [column] => Some((*column, variable)),
        _ => None,
    });
    let variables: HashMap<usize, &Variable> = single.collect();
    let cell = |row: usize, column: usize| {
        let file = dataset.file(row, column);
        let looked = file.as_ref().and(variables.get(&column)).map(|variable| dataset.shape_of(row, variable));
        let (shape, problem) = match looked {
            Some(Ok(shape)) => (Some(shape.iter().map(usize::to_string).collect::<Vec<_>>().join(",")), None),
            Some(Err(error)) => (None, Some(Said(&error, language).to_string())),
            None => (None, None),
        };
        Cell { text: dataset.text(row, column).unwrap_or_default().to_owned(), file: file.is_some(), shape, problem }
    };
    let line = |row: usize| Line {
        row,
        line: dataset.line(row),
        cells: columns.iter().map(|&column| cell(row, column)).collect(),
    };
    let page: Vec<Line> = (0..dataset.len()).filter(has_label).skip(offset).take(limit).map(line).collect();
    let names: Vec<&String> = columns.iter().filter_map(|&column| dataset.header().get(column)).collect();
    let name = dataset.path().file_name().unwrap_or_default().to_string_lossy();
    bytes(&json!({
        "table": name, "rows": rows, "columns": names, "labels": table.labels, "offset": offset, "page": page,
    }))
}

/// The file that a cell names: of the column asked for, which counts without comments, or of the first that names one.
pub(crate) fn file(table: &Table, row: usize, column: Option<usize>) -> Option<std::path::PathBuf> {
    let columns = table.columns();
    match column {
        Some(place) => table.dataset.file(row, *columns.get(place)?),
        None => columns.into_iter().find_map(|column| table.dataset.file(row, column)),
    }
}

/// The name of a file as people know it.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// JSON, in which serde makes no mistakes.
pub(crate) fn bytes(value: &impl Serialize) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec(value).map_err(|error| Refusal::unreadable(error.to_string()))
}
