//! A confined child that is asked one question after another and lives until nobody asks any more: the parent's end. Starting a
//! process, or loading a model, for each question would cost far more than the answer.
//!
//! A thread of its own starts the child (the kernel ends a child with the thread that started it) and follows it, so that its
//! limits hold while nobody asks. The child's end is [`Requests`](crate::Requests).

use std::io::{self, Write};
use std::process::ChildStdin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use crate::ending::Ending;
use crate::error::SandboxError;
use crate::launch::Launch;
use crate::running::Output;

/// Things that a child may say while nobody listens. One that says more is ended: what it says is kept in memory here.
const UNHEARD: usize = 1024;
/// How long a child may take to end once nobody asks any more.
const FAREWELL: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

/// What comes from the child.
#[derive(Debug)]
pub enum Heard<M> {
    /// A message.
    Message(M),
    /// Nothing for as long as the caller wanted to wait.
    Quiet,
    /// It has ended; nothing more comes.
    Ended(Result<Ending, SandboxError>),
}

/// A child and the pipe to it. Dropping it kills the child.
pub struct Conversation<M> {
    questions: Option<ChildStdin>,
    heard: Option<Receiver<Heard<M>>>,
    ends: Arc<AtomicBool>,
    follower: Option<JoinHandle<()>>,
}

impl<M: DeserializeOwned + Send + 'static> Conversation<M> {
    /// Starts the child. Messages for which `is_sign_of_life` holds say that it waits for a question and are not heard.
    ///
    /// # Errors
    /// When the system starts no process or thread.
    pub fn begin(launch: Launch, is_sign_of_life: fn(&M) -> bool) -> Result<Self, SandboxError> {
        let (tell, heard) = sync_channel(UNHEARD);
        let (started, start) = sync_channel(1);
        let ends = Arc::new(AtomicBool::new(false));
        let follower = {
            let ends = Arc::clone(&ends);
            std::thread::Builder::new()
                .name("follower".to_owned())
                .spawn(move || follow(launch, is_sign_of_life, &started, &tell, &ends))
        };
        let follower = Some(follower.map_err(SandboxError::Start)?);
        let mut conversation = Self { questions: None, heard: Some(heard), ends, follower };
        match start.recv() {
            Ok(questions) => conversation.questions = questions?,
            Err(_) => return Err(SandboxError::Start(io::ErrorKind::BrokenPipe.into())),
        }
        Ok(conversation)
    }

    /// Asks a question: the parts are one. A child that has ended says so when it is heard.
    pub fn ask(&mut self, parts: &[&[u8]]) {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let Ok(length) = u32::try_from(length) else { return self.hang_up() };
        let Some(questions) = &mut self.questions else { return };
        let mut write = || -> io::Result<()> {
            questions.write_all(&length.to_le_bytes())?;
            parts.iter().try_for_each(|part| questions.write_all(part))?;
            questions.flush()
        };
        if write().is_err() {
            self.hang_up();
        }
    }

    /// What comes next, within `patience`.
    pub fn hear(&mut self, patience: Duration) -> Heard<M> {
        match self.heard.as_ref().map(|heard| heard.recv_timeout(patience)) {
            Some(Ok(heard)) => heard,
            Some(Err(RecvTimeoutError::Timeout)) => Heard::Quiet,
            Some(Err(RecvTimeoutError::Disconnected)) | None => {
                Heard::Ended(Err(SandboxError::Follow(io::ErrorKind::BrokenPipe.into())))
            }
        }
    }

    /// Asks nothing more and waits until the child has ended, which it does by itself.
    pub fn close(mut self) {
        self.hang_up();
        let start = Instant::now();
        while start.elapsed() < FAREWELL && !matches!(self.hear(PAUSE), Heard::Ended(_)) {}
    }

    fn hang_up(&mut self) {
        self.questions = None;
    }
}

impl<M> Drop for Conversation<M> {
    fn drop(&mut self) {
        self.questions = None;
        self.ends.store(true, Ordering::Relaxed);
        // It may wait for somebody who listens.
        self.heard = None;
        if let Some(follower) = self.follower.take() {
            let _ = follower.join();
        }
    }
}

/// Starts the child and follows it to its end.
fn follow<M: DeserializeOwned + Send + 'static>(
    launch: Launch,
    is_sign_of_life: fn(&M) -> bool,
    started: &SyncSender<Result<Option<ChildStdin>, SandboxError>>,
    tell: &SyncSender<Heard<M>>,
    ends: &AtomicBool,
) {
    let mut process = match launch.asking().start::<M>() {
        Ok(process) => process,
        Err(error) => {
            let _ = started.send(Err(error));
            return;
        }
    };
    let _ = started.send(Ok(process.take_questions()));
    loop {
        if ends.load(Ordering::Relaxed) {
            process.kill();
        }
        match process.next_output() {
            Ok(Some(Output::Message(message))) if !is_sign_of_life(&message) => {
                if let Err(TrySendError::Full(_)) = tell.try_send(Heard::Message(message)) {
                    process.kill();
                }
            }
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) => {
                let _ = tell.send(Heard::Ended(Err(error)));
                return;
            }
        }
    }
    let _ = tell.send(Heard::Ended(process.end()));
}
