//! A checked project: the file read, overridden and resolved against the folder it lies in.

use std::path::{Path, PathBuf};

use nnc_project_types::{Device, Engine, PluginReference, Roi, ScoringOptions, TileRule};
use nnc_report::Files;
use serde_json::{Map, Value};
use toml::de::{DeTable, Deserializer};

use crate::error::{ProjectError, ProjectProblem};
use crate::file::{File, RoiValue};
use crate::known_keys::{self, first_unknown};
use crate::locate::{Located, locate};
use crate::nnc;
use crate::note::ProjectNote;
use crate::overrides::Override;
use crate::own_network::OwnNetwork;

/// Largest `batch_size` accepted; beyond it the images alone would not fit into memory.
const MAX_BATCH_SIZE: usize = 65_536;
/// Largest `max_epoch` accepted.
const MAX_EPOCHS: usize = 1_000_000;

/// The plugin for projects of NNC, which cannot name one.
const DEFAULT_PLUGIN: &str = "padim";

/// A checked project; paths are absolute.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// The project file.
    pub path: PathBuf,
    /// Name for people.
    pub name: String,
    /// Dataset of `[dataset.training]`.
    pub training: Option<Located>,
    /// Whether the project asks for shuffled training data.
    pub shuffle_training: bool,
    /// Dataset of `[dataset.validation]`.
    pub validation: Option<Located>,
    /// Whether the project asks for shuffled evaluation data.
    pub shuffle_validation: bool,
    /// Normal images for the threshold, `[dataset.calibration]`.
    pub calibration: Option<Located>,
    /// The part of the images that counts; `None` for all of it.
    pub roi: Option<Roi>,
    /// What `[score]`, `[threshold]` and `[report]` ask for.
    pub scoring: ScoringOptions,
    /// Upper bound for images held at once.
    pub batch_size: usize,
    /// For plugins that iterate.
    pub max_epoch: usize,
    /// How large images are cut; `None` where they are read whole.
    pub tile: Option<TileRule>,
    /// The plugin, where the project names one.
    pub plugin: Option<PluginReference>,
    /// Whether the plugin is named by an override, which is the user's own word, and not by the project file.
    pub plugin_is_overridden: bool,
    /// Values the user gave, not yet checked against the manifest.
    pub params: Map<String, Value>,
    /// Where to compute.
    pub device: Device,
    /// What runs networks.
    pub engine: Engine,
    /// What else there is to know about a project that NNC made.
    pub nnc: Option<NncProject>,
}

/// A project of NNC's own.
#[derive(Debug, Clone, PartialEq)]
pub struct NncProject {
    /// Its networks that are not left blank for a training plugin.
    pub networks: Vec<OwnNetwork>,
    /// Settings that have no effect here.
    pub notes: Vec<ProjectNote>,
}

/// Far more than any project file has.
const MAX_BYTES: u64 = 64 << 20;

/// A problem, and the key it is about.
type Refusal = (&'static [&'static str], ProjectProblem);

impl Project {
    /// Reads `path` and applies the overrides of the command line. Datasets that NNC keeps as `tenant/dataset` are looked
    /// for in `roots`.
    ///
    /// # Errors
    /// The first problem, with the line where it stands.
    pub fn read(path: &Path, overrides: &[Override], roots: &[PathBuf]) -> Result<Self, ProjectError> {
        let plugin_is_overridden = overrides.iter().any(|one| one.sets(&["plugin", "name"]));
        Ok(Self { plugin_is_overridden, ..Self::read_file(path, overrides, roots)? })
    }

    fn read_file(path: &Path, overrides: &[Override], roots: &[PathBuf]) -> Result<Self, ProjectError> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let fail = |line, problem| ProjectError { path: path.clone(), line, problem };

        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
            return Err(fail(None, ProjectProblem::IsDataset));
        }
        let text = nnc_files::read_regular(&path, MAX_BYTES)
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| std::io::Error::other("the text is not UTF-8")))
            .map_err(|error| fail(None, ProjectProblem::Unreadable(error)))?;
        Self::of_text(&path, &text, overrides, roots)
    }

    /// As [`Project::read`], of a text that is not, or not yet, what the file at `path` holds.
    ///
    /// # Errors
    /// The first problem, with the line where it stands.
    pub fn of_text(path: &Path, text: &str, overrides: &[Override], roots: &[PathBuf]) -> Result<Self, ProjectError> {
        let path = path.to_owned();
        let fail = |line, problem| ProjectError { path: path.clone(), line, problem };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if nnc::is_nnc(&path) {
            let imported = nnc::read(&path, text)?;
            let file = overridden(imported.table, overrides).map_err(|problem| fail(None, problem))?;
            let project = Self::from_file(&path, file, roots).map_err(|(_, problem)| fail(None, problem))?;
            let nnc = NncProject { networks: imported.networks, notes: imported.notes };
            return Ok(Self { nnc: Some(nnc), ..project });
        }
        let document = Document::parse(text).map_err(|(line, problem)| fail(line, problem))?;
        let mut file = document.file().map_err(|(line, problem)| fail(line, problem))?;
        if !overrides.is_empty() {
            file = document.table().and_then(|table| overridden(table, overrides)).map_err(|p| fail(None, p))?;
        }
        Self::from_file(&path, file, roots).map_err(|(keys, problem)| {
            let in_file = overrides.is_empty().then(|| document.line(keys)).flatten();
            fail(in_file, problem)
        })
    }

    fn from_file(path: &Path, file: File, roots: &[PathBuf]) -> Result<Self, Refusal> {
        let folder = path.parent().unwrap_or(Path::new("/"));
        let dataset = |keys: &'static [&'static str], uri: Option<&str>| match uri {
            Some("") => {
                let dataset = keys.get(1).copied().unwrap_or_default();
                Err((keys, ProjectProblem::EmptyUri { dataset }))
            }
            Some(uri) => plain(keys, uri).map(|uri| Some(locate(uri, folder, roots))),
            None => Ok(None),
        };
        plain(&["plugin", "name"], &file.plugin.name)?;
        plain(&["report", "masks"], file.report.masks.as_deref().unwrap_or_default())?;
        let positive = |keys: &'static [&'static str], found: i64, max: usize| match usize::try_from(found) {
            Ok(number) if number >= 1 && number <= max => Ok(number),
            _ => {
                let key = keys.last().copied().unwrap_or_default();
                Err((keys, ProjectProblem::OutOfRange { key, found, max }))
            }
        };
        let (training, validation) = (file.dataset.training, file.dataset.validation);
        // A plugin given as a file is meant relative to the project, an id is looked up in the plugin folders.
        let named = Some(file.plugin.name).filter(|name| !name.is_empty());
        let rule = file.score.rule.map(|rule| rule.parse()).transpose();
        let task = file.score.task.map(|task| task.parse()).transpose();
        let group = file.dataset.group.as_deref().map(str::parse).transpose();
        let normals = file.threshold.normals.map(|normals| normals.parse()).transpose();
        let device = file.compute.device.map_or(Ok(Device::default()), |device| device.parse());
        let engine = file.compute.engine.map_or(Ok(Engine::default()), |engine| engine.parse());
        let tile = file.config.tile.map(|tile| TileRule::new(tile.size, tile.overlap)).transpose();
        let name = file.project.name.unwrap_or_else(|| {
            path.file_stem().map_or_else(|| "project".to_owned(), |stem| stem.to_string_lossy().into_owned())
        });
        Ok(Self {
            path: path.to_owned(),
            name,
            training: dataset(&["dataset", "training", "uri"], training.as_ref().map(|dataset| dataset.uri.as_str()))?,
            shuffle_training: training.is_some_and(|dataset| dataset.shuffle),
            shuffle_validation: validation.as_ref().is_some_and(|dataset| dataset.shuffle),
            validation: dataset(&["dataset", "validation", "uri"], validation.as_ref().map(|d| d.uri.as_str()))?,
            calibration: dataset(
                &["dataset", "calibration", "uri"],
                file.dataset.calibration.as_ref().map(|dataset| dataset.uri.as_str()),
            )?,
            roi: match file.dataset.roi {
                Some(RoiValue::Picture(path)) => {
                    let path = plain(&["dataset", "roi"], &path)?;
                    Some(Roi::Picture(folder.join(path.replace('\\', "/"))))
                }
                Some(RoiValue::Polygons(polygons)) => match polygons.iter().position(|corners| !are_finite(corners)) {
                    Some(index) => {
                        let problem = ProjectProblem::RoiCorner { polygon: index + 1 };
                        return Err((&["dataset", "roi"], problem));
                    }
                    None => Some(Roi::Polygons(polygons)),
                },
                None => None,
            },
            scoring: ScoringOptions {
                rule: rule.map_err(|error| (&["score", "rule"][..], ProjectProblem::ScoreRule(error)))?,
                task: task.map_err(|error| (&["score", "task"][..], ProjectProblem::Task(error)))?,
                threshold: file.threshold.value,
                false_alarm_rate: file.threshold.false_alarm_rate,
                normals: normals
                    .map_err(|error| (&["threshold", "normals"][..], ProjectProblem::NormalSource(error)))?,
                confidence: file.threshold.confidence,
                masks: file.report.masks.map(|masks| folder.join(masks.replace('\\', "/"))),
                mask_column: file.report.mask_column,
                group: group.map_err(|error| (&["dataset", "group"][..], ProjectProblem::GroupRule(error)))?,
                files: Files { excel: file.report.excel, heat_maps: file.report.heatmaps },
            },
            batch_size: positive(&["config", "batch_size"], file.config.batch_size, MAX_BATCH_SIZE)?,
            max_epoch: positive(&["config", "max_epoch"], file.config.max_epoch, MAX_EPOCHS)?,
            tile: tile.map_err(|error| (&["config", "tile"][..], ProjectProblem::TileRule(error)))?,
            plugin: named.map(|name| PluginReference::parse(&name, folder)),
            plugin_is_overridden: false,
            params: file.plugin.params,
            device: device.map_err(|error| (&["compute", "device"][..], ProjectProblem::Device(error)))?,
            engine: engine.map_err(|error| (&["compute", "engine"][..], ProjectProblem::Engine(error)))?,
            nnc: None,
        })
    }

    /// The plugin that trains: the one named, or the default one for a project of NNC whose network was left blank.
    ///
    /// # Errors
    /// Another project that names none: only an evaluation can do without.
    pub fn training_plugin(&self) -> Result<PluginReference, ProjectError> {
        let default = PluginReference::Id(DEFAULT_PLUGIN.to_owned());
        let problem = match (&self.plugin, &self.nnc) {
            (Some(plugin), _) => return Ok(plugin.clone()),
            (None, Some(nnc)) if nnc.networks.is_empty() => return Ok(default),
            (None, Some(nnc)) => ProjectProblem::OnlyNncTrains { networks: nnc.networks.clone(), example: default },
            (None, None) => ProjectProblem::NoPlugin { example: default },
        };
        Err(ProjectError { path: self.path.clone(), line: None, problem })
    }

    /// What the log of a training should say about the project.
    pub fn training_notes(&self) -> Vec<ProjectNote> {
        let mut notes = Vec::new();
        if let Some(nnc) = &self.nnc {
            notes.clone_from(&nnc.notes);
            match &self.plugin {
                None => {
                    let plugin = PluginReference::Id(DEFAULT_PLUGIN.to_owned());
                    notes.push(ProjectNote::DefaultPlugin { plugin });
                }
                Some(plugin) if !nnc.networks.is_empty() => {
                    notes.push(ProjectNote::NetworkIgnored { plugin: plugin.clone() });
                }
                Some(_) => {}
            }
        }
        if self.shuffle_training {
            notes.push(ProjectNote::ShuffleIgnored);
        }
        notes
    }

    /// What the log of an evaluation should say about the project.
    pub fn evaluation_notes(&self) -> Vec<ProjectNote> {
        // As in NNC, which asks no dataset about it when it evaluates.
        self.shuffle_validation.then_some(ProjectNote::EvaluationShuffleIgnored).into_iter().collect()
    }

    /// Folder of the project file, to which relative paths refer.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }
}

/// A project in TOML with the overrides applied.
fn overridden(mut table: toml::Table, overrides: &[Override]) -> Result<File, ProjectProblem> {
    for text in overrides {
        text.apply(&mut table).map_err(|error| ProjectProblem::Override(error.into()))?;
    }
    table.try_into().map_err(|error: toml::de::Error| ProjectProblem::AfterOverrides {
        given: overrides.iter().map(|text| text.given().to_owned()).collect(),
        reason: error.message().to_owned(),
    })
}

/// A project file that is TOML, with the place of every key.
struct Document<'a> {
    text: &'a str,
    table: DeTable<'a>,
}

impl<'a> Document<'a> {
    fn parse(text: &'a str) -> Result<Self, (Option<usize>, ProjectProblem)> {
        let table = DeTable::parse(text).map_err(|error| syntax(text, &error))?;
        Ok(Self { text, table: table.into_inner() })
    }

    /// What the file says.
    fn file(&self) -> Result<File, (Option<usize>, ProjectProblem)> {
        let document = Deserializer::parse(self.text).map_err(|error| syntax(self.text, &error))?;
        let (file, unknown) = known_keys::read(document);
        match unknown.and_then(|keys| Some((self.line(&keys), first_unknown(&keys)?))) {
            Some((line, unknown)) => Err((line, ProjectProblem::UnknownKey(unknown.into()))),
            None => file.map_err(|error| syntax(self.text, &error)),
        }
    }

    /// The file as a table that can be changed.
    fn table(&self) -> Result<toml::Table, ProjectProblem> {
        toml::from_str(self.text).map_err(|error| ProjectProblem::Toml(error.message().to_owned()))
    }

    /// The line of a key; `None` where the file does not have it.
    fn line<S: AsRef<str>>(&self, keys: &[S]) -> Option<usize> {
        let mut table = &self.table;
        let (last, sections) = keys.split_last()?;
        for key in sections {
            table = table.get(key.as_ref())?.get_ref().as_table()?;
        }
        let (key, _) = table.get_key_value(last.as_ref())?;
        Some(line(self.text, key.span().start))
    }
}

/// A path as it is, unless it holds what `"data\new"` makes of its `\n`.
fn plain<'a>(keys: &'static [&'static str], path: &'a str) -> Result<&'a str, Refusal> {
    if !path.contains(char::is_control) {
        return Ok(path);
    }
    let key = keys.join(".");
    Err((keys, ProjectProblem::ControlCharacters { key, found: path.escape_debug().to_string() }))
}

/// Whether every corner of a polygon is a place.
fn are_finite(corners: &[[f64; 2]]) -> bool {
    corners.as_flattened().iter().all(|at| at.is_finite())
}

/// The line of a byte.
fn line(text: &str, offset: usize) -> usize {
    1 + text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count()
}

fn syntax(text: &str, error: &toml::de::Error) -> (Option<usize>, ProjectProblem) {
    let line = error.span().map(|span| line(text, span.start));
    (line, ProjectProblem::Toml(error.message().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nnc_project_types::{NotATileRule, UnknownDevice, UnknownEngine};
    use nnc_report::{NormalSource, ScoreRule};

    use crate::error::{OverrideProblem, UnknownKey};

    const WHOLE: &str = "[project]\nname = \"gears\"\n[dataset.training]\nuri = \"train.csv\"\n[dataset.validation]\n\
        uri = \"sub\\\\test.csv\"\nshuffle = false\n[config]\nbatch_size = 8\n[plugin]\nname = \"padim\"\n\
        [plugin.params]\ngaussian = \"dense\"\nfeature_ratio = 0.1\n[compute]\ndevice = \"cpu\"\n";

    fn read(text: &str, set: &[&str]) -> Result<Project, ProjectError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("p.toml");
        std::fs::write(&path, text).unwrap();
        let set: Vec<Override> = set.iter().map(|text| text.parse().unwrap()).collect();
        Project::read(&path, &set, &[])
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
        assert!(matches!(error, ProjectError { line: Some(2), problem: ProjectProblem::ScoreRule(_), .. }), "{error}");
    }

    #[test]
    fn overrides_reach_every_section() {
        let set = ["plugin.params.gaussian=1/16", "config.batch_size=3", "plugin.params.feature_ratio = 1"];
        let project = read(WHOLE, &[&set[..], &["compute.device=cuda:1", "compute.engine=libtorch"]].concat()).unwrap();
        assert_eq!(project.params["gaussian"], "1/16");
        assert_eq!(project.params["feature_ratio"], "1");
        assert_eq!(project.batch_size, 3);
        assert_eq!((project.device, project.engine), (Device::Cuda(Some(1)), Engine::Libtorch));
    }

    #[test]
    fn a_region_is_a_path_or_polygons() {
        let roi = |text: &str, set: &[&str]| read(text, set).unwrap().roi;
        let Some(Roi::Picture(path)) = roi("[dataset]\nroi = \"sub\\\\roi.png\"\n", &[]) else { panic!("no picture") };
        assert!(path.ends_with("sub/roi.png") && path.is_absolute());
        let polygons = Roi::Polygons(vec![vec![[0.0, 1.5], [8.0, 0.0], [8.0, 8.0]]]);
        assert_eq!(roi("[dataset]\nroi = [[[0, 1.5], [8, 0], [8, 8]]]\n", &[]), Some(polygons.clone()));
        assert_eq!(roi("", &["dataset.roi=[[[0, 1.5], [8, 0], [8, 8]]]"]), Some(polygons));
        assert_eq!(roi("", &[]), None);
        for wrong in ["3", "[[0, 1]]", "[[[0, 1, 2]]]", "{ a = 1 }"] {
            let error = read(&format!("[dataset]\nroi = {wrong}\n"), &[]).unwrap_err();
            assert!(
                matches!(&error.problem, ProjectProblem::Toml(reason) if reason.contains("path of a picture")),
                "{error}"
            );
        }
    }

    #[test]
    fn tiles_are_named_in_parts_or_whole() {
        let tile = |text: &str, set: &[&str]| read(text, set).unwrap().tile.map(|tile| (tile.size(), tile.overlap()));
        assert_eq!(tile("[config]\nbatch_size = 4\n", &[]), None);
        assert_eq!(tile("[config]\ntile = { size = 96, overlap = 16 }\n", &[]), Some((96, 16)));
        assert_eq!(tile("[config.tile]\n", &[]), Some((224, 32)));
        assert_eq!(tile("", &["config.tile={size=64,overlap=0}"]), Some((64, 0)));
        assert_eq!(tile("[config]\ntile = { size = 96 }\n", &["config.tile.overlap=8"]), Some((96, 8)));
    }

    #[test]
    fn unknown_keys_are_told_with_their_line_and_the_nearest_one() {
        for (text, line, key, section, nearest) in [
            ("[plugin]\nname = \"padim\"\nparms = 1\n", 3, "parms", "plugin", Some("params")),
            ("[datasets]\n", 1, "datasets", "", Some("dataset")),
            ("[dataset.train]\nuri = \"a\"\n", 1, "train", "dataset", Some("training")),
            ("\n[dataset.training]\nurl = \"a\"\n", 3, "url", "dataset.training", Some("uri")),
            ("[project]\nzebra = 1\n", 2, "zebra", "project", None),
        ] {
            match read(text, &[]).unwrap_err() {
                ProjectError { line: Some(found), problem: ProjectProblem::UnknownKey(unknown), .. } => {
                    let UnknownKey { key: found_key, section: found_section, nearest: found_nearest, .. } = *unknown;
                    assert_eq!((found, &*found_key, &*found_section, found_nearest), (line, key, section, nearest));
                }
                error => panic!("{error}"),
            }
        }
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let plugin = "[plugin]\nname = \"padim\"\n";
        let of = |text: &str, set: &[&str]| {
            let error = read(text, set).unwrap_err();
            (error.line, error.problem)
        };
        let (line, problem) = of("[config]\nbatch_size = \"many\"\n", &[]);
        assert!(
            matches!(&problem, ProjectProblem::Toml(reason) if reason == "invalid type: string \"many\", expected i64"),
            "{problem:?}"
        );
        assert_eq!(line, Some(2));
        assert!(matches!(of("[plugin\n", &[]), (Some(1), ProjectProblem::Toml(_))));
        let out_of_range =
            |found| matches!(found, ProjectProblem::OutOfRange { key: "batch_size", found: 0, max: 65_536 });
        assert!(out_of_range(of(plugin, &["config.batch_size=0"]).1));
        let (line, problem) = of("[config]\nbatch_size = 0\n", &[]);
        assert!(line == Some(2) && out_of_range(problem));
        let (line, problem) = of(plugin, &["compute.device=gpu"]);
        assert!(
            line.is_none() && matches!(&problem, ProjectProblem::Device(UnknownDevice { found }) if found == "gpu")
        );
        let (line, problem) = of("[compute]\nengine = \"torch\"\n", &[]);
        assert!(
            line == Some(2) && matches!(problem, ProjectProblem::Engine(UnknownEngine { found }) if found == "torch")
        );
        let (line, problem) = of("[config]\n\ntile = { overlap = 113 }\n", &[]);
        let overlap = NotATileRule { key: "overlap", found: 113, least: 0, most: 112 };
        assert!(line == Some(3) && matches!(problem, ProjectProblem::TileRule(error) if error == overlap));
        let (_, problem) = of("[config]\nbatch_size = 4\n", &["config.batch_size.x=1"]);
        assert!(matches!(&problem, ProjectProblem::Override(error)
            if error.problem == OverrideProblem::NoSection { key: "batch_size".to_owned() }));
        assert!(matches!(of(plugin, &["config.batch_size=many"]).1, ProjectProblem::AfterOverrides { .. }));
        let shuffled = "[plugin]\nname=\"p\"\n[dataset.validation]\nuri=\"a\"\nshuffle=true\n";
        assert_eq!(read(shuffled, &[]).unwrap().evaluation_notes(), [ProjectNote::EvaluationShuffleIgnored]);
        assert_eq!(read(plugin, &[]).unwrap().evaluation_notes(), []);
        let empty = "[plugin]\nname=\"p\"\n[dataset.training]\nuri=\"\"\n";
        assert!(matches!(of(empty, &[]), (Some(4), ProjectProblem::EmptyUri { dataset: "training" })));
        let none = read("", &[]).unwrap().training_plugin().unwrap_err();
        assert!(matches!(none.problem, ProjectProblem::NoPlugin { .. }));
        let missing = Project::read(Path::new("/no/such.toml"), &[], &[]).unwrap_err();
        assert!(matches!(missing.problem, ProjectProblem::Unreadable(_)));
    }

    #[test]
    fn a_path_with_escapes_is_refused_in_one_line() {
        let text = "[plugin]\nname=\"p\"\n[dataset.training]\nuri = \"data\\new\\train.csv\"\n";
        let ProjectError { line, problem, .. } = read(text, &[]).unwrap_err();
        assert_eq!(line, Some(4));
        assert!(
            matches!(&problem, ProjectProblem::ControlCharacters { key, found }
                if key == "dataset.training.uri" && found == r"data\new\train.csv"),
            "{problem:?}"
        );
        assert!(read(&text.replace('"', "'"), &[]).is_ok());
    }
}
