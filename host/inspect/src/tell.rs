//! The third of the three threads: gives each image its verdict and tells it to everybody. Only then is the image closed in the
//! journal.

use std::io;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use nnc_console::print_error;
use nnc_jobs::Scored;
use nnc_messages::Say;
use nnc_report::Verdict;

use crate::answer::{Answer, Milliseconds, Peak, milliseconds};
use crate::backlog::Backlog;
use crate::book::Book;
use crate::drift::{Drift, Found};
use crate::keep::{Keeper, reason};
use crate::known::Known;
use crate::messages::{Message, NoVerdict};
use crate::options::Judged;
use crate::score::Answered;
use crate::tally::Tally;

/// What tells answers.
pub(crate) struct Teller {
    pub(crate) backlog: Arc<Backlog>,
    pub(crate) known: Arc<Mutex<Known>>,
    pub(crate) book: Arc<Mutex<Book>>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) keeper: Keeper,
    pub(crate) judged: Judged,
    /// Columns of the model's maps.
    pub(crate) columns: Option<usize>,
    pub(crate) prints: bool,
    pub(crate) drift: Option<Drift>,
}

impl Teller {
    /// Tells answers until nothing more comes.
    pub(crate) fn run(mut self, answered: &Receiver<Answered>) {
        for image in answered {
            let mut answer = self.answer(&image);
            answer.drift = self.has_drifted(&answer);
            self.tally.add(&answer);
            self.book().write(&answer);
            self.print(&answer);
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(id) = image.taken.item.id {
                known.answered(id);
            }
            self.book().close(image.taken.seq, &known);
            drop(known);
            self.backlog.done();
        }
    }

    fn answer(&self, image: &Answered) -> Answer {
        let Answered { taken, scored, scored_at, scoring } = image;
        let (score, error) = match scored {
            Ok(Scored { score, .. }) if score.is_nan() => (None, Some(NoVerdict::NoNumber.said())),
            Ok(Scored { score, .. }) => (Some(*score), None),
            Err(why) => (None, Some(why.clone())),
        };
        let verdict = score.map(|score| if score >= self.judged.threshold { Verdict::Ng } else { Verdict::Ok });
        let map = scored.as_ref().ok().and_then(|scored| scored.map.as_deref()).zip(self.columns);
        let mut answer = Answer {
            seq: taken.seq,
            image: taken.image.clone(),
            time: Timestamp::now().to_string(),
            verdict,
            // JSON has no word for a score without bounds.
            score: score.filter(|score| score.is_finite()),
            threshold: self.judged.threshold,
            peak: map.and_then(|(map, columns)| Peak::of(map, columns)),
            kept: None,
            heatmap: None,
            error,
            again: taken.item.again,
            drift: false,
            ms: Milliseconds::default(),
        };
        if self.keeper.keeps(verdict) {
            let not_kept = |error: io::Error| {
                let (image, error) = (taken.image.clone(), reason(&error));
                print_error(Message::NotKept { image, error }.said());
            };
            if !taken.bytes.is_empty() {
                answer.kept = self.keeper.image(taken, verdict).map_err(not_kept).ok();
            }
            if let Some((map, columns)) = map {
                let kept = self.keeper.heat_map(taken, verdict, map, columns);
                answer.heatmap = kept.map_err(not_kept).ok().flatten();
            }
        }
        answer.ms = Milliseconds {
            waited: milliseconds(taken.started.duration_since(taken.item.found)),
            read: milliseconds(taken.decoded.duration_since(taken.started)),
            score: milliseconds(*scoring),
            total: milliseconds(scored_at.duration_since(taken.item.found) + scored_at.elapsed()),
        };
        answer
    }

    /// Whether the drift alarm is on, told when that changes.
    fn has_drifted(&mut self, answer: &Answer) -> bool {
        let Some(drift) = &mut self.drift else { return false };
        let score = answer.score.filter(|_| answer.verdict == Some(Verdict::Ok));
        if let Some(found) = score.and_then(|score| drift.add(score)).filter(|found| found.has_changed) {
            let Found { distance, limit, is_higher, is_on, .. } = found;
            print_error(match (is_on, is_higher) {
                (true, true) => Message::DriftUp { distance, limit }.said(),
                (true, false) => Message::DriftDown { distance, limit }.said(),
                (false, _) => Message::DriftEnded.said(),
            });
        }
        drift.is_on()
    }

    /// Prints the answer, and waits for whoever reads it.
    fn print(&mut self, answer: &Answer) {
        if !self.prints {
            return;
        }
        let mut rest = &*answer.line();
        while !rest.is_empty() {
            match rustix::io::write(rustix::stdio::stdout(), rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(rustix::io::Errno::INTR) => {}
                // The answers are in the file.
                Err(error) => {
                    self.prints = false;
                    print_error(Message::NotPrinted { error: error.into() }.said());
                    return;
                }
            }
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
