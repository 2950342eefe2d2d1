//! Systems that lack something: the program under a filter that answers as such a kernel would, or under a limit.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

/// Makes the program that `command` starts find none of these system calls.
pub fn without(command: &mut Command, calls: &[libc::c_long]) {
    let rules: BTreeMap<i64, Vec<_>> = calls.iter().map(|&call| (call, Vec::new())).collect();
    let absent = SeccompAction::Errno(libc::ENOSYS as u32);
    let arch = std::env::consts::ARCH.try_into().unwrap();
    let filter: BpfProgram = SeccompFilter::new(rules, SeccompAction::Allow, absent, arch).unwrap().try_into().unwrap();
    // SAFETY: makes system calls alone.
    unsafe {
        command.pre_exec(move || seccompiler::apply_filter(&filter).map_err(|_| std::io::ErrorKind::Other.into()));
    }
}

/// Gives the program that `command` starts no more than `number` of something.
pub fn limit(command: &mut Command, resource: Resource, number: u64) {
    // SAFETY: makes a system call alone.
    unsafe {
        command.pre_exec(move || {
            let most = Rlimit { current: Some(number), maximum: Some(number) };
            Ok(setrlimit(resource, most)?)
        });
    }
}

/// The system calls of Landlock.
pub const LANDLOCK: [libc::c_long; 3] =
    [libc::SYS_landlock_create_ruleset, libc::SYS_landlock_add_rule, libc::SYS_landlock_restrict_self];

/// The system call that filters others.
pub const SECCOMP: libc::c_long = libc::SYS_seccomp;
