//! Evaluation files as NNC writes them (NNC contract 8.2 to 8.6): `output_result.csv`, the files of its cells,
//! `output_result.zip` and `confusion_matrix.json`.

mod confusion;
mod output;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use nnc_dataset::{Dataset, output_cell};
use nnc_plugin_api::OutputSpec;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::failure::{At, Exit, Failure, Result};
use confusion::Confusion;
use output::Stored;

/// File name of the confusion matrix.
pub(crate) const CONFUSION_MATRIX: &str = "confusion_matrix.json";

/// The table and the files of one evaluation, written row by row.
pub(crate) struct Results {
    folder: PathBuf,
    table: csv::Writer<BufWriter<File>>,
    header: Vec<String>,
    outputs: Vec<Stored>,
    confusion: Confusion,
}

impl Results {
    /// Starts the table for `outputs` in `folder`.
    pub(crate) fn create(folder: &Path, dataset: &Dataset, outputs: &[OutputSpec]) -> Result<Self> {
        if let Some(empty) = outputs.iter().find(|output| output.sample_len() == 0) {
            return Err(Failure::new(
                Exit::Plugin,
                format!("output `{}` has shape {:?} and so no values", empty.name, empty.shape),
            ));
        }
        let outputs: Vec<Stored> = outputs.iter().enumerate().map(|(index, spec)| Stored::new(index, spec)).collect();
        let mut header: Vec<String> = dataset.header().to_vec();
        header.extend(outputs.iter().flat_map(Stored::columns));
        let inline = outputs.iter().enumerate().filter_map(|(index, output)| Some((index, output.inline()?)));
        let confusion = Confusion::new(dataset, inline);
        let path = folder.join("output_result.csv");
        let file = BufWriter::new(File::create(&path).at("write", &path)?);
        let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(file);
        table.write_record(&header)?;
        Ok(Self { folder: folder.to_owned(), table, header, outputs, confusion })
    }

    /// Path of the file for `row` of output `output`, a matrix, relative to the job's folder.
    pub(crate) fn map_path(output: usize, row: usize) -> String {
        output::file(output, row, "csv")
    }

    /// Adds a row: the source cells, then cells and files for each output.
    pub(crate) fn add(&mut self, dataset: &Dataset, row: usize, values: &[&[f32]]) -> Result<()> {
        let mut cells: Vec<String> =
            dataset.record(row).enumerate().map(|(i, cell)| output_cell(cell, dataset.is_comment(i))).collect();
        for (output, values) in self.outputs.iter_mut().zip(values) {
            output.add(&self.folder, row, values, &mut cells)?;
        }
        self.confusion.add(dataset, row, values);
        self.table.write_record(&cells).at("write", &self.folder.join("output_result.csv"))
    }

    /// Ends the table, packs it with its files and writes the confusion matrix, if there is one; returns what the
    /// status file says about the table.
    pub(crate) fn finish(mut self, dataset: &Dataset) -> Result<Value> {
        self.table.flush().at("write", &self.folder.join("output_result.csv"))?;
        let summary = json!({
            "csv_header": self.header.join(","),
            "column_num": self.header.len(),
            "data_num": dataset.len(),
        });
        drop(self.table);
        pack(&self.folder, dataset, &self.outputs)?;
        if let Some(matrix) = self.confusion.finish() {
            let path = self.folder.join(CONFUSION_MATRIX);
            std::fs::write(&path, serde_json::to_vec_pretty(&matrix)?).at("write", &path)?;
        }
        Ok(summary)
    }
}

/// Packs the table and every file of an output. Source files with absolute paths go along as `reference/N_name`, and the packed
/// table points to them; relative ones stay with their data set (NNC contract 8.4).
fn pack(folder: &Path, dataset: &Dataset, outputs: &[Stored]) -> Result<()> {
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
        for member in outputs.iter().flat_map(|output| output.files(row)) {
            add(&member, &folder.join(&member))?;
        }
    }
    zip.finish().at("write", &target)?.flush().at("write", &target)
}
