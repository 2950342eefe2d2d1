//! The bytes of a library: read once, so that what is hashed and checked is what the system's loader maps afterwards.
//!
//! The loader opens files by name, and others could swap the file between the check and that. So it is given a
//! sealed copy in memory instead (`memfd`), which nobody can write any more once it is hashed.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::ops::Deref;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use nnc_files::{check_size, hex, open_regular, read_all};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::Errno;
use sha2::{Digest, Sha256};

/// No plugin is larger.
const LARGEST: u64 = 2 << 30;

/// The content of a library: read, or the sealed copy itself, mapped.
pub(crate) enum Bytes {
    Read(Vec<u8>),
    Sealed(Mmap),
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Read(bytes) => bytes,
            Self::Sealed(bytes) => bytes,
        }
    }
}

/// What a library's file held when it was read.
pub(crate) struct Image {
    /// Where it was read.
    pub(crate) path: PathBuf,
    pub(crate) bytes: Bytes,
    /// The sealed copy, if it is to be opened.
    copy: Option<File>,
}

impl Image {
    /// Reads a library to look at it.
    ///
    /// # Errors
    /// Those of the system; something that is no regular file.
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        let bytes = read_all(open_regular(path)?, LARGEST)?;
        Ok(Self { path: path.to_owned(), bytes: Bytes::Read(bytes), copy: None })
    }

    /// Makes a sealed copy of a library, to look at it and to open it.
    ///
    /// # Errors
    /// As [`Image::read`], and a system that makes no such copies. A file that is too large is refused before it is copied.
    pub(crate) fn sealed(path: &Path) -> io::Result<Self> {
        let source = open_regular(path)?;
        check_size(&source, LARGEST)?;
        let mut copy = memory_file(path)?;
        io::copy(&mut source.take(LARGEST), &mut copy)?;
        seal(&copy)?;
        copy.rewind()?;
        // SAFETY: after it was sealed nobody can write it or make it shorter.
        let bytes = unsafe { Mmap::map(&copy) }?;
        Ok(Self { path: path.to_owned(), bytes: Bytes::Sealed(bytes), copy: Some(copy) })
    }

    /// SHA-256 as lower-case hex.
    pub(crate) fn sha256(&self) -> String {
        hex(&Sha256::digest(&*self.bytes))
    }

    /// Where the system's loader finds the sealed copy. It has to stay open until the process ends: another file with the
    /// same number would pass for this library.
    pub(crate) fn address(self) -> io::Result<PathBuf> {
        let copy = self.copy.ok_or(io::ErrorKind::NotFound)?;
        let address = PathBuf::from(format!("/proc/self/fd/{}", copy.as_raw_fd()));
        std::mem::forget(copy);
        Ok(address)
    }
}

/// An empty file in memory that may hold code. In lists of what a process has mapped it has the name of the library.
fn memory_file(path: &Path) -> io::Result<File> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Its name may have 249 bytes.
    let name: String = name.chars().filter(|c| c.is_ascii_graphic()).take(200).collect();
    match memfd_create(&name, flags | MemfdFlags::EXEC) {
        // Kernels before 6.3 know no other kind than that.
        Err(Errno::INVAL) => Ok(memfd_create(&name, flags)?.into()),
        file => Ok(file?.into()),
    }
}

/// Sees to it that nobody writes a file in memory, or changes its length, from now on.
///
/// `WRITE` would be refused as long as the kernel itself holds a page of the file, as it does now and then where memory is
/// short or processors are busy. It is needed only for what is mapped for writing already, and nothing ever is here.
fn seal(file: &File) -> io::Result<()> {
    let rest = SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    match fcntl_add_seals(file, SealFlags::FUTURE_WRITE | rest) {
        // Kernels before 5.1 know no other kind than that.
        Err(Errno::INVAL) => Ok(fcntl_add_seals(file, SealFlags::WRITE | rest)?),
        sealed => Ok(sealed?),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_library_that_is_too_large_is_refused_before_it_is_copied() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lib.so");
        File::create(&path).unwrap().set_len(50_000_000_000).unwrap();
        for refused in [Image::sealed(&path).err(), Image::read(&path).err()] {
            let refused = refused.and_then(|error| nnc_files::refusal(&error));
            assert_eq!(refused, Some(nnc_files::Refusal::TooLarge { limit: LARGEST }));
        }
    }

    #[test]
    fn a_copy_is_sealed_while_the_kernel_holds_a_page_of_it() {
        let mut file = memory_file(Path::new("lib.so")).unwrap();
        file.write_all(b"first").unwrap();
        // What lies in a pipe is the page itself.
        let (_reader, writer) = io::pipe().unwrap();
        assert_eq!(rustix::fs::sendfile(&writer, &file, Some(&mut 0), 5).unwrap(), 5);
        seal(&file).unwrap();
        let refused =
            |result: io::Result<()>| result.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
        assert!(refused(file.write_all(b"other")) && refused(file.set_len(0)) && refused(file.set_len(10_000)));
        // SAFETY: nothing is written through the mapping, which must not come to be.
        assert!(unsafe { memmap2::MmapMut::map_mut(&file) }.is_err(), "it could be mapped for writing");
        assert!(fcntl_add_seals(&file, SealFlags::WRITE).is_err(), "seals could be changed");
        let mut text = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "first");
    }

    #[test]
    fn a_sealed_copy_stays_what_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lib.so");
        std::fs::write(&path, "first").unwrap();
        let image = Image::sealed(&path).unwrap();
        std::fs::write(&path, "other").unwrap();
        assert_eq!(*image.bytes, *b"first");
        assert_eq!(image.sha256(), nnc_files::hex(&Sha256::digest(b"first")));
        let address = image.address().unwrap();
        assert_eq!(std::fs::read(&address).unwrap(), b"first");
        // Not even this process can write it.
        let mut file = File::options().write(true).open(&address).unwrap();
        assert!(file.write_all(b"third").is_err() && file.set_len(0).is_err());
        assert!(Image::read(&path).unwrap().address().is_err(), "nothing was copied");
        assert!(Image::sealed(folder.path()).is_err() && Image::read(Path::new("/dev/zero")).is_err());
    }
}
