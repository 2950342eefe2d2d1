//! Projects of NNC itself, as a `.sdcproj`, as the `network.ini` in the folder of a job, or as the `net.nntxt` made from one (NNC contract 4.1, 4.2).
//!
//! Both say which datasets there are and how large a batch is. They say nothing of detectors: which plugin runs and
//! with which parameters comes from the command line.

mod nntxt;
mod sdcproj;

use std::path::Path;

use crate::error::{ProjectError, ProjectProblem};
use crate::note::ProjectNote;
use crate::own_network::OwnNetwork;

/// Name that NNC gives the dataset to train on.
const TRAINING: &str = "Training";
/// Name that NNC gives the dataset to evaluate.
const VALIDATION: &str = "Validation";

/// What a project of NNC says, as far as jobs here need it.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    /// The keys of a project file that it comes to.
    pub(crate) table: toml::Table,
    /// The project's own networks but those left blank for a training plugin.
    pub(crate) networks: Vec<OwnNetwork>,
    /// Settings that have no effect here.
    pub(crate) notes: Vec<ProjectNote>,
}

/// A dataset of an NNC project.
#[derive(Debug, Default, Clone)]
struct Entry {
    name: String,
    uri: String,
    shuffle: bool,
    normalize: bool,
}

/// Whether `path` is a project of NNC by its extension.
pub(crate) fn is_nnc(path: &Path) -> bool {
    matches!(extension(path).as_str(), "sdcproj" | "ini" | "nntxt" | "prototxt")
}

/// Reads the project at `path`, whose content is `text`.
pub(crate) fn read(path: &Path, text: &str) -> Result<Imported, ProjectError> {
    let fail = |(line, problem)| ProjectError { path: path.to_owned(), line, problem };
    match extension(path).as_str() {
        // The folder of a job has its project as `network.ini`.
        "sdcproj" | "ini" => sdcproj::read(text),
        _ => nntxt::read(text),
    }
    .map_err(fail)
}

fn extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// Why a project cannot be read: the line, where there is one, and the problem.
type Refusal = (Option<usize>, ProjectProblem);

impl Imported {
    /// Puts together what a project says. NNC leaves datasets without URI out and counts the others, so that its
    /// plugins train on the Validation set where Training has none; here datasets go by their names, and only ones
    /// that NNC did not name by their places.
    fn new(entries: &[Entry], batch_size: i64, max_epoch: i64, networks: Vec<OwnNetwork>) -> Self {
        let named = |name: &str| entries.iter().find(|entry| entry.name == name);
        let usual = named(TRAINING).is_some() || named(VALIDATION).is_some();
        let (training, validation) =
            if usual { (named(TRAINING), named(VALIDATION)) } else { (entries.first(), entries.get(1)) };
        let mut notes = Vec::new();
        let mut datasets = toml::Table::new();
        for (key, entry) in [("training", training), ("validation", validation)] {
            let Some(entry) = entry.filter(|entry| !entry.uri.is_empty()) else { continue };
            let mut table = toml::Table::new();
            table.insert("uri".to_owned(), entry.uri.clone().into());
            table.insert("shuffle".to_owned(), entry.shuffle.into());
            datasets.insert(key.to_owned(), table.into());
            if !entry.normalize {
                notes.push(ProjectNote::NormalizationIgnored { dataset: entry.name.clone() });
            }
        }
        let mut config = toml::Table::new();
        config.insert("batch_size".to_owned(), batch_size.into());
        config.insert("max_epoch".to_owned(), max_epoch.into());
        let mut table = toml::Table::new();
        table.insert("dataset".to_owned(), datasets.into());
        table.insert("config".to_owned(), config.into());
        let networks = networks.into_iter().filter(|network| network.functions > 0).collect();
        Self { table, networks, notes }
    }
}
