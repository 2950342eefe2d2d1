//! What can be wrong with a training, or with the evaluation after it, before hours are spent on it.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nnc_dataset::Dataset;
use nnc_messages::{Exit, Failure, OrExit, Result, messages};
use nnc_plugin_api::{Input, Interface, Manifest};

use crate::judging::{groups, masks};
use crate::labels::{ImageLabels, LABEL};
use crate::spec::NextEvaluation;
use crate::worker::parent::Parent;
use crate::worker::samples::Reading;
use crate::worker::view::View;

messages! {
    enum TrainingMessage {
        CannotTrain { plugin: String } => "plugin {plugin} cannot be trained; use `nnc-host evaluate` with --model",
            "プラグイン {plugin} は学習できません。`nnc-host evaluate` に --model を付けて実行してください";
        Defects { defective: usize, images: usize, label: &'static str } => "{defective} of {images} training images have a label `{label}` other than 0, and an anomaly detector learns all of them as normal; take defective images out of the training set",
            "学習用画像 {images} 枚のうち {defective} 枚のラベル `{label}` が 0 ではありません。異常検知では学習用画像をすべて正常として学習します。異常画像は学習用データセットから除いてください";
        SharedImages { shared: usize, images: usize } => "{shared} of {images} images of the validation set are in the training set too, so that the scores say little about new images; `nnc-host dataset check --against` lists them",
            "検証用画像 {images} 枚のうち {shared} 枚が学習用データセットにもあるため、評価結果から新しい画像での性能はほとんど分かりません。`nnc-host dataset check --against` で一覧を表示できます";
        SameSet => "training and validation are the same dataset, so that the scores say nothing about new images",
            "学習用と評価用が同じデータセットのため、評価結果から新しい画像での性能は分かりません";
    }
}

/// Refuses a plugin that only evaluates.
pub(super) fn can_train(manifest: &Manifest) -> Result<()> {
    if manifest.trains {
        return Ok(());
    }
    Err(Failure::new(Exit::Usage, TrainingMessage::CannotTrain { plugin: manifest.id.clone() }))
}

/// Warns of images that a dataset calls defective: a detector learns what is normal from all that it gets.
pub(super) fn warn_of_defects(dataset: &Dataset, parent: &Parent) {
    let labels = ImageLabels::of(dataset);
    let defective = (0..dataset.len()).filter(|&row| labels.is_defective(row)).count();
    if defective > 0 {
        parent.warn(&TrainingMessage::Defects { defective, images: dataset.len(), label: LABEL });
    }
}

/// How many files of `validation` are byte for byte in `training` too, and how many there are. Only files of equal size are
/// read.
fn shared_images(training: &Dataset, validation: &Dataset, variable: &str) -> (usize, usize) {
    let files = |dataset: &Dataset| -> Vec<PathBuf> {
        let column = dataset.variable(variable).ok().and_then(|variable| variable.columns.first().copied());
        let rows = 0..dataset.len();
        column.map_or_else(Vec::new, |column| rows.filter_map(|row| dataset.file(row, column)).collect())
    };
    let size = |path: &Path| std::fs::metadata(path).ok().filter(|found| found.is_file()).map(|found| found.len());
    let mut trained: HashMap<u64, Vec<PathBuf>> = HashMap::new();
    for path in files(training) {
        if let Some(size) = size(&path) {
            trained.entry(size).or_default().push(path);
        }
    }
    let mut hashes: HashMap<u64, HashSet<String>> = HashMap::new();
    let mut shared = 0;
    let validation = files(validation);
    for path in &validation {
        let Some((size, alike)) = size(path).and_then(|size| Some((size, trained.get(&size)?))) else { continue };
        let known = hashes
            .entry(size)
            .or_insert_with(|| alike.iter().filter_map(|path| nnc_files::sha256_of(path).ok()).collect());
        shared += usize::from(nnc_files::sha256_of(path).is_ok_and(|hash| known.contains(&hash)));
    }
    (shared, validation.len())
}

/// Looks at the first sample of the dataset that is evaluated next, so that one that does not fit is refused before the
/// training.
pub(super) fn next_evaluation(
    next: &NextEvaluation,
    trained: &Path,
    interface: &Interface,
    view: &dyn Fn(&Dataset) -> Result<View>,
    reading: Reading,
    parent: &Parent,
) -> Result<()> {
    if next.dataset == trained {
        parent.warn(&TrainingMessage::SameSet);
        return Ok(());
    }
    let dataset = Arc::new(Dataset::open(&next.dataset).or_exit(Exit::Dataset)?);
    masks::refuse_unrelated(&next.scoring, &dataset)?;
    groups::refuse_missing(next.scoring.grouping.as_ref(), &dataset)?;
    if let Ok(training) = Dataset::open(trained) {
        let (shared, images) = shared_images(&training, &dataset, &interface.input.variable);
        if shared > 0 {
            parent.warn(&TrainingMessage::SharedImages { shared, images });
        }
    }
    // A training may ask for variables that an evaluation does without, such as labels.
    let is_there = |input: &Input| dataset.variable(&input.variable).is_ok();
    if interface.inputs().skip(1).all(is_there) {
        view(&dataset)?.open(reading, &dataset)?.next_batch(1).map(drop).or_exit(Exit::Dataset)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_both_sets_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        for (name, text) in [("a.png", "one"), ("b.png", "two"), ("c.png", "two"), ("d.png", "four")] {
            write(name, text);
        }
        write("train.csv", "x\na.png\nb.png\n");
        write("test.csv", "x\nc.png\nd.png\na.png\nmissing.png\n");
        let open = |name: &str| Dataset::open(&folder.path().join(name)).unwrap();
        assert_eq!(shared_images(&open("train.csv"), &open("test.csv"), "x"), (2, 4));
        assert_eq!(shared_images(&open("train.csv"), &open("test.csv"), "z"), (0, 0));
    }
}
