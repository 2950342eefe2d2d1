//! Answers to a server, one after another. What it reads is the file of answers and a note of how far it has come, so a server that
//! is away for days costs no memory and loses nothing: it gets everything once it is back, and again what it may have got when the
//! inspection was cut off. It knows those by their `seq`.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nnc_console::print_error;
use nnc_files::{beneath, read_regular, write_atomically};
use nnc_messages::{Exit, Failure, Result, Say};
use serde::{Deserialize, Serialize};
use ureq::Agent;

use crate::book::ANSWERS;
use crate::messages::{Message, NotSent};
use crate::segments;

/// Where it is noted how far the server has come.
const NOTE: &str = "webhook.json";
const NOTE_BYTES: u64 = 4096;
/// No answer has as many bytes.
const LONGEST: u64 = 1 << 20;
/// How long the server may take for each step.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often new answers are looked for, and how often the note is written.
const LOOK: Duration = Duration::from_millis(50);
const NOTE_PAUSE: Duration = Duration::from_secs(1);
/// Between two tries: the first time, and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long the last answers may take when the inspection ends; the others are sent by the next one.
const FAREWELL: Duration = Duration::from_secs(5);
/// What a server says that has the answer already.
const CONFLICT: u16 = 409;

/// What sends answers.
pub(crate) struct Webhook {
    agent: Agent,
    address: String,
    token: Option<String>,
    output: PathBuf,
    place: Place,
    noted: Instant,
    /// What is read from, at its place.
    reader: Option<BufReader<File>>,
}

/// How far the server has come: so many bytes of the answers' file of this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    file: u64,
    bytes: u64,
}

impl Place {
    /// The same, or the nearest one at which an answer begins: a power cut may have taken answers that were sent, and the note
    /// may be of anybody who had the folder.
    fn checked(self, output: &Path) -> Self {
        let Ok(mut file) = beneath::open(output, Path::new(&segments::name(ANSWERS, self.file))) else { return self };
        let length = file.metadata().map_or(0, |found| found.len());
        let bytes = self.bytes.min(length);
        let mut before = [b'\n'];
        let is_whole = bytes == 0
            || (file.seek(SeekFrom::Start(bytes - 1)).and_then(|_| file.read_exact(&mut before)).is_ok()
                && before == [b'\n']);
        // From the beginning, and some answers twice.
        Self { bytes: if is_whole { bytes } else { 0 }, ..self }
    }
}

impl Webhook {
    /// Goes on where the note says, or with the answers that come from now on.
    ///
    /// # Errors
    /// An address that is none.
    pub(crate) fn open(address: &str, token: Option<String>, output: &Path) -> Result<Self> {
        let is_address = ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme))
            && address.parse::<ureq::http::Uri>().is_ok_and(|address| address.host().is_some());
        if !is_address {
            return Err(Failure::new(Exit::Usage, Message::NoAddress));
        }
        let note = read_regular(&output.join(NOTE), NOTE_BYTES).ok();
        let noted: Option<Place> = note.and_then(|note| serde_json::from_slice(&note).ok());
        let latest = segments::numbers(output, ANSWERS)?.last().copied().unwrap_or(1);
        let place = match noted {
            Some(place) if place.file <= latest => place.checked(output),
            // Nothing is noted, or of files that are not there.
            _ => Place { file: latest, bytes: u64::MAX }.checked(output),
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(PATIENCE))
            .timeout_per_read(Some(PATIENCE))
            .timeout_per_write(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .build();
        let webhook = Self {
            agent: config.new_agent(),
            address: address.to_owned(),
            token,
            output: output.to_owned(),
            place,
            noted: Instant::now(),
            reader: None,
        };
        webhook.note();
        Ok(webhook)
    }

    /// Sends answers until the inspection has ended and all were sent, or cannot be for now.
    pub(crate) fn run(mut self, ended: &Arc<AtomicBool>) {
        let mut pause = FIRST_PAUSE;
        let mut is_away = false;
        let mut farewell: Option<Instant> = None;
        loop {
            if ended.load(Ordering::Relaxed) {
                let since = *farewell.get_or_insert_with(Instant::now);
                if is_away || since.elapsed() > FAREWELL {
                    break;
                }
            }
            let Some(line) = self.next() else {
                if farewell.is_some() {
                    break;
                }
                self.note_now_and_then();
                std::thread::sleep(LOOK);
                continue;
            };
            match self.send(&line) {
                Ok(()) => {
                    self.place.bytes += line.len() as u64;
                    self.note_now_and_then();
                    pause = FIRST_PAUSE;
                    if std::mem::take(&mut is_away) {
                        print_error(Message::WebhookBack.said());
                    }
                }
                Err(why) => {
                    // It is read again.
                    self.reader = None;
                    if !std::mem::replace(&mut is_away, true) {
                        print_error(Message::WebhookAway { why }.said());
                    }
                    let until = Instant::now() + pause;
                    while Instant::now() < until && !ended.load(Ordering::Relaxed) {
                        std::thread::sleep(LOOK);
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
        self.note();
    }

    /// The next answer that was written whole.
    fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            if self.reader.is_none() {
                let name = segments::name(ANSWERS, self.place.file);
                let mut file = beneath::open(&self.output, Path::new(&name)).ok();
                if file.as_mut().is_some_and(|file| file.seek(SeekFrom::Start(self.place.bytes)).is_err()) {
                    file = None;
                }
                self.reader = file.map(BufReader::new);
            }
            let mut line = Vec::new();
            if let Some(reader) = &mut self.reader {
                let _ = reader.by_ref().take(LONGEST).read_until(b'\n', &mut line);
            }
            if line.last() == Some(&b'\n') {
                return Some(line);
            }
            // It is in the making, or the file ends here.
            self.reader = None;
            let later =
                segments::numbers(&self.output, ANSWERS).ok()?.into_iter().find(|&file| file > self.place.file)?;
            if !line.is_empty() {
                return None;
            }
            self.place = Place { file: later, bytes: 0 };
        }
    }

    fn send(&self, line: &[u8]) -> std::result::Result<(), NotSent> {
        let mut request = self.agent.post(&self.address).header("Content-Type", "application/json");
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        match request.send(line) {
            Ok(answer) if answer.status().is_success() || answer.status().as_u16() == CONFLICT => Ok(()),
            Ok(answer) => Err(NotSent::Status { status: answer.status().to_string() }),
            // Its words hold no address.
            Err(error) => Err(NotSent::NoAnswer { error: error.to_string() }),
        }
    }

    fn note_now_and_then(&mut self) {
        if self.noted.elapsed() > NOTE_PAUSE {
            self.noted = Instant::now();
            self.note();
        }
    }

    /// Notes how far the server has come. Where that cannot be written it gets some answers twice.
    fn note(&self) {
        let note = serde_json::to_vec(&self.place).unwrap_or_default();
        let path = self.output.join(NOTE);
        if read_regular(&path, NOTE_BYTES).ok().as_deref() != Some(&*note) {
            let _ = write_atomically(&path, &note);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_in_order_over_files_and_only_whole() {
        let folder = tempfile::tempdir().unwrap();
        let write = |number, text: &str| std::fs::write(segments::path(folder.path(), ANSWERS, number), text).unwrap();
        write(1, "old\n");
        let mut webhook = Webhook::open("http://127.0.0.1:1/", None, folder.path()).unwrap();
        assert_eq!(webhook.next(), None);
        write(1, "old\nnew\nha");
        let mut read = || {
            let line = webhook.next()?;
            webhook.place.bytes += line.len() as u64;
            Some(String::from_utf8(line).unwrap())
        };
        assert_eq!((read().as_deref(), read()), (Some("new\n"), None));
        write(1, "old\nnew\nhalf\n");
        write(2, "next\n");
        write(4, "last\n");
        assert_eq!([read(), read(), read(), read()].map(Option::unwrap_or_default), ["half\n", "next\n", "last\n", ""]);
        webhook.note();
        for (note, due) in [
            (r#"{"file":1,"bytes":5}"#, Place { file: 1, bytes: 0 }),
            (r#"{"file":2,"bytes":99999}"#, Place { file: 2, bytes: 5 }),
            (r#"{"file":9,"bytes":0}"#, Place { file: 4, bytes: 5 }),
        ] {
            std::fs::write(folder.path().join(NOTE), note).unwrap();
            assert_eq!(Webhook::open("http://127.0.0.1:1/", None, folder.path()).unwrap().place, due);
        }
        std::fs::write(folder.path().join(NOTE), r#"{"file":4,"bytes":5}"#).unwrap();
        let again = Webhook::open("http://127.0.0.1:1/", None, folder.path()).unwrap();
        assert_eq!(again.place, Place { file: 4, bytes: 5 });
        for odd in ["", "ftp://a/", "http://", "//a/", "http:// /"] {
            assert!(Webhook::open(odd, None, folder.path()).is_err(), "{odd}");
        }
    }
}
