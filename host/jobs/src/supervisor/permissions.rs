//! What the worker of a job may use: exactly what the job names.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use nnc_dataset::Dataset;
use nnc_files::note;
use nnc_project_types::{Device, Roi};
use nnc_sandbox::Permissions;
use serde_json::Value;

use crate::provenance;
use crate::spec::{JobSpec, Work};
use crate::worker::services::cache_folder;

/// Up to so many files of a dataset are named one by one; of more, the folders.
const FILES: usize = 10_000;
/// There is one of them if a driver of NVIDIA's is; the second in WSL.
const CUDA_CONTROL: [&str; 2] = ["/dev/nvidiactl", "/dev/dxg"];

/// The permissions of the worker of `job`, whose staging folder exists.
pub(super) fn of(job: &JobSpec) -> Permissions {
    let mut allowed = nnc_registry::reading(&job.plugin).writing(&job.staging);
    allowed.read.extend(job.weights_dirs.iter().cloned());
    allowed.read.extend(parameters(job));
    if let Some(Roi::Picture(path)) = &job.roi {
        allowed.read.push(path.clone());
    }
    // Made here, since the worker may make nothing beside it. Without one the plugin goes without a cache.
    allowed.write.extend(cache_folder(&job.plugin).filter(|folder| fs::create_dir_all(folder).is_ok()));
    let mut datasets = Vec::new();
    match &job.work {
        Work::Train(work) => {
            datasets.push(&work.dataset);
            // How its images were shaped.
            allowed.read.extend(nnc_dataset_create::mark_of(&work.dataset));
            datasets.extend(work.next.as_ref().map(|next| &next.dataset));
            datasets.extend(work.next.iter().filter_map(|next| next.scoring.normals.as_ref()).map(|(_, path)| path));
            allowed.read.extend(work.next.as_ref().and_then(|next| next.scoring.masks.clone()));
        }
        Work::Evaluate(work) => {
            datasets.push(&work.dataset);
            datasets.extend(work.scoring.normals.as_ref().map(|(_, path)| path));
            allowed.read.push(work.model.clone());
            allowed.read.extend(work.scoring.masks.clone());
            // Its table alone, which says what groups were trained on.
            allowed.read.extend(work.scoring.grouping.as_ref().and_then(|grouping| grouping.training.clone()));
        }
        Work::RunArrays(work) => {
            allowed.read.push(work.model.clone());
            allowed.read.extend(work.arrays.iter().map(|(_, file)| file.clone()));
        }
        Work::Live(work) => allowed.read.push(work.model.clone()),
    }
    allowed.read.extend(datasets.into_iter().flat_map(|dataset| of_dataset(dataset)));
    allowed.cuda = match job.device {
        Device::Cpu => false,
        Device::Cuda(_) => true,
        Device::Auto => CUDA_CONTROL.iter().any(|device| Path::new(device).exists()),
    };
    if allowed.cuda {
        // Beside libtorch's own libraries those of CUDA, as in Python's folder of packages.
        let torch = std::env::var_os("NNC_HOST_LIBTORCH").map(PathBuf::from);
        allowed.read.extend(torch.iter().flat_map(|folder| [folder.clone(), folder.with_file_name("nvidia")]));
    }
    allowed
}

/// A dataset and the files that it names.
fn of_dataset(path: &Path) -> Vec<PathBuf> {
    let mut read = vec![path.to_owned()];
    // The worker says what is wrong with it.
    let Ok(dataset) = Dataset::open(path) else { return read };
    let files: BTreeSet<PathBuf> = dataset.files().collect();
    if files.len() <= FILES {
        read.extend(files);
        return read;
    }
    let home = std::env::var_os("HOME").and_then(|home| fs::canonicalize(home).ok());
    let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
    let (whole, single): (BTreeSet<_>, BTreeSet<_>) = folders.into_iter().partition(|folder| {
        // A folder with all of a user's files is not a dataset.
        fs::canonicalize(folder).is_ok_and(|folder| home.as_ref().is_some_and(|home| !home.starts_with(folder)))
    });
    let is_link = |file: &&PathBuf| fs::symlink_metadata(file).is_ok_and(|found| found.is_symlink());
    let named = |file: &&PathBuf| file.parent().is_some_and(|folder| single.contains(folder)) || is_link(file);
    read.extend(files.iter().filter(named).cloned());
    read.extend(whole.into_iter().map(Path::to_owned));
    read
}

/// Files that the parameters name: those of the project wherever they are, those of a model beneath the project, since
/// a model may come from someone else.
fn parameters(job: &JobSpec) -> Vec<PathBuf> {
    let texts = |value: &Value| value.as_str().map(|text| PathBuf::from(text.replace('\\', "/")));
    let given = job.parameters.values.values().filter_map(texts);
    let mut named: Vec<PathBuf> = given.map(|path| job.parameters.folder.join(path)).collect();
    let model = match &job.work {
        Work::Evaluate(work) => Some(&work.model),
        Work::Live(work) => Some(&work.model),
        Work::Train(_) | Work::RunArrays(_) => None,
    };
    if let Some(model) = model
        && let Ok(Some(origin)) = provenance::read(model)
    {
        let beneath = origin.parameters.values().filter_map(texts).filter(|path| is_beneath(path));
        named.extend(beneath.map(|path| job.parameters.folder.join(path)));
    }
    let mut read = Vec::new();
    for path in named.into_iter().filter(|path| path.is_file()) {
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
            read.extend(of_dataset(&path));
        }
        read.push(note::beside(&path));
        read.push(path);
    }
    read
}

fn is_beneath(path: &Path) -> bool {
    path.components().all(|component| matches!(component, Component::Normal(_) | Component::CurDir))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_leads_out_of_the_project_nowhere() {
        assert!(is_beneath(Path::new("./masks/a.png")));
        assert!(!is_beneath(Path::new("../a.png")) && !is_beneath(Path::new("/etc/passwd")));
    }

    #[test]
    fn of_a_small_dataset_the_files_are_named_one_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let csv = folder.path().join("a.csv");
        fs::write(&csv, "x:image,y:label\n./one.png,0\n").unwrap();
        assert_eq!(of_dataset(&csv), [csv.clone(), folder.path().join("./one.png")]);
    }
}
