//! The model of a folder that a job has written into: one of ours, or one of NNC.

use std::path::{Path, PathBuf};

use crate::names::{BEST_MODEL, MODEL};

/// How NNC calls the best model of an epoch, before and after the epoch's number.
const BEST_OF_NNC: (&str, &str) = ("results_best_", ".nnp");

/// The model that an evaluation takes: the best one of the training, of the latest epoch where NNC has left several, else
/// the one of its end (NNC contract 8.5).
pub fn best_model(folder: &Path) -> Option<PathBuf> {
    let file = |name: &str| Some(folder.join(name)).filter(|path| is_own_file(path));
    file(BEST_MODEL).or_else(|| best_of_nnc(folder)).or_else(|| file(MODEL))
}

fn best_of_nnc(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let models = entries.filter_map(|entry| {
        let name = entry.file_name();
        let epoch = name.to_str()?.strip_prefix(BEST_OF_NNC.0)?.strip_suffix(BEST_OF_NNC.1)?.parse::<u64>().ok()?;
        let path = entry.path();
        is_own_file(&path).then_some((epoch, path))
    });
    models.max().map(|(_, path)| path)
}

/// Whether a file lies there itself: a folder of somebody may hold links that lead to other files of the user.
fn is_own_file(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_model_of_the_latest_epoch_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let found = || best_model(folder.path()).map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
        assert_eq!(found(), None);
        for (name, due) in [
            ("results.nnp", "results.nnp"),
            ("results_current_100.nnp", "results.nnp"),
            ("results_best_x.nnp", "results.nnp"),
            ("results_best_9.nnp", "results_best_9.nnp"),
            ("results_best_10.nnp", "results_best_10.nnp"),
            ("result_train_best.nnp", "result_train_best.nnp"),
        ] {
            std::fs::write(folder.path().join(name), "").unwrap();
            assert_eq!(found().as_deref(), Some(due), "{name}");
        }
        // Links lead elsewhere.
        let linked = tempfile::tempdir().unwrap();
        for name in ["results.nnp", "results_best_9.nnp", "result_train_best.nnp"] {
            std::os::unix::fs::symlink(folder.path().join("results.nnp"), linked.path().join(name)).unwrap();
        }
        assert_eq!(best_model(linked.path()), None);
        // A folder of that name is no model.
        std::fs::create_dir(folder.path().join("results_best_11.nnp")).unwrap();
        assert_eq!(found().as_deref(), Some("result_train_best.nnp"));
    }
}
