//! Opening files that other people made: only regular ones, without waiting, and no more of them than is sensible.
//!
//! A pipe in the place of a file would let the program wait for ever, and `/dev/zero` would never end.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::{FileType, OFlags};

/// Why a file is not opened or read. Carried by an [`io::Error`], from which [`refusal`] gets it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is something else than a regular file.
    NotRegular(Kind),
    /// It is larger than any file of its kind.
    TooLarge {
        /// The most that is read, in bytes.
        limit: u64,
    },
}

/// What has the name of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Folder,
    Link,
    Pipe,
    Socket,
    Device,
    Unknown,
}

// For programs: people read the sentences of nnc-messages.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Refusal {}

/// The refusal that an error carries, if that is what it is.
pub fn refusal(error: &io::Error) -> Option<Refusal> {
    error.get_ref()?.downcast_ref::<Refusal>().copied()
}

/// The error for something that is no regular file.
pub(crate) fn refused(found: FileType) -> io::Error {
    let kind = match found {
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::Link,
        FileType::Fifo => Kind::Pipe,
        FileType::Socket => Kind::Socket,
        FileType::CharacterDevice | FileType::BlockDevice => Kind::Device,
        _ => Kind::Unknown,
    };
    io::Error::new(io::ErrorKind::InvalidInput, Refusal::NotRegular(kind))
}

/// The file, if it is a regular one.
pub(crate) fn regular(file: File) -> io::Result<File> {
    match FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode) {
        FileType::RegularFile => Ok(file),
        other => Err(refused(other)),
    }
}

/// Opens a regular file to read; links on the way are followed.
///
/// # Errors
/// Those of the system; something that is no regular file.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    regular(OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?)
}

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
/// As [`open_regular`], and a file that is larger.
pub fn read_regular(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    read_all(open_regular(path)?, limit)
}

/// Reads the rest of a file, if that is at most `limit` bytes.
///
/// # Errors
/// Those of the system, and more than that.
pub fn read_all(file: File, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > limit {
        true => Err(io::Error::new(io::ErrorKind::FileTooLarge, Refusal::TooLarge { limit })),
        false => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_of_a_sensible_size_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read_regular(&path, 5).unwrap(), b"12345");
        let told = |path: &Path, limit| refusal(&read_regular(path, limit).unwrap_err());
        assert_eq!(told(&path, 4), Some(Refusal::TooLarge { limit: 4 }));
        assert_eq!(told(folder.path(), 9), Some(Refusal::NotRegular(Kind::Folder)));
        assert_eq!(told(Path::new("/dev/zero"), 9), Some(Refusal::NotRegular(Kind::Device)));
        let pipe = folder.path().join("pipe");
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, FileType::Fifo, mode, 0).unwrap();
        assert_eq!(told(&pipe, 9), Some(Refusal::NotRegular(Kind::Pipe)));
        assert_eq!(told(&folder.path().join("none"), 9), None);
    }
}
