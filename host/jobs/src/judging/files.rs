//! The files of an evaluation for people: `evaluation.json`, `scores.csv`, `defects.csv` where a threshold
//! finds them, `report.html` and heat maps.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use nnc_messages::{At, Doing, Result, Say};
use nnc_report::{
    Evaluation, Maps, PageOptions, TimedPhase, Timing, write_defects, write_evaluation, write_heat_maps, write_html,
    write_scores,
};
use nnc_result_folder::{Directory, names};

use super::Progress;
use crate::event::Task;

/// Writes the files, and the pictures if they are wanted, into `staging`; they will lie in `home` in the end. Returns how
/// many pictures could not be made.
///
/// # Errors
/// What could not be written.
pub fn write(
    evaluation: &mut Evaluation,
    maps: &Maps,
    staging: &Directory,
    home: &Path,
    threads: usize,
    progress: Progress<'_>,
) -> Result<usize> {
    let mut without_map = 0;
    if evaluation.files.heat_maps {
        let clock = Instant::now();
        let total = evaluation.rows.len() as u64;
        let drawn = |done| progress(Task::HeatMaps, done as u64, total);
        without_map = write_heat_maps(evaluation, maps, &staging.file(names::HEAT_MAPS), threads, &drawn)?;
        let timing = Timing {
            phase: TimedPhase::HeatMaps,
            seconds: clock.elapsed().as_secs_f64(),
            images: evaluation.rows.len(),
        };
        evaluation.timings.retain(|timing| timing.phase != TimedPhase::HeatMaps);
        evaluation.timings.push(timing);
    }
    let evaluation = &*evaluation;
    write_file(staging, names::EVALUATION, |out| Ok(write_evaluation(evaluation, staging.path(), home, out)?))?;
    write_file(staging, names::SCORES, |out| Ok(write_scores(evaluation, out)?))?;
    if evaluation.rows.iter().any(|image| image.pixels.as_ref().is_some_and(|pixels| pixels.flagged.is_some())) {
        write_file(staging, names::DEFECTS, |out| Ok(write_defects(evaluation, out)?))?;
    }
    let (staged, placed) = (staging.path().display().to_string(), home.display().to_string());
    let options = PageOptions {
        language: nnc_language::chosen(),
        threads,
        // Files that are staged have their place in the folder.
        explain: &|error| error.said().replace(&staged, &placed),
        progress: &|done, total| progress(Task::Report, done as u64, total as u64),
    };
    write_file(staging, names::REPORT, |out| Ok(write_html(evaluation, maps, &options, out)?))?;
    Ok(without_map)
}

fn write_file(staging: &Directory, name: &str, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let mut file = BufWriter::new(staging.create(name)?);
    write(&mut file)?;
    file.flush().at(Doing::Write, &staging.file(name))
}
