//! The first of the three threads: takes the next image, reads its bytes, and has it decoded and shaped.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nnc_console::print_error;
use nnc_dataset::Pixels;
use nnc_dataset_create::Shaping;
use nnc_files::{beneath, read_all};
use nnc_inspect_decoder::{Decoder, Form, NotDecoded, Question};
use nnc_messages::Say;

use crate::backlog::{Backlog, From, Item};
use crate::book::Book;
use crate::identity::Id;
use crate::known::Known;
use crate::messages::{Message, NoVerdict};

/// The most bytes of an image's file.
const LONGEST: u64 = 128 << 20;
/// How long to wait for room on the disk, or for a process, before the next look.
const PAUSE: Duration = Duration::from_secs(1);

/// An image on its way to its answer.
pub(crate) struct Taken {
    pub(crate) seq: u64,
    pub(crate) item: Item,
    /// Its name, as it is shown.
    pub(crate) image: String,
    /// Its file.
    pub(crate) bytes: Arc<[u8]>,
    /// What was decoded, or why there is nothing.
    pub(crate) pixels: Result<Pixels, String>,
    /// When it was taken, and when it was decoded.
    pub(crate) started: Instant,
    pub(crate) decoded: Instant,
}

/// What reads images.
pub(crate) struct Reader {
    pub(crate) backlog: Arc<Backlog>,
    pub(crate) known: Arc<Mutex<Known>>,
    pub(crate) book: Arc<Mutex<Book>>,
    /// The watched folder, if there is one.
    pub(crate) folder: PathBuf,
    pub(crate) shaping: Option<Shaping>,
    pub(crate) ends: Arc<AtomicBool>,
}

impl Reader {
    /// Reads until nothing more is taken, or nobody takes what was read.
    pub(crate) fn run(&self, mut decoder: Decoder, taken: &SyncSender<Taken>) {
        let mut is_stuck = false;
        while let Some(item) = self.backlog.take() {
            if !self.has_room(&mut is_stuck) {
                break;
            }
            let started = Instant::now();
            let image = item.from.shown();
            let bytes = match self.bytes(&item) {
                Ok(bytes) => bytes,
                Err(why) => {
                    self.not_read(&item, &image, why, started, taken);
                    continue;
                }
            };
            let seq = self.take(&item, &image);
            // It stays open in the journal: the next inspection answers it.
            let Some(pixels) = self.pixels(&mut decoder, &bytes) else { break };
            let decoded = Instant::now();
            if taken.send(Taken { seq, item, image, bytes: bytes.into(), pixels, started, decoded }).is_err() {
                break;
            }
        }
        decoder.close();
    }

    /// Notes that the image is taken.
    fn take(&self, item: &Item, image: &str) -> u64 {
        self.book.lock().unwrap_or_else(PoisonError::into_inner).take(item.id, image)
    }

    /// An image that cannot be read: it has gone, it has changed, or it is none.
    fn not_read(&self, item: &Item, image: &str, why: NotRead, started: Instant, taken: &SyncSender<Taken>) {
        match why {
            NotRead::Changed | NotRead::Gone => {
                // It is found again as it is then. Where the whole folder has gone, all of it is.
                if let Some(id) = item.id {
                    self.known.lock().unwrap_or_else(PoisonError::into_inner).forget(id);
                }
                if matches!(why, NotRead::Gone) && self.folder.is_dir() {
                    print_error(Message::ImageGone { image: image.to_owned() }.said());
                }
                self.backlog.done();
            }
            NotRead::Refused(error) => {
                let seq = self.take(item, image);
                let pixels = Err(NoVerdict::NotRead { error }.said());
                let (item, image, bytes) = (item.clone(), image.to_owned(), Arc::from([]));
                let decoded = Instant::now();
                // Nobody takes it: the inspection ends.
                let _ = taken.send(Taken { seq, item, image, bytes, pixels, started, decoded });
            }
        }
    }

    /// The bytes of the file, if it is still the one that was found.
    fn bytes(&self, item: &Item) -> Result<Vec<u8>, NotRead> {
        let name = match &item.from {
            From::Watched(name) => name,
            // Whatever is there: who named it waits for an answer.
            // But no link: a list of a camera's folder has names of others.
            From::Path(path) => return named(path).map_err(NotRead::Refused),
        };
        let opened = beneath::open(&self.folder, Path::new(name)).map_err(NotRead::of)?;
        let handle = opened.try_clone().map_err(NotRead::of)?;
        if Some(id(name, &handle)?) != item.id {
            return Err(NotRead::Changed);
        }
        let bytes = read_all(opened, LONGEST).map_err(NotRead::of)?;
        // Somebody may write into it meanwhile.
        if Some(id(name, &handle)?) == item.id { Ok(bytes) } else { Err(NotRead::Changed) }
    }

    /// The pixels of an image, or why there are none; `None` if the inspection ends before there is a process to decode it.
    fn pixels(&self, decoder: &mut Decoder, bytes: &[u8]) -> Option<Result<Pixels, String>> {
        let question = Question { form: Form::File, shaping: self.shaping };
        let mut has_told = false;
        loop {
            match decoder.decode(&question, bytes) {
                Ok(pixels) => return Some(Ok(pixels)),
                Err(NotDecoded::Refused(why)) => return Some(Err(why)),
                // Not the image's fault.
                Err(NotDecoded::NoProcess(failure)) => {
                    if !std::mem::replace(&mut has_told, true) {
                        print_error(Message::NoDecoder { failure }.said());
                    }
                    if self.ends.load(Ordering::Relaxed) {
                        return None;
                    }
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }

    /// Waits while answers fill the memory because the disk is full. Says whether there is room, before the inspection ends.
    fn has_room(&self, is_stuck: &mut bool) -> bool {
        while self.book.lock().unwrap_or_else(PoisonError::into_inner).is_stuck() {
            if !std::mem::replace(is_stuck, true) {
                print_error(Message::Stuck.said());
            }
            if self.ends.load(Ordering::Relaxed) {
                return false;
            }
            std::thread::sleep(PAUSE);
        }
        *is_stuck = false;
        true
    }
}

fn id(name: &OsStr, file: &File) -> Result<Id, NotRead> {
    Ok(Id::of(name, &file.metadata().map_err(NotRead::of)?))
}

/// Why an image was not read.
#[derive(Debug)]
enum NotRead {
    /// It is not there any more.
    Gone,
    /// It is another one than was found.
    Changed,
    /// What is there cannot be read.
    Refused(io::Error),
}

impl NotRead {
    fn of(error: io::Error) -> Self {
        // What file systems of other computers say when they are away is no word about the image.
        const AWAY: [i32; 6] =
            [libc::ESTALE, libc::EHOSTDOWN, libc::EHOSTUNREACH, libc::ENOTCONN, libc::ETIMEDOUT, libc::ENODEV];
        let is_away = error.raw_os_error().is_some_and(|number| AWAY.contains(&number));
        if is_away || error.kind() == io::ErrorKind::NotFound { Self::Gone } else { Self::Refused(error) }
    }
}

/// The bytes of a file that somebody named.
fn named(path: &Path) -> io::Result<Vec<u8>> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    read_all(beneath::open(folder, Path::new(name))?, LONGEST)
}
