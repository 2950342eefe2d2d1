//! `train_status.json` and `evaluate_status.json`: the job's state for other programs, with NNC's keys
//! (NNC contract 9.6): sorted, indented by four, replaced as a whole.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::job::Phase;
use crate::time::epoch_seconds;
use nnc_files::write_atomically;

/// The state of one job, mirrored to a file.
pub(crate) struct Status {
    path: PathBuf,
    phase: Phase,
    keys: Map<String, Value>,
}

impl Status {
    /// A new job in state `preprocessing`.
    pub(crate) fn new(path: PathBuf, phase: Phase) -> Self {
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
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Sets one key.
    pub(crate) fn set(&mut self, key: &str, value: Value) {
        self.keys.insert(key.to_owned(), value);
    }

    /// Notes the progress of the current phase under the key NNC uses for it.
    pub(crate) fn progress(&mut self, done: u64, total: u64) {
        self.set("status", json!("processing"));
        let key = if self.phase == Phase::Train { "progress" } else { "data" };
        self.set(key, json!({"current": done, "max": total}));
    }

    /// Ends the job as `finished`, `failed` or `suspended`.
    pub(crate) fn end(&mut self, status: &str) {
        self.set("status", json!(status));
        self.set("end_time", json!(epoch_seconds()));
    }

    /// Writes the file.
    pub(crate) fn write(&mut self) -> std::io::Result<()> {
        let now = epoch_seconds();
        let elapsed = now - self.keys.get("start_time").and_then(Value::as_f64).unwrap_or(now);
        self.set("update_timestamp", json!(now));
        self.set("time", json!({"elapsed": elapsed, "prediction": self.prediction(elapsed)}));
        let mut text = Vec::new();
        let format = serde_json::ser::PrettyFormatter::with_indent(b"    ");
        // serde_json keeps objects sorted by key, as NNC's files are.
        self.keys.serialize(&mut serde_json::Serializer::with_formatter(&mut text, format))?;
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
pub(crate) fn read_state(path: &Path) -> Option<String> {
    let value: Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    value.get("status")?.as_str().map(str::to_owned)
}
