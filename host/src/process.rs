//! Child processes that run strangers' code: bound to this process, watched through `/proc`, and their ends put into
//! words.

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus};

use crate::language::JobText;

/// Makes the kernel end the child together with this process, and prefer it when memory runs out.
pub(crate) fn bind_to_parent(command: &mut Command) {
    let parent = std::process::id();
    // SAFETY: only async-signal-safe calls between fork and exec.
    unsafe {
        command.pre_exec(move || {
            // A child must not outlive a parent that was killed.
            if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) != 0 {
                return Err(std::io::Error::last_os_error());
            }
            // The parent may have died before the call above.
            if libc::getppid() as u32 != parent {
                libc::_exit(1);
            }
            // Not having it is no reason to fail: the limit of the watchdog comes first.
            let score = libc::open(c"/proc/self/oom_score_adj".as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC);
            if score >= 0 {
                libc::write(score, b"1000".as_ptr().cast(), 4);
                libc::close(score);
            }
            Ok(())
        });
    }
}

/// User and system time of a process in clock ticks; 0 when it is gone.
pub(crate) fn processor_ticks(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The second field is a name in brackets that may hold anything; fields 14 and 15 are the times.
    let fields = text.rsplit_once(')').map(|(_, rest)| rest.split_whitespace()).into_iter().flatten();
    fields.skip(11).take(2).filter_map(|f| f.parse::<u64>().ok()).sum()
}

/// Memory that a process holds in RAM and shares with no file, in bytes; 0 when it is gone.
pub(crate) fn private_bytes(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/statm")).unwrap_or_default();
    let mut pages = text.split_whitespace().skip(1).filter_map(|field| field.parse::<u64>().ok());
    let (resident, shared) = (pages.next().unwrap_or(0), pages.next().unwrap_or(0));
    // SAFETY: asks for a constant of the system.
    let page = u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096);
    resident.saturating_sub(shared) * page
}

/// Memory that this process and its children may have together: the machine's, or that of its control group.
pub(crate) fn total_memory() -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let machine = read("/proc/meminfo").and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
    });
    // Version 2, then 1; both say something else than a number when there is no limit, or an absurd one.
    let group = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .iter()
        .find_map(|path| read(path)?.trim().parse::<u64>().ok());
    machine.into_iter().chain(group).min()
}

/// How a process ended, as the rest of a sentence: `crashed (segmentation fault, signal 11)`.
pub(crate) fn ending(exit: ExitStatus) -> String {
    let Some(number) = exit.signal() else {
        return JobText::EndedWith.with(&[&exit.code().unwrap_or(-1)]);
    };
    let name = match number {
        libc::SIGSEGV => JobText::SegmentationFault,
        libc::SIGABRT => JobText::Abort,
        libc::SIGBUS => JobText::BusError,
        libc::SIGILL => JobText::IllegalInstruction,
        libc::SIGFPE => JobText::ArithmeticFault,
        libc::SIGTERM => JobText::Termination,
        libc::SIGKILL => JobText::KilledForMemory,
        _ => JobText::SomeSignal,
    };
    JobText::CrashedWith.with(&[&name.with(&[]), &number])
}

/// What a process wrote to its standard error, as far as it may explain how it ended.
#[derive(Debug, Default)]
pub(crate) struct LastWords {
    /// The last line that says something.
    last: Option<String>,
    /// The reason, where the words are known ones. A backtrace may follow them, so they need not be the last.
    reason: Option<String>,
}

impl LastWords {
    /// Takes the next line.
    pub(crate) fn hear(&mut self, line: &str) {
        let line = line.trim();
        if let Some(reason) = reason_in(line) {
            self.reason = Some(reason);
        }
        if !line.is_empty() && !line.starts_with("note: ") {
            self.last = Some(line.to_owned());
        }
    }

    /// Why the process ended, as the rest of a sentence about it, where that can be told.
    pub(crate) fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The last words in brackets for the end of a sentence, or nothing.
    pub(crate) fn quoted(&self) -> String {
        self.last.as_ref().map(|words| JobText::LastWords.with(&[words])).unwrap_or_default()
    }
}

/// What a line of standard error says about the end of the process.
fn reason_in(line: &str) -> Option<String> {
    if let Some((_, rest)) = line.split_once("memory allocation of ") {
        let bytes: f64 = rest.split(' ').next()?.parse().ok()?;
        return Some(JobText::AskedForMemory.with(&[&format_args!("{:.1}", bytes / 1e9)]));
    }
    if line.contains("cannot catch foreign exceptions") || line.contains("terminate called") {
        return Some(JobText::ForeignException.with(&[]));
    }
    line.contains("panic in a function that cannot unwind").then(|| JobText::EscapedPanic.with(&[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_and_last_words_are_told() {
        assert_eq!(ending(ExitStatus::from_raw(11)), "crashed (segmentation fault, signal 11)");
        assert_eq!(ending(ExitStatus::from_raw(3 << 8)), "ended its process with exit code 3");
        let mut words = LastWords::default();
        words.hear("something else\n");
        assert_eq!((words.reason(), words.quoted().as_str()), (None, " (its last words: something else)"));
        words.hear("memory allocation of 107374182400 bytes failed");
        words.hear("   at a line of a backtrace");
        assert!(words.reason().unwrap().contains("107.4 GB"));
        words.hear("fatal runtime error: Rust cannot catch foreign exceptions");
        assert!(words.reason().unwrap().contains("C++"));
    }

    #[test]
    fn this_process_has_memory() {
        let own = private_bytes(std::process::id());
        assert!(own > 0 && total_memory().unwrap() > own);
        assert_eq!(private_bytes(0), 0);
    }
}
