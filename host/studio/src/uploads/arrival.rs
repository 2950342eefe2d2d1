//! One file on its way: written as it arrives, given its name when it is whole, and gone when it does not become so.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use nnc_files::beneath;

use super::kinds::{BEGINNING, is_program, kind_of, program};
use super::{ARRIVING, FILES, MOST_FILES, Uploads, folder, in_use};
use crate::name::Id;
use crate::refusal::{Refusal, Result};
use crate::why::Why;

/// Bytes after which the disk is asked for room again.
const LOOK: u64 = 32 << 20;

impl Uploads {
    /// Prepares for a file of `length` bytes.
    pub(crate) fn receive(self: &Arc<Self>, id: &Id, path: PathBuf, length: u64) -> Result<Arrival> {
        let about = self.about(id)?;
        let name = path.to_string_lossy().into_owned();
        kind_of(&path)?;
        if length > self.max_bytes {
            let why = Why::FileTooLarge { name, limit: self.max_bytes };
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", why));
        }
        self.ensure_room(length)?;
        let part = folder(id).join(ARRIVING).join(Id::fresh('p')?);
        {
            let mut seen = self.lock();
            let of_upload = seen.entry(id.clone()).or_default();
            if about.kind.is_one_file() && (of_upload.files + of_upload.arriving > 0 || path.components().count() > 1) {
                return Err(Refusal::conflict("one-file", Why::OneFile { kind: about.kind.name() }));
            }
            if of_upload.is_taken {
                return Err(in_use(id));
            }
            if of_upload.files + of_upload.arriving >= MOST_FILES {
                return Err(Refusal::conflict("too-many-files", Why::TooManyFiles { most: MOST_FILES }));
            }
            of_upload.arriving += 1;
        }
        self.promised.fetch_add(length, Ordering::Relaxed);
        // From here on the arrival takes its place back.
        let mut arrival = Arrival {
            uploads: Arc::clone(self),
            id: id.clone(),
            part,
            path,
            file: None,
            beginning: Vec::new(),
            unlooked: 0,
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
    /// Bytes since the disk was last asked for room.
    unlooked: u64,
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
        if missing > 0 && is_program(&self.beginning) {
            return Err(program(&self.path));
        }
        if self.got + bytes.len() as u64 > self.length {
            let why = Why::FileTooLarge { name: self.path.display().to_string(), limit: self.length };
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", why));
        }
        self.got += bytes.len() as u64;
        self.uploads.promised.fetch_sub(bytes.len() as u64, Ordering::Relaxed);
        self.unlooked += bytes.len() as u64;
        if self.unlooked > LOOK {
            // Others write to the same disk.
            self.unlooked = 0;
            self.uploads.ensure_room(0)?;
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
        // A file where its folder would be, or a folder where it would be.
        let in_the_way = |error: io::Error| match error.kind() {
            ErrorKind::NotADirectory | ErrorKind::IsADirectory | ErrorKind::AlreadyExists => {
                Refusal::exists(self.path.display())
            }
            _ => error.into(),
        };
        if let Some(parent) = target.parent() {
            workspace.make(parent).map_err(in_the_way)?;
        }
        let replaced = workspace.facts(&target).ok().map(|(bytes, _)| bytes);
        workspace.rename(&self.part, &target).map_err(in_the_way)?;
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
        self.uploads.promised.fetch_sub(self.length - self.got, Ordering::Relaxed);
        if let Some(seen) = self.uploads.lock().get_mut(&self.id) {
            seen.arriving = seen.arriving.saturating_sub(1);
        }
        if !self.is_whole {
            drop(self.file.take());
            let _ = self.uploads.workspace.remove(&self.part);
        }
    }
}
