//! Uploads: files on their way into the folder. Each is written to the disk as it arrives and gets its name when it is whole, so
//! that one that is cut off leaves nothing; what is accepted is a list of kinds, and no program is among them.

mod arrival;
mod kinds;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use nnc_result_folder::epoch_seconds;
use serde::{Deserialize, Serialize};

use crate::name::{Id, Name};
use crate::refusal::{Refusal, Result};
use crate::why::Why;
use crate::workspace::{UPLOADS, Workspace};

/// The folder of an upload's files, those that arrive, and what is known of it.
pub(crate) const FILES: &str = "files";
const ARRIVING: &str = "arriving";
const ABOUT: &str = "upload.json";
const ABOUT_BYTES: u64 = 1 << 16;

/// Uploads that wait to be used.
const MOST_UPLOADS: usize = 200;
/// Files of one upload. A dataset of more is packed.
const MOST_FILES: usize = 200_000;
/// What stays free on the disk.
const RESERVE: u64 = 256 << 20;
/// Uploads that nobody used go after so many seconds.
const OLD: f64 = 7.0 * 86_400.0;
/// What an upload is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Archive,
    Folder,
    Table,
    Project,
    Masks,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Folder => "folder",
            Self::Table => "table",
            Self::Project => "project",
            Self::Masks => "masks",
        }
    }

    fn is_one_file(self) -> bool {
        matches!(self, Self::Archive | Self::Project)
    }
}

/// What is written down about an upload.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct About {
    pub(crate) kind: Kind,
    pub(crate) name: Name,
    created: f64,
}

/// An upload as the API tells it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Upload {
    id: Id,
    kind: Kind,
    name: Name,
    files: usize,
    bytes: u64,
    created: f64,
    busy: bool,
}

/// All uploads.
pub(crate) struct Uploads {
    workspace: Arc<Workspace>,
    max_bytes: u64,
    seen: Mutex<HashMap<Id, Seen>>,
    /// Bytes that are on their way: the disk has to have room for them too.
    promised: AtomicU64,
}

/// What is counted of an upload while the studio is open.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    files: usize,
    bytes: u64,
    arriving: usize,
    /// Somebody is looking at it, or makes something of it: it stays as it is.
    is_taken: bool,
}

impl Uploads {
    /// The uploads that an earlier studio has left. What was arriving then is gone, and so is what is old.
    pub(crate) fn new(workspace: Arc<Workspace>, max_bytes: u64) -> Self {
        let uploads = Self { workspace, max_bytes, seen: Mutex::default(), promised: AtomicU64::new(0) };
        for name in uploads.workspace.names(UPLOADS).unwrap_or_default() {
            let Ok(id) = Id::new(&name) else { continue };
            let _ = uploads.workspace.remove(folder(&id).join(ARRIVING));
            match uploads.about(&id) {
                Ok(about) if epoch_seconds() - about.created < OLD => {
                    let (files, bytes) = count(&uploads.workspace.at(folder(&id).join(FILES)));
                    uploads.lock().insert(id, Seen { files, bytes, ..Seen::default() });
                }
                _ => drop(uploads.workspace.remove(folder(&id))),
            }
        }
        uploads
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Id, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins one.
    pub(crate) fn begin(&self, kind: Kind, name: Name) -> Result<Upload> {
        if self.lock().len() >= MOST_UPLOADS {
            let why = Why::TooManyUploads { most: MOST_UPLOADS };
            return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too-many", why));
        }
        let id = Id::fresh('u')?;
        self.workspace.make(folder(&id).join(FILES))?;
        self.workspace.make(folder(&id).join(ARRIVING))?;
        let about = About { kind, name, created: epoch_seconds() };
        self.workspace.write(folder(&id).join(ABOUT), &serde_json::to_vec(&about).map_err(io::Error::from)?)?;
        self.lock().insert(id.clone(), Seen::default());
        self.get(&id, false)
    }

    /// What is known of one.
    pub(crate) fn about(&self, id: &Id) -> Result<About> {
        let unknown = || Why::NoUpload { id: id.to_string() };
        let bytes = self.workspace.read(folder(id).join(ABOUT), ABOUT_BYTES);
        let bytes = bytes.map_err(|error| Refusal::of_system(error, unknown))?;
        serde_json::from_slice(&bytes).map_err(|_| Refusal::missing(unknown()))
    }

    pub(crate) fn get(&self, id: &Id, used: bool) -> Result<Upload> {
        let About { kind, name, created } = self.about(id)?;
        let Seen { files, bytes, arriving, is_taken } = self.lock().get(id).copied().unwrap_or_default();
        Ok(Upload { id: id.clone(), kind, name, files, bytes, created, busy: used || is_taken || arriving > 0 })
    }

    /// All of them, the latest first.
    pub(crate) fn list(&self, used: impl Fn(&Id) -> bool) -> Vec<Upload> {
        let ids: Vec<Id> = self.lock().keys().cloned().collect();
        let mut uploads: Vec<Upload> = ids.iter().filter_map(|id| self.get(id, used(id)).ok()).collect();
        uploads.sort_by(|a, b| b.created.total_cmp(&a.created));
        uploads
    }

    /// Removes one with all that came.
    pub(crate) fn remove(&self, id: &Id) -> Result<()> {
        self.about(id)?;
        {
            let mut seen = self.lock();
            if seen.get(id).is_some_and(|seen| seen.is_taken) {
                return Err(in_use(id));
            }
            seen.remove(id);
        }
        self.workspace.remove(folder(id)).map_err(Refusal::from)
    }

    /// The finished files of an upload, in the studio's folder, once something has come and nothing is on its way.
    pub(crate) fn finished(
        &self,
        id: &Id,
        kind: &'static str,
        fits: impl Fn(Kind) -> bool,
    ) -> Result<(About, PathBuf)> {
        let about = self.about(id)?;
        if !fits(about.kind) {
            let why = Why::WrongUpload { kind: about.kind.name().to_owned(), needed: kind };
            return Err(Refusal::invalid(why).with("field", "upload"));
        }
        let seen = self.lock().get(id).copied().unwrap_or_default();
        match seen {
            Seen { arriving: 1.., .. } => Err(Refusal::conflict("busy", Why::Arriving)),
            Seen { files: 0, .. } => Err(Refusal::invalid(Why::EmptyUpload).with("field", "upload")),
            _ => Ok((about, folder(id).join(FILES))),
        }
    }

    /// As [`Uploads::finished`], and nobody changes it for as long as the value lives.
    pub(crate) fn take(
        self: &Arc<Self>,
        id: &Id,
        kind: &'static str,
        fits: impl Fn(Kind) -> bool,
    ) -> Result<(Taken, PathBuf)> {
        let (_, files) = self.finished(id, kind, fits)?;
        let mut seen = self.lock();
        match seen.get_mut(id) {
            Some(seen) if seen.is_taken || seen.arriving > 0 => Err(in_use(id)),
            Some(seen) => {
                seen.is_taken = true;
                Ok((Taken { uploads: Arc::clone(self), id: id.clone() }, files))
            }
            None => Err(Refusal::missing(Why::NoUpload { id: id.to_string() })),
        }
    }

    /// Fails unless so many bytes fit beside those that are on their way.
    fn ensure_room(&self, length: u64) -> Result<()> {
        let free = self.workspace.free();
        let needed = length.saturating_add(self.promised.load(Ordering::Relaxed));
        if needed.saturating_add(RESERVE) <= free {
            return Ok(());
        }
        let why = Why::NoSpace { needed, free: free.saturating_sub(RESERVE) };
        Err(Refusal::new(StatusCode::INSUFFICIENT_STORAGE, "no-space", why))
    }
}

/// An upload that nobody changes meanwhile.
pub(crate) struct Taken {
    uploads: Arc<Uploads>,
    id: Id,
}

impl Taken {
    /// It was used: what is left of it goes.
    pub(crate) fn used(self) {
        let (uploads, id) = (Arc::clone(&self.uploads), self.id.clone());
        drop(self);
        let _ = uploads.remove(&id);
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(seen) = self.uploads.lock().get_mut(&self.id) {
            seen.is_taken = false;
        }
    }
}

fn in_use(id: &Id) -> Refusal {
    Refusal::conflict("busy", Why::Busy { name: id.to_string() })
}

fn folder(id: &Id) -> PathBuf {
    PathBuf::from(UPLOADS).join(id)
}

/// Files and bytes in a folder of the studio's own making.
fn count(path: &Path) -> (usize, u64) {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.fold((0, 0), |(files, bytes), entry| match entry.metadata() {
        Ok(found) if found.is_dir() => {
            let (more, larger) = count(&entry.path());
            (files + more, bytes + larger)
        }
        Ok(found) if found.is_file() => (files + 1, bytes + found.len()),
        _ => (files, bytes),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let place = tempfile::tempdir().unwrap();
        let workspace = Arc::new(Workspace::open(place.path()).unwrap());
        let uploads = Arc::new(Uploads::new(Arc::clone(&workspace), 100));
        let upload = uploads.begin(Kind::Folder, Name::new("photos").unwrap()).unwrap();
        let id = upload.id.clone();
        let mut cut = uploads.receive(&id, "0/a.png".into(), 4).unwrap();
        cut.write(b"ab").unwrap();
        assert!(uploads.get(&id, false).unwrap().busy);
        cut.finish().unwrap_err();
        let mut program = uploads.receive(&id, "0/b.png".into(), 5).unwrap();
        program.write(b"\x7f").unwrap();
        program.write(b"ELF!").unwrap_err();
        drop(program);
        assert_eq!(uploads.receive(&id, "0/c.png".into(), 101).err().unwrap().status, StatusCode::PAYLOAD_TOO_LARGE);
        let (files, bytes) = count(&workspace.at(folder(&id)));
        assert_eq!((files, bytes > 0), (1, true), "only what is known of it");
        let mut whole = uploads.receive(&id, "0/a.png".into(), 4).unwrap();
        whole.write(b"ab").unwrap();
        whole.write(b"cd").unwrap();
        whole.finish().unwrap();
        let (about, files) = uploads.finished(&id, "folder", |kind| kind == Kind::Folder).unwrap();
        assert_eq!(workspace.read(files.join("0/a.png"), 9).unwrap(), b"abcd");
        assert_eq!(about.name.as_str(), "photos");
        let again = Uploads::new(Arc::clone(&workspace), 100);
        assert_eq!(again.get(&id, false).unwrap().files, 1);
        again.remove(&id).unwrap();
        assert!(!workspace.has(folder(&id)));
    }

    #[test]
    fn what_is_looked_at_stays_as_it_is() {
        let place = tempfile::tempdir().unwrap();
        let uploads = Arc::new(Uploads::new(Arc::new(Workspace::open(place.path()).unwrap()), 100));
        let id = uploads.begin(Kind::Table, Name::new("table").unwrap()).unwrap().id;
        let put = || {
            let mut arrival = uploads.receive(&id, "t.csv".into(), 1)?;
            arrival.write(b"x")?;
            arrival.finish()
        };
        put().unwrap();
        let (taken, _) = uploads.take(&id, "table", |kind| kind == Kind::Table).unwrap();
        for refused in [put().err(), uploads.remove(&id).err(), uploads.take(&id, "table", |_| true).err()] {
            assert_eq!(refused.unwrap().status, StatusCode::CONFLICT);
        }
        drop(taken);
        put().unwrap();
        uploads.take(&id, "table", |_| true).unwrap().0.used();
        assert_eq!(put().unwrap_err().status, StatusCode::NOT_FOUND);
    }

    #[test]
    fn room_is_promised_once() {
        let place = tempfile::tempdir().unwrap();
        let uploads = Arc::new(Uploads::new(Arc::new(Workspace::open(place.path()).unwrap()), u64::MAX));
        let id = uploads.begin(Kind::Folder, Name::new("photos").unwrap()).unwrap().id;
        let most = uploads.workspace.free() - RESERVE;
        let first = uploads.receive(&id, "a.png".into(), most / 2).unwrap();
        let refused = uploads.receive(&id, "b.png".into(), most / 2 + most / 4).err().unwrap();
        assert_eq!(refused.status, StatusCode::INSUFFICIENT_STORAGE);
        drop(first);
        drop(uploads.receive(&id, "b.png".into(), most / 2 + most / 4).unwrap());
        assert_eq!(uploads.promised.load(Ordering::Relaxed), 0);
    }
}
