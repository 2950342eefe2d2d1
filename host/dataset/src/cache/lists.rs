//! The small CSV files of a cache: which chunks there are, what they hold and in which order.

use std::collections::HashSet;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

use nnc_files::open_regular;

use crate::error::{CacheError, ListExpected, ListFound};
use crate::limits::MAX_COLUMNS;
use crate::records::{Records, Stop};

/// What a list may have. Lines are looked at one after the other and not kept, but each cell costs memory meanwhile.
struct Limits {
    bytes: u64,
    cells: usize,
    /// Chunks or variables, which are kept.
    lines: usize,
}

/// The order of 10 million samples takes a fifth of these bytes and 20 million cells.
const LIMITS: Limits = Limits { bytes: 1 << 30, cells: 1 << 27, lines: MAX_COLUMNS };

/// Characters of a line that a message shows.
const EXCERPT: usize = 60;

/// One line of `cache_index.csv`.
#[derive(Debug)]
pub(super) struct Entry {
    /// The chunk, which is there.
    pub(super) path: PathBuf,
    /// Samples in it.
    pub(super) rows: usize,
}

/// The chunks in order; at least one.
pub(super) fn index(folder: &Path) -> Result<Vec<Entry>, CacheError> {
    index_within(folder, &LIMITS)
}

fn index_within(folder: &Path, limits: &Limits) -> Result<Vec<Entry>, CacheError> {
    let file = folder.join("cache_index.csv");
    let mut entries = Vec::new();
    let found = read(&file, limits, &mut |line, cells| {
        let parsed = match cells {
            [name, rows] => rows.parse().ok().filter(|rows| *rows > 0).map(|rows: usize| (name, rows)),
            _ => None,
        };
        // A chunk lies in the cache itself; nothing leads a reader out of it.
        let inside =
            |name: &str| matches!(Path::new(name).components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
        let Some((name, rows)) = parsed.filter(|(name, _)| inside(name)) else {
            return Err(wrong(&file, line, cells, ListExpected::Chunk));
        };
        let path = folder.join(name);
        if !path.is_file() {
            return Err(CacheError::NoChunk { file: file.clone(), line, chunk: (*name).to_string() });
        }
        kept(&file, line, entries.len(), limits)?;
        entries.push(Entry { path, rows });
        Ok(())
    })?;
    if !found {
        return Err(CacheError::NoIndex { cache: folder.to_path_buf() });
    }
    if entries.is_empty() {
        return Err(CacheError::Empty { file, expected: ListExpected::LinePerChunk });
    }
    Ok(entries)
}

/// The variables in the order of the records in a chunk; `None` for a cache of HDF5 chunks, which has no such list.
pub(super) fn info(folder: &Path) -> Result<Option<Vec<String>>, CacheError> {
    let file = folder.join("cache_info.csv");
    let mut names: Vec<String> = Vec::new();
    let mut known = HashSet::new();
    let found = read(&file, &LIMITS, &mut |line, cells| match cells {
        [name] if known.insert((*name).to_string()) => {
            kept(&file, line, names.len(), &LIMITS)?;
            names.push((*name).to_string());
            Ok(())
        }
        _ => Err(wrong(&file, line, cells, ListExpected::Variable)),
    })?;
    match (found, names.is_empty()) {
        (false, _) => Ok(None),
        (true, true) => Err(CacheError::Empty { file, expected: ListExpected::LinePerVariable }),
        (true, false) => Ok(Some(names)),
    }
}

/// For each of `rows` samples the row of `original.csv` it came from; `None` where that is its own number.
pub(super) fn order(folder: &Path, rows: usize) -> Result<Option<Vec<usize>>, CacheError> {
    let file = folder.join("order.csv");
    let mut order: Vec<Option<u32>> = vec![None; rows];
    let mut taken = vec![false; rows];
    let mut count = 0;
    let found = read(&file, &LIMITS, &mut |line, cells| {
        count = line;
        let pair: Option<(usize, u32)> = match cells {
            [sample, row] => sample.parse().ok().zip(row.parse().ok()),
            _ => None,
        };
        let slots = pair.and_then(|(sample, row)| Some((order.get_mut(sample)?, taken.get_mut(row as usize)?, row)));
        match slots {
            Some((slot @ None, taken @ false, row)) => {
                *slot = Some(row);
                *taken = true;
                Ok(())
            }
            _ => Err(wrong(&file, line, cells, ListExpected::Order { last: rows - 1 })),
        }
    })?;
    if !found {
        return Ok(None);
    }
    let order: Option<Vec<usize>> = order.into_iter().map(|row| row.map(|row| row as usize)).collect();
    order.map(Some).ok_or_else(|| CacheError::Line {
        file,
        line: count + 1,
        found: ListFound::EndOfList,
        expected: ListExpected::LinePerSample { samples: rows },
    })
}

/// Takes a line of a list with its number.
type Each<'a> = &'a mut dyn FnMut(u64, &[&str]) -> Result<(), CacheError>;

/// Hands the lines of a list to `each`, with their numbers; `false` when there is no such file.
fn read(path: &Path, limits: &Limits, each: Each<'_>) -> Result<bool, CacheError> {
    let failed = |reason: String| CacheError::Unreadable { file: path.to_path_buf(), reason };
    let file = match open_regular(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed(error.to_string())),
    };
    let mut bytes = Vec::new();
    file.take(limits.bytes + 1).read_to_end(&mut bytes).map_err(|error| failed(error.to_string()))?;
    if bytes.len() as u64 > limits.bytes {
        return Err(CacheError::ListTooLarge { file: path.to_path_buf(), limit: limits.bytes });
    }
    let mut records = Records::new(&bytes, limits.cells);
    let broken = |line: u64, found: ListFound, expected: ListExpected| CacheError::Line {
        file: path.to_path_buf(),
        line,
        found,
        expected,
    };
    loop {
        match records.next() {
            // Two cells are the most that any list has.
            Ok((line, record)) => match std::str::from_utf8(record.as_slice()) {
                Ok(_) => {
                    let cells = record.iter().take(3).map(|cell| std::str::from_utf8(cell).unwrap_or_default());
                    each(line, &cells.collect::<Vec<_>>())?;
                }
                Err(_) => return Err(broken(line, ListFound::NotUtf8, ListExpected::Utf8)),
            },
            Err(Stop::End) => return Ok(true),
            Err(Stop::UnclosedQuote(line)) => {
                return Err(broken(line, ListFound::OpenQuote, ListExpected::ClosingQuote));
            }
            Err(Stop::TooManyCells(line)) => {
                return Err(broken(line, ListFound::MoreCells { limit: limits.cells }, ListExpected::List));
            }
        }
    }
}

/// Refuses one more line to be kept where there are enough of them.
fn kept(file: &Path, line: u64, lines: usize, limits: &Limits) -> Result<(), CacheError> {
    if lines < limits.lines {
        return Ok(());
    }
    Err(CacheError::Line {
        file: file.to_path_buf(),
        line,
        found: ListFound::MoreLines { limit: limits.lines },
        expected: ListExpected::List,
    })
}

fn wrong(file: &Path, line: u64, cells: &[&str], expected: ListExpected) -> CacheError {
    // As much of each cell as is shown, so that a cell of a gigabyte is not copied for it.
    let cells: Vec<String> = cells.iter().map(|cell| cell.chars().take(EXCERPT).collect()).collect();
    let text: String = cells.join(",").chars().take(EXCERPT).collect();
    CacheError::Line { file: file.to_path_buf(), line, found: ListFound::Line(text), expected }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_list_that_would_fill_the_memory_is_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.npy"), "").unwrap();
        let refused = |text: &str, limits: Limits| {
            fs::write(folder.path().join("cache_index.csv"), text).unwrap();
            index_within(folder.path(), &limits).unwrap_err()
        };
        let file = folder.path().join("cache_index.csv");
        let at = |line, found, expected| CacheError::Line { file: file.clone(), line, found, expected };
        let lines = "a.npy,1\n".repeat(9);
        let small = Limits { bytes: 100, cells: 20, lines: 4 };
        let more_cells = |limit| ListFound::MoreCells { limit };
        assert_eq!(refused(&lines, small), at(5, ListFound::MoreLines { limit: 4 }, ListExpected::List));
        let few_cells = Limits { bytes: 100, cells: 5, lines: 4 };
        assert_eq!(refused(&lines, few_cells), at(3, more_cells(5), ListExpected::List));
        let small = Limits { bytes: 100, cells: 20, lines: 4 };
        assert_eq!(refused(&",".repeat(90), small), at(1, more_cells(20), ListExpected::List));
        let few_bytes = Limits { bytes: 71, cells: 20, lines: 4 };
        assert_eq!(refused(&lines, few_bytes), CacheError::ListTooLarge { file: file.clone(), limit: 71 });
        let few_bytes = Limits { bytes: 71, cells: 20, lines: 4 };
        assert_eq!(refused("\"a.npy,1\n", few_bytes), at(1, ListFound::OpenQuote, ListExpected::ClosingQuote));
    }
}
