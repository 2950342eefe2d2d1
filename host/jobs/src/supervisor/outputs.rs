//! Arrays through a network, in the parent: runs the worker and gives the outputs their final names.

use std::fs;
use std::path::{Path, PathBuf};

use nnc_console::Level;
use nnc_messages::{At, Doing, Exit, Failure, Result, Say, messages};
use serde_json::Value;

use super::follow::{Following, WorkerOutput};
use crate::arrays::Written;
use crate::signals::{Signals, Stopped};
use crate::spec::JobSpec;

messages! {
    enum OutputMessage {
        NotCreated { folder: PathBuf, error: std::io::Error } => "cannot create the output folder {folder}: {error}",
            "出力フォルダー {folder} を作成できません: {error}";
        Warning { text: String } => "warning: {text}", "警告: {text}";
    }
}

/// Runs the worker and moves what it staged into `folder`, which is created if need be.
///
/// # Errors
/// What the worker says; `folder` is then as it was.
pub fn run_arrays(mut job: JobSpec, folder: &Path) -> Result<Vec<Written>> {
    let signals = Signals::register()?;
    let created = !folder.exists();
    fs::create_dir_all(folder)
        .map_err(|error| Failure::new(Exit::Usage, OutputMessage::NotCreated { folder: folder.to_owned(), error }))?;
    let staging = tempfile::Builder::new().prefix(".nnp-run-").tempdir_in(folder).at(Doing::WriteInto, folder)?;
    job.staging = staging.path().to_owned();
    let outcome = follow(&job, &signals).and_then(|summary| {
        let mut outputs: Vec<Written> = serde_json::from_value(summary)?;
        for output in &mut outputs {
            let target = folder.join(&output.file);
            fs::rename(staging.path().join(&output.file), &target).at(Doing::Write, &target)?;
            output.file = target;
        }
        Ok(outputs)
    });
    drop(staging);
    if outcome.is_err() && created {
        // Only if it is empty, and only a courtesy.
        let _ = fs::remove_dir(folder);
    }
    outcome
}

/// Follows the worker; nothing of it is logged, and a first Ctrl-C ends it at once.
fn follow(job: &JobSpec, signals: &Signals) -> Result<Value> {
    let mut worker = Following::start(job)?;
    while let Some(output) = worker.next()? {
        // Whether or not the worker talks on.
        if signals.count() > 0 {
            worker.kill();
            return Err(Failure::new(Exit::Interrupted, Stopped::ByUser));
        }
        if let WorkerOutput::Log { level: Level::Warning, text, .. } = output {
            eprintln!("{}", OutputMessage::Warning { text }.said());
        }
    }
    worker.end(signals)
}
