//! Finding plugins. A plugin's code runs as soon as its file is opened, so every look into one happens in a child
//! process that is allowed to die.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use nnc_plugin_api::loader::Plugin;
use nnc_plugin_api::{Manifest, nearest};
use serde::{Deserialize, Serialize};

use crate::failure::{Exit, Failure, Result};
use crate::files::{own_executable, user_folder};
use crate::job::protocol::Pipe;

/// A plugin has this long to say what it is.
const PATIENCE: Duration = Duration::from_secs(30);

/// What became of one plugin file.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    /// Its manifest, or one sentence on why it cannot be used.
    pub(crate) manifest: Result<Manifest, String>,
}

/// The answer of the child process.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Manifest(Manifest),
    Refused(String),
}

/// Folders that are searched, in this order: the command line's, `NNC_HOST_PLUGINS`, the user's, the executable's.
pub(crate) fn folders(given: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders = given.to_vec();
    if let Some(list) = std::env::var_os("NNC_HOST_PLUGINS") {
        folders.extend(std::env::split_paths(&list).filter(|p| !p.as_os_str().is_empty()));
    }
    folders.extend(user_folder("XDG_DATA_HOME", ".local/share").map(|data| data.join("plugins")));
    if let Ok(executable) = std::env::current_exe()
        && let Some(folder) = executable.parent()
    {
        folders.push(folder.to_owned());
    }
    let mut unique: Vec<PathBuf> = Vec::new();
    for folder in folders {
        if !unique.contains(&folder) {
            unique.push(folder);
        }
    }
    unique
}

/// Every shared library in the folders, sorted within each.
fn candidates(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for folder in folders {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == std::env::consts::DLL_EXTENSION) && path.is_file())
            .collect();
        files.sort();
        all.append(&mut files);
    }
    all
}

/// Looks into every plugin file there is.
pub(crate) fn list(given: &[PathBuf]) -> Vec<Found> {
    candidates(&folders(given)).into_iter().map(|path| Found { manifest: inspect(&path), path }).collect()
}

/// Whether a plugin is named by its file instead of its id.
pub(crate) fn is_path(plugin: &str) -> bool {
    plugin.contains(['/', '\\']) || [".so", ".dll", ".dylib"].iter().any(|ending| plugin.ends_with(ending))
}

/// The plugin that a project means: a path, or the id of the first plugin in search order that has it.
///
/// # Errors
/// A sentence with what was found instead.
pub(crate) fn find(plugin: &str, given: &[PathBuf]) -> Result<(PathBuf, Manifest)> {
    let refused = |path: &Path, reason: String| Failure::new(Exit::Plugin, with_path(path, reason));
    if Path::new(plugin).is_absolute() {
        let path = PathBuf::from(plugin);
        let manifest = inspect(&path).map_err(|reason| refused(&path, reason))?;
        return Ok((path, manifest));
    }
    let folders = folders(given);
    let ending = format!("_{}", plugin.replace('-', "_"));
    let named = |path: &Path| path.file_stem().is_some_and(|s| s.to_string_lossy().ends_with(&ending));
    let files = folders.iter().flat_map(|folder| {
        let mut files = candidates(std::slice::from_ref(folder));
        // A file named after the id is most likely the one; looking into it first spares loading its neighbours.
        files.sort_by_key(|path| !named(path));
        files
    });
    let mut ids = Vec::new();
    let mut broken = Vec::new();
    for path in files {
        match inspect(&path) {
            Ok(manifest) if manifest.id == plugin => return Ok((path, manifest)),
            Ok(manifest) => ids.push(manifest.id),
            Err(reason) => broken.push((path, reason)),
        }
    }
    // A file with the right name that cannot be used is what the user wants to hear about.
    if let Some((path, reason)) = broken.into_iter().find(|(path, _)| named(path)) {
        return Err(refused(&path, reason));
    }
    let hint = match nearest(plugin, ids.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if ids.is_empty() => "there is none at all".to_owned(),
        None => format!("there are {}", ids.join(", ")),
    };
    let searched: Vec<String> = folders.iter().map(|f| f.display().to_string()).collect();
    Err(Failure::new(Exit::Plugin, format!("there is no plugin `{plugin}`: {hint} (searched {})", searched.join(", "))))
}

fn with_path(path: &Path, reason: String) -> String {
    let path = path.display().to_string();
    if reason.contains(&path) { reason } else { format!("plugin {path}: {reason}") }
}

/// Asks a child process what the plugin says about itself.
fn inspect(path: &Path) -> Result<Manifest, String> {
    let start = || -> std::io::Result<_> {
        Command::new(own_executable()?)
            .arg("inspect")
            .arg(path)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
    };
    let mut child = start().map_err(|e| format!("cannot start a process to look into it: {e}"))?;
    let pipe = child.stdout.take();
    let (sender, answer) = channel();
    std::thread::spawn(move || {
        let mut line = Vec::new();
        // A manifest of more than a megabyte is nonsense.
        pipe.map(|pipe| BufReader::new(pipe.take(1 << 20)).read_until(b'\n', &mut line));
        let _ = sender.send(line);
    });
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(2)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("it gave no answer within {} seconds", PATIENCE.as_secs()));
            }
        }
    };
    // A process that the plugin left behind may hold the pipe open for ever.
    let line = answer.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    match serde_json::from_slice(&line) {
        Ok(Answer::Manifest(manifest)) => Ok(manifest),
        Ok(Answer::Refused(reason)) => Err(reason),
        Err(_) => Err(format!("it crashed while it was opened ({status}); remove it or tell its author")),
    }
}

/// Entry point of the hidden `inspect` command.
pub(crate) fn inspect_main(path: &Path) -> ExitCode {
    let Ok(pipe) = Pipe::take_stdout() else { return ExitCode::FAILURE };
    let answer = match Plugin::load(path) {
        Ok(plugin) => Answer::Manifest(plugin.manifest().clone()),
        Err(error) => Answer::Refused(error.to_string()),
    };
    pipe.send(&answer);
    ExitCode::SUCCESS
}
