//! Processes of jobs: which one does a job, whether it is still there, what it takes, and asking it to stop. A number alone is no
//! proof: numbers are used again, and a record may come from somebody else. A process is a job's only if it was born when the
//! record says, and writes into the job's own log.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nnc_files::read_kernel;
use nnc_result_folder::is_busy;
use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

/// Which process does a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pid: u32,
    /// Clock ticks from the start of the system.
    born: u64,
}

impl Mark {
    /// The process with this number, as it is now.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        Some(Self { pid, born: stat(pid)?.born })
    }

    /// Whether it is still there and its errors go to `log`.
    pub(crate) fn is_alive(self, log: &Path) -> bool {
        let same = stat(self.pid).is_some_and(|found| found.born == self.born && !found.is_dead);
        let writes_to = || fs::read_link(format!("/proc/{}/fd/2", self.pid)).ok();
        same && writes_to().is_some_and(|target| target == log)
    }

    /// Asks it to stop as Ctrl-C does.
    pub(crate) fn interrupt(self) -> bool {
        i32::try_from(self.pid).ok().and_then(Pid::from_raw).is_some_and(|pid| kill_process(pid, Signal::INT).is_ok())
    }

    /// Bytes of memory that it and what it started hold.
    pub(crate) fn memory(self) -> Option<u64> {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for entry in fs::read_dir("/proc").ok()?.flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            if let Some(found) = stat(pid) {
                children.entry(found.parent).or_default().push(pid);
            }
        }
        let mut family = vec![self.pid];
        let mut bytes = 0;
        while let Some(pid) = family.pop() {
            bytes += resident(pid).unwrap_or(0);
            family.extend(children.remove(&pid).unwrap_or_default());
        }
        Some(bytes).filter(|bytes| *bytes > 0)
    }

    /// The process of this program that has locked a folder, for jobs of the command line.
    pub(crate) fn of_lock(folder: &Path) -> Option<Self> {
        let place = |path: String| fs::metadata(path).map(|found| (found.dev(), found.ino())).ok();
        let is_ours = |pid: &u32| {
            place(format!("/proc/{pid}/exe")).is_some_and(|found| Some(found) == place("/proc/self/exe".to_owned()))
        };
        let wanted = fs::metadata(folder).map(|found| (found.dev(), found.ino())).ok()?;
        // The kernel names folders by numbers that other disks have too, and some file systems tell it another disk than us. What a
        // process has open is certain.
        let has_open = |pid: &u32| {
            let entries = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
            entries
                .into_iter()
                .any(|entry| fs::metadata(entry.path()).is_ok_and(|found| (found.dev(), found.ino()) == wanted))
        };
        holders(folder).ok()?.into_iter().filter(is_ours).find(has_open).and_then(Self::of)
    }
}

/// Whether a job works in a folder. Taking the lock to find out would make a job fail that starts at that very moment, so it is tried
/// only where the kernel says that somebody has it.
pub(crate) fn is_locked(folder: &Path) -> bool {
    match holders(folder) {
        Ok(holders) => !holders.is_empty() && is_busy(folder),
        Err(_) => is_busy(folder),
    }
}

/// Who has locked the folder, or others with its number on other disks.
fn holders(folder: &Path) -> io::Result<Vec<u32>> {
    let Ok(inode) = fs::metadata(folder).map(|found| found.ino()) else { return Ok(Vec::new()) };
    let locks = read_kernel("/proc/locks")?;
    // `1: FLOCK  ADVISORY  WRITE 1234 08:01:131 0 EOF`
    let holders = locks.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, "FLOCK", _, "WRITE", pid, place, ..] = words.as_slice() else { return None };
        let found: u64 = place.rsplit(':').next()?.parse().ok()?;
        (found == inode).then(|| pid.parse::<u32>().ok()).flatten()
    });
    Ok(holders.collect())
}

struct Stat {
    parent: u32,
    born: u64,
    is_dead: bool,
}

/// What the kernel says about a process. Its name is in brackets and may hold anything.
fn stat(pid: u32) -> Option<Stat> {
    let text = read_kernel(format!("/proc/{pid}/stat")).ok()?;
    let rest = text.get(text.rfind(')')? + 1..)?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    Some(Stat {
        is_dead: matches!(*fields.first()?, "Z" | "X"),
        parent: fields.get(1)?.parse().ok()?,
        born: fields.get(19)?.parse().ok()?,
    })
}

fn resident(pid: u32) -> Option<u64> {
    let text = read_kernel(format!("/proc/{pid}/statm")).ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages.saturating_mul(rustix::param::page_size() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_process_is_known_by_its_birth_and_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().canonicalize().unwrap().join("log.txt");
        let mut child =
            Command::new("sleep").arg("60").stderr(Stdio::from(fs::File::create(&log).unwrap())).spawn().unwrap();
        let mark = Mark::of(child.id()).unwrap();
        assert!(mark.is_alive(&log) && mark.memory().unwrap() > 10_000);
        assert!(!mark.is_alive(&folder.path().join("other")));
        assert!(!Mark { born: mark.born + 1, ..mark }.is_alive(&log));
        assert!(mark.interrupt());
        // Where tests run in the background the signal is ignored.
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!mark.is_alive(&log));
    }

    #[test]
    fn whoever_locks_a_folder_is_found() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Mark::of_lock(folder.path()), None);
        let lock = nnc_files::open_folder(folder.path()).unwrap();
        lock.try_lock().unwrap();
        assert_eq!(Mark::of_lock(folder.path()), Mark::of(std::process::id()));
        assert!(is_locked(folder.path()));
        drop(lock);
        assert!(!is_locked(folder.path()));
    }
}
