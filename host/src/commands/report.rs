//! `report`: rebuilds the report of an evaluation, optionally with a new threshold or with masks. Its stages: load
//! `evaluation.json`, judge the images, render the files, publish them.

use std::path::{Path, PathBuf};

use nnc_console::{Console, LogTo};
use nnc_messages::{Exit, Failure, OrExit, Result, Say, messages};
use nnc_project_types::ScoringOptions;
use nnc_report::{Evaluation, Maps, Metrics, name_defects, read_evaluation};
use nnc_result_folder::names::{EVALUATION, REPORT};
use nnc_result_folder::{Phase, ResultFolder};

use super::print_json;
use crate::cli::ReportArgs;
use crate::job::Task;
use crate::job::judging::masks::{MaskMessage, Masks};
use crate::job::judging::verdicts::{choose, decide, measure_pixels};
use crate::job::judging::{Progress, figures, files};

messages! {
    enum ReportMessage {
        Warning { what: MissingImages } => "warning: {what}", "警告: {what}";
        NoNormalImage => "there is no normal image to choose the threshold from; use --threshold",
            "しきい値を決めるための正常画像がありません。--threshold で指定してください";
        NoEvaluation { file: &'static str, folder: PathBuf } => "there is no {file} in {folder}; run `nnc-host evaluate` first",
            "{folder} に {file} がありません。先に `nnc-host evaluate` を実行してください";
        ConfidenceAlone => "--confidence says nothing without --threshold or --false-alarm-rate; give one of them as well",
            "--confidence だけでは意味がありません。--threshold か --false-alarm-rate も指定してください";
    }
}

messages! {
    enum MissingImages {
        Some { missing: usize, images: usize, first: PathBuf } => "{missing} of {images} images of this evaluation are not where they were ({first}); move the folder back to where it was, or evaluate again",
            "この評価の画像 {images} 枚のうち {missing} 枚が元の場所（{first}）にありません。フォルダーを元の場所に戻すか、もう一度評価してください";
    }
}

/// Rebuilds the report of a folder.
pub(crate) fn run(args: &ReportArgs) -> Result<()> {
    let options = ScoringOptions {
        threshold: args.threshold.threshold,
        false_alarm_rate: args.threshold.false_alarm_rate,
        confidence: args.threshold.confidence,
        ..ScoringOptions::default()
    };
    let choice = options.threshold_choice().map_err(|error| Failure::new(Exit::Usage, error))?;
    if choice.is_none() && options.confidence.is_some() {
        return Err(Failure::new(Exit::Usage, ReportMessage::ConfidenceAlone));
    }
    if !args.folder.join(EVALUATION).is_file() {
        let message = ReportMessage::NoEvaluation { file: EVALUATION, folder: args.folder.clone() };
        return Err(Failure::new(Exit::Usage, message));
    }
    // Locked, so that no job replaces the files meanwhile.
    let out = ResultFolder::open(&args.folder, Phase::Evaluate)?;
    let mut evaluation = read_evaluation(out.path()).or_exit(Exit::Usage)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    evaluation.files.excel |= args.pictures.excel;
    evaluation.files.heat_maps |= args.pictures.heatmaps;

    if let Some(missing) = missing_images(&evaluation) {
        // Maps are stretched to the sizes of the images before they are compared with masks.
        if args.pictures.masks.is_some() {
            return Err(Failure::new(Exit::Usage, missing));
        }
        eprintln!("{}", ReportMessage::Warning { what: missing }.said());
    }

    let staging = out.report_staging()?;
    let console = Console::new(if args.json { LogTo::Stderr } else { LogTo::Stdout });
    let progress = |task: Task, done, total| console.progress(&task.said(), task.unit(), done, total);
    let maps = Maps::in_folder(staging.path());
    let made = (|| -> Result<()> {
        if let Some(folder) = &args.pictures.masks {
            take_masks(&mut evaluation, &std::path::absolute(folder)?, &maps, staging.path(), threads, &progress)?;
        }
        let threshold = match choice {
            _ if args.no_threshold => None,
            None => evaluation.threshold.take(),
            Some(_) => Some(
                choose(&evaluation, choice, options.confidence())
                    .ok_or_else(|| Failure::new(Exit::Usage, ReportMessage::NoNormalImage))?,
            ),
        };
        decide(&mut evaluation, threshold, &maps, threads, &progress);
        files::write(&mut evaluation, &maps, &staging, out.path(), threads, &progress)?;
        Ok(out.publish_report(&staging)?)
    })();
    // Also after an error, which would stand behind the bar.
    console.clear_bar();
    if made.is_err() {
        // The error that counts is the first one.
        let _ = out.discard_report();
    }
    made?;
    if args.json {
        return print_json(&evaluation.metrics);
    }
    for figure in figures::of(&evaluation) {
        println!("{}", figure.said());
    }
    println!("{}", out.file(REPORT).display());
    Ok(())
}

/// Says which images are not there any more, as after the folder was moved.
fn missing_images(evaluation: &Evaluation) -> Option<MissingImages> {
    let mut missing = evaluation.rows.iter().filter_map(|row| row.image.as_ref()).filter(|path| !path.exists());
    let first = missing.next()?;
    let first = first.clone();
    Some(MissingImages::Some { missing: 1 + missing.count(), images: evaluation.rows.len(), first })
}

/// Gives the images masks of a folder and measures how well they are met.
fn take_masks(
    evaluation: &mut Evaluation,
    folder: &Path,
    maps: &Maps,
    scratch: &Path,
    threads: usize,
    progress: Progress<'_>,
) -> Result<()> {
    let masks = Masks::in_folder(folder)?;
    for image in &mut evaluation.rows {
        image.mask = masks.beside(&image.name);
    }
    if evaluation.rows.iter().all(|image| image.mask.is_none()) {
        return Err(Failure::new(Exit::Usage, MaskMessage::NoneMatches { folder: folder.to_owned() }));
    }
    name_defects(&mut evaluation.rows);
    evaluation.metrics = Metrics::of(&evaluation.rows);
    measure_pixels(&mut evaluation.metrics, &evaluation.rows, maps, scratch, threads, progress)
}
