//! `inspect`: from a command line to an inspection.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use nnc_dataset_create::{AlphaPolicy, Mode};
use nnc_files::sha256_of;
use nnc_inspect::{DriftAlarm, Judged, Keep, Options, Shaped, ToServer, Watched, inspect};
use nnc_jobs::provenance;
use nnc_jobs::spec::{GivenParameters, JobSpec, Live, Work};
use nnc_messages::{At, Doing, Exit, Failure, Result, messages};
use nnc_project_types::{PluginReference, UnknownDevice, UnknownEngine};
use nnc_report::{ColourScale, Evaluation, NormalSource, ScoreRule, Task, read_evaluation};
use nnc_result_folder::best_model;
use nnc_result_folder::names::EVALUATION;
use nnc_sandbox::Limits;

use super::jobs::plugin_of;
use crate::cli::{Alpha, First, InspectArgs, KeptImages, ShapingMode};

messages! {
    /// What is wrong with a command line.
    enum InspectMessage {
        ModelMissing { model: PathBuf } => "there is no model {model}; name the folder of a job, or a model file", "モデル {model} がありません。ジョブの結果フォルダーかモデルファイルを指定してください";
        NoModelIn { folder: PathBuf } => "there is no trained model in {folder}; run `nnc-host train` with this folder first", "{folder} に学習済みモデルがありません。先にこのフォルダーで `nnc-host train` を実行してください";
        NoFolder { folder: PathBuf } => "there is no folder {folder} to watch", "監視するフォルダー {folder} がありません";
        NoThreshold { model: PathBuf } => "nothing says from which score on an image is NG: {model} has no evaluation with a threshold; run `nnc-host evaluate` with --false-alarm-rate, `nnc-host report` with --threshold, or give --threshold here",
            "NG とする異常度スコアが分かりません。{model} にはしきい値のある評価がありません。`nnc-host evaluate` に --false-alarm-rate、`nnc-host report` に --threshold を付けて実行するか、ここで --threshold を指定してください";
        NotFinite => "the threshold is not a finite number; give another one with --threshold",
            "しきい値が有限の数ではありません。--threshold で指定してください";
        OtherModel { folder: PathBuf } => "the evaluation in {folder} is of another model than the one there; evaluate it again, or give --threshold and --score",
            "{folder} の評価は、そこにあるモデルのものではありません。もう一度評価するか、--threshold と --score を指定してください";
        OtherTask { folder: PathBuf } => "the model in {folder} is no anomaly detector, as its evaluation says; inspect needs one", "評価によると {folder} のモデルは異常検知ではありません。inspect には異常検知モデルが必要です";
    }
}

/// Judges images as they arrive until it is stopped.
pub(crate) fn run(args: InspectArgs) -> Result<()> {
    let usage = |message| Failure::new(Exit::Usage, message);
    if let Some(folder) = args.watch.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(usage(InspectMessage::NoFolder { folder: folder.clone() }));
    }
    let folder = args.model.is_dir().then(|| args.model.clone());
    let model = match &folder {
        Some(folder) => {
            best_model(folder).ok_or_else(|| usage(InspectMessage::NoModelIn { folder: folder.clone() }))?
        }
        None if args.model.is_file() => args.model.clone(),
        None => return Err(usage(InspectMessage::ModelMissing { model: args.model.clone() })),
    };
    let model = std::path::absolute(model)?;
    let evaluation = folder.as_deref().map(|folder| evaluation(folder, &model)).transpose()?.flatten();
    let (judged, rule) = judged(&args, evaluation.as_ref())?;
    let trained = provenance::read(&model)?.and_then(|made| made.dataset.shaping);
    let reference = match &args.plugin {
        Some(name) => PluginReference::parse(name, &std::env::current_dir()?),
        None => plugin_of(&model)?,
    };
    let (plugin, _) = nnc_registry::find(&reference, &args.plugins.plugin_dir)?;
    let available = || std::thread::available_parallelism().ok().map(NonZeroUsize::get);
    let usual = Limits::default();
    let job = JobSpec {
        work: Work::Live(Live { model: model.clone(), rule }),
        plugin,
        parameters: GivenParameters {
            values: Default::default(),
            folder: model.parent().map(Path::to_owned).unwrap_or_default(),
        },
        device: args.device.parse().map_err(|error: UnknownDevice| Failure::new(Exit::Usage, error))?,
        engine: args.engine.parse().map_err(|error: UnknownEngine| Failure::new(Exit::Usage, error))?,
        onnxruntime: None,
        threads: args.threads.map(usize::from).or_else(available).unwrap_or(1).max(1),
        batch_size: 1,
        max_epoch: 1,
        weights_dirs: nnc_weights::folders(&args.weights.weights_dir),
        verbosity: 0,
        limits: Limits { memory: args.memory_limit.or(usual.memory), time: None, stall: args.stall_limit },
        enforced: nnc_sandbox::chosen_mode().enforced(),
        staging: PathBuf::new(),
        tile: None,
        roi: None,
    };
    inspect(Options {
        job,
        model_name: args.model.clone(),
        judged,
        shaped: shaped(&args, trained),
        drift: drift(&args, evaluation.as_ref()),
        output: std::path::absolute(&args.output)?,
        watched: args.watch.as_ref().map(|folder| watched(&args, folder)).transpose()?,
        backlog: args.backlog as usize,
        newest_first: matches!(args.when_behind, First::Newest),
        keep: match args.keep {
            KeptImages::None => Keep::Nothing,
            KeptImages::Ng => Keep::Ng,
            KeptImages::All => Keep::All,
        },
        links: args.link,
        webhook: args.webhook.clone().map(|address| ToServer { address, token: token() }),
        prints: !args.quiet,
    })
}

/// What a server knows this inspection by, which does not belong into a command line.
fn token() -> Option<String> {
    std::env::var("NNC_HOST_INSPECT_TOKEN").ok().map(|token| token.trim().to_owned()).filter(|token| !token.is_empty())
}

fn watched(args: &InspectArgs, folder: &Path) -> std::io::Result<Watched> {
    Ok(Watched { folder: std::path::absolute(folder)?, poll: args.poll, settle: args.settle, once: args.once })
}

/// The evaluation in the folder of a job, if there is one, of this model.
fn evaluation(folder: &Path, model: &Path) -> Result<Option<Evaluation>> {
    if !folder.join(EVALUATION).is_file() {
        return Ok(None);
    }
    let evaluation = read_evaluation(folder).map_err(|error| Failure::new(Exit::Usage, error))?;
    if evaluation.task != Task::Anomaly {
        return Err(Failure::new(Exit::Usage, InspectMessage::OtherTask { folder: folder.to_owned() }));
    }
    if let Some(evaluated) = &evaluation.origin.model
        && evaluated.sha256 != sha256_of(model).at(Doing::Read, model)?
    {
        return Err(Failure::new(Exit::Usage, InspectMessage::OtherModel { folder: folder.to_owned() }));
    }
    Ok(Some(evaluation))
}

/// From scores to verdicts and colours.
fn judged(args: &InspectArgs, evaluation: Option<&Evaluation>) -> Result<(Judged, ScoreRule)> {
    let found = evaluation.and_then(|evaluation| evaluation.threshold.as_ref()).map(|threshold| threshold.value);
    let Some(threshold) = args.threshold.or(found) else {
        return Err(Failure::new(Exit::Usage, InspectMessage::NoThreshold { model: args.model.clone() }));
    };
    if !threshold.is_finite() {
        return Err(Failure::new(Exit::Usage, InspectMessage::NotFinite));
    }
    // Without scores of images nothing is known about their range: colour begins below the threshold and is full above it.
    let scale = ColourScale { low: threshold - threshold.abs() / 2.0, high: threshold + threshold.abs() };
    let scale = evaluation.map_or(scale, |evaluation| evaluation.scale);
    let rule = args.score.or(evaluation.map(|evaluation| evaluation.rule)).unwrap_or_default();
    Ok((Judged { threshold, scale }, rule))
}

/// What recent scores are compared with: normal images that the model was not trained on.
fn drift(args: &InspectArgs, evaluation: Option<&Evaluation>) -> Option<DriftAlarm> {
    let window = args.drift_window as usize;
    let normal = evaluation.map(Evaluation::normal_scores);
    // Scores of another rule cannot be compared.
    let normal = normal.filter(|normal| {
        normal.source != NormalSource::Training
            && args.score.is_none_or(|rule| evaluation.is_some_and(|evaluation| evaluation.rule == rule))
    });
    let normal = normal.map(|normal| normal.scores).unwrap_or_default();
    (window > 0).then_some(DriftAlarm { normal, window, rate: args.drift_rate })
}

fn shaped(args: &InspectArgs, trained: Option<nnc_dataset_create::Shaping>) -> Shaped {
    let Some(mode) = args.shape else { return Shaped::AsTrained(trained) };
    Shaped::AsAsked {
        mode: match mode {
            ShapingMode::Trimming => Mode::Trimming,
            ShapingMode::Padding => Mode::Padding,
            ShapingMode::Resize => Mode::Resize,
        },
        alpha: match args.alpha {
            Alpha::Refuse => AlphaPolicy::Refuse,
            Alpha::Drop => AlphaPolicy::Drop,
            Alpha::White => AlphaPolicy::Over(255),
            Alpha::Black => AlphaPolicy::Over(0),
        },
        scale_sixteen_bit: args.scale_16bit,
    }
}
