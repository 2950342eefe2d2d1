//! Cases about unusual and wrong data.

use super::{Found, Setting, TEST, TRAINING, Verdict, polite};
use crate::loader::RawBatch;
use crate::testkit::{MemorySource, Scene};

/// No samples at all.
pub(super) fn empty(setting: &Setting<'_>) -> Found {
    let found = train_on(setting, Scene::Normal, 0, "a dataset without samples")?;
    Ok(match found {
        Trial::Refused => Verdict::Passed,
        Trial::Trained => Verdict::Warning("it trains on a dataset without samples".to_owned()),
    })
}

/// One sample.
pub(super) fn single(setting: &Setting<'_>) -> Found {
    train_on(setting, Scene::Normal, 1, "a single sample").map(|_| Verdict::Passed)
}

/// Samples without any difference.
pub(super) fn constant(setting: &Setting<'_>) -> Found {
    train_on(setting, Scene::Constant, TRAINING, "samples that are all the same").map(|_| Verdict::Passed)
}

enum Trial {
    Refused,
    Trained,
}

/// Trains; either the detector says why it does not, or its scores are numbers.
fn train_on(setting: &Setting<'_>, scene: Scene, count: usize, what: &str) -> Result<Trial, Verdict> {
    let mut detector = setting.kit.create().map_err(|e| setting.stop(&e))?;
    let samples = setting.kit.draw(&detector, scene, count);
    if let Err(error) = detector.fit(&mut MemorySource::new(&samples)) {
        return polite(&error, what).map(|_| Trial::Refused);
    }
    let scores = match detector.scores(&setting.kit.draw(&detector, Scene::Normal, TEST)) {
        Ok(scores) => scores,
        Err(error) => return polite(&error, what).map(|_| Trial::Refused),
    };
    match scores.first_not_finite() {
        Some(output) => {
            Err(Verdict::Failed(format!("trained on {what} it gives output `{output}` values that are no numbers")))
        }
        None => Ok(Trial::Trained),
    }
}

/// Scores everything that can be drawn.
pub(super) fn finite(setting: &Setting<'_>) -> Found {
    let mut detector = setting.ready()?;
    for scene in [Scene::Normal, Scene::Defective, Scene::Black, Scene::White, Scene::Noise] {
        let samples = setting.kit.draw(&detector, scene, TEST);
        let scores = detector.scores(&samples).map_err(|e| setting.stop(&e))?;
        if let Some(output) = scores.first_not_finite() {
            let what = format!("{scene:?}").to_lowercase();
            return Err(Verdict::Failed(format!("output `{output}` of {what} samples is no finite number")));
        }
    }
    Ok(Verdict::Passed)
}

/// Passes batches and buffers that do not fit, and makes sure that the detector still works afterwards.
pub(super) fn wrong_shapes(setting: &Setting<'_>) -> Found {
    let kit = setting.kit;
    let mut detector = setting.ready()?;
    let count = detector.interface().exact_batch.unwrap_or(1);
    let samples = kit.draw(&detector, Scene::Normal, count);
    let batch = samples.batch(0, count);
    let lengths: Vec<usize> = detector.interface().outputs.iter().map(|o| o.sample_len() * count).collect();
    let short = RawBatch { bytes: &batch.bytes[..batch.bytes.len() - 1], ..batch };
    let more = RawBatch { count: count + 1, ..batch };
    for (what, batch, lengths) in [
        ("a batch that is too short", short, lengths.clone()),
        ("a batch with fewer samples than promised", more, lengths.clone()),
        ("an output buffer that is too short", batch, lengths.iter().map(|n| n.saturating_sub(1)).collect()),
        ("no output buffers", batch, Vec::new()),
    ] {
        let mut buffers: Vec<Vec<f32>> = lengths.iter().map(|&n| vec![0.0; n]).collect();
        let mut outputs: Vec<&mut [f32]> = buffers.iter_mut().map(Vec::as_mut_slice).collect();
        match detector.infer_raw(batch, &mut outputs) {
            Ok(()) => return Err(Verdict::Failed(format!("it takes {what} without an error"))),
            Err(error) => polite(&error, what)?,
        };
    }
    if kit.manifest().trains {
        let mut untrained = kit.create().map_err(|e| setting.stop(&e))?;
        match untrained.fit(&mut MemorySource::new(&samples).cut_by(1)) {
            Ok(()) => return Err(Verdict::Failed("it trains on batches that are too short".to_owned())),
            Err(error) => polite(&error, "training batches that are too short")?,
        };
    }
    detector.scores(&samples).map_err(|e| Verdict::Failed(format!("afterwards it is broken: {}", e.message())))?;
    Ok(Verdict::Passed)
}
