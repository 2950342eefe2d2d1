//! `run`, `train` and `evaluate`: from a command line to jobs.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::print_json;
use crate::cli::{EvaluateArgs, JobArgs, JudgeArgs, TrainAndEvaluateArgs};
use crate::console::{Console, LogTo};
use crate::job::outdir::OutDir;
use crate::job::signals::Signals;
use crate::job::{JobSpec, Phase, provenance, status, supervisor};
use crate::language::{Message, ProjectText};
use crate::{registry, weights};
use nnc_messages::{Exit, Failure, Result, Say};
use nnc_project::{Located, Override, Project, parameters};
use nnc_project_types::{PluginReference, ScoringPlan};

/// The model that training leaves and evaluation takes.
const TRAINED: &str = "result_train_best.nnp";
/// The plugin that evaluates what no detector of ours has trained.
const ANY_NETWORK: &str = "forward";

/// `nnc-host run`.
pub(crate) fn run(args: &TrainAndEvaluateArgs) -> Result<()> {
    let mut launch = Launch::open(&args.job, None)?;
    launch.score(&args.judge)?;
    // Both data sets are asked for before hours of training.
    let training = launch.training()?;
    let validation = launch.validation()?;
    launch.next = Some(validation.clone());
    let out = OutDir::open(&args.job.output, Phase::Train)?;
    let trained = launch.start(&out, Phase::Train, training, None)?;
    let model = launch.trained_model()?;
    // They were about the training.
    launch.warnings.clear();
    let evaluated = launch.start(&out, Phase::Evaluate, validation, Some(model))?;
    launch.finish(&json!({"train": trained, "evaluate": evaluated}))
}

/// `nnc-host train`.
pub(crate) fn train(args: &JobArgs) -> Result<()> {
    let launch = Launch::open(args, None)?;
    let training = launch.training()?;
    let trained = launch.start(&OutDir::open(&args.output, Phase::Train)?, Phase::Train, training, None)?;
    launch.finish(&json!({"train": trained}))
}

/// `nnc-host evaluate`.
pub(crate) fn evaluate(args: &EvaluateArgs) -> Result<()> {
    let named = match &args.model {
        Some(path) if path.is_file() => Some(std::path::absolute(path)?),
        Some(path) => return Err(Failure::new(Exit::Usage, Message::ModelIsMissing.with(&[&path.display()]))),
        None => None,
    };
    let candidate = named.clone().unwrap_or(args.job.output.join(TRAINED));
    let mut launch = Launch::open(&args.job, Some(&candidate))?;
    launch.score(&args.judge)?;
    let dataset = match &args.dataset {
        Some(path) => launch.given(path)?,
        None => launch.validation()?,
    };
    let model = match named {
        Some(path) => path,
        None => launch.trained_model()?,
    };
    let out = OutDir::open(&args.job.output, Phase::Evaluate)?;
    if args.model.is_none() {
        let state = status::read_state(&out.file("train_status.json"));
        if let Some(state) = state.filter(|s| s != "finished") {
            launch.warnings.push(ProjectText::LastTraining.with(&[&out.path().display(), &state]));
        }
    }
    launch.restart = args.restart;
    let evaluated = launch.start(&out, Phase::Evaluate, dataset, Some(model))?;
    launch.finish(&json!({"evaluate": evaluated}))
}

/// The plugin for a model when the project names none: the one that trained it, else the one that runs any network.
fn plugin_of(model: &Path) -> Result<PluginReference> {
    let origin = if model.is_file() { provenance::read(model)? } else { None };
    Ok(PluginReference::Id(origin.map_or_else(|| ANY_NETWORK.to_owned(), |origin| origin.plugin.id)))
}

/// A checked project with its plugin. No folder is made before everything that can be checked was.
struct Launch<'a> {
    args: &'a JobArgs,
    project: Project,
    plugin: PathBuf,
    judgement: ScoringPlan,
    console: Console,
    signals: Signals,
    warnings: Vec<String>,
    /// The data set that is evaluated right after a training.
    next: Option<PathBuf>,
    /// Whether an interrupted evaluation is not gone on with.
    restart: bool,
}

impl<'a> Launch<'a> {
    /// Checks the project for a training, or for the evaluation of `model`, which may not be there yet.
    fn open(args: &'a JobArgs, model: Option<&Path>) -> Result<Self> {
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
        let roots = nnc_project::roots(&args.dataset_root);
        let project = Project::read(&args.project, &overrides, &roots)?;
        let training = model.is_none();
        let reference = match (model, &project.plugin) {
            (None, _) => project.training_plugin()?,
            (Some(_), Some(name)) => name.clone(),
            (Some(model), None) => plugin_of(model)?,
        };
        let (plugin, manifest) = registry::find(&reference, &args.plugins.plugin_dir)?;
        // The worker checks again; here a slip of the finger is told before a folder is made or a status written.
        if training {
            parameters::resolve_for_training(&manifest, &project.params, project.folder())?;
        } else {
            parameters::resolve(&manifest, &project.params, project.folder())?;
        }
        let notes = if training { project.training_notes() } else { Vec::new() };
        let warnings = notes.iter().map(Say::said).collect();
        let log_to = match (args.json, args.quiet) {
            (_, true) => LogTo::Quiet,
            (true, false) => LogTo::Stderr,
            (false, false) => LogTo::Stdout,
        };
        let (console, judgement) = (Console::new(log_to), ScoringPlan::default());
        Ok(Self { args, project, plugin, judgement, console, signals, warnings, next: None, restart: false })
    }

    /// Takes up what project and command line say about scores and verdicts.
    fn score(&mut self, args: &JudgeArgs) -> Result<()> {
        let options = args.options()?.or(&self.project.scoring);
        let path = |dataset: &'_ Option<Located>| dataset.as_ref().map(|located| located.path.clone());
        let (training, calibration) = (path(&self.project.training), path(&self.project.calibration));
        self.judgement = ScoringPlan::new(options, training.as_deref(), calibration.as_deref())
            .map_err(|error| Failure::new(Exit::Usage, format!("{}: {}", self.project.path.display(), error.said())))?;
        Ok(())
    }

    fn training(&self) -> Result<PathBuf> {
        existing(&self.project, self.project.training.as_ref(), "training")
    }

    fn validation(&self) -> Result<PathBuf> {
        existing(&self.project, self.project.validation.as_ref(), "validation")
    }

    /// A data set that the command line names.
    fn given(&self, dataset: &Path) -> Result<PathBuf> {
        let roots = nnc_project::roots(&self.args.dataset_root);
        let located = nnc_project::locate(&dataset.to_string_lossy(), &std::env::current_dir()?, &roots);
        existing(&self.project, Some(&located), "given")
    }

    fn trained_model(&self) -> Result<PathBuf> {
        let folder = std::path::absolute(&self.args.output)?;
        let model = folder.join(TRAINED);
        if model.is_file() {
            return Ok(model);
        }
        Err(Failure::new(Exit::Usage, Message::NotTrained.with(&[&folder.display()])))
    }

    fn start(&self, out: &OutDir, phase: Phase, dataset: PathBuf, model: Option<PathBuf>) -> Result<Value> {
        let threads = self
            .args
            .threads
            .map(usize::from)
            .or_else(|| std::thread::available_parallelism().ok().map(NonZeroUsize::get))
            .unwrap_or(1)
            .max(1);
        let spec = JobSpec {
            phase,
            project: self.project.name.clone(),
            project_folder: self.project.folder().to_owned(),
            staging: PathBuf::new(),
            dataset,
            next: self.next.clone().filter(|_| phase == Phase::Train),
            plugin: self.plugin.clone(),
            params: self.project.params.clone(),
            judgement: self.judgement.clone(),
            model,
            arrays: Vec::new(),
            batch_size: self.project.batch_size,
            max_epoch: self.project.max_epoch,
            device: self.project.device,
            threads,
            weights_dirs: weights::folders(&self.args.weights.weights_dir),
            verbosity: self.args.verbose,
            warnings: self.warnings.clone(),
            restart: self.restart,
            limits: self.args.limits.limits(),
        };
        supervisor::run(spec, out, &self.console, &self.signals)
    }

    fn finish(&self, result: &Value) -> Result<()> {
        if self.args.json {
            print_json(result)?;
        }
        Ok(())
    }
}

/// The data set a project names, if it is there.
fn existing(project: &Project, dataset: Option<&Located>, name: &str) -> Result<PathBuf> {
    let file = project.path.display();
    match dataset {
        Some(Located { path, .. }) if path.exists() => Ok(path.clone()),
        Some(Located { path, hint }) => {
            let hint = hint.as_ref().map(|hint| ProjectText::Hint.with(&[&hint.said()])).unwrap_or_default();
            let message = Message::DatasetIsMissing.with(&[&file, &name, &path.display(), &hint]);
            Err(Failure::new(Exit::Dataset, message))
        }
        None if project.nnc.is_some() => Err(Failure::new(Exit::Usage, ProjectText::NamesNoSet.with(&[&file, &name]))),
        None => Err(Failure::new(Exit::Usage, Message::DatasetIsNotNamed.with(&[&file, &name]))),
    }
}
