//! The project file: what to train and evaluate, with which detector. TOML, checked so that a slip of the finger is
//! told with its line and the nearest known key. Projects of NNC are read too, see [`nnc`].

mod locate;
mod nnc;

use std::path::{Path, PathBuf};

use nnc_messages::Say;
use nnc_plugin_api::nearest;
use nnc_project_types::{Device, PluginReference, ScoringOptions, UnknownDevice};
use nnc_report::{Files, NormalSource, ScoreRule};
use serde::Deserialize;
use serde_json::{Map, Value};
use toml::de::DeTable;

use crate::language::ProjectText;

pub(crate) use locate::{Located, locate, roots};

/// Largest `batch_size` accepted; beyond it the images alone would not fit into memory.
const MAX_BATCH_SIZE: usize = 65_536;

/// The plugin for projects of NNC, which cannot name one.
const USUAL_PLUGIN: &str = "padim";

/// Every key that a project file may hold. `plugin.params` is left to the plugin's manifest.
const KEYS: &[(&str, &[&str])] = &[
    ("", &["project", "dataset", "config", "plugin", "compute", "score", "threshold", "report"]),
    ("project", &["name"]),
    ("dataset", &["training", "validation", "calibration"]),
    ("dataset.training", &["uri", "shuffle"]),
    ("dataset.validation", &["uri", "shuffle"]),
    ("dataset.calibration", &["uri"]),
    ("config", &["batch_size", "max_epoch"]),
    ("plugin", &["name", "params"]),
    ("compute", &["device"]),
    ("score", &["rule"]),
    ("threshold", &["value", "false_alarm_rate", "normals", "confidence"]),
    ("report", &["masks", "mask_column", "heatmaps", "excel"]),
];

/// A checked project; paths are absolute.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Project {
    /// The project file.
    pub(crate) path: PathBuf,
    /// Name for people.
    pub(crate) name: String,
    /// Data set of `[dataset.training]`.
    pub(crate) training: Option<Located>,
    /// Whether the project asks for shuffled training data.
    pub(crate) shuffle_training: bool,
    /// Data set of `[dataset.validation]`.
    pub(crate) validation: Option<Located>,
    /// Normal images for the threshold, `[dataset.calibration]`.
    pub(crate) calibration: Option<Located>,
    /// What `[score]`, `[threshold]` and `[report]` ask for.
    pub(crate) scoring: ScoringOptions,
    /// Upper bound for images held at once.
    pub(crate) batch_size: usize,
    /// For plugins that iterate.
    pub(crate) max_epoch: usize,
    /// The plugin, where the project names one.
    pub(crate) plugin: Option<PluginReference>,
    /// Values the user gave, not yet checked against the manifest.
    pub(crate) params: Map<String, Value>,
    /// Where to compute.
    pub(crate) device: Device,
    /// What else is to say of a project that NNC made.
    pub(crate) nnc: Option<Nnc>,
}

/// A project of NNC's own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Nnc {
    /// Functions of its network; 0 for one left blank for a training plugin.
    pub(crate) functions: usize,
    /// Settings that have no effect here, one sentence each.
    pub(crate) warnings: Vec<String>,
}

/// Why a project cannot be used: one sentence with file and line where there is one.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: {message}", .path.display(), .line.map(|l| format!(":{l}")).unwrap_or_default())]
pub(crate) struct ProjectError {
    path: PathBuf,
    line: Option<usize>,
    message: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct File {
    project: ProjectTable,
    dataset: DatasetTable,
    config: ConfigTable,
    plugin: PluginTable,
    compute: ComputeTable,
    score: ScoreTable,
    threshold: ThresholdTable,
    report: ReportTable,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ProjectTable {
    name: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct DatasetTable {
    training: Option<DatasetEntry>,
    validation: Option<DatasetEntry>,
    calibration: Option<DatasetEntry>,
}

#[derive(Deserialize)]
struct DatasetEntry {
    uri: String,
    #[serde(default)]
    shuffle: bool,
}

#[derive(Deserialize)]
#[serde(default)]
struct ConfigTable {
    batch_size: i64,
    max_epoch: i64,
}

impl Default for ConfigTable {
    fn default() -> Self {
        Self { batch_size: 64, max_epoch: 100 }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PluginTable {
    name: String,
    params: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(default)]
struct ComputeTable {
    device: String,
}

impl Default for ComputeTable {
    fn default() -> Self {
        Self { device: "auto".to_owned() }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ScoreTable {
    #[serde(deserialize_with = "score_rule")]
    rule: Option<ScoreRule>,
}

fn score_rule<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<ScoreRule>, D::Error> {
    let rule = String::deserialize(deserializer)?.parse::<ScoreRule>();
    rule.map(Some).map_err(|error| serde::de::Error::custom(error.said()))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ThresholdTable {
    value: Option<f32>,
    false_alarm_rate: Option<f64>,
    normals: Option<NormalSource>,
    confidence: Option<f64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ReportTable {
    masks: Option<String>,
    mask_column: Option<String>,
    heatmaps: bool,
    excel: bool,
}

impl Project {
    /// Reads `path` and applies `--set` overrides of the form `key.path=value`; a value that is no TOML is a text.
    /// Data sets that NNC keeps as `tenant/dataset` are looked for in `roots`.
    ///
    /// # Errors
    /// The first problem, with the line where it stands.
    pub(crate) fn read(path: &Path, overrides: &[String], roots: &[PathBuf]) -> Result<Self, ProjectError> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let fail = |line: Option<usize>, message: String| ProjectError { path: path.clone(), line, message };

        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
            return Err(fail(None, ProjectText::IsDataset.with(&[])));
        }
        let text = std::fs::read_to_string(&path).map_err(|e| fail(None, ProjectText::Unreadable.with(&[&e])))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let overridden = |mut table: toml::Table| -> Result<File, ProjectError> {
            for text in overrides {
                apply(&mut table, text).map_err(|message| fail(None, ProjectText::Set.with(&[text, &message])))?;
            }
            table.try_into().map_err(|e: toml::de::Error| {
                fail(None, ProjectText::WithSet.with(&[&overrides.join(" "), &e.message()]))
            })
        };
        if nnc::is_nnc(&path) {
            let imported = nnc::read(&path, text)?;
            let file = overridden(imported.table)?;
            let project = Self::from_file(&path, file, roots).map_err(|message| fail(None, message))?;
            let nnc = Nnc { functions: imported.functions, warnings: imported.warnings };
            return Ok(Self { nnc: Some(nnc), ..project });
        }
        let line_of = |offset: usize| Some(1 + text.as_bytes().iter().take(offset).filter(|&&b| b == b'\n').count());
        let syntax = |e: toml::de::Error| fail(e.span().and_then(|s| line_of(s.start)), e.message().to_owned());

        let document = DeTable::parse(text).map_err(syntax)?;
        check_keys("", document.get_ref(), &|offset, message| fail(line_of(offset), message))?;

        let file: File = if overrides.is_empty() {
            toml::from_str(text).map_err(syntax)?
        } else {
            overridden(toml::from_str(text).map_err(syntax)?)?
        };
        Self::from_file(&path, file, roots).map_err(|message| fail(None, message))
    }

    fn from_file(path: &Path, file: File, roots: &[PathBuf]) -> Result<Self, String> {
        let folder = path.parent().unwrap_or(Path::new("/"));
        let positive = |key: &str, value: i64, max: usize| match usize::try_from(value) {
            Ok(n) if n >= 1 && n <= max => Ok(n),
            _ => Err(ProjectText::NotWhole.with(&[&key, &value, &max])),
        };
        let dataset = |name: &str, entry: &Option<DatasetEntry>| match entry {
            Some(entry) if entry.uri.is_empty() => Err(ProjectText::EmptyUri.with(&[&name])),
            Some(entry) => Ok(Some(locate(&entry.uri, folder, roots))),
            None => Ok(None),
        };
        if file.dataset.validation.as_ref().is_some_and(|d| d.shuffle) {
            return Err(ProjectText::ShuffledValidation.with(&[]));
        }
        // A plugin given as a file is meant relative to the project, an id is looked up in the plugin folders.
        let plugin = match file.plugin.name {
            name if name.is_empty() => None,
            name => Some(PluginReference::parse(&name, folder)),
        };
        let name = file.project.name.unwrap_or_else(|| {
            path.file_stem().map_or_else(|| "project".to_owned(), |s| s.to_string_lossy().into_owned())
        });
        Ok(Self {
            path: path.to_owned(),
            name,
            training: dataset("training", &file.dataset.training)?,
            shuffle_training: file.dataset.training.is_some_and(|d| d.shuffle),
            validation: dataset("validation", &file.dataset.validation)?,
            calibration: dataset("calibration", &file.dataset.calibration)?,
            scoring: ScoringOptions {
                rule: file.score.rule,
                threshold: file.threshold.value,
                false_alarm_rate: file.threshold.false_alarm_rate,
                normals: file.threshold.normals,
                confidence: file.threshold.confidence,
                masks: file.report.masks.map(|masks| folder.join(masks.replace('\\', "/"))),
                mask_column: file.report.mask_column,
                files: Files { excel: file.report.excel, heat_maps: file.report.heatmaps },
            },
            batch_size: positive("batch_size", file.config.batch_size, MAX_BATCH_SIZE)?,
            max_epoch: positive("max_epoch", file.config.max_epoch, 1_000_000)?,
            plugin,
            params: file.plugin.params,
            device: file.compute.device.parse().map_err(|error: UnknownDevice| error.said())?,
            nnc: None,
        })
    }

    /// The plugin that trains: the one named, or the usual one for a project of NNC whose network was left blank.
    ///
    /// # Errors
    /// Another project that names none: only an evaluation can do without.
    pub(crate) fn training_plugin(&self) -> Result<PluginReference, ProjectError> {
        let message = match (&self.plugin, &self.nnc) {
            (Some(plugin), _) => return Ok(plugin.clone()),
            (None, Some(Nnc { functions: 0, .. })) => return Ok(PluginReference::Id(USUAL_PLUGIN.to_owned())),
            (None, Some(Nnc { functions, .. })) => ProjectText::OnlyNncTrains.with(&[functions, &USUAL_PLUGIN]),
            (None, None) => ProjectText::NoPlugin.with(&[&USUAL_PLUGIN]),
        };
        Err(ProjectError { path: self.path.clone(), line: None, message })
    }

    /// What the log of a training should say about the project.
    pub(crate) fn training_notes(&self) -> Vec<String> {
        let Some(nnc) = &self.nnc else { return Vec::new() };
        let mut notes = nnc.warnings.clone();
        match &self.plugin {
            None => notes.push(ProjectText::TrainsUsual.with(&[&USUAL_PLUGIN])),
            Some(plugin) if nnc.functions > 0 => {
                notes.push(ProjectText::OwnNetwork.with(&[plugin]));
            }
            Some(_) => {}
        }
        notes
    }

    /// Folder of the project file, to which relative paths refer.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }
}

fn known_keys(section: &str) -> Option<&'static [&'static str]> {
    KEYS.iter().find(|(name, _)| *name == section).map(|(_, keys)| *keys)
}

fn unknown_key(section: &str, key: &str, known: &[&str]) -> String {
    let place = if section.is_empty() { String::new() } else { ProjectText::InSection.with(&[&section]) };
    match nearest(key, known.iter().copied()) {
        Some(near) => ProjectText::UnknownKey.with(&[&key, &place, &near]),
        None => ProjectText::UnknownKeyOf.with(&[&key, &place, &known.join(", ")]),
    }
}

/// Refuses every key that is not in [`KEYS`], section by section.
fn check_keys(
    section: &str,
    table: &DeTable<'_>,
    fail: &impl Fn(usize, String) -> ProjectError,
) -> Result<(), ProjectError> {
    let Some(known) = known_keys(section) else { return Ok(()) };
    for (key, value) in table {
        let name: &str = key.get_ref();
        if !known.contains(&name) {
            return Err(fail(key.span().start, unknown_key(section, name, known)));
        }
        if let Some(inner) = value.get_ref().as_table() {
            let path = if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
            check_keys(&path, inner, fail)?;
        }
    }
    Ok(())
}

/// Applies one `key.path=value`.
fn apply(table: &mut toml::Table, text: &str) -> Result<(), String> {
    let (path, value) = text.split_once('=').ok_or_else(|| ProjectText::KeyValue.with(&[]))?;
    let keys: Vec<&str> = path.trim().split('.').collect();
    let mut section = String::new();
    for key in &keys {
        if let Some(known) = known_keys(&section)
            && !known.contains(key)
        {
            return Err(unknown_key(&section, key, known));
        }
        section = if section.is_empty() { (*key).to_owned() } else { format!("{section}.{key}") };
    }
    let Some((last, sections)) = keys.split_last() else { return Err(ProjectText::EmptyKey.with(&[])) };
    if last.is_empty() {
        return Err(ProjectText::EmptyKey.with(&[]));
    }
    let mut table = table;
    for key in sections {
        let entry = table.entry(*key).or_insert_with(|| toml::Value::Table(toml::Table::new()));
        table = entry.as_table_mut().ok_or_else(|| ProjectText::NoSection.with(&[key]))?;
    }
    // The manifest knows the types of a plugin's parameters and converts texts, so `nan` may be the text it looks like.
    let value = value.trim();
    let value =
        if sections == ["plugin", "params"] { toml::Value::String(value.to_owned()) } else { read_value(value) };
    table.insert((*last).to_owned(), value);
    Ok(())
}

/// A value of the command line: TOML where it is TOML, otherwise the text itself (`cuda:1`).
fn read_value(text: &str) -> toml::Value {
    toml::from_str::<toml::Table>(&format!("v = {text}"))
        .ok()
        .filter(|t| t.len() == 1)
        .and_then(|mut t| t.remove("v"))
        .unwrap_or_else(|| toml::Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "[project]\nname = \"gears\"\n[dataset.training]\nuri = \"train.csv\"\n[dataset.validation]\n\
        uri = \"sub\\\\test.csv\"\nshuffle = false\n[config]\nbatch_size = 8\n[plugin]\nname = \"padim\"\n\
        [plugin.params]\ngaussian = \"dense\"\nfeature_ratio = 0.1\n[compute]\ndevice = \"cpu\"\n";

    fn read(text: &str, set: &[&str]) -> Result<Project, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("p.toml");
        std::fs::write(&path, text).unwrap();
        let set: Vec<String> = set.iter().map(|&s| s.to_owned()).collect();
        Project::read(&path, &set, &[]).map_err(|e| e.to_string().replace(&format!("{}/", dir.path().display()), ""))
    }

    #[test]
    fn a_whole_project_is_read_with_paths_relative_to_it() {
        let project = read(WHOLE, &[]).unwrap();
        assert_eq!(project.name, "gears");
        let validation = project.validation.unwrap().path;
        assert!(validation.ends_with("sub/test.csv") && validation.is_absolute());
        assert_eq!((project.batch_size, project.max_epoch), (8, 100));
        assert_eq!(project.params["feature_ratio"], 0.1);
        assert_eq!(project.device, Device::Cpu);
    }

    #[test]
    fn scores_thresholds_and_pictures_are_options() {
        let text = "[dataset.calibration]\nuri = \"good.csv\"\n[score]\nrule = \"top 1%\"\n[threshold]\nvalue = 5\n\
            normals = \"validation\"\n[report]\nmasks = \"sub\\\\masks\"\nheatmaps = true\n";
        let project = read(text, &["threshold.confidence=0.9"]).unwrap();
        let scoring = project.scoring;
        assert_eq!(scoring.rule, Some(ScoreRule::TopShare(0.01)));
        assert_eq!((scoring.threshold, scoring.confidence), (Some(5.0), Some(0.9)));
        assert_eq!(scoring.normals, Some(NormalSource::Validation));
        assert!(scoring.masks.unwrap().ends_with("sub/masks") && scoring.files.heat_maps && !scoring.files.excel);
        assert!(project.calibration.unwrap().path.ends_with("good.csv"));
        let error = read("[score]\nrule = \"mean\"\n", &[]).unwrap_err();
        assert!(error.starts_with("p.toml:2: the score rule is \"mean\", expected max, top N"), "{error}");
    }

    #[test]
    fn overrides_reach_every_section() {
        let project = read(
            WHOLE,
            &[
                "plugin.params.gaussian=1/16",
                "config.batch_size=3",
                "plugin.params.feature_ratio = 1",
                "compute.device=cuda:1",
            ],
        )
        .unwrap();
        assert_eq!(project.params["gaussian"], "1/16");
        assert_eq!(project.params["feature_ratio"], "1");
        assert_eq!(project.batch_size, 3);
        assert_eq!(project.device, Device::Cuda(Some(1)));
    }

    #[test]
    fn mistakes_are_told_with_line_and_nearest_key() {
        let plugin = "[plugin]\nname = \"padim\"\n";
        for (text, set, message) in [
            (
                "[plugin]\nname = \"padim\"\nparms = 1\n",
                "",
                "p.toml:3: unknown key `parms` in [plugin]; did you mean `params`?",
            ),
            ("[datasets]\n", "", "p.toml:1: unknown key `datasets`; did you mean `dataset`?"),
            (
                "[dataset.train]\nuri = \"a\"\n",
                "",
                "p.toml:1: unknown key `train` in [dataset]; did you mean `training`?",
            ),
            ("[config]\nbatch_size = \"many\"\n", "", "p.toml:2: invalid type: string \"many\", expected i64"),
            ("[plugin\n", "", "p.toml:1: "),
            (
                plugin,
                "config.batch_size=0",
                "p.toml: [config] batch_size is 0, expected a whole number from 1 to 65536",
            ),
            (
                plugin,
                "config.batchsize=1",
                "p.toml: --set config.batchsize=1: unknown key `batchsize` in [config]; did you mean `batch_size`?",
            ),
            (plugin, "compute.device=gpu", "p.toml: the device is \"gpu\", expected auto, cpu, cuda or cuda:N"),
            (plugin, "nonsense", "p.toml: --set nonsense: expected key.path=value"),
            (
                "[plugin]\nname=\"p\"\n[dataset.validation]\nuri=\"a\"\nshuffle=true\n",
                "",
                "p.toml: [dataset.validation] shuffle is true",
            ),
            ("[plugin]\nname=\"p\"\n[dataset.training]\nuri=\"\"\n", "", "p.toml: [dataset.training] uri is empty"),
        ] {
            let set: &[&str] = if set.is_empty() { &[] } else { &[set] };
            let error = read(text, set).unwrap_err();
            assert!(error.starts_with(message), "{error}\n  expected {message}");
        }
        assert!(read("", &[]).unwrap().training_plugin().unwrap_err().to_string().contains("[plugin] name is missing"));
        assert!(Project::read(Path::new("/no/such.toml"), &[], &[]).unwrap_err().to_string().contains("cannot read"));
    }
}
