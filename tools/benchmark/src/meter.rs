//! Time and memory of a program with all processes that it starts.
//!
//! Memory that several processes share counts once: each is charged its part (`Pss` of Linux), since the loaders of a
//! peer are forks of one large process. The kernel's own record of each process's peak catches what lies between two looks.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use nnc_tools_support::Layout;
use nnc_tools_support::command::ending;

/// Time between two looks; a look walks the page tables of the process.
const PAUSE: Duration = Duration::from_millis(500);

/// What a program took.
pub(crate) struct Usage {
    pub(crate) seconds: f64,
    pub(crate) peak_bytes: u64,
}

/// Runs a program to its end, its output in the file `log`.
pub(crate) fn run(layout: &Layout, step: &str, command: &mut Command, log: &Path) -> Result<Usage> {
    let output = File::create(log).with_context(|| format!("{} could not be created", log.display()))?;
    let errors = output.try_clone().with_context(|| format!("{} could not be opened", log.display()))?;
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("{step} could not be started"))?;
    let (process, ended) = (child.id(), AtomicBool::new(false));
    let (status, peak_bytes) = thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(process, &ended));
        let status = child.wait();
        ended.store(true, Ordering::Release);
        watcher.thread().unpark();
        (status, watcher.join())
    });
    let seconds = start.elapsed().as_secs_f64();
    let status = status.with_context(|| format!("{step} could not be waited for"))?;
    if !status.success() {
        bail!("{step} {}; its output is in {}", ending(status), layout.show(log));
    }
    Ok(Usage { seconds, peak_bytes: peak_bytes.map_err(|_| anyhow!("the thread that watches memory panicked"))? })
}

/// Largest memory of the process and those below it until `ended`.
fn watch(process: u32, ended: &AtomicBool) -> u64 {
    let mut peak = 0;
    while !ended.load(Ordering::Acquire) {
        let family = family(process);
        let shared_out: u64 = family.iter().map(|id| kilobytes(*id, "smaps_rollup", "Pss:")).sum();
        let largest = family.iter().map(|id| kilobytes(*id, "status", "VmHWM:")).max().unwrap_or(0);
        peak = peak.max(shared_out).max(largest);
        thread::park_timeout(PAUSE);
    }
    1024 * peak
}

/// The process and all below it.
fn family(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name before the bracket may hold anything; the state and the parent follow it.
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        if let Some(parent) = parent {
            children.entry(parent).or_default().push(id);
        }
    }
    let mut family = vec![root];
    let mut next = 0;
    while let Some(id) = family.get(next) {
        family.extend(children.remove(id).unwrap_or_default());
        next += 1;
    }
    family
}

/// A number of a file in `/proc`, 0 when the process is gone.
fn kilobytes(process: u32, file: &str, key: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.trim().strip_suffix("kB")?.trim().parse().ok());
    value.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn a_child_is_timed_and_its_memory_seen() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout { root: PathBuf::from("/repo"), deps: PathBuf::new(), release: PathBuf::new() };
        let log = folder.path().join("log");
        // The shell forks for a list, so the memory is that of a grandchild as well.
        let run = |script: &str| run(&layout, "the shell", Command::new("sh").args(["-c", script]), &log);
        let usage = run("echo told; sleep 0.2; true").unwrap();
        assert!(usage.seconds >= 0.2 && usage.peak_bytes > 0);
        assert_eq!(fs::read_to_string(&log).unwrap(), "told\n");
        let message = run("exit 3").err().unwrap().to_string();
        assert!(message.starts_with("the shell ended with exit code 3"), "{message}");
    }

    #[test]
    fn this_process_has_memory_and_is_its_own_family() {
        let own = std::process::id();
        assert!(kilobytes(own, "smaps_rollup", "Pss:") > 100 && kilobytes(own, "status", "VmHWM:") > 100);
        assert_eq!(family(own)[0], own);
        assert_eq!(kilobytes(u32::MAX, "status", "VmHWM:"), 0);
    }
}
