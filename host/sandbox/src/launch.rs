//! What to start, and under which conditions plugins compute.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use nnc_files::{TemporaryFolder, own_executable, scratch_folder};
use serde::de::DeserializeOwned;

use crate::confine::Confinement;
use crate::environment::passed_on;
use crate::error::SandboxError;
use crate::family;
use crate::limits::Limits;
use crate::permissions::Permissions;
use crate::pipe::Joined;
use crate::running::PluginProcess;
use crate::secret::Secret;
use crate::setup::prepare;

/// The variable with the folder for temporary files.
const TEMPORARY: &str = "TMPDIR";

/// A child to be started: a hidden command of this program, in the language of this process.
pub struct Launch {
    arguments: Vec<OsString>,
    limits: Limits,
    threads: usize,
    folder: Option<PathBuf>,
    variables: Vec<(&'static str, Option<OsString>)>,
    input: Vec<u8>,
    permissions: Permissions,
    copied: u64,
    asks: bool,
}

impl Launch {
    /// The hidden command `command`, which may use as much as `limits` say and as many threads as there are processors.
    pub fn new(command: &str, limits: Limits) -> Self {
        Self {
            arguments: vec![command.into()],
            limits,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            folder: None,
            variables: Vec::new(),
            input: Vec::new(),
            permissions: Permissions::default(),
            copied: 0,
            asks: false,
        }
    }

    /// One more argument of the command.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Threads that libraries may use.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// The folder in which the child works.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Sets a variable of the environment, or removes it.
    #[must_use]
    pub fn variable(mut self, name: &'static str, value: Option<impl Into<OsString>>) -> Self {
        self.variables.push((name, value.map(Into::into)));
        self
    }

    /// What the child reads from its standard input.
    #[must_use]
    pub fn input(mut self, input: Vec<u8>) -> Self {
        self.input = input;
        self
    }

    /// What the child may use besides what every process needs; nothing unless this is called.
    #[must_use]
    pub fn allowed(mut self, permissions: Permissions) -> Self {
        self.permissions = permissions;
        self
    }

    /// The plugin that the child opens. The sealed copy that it makes of the file is not counted as its memory.
    #[must_use]
    pub fn opening(mut self, plugin: &Path) -> Self {
        self.copied = std::fs::metadata(plugin).map_or(0, |found| found.len());
        self
    }

    /// More follows on the child's standard input than what it begins with.
    #[must_use]
    pub(crate) fn asking(mut self) -> Self {
        self.asks = true;
        self
    }

    /// Starts the child, which sends messages of type `M`. It ends with the thread that calls this, at the latest.
    ///
    /// # Errors
    /// When the system starts no process.
    pub fn start<M: DeserializeOwned + Send + 'static>(self) -> Result<PluginProcess<M>, SandboxError> {
        let limits = self.limits;
        let secret = Secret::new().map_err(SandboxError::Start)?;
        let copied = self.copied;
        let Spawned { child, temporary, made, questions } = self.spawn(&secret).map_err(SandboxError::Start)?;
        let mut codes = secret.codes();
        let mut joined = Joined::default();
        let message = move |line: &str| serde_json::from_str(&joined.add(codes.message(line)?)?).ok();
        let process = PluginProcess::new(child, limits, message).map_err(SandboxError::Start)?;
        Ok(process.with_scratch(temporary, made).leaving_out(copied).with_questions(questions))
    }

    /// The child, in a folder for temporary files that its variables name, or a new one.
    fn spawn(mut self, secret: &Secret) -> io::Result<Spawned> {
        let named =
            self.variables.iter().rev().find(|(name, _)| *name == TEMPORARY).and_then(|(_, value)| value.clone());
        let made = named.is_none().then(scratch_folder).transpose()?;
        if let Some(folder) = &made {
            self.variables.push((TEMPORARY, Some(folder.path().into())));
            self.permissions.write.push(folder.path().to_owned());
        }
        let temporary =
            made.as_ref().map(|made| made.path().to_owned()).or(named.map(PathBuf::from)).unwrap_or_default();
        let mut command = Command::new(own_executable()?);
        command
            .args(["--lang", nnc_language::chosen().tag()])
            .args(&self.arguments)
            .env_clear()
            .envs(passed_on())
            // Read by OpenMP and BLAS libraries when they are loaded. One BLAS thread: detectors run many small
            // factorisations side by side, for which more threads each are slower.
            .env("OMP_NUM_THREADS", self.threads.to_string())
            .env("MKL_NUM_THREADS", self.threads.to_string())
            .env("OPENBLAS_NUM_THREADS", "1")
            // Threads that wait for work must not spin: decoders, or other programs, need the processor. Measured on two
            // busy cores: 47 instead of 12 images/s.
            .env("OMP_WAIT_POLICY", "passive")
            .envs(memory_settings())
            .envs(exact_products())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        prepare(&mut command, Confinement::of_child(&self.permissions)?);
        let mut child = family::start(&mut command)?;
        let mut questions = None;
        // A child that dies here says so through its exit status. Dropping the pipe is the end of the input.
        if let Some(mut stdin) = child.stdin.take() {
            let _ = stdin.write_all(&secret.line()).and_then(|()| stdin.write_all(&self.input));
            questions = self.asks.then_some(stdin);
        }
        Ok(Spawned { child, temporary, made, questions })
    }
}

/// A child that was started, and the folder for its temporary files, which may have been made for it.
struct Spawned {
    child: Child,
    temporary: PathBuf,
    made: Option<TemporaryFolder>,
    /// Its standard input, if more follows.
    questions: Option<ChildStdin>,
}

/// How the C library of a child handles memory, unless the user has said something about it: a network asks for the same
/// large blocks again and again, and giving them back to the system in between costs a tenth of the time. Huge pages
/// where the system lets programs ask for them; blocks from 64 MB on, such as a model, still go back at once.
fn memory_settings() -> Option<(&'static str, &'static str)> {
    const NAME: &str = "GLIBC_TUNABLES";
    let value = "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1:glibc.malloc.mmap_threshold=67108864:\
                 glibc.malloc.trim_threshold=536870912";
    std::env::var_os(NAME).is_none().then_some((NAME, value))
}

/// NVIDIA's libraries round the factors of products to 10 bits by default (TF32), which changes scores in the third digit.
/// Off, unless the user has decided about it.
fn exact_products() -> Option<(&'static str, &'static str)> {
    const NAME: &str = "NVIDIA_TF32_OVERRIDE";
    std::env::var_os(NAME).is_none().then_some((NAME, "0"))
}
