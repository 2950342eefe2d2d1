//! The second of the three threads: the model, in its confined process, and another process when that one has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::{Duration, Instant};

use nnc_console::{Level, print_error};
use nnc_dataset::Pixels;
use nnc_jobs::spec::JobSpec;
use nnc_jobs::{LiveModel, NotScored, Scored};
use nnc_messages::{Result, Say};

use crate::messages::{Message, NoVerdict};
use crate::read::Taken;

/// How long to wait before a model is loaded again that could not be: the first time, and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
const TICK: Duration = Duration::from_millis(100);

/// An image with its score.
pub(crate) struct Answered {
    pub(crate) taken: Taken,
    pub(crate) scored: std::result::Result<Scored, String>,
    /// When it was scored, and how long that took.
    pub(crate) scored_at: Instant,
    pub(crate) scoring: Duration,
}

/// What scores images.
pub(crate) struct Scorer {
    pub(crate) job: JobSpec,
    pub(crate) ends: Arc<AtomicBool>,
}

/// Starts the process of a model; what it says stands in the terminal.
pub(crate) fn start(job: &JobSpec) -> Result<LiveModel> {
    LiveModel::start(job, &mut heard)
}

fn heard(level: Level, text: &str) {
    if level >= Level::Warning {
        print_error(Message::Said { text: text.to_owned() }.said());
    }
}

impl Scorer {
    /// Scores what was read until nothing more comes, or nobody takes it.
    pub(crate) fn run(&self, model: LiveModel, taken: &Receiver<Taken>, answered: &SyncSender<Answered>) {
        let mut model = Some(model);
        for image in taken {
            let start = Instant::now();
            let scored = match &image.pixels {
                Ok(pixels) => match self.scored(&mut model, pixels) {
                    Some(scored) => scored,
                    // It stays open in the journal: the next inspection answers it.
                    None => break,
                },
                Err(why) => Err(why.clone()),
            };
            let done = Answered { taken: image, scored, scored_at: Instant::now(), scoring: start.elapsed() };
            if answered.send(done).is_err() {
                break;
            }
        }
        if let Some(model) = model {
            model.close();
        }
    }

    /// The score of an image, or why there is none; `None` if the inspection ends before there is a model for it.
    fn scored(&self, model: &mut Option<LiveModel>, pixels: &Pixels) -> Option<std::result::Result<Scored, String>> {
        let mut has_ended = false;
        loop {
            let mut running = match model.take() {
                Some(running) => running,
                None => self.restarted()?,
            };
            match running.score(pixels, true, &mut heard) {
                Ok(scored) => {
                    *model = Some(running);
                    return Some(Ok(scored));
                }
                Err(NotScored::Refused(why)) => {
                    *model = Some(running);
                    return Some(Err(why));
                }
                // Once more, in a new process: it may have been ended by something else.
                Err(NotScored::Ended(failure)) if !has_ended => {
                    has_ended = true;
                    print_error(Message::ModelEnded { failure }.said());
                }
                Err(NotScored::Ended(failure)) => return Some(Err(NoVerdict::EndedModel { failure }.said())),
            }
        }
    }

    /// Another process with the model, however long it takes; `None` if the inspection ends before.
    fn restarted(&self) -> Option<LiveModel> {
        let mut pause = FIRST_PAUSE;
        loop {
            match start(&self.job) {
                Ok(model) => return Some(model),
                Err(failure) => print_error(Message::ModelNotBack { failure, seconds: pause.as_secs() }.said()),
            }
            let until = Instant::now() + pause;
            while Instant::now() < until {
                if self.ends.load(Ordering::Relaxed) {
                    return None;
                }
                std::thread::sleep(TICK);
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}
