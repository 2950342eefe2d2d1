//! A folder on disk. It is the user's own, so links in it are followed, as NNC does.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Entry, Listing, ReadProblem, Supply, name};
use crate::error::{CreateError, one_line};
use crate::language::Text;
use crate::options::Limits;
use crate::summary::LeftOut;

/// Folders deeper than this are not looked into; also what ends a loop of links.
const DEPTH: usize = 8;

/// Files of a folder. Their places are their positions in a walk, which nobody asks for.
pub(crate) fn list(root: &Path, limits: &Limits) -> Result<Listing, CreateError> {
    let mut listing = Listing::default();
    let mut waiting = vec![(root.to_owned(), Vec::new())];
    while let Some((folder, above)) = waiting.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if above.is_empty() => return Err(CreateError::unreadable(&folder, error)),
            Err(error) => {
                listing.left_out.push(LeftOut::new(above.join("/"), "unreadable", one_line(error)));
                continue;
            }
        };
        for entry in entries {
            let entry = entry.map_err(|error| CreateError::unreadable(&folder, error))?;
            let file_name = entry.file_name();
            let shown = [above.as_slice(), &[file_name.to_string_lossy().into_owned()]].concat();
            let problem = match file_name.to_str() {
                None => Some(Text::NotUtf8),
                Some(text) => name::check(&[text]),
            };
            if let Some(problem) = problem {
                listing.left_out.push(LeftOut::new(one_line(shown.join("/")), "bad-name", problem.with(&[])));
                continue;
            }
            match fs::metadata(entry.path()) {
                Ok(found) if found.is_dir() => {
                    listing.has_folder = true;
                    if shown.len() < DEPTH {
                        waiting.push((entry.path(), shown));
                    }
                }
                Ok(found) if found.is_file() => {
                    let place = listing.entries.len();
                    listing.add(shown, place);
                }
                Ok(_) => listing.left_out.push(LeftOut::new(shown.join("/"), "no-file", Text::IsDevice.with(&[]))),
                Err(error) => listing.left_out.push(LeftOut::new(shown.join("/"), "unreadable", one_line(error))),
            }
            if listing.entries.len() as u64 > limits.files {
                return Err(CreateError::Usage(Text::TooManyFiles.with(&[&root.display(), &limits.files])));
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
        let read = File::open(path).and_then(|file| file.take(self.max_bytes + 1).read_to_end(buffer));
        let outcome = match read {
            Err(error) => Err(ReadProblem::File(one_line(error))),
            Ok(bytes) if bytes as u64 > self.max_bytes => Err(ReadProblem::File(too_large(self.max_bytes))),
            Ok(_) => Ok(()),
        };
        Some((index, outcome))
    }
}

/// What is said of files above the limit.
pub(crate) fn too_large(limit: u64) -> String {
    Text::TooLarge.with(&[&limit])
}
