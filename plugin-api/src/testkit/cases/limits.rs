//! Cases about time, files and memory.
#![allow(clippy::disallowed_methods, reason = "reads files of /proc and of its own")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Found, Setting, TRAINING, Verdict};
use crate::error::ErrorKind;
use crate::testkit::{MemorySource, Scene};

/// A detector works this long before it is asked to stop.
const WORK: Duration = Duration::from_millis(300);
/// It may take this long to stop.
const PATIENCE: Duration = Duration::from_secs(2);
/// Samples of the training that is stopped; far more than are looked at in that time.
const MANY: usize = 1_000_000;
/// Batches before memory is measured, and while it is.
const WARM_UP: usize = 20;
const BATCHES: usize = 100;
/// Bytes of samples in each of them.
const BATCH_BYTES: usize = 512 << 10;
/// Growth that is no leak: allocators keep some.
const SLACK: u64 = 2 << 20;

/// Asks a training to stop.
pub(super) fn cancel(setting: &Setting<'_>) -> Found {
    let mut detector = setting.kit.create().map_err(|e| setting.stop(&e))?;
    let samples = setting.kit.draw(&detector, Scene::Normal, TRAINING);
    let host = Arc::clone(detector.host());
    let clock = move || {
        std::thread::sleep(WORK);
        host.cancel();
        Instant::now()
    };
    let asked = std::thread::Builder::new().spawn(clock);
    let asked = asked.map_err(|error| Verdict::Skipped(format!("the system starts no thread: {error}")))?;
    let result = detector.fit(&mut MemorySource::new(&samples).repeated(MANY));
    let ended = Instant::now();
    let asked = asked.join().map_err(|_| Verdict::Skipped("the clock stopped".to_owned()))?;
    let Some(took) = ended.checked_duration_since(asked) else {
        return match result {
            Ok(()) => Err(Verdict::Skipped("the training was over before it could be stopped".to_owned())),
            Err(error) => Err(Verdict::Failed(error.message().to_owned())),
        };
    };
    if took > PATIENCE {
        return Err(Verdict::Failed(format!("it took {:.1} s to stop, allowed are 2", took.as_secs_f64())));
    }
    match result {
        Err(error) if error.kind() == ErrorKind::Cancelled => Ok(Verdict::Passed),
        Err(error) => Err(Verdict::Failed(format!("instead of having been stopped it says: {}", error.message()))),
        Ok(()) => Err(Verdict::Failed("it claims to be trained although it was stopped".to_owned())),
    }
}

/// Does everything that a job does and looks for files that appeared.
pub(super) fn writes(setting: &Setting<'_>) -> Found {
    let before = files(setting.watched);
    let mut detector = setting.ready()?;
    let samples = setting.kit.draw(&detector, Scene::Normal, 1);
    // In the order of a job: saving comes right after training.
    if setting.kit.manifest().trains {
        let model = setting.kit.folder().join("writes.nnp");
        detector.save(&model).map_err(|e| setting.stop(&e))?;
        let mut loaded = setting.kit.load(&model).map_err(|e| setting.stop(&e))?;
        loaded.scores(&samples).map_err(|e| setting.stop(&e))?;
    }
    detector.scores(&samples).map_err(|e| setting.stop(&e))?;
    drop(detector);
    match files(setting.watched).difference(&before).next() {
        Some(path) => Err(Verdict::Failed(format!(
            "it left {} behind; only the file to save to and the cache folder are its own",
            path.file_name().unwrap_or_default().to_string_lossy()
        ))),
        None => Ok(Verdict::Passed),
    }
}

fn files(folders: &[PathBuf]) -> BTreeSet<PathBuf> {
    fn walk(folder: &Path, found: &mut BTreeSet<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            // Not through links, which may lead anywhere.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                walk(&entry.path(), found);
            }
            found.insert(entry.path());
        }
    }
    let mut found = BTreeSet::new();
    folders.iter().for_each(|folder| walk(folder, &mut found));
    found
}

/// Scores the same batch over and over.
pub(super) fn leaks(setting: &Setting<'_>) -> Found {
    let mut detector = setting.ready()?;
    let sample = detector.interface().sample_bytes().unwrap_or(1).max(1);
    let count = detector.interface().exact_batch.unwrap_or((BATCH_BYTES / sample).clamp(1, 64));
    let samples = setting.kit.draw(&detector, Scene::Normal, count);
    let mut score = |batches: usize| {
        (0..batches).try_for_each(|_| detector.scores(&samples).map(drop)).map_err(|e| setting.stop(&e))
    };
    score(WARM_UP)?;
    let before = resident()?;
    score(BATCHES)?;
    let grown = resident()?.saturating_sub(before);
    let limit = SLACK.max((samples.bytes().len() * BATCHES / 4) as u64);
    if grown > limit {
        return Err(Verdict::Failed(format!(
            "memory grew by {:.1} MB over {BATCHES} batches of {:.1} MB",
            grown as f64 / 1e6,
            samples.bytes().len() as f64 / 1e6
        )));
    }
    Ok(Verdict::Passed)
}

/// Memory that this process holds, in bytes.
fn resident() -> Result<u64, Verdict> {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok())
        .map(|kilobytes| kilobytes * 1024)
        .ok_or_else(|| Verdict::Skipped("this system does not tell how much memory a process holds".to_owned()))
}
