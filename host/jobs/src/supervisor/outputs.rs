//! Arrays through a network, in the parent: runs the worker and gives the outputs their final names.

use std::fs;
use std::path::{Path, PathBuf};

use nnc_console::Level;
use nnc_console::print_error;
use nnc_messages::{At, Confined, Doing, Exit, Failure, Result, Say, messages};
use nnc_result_folder::{Directory, names};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::follow::{Following, WorkerOutput};
use crate::arrays::Written;
use crate::signals::{Signals, Stopped};
use crate::spec::JobSpec;

/// Far more than the list of any network's outputs.
const MAX_LIST: u64 = 1 << 24;

messages! {
    enum OutputMessage {
        NotCreated { folder: PathBuf, error: std::io::Error } => "cannot create the output folder {folder}: {error}",
            "出力フォルダー {folder} を作成できません: {error}";
        InTheWay { file: PathBuf } => "{file} exists already and no earlier `nnp run` has written it; move it away or name another folder",
            "{file} はすでに存在し、以前の `nnp run` が作成したものではありません。移動するか、別のフォルダーを指定してください";
        Warning { text: String } => "warning: {text}", "警告: {text}";
    }
}

/// Runs the worker and moves what it staged into `folder`, which is created if need be.
///
/// # Errors
/// What the worker says; `folder` is then as it was.
pub fn run_arrays(mut job: JobSpec, folder: &Path) -> Result<Vec<Written>> {
    let signals = Signals::register()?;
    let _attending = signals.attend();
    let created = !folder.exists();
    fs::create_dir_all(folder)
        .map_err(|error| Failure::new(Exit::Usage, OutputMessage::NotCreated { folder: folder.to_owned(), error }))?;
    let staging = nnc_files::temporary_folder(folder).at(Doing::WriteInto, folder)?;
    job.staging = staging.path().to_owned();
    let outcome = follow(&job, &signals).and_then(|summary| {
        let mut outputs: Vec<Written> = serde_json::from_value(summary)?;
        let target = Directory::new(folder);
        let staged = target.folder(staging.path().file_name().unwrap_or_default());
        let listed = replaceable(&target, &staged, &outputs)?;
        target.write_whole(names::ARRAYS, &serde_json::to_vec_pretty(&listed)?)?;
        for output in &mut outputs {
            target.take_from(&staged, &output.file)?;
            output.file = target.file(&output.file);
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

/// A file that a run has written, as the folder's list has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Listed {
    file: PathBuf,
    sha256: String,
}

/// The new list of `target`. The model names the files, so only those bytes are replaced that an earlier run has written.
fn replaceable(target: &Directory, staged: &Directory, outputs: &[Written]) -> Result<Vec<Listed>> {
    let in_the_way = |file: &Path| Failure::new(Exit::Usage, OutputMessage::InTheWay { file: target.file(file) });
    let mut listed: Vec<Listed> = Vec::new();
    if target.has(names::ARRAYS) {
        let text = target.read(names::ARRAYS, MAX_LIST)?;
        listed = serde_json::from_slice(&text).map_err(|_| in_the_way(Path::new(names::ARRAYS)))?;
    }
    for Written { file, .. } in outputs {
        let hash = |folder: &Directory| -> Result<String> {
            // The worker names the file: opened beneath its folder, whatever it is called.
            nnc_files::sha256_of_open(&mut folder.open(file)?).at(Doing::Read, &folder.file(file))
        };
        if target.has(file) {
            let found = hash(target)?;
            if !listed.iter().any(|one| one.file == *file && one.sha256 == found) {
                return Err(in_the_way(file));
            }
        }
        listed.retain(|one| one.file != *file);
        listed.push(Listed { file: file.clone(), sha256: hash(staged)? });
    }
    Ok(listed)
}

/// Follows the worker; nothing of it is logged, and a first Ctrl-C ends it at once.
fn follow(job: &JobSpec, signals: &Signals) -> Result<Value> {
    if let Some(confined) = Confined::to_say() {
        print_error(OutputMessage::Warning { text: confined.said() }.said());
    }
    let mut worker = Following::start(job)?;
    while let Some(output) = worker.next()? {
        // Whether or not the worker talks on.
        if signals.count() > 0 {
            worker.kill();
            return Err(Failure::new(Exit::Interrupted, Stopped::ByUser));
        }
        if let WorkerOutput::Log { level: Level::Warning, text, .. } = output {
            print_error(OutputMessage::Warning { text }.said());
        }
    }
    worker.end(signals)
}
