//! What an evaluation writes down row by row: the results, and the checkpoint from which a next one can be resumed.

use std::sync::Arc;
use std::time::Instant;

use nnc_dataset::Dataset;
use nnc_messages::{Exit, OrExit, Result, messages};
use nnc_plugin_api::Interface;
use nnc_report::Maps;
use nnc_result_folder::{Batch, Checkpoint, Directory, Found, Identity, Row, SealKey, names};

use super::score::Sink;
use super::source;
use crate::event::Task;
use crate::judging::kept::KeptRows;
use crate::results::{Extra, Results};
use crate::worker::parent::Parent;

/// What an interrupted evaluation has left that is worth keeping.
const KEPT: [&str; 6] =
    [names::TABLE, names::OUTPUTS, names::ERROR_MAPS, names::CLASS_MAPS, names::CHECKPOINT, names::CHECKPOINT_ROWS];

messages! {
    enum ResumeMessage {
        Resuming { finished: usize, images: usize } => "going on after {finished} of {images} images, which an interrupted evaluation has left",
            "中断された評価の結果が画像 {images} 枚中 {finished} 枚分残っているため、続きから評価します";
        Foreign { finished: usize } => "beginning with the first image: an interrupted evaluation has left {finished} finished ones, but another user, another computer or another copy of the plugin has made them, or they were changed",
            "中断された評価の結果が {finished} 枚分ありますが、別のユーザー、別のコンピューター、または別のプラグインによるものか、変更されているため、最初から評価します";
        Other { finished: usize, differences: Vec<String> } => "beginning with the first image: an interrupted evaluation has left {finished} finished ones, but this one differs in {differences}",
            "中断された評価の結果が {finished} 枚分ありますが、次の点が異なるため最初から評価します: {differences}";
    }
}

/// Results and checkpoint of one evaluation.
pub(super) struct ScoredRows {
    kept: KeptRows,
    checkpoint: Checkpoint,
    /// Columns whose files the detector sees.
    columns: Vec<usize>,
    /// Seconds that an interrupted evaluation took for its rows.
    before: f64,
    since: Instant,
    /// Rows since the last finished batch.
    rows: Vec<Row>,
    told: NncProgress,
}

impl ScoredRows {
    /// Resumes what the staging folder holds of an evaluation like this one, else begins with the first row. Rows are scored
    /// in batches of `size`, and only whole ones are kept, so that the results are those of an evaluation without a break.
    #[expect(clippy::too_many_arguments, reason = "what an evaluation is made of, each a type of its own")]
    pub(super) fn resume(
        staging: &Directory,
        evaluated: &Identity,
        key: &SealKey,
        dataset: &Dataset,
        interface: &Interface,
        extra: Extra,
        size: usize,
        told: NncProgress,
        parent: &Parent,
    ) -> Result<Self> {
        let mut columns = Vec::new();
        for input in interface.inputs() {
            columns.extend(&dataset.variable(&input.variable).or_exit(Exit::Dataset)?.columns);
        }
        let mut found = match Checkpoint::find(staging, evaluated, key) {
            Found::Same(batches) => batches,
            Found::Other { rows: finished, differences } => {
                parent.warn(&ResumeMessage::Other { finished, differences });
                Vec::new()
            }
            Found::Foreign { rows: finished } => {
                parent.warn(&ResumeMessage::Foreign { finished });
                Vec::new()
            }
            Found::Nothing => Vec::new(),
        };
        found.truncate(usable(&found, dataset, &columns, size));
        let total = found.iter().map(|batch| batch.rows.len()).sum::<usize>() as u64;
        let progress = |done| parent.progress(Task::Resuming, done as u64, total);
        let reopened = Results::reopen(staging, dataset, &interface.outputs, extra, &found, &progress)?;
        found.truncate(reopened.as_ref().map_or(0, |(_, whole)| *whole));
        let (results, checkpoint) = match reopened {
            Some((results, _)) => {
                staging.clear_except(&KEPT)?;
                (results, Checkpoint::resume(staging, evaluated, key, &found)?)
            }
            None => {
                let checkpoint = Checkpoint::begin(staging, evaluated, key)?;
                (Results::create(staging, dataset, &interface.outputs, extra)?, checkpoint)
            }
        };
        let rows = found.iter().flat_map(|batch| &batch.rows);
        let scores: Vec<f32> = rows.map(|row| f32::from_bits(row.score)).collect();
        if !scores.is_empty() {
            parent.info(&ResumeMessage::Resuming { finished: scores.len(), images: dataset.len() });
        }
        Ok(Self {
            checkpoint,
            columns,
            before: found.last().map_or(0.0, |batch| batch.seconds),
            since: Instant::now(),
            rows: Vec::new(),
            told: told.after(scores.len()),
            kept: KeptRows::new(staging, results, scores, extra, &interface.outputs),
        })
    }

    /// Seconds of scoring, those of an interrupted evaluation included.
    pub(super) fn seconds(&self) -> f64 {
        self.before + self.since.elapsed().as_secs_f64()
    }

    /// The results, complete, the score of every row, and the maps that were kept.
    pub(super) fn into_parts(self) -> (Results, Vec<f32>, Maps) {
        self.kept.into_parts()
    }
}

impl Sink for ScoredRows {
    fn rows(&self) -> usize {
        self.kept.len()
    }

    fn add(&mut self, dataset: &Dataset, values: &[&[f32]], extra: &[f32], score: f32) -> Result<()> {
        let row = self.kept.len();
        let files = self.kept.add(dataset, values, extra, score)?;
        self.rows.push(Row { score: score.to_bits(), files, source: source::of_row(dataset, row, &self.columns) });
        Ok(())
    }

    fn end_batch(&mut self, dataset: &Dataset) -> Result<()> {
        let (table, rows) = (self.kept.flush()?, std::mem::take(&mut self.rows));
        self.checkpoint.add(&Batch { seconds: self.seconds(), table, rows })?;
        self.told.tell(self.kept.len(), dataset.len());
        Ok(())
    }
}

/// NNC's lines about the progress: one for each batch of the project's size, whatever is scored at once here.
pub(super) struct NncProgress {
    parent: Arc<Parent>,
    batch: usize,
    rows: usize,
}

impl NncProgress {
    pub(super) fn new(parent: &Arc<Parent>, batch: usize) -> Self {
        Self { parent: Arc::clone(parent), batch, rows: 0 }
    }

    /// As if so many rows had been told of.
    fn after(self, rows: usize) -> Self {
        Self { rows: rows - rows % self.batch.max(1), ..self }
    }

    fn tell(&mut self, done: usize, total: usize) {
        while self.rows < done && (self.rows + self.batch <= done || done == total) {
            self.rows = (self.rows + self.batch).min(total);
            self.parent.nnabla(format!("data {} / {total}", self.rows));
        }
    }
}

/// How many batches are such as this evaluation would make of the rows as they are now.
fn usable(found: &[Batch], dataset: &Dataset, columns: &[usize], size: usize) -> usize {
    let mut first = 0;
    for (number, batch) in found.iter().enumerate() {
        let due = size.min(dataset.len().saturating_sub(first));
        let mut rows = (first..).zip(&batch.rows);
        let is_same = |(row, noted): (usize, &Row)| noted.source == source::of_row(dataset, row, columns);
        if batch.rows.len() != due || !rows.all(is_same) {
            return number;
        }
        first += due;
    }
    found.len()
}
