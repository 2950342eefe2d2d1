//! Uploads: files on their way into the folder. Each is written to the disk as it arrives and gets its name when it is whole, so
//! that one that is cut off leaves nothing; what is accepted is a list of kinds, and no program is among them.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use nnc_files::beneath;
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

/// Files of one upload. A dataset of more is packed.
const MOST_FILES: usize = 200_000;
/// What stays free on the disk.
const RESERVE: u64 = 256 << 20;
/// Uploads that nobody used go after so many seconds.
const OLD: f64 = 7.0 * 86_400.0;
/// Kinds of files, by their endings. What else a folder of photographs holds is not needed.
const ENDINGS: [&str; 20] = [
    "zip", "tar", "tgz", "gz", "csv", "png", "jpg", "jpeg", "bmp", "gif", "tif", "tiff", "webp", "npy", "toml",
    "sdcproj", "ini", "nntxt", "prototxt", "txt",
];
/// What programs and libraries begin with: ELF, Windows, Mach-O, scripts.
const PROGRAMS: [&[u8]; 7] =
    [b"\x7fELF", b"MZ", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!"];

/// Bytes that tell a program.
const BEGINNING: usize = 4;

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
}

/// What is counted of an upload while the studio is open.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    files: usize,
    bytes: u64,
    arriving: usize,
}

impl Uploads {
    /// The uploads that an earlier studio has left. What was arriving then is gone, and so is what is old.
    pub(crate) fn new(workspace: Arc<Workspace>, max_bytes: u64) -> Self {
        let uploads = Self { workspace, max_bytes, seen: Mutex::default() };
        for name in uploads.workspace.names(UPLOADS).unwrap_or_default() {
            let Ok(id) = Id::new(&name) else { continue };
            let _ = uploads.workspace.remove(folder(&id).join(ARRIVING));
            match uploads.about(&id) {
                Ok(about) if epoch_seconds() - about.created < OLD => {
                    let (files, bytes) = count(&uploads.workspace.at(folder(&id).join(FILES)));
                    uploads.lock().insert(id, Seen { files, bytes, arriving: 0 });
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
        let Seen { files, bytes, arriving } = self.lock().get(id).copied().unwrap_or_default();
        Ok(Upload { id: id.clone(), kind, name, files, bytes, created, busy: used || arriving > 0 })
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
        self.lock().remove(id);
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

    /// Prepares for a file of `length` bytes.
    pub(crate) fn receive(self: &Arc<Self>, id: &Id, path: PathBuf, length: u64) -> Result<Arrival> {
        let about = self.about(id)?;
        let name = path.to_string_lossy().into_owned();
        kind_of(&path)?;
        if length > self.max_bytes {
            let why = Why::FileTooLarge { name, limit: self.max_bytes };
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", why));
        }
        let free = self.workspace.free();
        if length.saturating_add(RESERVE) > free {
            let why = Why::NoSpace { needed: length, free: free.saturating_sub(RESERVE) };
            return Err(Refusal::new(StatusCode::INSUFFICIENT_STORAGE, "no-space", why));
        }
        let part = folder(id).join(ARRIVING).join(Id::fresh('p')?);
        {
            let mut seen = self.lock();
            let of_upload = seen.entry(id.clone()).or_default();
            if about.kind.is_one_file() && (of_upload.files + of_upload.arriving > 0 || path.components().count() > 1) {
                return Err(Refusal::conflict("one-file", Why::OneFile { kind: about.kind.name() }));
            }
            if of_upload.files + of_upload.arriving >= MOST_FILES {
                return Err(Refusal::conflict("too-many-files", Why::TooManyFiles { most: MOST_FILES }));
            }
            of_upload.arriving += 1;
        }
        // From here on the arrival takes its place back.
        let mut arrival = Arrival {
            uploads: Arc::clone(self),
            id: id.clone(),
            part,
            path,
            file: None,
            beginning: Vec::new(),
            got: 0,
            length,
            is_whole: false,
        };
        self.workspace.make(folder(id).join(ARRIVING))?;
        arrival.file = Some(beneath::create(self.workspace.path(), &arrival.part)?);
        Ok(arrival)
    }
}

/// A file that arrives; when it is dropped before it is whole, it was never there.
pub(crate) struct Arrival {
    uploads: Arc<Uploads>,
    id: Id,
    /// Where it lies meanwhile.
    part: PathBuf,
    /// Its name in the upload.
    path: PathBuf,
    file: Option<File>,
    /// Its first bytes, which tell what it is.
    beginning: Vec<u8>,
    got: u64,
    length: u64,
    is_whole: bool,
}

impl Arrival {
    /// Takes what has arrived.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        // It may come a byte at a time.
        let missing = BEGINNING.saturating_sub(self.beginning.len());
        self.beginning.extend(bytes.iter().take(missing));
        if missing > 0 && PROGRAMS.iter().any(|magic| self.beginning.starts_with(magic)) {
            return Err(program(&self.path));
        }
        self.got += bytes.len() as u64;
        if self.got > self.length {
            let why = Why::FileTooLarge { name: self.path.display().to_string(), limit: self.length };
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", why));
        }
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes)).map_err(Refusal::from)
    }

    /// The file is whole if it has its length; gives it its name.
    pub(crate) fn finish(mut self) -> Result<Id> {
        if self.got != self.length {
            let why = Why::CutShort { got: self.got, expected: self.length };
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "cut-short", why));
        }
        drop(self.file.take());
        let workspace = &self.uploads.workspace;
        let target = folder(&self.id).join(FILES).join(&self.path);
        // Somebody may have cancelled the upload meanwhile; its folder is not made again.
        self.uploads.about(&self.id)?;
        if let Some(parent) = target.parent() {
            workspace.make(parent)?;
        }
        let replaced = workspace.facts(&target).ok().map(|(bytes, _)| bytes);
        workspace.rename(&self.part, &target)?;
        self.is_whole = true;
        if let Some(seen) = self.uploads.lock().get_mut(&self.id) {
            seen.files += usize::from(replaced.is_none());
            seen.bytes = seen.bytes.saturating_sub(replaced.unwrap_or(0)) + self.got;
        }
        Ok(self.id.clone())
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        if let Some(seen) = self.uploads.lock().get_mut(&self.id) {
            seen.arriving = seen.arriving.saturating_sub(1);
        }
        if !self.is_whole {
            drop(self.file.take());
            let _ = self.uploads.workspace.remove(&self.part);
        }
    }
}

fn folder(id: &Id) -> PathBuf {
    PathBuf::from(UPLOADS).join(id)
}

fn program(path: &Path) -> Refusal {
    let why = Why::Program { name: path.display().to_string() };
    Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "file-type", why)
}

/// Fails unless files of this name are accepted.
fn kind_of(path: &Path) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    // `libx.so.1` as well.
    if name.split('.').skip(1).any(|part| matches!(part, "so" | "dll" | "dylib" | "exe")) {
        return Err(program(path));
    }
    let known = path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    if known.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
        return Ok(());
    }
    let why = Why::FileKind { name: path.display().to_string() };
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "file-type", why))
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
    fn kinds_are_known_by_their_endings_and_programs_by_more() {
        for good in ["a.zip", "x/Y.PNG", "t.tar.gz", "b.csv"] {
            kind_of(Path::new(good)).unwrap();
        }
        for bad in ["a.so", "a.so.1", "a.so.png", "a", "a.sh", "a.html", "a.PNG.exe", "Thumbs.db", "a.SO"] {
            assert_eq!(kind_of(Path::new(bad)).unwrap_err().status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{bad}");
        }
    }

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
}
