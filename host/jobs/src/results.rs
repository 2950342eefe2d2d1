//! Evaluation files as NNC writes them (NNC contract 8.2 to 8.6): `output_result.csv`, the files of its cells,
//! `output_result.zip`, `confusion_matrix.json` and `classification_matrix.json`; and what is kept beside them for judging.

mod confusion;
mod extra;
mod inline;
mod number;
mod output;
mod pack;
mod reopen;
mod tallied;

use std::fs::File;

use crc32fast::Hasher;
use nnc_dataset::{Dataset, output_cell};
use nnc_messages::{At, Doing, Exit, Failure, Result, messages};
use nnc_plugin_api::OutputSpec;
use nnc_result_folder::names::{CLASSIFICATION_MATRIX, CONFUSION_MATRIX, TABLE};
use nnc_result_folder::{Batch, Directory, Extent};
use serde_json::{Value, json};

use confusion::Confusion;
pub(crate) use extra::Extra;
pub(crate) use inline::read_output;
use output::Stored;
use tallied::Tallied;

messages! {
    enum ResultsMessage {
        NoValues { output: String, shape: String } => "output `{output}` has shape {shape} and so no values",
            "出力 `{output}` の形状が {shape} のため、値がありません";
    }
}

/// The table and the files of one evaluation, written row by row.
pub(crate) struct Results {
    folder: Directory,
    table: csv::Writer<Tallied<File>>,
    header: Vec<String>,
    outputs: Vec<Stored>,
    extra: Extra,
    confusion: Confusion,
}

impl Results {
    /// Starts the table for `outputs` in `folder`.
    pub(crate) fn create(folder: &Directory, dataset: &Dataset, outputs: &[OutputSpec], extra: Extra) -> Result<Self> {
        let file = folder.create(TABLE)?;
        let mut results = Self::over(folder, dataset, outputs, extra, Tallied::after(Extent::default(), file))?;
        results.table.write_record(&results.header)?;
        Ok(results)
    }

    /// Resumes the table in `folder` after those of the batches that are still as they were noted. Says how many
    /// these are, or `None` if nothing is left of it; `progress` is told how many rows were looked at.
    pub(crate) fn reopen(
        folder: &Directory,
        dataset: &Dataset,
        outputs: &[OutputSpec],
        extra: Extra,
        found: &[Batch],
        progress: &dyn Fn(usize),
    ) -> Result<Option<(Self, usize)>> {
        let stored = stored(outputs);
        let kept = reopen::whole(folder, &stored, extra, found, progress);
        let Some(last) = kept.checked_sub(1).and_then(|last| found.get(last)) else { return Ok(None) };
        let file = folder.append(TABLE)?;
        // Rows after the last whole batch are scored again.
        file.set_len(last.table.bytes).at(Doing::Write, &folder.file(TABLE))?;
        let mut results = Self::over(folder, dataset, outputs, extra, Tallied::after(last.table, file))?;
        results.count_again(dataset)?;
        Ok(Some((results, kept)))
    }

    fn over(
        folder: &Directory,
        dataset: &Dataset,
        outputs: &[OutputSpec],
        extra: Extra,
        table: Tallied<File>,
    ) -> Result<Self> {
        if let Some(empty) = outputs.iter().find(|output| output.sample_len() == 0) {
            let (output, shape) = (empty.name.clone(), format!("{:?}", empty.shape));
            return Err(Failure::new(Exit::Plugin, ResultsMessage::NoValues { output, shape }));
        }
        let outputs = stored(outputs);
        let mut header: Vec<String> = dataset.header().to_vec();
        header.extend(outputs.iter().flat_map(Stored::columns));
        let inline = outputs.iter().enumerate().filter_map(|(index, output)| Some((index, output.inline()?)));
        let confusion = Confusion::new(dataset, inline);
        let table = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(table);
        Ok(Self { folder: folder.clone(), table, header, outputs, extra, confusion })
    }

    /// Counts the rows of the table for the confusion matrix, whose numbers all stand in it.
    fn count_again(&mut self, dataset: &Dataset) -> Result<()> {
        if self.outputs.iter().all(|output| output.inline().is_none()) {
            return Ok(());
        }
        let confusion = &mut self.confusion;
        inline::read(&self.folder, dataset, &self.outputs, &mut |row, values| {
            let values: Vec<&[f32]> = values.iter().map(Vec::as_slice).collect();
            confusion.add(dataset, row, &values);
        })
    }

    /// Path of the file for `row` of output `output`, a matrix, relative to the job's folder.
    pub(crate) fn map_path(output: usize, row: usize) -> String {
        output::file(output, row, "csv")
    }

    /// Path of the picture for `row` of output `output`, likewise.
    pub(crate) fn picture_path(output: usize, row: usize) -> String {
        output::file(output, row, "png")
    }

    /// Adds a row: the source cells, then cells and files for each output, and what is kept beside them. Returns the CRC-32
    /// of the files.
    pub(crate) fn add(&mut self, dataset: &Dataset, row: usize, values: &[&[f32]], extra: &[f32]) -> Result<u32> {
        let mut cells: Vec<String> =
            dataset.record(row).enumerate().map(|(i, cell)| output_cell(cell, dataset.is_comment(i))).collect();
        let mut sum = Hasher::new();
        for (output, values) in self.outputs.iter_mut().zip(values) {
            output.add(&self.folder, row, values, &mut cells, &mut sum)?;
        }
        self.extra.add(&self.folder, row, extra, &mut sum)?;
        self.confusion.add(dataset, row, values);
        self.table.write_record(&cells).at(Doing::Write, &self.folder.file(TABLE))?;
        Ok(sum.finalize())
    }

    /// Writes out the rows that were added; returns how much of the table there is.
    pub(crate) fn flush(&mut self) -> Result<Extent> {
        self.table.flush().at(Doing::Write, &self.folder.file(TABLE))?;
        Ok(self.table.get_ref().extent())
    }

    /// Ends the table, packs it with its files and writes the confusion matrix, if there is one; returns what the
    /// status file says about the table. `progress` is told how many rows are packed.
    pub(crate) fn finish(mut self, dataset: &Dataset, progress: &dyn Fn(usize)) -> Result<Value> {
        self.flush()?;
        pack::pack(&self.folder, dataset.len(), &self.outputs, progress)?;
        self.end(dataset)
    }

    /// Ends the table as [`Results::finish`] does, and packs nothing.
    pub(crate) fn end(mut self, dataset: &Dataset) -> Result<Value> {
        self.flush()?;
        let summary = json!({
            "csv_header": self.header.join(","),
            "column_num": self.header.len(),
            "data_num": dataset.len(),
        });
        let header: Vec<&str> = self.header.iter().map(String::as_str).collect();
        if let Some(matrix) = self.confusion.most_frequent(&header) {
            self.folder.write(CLASSIFICATION_MATRIX, &nnc_text::json::to_vec_pretty(&matrix)?)?;
        }
        if let Some(matrix) = self.confusion.finish() {
            self.folder.write(CONFUSION_MATRIX, &nnc_text::json::to_vec_pretty(&matrix)?)?;
        }
        Ok(summary)
    }
}

fn stored(outputs: &[OutputSpec]) -> Vec<Stored> {
    outputs.iter().enumerate().map(|(index, spec)| Stored::new(index, spec)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nnc_result_folder::Row;
    use nnc_result_folder::names::PACKED_TABLE;

    /// Adds rows of a classifier and of a map, and notes them as one batch.
    fn add(results: &mut Results, dataset: &Dataset, rows: std::ops::Range<usize>) -> Batch {
        let row = |row: usize| {
            let classes = [[0.9, 0.1], [0.2, 0.8], [f32::MIN_POSITIVE, 1.0 / 3.0]][row % 3];
            let files = results.add(dataset, row, &[&[row as f32; 4], &classes], &[row as f32; 2]).unwrap();
            Row { score: 0, files, source: 0 }
        };
        let rows = rows.map(row).collect();
        Batch { seconds: 0.0, table: results.flush().unwrap(), rows }
    }

    #[test]
    fn a_reopened_table_ends_like_one_without_a_break() {
        let temporary = tempfile::tempdir().unwrap();
        let csv = temporary.path().join("d.csv");
        std::fs::write(&csv, "x,y:label\n0,0\n1,1\n2,0\n3,1\n4,1\n5,0\n").unwrap();
        let dataset = Dataset::open(&csv).unwrap();
        let outputs = [OutputSpec::new("map", [2, 2]), OutputSpec::new("y'", [2])];
        let folder = Directory::new(temporary.path());
        let [whole, broken] = ["whole", "broken"].map(|name| folder.create_folder(name).unwrap());

        let extra = Extra::Errors { rows: 1, columns: 2 };
        let mut results = Results::create(&whole, &dataset, &outputs, extra).unwrap();
        add(&mut results, &dataset, 0..6);
        results.finish(&dataset, &|_| {}).unwrap();

        let mut results = Results::create(&broken, &dataset, &outputs, extra).unwrap();
        let mut noted = vec![add(&mut results, &dataset, 0..2), add(&mut results, &dataset, 2..3)];
        // Written, but not noted any more.
        add(&mut results, &dataset, 3..5);
        drop(results);
        noted[1].rows[0].files ^= 1;
        let (mut results, kept) =
            Results::reopen(&broken, &dataset, &outputs, extra, &noted, &|_| {}).unwrap().unwrap();
        assert_eq!(kept, 1);
        add(&mut results, &dataset, 2..6);
        results.finish(&dataset, &|_| {}).unwrap();

        for name in
            [TABLE, PACKED_TABLE, CONFUSION_MATRIX, CLASSIFICATION_MATRIX, "outputs/0_0000/5.csv", "errors/0000/5.csv"]
        {
            let read = |folder: &Directory| folder.read(name, 1 << 20).unwrap();
            assert!(read(&whole) == read(&broken), "{name}");
        }
    }
}
