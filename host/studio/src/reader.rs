//! The processes that read tables, pictures and evaluations for the server: started when first needed, confined (see
//! `nnc-studio-reader`), ended and started anew when one gives no answer.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use axum::http::StatusCode;
use nnc_messages::Language;
use nnc_studio_reader::{Asked, Head, Question};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{Mutex, Semaphore};

use crate::options::TOKEN_VARIABLE;
use crate::refusal::{Refusal, Result};
use crate::why::Why;

/// Processes at once: one can be busy with a large table while pictures go on.
const READERS: usize = 2;
/// How long an answer may take; a table of a gigabyte takes a while.
const PATIENCE: Duration = Duration::from_secs(60);
/// The same for a look at every file that a table names.
const LONG_PATIENCE: Duration = Duration::from_secs(600);
/// The most bytes of an answer, and of one that is read here and not passed on.
const LONGEST: usize = 64 << 20;
const LONGEST_READ: usize = 4 << 20;

/// All of them.
pub(crate) struct Readers {
    program: PathBuf,
    arguments: Vec<std::ffi::OsString>,
    idle: Mutex<Vec<Process>>,
    turns: Semaphore,
}

struct Process {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Readers {
    pub(crate) fn new(program: PathBuf, arguments: Vec<std::ffi::OsString>) -> Self {
        Self { program, arguments, idle: Mutex::default(), turns: Semaphore::new(READERS) }
    }

    /// The answer as JSON.
    pub(crate) async fn json(&self, question: Question, language: Language) -> Result<Value> {
        let bytes = self.bytes(question, language).await?;
        if bytes.len() > LONGEST_READ {
            return Err(no_answer());
        }
        serde_json::from_slice(&bytes).map_err(|_| no_answer())
    }

    /// The answer as it is.
    pub(crate) async fn bytes(&self, question: Question, language: Language) -> Result<Vec<u8>> {
        let _turn = self.turns.acquire().await;
        let idle = self.idle.lock().await.pop();
        let mut process = match idle {
            Some(process) => process,
            None => self.start()?,
        };
        let asked = Asked { question, language: language.tag().to_owned() };
        // A process that is not put back is killed when it is dropped.
        let patience = if matches!(asked.question, Question::Outside { .. }) { LONG_PATIENCE } else { PATIENCE };
        let (head, bytes) = match tokio::time::timeout(patience, process.ask(&asked)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => return Err(no_answer()),
        };
        self.idle.lock().await.push(process);
        match head {
            Head::Bytes(_) => Ok(bytes),
            Head::Missing(reason) => Err(Refusal::missing(Why::Asked { reason })),
            Head::Unreadable(reason) => Err(Refusal::invalid(Why::Asked { reason })),
        }
    }

    fn start(&self) -> Result<Process> {
        let mut command = Command::new(&self.program);
        command.arg("studio-reader").args(&self.arguments).kill_on_drop(true).env_remove(TOKEN_VARIABLE);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(questions), Some(answers)) => Ok(Process { child, questions, answers: BufReader::new(answers) }),
            _ => Err(no_answer()),
        }
    }
}

impl Process {
    async fn ask(&mut self, asked: &Asked) -> std::io::Result<(Head, Vec<u8>)> {
        // One that has died says so here, and its successor is asked next time.
        if self.child.try_wait()?.is_some() {
            return Err(std::io::ErrorKind::BrokenPipe.into());
        }
        let mut line = serde_json::to_vec(asked)?;
        line.push(b'\n');
        self.questions.write_all(&line).await?;
        self.questions.flush().await?;
        line.clear();
        (&mut self.answers).take(1 << 16).read_until(b'\n', &mut line).await?;
        let head: Head = serde_json::from_slice(&line)?;
        let mut bytes = Vec::new();
        if let Head::Bytes(length) = head {
            if length > LONGEST {
                return Err(std::io::ErrorKind::InvalidData.into());
            }
            bytes.resize(length, 0);
            self.answers.read_exact(&mut bytes).await?;
        }
        Ok((head, bytes))
    }
}

fn no_answer() -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "no-answer", Why::NoAnswer)
}
