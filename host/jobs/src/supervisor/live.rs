//! The parent of a worker that scores images as they come: starts it, asks it, and says what became of it.

use std::time::Duration;

use nnc_console::Level;
use nnc_dataset::Pixels;
use nnc_messages::{Exit, Failure, PluginEnded, Result, Words, messages};
use nnc_sandbox::{Conversation, Heard, Launch, Limits};

use super::{follow, permissions};
use crate::event::{Event, Origin};
use crate::spec::JobSpec;
use crate::told::{Ready, Scored, Told, head};

/// How often whoever waits for an answer looks at other things.
const PAUSE: Duration = Duration::from_millis(200);

messages! {
    enum LiveMessage {
        NotAnAnswer { plugin: String } => "plugin {plugin} gave an answer that is none", "プラグイン {plugin} の応答が正しくありません";
    }
}

/// A model that is loaded in a confined worker, and answers one image after another.
pub struct LiveModel {
    conversation: Conversation<Event>,
    plugin: String,
    ready: Ready,
}

/// Why an image has no score.
#[derive(Debug)]
pub enum NotScored {
    /// The image itself; the next one can be scored.
    Refused(String),
    /// The worker has ended; another one has to be started.
    Ended(Failure),
}

impl LiveModel {
    /// Starts the worker of `job` and waits until its model is loaded. Lines that it says are given to `said`.
    ///
    /// # Errors
    /// A model that cannot be used, or a worker that ends.
    pub fn start(job: &JobSpec, said: &mut dyn FnMut(Level, &str)) -> Result<Self> {
        let job = &JobSpec { onnxruntime: follow::onnxruntime(job), ..job.clone() };
        let mut input = serde_json::to_vec(job)?;
        // More follows.
        input.push(b'\n');
        let limits = Limits { time: None, ..job.limits };
        let launch = Launch::new("worker", limits).threads(job.threads).input(input);
        let launch = launch.allowed(permissions::of(job)).opening(&job.plugin);
        let plugin = job.plugin.file_name().map_or_else(|| "?".to_owned(), |n| n.to_string_lossy().into_owned());
        let is_sign_of_life = |event: &Event| {
            let waiting = matches!(event, Event::Live { told: Told::Waiting } | Event::Progress { .. });
            // Once images are scored, a plugin that talks about each of them is not listened to.
            waiting || matches!(event, Event::Log { level: Level::Debug | Level::Info, origin: Origin::Nnabla, .. })
        };
        let mut model = Self {
            conversation: Conversation::begin(launch, is_sign_of_life)?,
            plugin,
            ready: Ready { image: [0; 3], map: None },
        };
        loop {
            match model.next(said).map_err(|not_scored| model.failure(not_scored))? {
                Some(Told::Ready(ready)) => {
                    model.ready = ready;
                    return Ok(model);
                }
                Some(_) => return Err(model.no_answer()),
                None => {}
            }
        }
    }

    /// What the model reads and gives.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Scores an image. Lines that the worker says are given to `said`.
    ///
    /// # Errors
    /// An image that does not fit, or the end of the worker.
    pub fn score(
        &mut self,
        pixels: &Pixels,
        wants_map: bool,
        said: &mut dyn FnMut(Level, &str),
    ) -> Result<Scored, NotScored> {
        self.conversation.ask(&[&head(pixels, wants_map), &pixels.values]);
        loop {
            match self.next(said)? {
                Some(Told::Refused { why }) => return Err(NotScored::Refused(why)),
                Some(told) => {
                    let scored = told.scored(self.ready.map);
                    return scored.ok_or_else(|| NotScored::Ended(self.no_answer()));
                }
                None => {}
            }
        }
    }

    /// Ends the worker, which has nothing more to do.
    pub fn close(self) {
        self.conversation.close();
    }

    /// What the worker tells next; `None` for a moment of silence, or a line that it said.
    fn next(&mut self, said: &mut dyn FnMut(Level, &str)) -> Result<Option<Told>, NotScored> {
        match self.conversation.hear(PAUSE) {
            Heard::Message(Event::Live { told }) => Ok(Some(told)),
            Heard::Message(Event::Log { level, text, .. }) => {
                said(level, &text);
                Ok(None)
            }
            Heard::Message(Event::Failed { exit, message }) => {
                Err(NotScored::Ended(Failure::new(exit, Words(message))))
            }
            Heard::Message(Event::Progress { .. } | Event::Done { .. }) | Heard::Quiet => Ok(None),
            Heard::Ended(Err(error)) => Err(NotScored::Ended(error.into())),
            Heard::Ended(Ok(ending)) => {
                let ended = PluginEnded::of(self.plugin.clone(), ending);
                Err(NotScored::Ended(Failure::new(Exit::Plugin, ended)))
            }
        }
    }

    fn no_answer(&self) -> Failure {
        Failure::new(Exit::Plugin, LiveMessage::NotAnAnswer { plugin: self.plugin.clone() })
    }

    fn failure(&self, not_scored: NotScored) -> Failure {
        match not_scored {
            NotScored::Ended(failure) => failure,
            NotScored::Refused(_) => self.no_answer(),
        }
    }
}
