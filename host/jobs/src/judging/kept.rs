//! The rows of a table with what judging needs of them, whoever computed their values: a plugin just now, or NNC in an
//! evaluation whose results are read again.

use nnc_dataset::Dataset;
use nnc_messages::Result;
use nnc_plugin_api::OutputSpec;
use nnc_report::Maps;
use nnc_result_folder::{Directory, Extent};

use crate::results::{Extra, Results};

/// A table, the score of each of its rows, and their maps.
pub(crate) struct KeptRows {
    results: Results,
    scores: Vec<f32>,
    /// Maps of the rows that were added; those of rows before them are read from their files.
    maps: Maps,
    extra: Extra,
    /// Columns of a map; `None` where the first output is none.
    map_columns: Option<usize>,
}

impl KeptRows {
    /// Goes on after the rows that have these scores.
    pub(crate) fn new(
        staging: &Directory,
        results: Results,
        scores: Vec<f32>,
        extra: Extra,
        outputs: &[OutputSpec],
    ) -> Self {
        let map_columns = outputs.first().and_then(|output| match *output.shape.as_slice() {
            [_, columns] => Some(columns),
            _ => None,
        });
        Self { results, scores, maps: Maps::in_folder(staging.path()), extra, map_columns }
    }

    /// Rows that it has.
    pub(crate) fn len(&self) -> usize {
        self.scores.len()
    }

    /// Takes the next row: the values of all outputs, what was computed beside them, and the image score. Returns the CRC-32 of
    /// its files.
    pub(crate) fn add(&mut self, dataset: &Dataset, values: &[&[f32]], extra: &[f32], score: f32) -> Result<u32> {
        let row = self.scores.len();
        let files = self.results.add(dataset, row, values, extra)?;
        self.scores.push(score);
        match (self.extra, self.map_columns, values.first()) {
            (Extra::Errors { columns, .. }, ..) => self.maps.keep(row, extra, columns),
            (Extra::Nothing, Some(columns), Some(map)) => self.maps.keep(row, map, columns),
            _ => {}
        }
        Ok(files)
    }

    /// Writes out the rows that were added; returns how much of the table there is.
    pub(crate) fn flush(&mut self) -> Result<Extent> {
        self.results.flush()
    }

    /// The results, complete, the score of every row, and the maps that were kept.
    pub(crate) fn into_parts(self) -> (Results, Vec<f32>, Maps) {
        (self.results, self.scores, self.maps)
    }
}
