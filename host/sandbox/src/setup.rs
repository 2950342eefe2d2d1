//! What happens in the child between `fork` and the start of its program.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::confine::Confinement;
use crate::mode::{SandboxMode, chosen_mode};
use crate::shortage::STACK;
use rustix::fs::{Mode, OFlags};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, getpid, getppid, getrlimit, set_parent_process_death_signal, setrlimit,
};

/// Binds the child to this process, prefers it when memory runs out, and confines it.
///
/// The kernel ends the child when the *thread* ends that starts it, so that thread must outlive the child.
pub(crate) fn prepare(command: &mut Command, mut confinement: Confinement) {
    // A group of its own: Ctrl-C reaches the parent alone, and whatever the plugin starts can be ended with the child.
    command.process_group(0);
    let parent = getpid();
    let is_demanded = chosen_mode() == SandboxMode::Require;
    // SAFETY: `in_child` makes plain system calls alone, and takes no memory and no lock.
    unsafe {
        command.pre_exec(move || {
            in_child(parent)?;
            set_limits(confinement.is_any());
            if confinement.is_any() && !give_up_powers() && is_demanded {
                return Err(io::Error::from_raw_os_error(libc::EPERM));
            }
            confinement.apply()
        });
    }
}

/// Powers of root that a child may keep: those over files that are the user's anyway.
const KEPT: u32 = 0b1110;

/// Gives up all other powers; `no_new_privs` keeps the new program from getting them back. Says whether none of them is left.
/// Takes no memory.
pub(crate) fn give_up_powers() -> bool {
    #[repr(C)]
    struct Head {
        version: u32,
        process: libc::c_int,
    }
    #[repr(C)]
    #[derive(Clone, Copy)]
    struct Powers {
        effective: u32,
        permitted: u32,
        inheritable: u32,
    }
    let mut head = Head { version: 0x2008_0522, process: 0 };
    let mut powers = [Powers { effective: 0, permitted: 0, inheritable: 0 }; 2];
    // SAFETY: both live, and have the form of this version: a head, and two words of each set.
    unsafe {
        if libc::syscall(libc::SYS_capget, &raw mut head, powers.as_mut_ptr()) != 0 {
            return false;
        }
        let [low, high] = &mut powers;
        *low = Powers { effective: low.effective & KEPT, permitted: low.permitted & KEPT, inheritable: 0 };
        *high = Powers { effective: 0, permitted: 0, inheritable: 0 };
        libc::syscall(libc::SYS_capset, &raw mut head, powers.as_ptr()) == 0
    }
}

/// Files that a confined child may have open: what the kernel keeps for each, as the buffer of a pipe, is in no process's size.
const FILES: u64 = 4096;

/// Numbers of open files that are looked at one by one where the system cannot do it at once: what it lets a process have as a rule.
const MOST_OPEN: u64 = 1 << 20;

/// Lets the stack of this process, and of what it starts, grow as far as programs expect it, where the system lets it. Call it
/// first: the stack grows when it is needed. Takes no memory.
pub fn allow_usual_stack() {
    let stack = getrlimit(Resource::Stack);
    if stack.current.is_some_and(|bytes| bytes < STACK) {
        let current = stack.maximum.map_or(STACK, |most| most.min(STACK));
        let _ = setrlimit(Resource::Stack, Rlimit { current: Some(current), maximum: stack.maximum });
    }
}

/// Sets limits of the system: a stack as programs expect it, whatever the shell that started this had; for a confined child few
/// open files, and no picture of its memory in the user's folder when it crashes. Takes no memory.
fn set_limits(is_confined: bool) {
    allow_usual_stack();
    if is_confined {
        let most = getrlimit(Resource::Nofile).maximum.map_or(FILES, |most| most.min(FILES));
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: Some(most) });
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
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
    // Whatever this program was given open by its own parent is no business of the child's.
    // SAFETY: marks descriptors above the three standard ones; nothing here uses them after the program has begun.
    let marked = unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    if marked != 0 {
        // A kernel before 5.11, or a container that knows no such call.
        let most = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX).min(MOST_OPEN);
        for descriptor in 3..most as libc::c_int {
            // SAFETY: as above; a number that is not open is refused.
            unsafe { libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC) };
        }
    }
    Ok(())
}
