//! Cases about scores that have to be the same.

use super::{Found, Setting, TEST, TRAINING, agree};
use crate::testkit::{Kit, MemorySource, Samples, Scene, Scores};

/// Bits that libraries lose between two equal runs.
const EQUAL: f32 = 1e-5;
/// How far scores may be apart when sums are taken in another order; what NNC's own results are held to.
const REORDERED: f32 = 1e-3;

/// The same training twice.
pub(super) fn repeatable(setting: &Setting<'_>) -> Found {
    let (first, second) = (scores(setting, setting.kit)?, scores(setting, setting.kit)?);
    agree(first.difference(&second), EQUAL, "equal trainings")
}

/// One thread and several.
pub(super) fn threads(setting: &Setting<'_>) -> Found {
    let one = scores(setting, &setting.kit.clone().with_threads(1))?;
    let several = scores(setting, &setting.kit.clone().with_threads(3))?;
    agree(one.difference(&several), REORDERED, "more threads")
}

/// Training and scoring one by one and all at once.
pub(super) fn batch_sizes(setting: &Setting<'_>) -> Found {
    let stop = |e| setting.stop(&e);
    let mut at_once = setting.ready()?;
    let samples = test_samples(setting.kit, &at_once);
    let expected = at_once.scores(&samples).map_err(stop)?;
    let one_by_one = at_once.scores_in_batches(&samples, 1).map_err(stop)?;
    agree(expected.difference(&one_by_one), REORDERED, "batches of one")?;
    if !setting.kit.manifest().trains {
        return Ok(super::Verdict::Passed);
    }
    let mut trained = setting.kit.create().map_err(stop)?;
    let training = setting.kit.draw(&trained, Scene::Normal, TRAINING);
    trained.fit(&mut MemorySource::new(&training).at_most(1)).map_err(stop)?;
    agree(expected.difference(&trained.scores(&samples).map_err(stop)?), REORDERED, "training batches of one")
}

fn scores(setting: &Setting<'_>, kit: &Kit) -> Result<Scores, super::Verdict> {
    let mut detector = setting.ready_with(kit)?;
    let samples = test_samples(kit, &detector);
    detector.scores(&samples).map_err(|e| setting.stop(&e))
}

fn test_samples(kit: &Kit, detector: &crate::testkit::Trained) -> Samples {
    kit.draw(detector, Scene::Defective, TEST)
}
