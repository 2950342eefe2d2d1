//! What this process, and so its children, may have little of. A child that ends badly then is not to blame: the C library, a
//! language's runtime or libtorch end a process that gets no thread, no memory or no stack.
//!
//! These are facts that the parent finds. What a child says about itself counts for nothing here.

use std::path::{Path, PathBuf};

use nnc_files::read_kernel;
use rustix::process::{Resource, getrlimit, getuid};
use serde::{Deserialize, Serialize};

use crate::usage::kilobytes;

/// The stack that programs are written for, and that a child gets where it may.
pub(crate) const STACK: u64 = 8 << 20;
/// Threads that there has to be room for: libraries start one for each processor, some several times.
const THREADS: u64 = 64;
/// Files that may be open at once.
const FILES: u64 = 256;
/// Bytes of memory that there have to be left, after the child has given back its own.
const MEMORY: u64 = 256 << 20;

/// What there was little of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shortage {
    /// Threads and processes of this user or control group.
    Threads,
    /// Memory: of the machine or the control group, or because address space is limited.
    Memory,
    /// The stack of a thread.
    Stack,
    /// Files that may be open at once.
    Files,
}

impl Shortage {
    /// What there is little of now.
    pub(crate) fn found() -> Option<Self> {
        let limit = |resource| getrlimit(resource).current;
        let hard_stack = getrlimit(Resource::Stack).maximum;
        if hard_stack.is_some_and(|bytes| bytes < STACK) {
            Some(Self::Stack)
        } else if limit(Resource::Nofile).is_some_and(|files| files < FILES) {
            Some(Self::Files)
        } else if limit(Resource::As).is_some() || limit(Resource::Data).is_some() || little_memory() {
            Some(Self::Memory)
        } else if limit(Resource::Nproc).is_some_and(|most| most < own_threads() + THREADS) || few_in_group() {
            Some(Self::Threads)
        } else {
            None
        }
    }
}

/// Threads of this user.
fn own_threads() -> u64 {
    let own = getuid().as_raw().to_string();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let statuses = processes.filter_map(|entry| read_kernel(entry.path().join("status")).ok());
    let field = |status: &str, name: &str| -> Option<String> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next().map(str::to_owned)
    };
    statuses
        .filter(|status| field(status, "Uid:").is_some_and(|user| user == own))
        .filter_map(|status| field(&status, "Threads:")?.parse::<u64>().ok())
        .sum()
}

fn little_memory() -> bool {
    let machine = read_kernel("/proc/meminfo").ok().and_then(|text| kilobytes(&text, "MemAvailable"));
    let groups = groups();
    let of_group = groups.iter().filter_map(|group| Some(room(group, "memory.max", "memory.current")? + cached(group)));
    machine.into_iter().chain(of_group).any(|left| left < MEMORY)
}

/// Bytes of files that a control group keeps in memory for as long as nobody needs it.
fn cached(group: &Path) -> u64 {
    let text = read_kernel(group.join("memory.stat")).unwrap_or_default();
    text.lines().find_map(|line| line.strip_prefix("file ")?.parse().ok()).unwrap_or(0)
}

fn few_in_group() -> bool {
    groups().iter().filter_map(|group| room(group, "pids.max", "pids.current")).any(|left| left < THREADS)
}

/// What a control group leaves of something; `None` where it sets no limit.
fn room(group: &Path, limit: &str, used: &str) -> Option<u64> {
    let number = |name: &str| read_kernel(group.join(name)).ok()?.trim().parse::<u64>().ok();
    Some(number(limit)?.saturating_sub(number(used)?))
}

/// The folders of this process's control group and of those above it (version 2).
fn groups() -> Vec<PathBuf> {
    const ROOT: &str = "/sys/fs/cgroup";
    let text = read_kernel("/proc/self/cgroup").unwrap_or_default();
    let own = text.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    // A path that leads out of what this process sees has no folder here.
    let own = if own.starts_with("..") { "" } else { own };
    let own = Path::new(ROOT).join(own);
    own.ancestors().take_while(|folder| folder.starts_with(ROOT)).map(Path::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_and_groups_of_this_process_are_found() {
        assert!(own_threads() >= 1);
        assert!(groups().iter().any(|group| group == Path::new("/sys/fs/cgroup")));
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("pids.max", "100\n");
        write("pids.current", "30\n");
        assert_eq!(room(folder.path(), "pids.max", "pids.current"), Some(70));
        write("pids.max", "max\n");
        assert_eq!(room(folder.path(), "pids.max", "pids.current"), None);
        write("memory.stat", "anon 5\nfile 7\nfile_mapped 3\n");
        assert_eq!((cached(folder.path()), cached(Path::new("/none"))), (7, 0));
    }
}
