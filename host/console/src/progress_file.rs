//! Progress for a program that has started this one: a file that always holds the latest count, as JSON. It is opened before a
//! command confines itself, and never grows.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use nnc_messages::plain;
use serde_json::json;

/// Bytes of the file; what is shorter is filled up with spaces, which JSON allows.
const BYTES: usize = 512;
/// Characters of a task that fit in any case.
const TASK: usize = 60;
/// How often it is written.
const PAUSE: Duration = Duration::from_millis(150);

static KEPT: OnceLock<Mutex<Kept>> = OnceLock::new();

struct Kept {
    file: File,
    last: Option<(Instant, String)>,
}

/// From now on progress is written into this file as well; the first one counts.
pub fn keep_progress(file: File) {
    let _ = KEPT.set(Mutex::new(Kept { file, last: None }));
}

/// Writes how far a task is, now and then, and always when it begins and ends: for what is shown in another way than by
/// [`Console::progress`](crate::Console::progress), which does it too.
pub fn note_progress(task: &str, done: u64, total: u64) {
    let Some(kept) = KEPT.get() else { return };
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let goes_on = kept.last.as_ref().is_some_and(|(when, last)| last == task && when.elapsed() < PAUSE);
    if goes_on && done < total {
        return;
    }
    kept.last = Some((Instant::now(), task.to_owned()));
    // Who reads it misses a figure at worst.
    let _ = kept.file.write_all_at(&record(task, done, total), 0);
}

fn record(task: &str, done: u64, total: u64) -> Vec<u8> {
    let task: String = plain(task).chars().take(TASK).collect();
    let mut bytes = json!({ "task": task, "done": done, "total": total }).to_string().into_bytes();
    bytes.resize(BYTES.max(bytes.len()), b' ');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_has_always_the_same_length() {
        for (task, done) in [("scoring", 0), (&*"データセット".repeat(40), u64::MAX), ("\"\u{1b}", 7)] {
            let record = record(task, done, u64::MAX);
            assert_eq!(record.len(), BYTES, "{task}");
            let value: serde_json::Value = serde_json::from_slice(&record).unwrap();
            assert_eq!(value["done"], done);
        }
    }
}
