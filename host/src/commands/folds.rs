//! `nnc-host evaluate --folds K`: trains and evaluates K times, each time on other images, for sets that are too small to split
//! once. Every image is evaluated by a model that knows neither it nor its group.

mod split;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use nnc_console::print_line;
use nnc_dataset::Dataset;
use nnc_jobs::LABEL;
use nnc_jobs::judging::masks::Masks;
use nnc_jobs::judging::verdicts::{choose, decide, measure_pixels};
use nnc_jobs::judging::{Progress, figures, files, groups};
use nnc_jobs::spec::{Evaluate, Train, Work};
use nnc_messages::{Exit, Failure, OrExit, Result, Say, messages};
use nnc_project_types::ScoringPlan;
use nnc_report::{ColourScale, Counts, DatasetFacts, EvaluatedImage, Evaluation, Maps, Metrics, read_evaluation};
use nnc_result_folder::names::{BEST_MODEL, REPORT};
use nnc_result_folder::{Phase, ResultFolder, SealKey, Status};
use serde_json::json;

use super::jobs::Launch;
use super::print_json;
use crate::cli::EvaluateArgs;
use split::{Member, normal_units, split};

/// The tables of a fold, in its folder.
const TABLES: [&str; 2] = ["train.csv", "test.csv"];
/// The variable that detectors read.
const INPUT: &str = "x";

messages! {
    /// What is said about folds.
    enum FoldsMessage {
        TooFew { folds: usize, what: Unit, found: usize } =>
            "{folds} folds need at least as many {what}; there are {found}: use fewer folds",
            "{folds} 分割には、{what}が {folds} 以上必要です（現在は {found}）。分割数を減らしてください";
        NoFile { dataset: PathBuf, line: u64 } =>
            "{dataset}:{line}: folds are for images in files, one in column `x` of each row",
            "{dataset}:{line}: 分割評価の対象は、各行の列 `x` にファイルを 1 つ指定した画像だけです";
        Link { path: PathBuf } => "{path} is a link; nothing is written through it, remove it or choose another folder",
            "{path} はリンクです。リンク先には書き込みません。削除するか、別のフォルダーを指定してください";
        Fold { fold: usize, folds: usize, auroc: String, normal: usize, defective: usize } =>
            "fold {fold} of {folds}: image AUROC {auroc} ({normal} normal and {defective} defective images)",
            "分割 {fold}/{folds}: 画像 AUROC {auroc}（正常画像 {normal} 枚、異常画像 {defective} 枚）";
        Mean { mean: String, deviation: String, folds: usize } =>
            "mean image AUROC of {folds} folds {mean}, standard deviation {deviation}; all images together:",
            "{folds} 分割の画像 AUROC の平均 {mean}、標準偏差 {deviation}。全画像をまとめた結果:";
        Together => "all images together:", "全画像をまとめた結果:";
    }
}

messages! {
    enum Unit {
        Groups => "groups with normal images", "正常画像を含むグループ";
        Images => "normal images", "正常画像";
    }
}

/// One image of the project's datasets.
struct Image {
    path: PathBuf,
    label: String,
    is_defective: bool,
    mask: Option<PathBuf>,
    group: Option<String>,
}

/// Trains and evaluates each fold in a folder of its own, and makes one report of all images.
pub(crate) fn run(args: &EvaluateArgs, folds: usize) -> Result<()> {
    let launch = Launch::open(&args.job, None)?;
    let scoring = launch.scoring(&args.judge)?;
    let images = images(&launch.training()?, &launch.validation()?, &scoring)?;
    let members: Vec<Member<'_>> = images.iter().map(Image::member).collect();
    let of_image = split(&members, folds).ok_or_else(|| {
        let what = if images.iter().any(|image| image.group.is_some()) { Unit::Groups } else { Unit::Images };
        Failure::new(Exit::Dataset, FoldsMessage::TooFew { folds, what, found: normal_units(&members) })
    })?;

    let output = std::path::absolute(&args.job.output)?;
    let folder = ResultFolder::open(&output, Phase::Evaluate)?;
    let mut status = Status::new(folder.file(Phase::Evaluate.status()), Phase::Evaluate);
    status.set("status", json!("processing"));
    status.write()?;
    let done = run_folds(args, &launch, &scoring, &images, &of_image, folds, &folder);
    status.end(if done.is_ok() { "finished" } else { "failed" });
    status.write()?;
    done
}

/// The folds, one after the other, and the report of all of them in `folder`.
fn run_folds(
    args: &EvaluateArgs,
    launch: &Launch<'_>,
    scoring: &ScoringPlan,
    images: &[Image],
    of_image: &[usize],
    folds: usize,
    whole: &ResultFolder,
) -> Result<()> {
    let output = whole.path();
    let mut evaluations = Vec::with_capacity(folds);
    let mut summaries = Vec::with_capacity(folds);
    for fold in 0..folds {
        let home = output.join(format!("fold-{}", fold + 1));
        // A folder of someone else may hold one that leads elsewhere.
        if home.is_symlink() {
            return Err(Failure::new(Exit::Usage, FoldsMessage::Link { path: home }));
        }
        let folder = ResultFolder::open(&home, Phase::Train)?;
        let [train, test] = TABLES.map(|name| home.join(name));
        let here = |&(_, of): &(&Image, &usize)| *of == fold;
        let all = || images.iter().zip(of_image);
        let trained: Vec<&Image> =
            all().filter(|pair| !here(pair) && !pair.0.is_defective).map(|pair| pair.0).collect();
        let tested: Vec<&Image> = all().filter(here).map(|pair| pair.0).collect();
        folder.directory().write(TABLES[0], &table(&trained)?)?;
        folder.directory().write(TABLES[1], &table(&tested)?)?;
        let trained = launch.start(&folder, Phase::Train, Work::Train(Train { dataset: train, next: None }))?;
        let work = Evaluate {
            project: launch.project.name.clone(),
            dataset: test,
            model: home.join(BEST_MODEL),
            // Masks stand in the table, groups are put together again from it.
            scoring: ScoringPlan { masks: None, mask_column: None, grouping: None, ..scoring.clone() },
            restart: true,
            seal: SealKey::of_user(&launch.plugin),
        };
        let evaluated = launch.start(&folder, Phase::Evaluate, Work::Evaluate(work))?;
        evaluations.push(read_evaluation(&home).or_exit(Exit::Failed)?);
        summaries.push(json!({"train": trained, "evaluate": evaluated}));
    }
    let aurocs: Vec<_> = evaluations.iter().map(|fold| fold.metrics.image.map(|image| image.auroc)).collect();
    let told = told(&evaluations);
    let together = together(images, of_image, evaluations, scoring, whole)?;
    if args.job.json {
        return print_json(&json!({"folds": summaries, "image_aurocs": aurocs, "metrics": together.metrics}));
    }
    for line in told.iter().map(Say::said).chain(figures::of(&together).iter().map(Say::said)) {
        print_line(line);
    }
    print_line(output.join(REPORT).said());
    Ok(())
}

impl Image {
    fn member(&self) -> Member<'_> {
        let name = self.path.to_str().unwrap_or_default();
        Member { name, group: self.group.as_deref(), is_defective: self.is_defective }
    }
}

/// The images of both datasets, each file once.
fn images(training: &Path, validation: &Path, scoring: &ScoringPlan) -> Result<Vec<Image>> {
    let mut images: Vec<Image> = Vec::new();
    let mut known = HashSet::new();
    for path in [training, validation] {
        let dataset = Dataset::open(path).or_exit(Exit::Dataset)?;
        let column = match dataset.variable(INPUT).or_exit(Exit::Dataset)?.columns.as_slice() {
            &[column] => Some(column),
            _ => None,
        };
        groups::refuse_missing(scoring.grouping.as_ref(), &dataset)?;
        let of_rows = scoring.grouping.as_ref().and_then(|grouping| groups::of_rows(&grouping.rule, &dataset, INPUT));
        // Only defective images have masks, and a training set names none.
        let masks = (path == validation).then(|| Masks::open(scoring, &dataset)).transpose()?;
        let label = dataset.variable(LABEL).ok().cloned();
        for row in 0..dataset.len() {
            let file = column.and_then(|column| Some((dataset.file(row, column)?, dataset.text(row, column)?)));
            let Some((file, cell)) = file else {
                let line = dataset.line(row);
                return Err(Failure::new(Exit::Dataset, FoldsMessage::NoFile { dataset: path.to_owned(), line }));
            };
            if !known.insert(file.clone()) {
                continue;
            }
            let number = label.as_ref().and_then(|label| dataset.number(row, label));
            // A training set without labels is one of normal images.
            let number = number.or((path == training).then_some(0.0));
            images.push(Image {
                label: number.map(|number| number.to_string()).unwrap_or_default(),
                is_defective: number != Some(0.0),
                mask: masks.as_ref().and_then(|masks| masks.of(&dataset, row, cell)),
                group: of_rows.as_ref().and_then(|groups| groups.get(row).cloned().flatten()),
                path: file,
            });
        }
    }
    Ok(images)
}

/// A table of images.
fn table(images: &[&Image]) -> Result<Vec<u8>> {
    let has_masks = images.iter().any(|image| image.mask.is_some());
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let header = ["x:image", "y:label", "# group", "mask"];
    let columns = if has_masks { 4 } else { 3 };
    table.write_record(&header[..columns])?;
    for image in images {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let cells = [
            text(&image.path),
            image.label.clone(),
            image.group.clone().unwrap_or_default(),
            image.mask.as_deref().map(text).unwrap_or_default(),
        ];
        table.write_record(&cells[..columns])?;
    }
    table.into_inner().map_err(|error| Failure::from(std::io::Error::other(error.to_string())))
}

/// The figure of each fold, and their mean.
fn told(evaluations: &[Evaluation]) -> Vec<FoldsMessage> {
    let folds = evaluations.len();
    let mut told = Vec::with_capacity(folds + 1);
    let mut aurocs = Vec::with_capacity(folds);
    for (fold, evaluation) in (1..).zip(evaluations) {
        let counts = Counts::of(&evaluation.rows);
        let auroc = evaluation.metrics.image.map(|image| image.auroc);
        aurocs.extend(auroc);
        let auroc = auroc.map_or_else(|| "–".to_owned(), |auroc| format!("{auroc:.4}"));
        told.push(FoldsMessage::Fold { fold, folds, auroc, normal: counts.normal, defective: counts.defective });
    }
    let mean = aurocs.iter().sum::<f64>() / aurocs.len() as f64;
    let squares: f64 = aurocs.iter().map(|auroc| (auroc - mean).powi(2)).sum();
    told.push(match aurocs.len() {
        0 | 1 => FoldsMessage::Together,
        several => FoldsMessage::Mean {
            mean: format!("{mean:.4}"),
            deviation: format!("{:.4}", (squares / (several - 1) as f64).sqrt()),
            folds: several,
        },
    });
    told
}

/// One report of all images in `folder`, in the order of the datasets, with maps that stay in the folders of the folds.
fn together(
    images: &[Image],
    of_image: &[usize],
    evaluations: Vec<Evaluation>,
    scoring: &ScoringPlan,
    folder: &ResultFolder,
) -> Result<Evaluation> {
    let staging = folder.report_staging()?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let maps = Maps::in_folder(staging.path());
    let mut whole = Evaluation { rule: scoring.rule, files: scoring.files, ..Evaluation::default() };
    let mut rows: Vec<_> = evaluations.iter().map(|fold| fold.rows.clone().into_iter()).collect();
    for (row, (image, fold)) in images.iter().zip(of_image).enumerate() {
        let Some(found) = rows.get_mut(*fold).and_then(Iterator::next) else { continue };
        whole.rows.push(EvaluatedImage { row, group: image.group.clone(), ..found });
    }
    if let Some(first) = evaluations.into_iter().next() {
        whole.title = first.title;
        whole.origin = first.origin;
        // Each fold has a model of its own, learned from other images.
        whole.origin.model = None;
        whole.origin.training = None;
        whole.origin.calibration = None;
        let file = folder.path().to_string_lossy().into_owned();
        whole.origin.evaluated = DatasetFacts { file, rows: images.len(), csv_sha256: String::new() };
    }
    let rebuilt = (|| -> Result<()> {
        let progress: Progress<'_> = &|_, _, _| {};
        whole.metrics = Metrics::of(&whole.rows);
        measure_pixels(&mut whole.metrics, &whole.rows, &maps, staging.path(), threads, progress)?;
        whole.scale = ColourScale::of(&whole.rows, &maps);
        let threshold = choose(&whole, scoring.threshold, scoring.confidence);
        decide(&mut whole, threshold, &maps, threads, progress);
        files::write(&mut whole, &maps, &staging, folder.path(), threads, progress)?;
        Ok(folder.publish_report(&staging)?)
    })();
    if rebuilt.is_err() {
        // The error that counts is the first one.
        let _ = folder.discard_report();
    }
    rebuilt.map(|()| whole)
}
