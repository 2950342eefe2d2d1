//! Zip archives.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use nnc_files::open_regular;
use zip::ZipArchive;
use zip::result::ZipError;

use super::listing::{Entry, Listing};
use super::name::{self, Name};
use super::supply::{ReadProblem, Supply};
use crate::error::{ArchiveDefect, CreateError, Excess, one_line};
use crate::left_out::{LeftOut, ReadDefect, Reason};
use crate::options::Limits;

type Archive = ZipArchive<BufReader<File>>;

fn open(path: &Path) -> Result<Archive, CreateError> {
    let file = open_regular(path).map_err(|error| CreateError::unreadable(path, error))?;
    ZipArchive::new(BufReader::new(file)).map_err(|error| CreateError::damaged(path, error))
}

/// Files of an archive by its directory. Nothing is unpacked.
pub(crate) fn list(path: &Path, limits: &Limits) -> Result<Listing, CreateError> {
    let packed = std::fs::metadata(path).map_err(|error| CreateError::unreadable(path, error))?.len();
    let mut archive = open(path)?;
    let bomb = |excess| CreateError::Bomb { path: path.to_owned(), excess };
    let found = archive.len() as u64;
    if found > limits.files {
        return Err(bomb(Excess::Files { found, limit: limits.files }));
    }
    let mut listing = Listing::default();
    let (mut total, mut total_packed) = (0u64, 0u64);
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| CreateError::damaged(path, error))?;
        let text = name::text(entry.name_raw());
        let parsed = name::parse(path, &text)?;
        total = total.saturating_add(entry.size());
        total_packed = total_packed.saturating_add(entry.compressed_size());
        if limits.is_bomb(entry.compressed_size(), entry.size()) {
            let (unpacked, packed) = (entry.size(), entry.compressed_size());
            let member = one_line(&text);
            return Err(bomb(Excess::MemberRatio { member, unpacked, packed, limit: limits.ratio }));
        }
        if entry.is_dir() {
            listing.has_folder = true;
            continue;
        }
        let mut leave_out = |reason| listing.left_out.push(LeftOut::new(one_line(&text), reason));
        // A Unix file type other than that of a plain file: a link, a device or a pipe.
        let kind = entry.unix_mode().map_or(0, |mode| mode & 0o170_000);
        match parsed {
            _ if entry.is_symlink() => leave_out(Reason::Link),
            _ if !matches!(kind, 0 | 0o100_000) => leave_out(Reason::NoFile),
            Name::Unusable(why) => leave_out(Reason::BadName(why)),
            _ if entry.size() > limits.file_bytes => leave_out(Reason::TooLarge { limit: limits.file_bytes }),
            Name::Path(parts) if entry.encrypted() => {
                return Err(CreateError::Encrypted { path: path.to_owned(), entry: parts.join("/") });
            }
            Name::Path(parts) => listing.add(parts, index),
        }
    }
    if total > limits.total_bytes {
        return Err(bomb(Excess::Total { found: total, limit: limits.total_bytes }));
    }
    // Members that share their data unpack to more than any ratio of one member tells.
    if total_packed > packed || limits.is_bomb(packed, total) {
        return Err(bomb(Excess::Ratio { unpacked: total, packed, limit: limits.ratio }));
    }
    if archive.has_overlapping_files().map_err(|error| CreateError::damaged(path, error))? {
        return Err(CreateError::Damaged { path: path.to_owned(), defect: ArchiveDefect::MembersOverlap });
    }
    Ok(listing)
}

/// Unpacks members one after the other; converting the images takes far longer.
pub(crate) struct ZipSupply {
    path: PathBuf,
    wanted: Vec<usize>,
    max_bytes: u64,
    state: Mutex<(Archive, usize)>,
}

impl ZipSupply {
    pub(crate) fn open(path: &Path, wanted: &[Entry], limits: &Limits) -> Result<Self, CreateError> {
        let wanted = wanted.iter().map(|entry| entry.place).collect();
        let state = Mutex::new((open(path)?, 0));
        Ok(Self { path: path.to_owned(), wanted, max_bytes: limits.file_bytes, state })
    }
}

/// The compression that is not known, where that is what kept a member from being read.
fn unknown_method(error: &std::io::Error) -> Option<u16> {
    match error.get_ref()?.downcast_ref::<ZipError>()? {
        ZipError::CompressionMethodNotSupported(method) => Some(*method),
        _ => None,
    }
}

impl Supply for ZipSupply {
    fn next(&self, buffer: &mut Vec<u8>) -> Option<(usize, Result<(), ReadProblem>)> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (archive, next) = &mut *state;
        let index = *next;
        let &place = self.wanted.get(index)?;
        *next += 1;
        buffer.clear();
        let outcome = match archive.by_index(place) {
            Ok(file) => {
                let limit = file.size().min(self.max_bytes);
                // The directory may tell less than there is.
                match file.take(limit + 1).read_to_end(buffer) {
                    Ok(bytes) if bytes as u64 > limit => {
                        Err(ReadProblem::File(ReadDefect::LargerThanListed { listed: limit }))
                    }
                    Ok(_) => Ok(()),
                    Err(error) => Err(ReadProblem::File(match unknown_method(&error) {
                        Some(method) => ReadDefect::Method(method),
                        None => ReadDefect::Damaged(one_line(error)),
                    })),
                }
            }
            Err(ZipError::CompressionMethodNotSupported(method)) => Err(ReadProblem::File(ReadDefect::Method(method))),
            Err(ZipError::UnsupportedArchive(reason)) => Err(ReadProblem::File(ReadDefect::Failed(one_line(reason)))),
            Err(error) => Err(ReadProblem::Source(CreateError::damaged(&self.path, error))),
        };
        Some((index, outcome))
    }
}
