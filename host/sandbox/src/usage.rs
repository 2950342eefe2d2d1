//! What a process and all that it has started use, as `/proc` tells.

use std::collections::HashMap;
use std::fs::read_dir;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use nnc_files::read_kernel as read_to_string;

use crate::memory_files::{WrittenFolder, in_memory};

/// User and system time of a process in clock ticks; 0 when it is gone.
pub(crate) fn processor_ticks(process: u32) -> u64 {
    let text = read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The second field is a name in brackets that may hold anything; fields 14 and 15 are the times.
    let fields = text.rsplit_once(')').map(|(_, rest)| rest.split_whitespace()).into_iter().flatten();
    fields.skip(11).take(2).filter_map(|f| f.parse::<u64>().ok()).sum()
}

/// The processes that `process` has started and that are still its children.
pub(crate) fn children(process: u32) -> Vec<u32> {
    let threads = read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}

/// Processes and all that they have started.
pub(crate) fn with_descendants(processes: Vec<u32>) -> Vec<u32> {
    let mut all = processes;
    let mut next = 0;
    while let Some(&process) = all.get(next) {
        // One that is told of twice, because it moved meanwhile, must not be followed for ever.
        let new: Vec<u32> = children(process).into_iter().filter(|child| !all.contains(child)).collect();
        all.extend(new);
        next += 1;
    }
    all
}

/// Memory of processes, in bytes: of their own, and shared among them.
#[derive(Debug, Default, Clone, Copy)]
struct Held {
    own: u64,
    shared: u64,
}

/// What the kernel keeps for a thread: its stack, and the description of the thread.
const THREAD: u64 = 24 << 10;

/// Memory that a process holds in RAM or swap and that no file on a disk backs, with what the kernel keeps for it: tables of
/// its pages, which a process can fill without a page of its own, and threads. Nothing when it is gone.
fn held(process: u32) -> Held {
    let text = living(process).and_then(|thread| read_to_string(thread.join("status")).ok()).unwrap_or_default();
    let bytes = |name: &str| kilobytes(&text, name).unwrap_or(0);
    let threads = field(&text, "Threads").and_then(|count| count.parse::<u64>().ok()).unwrap_or(0);
    Held { own: bytes("RssAnon") + bytes("VmSwap") + bytes("VmPTE") + threads * THREAD, shared: bytes("RssShmem") }
}

/// The folder in `/proc` of a thread that tells about its process. The first one tells nothing once it has ended, which it can do
/// while the others go on.
fn living(process: u32) -> Option<PathBuf> {
    let first = PathBuf::from(format!("/proc/{process}"));
    let others = || read_dir(first.join("task")).into_iter().flatten().flatten().map(|thread| thread.path());
    // A thread that has ended has no program any more.
    std::iter::once(first.clone())
        .chain(std::iter::once_with(others).flatten())
        .find(|thread| std::fs::read_link(thread.join("exe")).is_ok())
}

/// A number of kilobytes in a text of lines as `NAME:   123 kB`, in bytes.
pub(crate) fn kilobytes(text: &str, name: &str) -> Option<u64> {
    field(text, name)?.strip_suffix("kB")?.trim().parse::<u64>().ok().map(|number| number * 1024)
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

/// Memory that processes hold together, whatever file on a disk does not back it.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Bytes of shared memory that do not count: the copy of a plugin's file, which no file on a disk backs any more.
    copied: u64,
    /// Where the processes write files of their own.
    written: Option<WrittenFolder>,
    /// Objects of shared memory, and files without a disk, that were found at the last close look.
    objects: u64,
    files: u64,
    looks: u32,
}

/// Looks between two close ones, which read whole maps.
const CLOSE: u32 = 5;

impl Memory {
    /// Leaves out so many bytes of shared memory.
    pub(crate) fn leave_out(&mut self, copied: u64) {
        self.copied = copied;
    }

    /// Counts what is written into this folder, where it has no disk.
    pub(crate) fn count_files(&mut self, written: PathBuf) {
        self.written = Some(WrittenFolder::new(written));
    }

    /// The bytes that `processes` hold.
    pub(crate) fn bytes(&mut self, processes: &[u32]) -> u64 {
        let held: Vec<Held> = processes.iter().map(|&process| held(process)).collect();
        if self.looks.is_multiple_of(CLOSE) {
            self.objects = objects(processes, self.written.as_ref());
            self.files = self.written.as_mut().map_or(0, WrittenFolder::bytes);
        }
        self.looks = self.looks.wrapping_add(1);
        // Several may map the same object, which is one.
        let shared = held.iter().map(|held| held.shared).max().unwrap_or(0);
        let own = held.iter().map(|held| held.own).sum::<u64>();
        own.saturating_add(shared.max(self.objects).saturating_sub(self.copied)).saturating_add(self.files)
    }
}

/// An object of memory: device and number.
type Object = (u32, u32, u64);

/// Shared memory without a name on a disk (`memfd_create`, shared anonymous mappings, removed files in memory), each object once:
/// pages that are written, but mapped by nobody, are in no process's size. All threads of a process share its files: seccomp
/// refuses others.
fn objects(processes: &[u32], written: Option<&WrittenFolder>) -> u64 {
    let mut opened: HashMap<Object, u64> = HashMap::new();
    let mut mapped: HashMap<Object, u64> = HashMap::new();
    for thread in processes.iter().filter_map(|&process| living(process)) {
        for descriptor in read_dir(thread.join("fd")).into_iter().flatten().flatten() {
            let path = descriptor.path();
            if std::fs::read_link(&path)
                .is_ok_and(|file| is_memory(&file.to_string_lossy(), || in_memory(&path).is_some()))
                && let Ok(found) = std::fs::metadata(&path)
            {
                let device = found.dev();
                let object = (rustix::fs::major(device), rustix::fs::minor(device), found.ino());
                opened.insert(object, found.blocks() * 512);
            }
        }
        let maps = read_to_string(thread.join("maps")).unwrap_or_default();
        for (object, bytes) in maps.lines().filter_map(|line| mapped_object(line, written)) {
            *mapped.entry(object).or_default() += bytes;
        }
    }
    mapped.retain(|object, _| !opened.contains_key(object));
    opened.values().chain(mapped.values()).sum()
}

/// What follows the name of a file that was removed.
const REMOVED: &str = " (deleted)";

/// Whether a descriptor leads to memory: an object without a name, or a removed file of a file system without a disk.
fn is_memory(file: &str, has_no_disk: impl FnOnce() -> bool) -> bool {
    file.starts_with("/memfd:") || file.ends_with(REMOVED) && has_no_disk()
}

/// The object without a file on a disk that a line of `maps` is about, and the bytes that are mapped.
fn mapped_object(line: &str, written: Option<&WrittenFolder>) -> Option<(Object, u64)> {
    let mut fields = line.split_whitespace();
    let (range, _rights, _offset, device) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let (number, path) = (fields.next()?.parse().ok()?, fields.next()?);
    let (major, minor) = device.split_once(':')?;
    let object = (u32::from_str_radix(major, 16).ok()?, u32::from_str_radix(minor, 16).ok()?, number);
    let (start, end) = range.split_once('-')?;
    let bytes = u64::from_str_radix(end, 16).ok()?.checked_sub(u64::from_str_radix(start, 16).ok()?)?;
    let is_shared = ["/memfd:", "/dev/zero", "/SYSV", "/dev/shm/"].iter().any(|start| path.starts_with(start));
    // What has a name in that folder is counted there.
    let is_removed = || line.ends_with(REMOVED) && written.is_some_and(|folder| folder.holds(path));
    (is_shared || is_removed()).then_some((object, bytes))
}

/// Memory that this process and its children may have together: the machine's, or that of its control group.
pub(crate) fn total_memory() -> Option<u64> {
    let read = |path: &str| read_to_string(path).ok();
    let machine = read("/proc/meminfo").and_then(|text| kilobytes(&text, "MemTotal"));
    // Version 2, then 1; both say something else than a number when there is no limit, or an absurd one.
    let group = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .iter()
        .find_map(|path| read(path)?.trim().parse::<u64>().ok());
    machine.into_iter().chain(group).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory() {
        let own = Memory::default().bytes(&[std::process::id()]);
        assert!(own > 0 && total_memory().unwrap() > own);
        assert_eq!(Memory::default().bytes(&[0]), 0);
    }

    #[test]
    fn objects_in_maps_are_found() {
        let found = |line| mapped_object(line, Some(&WrittenFolder::new("/tmp/own".into())));
        let line = "7f0000000000-7f0000100000 rw-s 00000000 00:1a 2051                       /dev/zero (deleted)";
        assert_eq!(found(line), Some(((0, 26, 2051), 1 << 20)));
        let line = "7f0000000000-7f0000100000 rw-s 00000000 00:1a 7 /tmp/own/a (deleted)";
        assert_eq!(found(line), Some(((0, 26, 7), 1 << 20)));
        assert_eq!(mapped_object(line, None), None);
        assert_eq!(found("7f0000000000-7f0000100000 rw-s 00000000 00:1a 7 /tmp/own/a"), None);
        assert_eq!(found("7f0000000000-7f0000100000 rw-s 00000000 00:1a 7 /tmp/other (deleted)"), None);
        assert_eq!(found("7f0000000000-7f0000100000 r-xp 00000000 fe:00 12 /usr/lib/libc.so.6"), None);
        assert_eq!(found("7f0000000000-7f0000100000 rw-p 00000000 00:00 0"), None);
    }

    #[test]
    fn removed_files_in_memory_are_told_from_others() {
        assert!(is_memory("/memfd:x (deleted)", || false) && is_memory("/tmp/a (deleted)", || true));
        assert!(!is_memory("/tmp/a (deleted)", || false) && !is_memory("/tmp/a", || true));
    }

    #[test]
    fn this_process_uses_the_processor() {
        let start = std::time::Instant::now();
        while processor_ticks(std::process::id()) == 0 {
            assert!(start.elapsed().as_secs() < 10, "ten seconds of work are no tick");
        }
        assert_eq!(processor_ticks(0), 0);
    }
}
