//! Seccomp: which system calls a process makes.
//!
//! Whatever is not known here does not exist for the process (`ENOSYS`), so a newer kernel opens nothing. Of what is known,
//! what reaches beyond the process is left out, and what depends on its arguments is refused (`EPERM`).

use std::collections::{BTreeMap, BTreeSet};

use libc::c_long;
use seccompiler::SeccompCmpArgLen::{Dword, Qword};
use seccompiler::SeccompCmpOp::{Eq, MaskedEq, Ne};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

/// `futex_requeue`, of Linux 6.7: the last system call that was thought through here.
const LAST_KNOWN: i64 = 456;

/// Beyond the process, or parts of the kernel that no plugin needs and that had many faults.
const ABSENT: &[c_long] = &[
    // Other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_process_mrelease,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_kcmp,
    libc::SYS_move_pages,
    libc::SYS_migrate_pages,
    // Mounts and namespaces.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_unshare,
    libc::SYS_setns,
    // Their flags are in memory, where no filter sees them; the C library and this program fall back to the older ones.
    libc::SYS_clone3,
    libc::SYS_openat2,
    // Work of others, or of the kernel, in the name of the process.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_bpf,
    libc::SYS_userfaultfd,
    libc::SYS_perf_event_open,
    libc::SYS_fanotify_init,
    libc::SYS_fanotify_mark,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_lookup_dcookie,
    libc::SYS_vhangup,
    // Names of files that may not be read, as they appear.
    libc::SYS_inotify_init1,
    libc::SYS_inotify_add_watch,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_inotify_init,
    // Keys.
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    // What would outlive the process: queues and shared memory with names of their own.
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_shmctl,
    libc::SYS_semget,
    libc::SYS_semctl,
    libc::SYS_semop,
    libc::SYS_semtimedop,
    libc::SYS_msgget,
    libc::SYS_msgsnd,
    libc::SYS_msgrcv,
    libc::SYS_msgctl,
    libc::SYS_mq_open,
    libc::SYS_mq_unlink,
    // Memory that nobody can count: in no process's size, or held by a pipe after it was given up.
    libc::SYS_memfd_secret,
    libc::SYS_vmsplice,
    libc::SYS_splice,
    libc::SYS_tee,
    libc::SYS_sendfile,
    libc::SYS_remap_file_pages,
    // The machine.
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_syslog,
    libc::SYS_nfsservctl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_fork,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_vfork,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_iopl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ioperm,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_modify_ldt,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_uselib,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ustat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_sysfs,
    #[cfg(target_arch = "x86_64")]
    libc::SYS__sysctl,
];

/// What changes files that may not even be opened: Landlock knows no rights for modes, owners, times and attributes.
/// And leaving the group and session in which the process is found and ended.
const REFUSED: &[c_long] = &[
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    SYS_FCHMODAT2,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    libc::SYS_setpgid,
    libc::SYS_setsid,
    // What lies in their buffers, and files that travel through them, are in no process's size. Pipes are bounded.
    libc::SYS_socketpair,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utime,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utimes,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_futimesat,
];

/// `fchmodat2`, of Linux 6.6.
const SYS_FCHMODAT2: c_long = 452;

/// Files with these bits run as their owner or group.
const SET_ID: [u64; 2] = [0o4000, 0o2000];

/// Flags of `open` with which its mode counts: `O_CREAT`, and the own bit of `O_TMPFILE`.
const CREATES: [u64; 2] = [libc::O_CREAT as u64, 0o20_000_000];

/// Flags of `clone` without which something is no thread, or one with files of its own that nobody who counts memory sees.
const THREAD: [libc::c_int; 4] = [libc::CLONE_THREAD, libc::CLONE_VM, libc::CLONE_SIGHAND, libc::CLONE_FILES];

/// `CLOSE_RANGE_UNSHARE`: files of its own for a thread.
const UNSHARE_FILES: u64 = 2;

/// Flags of `clone` that make namespaces.
const NAMESPACES: [libc::c_int; 7] = [
    libc::CLONE_NEWNS,
    libc::CLONE_NEWCGROUP,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
];

/// Letters of `ioctl` requests that change attributes of files: of ext4 and others (`f`, `v`), of XFS and the kernel (`X`), and
/// all of btrfs.
const ATTRIBUTES: [u8; 4] = [b'f', b'v', b'X', 0x94];

/// `ioprio_set` of one process.
const IOPRIO_WHO_PROCESS: libc::c_int = 1;

/// Types of sockets' addresses that a process with a network may use: Internet, and asking the kernel for routes.
const FAMILIES: [libc::c_int; 3] = [libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK];

/// Stands for the process until its number is known; no process has it.
const ITSELF: u32 = 0x7abc_def1;

/// What a process may do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowed {
    /// Sockets.
    pub(crate) network: bool,
    /// Whether something else keeps signals inside.
    pub(crate) signals: bool,
    /// Whether the process is this program already, with no code of others: it becomes no other, and opens what others made
    /// with `openat2`.
    pub(crate) is_itself: bool,
}

/// Filters, ready to be put in place.
pub(crate) struct Filters(Vec<BpfProgram>);

impl Filters {
    pub(crate) fn new(allowed: Allowed) -> Result<Self, BackendError> {
        let refused = refused(allowed)?;
        let known = program(known(allowed), SeccompAction::Errno(libc::ENOSYS as u32), SeccompAction::Allow)?;
        let refused = program(refused, SeccompAction::Allow, SeccompAction::Errno(libc::EPERM as u32))?;
        Ok(Self(vec![refused, known]))
    }

    /// Puts them in place for the calling thread and those that it will start. Takes no memory.
    pub(crate) fn apply(&mut self) -> seccompiler::Result<()> {
        let own = rustix::process::getpid().as_raw_pid() as u32;
        for filter in &mut self.0 {
            for instruction in filter.iter_mut().filter(|instruction| instruction.k == ITSELF) {
                instruction.k = own;
            }
            seccompiler::apply_filter(filter)?;
        }
        Ok(())
    }
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn program(rules: Rules, otherwise: SeccompAction, matching: SeccompAction) -> Result<BpfProgram, BackendError> {
    SeccompFilter::new(rules, otherwise, matching, std::env::consts::ARCH.try_into()?)?.try_into()
}

/// The system calls that exist. Becoming another program is one of them, since the process becomes this program after the
/// filters are in place; Landlock says which programs.
fn known(allowed: Allowed) -> Rules {
    let mut absent: BTreeSet<i64> = ABSENT.iter().copied().collect();
    if allowed.is_itself {
        absent.remove(&libc::SYS_openat2);
    }
    (0..=LAST_KNOWN).filter(|call| !absent.contains(call)).map(|call| (call, Vec::new())).collect()
}

/// What is refused because of its arguments.
fn refused(allowed: Allowed) -> Result<Rules, BackendError> {
    let mut rules = Rules::new();
    let mut refuse = |call: c_long, conditions: Vec<SeccompCondition>| -> Result<(), BackendError> {
        let rules = rules.entry(call).or_default();
        // No rule at all refuses every call.
        if !conditions.is_empty() {
            rules.push(SeccompRule::new(conditions)?);
        }
        Ok(())
    };
    let families = FAMILIES.iter().filter(|_| allowed.network);
    let other = families.map(|family| int(0, Ne, *family)).collect::<Result<Vec<_>, _>>()?;
    refuse(libc::SYS_socket, other)?;
    for call in REFUSED {
        refuse(*call, Vec::new())?;
    }
    // A file that is made with such a mode; where the flags and the mode are among the arguments.
    for bit in SET_ID {
        let mode = |argument| SeccompCondition::new(argument, Dword, MaskedEq(bit), bit);
        for flag in CREATES {
            let creates = |argument| SeccompCondition::new(argument, Dword, MaskedEq(flag), flag);
            refuse(libc::SYS_openat, vec![creates(2)?, mode(3)?])?;
            #[cfg(target_arch = "x86_64")]
            refuse(libc::SYS_open, vec![creates(1)?, mode(2)?])?;
        }
        refuse(libc::SYS_mkdirat, vec![mode(2)?])?;
        refuse(libc::SYS_mknodat, vec![mode(2)?])?;
        #[cfg(target_arch = "x86_64")]
        for call in [libc::SYS_creat, libc::SYS_mkdir, libc::SYS_mknod] {
            refuse(call, vec![mode(1)?])?;
        }
    }
    // Threads, but no processes.
    for flag in THREAD {
        refuse(libc::SYS_clone, vec![SeccompCondition::new(0, Qword, MaskedEq(flag as u64), 0)?])?;
    }
    refuse(libc::SYS_close_range, vec![SeccompCondition::new(2, Dword, MaskedEq(UNSHARE_FILES), UNSHARE_FILES)?])?;
    for flag in NAMESPACES {
        let flag = flag as u32 as u64;
        refuse(libc::SYS_clone, vec![SeccompCondition::new(0, Qword, MaskedEq(flag), flag)?])?;
    }
    // Not to end with its parent; to be hidden from who counts its memory.
    for option in [libc::PR_SET_PDEATHSIG, libc::PR_SET_DUMPABLE, libc::PR_SET_PTRACER] {
        refuse(libc::SYS_prctl, vec![int(0, Eq, option)?])?;
    }
    // Words typed in the name of the user.
    for request in [libc::TIOCSTI, libc::TIOCLINUX] {
        refuse(libc::SYS_ioctl, vec![SeccompCondition::new(1, Dword, Eq, request)?])?;
    }
    // Attributes of files that are only read, by whatever file system, and copies of whole volumes.
    for family in ATTRIBUTES {
        let is_of_family = SeccompCondition::new(1, Dword, MaskedEq(0xff00), u64::from(family) << 8)?;
        refuse(libc::SYS_ioctl, vec![is_of_family])?;
    }
    // Leases on files of the user: whoever opens one for writing waits.
    for command in [libc::F_SETLEASE, libc::F_NOTIFY] {
        refuse(libc::SYS_fcntl, vec![int(1, Eq, command)?])?;
    }
    // Priorities of all processes of the user.
    refuse(libc::SYS_setpriority, vec![int(0, Ne, libc::PRIO_PROCESS as libc::c_int)?])?;
    refuse(libc::SYS_ioprio_set, vec![int(0, Ne, IOPRIO_WHO_PROCESS)?])?;
    // Limits, priorities and processors of other processes; the second argument of `setpriority` is the process.
    for (call, argument) in [
        (libc::SYS_prlimit64, 0),
        (libc::SYS_sched_setaffinity, 0),
        (libc::SYS_sched_setscheduler, 0),
        (libc::SYS_sched_setparam, 0),
        (libc::SYS_sched_setattr, 0),
        (libc::SYS_setpriority, 1),
        (libc::SYS_ioprio_set, 1),
    ] {
        refuse(call, vec![int(argument, Ne, 0)?])?;
    }
    if allowed.is_itself {
        refuse(libc::SYS_execve, Vec::new())?;
        refuse(libc::SYS_execveat, Vec::new())?;
    }
    if !allowed.signals {
        // Group 0 is the own one.
        refuse(libc::SYS_kill, vec![itself(0)?, int(0, Ne, 0)?])?;
        for call in [libc::SYS_tgkill, libc::SYS_rt_sigqueueinfo, libc::SYS_rt_tgsigqueueinfo] {
            refuse(call, vec![itself(0)?])?;
        }
        refuse(libc::SYS_tkill, Vec::new())?;
        for command in [libc::F_SETOWN, F_SETSIG, F_SETOWN_EX] {
            refuse(libc::SYS_fcntl, vec![int(1, Eq, command)?])?;
        }
    }
    Ok(rules)
}

/// Commands of `fcntl` that choose who is signalled, and how.
const F_SETSIG: libc::c_int = 10;
const F_SETOWN_EX: libc::c_int = 15;

/// A condition on an argument of type `int`.
fn int(argument: u8, operator: SeccompCmpOp, value: libc::c_int) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(argument, Dword, operator, u64::from(value as u32))
}

/// The argument is not the process itself.
fn itself(argument: u8) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(argument, Dword, Ne, u64::from(ITSELF))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_of_every_kind_can_be_made() {
        for bits in 0..8 {
            let allowed = Allowed { network: bits & 1 != 0, signals: bits & 2 != 0, is_itself: bits & 4 != 0 };
            assert!(Filters::new(allowed).is_ok(), "{allowed:?}");
        }
    }
}
