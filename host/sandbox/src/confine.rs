//! A confinement, prepared and then put in place by a child before its program begins.

use std::io;

use landlock::RulesetCreated;
use rustix::fs::{Mode, OFlags};

use crate::calls::{Allowed, Filters};
use crate::files;
use crate::mode::chosen_mode;
use crate::permissions::Permissions;
use crate::support::SIGNALS;

/// A prepared confinement. Everything that takes memory is done.
pub(crate) struct Confinement {
    rules: Option<RulesetCreated>,
    filters: Option<Filters>,
}

impl Confinement {
    /// What is demanded and possible for a child that will be this program.
    pub(crate) fn of_child(allowed: &Permissions) -> io::Result<Self> {
        let enforced = chosen_mode().enforced();
        let rules = (enforced.landlock > 0).then(|| files::rules(allowed)).transpose();
        let calls = Allowed { network: allowed.network, signals: enforced.landlock >= SIGNALS, is_itself: false };
        let filters = enforced.seccomp.then(|| Filters::new(calls)).transpose();
        Ok(Self { rules: rules.map_err(io::Error::other)?, filters: filters.map_err(io::Error::other)? })
    }

    /// Whether anything is enforced.
    pub(crate) fn is_any(&self) -> bool {
        self.rules.is_some() || self.filters.is_some()
    }

    /// That of a process which may do everything.
    #[cfg(test)]
    pub(crate) fn none() -> Self {
        Self { rules: None, filters: None }
    }

    /// Puts it in place for the calling thread and what it will start.
    pub(crate) fn apply(&mut self) -> io::Result<()> {
        let refused = || io::Error::from_raw_os_error(libc::EPERM);
        if let Some(rules) = self.rules.take() {
            let own =
                rustix::fs::open(c"/proc/self", OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty());
            let rules = match own {
                Ok(own) => files::with_own_facts(rules, own).map_err(|_| refused())?,
                Err(_) => rules,
            };
            rules.restrict_self().map_err(|_| refused())?;
        }
        self.filters.as_mut().map_or(Ok(()), Filters::apply).map_err(|_| refused())
    }
}
