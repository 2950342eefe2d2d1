//! `jobs`: past jobs below a folder, and the differences between two of them.

mod compare;
mod foreign;
mod messages;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use nnc_report::{Interval, Judged, Metrics, Task, read_evaluation};
use nnc_result_folder::names::{EVALUATION, MODEL};
use nnc_result_folder::{Phase, best_model, finished_rows, is_busy};
use serde::Serialize;
use serde_json::{Map, Value};

use super::pair::Pair;
use super::{confined, print_json};
use crate::cli::{JobsArgs, JobsCommand};
use crate::table;
use foreign::OfNnc;
use messages::{Cell, Done, Heading, Kept, Sentence, State};
use nnc_console::print_line;
use nnc_jobs::provenance;
use nnc_messages::{Exit, Failure, Result, Say};
use nnc_text::{optional_path_text, path_text};

/// Folders inside folders that are searched.
const DEPTH: usize = 5;
/// Far more than any status file has.
const MAX_STATUS: u64 = 1 << 20;
/// State of a job that was killed; NNC has none for it.
const INTERRUPTED: &str = "interrupted";

/// Lists jobs or compares two.
pub(crate) fn run(args: JobsArgs) -> Result<()> {
    confined::to_reading()?;
    match args.command {
        Some(JobsCommand::Compare { first, second, json, .. }) => compare::run(&first, &second, json),
        None => list(&args.folder, args.json),
    }
}

/// One folder in which jobs were run.
#[derive(Debug, Serialize)]
struct PastJob {
    #[serde(serialize_with = "path_text")]
    folder: PathBuf,
    /// What was done there, the training first.
    phases: Vec<PastPhase>,
    /// The model of a folder that holds nothing else of a job, such as one of NNC.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "optional_path_text")]
    model: Option<PathBuf>,
    /// What NNC has computed there, if there is no evaluation of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    of_nnc: Option<OfNnc>,
    plugin: Option<String>,
    parameters: Map<String, Value>,
    metrics: Option<Metrics>,
    threshold: Option<f32>,
    /// What the model does, where that is no anomaly detection, and how well.
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<Task>,
    #[serde(skip_serializing_if = "Option::is_none")]
    judged: Option<Judged>,
}

/// What a status file says.
#[derive(Debug, Serialize)]
struct PastPhase {
    phase: Phase,
    status: String,
    /// Seconds since 1970.
    start: f64,
    seconds: f64,
    error: Option<String>,
    /// Images of an evaluation that was interrupted and can go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<usize>,
}

fn list(folder: &Path, json: bool) -> Result<()> {
    if !folder.is_dir() {
        return Err(Failure::new(Exit::Usage, Sentence::NoFolder { folder: folder.to_owned() }));
    }
    let mut jobs = Vec::new();
    search(folder, DEPTH, &mut jobs);
    // The latest first, as in NNC's history.
    let start = |job: &PastJob| job.phases.last().map_or(0.0, |phase| phase.start);
    jobs.sort_by(|a, b| start(b).total_cmp(&start(a)));
    if json {
        return print_json(&jobs);
    }
    if jobs.is_empty() {
        print_line(Sentence::NoJob { folder: folder.to_owned() }.said());
        return Ok(());
    }
    let headings = [
        Heading::Job,
        Heading::Status,
        Heading::Plugin,
        Heading::Auroc,
        Heading::Pixel,
        Heading::Started,
        Heading::Time,
        Heading::Parameters,
    ];
    let mut table = vec![headings.map(|heading| heading.said())];
    table.extend(jobs.iter().map(|job| line(job, folder)));
    // A column that only some jobs have.
    let figures: Vec<String> =
        jobs.iter().map(|job| figure(job).map(|figure| figure.said()).unwrap_or_default()).collect();
    if figures.iter().all(String::is_empty) {
        print_table(&table);
    } else {
        let figures = std::iter::once(Heading::Figure.said()).chain(figures);
        let wider = table.into_iter().zip(figures).map(|(line, figure)| {
            let [job, status, plugin, auroc, pixel, started, time, parameters] = line;
            [job, status, plugin, auroc, pixel, figure, started, time, parameters]
        });
        print_table(&wider.collect::<Vec<_>>());
    }
    if let Some(job) = jobs.iter().find(|job| job.of_nnc.is_some()) {
        print_line(Sentence::ReportOfNnc { folder: job.folder.clone() }.said());
    }
    for job in &jobs {
        for phase in &job.phases {
            if let Some(error) = &phase.error {
                print_line(format!("{}: {}: {error}", name(job, folder), done(phase.phase).said()));
            }
        }
    }
    Ok(())
}

/// Adds the jobs in `folder` and below; a folder with a job is not searched any further.
fn search(folder: &Path, depth: usize, jobs: &mut Vec<PastJob>) {
    if let Some(job) = read(folder) {
        jobs.push(job);
    } else if depth > 0 {
        // A folder that may not be read holds nothing to list.
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for path in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|e| e.path()) {
            if path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')) {
                search(&path, depth - 1, jobs);
            }
        }
    }
}

/// The job of a folder, if it holds one. Files that are missing or broken leave their cells empty.
fn read(folder: &Path) -> Option<PastJob> {
    let phases = [Phase::Train, Phase::Evaluate].into_iter().filter_map(|phase| read_phase(folder, phase));
    let phases: Vec<PastPhase> = phases.collect();
    let evaluation = folder.join(EVALUATION).is_file().then(|| read_evaluation(folder).ok()).flatten();
    let of_nnc = if evaluation.is_none() { OfNnc::in_folder(folder) } else { None };
    let nothing = phases.is_empty() && evaluation.is_none() && of_nnc.is_none();
    // NNC leaves a model and none of our files.
    let model = nothing.then(|| best_model(folder).or_else(|| Pair::in_folder(folder).map(Pair::into_text))).flatten();
    if nothing && model.is_none() {
        return None;
    }
    let mut job = PastJob {
        folder: folder.to_owned(),
        phases,
        model,
        of_nnc,
        plugin: None,
        parameters: Map::new(),
        metrics: None,
        threshold: None,
        task: None,
        judged: None,
    };
    if let Some(evaluation) = evaluation {
        job.plugin = Some(format!("{} {}", evaluation.origin.plugin, evaluation.origin.plugin_version));
        job.parameters = evaluation.origin.parameters;
        job.threshold = evaluation.threshold.map(|threshold| threshold.value);
        job.metrics = Some(evaluation.metrics);
        job.task = Some(evaluation.task).filter(|task| *task != Task::Anomaly);
        job.judged = evaluation.judged;
    } else if let Some(origin) = provenance::read(&folder.join(MODEL)).ok().flatten() {
        job.plugin = Some(format!("{} {}", origin.plugin.id, origin.plugin.version));
        job.parameters = origin.parameters;
    }
    Some(job)
}

fn read_phase(folder: &Path, phase: Phase) -> Option<PastPhase> {
    let text = nnc_files::read_regular(&folder.join(phase.status()), MAX_STATUS).ok()?;
    let status: Value = serde_json::from_slice(&text).ok()?;
    let number = |key: &str| status.get(key).and_then(Value::as_f64);
    let start = number("start_time").unwrap_or_default();
    let end = number("end_time").or(number("update_timestamp")).unwrap_or(start);
    let error = status.get("last_error").and_then(|error| error.get("message")).and_then(Value::as_str);
    let status = status.get("status").and_then(Value::as_str).unwrap_or("unknown");
    // A job that was killed could not say so.
    let running = matches!(status, "processing" | "preprocessing");
    let dead = running && !is_busy(folder);
    let kept = (phase == Phase::Evaluate && (dead || !running)).then(|| finished_rows(folder));
    Some(PastPhase {
        phase,
        status: if dead { INTERRUPTED } else { status }.to_owned(),
        kept: kept.filter(|&rows| rows > 0),
        start,
        seconds: end - start,
        error: error.map(str::to_owned),
    })
}

fn name(job: &PastJob, below: &Path) -> String {
    match job.folder.strip_prefix(below) {
        Ok(inside) if !inside.as_os_str().is_empty() => inside.display().to_string(),
        _ => job.folder.display().to_string(),
    }
}

fn line(job: &PastJob, below: &Path) -> [String; 8] {
    let phase = |phase: &PastPhase| Cell::Phase {
        done: done(phase.phase),
        state: state(&phase.status),
        kept: phase.kept.map(|count| Kept::Images { count }),
    };
    let mut status: Vec<Cell> = match &job.model {
        Some(_) => vec![Cell::ModelOnly],
        None => job.phases.iter().map(phase).collect(),
    };
    status.extend(job.of_nnc.iter().map(|_| Cell::ResultsOfNnc));
    let metrics = job.metrics.as_ref();
    let started = job.phases.first().map(|phase| local_time(phase.start)).unwrap_or_default();
    let seconds: f64 = job.phases.iter().map(|phase| phase.seconds).sum();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let parameters: Vec<String> =
        job.parameters.iter().map(|(name, value)| format!("{name}={}", text(value))).collect();
    [
        name(job, below),
        status.said(),
        job.plugin.clone().unwrap_or_default(),
        area(metrics.and_then(|metrics| metrics.image).map(|image| (image.auroc, image.auroc_interval))),
        area(metrics.and_then(|metrics| metrics.pixel).map(|pixel| (pixel.auroc, pixel.auroc_interval))),
        started,
        Cell::Seconds { seconds: format!("{seconds:.1}") }.said(),
        parameters.join(" "),
    ]
}

/// An area and where it probably lies, as short as a table needs; nothing where there is none.
fn area(area: Option<(f64, Option<Interval>)>) -> String {
    match area {
        None => String::new(),
        Some((area, None)) => format!("{area:.4}"),
        Some((area, Some(Interval { low, high }))) => format!("{area:.4} ({low:.3}–{high:.3})"),
    }
}

/// The figure that says most about a model that is no detector.
fn figure(job: &PastJob) -> Option<Cell> {
    let text = |value: Option<f64>| value.map(|value| format!("{value:.4}"));
    if let Some(of_nnc) = &job.of_nnc {
        return text(of_nnc.accuracy).map(|value| Cell::Accuracy { value });
    }
    match job.judged.as_ref()? {
        Judged::Classification(metrics) => text(metrics.accuracy).map(|value| Cell::Accuracy { value }),
        Judged::Regression(metrics) => text(metrics.r2).map(|value| Cell::R2 { value }),
        Judged::Segmentation(metrics) => text(metrics.mean_iou).map(|value| Cell::Iou { value }),
        Judged::Likeness(metrics) => text(metrics.rmse).map(|value| Cell::Rmse { value }),
    }
}

/// Date and time of day where the program runs.
fn local_time(seconds: f64) -> String {
    let stamp = Timestamp::from_second(seconds as i64);
    stamp.map(|stamp| stamp.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}

fn done(phase: Phase) -> Done {
    match phase {
        Phase::Train => Done::Training,
        Phase::Evaluate => Done::Evaluation,
    }
}

/// NNC's name of a state in words; a name of others stays as it is.
fn state(status: &str) -> State {
    match status {
        "finished" => State::Finished,
        "failed" => State::Failed,
        "processing" => State::Processing,
        "preprocessing" => State::Preprocessing,
        "suspended" => State::Suspended,
        INTERRUPTED => State::Interrupted,
        "queued" => State::Queued,
        "unknown" => State::Unknown,
        other => State::Other { name: other.to_owned() },
    }
}

fn print_table<const COLUMNS: usize>(lines: &[[String; COLUMNS]]) {
    for line in table::fitted(lines, table::width()) {
        print_line(line);
    }
}
