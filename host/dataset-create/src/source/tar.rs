//! Tar archives, plain or inside gzip. They have no directory, so they are read twice: once for the names, once for
//! the content.

use std::collections::HashMap;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use flate2::bufread::MultiGzDecoder;
use nnc_files::open_regular;
use tar::{Archive, EntryType};

use super::kind::Kind;
use super::listing::{Entry, Listing};
use super::name::{self, Name};
use super::supply::{ReadProblem, Supply};
use crate::error::{ArchiveDefect, CreateError, Excess, one_line};
use crate::left_out::{LeftOut, Reason};
use crate::options::Limits;

/// The longest name or extended header that is read; a name on disk has at most 4096 bytes.
const MAX_HEADER: u64 = 1 << 20;
/// Zeros that end an archive, at least.
const END_MARK: u64 = 512;

/// The bytes of the archive, counted, so that a bomb is noticed while it is unpacked and not after.
struct Stream {
    inner: Box<dyn Read + Send>,
    path: PathBuf,
    limits: Limits,
    packed: u64,
    unpacked: u64,
    /// Zeros at the end of what was read so far.
    zeros: u64,
}

impl Stream {
    fn open(path: &Path, kind: Kind, limits: &Limits) -> Result<Self, CreateError> {
        let unreadable = |error| CreateError::unreadable(path, error);
        let file = open_regular(path).map_err(unreadable)?;
        let packed = file.metadata().map_err(unreadable)?.len();
        let file = BufReader::with_capacity(1 << 16, file);
        let inner: Box<dyn Read + Send> = match kind {
            Kind::TarGz => Box::new(MultiGzDecoder::new(file)),
            _ => Box::new(file),
        };
        Ok(Self { inner, path: path.to_owned(), limits: *limits, packed, unpacked: 0, zeros: 0 })
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let read = buffer.get(..count).unwrap_or_default();
        self.unpacked += count as u64;
        let zeros = read.iter().rev().take_while(|byte| **byte == 0).count();
        self.zeros = if zeros == count { self.zeros + zeros as u64 } else { zeros as u64 };
        let bomb = |excess| Err(io::Error::other(CreateError::Bomb { path: self.path.clone(), excess }));
        let (unpacked, packed) = (self.unpacked, self.packed);
        if self.limits.is_bomb(packed, unpacked) {
            return bomb(Excess::Ratio { unpacked, packed, limit: self.limits.ratio });
        }
        if unpacked > self.limits.total_bytes {
            return bomb(Excess::MoreTotal { found: unpacked, limit: self.limits.total_bytes });
        }
        Ok(count)
    }
}

/// What was meant by an error of the stream or of the tar format.
fn failure(path: &Path, error: io::Error) -> CreateError {
    match error.downcast::<CreateError>() {
        Ok(ours) => ours,
        Err(error) => CreateError::damaged(path, error),
    }
}

fn damaged(path: &Path, defect: ArchiveDefect) -> CreateError {
    CreateError::Damaged { path: path.to_owned(), defect }
}

/// A member: its kind and name.
struct Member {
    kind: EntryType,
    name: Vec<u8>,
    size: u64,
}

/// Walks over an archive and shows each member with its content to `visit`, which says whether to go on.
fn walk(
    stream: &mut Archive<Stream>,
    path: &Path,
    mut visit: impl FnMut(usize, &Member, &mut dyn Read) -> Result<bool, CreateError>,
) -> Result<(), CreateError> {
    let mut long_name = None;
    let mut count = 0;
    let fail = |error| failure(path, error);
    // Raw: what lengthens names is read here, with a limit.
    for entry in stream.entries().map_err(fail)?.raw(true) {
        let mut entry = entry.map_err(fail)?;
        let kind = entry.header().entry_type();
        let size = entry.header().entry_size().map_err(fail)?;
        match kind {
            EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader | EntryType::XGlobalHeader => {
                if size > MAX_HEADER {
                    return Err(CreateError::HugeHeader { path: path.to_owned(), found: size, limit: MAX_HEADER });
                }
                let mut text = Vec::new();
                entry.read_to_end(&mut text).map_err(fail)?;
                match kind {
                    EntryType::GNULongName => {
                        let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
                        text.truncate(end);
                        long_name = Some(text);
                    }
                    EntryType::XHeader => {
                        for extension in tar::PaxExtensions::new(&text) {
                            let extension = extension.map_err(fail)?;
                            match extension.key_bytes() {
                                b"path" => long_name = Some(extension.value_bytes().to_owned()),
                                b"size" => return Err(damaged(path, ArchiveDefect::MemberTooLarge)),
                                _ => {}
                            }
                        }
                    }
                    _ => {}
                }
                continue;
            }
            _ => {}
        }
        let name = long_name.take().unwrap_or_else(|| entry.header().path_bytes().into_owned());
        let go_on = visit(count, &Member { kind, name, size }, &mut entry)?;
        if !go_on {
            return Ok(());
        }
        count += 1;
    }
    Ok(())
}

/// Files of an archive. Everything is unpacked on the way, and dropped.
pub(crate) fn list(path: &Path, kind: Kind, limits: &Limits) -> Result<Listing, CreateError> {
    let mut archive = Archive::new(Stream::open(path, kind, limits)?);
    let mut listing = Listing::default();
    walk(&mut archive, path, |place, member, _| {
        if place as u64 >= limits.files {
            return Err(CreateError::Bomb { path: path.to_owned(), excess: Excess::MoreFiles { limit: limits.files } });
        }
        let text = name::text(&member.name);
        let parsed = name::parse(path, &text)?;
        let is_file = matches!(member.kind, EntryType::Regular | EntryType::Continuous);
        if member.kind == EntryType::Directory || (is_file && text.ends_with('/')) {
            listing.has_folder = true;
            return Ok(true);
        }
        let mut leave_out = |reason| listing.left_out.push(LeftOut::new(one_line(&text), reason));
        match parsed {
            _ if matches!(member.kind, EntryType::Symlink | EntryType::Link) => {
                leave_out(Reason::Link);
            }
            _ if !is_file => leave_out(Reason::NoFile),
            Name::Unusable(why) => leave_out(Reason::BadName(why)),
            _ if member.size > limits.file_bytes => leave_out(Reason::TooLarge { limit: limits.file_bytes }),
            Name::Path(parts) => listing.add(parts, place),
        }
        Ok(true)
    })?;
    // The rest of the last block, and the checksum of gzip.
    let mut stream = archive.into_inner();
    io::copy(&mut stream, &mut io::sink()).map_err(|error| failure(path, error))?;
    if stream.zeros < END_MARK {
        return Err(damaged(path, ArchiveDefect::NoEndMark));
    }
    Ok(listing)
}

/// Unpacks an archive from front to end, one file for each request.
pub(crate) struct TarSupply {
    /// From a thread that walks over the archive.
    files: Mutex<Receiver<Delivery>>,
}

type Delivery = (usize, Result<Vec<u8>, ReadProblem>);

impl TarSupply {
    pub(crate) fn open(path: &Path, kind: Kind, wanted: &[Entry], limits: &Limits) -> Result<Self, CreateError> {
        let stream = Stream::open(path, kind, limits)?;
        let wanted: HashMap<usize, usize> =
            wanted.iter().enumerate().map(|(index, entry)| (entry.place, index)).collect();
        let (send, receive) = sync_channel::<Delivery>(1);
        let (own_path, max_bytes) = (path.to_owned(), limits.file_bytes);
        thread::Builder::new()
            .name("nnc-unpack".to_owned())
            .spawn(move || unpack(stream, &own_path, &wanted, max_bytes, &send))
            .map_err(|error| CreateError::unreadable(path, error))?;
        Ok(Self { files: Mutex::new(receive) })
    }
}

fn unpack(stream: Stream, path: &Path, wanted: &HashMap<usize, usize>, max_bytes: u64, send: &SyncSender<Delivery>) {
    let mut left = wanted.len();
    let walked = walk(&mut Archive::new(stream), path, |place, _, content| {
        let Some(&index) = wanted.get(&place) else {
            return Ok(left > 0);
        };
        let mut bytes = Vec::new();
        content.take(max_bytes + 1).read_to_end(&mut bytes).map_err(|error| failure(path, error))?;
        left -= 1;
        // The receiver is gone when the call was stopped.
        Ok(send.send((index, Ok(bytes))).is_ok() && left > 0)
    });
    if let Err(error) = walked {
        let _ = send.send((usize::MAX, Err(ReadProblem::Source(error))));
    }
}

impl Supply for TarSupply {
    fn next(&self, buffer: &mut Vec<u8>) -> Option<(usize, Result<(), ReadProblem>)> {
        let (index, outcome) = self.files.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()?;
        Some((index, outcome.map(|bytes| *buffer = bytes)))
    }
}
