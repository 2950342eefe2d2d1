//! A child that runs: what it says, the limits it keeps, and its end.

use std::io;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ExitStatus};
use std::time::{Duration, Instant};

use nnc_files::TemporaryFolder;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};

use crate::ending::Ending;
use crate::error::SandboxError;
use crate::family;
use crate::last_words::LastWords;
use crate::limits::{BrokenLimit, Limits, Watchdog};
use crate::lines::{Lines, wait};

/// How long a child may take to stop after it was asked to.
const GRACE: Duration = Duration::from_secs(10);
/// How long to listen to the pipes of a child that has ended.
const LAST_MESSAGES: Duration = Duration::from_secs(1);
/// How often the child is looked at while it is silent.
const TICK: Duration = Duration::from_millis(20);
/// As [`TICK`], for a child that has closed its pipes: its end is near.
const CLOSED_TICK: Duration = Duration::from_millis(2);
/// What comes from a child.
#[derive(Debug)]
pub enum Output<M> {
    /// A message on the private pipe.
    Message(M),
    /// A line of standard error: plugins' own prints, libraries' warnings, the words of a dying process.
    Stderr(String),
    /// Nothing for a moment: time to look at other things.
    Quiet,
}

/// Makes a message of a line, if it is one.
type Read<M> = Box<dyn FnMut(&str) -> Option<M> + Send>;

/// A running child. Dropping it kills it.
///
/// Follow it without pause, and without waiting for anything else meanwhile: its limits are kept by who asks for its outputs.
pub struct PluginProcess<M> {
    child: Child,
    messages: Lines,
    errors: Lines,
    /// Makes a message of a line, if it is one of the child's own.
    message: Read<M>,
    /// Whose turn it is: a child that floods one pipe must not drown what comes through the other.
    errors_first: bool,
    watchdog: Watchdog,
    broken: Option<BrokenLimit>,
    last_words: LastWords,
    asked_to_stop: Option<Instant>,
    /// Its exit status, and when that was found.
    dead: Option<(ExitStatus, Instant)>,
    /// The folder of its temporary files, which goes with it.
    scratch: Option<TemporaryFolder>,
    /// Its standard input, where more follows.
    questions: Option<ChildStdin>,
}

impl<M> PluginProcess<M> {
    /// Follows a child; `message` makes a message of a line, if it is one of the child's own.
    ///
    /// # Errors
    /// Those of the system, about the child's pipes.
    pub(crate) fn new(
        mut child: Child,
        limits: Limits,
        message: impl FnMut(&str) -> Option<M> + Send + 'static,
    ) -> io::Result<Self> {
        let (messages, errors) = (child.stdout.take(), child.stderr.take());
        let mut process = Self {
            watchdog: Watchdog::new(child.id(), limits),
            child,
            messages: Lines::closed(),
            errors: Lines::closed(),
            message: Box::new(message),
            errors_first: false,
            broken: None,
            last_words: LastWords::default(),
            asked_to_stop: None,
            dead: None,
            scratch: None,
            questions: None,
        };
        process.messages = messages.map_or(Ok(Lines::closed()), Lines::new)?;
        process.errors = errors.map_or(Ok(Lines::closed()), Lines::new)?;
        Ok(process)
    }

    /// Leaves out so many bytes of shared memory, of the copy that the child makes of a plugin's file.
    pub(crate) fn leaving_out(mut self, copied: u64) -> Self {
        self.watchdog.leave_out(copied);
        self
    }

    /// The folder of the child's temporary files; one that was made for it is removed when the child has ended.
    pub(crate) fn with_scratch(mut self, folder: PathBuf, made: Option<TemporaryFolder>) -> Self {
        self.watchdog.count_files(folder);
        self.scratch = made;
        self
    }

    /// Where its questions go, if it is asked any.
    pub(crate) fn with_questions(mut self, questions: Option<ChildStdin>) -> Self {
        self.questions = questions;
        self
    }

    /// Takes the pipe for its questions.
    pub(crate) fn take_questions(&mut self) -> Option<ChildStdin> {
        self.questions.take()
    }

    /// What comes next; `None` when the child is dead and has been heard out. Ends a child that breaks a limit, or does
    /// not stop in time when it was asked to.
    ///
    /// # Errors
    /// The system's, about the child.
    pub fn next_output(&mut self) -> Result<Option<Output<M>>, SandboxError> {
        self.look()?;
        if self.heard_out() {
            return Ok(None);
        }
        // What came before is taken first, so that a child with much to say waits, and the memory of this process does not grow.
        if let Some(output) = self.take() {
            return Ok(Some(output));
        }
        let closed = self.messages.is_closed() && self.errors.is_closed();
        // Its pipes are closed, but the child may live on.
        wait([&self.messages, &self.errors], if closed { CLOSED_TICK } else { TICK });
        self.messages.read();
        self.errors.read();
        let output = self.take();
        if output.is_none() && self.dead_for(LAST_MESSAGES) {
            // A process that the plugin left behind may hold the pipes of a dead child open for ever; silence ends it.
            self.messages.close();
            self.errors.close();
        }
        Ok(Some(output.unwrap_or(Output::Quiet)))
    }

    /// The next of what has come.
    fn take(&mut self) -> Option<Output<M>> {
        self.errors_first = !self.errors_first;
        for errors in [self.errors_first, !self.errors_first] {
            if errors && let Some(line) = self.errors.next() {
                self.last_words.add(&line);
                return Some(Output::Stderr(line.trim_end().to_owned()));
            }
            while !errors && let Some(line) = self.messages.next() {
                if let Some(message) = (self.message)(&line) {
                    self.watchdog.note_message();
                    return Some(Output::Message(message));
                }
            }
        }
        None
    }

    /// Follows the child to its end and keeps its first message.
    ///
    /// # Errors
    /// The system's, about the child.
    pub fn answer(mut self) -> Result<Answered<M>, SandboxError> {
        let mut answer = None;
        // A child that has answered and ended has nothing more to say.
        while answer.is_none() || self.dead.is_none() {
            match self.next_output()? {
                Some(Output::Message(message)) => answer = answer.or(Some(message)),
                Some(Output::Stderr(_) | Output::Quiet) => {}
                None => break,
            }
        }
        let peak_memory = self.watchdog.peak_memory();
        Ok(Answered { answer, ending: self.end()?, peak_memory })
    }

    /// Asks the child to stop (SIGTERM); it is killed if it does not. Says whether anything was there to be asked for the
    /// first time.
    pub fn ask_to_stop(&mut self) -> bool {
        if self.asked_to_stop.is_some() {
            return false;
        }
        self.asked_to_stop = Some(Instant::now());
        self.signal(Signal::TERM);
        self.dead.is_none()
    }

    /// Kills the child and whatever it has started.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
    }

    /// Waits for the child's end.
    ///
    /// # Errors
    /// The system's, about the child.
    pub fn end(mut self) -> Result<Ending, SandboxError> {
        let exit = match self.dead {
            Some((exit, _)) => exit,
            None => self.reap(WaitIdOptions::EXITED).map_err(SandboxError::Follow)?.unwrap_or_default(),
        };
        Ok(Ending::new(exit, self.broken, std::mem::take(&mut self.last_words)))
    }

    /// Looks whether the child lives, and ends it where it must be ended.
    fn look(&mut self) -> Result<(), SandboxError> {
        if self.dead.is_some()
            || self.reap(WaitIdOptions::EXITED | WaitIdOptions::NOHANG).map_err(SandboxError::Follow)?.is_some()
        {
            return Ok(());
        }
        if self.asked_to_stop.is_some_and(|since| since.elapsed() > GRACE) {
            self.kill();
        }
        if let Some(broken) = self.watchdog.broken() {
            self.broken = Some(broken);
            self.kill();
        }
        Ok(())
    }

    fn heard_out(&self) -> bool {
        // A process that the plugin left behind must not keep this one by talking on, either.
        let bound = if self.asked_to_stop.is_some() { LAST_MESSAGES } else { GRACE };
        self.dead.is_some() && (self.messages.is_closed() && self.errors.is_closed() || self.dead_for(bound))
    }
}

/// What a child that was asked one thing has answered.
#[derive(Debug)]
pub struct Answered<M> {
    /// Its first message.
    pub answer: Option<M>,
    /// How it ended.
    pub ending: Ending,
    /// Most memory that it held, in bytes.
    pub peak_memory: u64,
}

impl<M> PluginProcess<M> {
    fn dead_for(&self, time: Duration) -> bool {
        self.dead.is_some_and(|(_, since)| since.elapsed() > time)
    }

    /// Its exit status if it has ended, which is waited for unless `options` say otherwise. Whatever it has started ends
    /// with it.
    fn reap(&mut self, options: WaitIdOptions) -> io::Result<Option<ExitStatus>> {
        let child = Pid::from_raw(self.child.id() as i32).ok_or(io::ErrorKind::NotFound)?;
        // Until its status is taken, its number is that of its group alone.
        if waitid(WaitId::Pid(child), options | WaitIdOptions::NOWAIT)?.is_none() {
            return Ok(None);
        }
        self.signal(Signal::KILL);
        let exit = self.child.wait()?;
        family::clear_after(self.child.id());
        self.dead = Some((exit, Instant::now()));
        Ok(Some(exit))
    }

    /// Sends a signal to the child's group, unless the child is dead: its number may belong to another process by then.
    fn signal(&self, signal: Signal) {
        if self.dead.is_none()
            && let Some(group) = Pid::from_raw(self.child.id() as i32)
        {
            // One that has ended meanwhile needs no signal. The child alone as well: it may have left its group.
            let _ = kill_process_group(group, signal);
            let _ = kill_process(group, signal);
        }
    }
}

impl<M> Drop for PluginProcess<M> {
    fn drop(&mut self) {
        if self.dead.is_none() {
            self.signal(Signal::KILL);
            let _ = self.reap(WaitIdOptions::EXITED);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;
    use crate::confine::Confinement;
    use crate::ending::{How, Signal as Ended};
    use crate::setup::prepare;

    /// A shell in the place of this program.
    fn shell(script: &str, limits: Limits) -> PluginProcess<i32> {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        prepare(&mut command, Confinement::none());
        let child = family::start(&mut command).unwrap();
        PluginProcess::new(child, limits, |line| serde_json::from_str(line).ok()).unwrap()
    }

    fn told(script: &str, limits: Limits) -> Answered<i32> {
        shell(script, limits).answer().unwrap()
    }

    #[test]
    fn messages_and_last_words_are_told_apart() {
        let mut child = shell("echo 1; echo nonsense; echo 2; echo words >&2; exit 3", Limits::default());
        let (mut messages, mut lines) = (Vec::new(), Vec::new());
        while let Some(output) = child.next_output().unwrap() {
            match output {
                Output::Message(message) => messages.push(message),
                Output::Stderr(line) => lines.push(line),
                Output::Quiet => {}
            }
        }
        assert_eq!((messages, lines), (vec![1, 2], vec!["words".to_owned()]));
        let ending = child.end().unwrap();
        assert_eq!((ending.how, ending.last_words.as_deref()), (How::Exited(3), Some("words")));
        assert!(!ending.succeeded());
    }

    #[test]
    fn an_answer_is_the_first_message_of_a_child_that_ends() {
        let told = told("sleep 0.2; echo 4; echo 5", Limits::default());
        assert_eq!(told.answer, Some(4));
        assert!(told.ending.succeeded() && told.peak_memory > 0);
    }

    #[test]
    fn crashes_are_told_by_their_signal() {
        let told =
            told("echo 'memory allocation of 5 bytes failed' >&2; echo '  at x' >&2; kill -ABRT $$", Limits::default());
        assert_eq!((told.answer, told.ending.how), (None, How::Signalled(Ended::Abort)));
        assert_eq!(told.ending.last_words.as_deref(), Some("at x"));
    }

    #[test]
    fn limits_are_kept() {
        let soon = Duration::from_millis(200);
        let usual = Limits::default();
        for (script, limits, expected) in [
            ("exec sleep 60", Limits { time: Some(soon), ..usual }, BrokenLimit::Time { limit: soon }),
            ("exec sleep 60", Limits { stall: soon, ..usual }, BrokenLimit::Stalled { limit: soon }),
            ("while :; do :; done", Limits { stall: soon, ..usual }, BrokenLimit::NoProgress { limit: soon * 4 }),
        ] {
            assert_eq!(told(script, limits).ending.how, How::Broke(expected), "{script}");
        }
        let broken = told("exec sleep 60", Limits { memory: Some(1), ..usual }).ending.broken_limit();
        assert!(matches!(broken, Some(BrokenLimit::Memory { used, limit: 1 }) if used > 1), "{broken:?}");
    }

    #[test]
    fn what_a_child_has_started_ends_with_it() {
        let told = told("sleep 60 & echo $!", Limits::default());
        let stat = format!("/proc/{}/stat", told.answer.unwrap());
        let start = Instant::now();
        // Gone, or dead and not yet waited for by the system.
        while std::fs::read_to_string(&stat).is_ok_and(|state| !state.contains(") Z ")) {
            assert!(start.elapsed() < GRACE, "it lives on");
            std::thread::sleep(CLOSED_TICK);
        }
    }

    #[test]
    fn a_process_that_leaves_the_group_ends_with_the_child() {
        let start = Instant::now();
        // What is left behind goes with whichever child ends next, which may be that of another test, before it has spoken.
        let leave = || told("(setsid sh -c 'sleep 60 & echo $!; wait' &) ; sleep 2", Limits::default());
        let told = (0..10).map(|_| leave()).find(|told| told.answer.is_some()).unwrap();
        assert!(told.ending.succeeded());
        let process = format!("/proc/{}", told.answer.unwrap());
        assert!(!std::path::Path::new(&process).exists());
        assert!(start.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn memory_of_what_a_child_has_started_counts() {
        // A shell keeps a text of 60 MB in memory.
        let script = "setsid sh -c 'x=$(head -c 60000000 /dev/zero | tr \\\\0 x); sleep 60' & exec sleep 60";
        let limits = Limits { memory: Some(50_000_000), ..Limits::default() };
        let broken = told(script, limits).ending.broken_limit();
        assert!(matches!(broken, Some(BrokenLimit::Memory { used, .. }) if used > 50_000_000), "{broken:?}");
    }

    #[test]
    fn a_child_is_asked_once_and_stops() {
        let mut child = shell("exec sleep 60", Limits::default());
        assert!(child.ask_to_stop() && !child.ask_to_stop());
        while child.next_output().unwrap().is_some() {}
        assert_eq!(child.end().unwrap().how, How::Signalled(Ended::Termination));
    }

    #[test]
    fn a_child_does_not_outlive_its_value() {
        let child = shell("exec sleep 60", Limits::default());
        let process = format!("/proc/{}", child.child.id());
        assert!(std::path::Path::new(&process).exists());
        drop(child);
        assert!(!std::path::Path::new(&process).exists());
    }
}
