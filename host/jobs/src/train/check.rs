//! What can be wrong with a training, or with the evaluation after it, before hours are spent on it.

use std::path::Path;
use std::sync::Arc;

use nnc_dataset::Dataset;
use nnc_messages::{Exit, Failure, OrExit, Result, messages};
use nnc_plugin_api::{Input, Interface, Manifest};

use crate::judging::masks;
use crate::labels::LABEL;
use crate::spec::NextEvaluation;
use crate::worker::parent::Parent;
use crate::worker::samples::Reading;

messages! {
    enum TrainingMessage {
        CannotTrain { plugin: String } => "plugin {plugin} cannot be trained; use `nnc-host evaluate` with --model",
            "プラグイン {plugin} は学習できません。`nnc-host evaluate` に --model を付けて実行してください";
        Defects { defective: usize, images: usize, label: &'static str } => "{defective} of {images} training images have a label `{label}` other than 0, and an anomaly detector learns all of them as normal; take defective images out of the training set",
            "学習用画像 {images} 枚のうち {defective} 枚のラベル `{label}` が 0 ではありません。異常検知では学習用画像をすべて正常として学習します。異常画像は学習用データセットから除いてください";
        SameSet => "training and validation are the same dataset, so that the scores say nothing about new images",
            "学習用と検証用が同じデータセットのため、評価結果から新しい画像での性能は分かりません";
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
    let Ok(label) = dataset.variable(LABEL) else { return };
    let defective =
        (0..dataset.len()).filter(|&row| dataset.number(row, label).is_some_and(|label| label != 0.0)).count();
    if defective > 0 {
        parent.warn(&TrainingMessage::Defects { defective, images: dataset.len(), label: LABEL });
    }
}

/// Looks at the first sample of the dataset that is evaluated next, so that one that does not fit is refused before the
/// training.
pub(super) fn next_evaluation(
    next: &NextEvaluation,
    trained: &Path,
    interface: &Interface,
    reading: Reading,
    parent: &Parent,
) -> Result<()> {
    if next.dataset == trained {
        parent.warn(&TrainingMessage::SameSet);
        return Ok(());
    }
    let dataset = Arc::new(Dataset::open(&next.dataset).or_exit(Exit::Dataset)?);
    masks::refuse_unrelated(&next.scoring, &dataset)?;
    // A training may ask for variables that an evaluation does without, such as labels.
    let is_there = |input: &Input| dataset.variable(&input.variable).is_ok();
    if interface.inputs().skip(1).all(is_there) {
        reading.open(&dataset, interface)?.next_batch(1).map(drop).or_exit(Exit::Dataset)?;
    }
    Ok(())
}
