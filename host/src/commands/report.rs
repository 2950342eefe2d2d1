//! `report`: rebuilds the report of an evaluation, optionally with a new threshold or with masks. Its stages: load
//! `evaluation.json`, judge the images, render the files, publish them. With `-o` it makes one of what NNC has computed.

mod recorded;

use std::path::{Path, PathBuf};

use nnc_console::{Console, LogTo};
use nnc_console::{print_error, print_line};
use nnc_messages::{Exit, Failure, OrExit, Result, Say, messages};
use nnc_project_types::{ScoringOptions, ThresholdChoice};
use nnc_report::{
    Evaluation, FromElsewhere, Maps, Metrics, Task, leave_out_foreign, name_defects, read_evaluation_and_origin,
};
use nnc_result_folder::names::{EVALUATION, REPORT, TABLE};
use nnc_result_folder::{Phase, ResultFolder, best_model};

use super::pair::Pair;
use super::{confined, print_json};
use crate::cli::ReportArgs;
use nnc_jobs::judging::masks::{MaskMessage, Masks};
use nnc_jobs::judging::verdicts::{choose, decide, measure_pixels};
use nnc_jobs::judging::{Progress, figures, files};
use nnc_jobs::recorded::Place;

messages! {
    /// Why a report cannot be rebuilt.
    enum Refused {
        ConfidenceAlone => "--confidence says nothing without --threshold or --false-alarm-rate; give one of them as well",
            "--confidence だけでは意味がありません。--threshold か --false-alarm-rate も指定してください";
        NoEvaluation { file: &'static str, folder: PathBuf } => "there is no {file} in {folder}; run `nnc-host evaluate` first",
            "{folder} に {file} がありません。先に `nnc-host evaluate` を実行してください";
        ResultsOfNnc { path: PathBuf } => "{path} holds results that Neural Network Console has computed; `nnc-host report {path} -o DIR` judges them and writes the report into the folder DIR, without running the model",
            "{path} には Neural Network Console の評価結果があります。`nnc-host report {path} -o フォルダー` で（モデルを実行せずに）判定し、レポートをそのフォルダーに出力します";
        NotAFolder { path: PathBuf } => "{path} is no folder; name the folder of an evaluation, or with -o the output_result.csv, output_result.zip or result_evaluate.nnp of Neural Network Console",
            "{path} はフォルダーではありません。評価結果のフォルダーを指定するか、-o を付けて Neural Network Console の output_result.csv、output_result.zip、result_evaluate.nnp を指定してください";
        JobOfNnc { file: &'static str, folder: PathBuf } => "there is no {file} in {folder}, but a model of NNC; `nnc-host evaluate PROJECT -o {folder}` evaluates it here and makes the report, with NNC's own network.ini or .sdcproj as PROJECT and --dataset for another table",
            "{folder} には NNC のモデルがありますが、{file} がありません。`nnc-host evaluate プロジェクト -o {folder}` でモデルを評価すると、レポートが作成されます。プロジェクトには NNC の network.ini や .sdcproj を指定でき、--dataset で別のデータセットも使えます";
        NoScores { task: Task } => "this evaluation is one of {task}; a threshold and masks need anomaly scores",
            "この評価は{task}です。しきい値とマスクの指定には異常度スコアが必要です";
        NoNormalImage => "there is no normal image to choose the threshold from; use --threshold",
            "しきい値を決めるための正常画像がありません。--threshold で指定してください";
        ImagesMoved { missing: usize, images: usize, first: PathBuf } =>
            "{missing} of {images} images of this evaluation are not where they were ({first}); move the folder back to where it was, or evaluate again",
            "この評価の画像 {images} 枚のうち {missing} 枚が元の場所（{first}）にありません。フォルダーを元の場所に戻すか、もう一度評価してください";
    }
}

messages! {
    enum ReportMessage {
        Warning { what: Refused } => "warning: {what}", "警告: {what}";
        LeftOver { path: PathBuf } => "note: {path} cannot be removed here; it is of no use any more and does no harm, the next evaluation in this folder tries again",
            "注意: {path} を削除できません。すでに不要なもので害はありません。このフォルダーでの次の評価時に、もう一度削除を試みます";
        Elsewhere { what: FromElsewhere } => "note: {what}", "注意: {what}";
    }
}

fn refused(why: Refused) -> Failure {
    Failure::new(Exit::Usage, why)
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
        return Err(refused(Refused::ConfidenceAlone));
    }
    if let Some(output) = &args.output {
        return recorded::run(args, output, options);
    }
    if !args.folder.join(EVALUATION).is_file() {
        let (file, folder) = (EVALUATION, args.folder.clone());
        confined::to_reading()?;
        let is_result =
            |place: Place| folder.is_dir() || place.file().ends_with(TABLE) || !matches!(place, Place::Table(_));
        if Place::of(&folder).ok().flatten().is_some_and(is_result) {
            return Err(refused(Refused::ResultsOfNnc { path: folder }));
        }
        if folder.is_file() {
            return Err(refused(Refused::NotAFolder { path: folder }));
        }
        // NNC leaves a model and none of our files.
        let is_of_nnc = !folder.join(Phase::Train.status()).exists()
            && (best_model(&folder).is_some() || Pair::in_folder(&folder).is_some());
        return Err(refused(if is_of_nnc {
            Refused::JobOfNnc { file, folder }
        } else {
            Refused::NoEvaluation { file, folder }
        }));
    }
    confined::to_folder(&args.folder)?;
    // Locked, so that no job replaces the files meanwhile.
    let out = ResultFolder::open(&args.folder, Phase::Evaluate)?;
    let mut evaluation = load(args, out.path())?;
    let is_about_scores =
        choice.is_some() || args.no_threshold || args.pictures.masks.is_some() || args.pictures.heatmaps;
    if is_about_scores && !evaluation.task.gives_scores() {
        return Err(refused(Refused::NoScores { task: evaluation.task }));
    }

    let staging = out.report_staging()?;
    let console = Console::new(if args.json { LogTo::Stderr } else { LogTo::Stdout });
    let progress = |task: nnc_jobs::Task, done, total| console.progress(&task.said(), task.unit(), done, total);
    let judging = Judging {
        maps: &Maps::in_folder(staging.path()),
        scratch: staging.path(),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        progress: &progress,
    };
    let rebuilt = (|| -> Result<()> {
        if evaluation.task.gives_scores() {
            judging.judge(args, choice, options.confidence(), &mut evaluation)?;
        }
        files::write(&mut evaluation, judging.maps, &staging, out.path(), judging.threads, &progress)?;
        Ok(out.publish_report(&staging)?)
    })();
    // Also after an error, which would be printed behind the bar.
    console.clear_bar();
    if rebuilt.is_err() {
        // The error that counts is the first one.
        let _ = out.discard_report();
    }
    rebuilt?;
    for path in out.left_over() {
        print_error(ReportMessage::LeftOver { path }.said());
    }
    if args.json {
        return match &evaluation.judged {
            Some(judged) => print_json(judged),
            None => print_json(&evaluation.metrics),
        };
    }
    for figure in figures::of(&evaluation) {
        print_line(figure.said());
    }
    print_line(out.file(REPORT).said());
    Ok(())
}

/// Reads the evaluation, with the files that are asked for now added to those it has. Warns of images that are gone.
fn load(args: &ReportArgs, folder: &Path) -> Result<Evaluation> {
    let (mut evaluation, is_foreign) = read_evaluation_and_origin(folder).or_exit(Exit::Usage)?;
    evaluation.files.excel |= args.pictures.excel;
    evaluation.files.heat_maps |= args.pictures.heatmaps;
    if let Some(what) = leave_out_foreign(&mut evaluation, folder, is_foreign) {
        print_error(ReportMessage::Elsewhere { what }.said());
    }
    if let Some(moved) = moved_images(&evaluation) {
        // Maps are stretched to the sizes of the images before they are compared with masks.
        if args.pictures.masks.is_some() {
            return Err(refused(moved));
        }
        print_error(ReportMessage::Warning { what: moved }.said());
    }
    Ok(evaluation)
}

/// Which images are no longer there, for example because the folder was moved.
fn moved_images(evaluation: &Evaluation) -> Option<Refused> {
    let mut missing = evaluation.rows.iter().filter_map(|row| row.image.as_ref()).filter(|path| !path.exists());
    let first = missing.next()?.clone();
    Some(Refused::ImagesMoved { missing: 1 + missing.count(), images: evaluation.rows.len(), first })
}

/// What judging works with.
struct Judging<'a> {
    maps: &'a Maps,
    scratch: &'a Path,
    threads: usize,
    progress: Progress<'a>,
}

impl Judging<'_> {
    /// Compares maps with masks, if a folder of them is given, and gives the images their verdicts.
    fn judge(
        &self,
        args: &ReportArgs,
        choice: Option<ThresholdChoice>,
        confidence: f64,
        evaluation: &mut Evaluation,
    ) -> Result<()> {
        if let Some(folder) = &args.pictures.masks {
            self.take_masks(evaluation, &std::path::absolute(folder)?)?;
        }
        let threshold = match choice {
            _ if args.no_threshold => None,
            None => evaluation.threshold.take(),
            Some(_) => Some(choose(evaluation, choice, confidence).ok_or_else(|| refused(Refused::NoNormalImage))?),
        };
        decide(evaluation, threshold, self.maps, self.threads, self.progress);
        Ok(())
    }

    /// Gives the images the masks of a folder and measures how well the maps find what they mark.
    fn take_masks(&self, evaluation: &mut Evaluation, folder: &Path) -> Result<()> {
        let masks = Masks::in_folder(folder)?;
        for image in &mut evaluation.rows {
            image.mask = masks.only_beside(&image.name)?;
        }
        if evaluation.rows.iter().all(|image| image.mask.is_none()) {
            return Err(Failure::new(Exit::Usage, MaskMessage::NoneMatches { folder: folder.to_owned() }));
        }
        name_defects(&mut evaluation.rows);
        evaluation.metrics = Metrics::of(&evaluation.rows);
        measure_pixels(&mut evaluation.metrics, &evaluation.rows, self.maps, self.scratch, self.threads, self.progress)
    }
}
