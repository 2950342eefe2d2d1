//! What happens in the child between `fork` and the start of its program. Whatever else is to confine plugins belongs
//! here.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, getpid, getppid, set_parent_process_death_signal};

/// Binds the child to this process and prefers it when memory runs out.
///
/// The kernel ends the child when the *thread* ends that starts it, so that thread must outlive the child.
pub(crate) fn prepare(command: &mut Command) {
    // A group of its own: Ctrl-C reaches the parent alone, and whatever the plugin starts can be ended with the child.
    command.process_group(0);
    let parent = getpid();
    // SAFETY: `in_child` makes plain system calls alone, and takes no memory and no lock.
    unsafe {
        command.pre_exec(move || in_child(parent));
    }
}

fn in_child(parent: Pid) -> io::Result<()> {
    // A child must not outlive a parent that was killed.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // The parent may have died before the call above.
    if getppid() != Some(parent) {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    // Not having it is no reason to fail: the limit on memory comes first.
    if let Ok(score) = rustix::fs::open(c"/proc/self/oom_score_adj", OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty()) {
        let _ = rustix::io::write(&score, b"1000");
    }
    Ok(())
}
