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

// For authors of plugins, as all errors of `nnp` are: users of the host read the sentences of nnc-messages.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::TooLarge { limit } => return write!(f, "it is larger than {limit} bytes, the most that is read"),
            Self::NotRegular(Kind::Folder) => "a folder",
            Self::NotRegular(Kind::Link) => "a link",
            Self::NotRegular(Kind::Pipe) => "a pipe",
            Self::NotRegular(Kind::Socket) => "a socket",
            Self::NotRegular(Kind::Device) => "a device",
            Self::NotRegular(Kind::Unknown) => "something unknown",
        };
        write!(f, "it is {kind}, expected a regular file")
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
#[allow(clippy::disallowed_methods, reason = "the place where files are opened")]
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

/// Reads the text of a regular file of at most `limit` bytes.
///
/// # Errors
/// As [`read_regular`], and text that is not UTF-8.
pub fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    let invalid = |error: std::string::FromUtf8Error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error());
    String::from_utf8(read_regular(path, limit)?).map_err(invalid)
}

/// Opens a file of this program's own to read and to write, as it is or new. What has its name and is no regular file, or
/// is another file's second name, is removed first, so that nothing is written through a link.
///
/// # Errors
/// Those of the system.
#[allow(clippy::disallowed_methods, reason = "the place where files are opened")]
pub fn open_own(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::MetadataExt;
    match path.symlink_metadata() {
        Ok(found) if found.is_file() && found.nlink() == 1 => {}
        Ok(_) => std::fs::remove_file(path)?,
        Err(_) => {}
    }
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW;
    let mut options = OpenOptions::new();
    regular(
        options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .custom_flags(flags.bits().cast_signed())
            .open(path)?,
    )
}

/// Opens a folder, to lock it or to write its names to the disk.
///
/// # Errors
/// Those of the system; something that is no folder.
pub fn open_folder(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::openat(rustix::fs::CWD, path, flags, rustix::fs::Mode::empty())?))
}

/// Reads a file that the kernel makes, of `/proc` or `/sys`.
///
/// # Errors
/// Those of the system, and text that is not UTF-8.
#[allow(clippy::disallowed_methods, reason = "the kernel's own files neither wait nor go on for ever")]
pub fn read_kernel(path: impl AsRef<Path>) -> io::Result<String> {
    std::fs::read_to_string(path)
}

/// Reads a file, if it is at most `limit` bytes. A larger one is refused before anything is read: a file with holes may claim
/// any size and cost its maker nothing.
///
/// # Errors
/// Those of the system, and more than that.
pub fn read_all(file: File, limit: u64) -> io::Result<Vec<u8>> {
    check_size(&file, limit)?;
    let mut bytes = Vec::new();
    // It may grow meanwhile.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(too_large(limit)) } else { Ok(bytes) }
}

/// Fails if a file has more than `limit` bytes.
///
/// # Errors
/// Those of the system, and [`Refusal::TooLarge`].
pub fn check_size(file: &File, limit: u64) -> io::Result<()> {
    if file.metadata()?.len() > limit { Err(too_large(limit)) } else { Ok(()) }
}

fn too_large(limit: u64) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, Refusal::TooLarge { limit })
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
        // Reading this one would take minutes and all memory.
        let holes = folder.path().join("holes");
        std::fs::File::create(&holes).unwrap().set_len(1 << 42).unwrap();
        assert_eq!(told(&holes, (1 << 42) - 1), Some(Refusal::TooLarge { limit: (1 << 42) - 1 }));
        assert_eq!(told(folder.path(), 9), Some(Refusal::NotRegular(Kind::Folder)));
        assert_eq!(told(Path::new("/dev/zero"), 9), Some(Refusal::NotRegular(Kind::Device)));
        let pipe = folder.path().join("pipe");
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, FileType::Fifo, mode, 0).unwrap();
        assert_eq!(told(&pipe, 9), Some(Refusal::NotRegular(Kind::Pipe)));
        assert_eq!(told(&folder.path().join("none"), 9), None);
        assert_eq!(refused(FileType::Fifo).to_string(), "it is a pipe, expected a regular file");
        let (link, second) = (folder.path().join("link"), folder.path().join("second"));
        std::os::unix::fs::symlink(&path, &link).unwrap();
        std::fs::hard_link(&path, &second).unwrap();
        for own in [&link, &second, &pipe] {
            std::io::Write::write_all(&mut open_own(own).unwrap(), b"own").unwrap();
            assert_eq!((std::fs::read(own).unwrap(), std::fs::read(&path).unwrap()), (b"own".into(), b"12345".into()));
        }
        assert_eq!(read_all(open_own(&link).unwrap(), 9).unwrap(), b"own");
        assert!(open_folder(folder.path()).is_ok() && open_folder(&path).is_err());
        assert_eq!(read_text(&path, 5).unwrap(), "12345");
        std::fs::write(&path, b"\xff").unwrap();
        assert_eq!(read_text(&path, 5).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
