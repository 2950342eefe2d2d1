//! Evaluation files as NNC writes them (NNC contract 8.2 to 8.4): `output_result.csv`, one file per map, and
//! `output_result.zip`.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use nnc_dataset::{Dataset, output_cell};
use nnc_plugin_api::OutputSpec;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::failure::{At, Exit, Failure, Result};
use crate::number::push_f32;

/// Files per folder; NNC starts a new one after so many.
const FILES_PER_FOLDER: usize = 1000;

/// How an output appears in the table.
enum Kind {
    /// A file of rows of numbers.
    Matrix { columns: usize },
    /// Numbers in the table itself.
    Inline,
}

/// The table and map files of one evaluation, written row by row.
pub(crate) struct Results {
    folder: PathBuf,
    table: csv::Writer<BufWriter<File>>,
    header: Vec<String>,
    kinds: Vec<Kind>,
    /// Kept between maps, so that nothing is allocated for each.
    text: String,
}

impl Results {
    /// Starts the table for `outputs` in `folder`.
    pub(crate) fn create(folder: &Path, dataset: &Dataset, outputs: &[OutputSpec]) -> Result<Self> {
        let mut header: Vec<String> = dataset.header().to_vec();
        let mut kinds = Vec::new();
        for output in outputs {
            kinds.push(match *output.shape.as_slice() {
                [_, columns] => {
                    header.push(output.name.clone());
                    Kind::Matrix { columns }
                }
                [] | [1] => {
                    header.push(output.name.clone());
                    Kind::Inline
                }
                [n] => {
                    header.extend((0..n).map(|i| format!("{}__{i}", output.name)));
                    Kind::Inline
                }
                ref shape => {
                    return Err(Failure::new(
                        Exit::Plugin,
                        format!(
                            "output `{}` has shape {shape:?}; this version writes vectors and matrices",
                            output.name
                        ),
                    ));
                }
            });
        }
        let path = folder.join("output_result.csv");
        let file = BufWriter::new(File::create(&path).at("write", &path)?);
        let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(file);
        table.write_record(&header)?;
        Ok(Self { folder: folder.to_owned(), table, header, kinds, text: String::new() })
    }

    /// Path of the map of output `output` for `row`, relative to the job's folder.
    pub(crate) fn map_path(output: usize, row: usize) -> String {
        format!("outputs/{output}_{:04}/{row}.csv", row / FILES_PER_FOLDER)
    }

    /// Adds a row: the source cells, then one cell or file for each output.
    pub(crate) fn add(&mut self, dataset: &Dataset, row: usize, values: &[&[f32]]) -> Result<()> {
        let mut cells: Vec<String> =
            dataset.record(row).enumerate().map(|(i, cell)| output_cell(cell, dataset.is_comment(i))).collect();
        for (index, (kind, values)) in self.kinds.iter().zip(values).enumerate() {
            match *kind {
                Kind::Matrix { columns } => {
                    let path = Self::map_path(index, row);
                    self.text.clear();
                    push_matrix(&mut self.text, values, columns);
                    let file = self.folder.join(&path);
                    if row.is_multiple_of(FILES_PER_FOLDER) {
                        let folder = file.parent().unwrap_or(&self.folder);
                        fs::create_dir_all(folder).at("make", folder)?;
                    }
                    fs::write(&file, &self.text).at("write", &file)?;
                    cells.push(format!("./{path}"));
                }
                Kind::Inline => cells.extend(values.iter().map(|&value| {
                    let mut text = String::new();
                    push_f32(&mut text, value);
                    text
                })),
            }
        }
        self.table.write_record(&cells).at("write", &self.folder.join("output_result.csv"))
    }

    /// Ends the table and packs it with its files; returns what the status file says about it.
    pub(crate) fn finish(mut self, dataset: &Dataset) -> Result<Value> {
        self.table.flush().at("write", &self.folder.join("output_result.csv"))?;
        let kinds = std::mem::take(&mut self.kinds);
        let summary = json!({
            "csv_header": self.header.join(","),
            "column_num": self.header.len(),
            "data_num": dataset.len(),
        });
        drop(self.table);
        pack(&self.folder, dataset, &kinds)?;
        Ok(summary)
    }
}

fn push_matrix(text: &mut String, values: &[f32], columns: usize) {
    for line in values.chunks(columns.max(1)) {
        for (i, &value) in line.iter().enumerate() {
            if i > 0 {
                text.push(',');
            }
            push_f32(text, value);
        }
        text.push('\n');
    }
}

/// Packs the table and every map. Source files with absolute paths go along as `reference/N_name`, and the packed
/// table points to them; relative ones stay with their data set (NNC contract 8.4).
fn pack(folder: &Path, dataset: &Dataset, kinds: &[Kind]) -> Result<()> {
    let target = folder.join("output_result.zip");
    let mut zip = ZipWriter::new(BufWriter::new(File::create(&target).at("write", &target)?));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut references = Vec::new();

    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(folder.join("output_result.csv"))?;
    for (line, record) in reader.records().enumerate() {
        let record = record?;
        let cells = record.iter().map(|cell| {
            let path = Path::new(cell);
            if line == 0 || !path.is_absolute() || !path.is_file() {
                return cell.to_owned();
            }
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let member = format!("reference/{}_{name}", references.len());
            references.push((member.clone(), path.to_owned()));
            format!("./{member}")
        });
        let cells: Vec<String> = cells.collect();
        table.write_record(&cells)?;
    }
    let table = table.into_inner().map_err(|e| Failure::new(Exit::Failed, e))?;
    zip.start_file("output_result.csv", options).at("write", &target)?;
    zip.write_all(&table).at("write", &target)?;

    let mut add = |member: &str, path: &Path| -> Result<()> {
        zip.start_file(member, options).at("write", &target)?;
        let mut file = File::open(path).at("read", path)?;
        std::io::copy(&mut file, &mut zip).map(drop).at("write", &target)
    };
    for (member, path) in &references {
        add(member, path)?;
    }
    for row in 0..dataset.len() {
        for output in (0..kinds.len()).filter(|&i| matches!(kinds.get(i), Some(Kind::Matrix { .. }))) {
            let member = Results::map_path(output, row);
            add(&member, &folder.join(&member))?;
        }
    }
    zip.finish().at("write", &target)?.flush().at("write", &target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_is_written_row_by_row() {
        let mut text = String::new();
        push_matrix(&mut text, &[1.0, 0.5, 1e-5, f32::NAN], 2);
        assert_eq!(text, "1.0,0.5\n1e-05,nan\n");
    }

    #[test]
    fn maps_are_numbered_as_nnc_numbers_them() {
        assert_eq!(Results::map_path(0, 0), "outputs/0_0000/0.csv");
        assert_eq!(Results::map_path(1, 12_345), "outputs/1_0012/12345.csv");
    }
}
