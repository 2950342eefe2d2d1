//! Results that NNC has computed, judged as those of an evaluation here: no model runs. The table and its files may come from
//! anybody, so nothing outside of their folder or archive is read, and nothing in it is written.
//!
//! This file names the stages in order: `place` finds the results, `columns` tells outputs from what was evaluated,
//! `source` is what was evaluated, `values` reads the outputs, and `judging` makes of them what it makes of a run.

mod columns;
mod files;
mod inputs;
mod log;
mod messages;
mod place;
mod source;
mod values;

use std::path::{Path, PathBuf};

use nnc_console::Console;
use nnc_dataset::Dataset;
use nnc_files::{hex, sha256_of};
use nnc_messages::{At, Doing, Exit, Failure, OrExit, Result};
use nnc_plugin_api::Interface;
use nnc_project_types::ScoringPlan;
use nnc_report::{DatasetFacts, Evaluation, FileFacts, Maps, Origin, Task as Kind};
use nnc_result_folder::names::EVALUATION;
use nnc_result_folder::{Directory, Phase, ResultFolder, epoch_seconds};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::event::Task;
use crate::judging::computed::Computed;
use crate::judging::kept::KeptRows;
use crate::judging::rows::{self, Judging};
use crate::judging::task::{self, Decided, Facts};
use crate::judging::{figures, files as written, masks};
use crate::listener::Listener;
use crate::results::Results;
use crate::worker::samples::Reading;
use columns::Columns;
use files::Files;
use log::Log;
use messages::{RecordedMessage, Refused};
pub use place::Place;
use source::Source;
use values::Output;

/// How NNC is called where an evaluation names its plugin.
const NNC: (&str, &str) = ("nnc", "Neural Network Console");
/// Rows whose inputs are read at once.
const AT_ONCE: usize = 16;
/// The largest table; larger ones are no datasets either.
const MOST_OF_TABLE: u64 = 1 << 30;

/// What is to be judged, and how.
pub struct Asked<'a> {
    /// Where the results are.
    pub place: &'a Place,
    /// The dataset that was evaluated, if it is there.
    pub dataset: Option<&'a Path>,
    /// Name of the report.
    pub title: String,
    /// How rows are scored and judged.
    pub scoring: &'a ScoringPlan,
    /// Threads that read and draw.
    pub threads: usize,
}

/// Judges the results and publishes table, report and log in `out`. After an error nothing in it has changed.
///
/// # Errors
/// What is wrong with the results, the dataset or the folder, in a sentence that names the place.
pub fn judge(asked: &Asked<'_>, out: &ResultFolder, console: &Console) -> Result<Evaluation> {
    let staging = out.report_staging()?;
    let log = Log::new(console, &staging, out.path(), asked.place);
    let judged = Run { asked, staging: &staging, listener: &log }.all(out);
    // Also after an error, which would be printed behind the bar.
    console.clear_bar();
    match judged {
        Ok((evaluation, table)) => {
            log.end(out, evaluation.rows.len(), table)?;
            Ok(evaluation)
        }
        Err(failure) => {
            // The error that counts is the first one.
            let _ = out.discard_report();
            Err(log.renamed(failure))
        }
    }
}

/// What the rows gave.
struct Read {
    scores: Vec<f32>,
    maps: Maps,
    /// What a status file says about the table.
    table: Value,
}

/// One judgement.
struct Run<'a> {
    asked: &'a Asked<'a>,
    staging: &'a Directory,
    listener: &'a dyn Listener,
}

impl Run<'_> {
    /// Everything, up to the publication; returns what the status file says about the table.
    fn all(&self, out: &ResultFolder) -> Result<(Evaluation, Value)> {
        let (asked, scoring) = (self.asked, self.asked.scoring);
        let started = epoch_seconds();
        let names = out.replaced(Phase::Evaluate);
        if !names.is_empty() {
            self.listener.info(&RecordedMessage::WillReplace { names });
        }

        // Find the table, and what of it are outputs.
        let mut files = Files::open(asked.place, self.staging)?;
        let text = files.table(MOST_OF_TABLE)?;
        let path = files.table_path();
        let table = Dataset::of_text(path.clone(), PathBuf::new(), &text).or_exit(Exit::Dataset)?;
        let model = asked.place.model();
        let graph = model.as_deref().and_then(|model| nnp::archive::read_graph(model).ok());
        let given = asked.dataset.map(|dataset| Source::given(dataset, self.listener)).transpose()?;
        let columns = Columns::of(&table, given.as_ref().map(|source| &*source.dataset), graph.as_ref())?;
        let outputs = columns.outputs.iter().map(|group| Output::of(group, &table, &mut files));
        let outputs: Vec<Output> = outputs.collect::<Result<_>>()?;
        values::refuse_repeated(&outputs, &table)?;
        let names = outputs.iter().map(|output| output.name.clone()).collect();
        self.listener.info(&RecordedMessage::Reading { rows: table.len(), table: path.clone(), outputs: names });

        // What was evaluated.
        let source = match given {
            Some(source) => source.checked(&table)?,
            None => Source::own(&table, columns.source, &mut files, self.staging, self.listener)?,
        };
        masks::refuse_unrelated(scoring, &source.dataset)?;
        let interface = inputs::interface(&source, &outputs, graph.as_ref())?;
        let decided = self.decided(&source, &interface, model.as_deref())?;

        // Every row, from NNC's values.
        let read = self.rows(&source, &interface, &decided, &table, &outputs, &mut files)?;
        let Read { scores, maps, table: of_table } = read;
        let origin = Origin {
            host: crate::HOST.to_owned(),
            plugin: NNC.0.to_owned(),
            plugin_title: NNC.1.to_owned(),
            model: model.as_deref().filter(|_| graph.is_some()).map(file_facts).transpose()?,
            evaluated: source.facts(|| DatasetFacts {
                file: path.to_string_lossy().into_owned(),
                rows: table.len(),
                csv_sha256: hex(&Sha256::digest(&text)),
            })?,
            started,
            ..Origin::default()
        };
        let judging = Judging {
            title: &asked.title,
            scoring,
            dataset: &source.dataset,
            interface: &interface,
            decided: &decided,
            reading: self.reading(),
            staging: self.staging,
            threads: asked.threads,
            has_inputs: source.has(&interface.input.variable),
            listener: self.listener,
        };
        let mut evaluation = judging.judge(origin, &scores, &maps, None, Vec::new())?;

        // Write what people look at.
        let progress = |task, done, total| self.listener.progress(task, done, total);
        let home = rows::home(self.staging);
        let without = written::write(&mut evaluation, &maps, self.staging, home, asked.threads, &progress)?;
        if decided.task.gives_scores() {
            rows::warn_of_missing_maps(without, self.listener);
        }
        for figure in figures::of(&evaluation) {
            self.listener.info(&figure);
        }
        out.publish(Phase::Evaluate, self.staging)?;
        Ok((evaluation, of_table))
    }

    fn reading(&self) -> Reading {
        Reading { batch_size: AT_ONCE, threads: self.asked.threads }
    }

    /// What the model does, as far as that can be judged with what is there.
    fn decided(&self, source: &Source, interface: &Interface, model: Option<&Path>) -> Result<Decided> {
        let (wanted, dataset) = (self.asked.scoring.task, &*source.dataset);
        let facts = Facts { interface, dataset, model, is_detector: false };
        let needs = |task| Failure::new(Exit::Usage, Refused::NeedsDataset { task });
        let of_files = |task| matches!(task, Kind::Reconstruction | Kind::Segmentation | Kind::Regression);
        let mut decided = match (task::decide(&facts, wanted), wanted) {
            (Err(_), Some(task)) if of_files(task) && !source.is_complete() => return Err(needs(task)),
            (decided, _) => decided?,
        };
        let input = decided.variable.as_ref().map(|variable| variable.name.clone()).unwrap_or_default();
        if decided.task == Kind::Reconstruction && !source.has(&input) {
            if wanted.is_some() {
                return Err(needs(decided.task));
            }
            self.listener.warn(&RecordedMessage::NoInputs { task: decided.task });
            decided = Decided::without_inputs(&interface.outputs);
        }
        if let Some(told) = &decided.told {
            self.listener.info(told);
        }
        if decided.task == Kind::None && wanted.is_none() && !source.is_complete() {
            self.listener.warn(&RecordedMessage::NothingWithoutDataset);
        }
        if !decided.task.gives_scores() && self.asked.scoring.is_about_scores() {
            self.listener.warn(&task::TaskMessage::NoThreshold { task: decided.task });
        }
        Ok(decided)
    }

    /// Reads every row and keeps it as an evaluation keeps its own; returns scores and maps, and what a status file says.
    fn rows(
        &self,
        source: &Source,
        interface: &Interface,
        decided: &Decided,
        table: &Dataset,
        outputs: &[Output],
        files: &mut Files,
    ) -> Result<Read> {
        let dataset = &source.dataset;
        // Only a reconstruction is compared with what it was made from.
        let compared = decided.variable.as_ref().filter(|_| decided.task == Kind::Reconstruction);
        let compared = compared.and_then(|variable| interface.inputs().find(|input| input.variable == variable.name));
        let alone = Interface::new(compared.unwrap_or(&interface.input).clone(), interface.outputs.clone());
        let computed = Computed::new(decided, &alone, self.asked.scoring.rule);
        let is_of_bytes = outputs.get(decided.output).is_some_and(Output::is_picture);
        if is_of_bytes && matches!(decided.task, Kind::Reconstruction | Kind::Segmentation | Kind::Regression) {
            self.listener.info(&RecordedMessage::OfBytes);
        }
        let results = Results::create(self.staging, dataset, &interface.outputs, computed.kept())?;
        let mut kept = KeptRows::new(self.staging, results, Vec::new(), computed.kept(), &interface.outputs);
        let mut reader = compared.map(|input| self.reading().open_input(dataset, input)).transpose()?;
        let bytes = compared.and_then(nnc_plugin_api::Input::sample_bytes).unwrap_or_default().max(1);
        let mut row = 0;
        let mut add = |kept: &mut KeptRows, sample: &[u8]| -> Result<()> {
            let values: Vec<Vec<f32>> =
                outputs.iter().map(|output| output.read(table, row, files)).collect::<Result<_>>()?;
            let values: Vec<&[f32]> = values.iter().map(Vec::as_slice).collect();
            let (extra, score) = computed.of(dataset, row, sample, &values)?;
            kept.add(dataset, &values, &extra, score)?;
            row += 1;
            self.listener.progress(Task::Scoring, row as u64, table.len() as u64);
            Ok(())
        };
        match &mut reader {
            Some(reader) => {
                while let Some(batch) = reader.next_batch(AT_ONCE).or_exit(Exit::Dataset)? {
                    for sample in batch.bytes.chunks_exact(bytes).take(batch.count) {
                        add(&mut kept, sample)?;
                    }
                }
            }
            None => (0..table.len()).try_for_each(|_| add(&mut kept, &[]))?,
        }
        let (results, scores, maps) = kept.into_parts();
        Ok(Read { scores, maps, table: results.end(dataset)? })
    }
}

fn file_facts(file: &Path) -> Result<FileFacts> {
    Ok(FileFacts { name: file.to_string_lossy().into_owned(), sha256: sha256_of(file).at(Doing::Read, file)? })
}

/// Whether a folder holds an evaluation of ours, whose report is rebuilt in place.
pub fn is_ours(folder: &Path) -> bool {
    folder.join(EVALUATION).is_file()
}
