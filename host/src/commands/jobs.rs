//! `run`, `train` and `evaluate`: from a command line to jobs.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use nnc_console::{Console, LogTo};
use nnc_messages::{Exit, Failure, Result, Say, messages};
use nnc_project::{Located, Override, Project, parameters};
use nnc_project_types::{PluginReference, ScoringError, ScoringPlan};
use nnc_registry::Trust;
use nnc_result_folder::names::{BEST_MODEL, JOINED_MODEL};
use nnc_result_folder::{Phase, ResultFolder, SealKey, best_model, read_state};
use serde_json::{Value, json};

use super::pair::Pair;
use super::print_json;
use crate::cli::{EvaluateArgs, JobArgs, JudgeArgs, TrainAndEvaluateArgs};
use nnc_jobs::Signals;
use nnc_jobs::Supervisor;
use nnc_jobs::provenance;
use nnc_jobs::spec::{Evaluate, GivenParameters, JobSpec, NextEvaluation, Train, Work};

/// The plugin that evaluates what no detector of ours has trained.
const ANY_NETWORK: &str = "forward";

messages! {
    /// What is wrong with a command line or its project, or worth a warning at the start of a job.
    enum JobMessage {
        ModelMissing { model: PathBuf } => "there is no model {model}", "モデル {model} がありません";
        NoModelIn { folder: PathBuf } => "there is no model in {folder}: no result_train_best.nnp, results_best_N.nnp or results.nnp, and no net.nntxt with parameters.h5",
            "{folder} にモデル（result_train_best.nnp、results_best_N.nnp、results.nnp、または net.nntxt と parameters.h5）がありません";
        NotTrained { folder: PathBuf } => "there is no trained model in {folder}; run `nnc-host train` with this folder first, or name one with --model",
            "{folder} に学習済みモデルがありません。先にこのフォルダーで `nnc-host train` を実行するか、--model で指定してください";
        LastTraining { folder: PathBuf, state: String } => "the last training in {folder} is {state}; this evaluates the model of the one before",
            "{folder} の最後の学習は完了していません（状態: {state}）。その前の学習のモデルを評価します";
        InProject { project: PathBuf, what: ScoringError } => "{project}: {what}", "{project}: {what}";
        DatasetMissing { project: PathBuf, name: &'static str, dataset: PathBuf, hint: Option<Hint> } => "{project}: the {name} dataset {dataset} does not exist{hint}",
            "{project}: {name} のデータセット {dataset} がありません{hint}";
        DatasetNotNamed { project: PathBuf, name: &'static str } => "{project}: there is no [dataset.{name}] with a uri",
            "{project}: uri を持つ [dataset.{name}] がありません";
        NncNamesNoDataset { project: PathBuf, name: &'static str } => "{project}: the project names no {name} dataset, as when its URI is left empty (NNC's plugins would take another one then); set it in NNC, or here with --set dataset.{name}.uri=PATH",
            "{project}: プロジェクトに {name} データセットの指定がありません（URI が空の場合など。NNC のプラグインは代わりに別のデータセットを使います）。NNC で設定するか、--set dataset.{name}.uri=パス で指定してください";
    }
}

messages! {
    /// What else is known about a missing file, for the end of a sentence.
    enum Hint {
        More(text: String) => "; {text}", "。{text}";
    }
}

/// `nnc-host run`.
pub(crate) fn run(args: &TrainAndEvaluateArgs) -> Result<()> {
    let mut launch = Launch::open(&args.job, None)?;
    let scoring = launch.scoring(&args.judge)?;
    // Both datasets are asked for before hours of training.
    let training = launch.training()?;
    let validation = launch.validation()?;
    let folder = ResultFolder::open(&args.job.output, Phase::Train)?;
    let next = Some(NextEvaluation { dataset: validation.clone(), scoring: scoring.clone() });
    let trained = launch.start(&folder, Phase::Train, Work::Train(Train { dataset: training, next }))?;
    let model = launch.trained_model()?;
    // They were about the training.
    launch.warnings.clear();
    let project = launch.project.name.clone();
    let seal = SealKey::of_user(&launch.plugin);
    let work = Evaluate { project, dataset: validation, model, scoring, restart: false, seal };
    let evaluated = launch.start(&folder, Phase::Evaluate, Work::Evaluate(work))?;
    launch.finish(&json!({"train": trained, "evaluate": evaluated}))
}

/// `nnc-host train`.
pub(crate) fn train(args: &JobArgs) -> Result<()> {
    let launch = Launch::open(args, None)?;
    let dataset = launch.training()?;
    let folder = ResultFolder::open(&args.output, Phase::Train)?;
    let trained = launch.start(&folder, Phase::Train, Work::Train(Train { dataset, next: None }))?;
    launch.finish(&json!({"train": trained}))
}

/// `nnc-host evaluate`.
pub(crate) fn evaluate(args: &EvaluateArgs) -> Result<()> {
    // Two files become one in the folder of the results.
    let joined = args.job.output.join(JOINED_MODEL);
    let pair = pair_of(args);
    let named = match &args.model {
        _ if pair.is_some() => Some(std::path::absolute(&joined)?),
        Some(path) if path.is_file() => Some(std::path::absolute(path)?),
        // The folder of a job, of ours or of NNC.
        Some(path) if path.is_dir() => match best_model(path) {
            Some(model) => Some(std::path::absolute(model)?),
            None => return Err(Failure::new(Exit::Usage, JobMessage::NoModelIn { folder: path.clone() })),
        },
        Some(path) => return Err(Failure::new(Exit::Usage, JobMessage::ModelMissing { model: path.clone() })),
        None => None,
    };
    let of_folder = || best_model(&args.job.output).unwrap_or(args.job.output.join(BEST_MODEL));
    let candidate = named.clone().unwrap_or_else(of_folder);
    let mut launch = Launch::open(&args.job, Some(&candidate))?;
    let scoring = launch.scoring(&args.judge)?;
    let dataset = match &args.dataset {
        Some(path) => launch.given(path)?,
        None => launch.validation()?,
    };
    let model = match named {
        Some(path) => path,
        None => launch.trained_model()?,
    };
    let folder = ResultFolder::open(&args.job.output, Phase::Evaluate)?;
    if let Some(pair) = pair {
        pair.join(&model)?;
    } else if args.model.is_none() {
        let state = read_state(&folder.file(Phase::Train.status()));
        if let Some(state) = state.filter(|s| s != "finished") {
            launch.warnings.push(JobMessage::LastTraining { folder: folder.path().to_owned(), state }.said());
        }
    }
    let project = launch.project.name.clone();
    let seal = SealKey::of_user(&launch.plugin);
    let work = Evaluate { project, dataset, model, scoring, restart: args.restart, seal };
    let evaluated = launch.start(&folder, Phase::Evaluate, Work::Evaluate(work))?;
    launch.finish(&json!({"evaluate": evaluated}))
}

/// The text and parameters that stand for a model: those that are named, or those of a folder without a model.
fn pair_of(args: &EvaluateArgs) -> Option<Pair> {
    match &args.model {
        Some(path) if path.is_file() => Pair::of(path),
        Some(path) => best_model(path).is_none().then(|| Pair::in_folder(path)).flatten(),
        None => best_model(&args.job.output).is_none().then(|| Pair::in_folder(&args.job.output)).flatten(),
    }
}

/// The plugin for a model when the project names none: the one that trained it, else the one that runs any network.
pub(super) fn plugin_of(model: &Path) -> Result<PluginReference> {
    let origin = if model.is_file() { provenance::read(model)? } else { None };
    Ok(PluginReference::Id(origin.map_or_else(|| ANY_NETWORK.to_owned(), |origin| origin.plugin.id)))
}

/// A checked project with its plugin. No folder is created before everything that can be checked was.
pub(super) struct Launch<'a> {
    args: &'a JobArgs,
    pub(super) project: Project,
    pub(super) plugin: PathBuf,
    console: Console,
    signals: Signals,
    warnings: Vec<String>,
}

impl<'a> Launch<'a> {
    /// Checks the project for a training, or for the evaluation of `model`, which may not be there yet.
    pub(super) fn open(args: &'a JobArgs, model: Option<&Path>) -> Result<Self> {
        let signals = Signals::register()?;
        let parameters = args.param.iter().map(|param| format!("plugin.params.{param}"));
        let mut overrides: Vec<Override> =
            args.set.iter().cloned().chain(parameters).map(|text| text.parse()).collect::<Result<_, _>>()?;
        if let Some(name) = &args.plugin {
            // On the command line a file is meant relative to where it is typed.
            let plugin = PluginReference::parse(name, &std::env::current_dir()?);
            overrides.push(Override::of(&["plugin", "name"], plugin.to_string()));
        }
        let batch_size = args.batch_size.map(|size| i64::try_from(size).unwrap_or(i64::MAX));
        overrides.extend(batch_size.map(|size| Override::of(&["config", "batch_size"], size)));
        overrides.extend(args.device.as_deref().map(|device| Override::of(&["compute", "device"], device)));
        overrides.extend(args.engine.as_deref().map(|engine| Override::of(&["compute", "engine"], engine)));
        let roots = nnc_project::roots(&args.dataset_root);
        let project = Project::read(&args.project, &overrides, &roots)?;
        let training = model.is_none();
        let reference = match (model, &project.plugin) {
            (None, _) => project.training_plugin()?,
            (Some(_), Some(name)) => name.clone(),
            (Some(model), None) => plugin_of(model)?,
        };
        if let (PluginReference::File(path), false) = (&reference, project.plugin_is_overridden) {
            let trusted = Trust::open()?.check_named_by_project(path);
            trusted.map_err(|error| Failure::new(Exit::Plugin, error))?;
        }
        let (plugin, manifest) = nnc_registry::find(&reference, &args.plugins.plugin_dir)?;
        // The worker checks again; here a slip of the finger is told before a folder is created or a status written.
        if training {
            parameters::resolve_for_training(&manifest, &project.params, project.folder())?;
        } else {
            parameters::resolve(&manifest, &project.params, project.folder())?;
        }
        let notes = if training { project.training_notes() } else { project.evaluation_notes() };
        let warnings = notes.iter().map(Say::said).collect();
        let log_to = match (args.json, args.quiet) {
            (_, true) => LogTo::Quiet,
            (true, false) => LogTo::Stderr,
            (false, false) => LogTo::Stdout,
        };
        Ok(Self { args, project, plugin, console: Console::new(log_to), signals, warnings })
    }

    /// What project and command line say about scores and verdicts.
    pub(super) fn scoring(&self, args: &JudgeArgs) -> Result<ScoringPlan> {
        let options = args.options()?.or(&self.project.scoring);
        let path = |dataset: &'_ Option<Located>| dataset.as_ref().map(|located| located.path.clone());
        let (training, calibration) = (path(&self.project.training), path(&self.project.calibration));
        ScoringPlan::new(options, training.as_deref(), calibration.as_deref()).map_err(|what| {
            Failure::new(Exit::Usage, JobMessage::InProject { project: self.project.path.clone(), what })
        })
    }

    pub(super) fn training(&self) -> Result<PathBuf> {
        existing(&self.project, self.project.training.as_ref(), "training")
    }

    pub(super) fn validation(&self) -> Result<PathBuf> {
        existing(&self.project, self.project.validation.as_ref(), "validation")
    }

    /// A dataset that the command line names.
    fn given(&self, dataset: &Path) -> Result<PathBuf> {
        let roots = nnc_project::roots(&self.args.dataset_root);
        let located = nnc_project::locate(&dataset.to_string_lossy(), &std::env::current_dir()?, &roots);
        existing(&self.project, Some(&located), "given")
    }

    fn trained_model(&self) -> Result<PathBuf> {
        let folder = std::path::absolute(&self.args.output)?;
        best_model(&folder).ok_or_else(|| Failure::new(Exit::Usage, JobMessage::NotTrained { folder }))
    }

    pub(super) fn start(&self, folder: &ResultFolder, phase: Phase, work: Work) -> Result<Value> {
        let available = || std::thread::available_parallelism().ok().map(NonZeroUsize::get);
        let threads = self.args.threads.map(usize::from).or_else(available);
        let job = JobSpec {
            work,
            plugin: self.plugin.clone(),
            parameters: GivenParameters {
                values: self.project.params.clone(),
                folder: self.project.folder().to_owned(),
            },
            device: self.project.device,
            engine: self.project.engine,
            onnxruntime: None,
            threads: threads.unwrap_or(1).max(1),
            batch_size: self.project.batch_size,
            max_epoch: self.project.max_epoch,
            tile: self.project.tile,
            roi: self.project.roi.clone(),
            weights_dirs: nnc_weights::folders(&self.args.weights.weights_dir),
            verbosity: self.args.verbose,
            limits: self.args.limits.limits(),
            enforced: nnc_sandbox::chosen_mode().enforced(),
            staging: PathBuf::new(),
        };
        let supervisor = Supervisor { folder, console: &self.console, signals: &self.signals };
        supervisor.run(job, phase, &self.warnings)
    }

    fn finish(&self, result: &Value) -> Result<()> {
        if self.args.json {
            print_json(result)?;
        }
        Ok(())
    }
}

/// The dataset a project names, if it is there.
fn existing(project: &Project, dataset: Option<&Located>, name: &'static str) -> Result<PathBuf> {
    let file = project.path.clone();
    match dataset {
        Some(Located { path, .. }) if path.exists() => Ok(path.clone()),
        Some(Located { path, hint }) => {
            let (dataset, hint) = (path.clone(), hint.as_ref().map(|hint| Hint::More(hint.said())));
            Err(Failure::new(Exit::Dataset, JobMessage::DatasetMissing { project: file, name, dataset, hint }))
        }
        None if project.nnc.is_some() => {
            Err(Failure::new(Exit::Usage, JobMessage::NncNamesNoDataset { project: file, name }))
        }
        None => Err(Failure::new(Exit::Usage, JobMessage::DatasetNotNamed { project: file, name })),
    }
}
