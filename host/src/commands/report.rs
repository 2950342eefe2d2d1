//! `report`: rebuilds the report of an evaluation, optionally with a new threshold or with masks. Its stages: load
//! `evaluation.json`, judge the images, render the files, publish them.

use std::path::Path;

use nnc_project_types::ScoringOptions;
use nnc_report::{
    EVALUATION_FILE, Evaluation, HEAT_MAPS_FOLDER, Maps, Metrics, SCORES_FILE, name_defects, read_evaluation,
};

use super::print_json;
use crate::cli::ReportArgs;
use crate::console::{Console, LogTo};
use crate::job::judge::{Progress, REPORT_FILE, choose, decide, measure_pixels, write_files};
use crate::job::masks::Masks;
use crate::job::outdir::{OutDir, remove};
use crate::job::protocol::Task;
use crate::job::{Phase, figures};
use crate::language::{JobText, Message};
use nnc_messages::{Exit, Failure, OrExit, Result};

/// The files that are rebuilt.
const FILES: [&str; 4] = [EVALUATION_FILE, SCORES_FILE, HEAT_MAPS_FOLDER, REPORT_FILE];

/// Rebuilds the report in a folder.
pub(crate) fn run(args: &ReportArgs) -> Result<()> {
    let options = ScoringOptions {
        threshold: args.threshold.threshold,
        false_alarm_rate: args.threshold.false_alarm_rate,
        confidence: args.threshold.confidence,
        ..ScoringOptions::default()
    };
    let choice = options.threshold_choice().map_err(|error| Failure::new(Exit::Usage, error))?;
    if choice.is_none() && options.confidence.is_some() {
        return Err(Failure::new(Exit::Usage, JobText::ConfidenceAlone.with(&[])));
    }
    if !args.folder.join(EVALUATION_FILE).is_file() {
        return Err(Failure::new(Exit::Usage, JobText::NoEvaluation.with(&[&EVALUATION_FILE, &args.folder.display()])));
    }
    // Locked, so that no job replaces the files meanwhile.
    let out = OutDir::open(&args.folder, Phase::Evaluate)?;
    let mut evaluation = read_evaluation(out.path()).or_exit(Exit::Usage)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    evaluation.files.excel |= args.pictures.excel;
    evaluation.files.heat_maps |= args.pictures.heatmaps;

    if let Some(missing) = missing_images(&evaluation) {
        // Maps are stretched to the sizes of the images before they are compared with masks.
        if args.pictures.masks.is_some() {
            return Err(Failure::new(Exit::Usage, missing));
        }
        eprintln!("{}", Message::Warning.with(&[&missing]));
    }

    let staging = out.report_staging()?;
    let console = Console::new(if args.json { LogTo::Stderr } else { LogTo::Stdout });
    let progress = |task: Task, done, total| console.progress(&task.name().with(&[]), task.unit(), done, total);
    let maps = Maps::in_folder(&staging);
    let made = (|| {
        if let Some(folder) = &args.pictures.masks {
            take_masks(&mut evaluation, &std::path::absolute(folder)?, &maps, &staging, threads, &progress)?;
        }
        let threshold = match choice {
            _ if args.no_threshold => None,
            None => evaluation.threshold.take(),
            Some(_) => Some(
                choose(&evaluation, choice, options.confidence())
                    .ok_or_else(|| Failure::new(Exit::Usage, JobText::NoNormalImage.with(&[])))?,
            ),
        };
        decide(&mut evaluation, threshold, &maps, threads, &progress);
        write_files(&mut evaluation, &maps, &staging, out.path(), threads, &progress)?;
        out.publish_some(&staging, &FILES)
    })();
    // Also after an error, which would stand behind the bar.
    console.clear_bar();
    if made.is_err() {
        // The error that counts is the first one.
        let _ = remove(&staging);
    }
    made?;
    if args.json {
        return print_json(&evaluation.metrics);
    }
    for sentence in figures::sentences(&evaluation) {
        println!("{sentence}");
    }
    println!("{}", out.file(REPORT_FILE).display());
    Ok(())
}

/// Says which images are not there any more, as after the folder was moved.
fn missing_images(evaluation: &Evaluation) -> Option<String> {
    let mut missing = evaluation.rows.iter().filter_map(|row| row.image.as_ref()).filter(|path| !path.exists());
    let first = missing.next()?;
    let count = 1 + missing.count();
    Some(JobText::MapImages.with(&[&count, &evaluation.rows.len(), &first.display()]))
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
        return Err(Failure::new(Exit::Usage, JobText::NoMaskNamed.with(&[&folder.display()])));
    }
    name_defects(&mut evaluation.rows);
    evaluation.metrics = Metrics::of(&evaluation.rows);
    measure_pixels(&mut evaluation.metrics, &evaluation.rows, maps, scratch, threads, progress)
}
