//! One file over HTTP: into a part beside its final place, again where it broke off, and never more than was announced.
//!
//! The part stays when a transfer breaks off for good, with a note of what it is a part of, so that the next run goes on
//! from there. A server that says the file has changed since, or that cannot start in the middle, gets to send it all.

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nnc_files::{open_own, read_text, write_atomically};
use ureq::http::{HeaderMap, StatusCode, header};

use crate::address::without_secrets;
use crate::client::{Answer, Client, Trouble};
use crate::error::FetchProblem;

/// The first pause before another try; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A server that sends less than this in a second, over the time that it may be silent, could go on for years.
const LEAST_PER_SECOND: u64 = 1000;
/// Far more than an address and a tag.
const MAX_NOTE: u64 = 1 << 16;
const BUFFER: usize = 1 << 16;

/// What is wanted.
pub(crate) struct Wanted<'a> {
    pub(crate) address: &'a str,
    /// Where the file is collected; the note about it lies beside it.
    pub(crate) part: PathBuf,
    /// Bytes of the file, where they are known.
    pub(crate) size: Option<u64>,
    /// More than this is refused.
    pub(crate) limit: u64,
    /// Tries after the first, all of them together: a server that sends a little each time would never end.
    pub(crate) retries: u32,
}

/// Something to tell while a backbone is fetched.
#[derive(Debug)]
pub enum FetchEvent<'a> {
    /// It begins.
    Begins {
        /// The backbone.
        name: &'static str,
        /// Where it comes from.
        address: &'a str,
    },
    /// The record of the file names its licence.
    Licence(&'a str),
    /// The record could not be read; the download goes on without.
    NoRecord {
        /// Address of the record.
        address: &'a str,
        /// What happened.
        problem: &'a FetchProblem,
    },
    /// The download broke off and goes on after a pause.
    Retries {
        /// What happened.
        problem: &'a FetchProblem,
        /// The pause.
        pause: Duration,
        /// Which retry it is, from 1.
        retry: u32,
        /// How many there are at most.
        retries: u32,
    },
}

/// Who watches a download.
pub trait Watcher {
    /// `done` of `total` bytes are there.
    fn progress(&self, done: u64, total: Option<u64>);
    /// Something is to be told.
    fn tell(&self, event: &FetchEvent<'_>);
}

/// Collects the whole file in `wanted.part`, which the caller checks and moves.
///
/// # Errors
/// What happened. After a lasting error the part is gone.
pub(crate) fn download(client: &Client, wanted: &Wanted<'_>, watcher: &dyn Watcher) -> Result<(), FetchProblem> {
    let mut part = Part::open(&wanted.part, wanted.address)?;
    let mut failed = 0;
    loop {
        match attempt(client, wanted, &mut part, watcher) {
            Ok(()) => return part.finish(),
            Err(Trouble::Lasting(problem)) => {
                part.discard();
                return Err(problem);
            }
            Err(Trouble::Passing(problem, asked)) => {
                if failed == wanted.retries {
                    return Err(part.leave(problem, failed + 1));
                }
                let pause = asked.unwrap_or(PAUSE * 2_u32.saturating_pow(failed)).min(LONGEST_PAUSE);
                failed += 1;
                let retries = wanted.retries;
                watcher.tell(&FetchEvent::Retries { problem: &problem, pause, retry: failed, retries });
                std::thread::sleep(pause);
            }
        }
    }
}

/// One request and what comes of it.
fn attempt(client: &Client, wanted: &Wanted<'_>, part: &mut Part, watcher: &dyn Watcher) -> Result<(), Trouble> {
    let range = format!("bytes={}-", part.length);
    let headers = match (&part.validator, part.length) {
        (Some(validator), 1..) => vec![("Range", range.as_str()), ("If-Range", validator)],
        _ => vec![],
    };
    let mut answer = client.get(wanted.address, &headers)?;
    match answer.status() {
        StatusCode::OK => part.restart(answer.headers())?,
        StatusCode::PARTIAL_CONTENT if starts_at(answer.headers()) == Some(part.length) => {}
        StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if part.length > 0 => {
            part.forget();
            return Err(Trouble::Passing(FetchProblem::LostPlace, None));
        }
        status => return Err(refused(status, answer.headers())),
    }
    if is_page(answer.headers()) {
        return Err(Trouble::Lasting(FetchProblem::WebPage));
    }
    let total = answer.body().content_length().map(|rest| rest.saturating_add(part.length));
    check_size(wanted, part, total)?;
    receive(client, wanted, part, &mut answer, total, watcher)
}

/// Refuses what is announced to be another file, or not to fit.
fn check_size(wanted: &Wanted<'_>, part: &Part, total: Option<u64>) -> Result<(), Trouble> {
    let Some(total) = total else { return Ok(()) };
    match wanted.size {
        Some(size) if size != total => {
            return Err(Trouble::Lasting(FetchProblem::OtherSize { announced: total, expected: size }));
        }
        _ if total > wanted.limit => {
            return Err(Trouble::Lasting(FetchProblem::AnnouncesMore { limit: wanted.limit }));
        }
        _ => {}
    }
    let Some(free) = part.free_space() else { return Ok(()) };
    let rest = total.saturating_sub(part.length);
    if rest > free {
        let folder = part.folder().to_owned();
        return Err(Trouble::Lasting(FetchProblem::NoSpace { needed: rest, folder, free }));
    }
    Ok(())
}

/// Takes the body in.
fn receive(
    client: &Client,
    wanted: &Wanted<'_>,
    part: &mut Part,
    answer: &mut Answer,
    total: Option<u64>,
    watcher: &dyn Watcher,
) -> Result<(), Trouble> {
    let mut body = answer.body_mut().as_reader();
    let mut buffer = vec![0; BUFFER];
    let mut pace = Pace::new(client.silence());
    loop {
        watcher.progress(part.length, total);
        let bytes = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => buffer.get(..count).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(client.broken(&error)),
        };
        if part.length + bytes.len() as u64 > total.or(wanted.size).unwrap_or(wanted.limit) {
            let limit = total.or(wanted.size).unwrap_or(wanted.limit);
            return Err(Trouble::Lasting(FetchProblem::SendsMore { limit }));
        }
        part.append(bytes)?;
        pace.keep(bytes.len() as u64)?;
    }
    match total.or(wanted.size) {
        Some(total) if part.length < total => {
            Err(Trouble::Passing(FetchProblem::EndedEarly { received: part.length, total }, None))
        }
        _ => Ok(()),
    }
}

/// How fast a body arrives.
struct Pace {
    window: Duration,
    since: Instant,
    bytes: u64,
}

impl Pace {
    fn new(window: Duration) -> Self {
        Self { window, since: Instant::now(), bytes: 0 }
    }

    /// Counts what has arrived.
    fn keep(&mut self, bytes: u64) -> Result<(), Trouble> {
        self.bytes += bytes;
        if self.since.elapsed() < self.window {
            return Ok(());
        }
        let seconds = self.window.as_secs();
        if self.bytes < LEAST_PER_SECOND.saturating_mul(seconds) {
            return Err(Trouble::Passing(FetchProblem::Slow { least: LEAST_PER_SECOND, seconds }, None));
        }
        *self = Self::new(self.window);
        Ok(())
    }
}

/// What an answer without the file means.
fn refused(status: StatusCode, headers: &HeaderMap) -> Trouble {
    let problem = FetchProblem::Status(status.to_string());
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => Trouble::Lasting(FetchProblem::Gone { status: status.to_string() }),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Trouble::Passing(problem, retry_after(headers)),
        status if status.is_server_error() => Trouble::Passing(problem, retry_after(headers)),
        _ => Trouble::Lasting(problem),
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    text(headers, header::RETRY_AFTER)?.parse().ok().map(Duration::from_secs)
}

/// The first byte of a partial answer: `bytes 5-9/10`.
fn starts_at(headers: &HeaderMap) -> Option<u64> {
    text(headers, header::CONTENT_RANGE)?.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok()
}

/// Sign-in pages and the like come with status 200.
fn is_page(headers: &HeaderMap) -> bool {
    text(headers, header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html"))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// What has arrived so far.
struct Part {
    path: PathBuf,
    file: File,
    length: u64,
    /// Where it comes from, as it is noted beside the part.
    address: String,
    /// What the server calls this version of the file.
    validator: Option<String>,
}

impl Part {
    /// Opens what an earlier run left of the file at `address`, or starts again.
    fn open(path: &Path, address: &str) -> Result<Self, FetchProblem> {
        let failed = |error| FetchProblem::Unwritable { path: path.to_owned(), error };
        let file = open_own(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FetchProblem::InUse),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let address = without_secrets(address);
        let mut part = Self { path: path.to_owned(), file, length: 0, address, validator: None };
        let note = read_text(&part.note(), MAX_NOTE).unwrap_or_default();
        match note.split_once('\n') {
            Some((of, validator)) if of == part.address && !validator.is_empty() => {
                part.validator = Some(validator.to_owned());
                part.length = part.file.seek(SeekFrom::End(0)).map_err(failed)?;
            }
            _ => part.file.set_len(0).map_err(failed)?,
        }
        Ok(part)
    }

    /// Starts again with the version that these headers name.
    fn restart(&mut self, headers: &HeaderMap) -> Result<(), Trouble> {
        self.forget();
        self.file.set_len(0).and_then(|()| self.file.rewind()).map_err(|error| self.unwritable(error))?;
        // A weak tag does not promise the same bytes.
        let tag = text(headers, header::ETAG).filter(|tag| !tag.starts_with("W/"));
        self.validator = tag.or_else(|| text(headers, header::LAST_MODIFIED)).map(str::to_owned);
        if let Some(validator) = &self.validator {
            let note = format!("{}\n{validator}", self.address);
            write_atomically(&self.note(), note.as_bytes()).map_err(|error| self.unwritable(error))?;
        }
        Ok(())
    }

    /// Gives up what is there.
    fn forget(&mut self) {
        self.length = 0;
        self.validator = None;
        let _ = std::fs::remove_file(self.note());
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.file.write_all(bytes).map_err(|error| self.unwritable(error))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn finish(self) -> Result<(), FetchProblem> {
        let _ = std::fs::remove_file(self.note());
        self.file.sync_all().map_err(|error| FetchProblem::Unwritable { path: self.path.clone(), error })
    }

    fn discard(self) {
        let _ = std::fs::remove_file(self.note());
        let _ = std::fs::remove_file(&self.path);
    }

    /// Leaves what is there for the next run, if it can be of use, and says so.
    fn leave(self, problem: FetchProblem, tries: u32) -> FetchProblem {
        let (problem, received) = (Box::new(problem), self.length);
        if received > 0 && self.validator.is_some() {
            return FetchProblem::Interrupted { problem, tries, received };
        }
        self.discard();
        FetchProblem::GivenUp { problem, tries }
    }

    fn note(&self) -> PathBuf {
        self.path.with_added_extension("of")
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// Bytes that the disk still takes; `None` where it does not tell.
    fn free_space(&self) -> Option<u64> {
        let disk = rustix::fs::fstatvfs(&self.file).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    fn unwritable(&self, error: std::io::Error) -> Trouble {
        Trouble::Lasting(FetchProblem::Unwritable { path: self.path.clone(), error })
    }
}
