//! A folder on disk. It is the user's own, so links in it are followed, as NNC does.

use std::fs;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use nnc_files::open_regular;

use super::listing::{Entry, Listing};
use super::name;
use super::supply::{ReadProblem, Supply};
use crate::error::{CreateError, one_line};
use crate::left_out::{LeftOut, NameDefect, ReadDefect, Reason};
use crate::options::Limits;

/// Folders deeper than this are not looked into.
const DEPTH: usize = 8;

/// Files of a folder. Their places are their positions in the walk, which are not used.
pub(crate) fn list(root: &Path, limits: &Limits) -> Result<Listing, CreateError> {
    let mut listing = Listing::default();
    let home = fs::canonicalize(root).map_err(|error| CreateError::unreadable(root, error))?;
    let leaves = |path: &Path| fs::canonicalize(path).is_ok_and(|real| !real.starts_with(&home));
    let number = |found: &fs::Metadata| (found.dev(), found.ino());
    let start = fs::metadata(root).map_err(|error| CreateError::unreadable(root, error))?;
    let mut waiting = vec![(root.to_owned(), Vec::new(), false, vec![number(&start)])];
    // Links can make very many folders of a few.
    let mut folders = 0;
    while let Some((folder, above, is_elsewhere, around)) = waiting.pop() {
        folders += 1;
        if folders > limits.files {
            return Err(CreateError::TooManyFiles { path: root.to_owned(), limit: limits.files });
        }
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if above.is_empty() => return Err(CreateError::unreadable(&folder, error)),
            Err(error) => {
                listing.left_out.push(LeftOut::new(above.join("/"), unreadable(error)));
                continue;
            }
        };
        for entry in entries {
            let entry = entry.map_err(|error| CreateError::unreadable(&folder, error))?;
            let file_name = entry.file_name();
            let shown = [above.as_slice(), &[file_name.to_string_lossy().into_owned()]].concat();
            let problem = match file_name.to_str() {
                None => Some(NameDefect::NotUtf8),
                Some(text) => name::check(&[text]),
            };
            if let Some(problem) = problem {
                listing.left_out.push(LeftOut::new(one_line(shown.join("/")), Reason::BadName(problem)));
                continue;
            }
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            let is_elsewhere = if is_link { leaves(&entry.path()) } else { is_elsewhere };
            match fs::metadata(entry.path()) {
                Ok(found) if found.is_dir() => {
                    listing.has_folder = true;
                    // A link to a folder around it leads to nothing new.
                    if shown.len() < DEPTH && !around.contains(&number(&found)) {
                        let around = [around.as_slice(), &[number(&found)]].concat();
                        waiting.push((entry.path(), shown, is_elsewhere, around));
                    }
                }
                Ok(found) if found.is_file() => {
                    let place = listing.entries.len();
                    if is_elsewhere {
                        listing.from_elsewhere.get_or_insert_with(|| (0, shown.join("/"))).0 += 1;
                    }
                    listing.add(shown, place);
                }
                Ok(_) => listing.left_out.push(LeftOut::new(shown.join("/"), Reason::NoFile)),
                Err(error) => listing.left_out.push(LeftOut::new(shown.join("/"), unreadable(error))),
            }
            if listing.entries.len() as u64 > limits.files {
                return Err(CreateError::TooManyFiles { path: root.to_owned(), limit: limits.files });
            }
        }
    }
    Ok(listing)
}

/// Reads files by their paths.
pub(crate) struct FolderSupply {
    wanted: Vec<PathBuf>,
    next: AtomicUsize,
    max_bytes: u64,
}

impl FolderSupply {
    pub(crate) fn new(root: &Path, wanted: &[Entry], limits: &Limits) -> Self {
        let wanted = wanted.iter().map(|entry| root.join(entry.path.join("/"))).collect();
        Self { wanted, next: AtomicUsize::new(0), max_bytes: limits.file_bytes }
    }
}

impl Supply for FolderSupply {
    fn next(&self, buffer: &mut Vec<u8>) -> Option<(usize, Result<(), ReadProblem>)> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.wanted.get(index)?;
        buffer.clear();
        let read = open_regular(path).and_then(|file| file.take(self.max_bytes + 1).read_to_end(buffer));
        let outcome = match read {
            Err(error) => Err(ReadProblem::File(ReadDefect::Failed(one_line(error)))),
            Ok(bytes) if bytes as u64 > self.max_bytes => {
                Err(ReadProblem::File(ReadDefect::TooLarge { limit: self.max_bytes }))
            }
            Ok(_) => Ok(()),
        };
        Some((index, outcome))
    }
}

fn unreadable(error: std::io::Error) -> Reason {
    Reason::Unreadable(ReadDefect::Failed(one_line(error)))
}
