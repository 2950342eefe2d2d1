//! This very process, confined before it reads files of others: commands that decode such files themselves. A hole in a decoder
//! then finds no network, no program to start, no other process, and no place to write to but the command's own outputs.

use std::io;
use std::path::PathBuf;

use crate::calls::{Allowed, Filters};
use crate::error::SandboxError;
use crate::files;
use crate::mode::{SandboxMode, chosen_mode};
use crate::setup::give_up_powers;
use crate::support::SIGNALS;

/// What a command writes. The folders exist before it is confined; what appears beneath them later belongs to them.
#[derive(Debug, Default)]
pub struct Outputs {
    written: Vec<PathBuf>,
    named: Vec<PathBuf>,
}

impl Outputs {
    /// Everything may happen beneath this folder, or to this file.
    #[must_use]
    pub fn writing(mut self, path: impl Into<PathBuf>) -> Self {
        self.written.push(path.into());
        self
    }

    /// Folders get their names, and lose them, in this folder and beneath it; files do not.
    #[must_use]
    pub fn naming(mut self, folder: impl Into<PathBuf>) -> Self {
        self.named.push(folder.into());
        self
    }

    /// Confines this thread, and all that it will start, for good: call it before any other thread runs and before any file of
    /// others is opened. Reads what the user reads, writes these outputs and what is open already.
    ///
    /// # Errors
    /// What is demanded (`require`) could not be done. Otherwise what this system lacks is left out without a word: less is
    /// at stake than with code of others.
    pub fn confine(&self) -> Result<(), SandboxError> {
        let mode = chosen_mode();
        match self.try_confine() {
            Err(error) if mode == SandboxMode::Require => Err(SandboxError::Confine(error)),
            _ => Ok(()),
        }
    }

    fn try_confine(&self) -> io::Result<()> {
        let enforced = chosen_mode().enforced();
        let calls = Allowed { network: false, signals: enforced.landlock >= SIGNALS, is_itself: true };
        // Prepared as a whole, so that none stands in the way of the other.
        let rules = (enforced.landlock > 0).then(|| files::own_rules(&self.written, &self.named)).transpose();
        let filters = enforced.seccomp.then(|| Filters::new(calls)).transpose().map_err(io::Error::other);
        // What is demanded is whole; what is only wished for goes as far as it goes.
        if (enforced.landlock > 0 || enforced.seccomp) && !give_up_powers() && chosen_mode() == SandboxMode::Require {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        if let Some(rules) = rules.map_err(io::Error::other)? {
            rules.restrict_self().map_err(io::Error::other)?;
        }
        filters?.as_mut().map_or(Ok(()), Filters::apply).map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::ErrorKind;
    use std::net::{TcpListener, TcpStream};
    use std::process::Command;

    use super::*;
    use crate::support::Enforced;

    /// What a confined thread can still do: the confinement holds for it and what it starts, and the test goes on without.
    fn confined<T: Send>(outputs: &Outputs, work: impl FnOnce() -> T + Send) -> T {
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| {
                outputs.confine().unwrap();
                work()
            });
            thread.join().unwrap()
        })
    }

    #[test]
    fn a_confined_process_reads_and_writes_its_outputs_and_does_nothing_else() {
        let enforced = Enforced::by_this_system();
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["out", "out/deep", "names", "names/made", "elsewhere"] {
            fs::create_dir(at(name)).unwrap();
        }
        fs::write(at("elsewhere/file"), "kept").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let outputs = Outputs::default().writing(at("out")).writing(at("names/made")).naming(at("names"));
        let refused = |done: io::Result<()>| done.is_err_and(|error| error.kind() == ErrorKind::PermissionDenied);
        confined(&outputs, || {
            // What commands do.
            assert_eq!(fs::read_to_string(at("elsewhere/file")).unwrap(), "kept");
            fs::write(at("out/deep/new"), "x").unwrap();
            fs::rename(at("out/deep/new"), at("out/new")).unwrap();
            fs::remove_file(at("out/new")).unwrap();
            fs::write(at("names/made/new"), "x").unwrap();
            fs::rename(at("names/made"), at("names/final")).unwrap();
            fs::write("/dev/null", "x").unwrap();
            assert_eq!(std::thread::spawn(|| 1).join().unwrap(), 1);
            // What nobody asked for.
            if enforced.landlock > 0 {
                assert!(refused(fs::write(at("elsewhere/new"), "x")));
                assert!(refused(fs::write(at("elsewhere/file"), "x")));
                assert!(refused(fs::remove_file(at("elsewhere/file"))));
                assert!(refused(fs::write(at("names/new"), "x")));
                assert!(fs::rename(at("names/final/new"), at("names/new")).is_err());
                assert!(refused(Command::new("/bin/true").status().map(drop)));
            }
            if enforced.seccomp {
                assert!(refused(TcpStream::connect(address).map(drop)));
                assert!(refused(Command::new("/bin/true").status().map(drop)));
                // SAFETY: a process that is not started.
                assert_eq!(unsafe { libc::syscall(libc::SYS_ptrace, 0, 0, 0, 0) }, -1);
                // SAFETY: signal 0 asks whether one may be sent.
                assert_eq!(unsafe { libc::kill(libc::getppid(), 0) }, -1);
                let status = fs::read_to_string("/proc/thread-self/status").unwrap();
                assert!(status.contains("Seccomp:\t2") && status.contains("NoNewPrivs:\t1"), "{status}");
            }
        });
        assert_eq!(fs::read_to_string(at("elsewhere/file")).unwrap(), "kept");
        // The other threads of the test are free.
        fs::write(at("elsewhere/new"), "x").unwrap();
    }
}
