//! What of a confinement the kernel enforces, found at run time.

use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// The first Landlock that watches over `truncate`.
const TRUNCATION: u32 = 3;
/// The first Landlock that keeps signals inside.
pub(crate) const SIGNALS: u32 = 6;

/// What is enforced; nothing by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enforced {
    /// Version of Landlock's interface; 0 without Landlock.
    pub landlock: u32,
    /// Whether system calls are filtered.
    pub seccomp: bool,
}

/// What is not enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// Which files are read and written.
    Files,
    /// That files which may only be read are not cut.
    Truncation,
    /// Which system calls are made: network, new processes, other processes' memory.
    SystemCalls,
}

impl Enforced {
    /// What this kernel, and the container around this process, let it enforce.
    pub fn by_this_system() -> Self {
        static FOUND: OnceLock<Enforced> = OnceLock::new();
        *FOUND.get_or_init(|| Self { landlock: landlock(), seccomp: seccomp() })
    }

    /// What is left open.
    pub fn gaps(self) -> Vec<Gap> {
        let files = match self.landlock {
            0 => Some(Gap::Files),
            version if version < TRUNCATION => Some(Gap::Truncation),
            _ => None,
        };
        files.into_iter().chain((!self.seccomp).then_some(Gap::SystemCalls)).collect()
    }
}

/// As in `Landlock 7, seccomp`, or `nothing`.
impl fmt::Display for Enforced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.landlock, self.seccomp) {
            (0, false) => f.write_str("nothing"),
            (0, true) => f.write_str("seccomp"),
            (version, false) => write!(f, "Landlock {version}"),
            (version, true) => write!(f, "Landlock {version}, seccomp"),
        }
    }
}

fn landlock() -> u32 {
    const VERSION: u32 = 1;
    // SAFETY: with this flag the call takes no memory and answers with a number.
    let version =
        unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<libc::c_void>(), 0_usize, VERSION) };
    u32::try_from(version).unwrap_or(0)
}

fn seccomp() -> bool {
    let action: u32 = libc::SECCOMP_RET_ERRNO;
    // SAFETY: the call reads one number, which lives until it returns.
    unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_GET_ACTION_AVAIL, 0, &raw const action) == 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_enforced_is_told() {
        let gaps = |landlock, seccomp| Enforced { landlock, seccomp }.gaps();
        assert_eq!(gaps(0, false), [Gap::Files, Gap::SystemCalls]);
        assert_eq!(gaps(2, true), [Gap::Truncation]);
        assert_eq!(gaps(3, true), []);
        assert_eq!(Enforced { landlock: 7, seccomp: true }.to_string(), "Landlock 7, seccomp");
        assert_eq!(Enforced::default().to_string(), "nothing");
    }
}
