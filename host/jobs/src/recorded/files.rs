//! The files of NNC's results, in a folder or an archive that anybody may have made: names lead nowhere else, links are not
//! followed, and sizes are limited before memory is taken.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};

use nnc_dataset::is_in_other_form;
use nnc_files::{beneath, open_regular, read_all};
use nnc_messages::{At, Doing, Exit, Failure, Result, Say};
use nnc_result_folder::Directory;
use nnc_result_folder::names::TABLE;
use zip::ZipArchive;
use zip::result::ZipError;

use super::messages::{Refused, Unread};
use super::place::Place;

/// Unpacked bytes for each byte of an archive, once there are more than [`UNSUSPICIOUS`].
const RATIO: u64 = 100;
/// Unpacked bytes below which no ratio is suspicious.
const UNSUSPICIOUS: u64 = 1 << 30;

/// Where files are read from.
pub(super) struct Files {
    kind: Kind,
    /// The table, as messages name it.
    table: PathBuf,
}

enum Kind {
    Folder(PathBuf),
    Archive {
        zip: ZipArchive<File>,
        path: PathBuf,
        /// Bytes that may still be unpacked, and at first.
        left: u64,
        most: u64,
    },
}

impl Files {
    /// Opens the results; an archive inside a model is first copied to a file without a name in `scratch`.
    pub(super) fn open(place: &Place, scratch: &Directory) -> Result<Self> {
        let (file, path) = match place {
            Place::Table(table) => {
                return Ok(Self { kind: Kind::Folder(place.folder().to_owned()), table: table.clone() });
            }
            Place::Packed(path) => (open_regular(path).at(Doing::Open, path)?, path.clone()),
            Place::InModel { file, member } => (taken_out(file, member, scratch)?, file.join(member)),
        };
        let size = file.metadata().at(Doing::Read, &path)?.len();
        let zip = ZipArchive::new(file).map_err(|error| damaged(&path, &error))?;
        if zip.has_duplicate_names() {
            return Err(Failure::new(Exit::Dataset, Refused::SameName { path }));
        }
        let most = size.saturating_mul(RATIO).max(UNSUSPICIOUS);
        Ok(Self { table: path.join(TABLE), kind: Kind::Archive { zip, path, left: most, most } })
    }

    /// The table, as messages name it.
    pub(super) fn table_path(&self) -> PathBuf {
        self.table.clone()
    }

    /// The text of the table.
    pub(super) fn table(&mut self, limit: u64) -> Result<Vec<u8>> {
        let path = self.table_path();
        let read = match &self.kind {
            // It was named, or found and no link.
            Kind::Folder(_) => open_regular(&path).and_then(|file| read_all(file, limit)).map_err(unread),
            Kind::Archive { .. } => return self.read(TABLE, limit)?.map_err(|what| refused(path, what)),
        };
        read.map_err(|what| refused(path, what))
    }

    /// What the file that a cell names holds; the inner error says why it was not read, the outer one that nothing else can be.
    pub(super) fn read(&mut self, cell: &str, limit: u64) -> Result<std::result::Result<Vec<u8>, Unread>> {
        let Some(name) = inside(cell) else { return Ok(Err(Unread::Outside)) };
        match &mut self.kind {
            Kind::Folder(folder) => {
                let read = beneath::open(folder, &name).and_then(|file| read_all(file, limit));
                Ok(read.map_err(|error| match unread(error) {
                    Unread::Missing if is_in_other_form(&folder.join(&name)) => Unread::OtherForm,
                    other => other,
                }))
            }
            Kind::Archive { zip, path, left, most } => {
                let member = name.to_string_lossy();
                let entry = match zip.by_name(&member) {
                    Ok(entry) => entry,
                    Err(ZipError::FileNotFound) => return Ok(Err(Unread::Missing)),
                    Err(error) => return Err(damaged(&path.join(&name), &error)),
                };
                let limit = limit.min(*left);
                let mut bytes = Vec::new();
                let copied = entry.take(limit.saturating_add(1)).read_to_end(&mut bytes);
                copied.map_err(|error| damaged(&path.join(&name), &error))?;
                if bytes.len() as u64 > *left {
                    let (path, limit) = (path.clone(), *most);
                    return Err(Failure::new(Exit::Dataset, Refused::UnpacksToMore { path, limit }));
                }
                if bytes.len() as u64 > limit {
                    return Ok(Err(Unread::TooLarge { limit }));
                }
                *left -= bytes.len() as u64;
                Ok(Ok(bytes))
            }
        }
    }
}

/// A path beneath a folder, without `./`; `None` for one that leads elsewhere.
pub(super) fn inside(cell: &str) -> Option<PathBuf> {
    let slashed = cell.replace('\\', "/");
    let parts = Path::new(&slashed).components().filter(|part| *part != Component::CurDir);
    let names = parts.map(|part| match part {
        Component::Normal(name) => Some(name),
        _ => None,
    });
    names.collect::<Option<PathBuf>>().filter(|path| !path.as_os_str().is_empty())
}

fn unread(error: io::Error) -> Unread {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Unread::Missing,
        // What the kernel says of a link where none may be.
        _ if error.raw_os_error() == Some(ELOOP) => Unread::Link,
        _ => Unread::System { error: error.said() },
    }
}

/// "Too many levels of symbolic links".
const ELOOP: i32 = 40;

fn refused(path: PathBuf, what: Unread) -> Failure {
    Failure::new(Exit::Dataset, Refused::Table { path, what: Box::new(what) })
}

fn damaged(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    let error = error.to_string().replace(['\n', '\r'], " ");
    Failure::new(Exit::Dataset, Refused::Archive { path: path.to_owned(), error })
}

/// A member of an archive as a file without a name.
fn taken_out(archive: &Path, member: &str, scratch: &Directory) -> Result<File> {
    let mut outer = open_regular(archive).at(Doing::Open, archive)?;
    let size = outer.seek(SeekFrom::End(0)).at(Doing::Read, archive)?;
    let limit = size.saturating_mul(RATIO).max(UNSUSPICIOUS);
    let mut zip = ZipArchive::new(outer).map_err(|error| damaged(archive, &error))?;
    let entry = zip.by_name(member).map_err(|error| damaged(&archive.join(member), &error))?;
    let mut file = tempfile::tempfile_in(scratch.path()).at(Doing::WriteInto, scratch.path())?;
    let copied = io::copy(&mut entry.take(limit + 1), &mut file);
    let copied = copied.map_err(|error| damaged(&archive.join(member), &error))?;
    if copied > limit {
        let path = archive.join(member);
        return Err(Failure::new(Exit::Dataset, Refused::UnpacksToMore { path, limit }));
    }
    file.flush().and_then(|()| file.rewind()).at(Doing::WriteInto, scratch.path())?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside() {
        for (cell, due) in [
            ("./outputs/0_0000/0.csv", Some("outputs/0_0000/0.csv")),
            (".\\outputs\\0.png", Some("outputs/0.png")),
            ("a/./b.png", Some("a/b.png")),
            ("../a.png", None),
            ("a/../../b.png", None),
            ("/etc/passwd", None),
            ("./", None),
            ("", None),
        ] {
            assert_eq!(inside(cell), due.map(PathBuf::from), "{cell}");
        }
    }
}
