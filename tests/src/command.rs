//! Processes under test: started in a group of their own, watched, and killed when they take too long.

use std::fmt;
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// Far longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);
const PAUSE: Duration = Duration::from_millis(5);

/// How a process ended and what it said.
pub struct Outcome {
    /// Exit code, `None` after a signal.
    pub code: Option<i32>,
    /// Number of the signal that ended it.
    pub signal: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Outcome {
    /// Fails the test unless the exit code is `code`.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// Fails the test unless a line of standard error contains all `parts`.
    #[track_caller]
    pub fn complains(self, parts: &[&str]) -> Self {
        assert!(self.stderr.lines().any(|line| parts.iter().all(|part| line.contains(part))), "no {parts:?} in {self}");
        self
    }

    /// The lines of standard output that tell of errors.
    pub fn errors(&self) -> Vec<&str> {
        self.stdout.lines().filter(|line| line.contains("[worker]: [ERROR]: ")).collect()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "code {:?}, signal {:?}\n--- stdout\n{}--- stderr\n{}---",
            self.code, self.signal, self.stdout, self.stderr
        )
    }
}

/// Runs a command to its end.
pub fn finish(command: Command) -> Outcome {
    Running::start(command).wait(PATIENCE)
}

/// A process that runs; killed when it is dropped.
pub struct Running {
    child: Child,
    stdout: Collected,
    stderr: Collected,
}

impl Running {
    /// Starts a command without input in a process group of its own, as a shell does.
    pub fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn().unwrap_or_else(|e| panic!("{command:?}: {e}"));
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        Self { child, stdout: Collected::from(stdout), stderr: Collected::from(stderr) }
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id() as i32).unwrap()
    }

    /// Sends SIGINT to this process alone.
    pub fn interrupt(&self) {
        kill_process(self.pid(), Signal::INT).unwrap();
    }

    /// Sends SIGINT to its whole process group, as Ctrl-C does.
    pub fn interrupt_group(&self) {
        kill_process_group(self.pid(), Signal::INT).unwrap();
    }

    /// Sends SIGKILL to this process alone.
    pub fn kill(&self) {
        kill_process(self.pid(), Signal::KILL).unwrap();
    }

    /// Waits until a child of this process has loaded the library `file` and returns its process id.
    pub fn worker_with(&self, file: &str) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            for child in children(self.child.id()) {
                let command = std::fs::read(format!("/proc/{child}/cmdline")).unwrap_or_default();
                let maps = std::fs::read_to_string(format!("/proc/{child}/maps")).unwrap_or_default();
                if command.ends_with(b"\0worker\0") && maps.contains(file) {
                    return child;
                }
            }
            sleep(PAUSE);
        }
        panic!("no worker with {file}");
    }

    /// Waits until standard output contains `text`.
    pub fn wait_for_output(&self, text: &str) {
        wait_until(&format!("{text:?} is printed"), || self.stdout.so_far().contains(text));
    }

    /// What it has printed so far.
    pub fn said(&self) -> String {
        self.stdout.so_far()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the end, which has to come within `patience`.
    pub fn wait(mut self, patience: Duration) -> Outcome {
        let deadline = Instant::now() + patience;
        let mut late = false;
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if Instant::now() > deadline && !late => {
                    late = true;
                    self.kill();
                }
                None => sleep(PAUSE),
            }
        };
        let outcome = Outcome {
            code: status.code(),
            signal: status.signal(),
            stdout: self.stdout.whole(),
            stderr: self.stderr.whole(),
        };
        assert!(!late, "killed after {patience:?}: {outcome}");
        outcome
    }

    /// Waits until the process `id` is gone, or fails the test after `patience`.
    pub fn assert_gone(id: u32, patience: Duration) {
        let start = Instant::now();
        wait_until(&format!("process {id} is gone"), || !alive(id));
        assert!(start.elapsed() < patience, "process {id} lived on for {:?}", start.elapsed());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What comes through a pipe, read on a thread of its own.
struct Collected {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Collected {
    fn from(mut pipe: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&bytes);
        let reader = std::thread::spawn(move || {
            let mut part = [0; 1 << 14];
            loop {
                match pipe.read(&mut part).unwrap() {
                    0 => break,
                    count => all.lock().unwrap().extend_from_slice(&part[..count]),
                }
            }
        });
        Self { bytes, reader: Some(reader) }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap()).into_owned()
    }

    /// Everything, once the other end is closed.
    fn whole(&mut self) -> String {
        self.reader.take().unwrap().join().unwrap();
        self.so_far()
    }
}

/// Waits until `condition` holds, and fails the test after a minute; `what` ends the sentence "waited for a minute until".
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "waited for {PATIENCE:?} until {what}");
        sleep(PAUSE);
    }
}

/// State and parent of a process, from `/proc`: the second field is a name in brackets that may hold anything.
fn stat(id: u32) -> Option<(char, u32)> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let mut fields = text.rsplit_once(") ")?.1.split(' ');
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

fn alive(id: u32) -> bool {
    // A zombie that nobody has waited for yet runs no more code.
    stat(id).is_some_and(|(state, _)| state != 'Z' && state != 'X')
}

fn children(parent: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|&id| stat(id).is_some_and(|(_, of)| of == parent)).collect()
}
