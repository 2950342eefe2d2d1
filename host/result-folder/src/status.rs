//! `train_status.json` and `evaluate_status.json`: the job's state for other programs, with NNC's keys
//! (NNC contract 9.6): sorted, indented by four, replaced as a whole.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use nnc_files::{read_regular, write_atomically};
use nnc_text::json::Escaping;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::phase::Phase;

/// Far more than any status has.
const MAX_BYTES: u64 = 1 << 20;

/// The state of one job, mirrored to a file.
pub struct Status {
    path: PathBuf,
    phase: Phase,
    keys: Map<String, Value>,
}

impl Status {
    /// A new job in state `preprocessing`.
    pub fn new(path: PathBuf, phase: Phase) -> Self {
        let now = epoch_seconds();
        let mut keys = Map::new();
        // The time makes ids of one process differ, the process id those of two.
        keys.insert("task_id".into(), json!(format!("{:x}-{:x}", (now * 1000.0) as u64, std::process::id())));
        keys.insert("type".into(), json!(phase.name()));
        keys.insert("status".into(), json!("preprocessing"));
        // NNC's queue, which a single machine does not have.
        keys.insert("priority".into(), json!(0));
        keys.insert("instance_group".into(), json!(1));
        keys.insert("start_time".into(), json!(now));
        if phase == Phase::Train {
            keys.insert("monitoring_report".into(), json!({}));
        }
        Self { path, phase, keys }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Sets one key.
    pub fn set(&mut self, key: &str, value: Value) {
        self.keys.insert(key.to_owned(), value);
    }

    /// Notes the progress of the current phase under the key NNC uses for it.
    pub fn progress(&mut self, done: u64, total: u64) {
        self.set("status", json!("processing"));
        let key = if self.phase == Phase::Train { "progress" } else { "data" };
        self.set(key, json!({"current": done, "max": total}));
    }

    /// Ends the job as `finished`, `failed` or `suspended`.
    pub fn end(&mut self, status: &str) {
        self.set("status", json!(status));
        self.set("end_time", json!(epoch_seconds()));
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Input and output errors.
    pub fn write(&mut self) -> std::io::Result<()> {
        let now = epoch_seconds();
        let elapsed = now - self.keys.get("start_time").and_then(Value::as_f64).unwrap_or(now);
        self.set("update_timestamp", json!(now));
        self.set("time", json!({"elapsed": elapsed, "prediction": self.prediction(elapsed)}));
        let mut text = Vec::new();
        let format = serde_json::ser::PrettyFormatter::with_indent(b"    ");
        // serde_json keeps objects sorted by key, as NNC's files are.
        self.keys.serialize(&mut serde_json::Serializer::with_formatter(Escaping(&mut text), format))?;
        write_atomically(&self.path, &text)
    }

    /// NNC's guess of the whole duration: what has passed, scaled by what is done.
    fn prediction(&self, elapsed: f64) -> f64 {
        let part = self.keys.get("data").or(self.keys.get("progress")).and_then(|p| {
            let (current, max) = (p.get("current")?.as_f64()?, p.get("max")?.as_f64()?);
            (current > 0.0 && max > 0.0).then_some(current / max)
        });
        elapsed / part.unwrap_or(1.0)
    }
}

/// The `status` of the job that wrote `path`, if there is one.
pub fn read_state(path: &Path) -> Option<String> {
    read(path)?.get("status")?.as_str().map(str::to_owned)
}

/// How long the job took that wrote `path`, if there is one.
pub fn elapsed_seconds(path: &Path) -> Option<f64> {
    read(path)?.get("time")?.get("elapsed")?.as_f64()
}

fn read(path: &Path) -> Option<Value> {
    serde_json::from_slice(&read_regular(path, MAX_BYTES).ok()?).ok()
}

/// Seconds since 1970 with their fraction.
pub fn epoch_seconds() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evaluate_status.json");
        assert_eq!((read_state(&path), elapsed_seconds(&path)), (None, None));
        let mut status = Status::new(path.clone(), Phase::Evaluate);
        status.progress(1, 4);
        status.write().unwrap();
        assert_eq!(read_state(&path).as_deref(), Some("processing"));
        let elapsed = elapsed_seconds(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let prediction = value["time"]["prediction"].as_f64().unwrap();
        assert!((prediction / (elapsed * 4.0) - 1.0).abs() < 1e-9, "{prediction}, {elapsed}");
        assert!(text.starts_with("{\n    \"data\": {\n        \"current\": 1,"), "{text}");
        status.end("finished");
        status.write().unwrap();
        assert_eq!(read_state(&path).as_deref(), Some("finished"));
    }
}
