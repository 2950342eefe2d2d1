//! What was taken and answered. The journal (`journal-N.jsonl`) has a line when an image is taken, before anything is done with it,
//! and one when its answer has gone everywhere; answers themselves are in `answers-N.jsonl`. After a crash an image that was
//! taken and not answered is answered again, and marked.
//!
//! A journal begins with all that has to be known, so the latest one is enough and earlier ones go.

use std::collections::{BTreeMap, HashSet};
use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use nnc_console::print_error;
use nnc_files::{open_own, open_regular, write_atomically};
use nnc_messages::{At, Doing, Exit, Failure, Result, Say};
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::identity::Id;
use crate::known::Known;
use crate::log::{Added, Log};
use crate::messages::{Message, NotAJournal};
use crate::segments;

/// The names of the files.
const JOURNAL: &str = "journal";
pub(crate) const ANSWERS: &str = "answers";
const LOCK: &str = ".lock";
/// A file with more bytes is followed by a new one.
const LONGEST: u64 = 64 << 20;
/// No journal is larger: it would know five million files of one folder.
const LARGEST: u64 = 256 << 20;
/// No line of a journal has as many bytes; what stands there instead is not ours.
const LONGEST_LINE: u64 = 1 << 16;

/// A line of the journal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// The number of the next image.
    Next(u64),
    /// An image of the folder that needs no look any more.
    Known(String),
    /// An image was taken.
    Taken { seq: u64, id: Option<String>, image: String },
    /// It was answered.
    Answered(u64),
}

impl Line {
    fn bytes(&self) -> Vec<u8> {
        // Numbers and texts, which JSON has words for.
        let mut line = nnc_text::json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        line
    }
}

/// The journal and the answers.
pub(crate) struct Book {
    folder: PathBuf,
    journal: Log,
    answers: Log,
    numbers: [u64; 2],
    next: u64,
    /// Images that were taken and not answered.
    open: BTreeMap<u64, Option<Id>>,
    /// Those among them whose answers wait for room on the disk.
    waiting: Vec<u64>,
    /// Held as long as this inspection lives.
    _lock: File,
}

impl Book {
    /// Opens the book of a folder, which no other inspection may have open, and says what is known of the watched folder.
    pub(crate) fn open(folder: &Path) -> Result<(Self, Known)> {
        std::fs::create_dir_all(folder).at(Doing::Make, folder)?;
        let lock = lock(folder)?;
        let journals = segments::numbers(folder, JOURNAL).at(Doing::Read, folder)?;
        let mut replayed = Replayed::default();
        if let Some(&latest) = journals.last() {
            let path = segments::path(folder, JOURNAL, latest);
            replayed.read(&path).at(Doing::Read, &path)?;
        }
        if replayed.odd > 0 {
            print_error(Message::OddLines { lines: replayed.odd }.said());
        }
        let unanswered: HashSet<Id> = replayed.open.values().copied().flatten().collect();
        // Those that were sent and have no place to be found again.
        let lost = replayed.open.values().filter(|id| id.is_none()).count();
        if lost > 0 {
            print_error(Message::SendersLeft { images: lost }.said());
        }
        let known = Known::new(replayed.known.difference(&unanswered).copied(), unanswered.iter().copied());
        let number = journals.last().copied().unwrap_or(0) + 1;
        let journal = begin(folder, number, replayed.next, &known, &replayed.open)?;
        for old in journals {
            remove(folder, JOURNAL, old);
        }
        let answer = segments::numbers(folder, ANSWERS).at(Doing::Read, folder)?.last().copied().unwrap_or(1);
        let path = segments::path(folder, ANSWERS, answer);
        let answers = Log::open(path.clone()).at(Doing::Write, &path)?;
        let open = replayed.open.into_iter().filter(|(_, id)| id.is_some()).collect();
        let (folder, next) = (folder.to_owned(), replayed.next);
        Ok((
            Self { folder, journal, answers, numbers: [number, answer], next, open, waiting: Vec::new(), _lock: lock },
            known,
        ))
    }

    /// An image is taken; returns its number.
    pub(crate) fn take(&mut self, id: Option<Id>, image: &str) -> u64 {
        let seq = self.next;
        self.next = seq.saturating_add(1);
        // The line of an earlier run is closed by this one.
        if let Some(id) = id {
            let earlier: Vec<u64> =
                self.open.iter().filter(|(_, open)| **open == Some(id)).map(|(seq, _)| *seq).collect();
            for seq in earlier {
                self.open.remove(&seq);
                self.add_to_journal(&Line::Answered(seq));
            }
        }
        self.open.insert(seq, id);
        self.add_to_journal(&Line::Taken { seq, id: id.map(Id::text), image: image.to_owned() });
        seq
    }

    /// Writes an answer.
    pub(crate) fn write(&mut self, answer: &Answer) {
        let added = self.answers.add(answer.line());
        told(added, self.answers.path());
        if self.answers.length() > LONGEST && !self.answers.is_behind() {
            let number = self.numbers[1] + 1;
            if let Ok(log) = Log::open(segments::path(&self.folder, ANSWERS, number)) {
                (self.answers, self.numbers[1]) = (log, number);
            }
        }
    }

    /// The answer to an image has gone everywhere, or waits for room on the disk: then the image is closed once there was some.
    pub(crate) fn close(&mut self, seq: u64, known: &Known) {
        self.waiting.push(seq);
        self.close_written();
        if self.journal.length() > LONGEST && !self.journal.is_behind() {
            let number = self.numbers[0] + 1;
            // A full disk: the old one goes on.
            if let Ok(log) = begin(&self.folder, number, self.next, known, &self.open) {
                remove(&self.folder, JOURNAL, self.numbers[0]);
                (self.journal, self.numbers[0]) = (log, number);
            }
        }
    }

    fn close_written(&mut self) {
        if !self.answers.is_behind() {
            for seq in std::mem::take(&mut self.waiting) {
                self.open.remove(&seq);
                self.add_to_journal(&Line::Answered(seq));
            }
        }
    }

    /// How many answers the disk has not taken.
    pub(crate) fn unwritten(&self) -> usize {
        self.waiting.len()
    }

    /// Whether so much waits for room on the disk that no image should be taken.
    pub(crate) fn is_stuck(&mut self) -> bool {
        let mut stuck = false;
        for log in [&mut self.journal, &mut self.answers] {
            let waited = log.is_behind();
            if waited && log.catch_up().is_ok() {
                print_error(Message::RoomAgain { path: log.path().to_owned() }.said());
            }
            stuck |= log.is_stuck();
        }
        self.close_written();
        stuck
    }

    /// Handles of both files, to write them to the disk.
    pub(crate) fn handles(&self) -> Vec<File> {
        [&self.journal, &self.answers].into_iter().filter_map(|log| log.handle().ok()).collect()
    }

    fn add_to_journal(&mut self, line: &Line) {
        let added = self.journal.add(line.bytes());
        told(added, self.journal.path());
    }
}

/// Says what a disk does not take, once.
fn told(added: Added, path: &Path) {
    let path = || path.to_owned();
    match added {
        Added::Written | Added::Waiting(None) => {}
        Added::Waiting(Some(error)) => print_error(Message::NoRoom { path: path(), error }.said()),
        Added::Recovered => print_error(Message::RoomAgain { path: path() }.said()),
    }
}

/// A new journal that knows all that is needed.
fn begin(folder: &Path, number: u64, next: u64, known: &Known, open: &BTreeMap<u64, Option<Id>>) -> Result<Log> {
    let mut bytes = Line::Next(next).bytes();
    for id in known.ids() {
        bytes.extend(Line::Known(id.text()).bytes());
    }
    for (&seq, id) in open.iter().filter(|(_, id)| id.is_some()) {
        bytes.extend(Line::Taken { seq, id: id.map(Id::text), image: String::new() }.bytes());
    }
    let path = segments::path(folder, JOURNAL, number);
    write_atomically(&path, &bytes).at(Doing::Write, &path)?;
    Log::open(path.clone()).at(Doing::Write, &path)
}

fn remove(folder: &Path, kind: &str, number: u64) {
    // One that stays is older than the one in use, and does no harm.
    let _ = std::fs::remove_file(segments::path(folder, kind, number));
}

fn lock(folder: &Path) -> Result<File> {
    let path = folder.join(LOCK);
    let file = open_own(&path).at(Doing::Write, &path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Failure::new(Exit::Usage, Message::Busy { folder: folder.to_owned() })),
        Err(TryLockError::Error(error)) => Err(error).at(Doing::Write, &path),
    }
}

/// What a journal says.
#[derive(Debug, Default)]
struct Replayed {
    next: u64,
    known: HashSet<Id>,
    open: BTreeMap<u64, Option<Id>>,
    /// Lines that are none.
    odd: usize,
}

impl Replayed {
    /// Reads a journal line by line: it may be long, and whoever has given the folder away may have changed it.
    fn read(&mut self, path: &Path) -> std::io::Result<()> {
        let file = open_regular(path)?;
        if file.metadata()?.len() > LARGEST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, NotAJournal::Large { limit: LARGEST >> 20 }.said()));
        }
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        loop {
            line.clear();
            std::io::Read::take(&mut reader, LONGEST_LINE).read_until(b'\n', &mut line)?;
            match (line.last(), serde_json::from_slice(&line)) {
                (None, _) => return Ok(()),
                // A crash has cut it off.
                (Some(last), _) if *last != b'\n' && (line.len() as u64) < LONGEST_LINE => return Ok(()),
                (_, Ok(line)) => self.add(line),
                (_, Err(_)) => self.odd += 1,
            }
        }
    }

    fn add(&mut self, line: Line) {
        match line {
            Line::Next(next) => self.next = self.next.max(next),
            Line::Known(id) => self.known.extend(Id::read(&id)),
            Line::Taken { seq, id, .. } => {
                self.next = self.next.max(seq.saturating_add(1));
                self.open.insert(seq, id.as_deref().and_then(Id::read));
            }
            Line::Answered(seq) => self.known.extend(self.open.remove(&seq).flatten()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_closed_when_its_answer_is_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let (mut book, mut known) = Book::open(folder.path()).unwrap();
        known.add(id(1));
        let seq = book.take(Some(id(1)), "a.png");
        // A disk that takes nothing more of the answers.
        assert!(matches!(book.answers.add_to_a_full_disk(b"x\n".to_vec()), Added::Waiting(Some(_))));
        known.answered(id(1));
        book.close(seq, &known);
        assert_eq!((book.unwritten(), book.open.len()), (1, 1));
        drop(book);
        let (_book, mut known) = Book::open(folder.path()).unwrap();
        known.begin_look();
        assert_eq!(known.add(id(1)), Some(true));
    }

    #[test]
    fn a_journal_is_not_read_without_end() {
        let path = tempfile::tempdir().unwrap().keep().join("journal");
        std::fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
        let refused = Replayed::default().read(&path).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    fn id(number: u32) -> Id {
        Id::read(&format!("{number:032x}")).unwrap()
    }

    #[test]
    fn what_was_taken_and_not_answered_is_open_after_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let (mut book, mut known) = Book::open(folder.path()).unwrap();
        assert!(matches!(Book::open(folder.path()), Err(failure) if failure.exit == Exit::Usage));
        for number in 0..3 {
            known.add(id(number));
            assert_eq!(book.take(Some(id(number)), "a.png"), u64::from(number));
        }
        book.take(None, "sent");
        known.answered(id(0));
        book.close(0, &known);
        // A crash in the middle of a line.
        let path = book.journal.path().to_owned();
        drop(book);
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.push_str("{\"answ");
        std::fs::write(&path, text).unwrap();

        let (mut book, mut known) = Book::open(folder.path()).unwrap();
        assert_eq!(segments::numbers(folder.path(), JOURNAL).unwrap().len(), 1);
        known.begin_look();
        assert_eq!([0, 1, 2, 9].map(|number| known.add(id(number))), [None, Some(true), Some(true), Some(false)]);
        // Once more, and a crash again: still open, under its new number.
        assert_eq!(book.take(Some(id(1)), "a.png"), 4);
        drop(book);
        let (mut book, mut known) = Book::open(folder.path()).unwrap();
        known.begin_look();
        assert_eq!([1, 2].map(|number| known.add(id(number))), [Some(true), Some(true)]);
        let seq = book.take(Some(id(1)), "a.png");
        known.answered(id(1));
        book.close(seq, &known);
        drop(book);
        let (_book, mut known) = Book::open(folder.path()).unwrap();
        known.begin_look();
        assert_eq!([1, 2].map(|number| known.add(id(number))), [None, Some(true)]);
    }

    #[test]
    fn a_journal_of_somebody_else_is_read_line_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let known = id(7).text();
        let long = "x".repeat(LONGEST_LINE as usize + 9);
        let text = format!(
            "{{\"next\":5}}\nnonsense\n{long}\n{{\"known\":\"{known}\"}}\n{{\"taken\":{{\"seq\":18446744073709551615,\"id\":\"../x\",\"image\":\"\"}}}}\n"
        );
        let path = segments::path(folder.path(), JOURNAL, 3);
        std::fs::write(&path, text).unwrap();
        let mut replayed = Replayed::default();
        replayed.read(&path).unwrap();
        assert_eq!((replayed.known.len(), replayed.odd > 0), (1, true), "{replayed:?}");
        assert_eq!(replayed.open.values().copied().collect::<Vec<_>>(), [None]);
    }
}
