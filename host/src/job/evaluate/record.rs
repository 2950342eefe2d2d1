//! What an evaluation writes down row by row: the results, and the checkpoint from which a next one can go on.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crc32fast::Hasher;
use nnc_dataset::Dataset;
use nnc_plugin_api::Interface;
use nnc_report::Maps;

use super::identity;
use super::scoring::Sink;
use crate::job::checkpoint::{self, Batch, Checkpoint, Found, Identity, Row};
use crate::job::outdir::remove;
use crate::job::protocol::{Pipe, Task};
use crate::job::results::{OUTPUTS, Results, TABLE};
use crate::job::worker::Job;
use crate::language::Interruption;
use nnc_messages::Doing;
use nnc_messages::{At, Exit, OrExit, Result};

/// Results and checkpoint of one evaluation.
pub(super) struct Record {
    results: Results,
    checkpoint: Checkpoint,
    /// Columns whose files the detector sees.
    columns: Vec<usize>,
    /// Of all finished rows.
    scores: Vec<f32>,
    /// Maps of the rows that this process scored; those of an interrupted evaluation are read from their files.
    maps: Maps,
    /// Columns of a map; `None` where the detector gives none.
    map_columns: Option<usize>,
    /// Seconds that an interrupted evaluation took for its rows.
    before: f64,
    since: Instant,
    /// Rows since the last finished batch.
    rows: Vec<Row>,
    told: Told,
}

impl Record {
    /// Goes on after what the staging folder holds of an evaluation like this one, else begins anew. Rows are scored in
    /// batches of `size`, and only whole ones are kept, so that the results are those of an evaluation without a break.
    pub(super) fn open(
        job: &Job,
        evaluated: &Identity,
        dataset: &Dataset,
        interface: &Interface,
        size: usize,
    ) -> Result<Self> {
        let folder = &job.spec.staging;
        let mut columns = Vec::new();
        for input in interface.inputs() {
            columns.extend(&dataset.variable(&input.variable).or_exit(Exit::Dataset)?.columns);
        }
        let mut found = match Checkpoint::find(folder, evaluated) {
            Found::Same(batches) => batches,
            Found::Other(names) => {
                job.pipe.warn(Interruption::Other.with(&[&names.join(", "), &checkpoint::rows_kept(folder)]));
                Vec::new()
            }
            Found::Nothing => Vec::new(),
        };
        found.truncate(usable(&found, dataset, &columns, size));
        let total = found.iter().map(|batch| batch.rows.len()).sum::<usize>() as u64;
        let progress = |done| job.services.show(Task::Resuming, done as u64, total);
        let reopened = Results::reopen(folder, dataset, &interface.outputs, &found, &progress)?;
        found.truncate(reopened.as_ref().map_or(0, |(_, kept)| *kept));
        let (results, checkpoint) = match reopened {
            Some((results, _)) => {
                clear(folder)?;
                (results, Checkpoint::go_on(folder, &found)?)
            }
            None => {
                let checkpoint = Checkpoint::begin(folder, evaluated)?;
                (Results::create(folder, dataset, &interface.outputs)?, checkpoint)
            }
        };
        let rows = found.iter().flat_map(|batch| &batch.rows);
        let scores: Vec<f32> = rows.map(|row| f32::from_bits(row.score)).collect();
        if !scores.is_empty() {
            job.pipe.info(Interruption::GoesOn.with(&[&scores.len(), &dataset.len()]));
        }
        Ok(Self {
            results,
            checkpoint,
            columns,
            before: found.last().map_or(0.0, |batch| batch.seconds),
            since: Instant::now(),
            rows: Vec::new(),
            told: Told::after(scores.len(), job),
            maps: Maps::in_folder(folder),
            map_columns: interface.outputs.first().and_then(|output| match *output.shape.as_slice() {
                [_, columns] => Some(columns),
                _ => None,
            }),
            scores,
        })
    }

    /// Seconds of scoring, those of an interrupted evaluation included.
    pub(super) fn seconds(&self) -> f64 {
        self.before + self.since.elapsed().as_secs_f64()
    }

    /// The results, complete, the score of every row, and the maps that were kept.
    pub(super) fn into_parts(self) -> (Results, Vec<f32>, Maps) {
        (self.results, self.scores, self.maps)
    }
}

impl Sink for Record {
    fn rows(&self) -> usize {
        self.scores.len()
    }

    fn add(&mut self, dataset: &Dataset, values: &[&[f32]], score: f32) -> Result<()> {
        let row = self.scores.len();
        let files = self.results.add(dataset, row, values)?;
        self.rows.push(Row { score: score.to_bits(), files, source: source(dataset, row, &self.columns) });
        self.scores.push(score);
        if let (Some(columns), Some(map)) = (self.map_columns, values.first()) {
            self.maps.keep(row, map, columns);
        }
        Ok(())
    }

    fn end_batch(&mut self, dataset: &Dataset) -> Result<()> {
        let (table, rows) = (self.results.flush()?, std::mem::take(&mut self.rows));
        self.checkpoint.add(&Batch { seconds: self.seconds(), table, rows })?;
        self.told.tell(self.scores.len(), dataset.len());
        Ok(())
    }
}

/// NNC's lines about the progress: one for each batch of the project's size, whatever is scored at once here.
struct Told {
    pipe: Arc<Pipe>,
    batch: usize,
    rows: usize,
}

impl Told {
    fn after(rows: usize, job: &Job) -> Self {
        let batch = job.spec.batch_size;
        Self { pipe: Arc::clone(&job.pipe), batch, rows: rows - rows % batch.max(1) }
    }

    fn tell(&mut self, done: usize, total: usize) {
        while self.rows < done && (self.rows + self.batch <= done || done == total) {
            self.rows = (self.rows + self.batch).min(total);
            self.pipe.nnabla(format!("data {} / {total}", self.rows));
        }
    }
}

/// How many batches are such as this evaluation would make of the rows as they are now.
fn usable(found: &[Batch], dataset: &Dataset, columns: &[usize], size: usize) -> usize {
    let mut first = 0;
    for (number, batch) in found.iter().enumerate() {
        let due = size.min(dataset.len().saturating_sub(first));
        let mut rows = (first..).zip(&batch.rows);
        if batch.rows.len() != due || !rows.all(|(row, noted)| noted.source == source(dataset, row, columns)) {
            return number;
        }
        first += due;
    }
    found.len()
}

/// CRC-32 of sizes and times of the files in these columns of a row: an image that was replaced is scored again.
fn source(dataset: &Dataset, row: usize, columns: &[usize]) -> u32 {
    let mut sum = Hasher::new();
    for found in columns.iter().filter_map(|&column| fs::metadata(dataset.file(row, column)?).ok()) {
        identity::stamp(&mut sum, &found);
    }
    sum.finalize()
}

/// Removes what an interrupted evaluation had made of its results already.
fn clear(folder: &Path) -> Result<()> {
    let kept = [TABLE, OUTPUTS, checkpoint::IDENTITY, checkpoint::ROWS];
    for entry in fs::read_dir(folder).at(Doing::Read, folder)? {
        let entry = entry.at(Doing::Read, folder)?;
        if !kept.iter().any(|name| entry.file_name() == *name) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}
