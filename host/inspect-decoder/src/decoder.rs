//! The parent's side: a process that decodes, and another one in its place when a file has killed it.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use nnc_dataset::Pixels;
use nnc_messages::{Failure, Result, Say, messages};
use nnc_sandbox::{Conversation, Ending, Heard, Launch, Limits, Permissions};

use crate::process::MAX_PIXELS;
use crate::words::{Question, Told};

/// The hidden command.
const COMMAND: &str = "inspect-decoder";
/// Memory of the process: what the largest image takes, several times.
const MEMORY: u64 = 3 << 30;
/// How long it may be silent over one image.
const STALL: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(200);

messages! {
    enum DecoderMessage {
        Died { ending: Ending } => "the process that decodes images {ending}", "画像のデコード用プロセス: {ending}";
        NotAnAnswer => "the process that decodes images gave no answer", "画像のデコード用プロセスから応答がありません";
    }
}

/// Decodes files in a confined process.
pub struct Decoder {
    conversation: Option<Conversation<Told>>,
}

/// Why there are no pixels.
#[derive(Debug)]
pub enum NotDecoded {
    /// The image cannot be used; the next one may be.
    Refused(String),
    /// The system gives no process.
    NoProcess(Failure),
}

impl Decoder {
    /// Starts the process.
    ///
    /// # Errors
    /// A system that gives no process.
    pub fn start() -> Result<Self> {
        Ok(Self { conversation: Some(begin()?) })
    }

    /// The pixels of an image.
    ///
    /// # Errors
    /// What is wrong with the image, which may have ended the process; or that no process can be started.
    pub fn decode(&mut self, question: &Question, bytes: &[u8]) -> Result<Pixels, NotDecoded> {
        let mut conversation = match self.conversation.take() {
            Some(conversation) => conversation,
            None => begin().map_err(NotDecoded::NoProcess)?,
        };
        // Sizes and names alone.
        let line = serde_json::to_vec(question).unwrap_or_default();
        conversation.ask(&[&line, b"\n", bytes]);
        let told = loop {
            match conversation.hear(PAUSE) {
                Heard::Message(told) => break told,
                Heard::Quiet => {}
                // A next one is started for the next image.
                Heard::Ended(Ok(ending)) => {
                    return Err(NotDecoded::Refused(DecoderMessage::Died { ending }.said()));
                }
                Heard::Ended(Err(error)) => return Err(NotDecoded::NoProcess(error.into())),
            }
        };
        let no_answer = || NotDecoded::Refused(DecoderMessage::NotAnAnswer.said());
        match told {
            Told::Refused { why } => {
                self.conversation = Some(conversation);
                Err(NotDecoded::Refused(why))
            }
            // Somebody else may speak in there by now: whatever it says is measured, and one that lies is left.
            Told::Pixels { width, height, channels, values } => {
                let values = BASE64_STANDARD.decode(values).map_err(|_| no_answer())?;
                let pixels = width.checked_mul(height).filter(|&pixels| pixels as u64 <= MAX_PIXELS);
                let size = pixels.and_then(|pixels| pixels.checked_mul(channels));
                if size != Some(values.len()) || !matches!(channels, 1 | 3) || values.is_empty() {
                    return Err(no_answer());
                }
                self.conversation = Some(conversation);
                Ok(Pixels { width, height, channels, values })
            }
            Told::Waiting => Err(no_answer()),
        }
    }

    /// Ends the process.
    pub fn close(self) {
        if let Some(conversation) = self.conversation {
            conversation.close();
        }
    }
}

/// A process that may use nothing but its memory and its pipes.
fn begin() -> Result<Conversation<Told>> {
    let limits = Limits { memory: Some(MEMORY), time: None, stall: STALL };
    let launch = Launch::new(COMMAND, limits).threads(1).allowed(Permissions::default());
    Ok(Conversation::begin(launch, |told| matches!(told, Told::Waiting))?)
}
