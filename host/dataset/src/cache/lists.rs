//! The small CSV files of a cache: which chunks there are, what they hold and in which order.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

use super::CacheError;

/// The largest list that is read, in bytes; 10 million samples need a fifth of it.
const MAX_LIST_BYTES: u64 = 1 << 30;

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
    let file = folder.join("cache_index.csv");
    let Some(lines) = read(&file)? else { return Err(CacheError::NoIndex { cache: folder.to_path_buf() }) };
    let mut entries = Vec::with_capacity(lines.len());
    for (line, cells) in &lines {
        let parsed = match cells.as_slice() {
            [name, rows] => rows.parse().ok().filter(|rows| *rows > 0).map(|rows: usize| (name, rows)),
            _ => None,
        };
        // A chunk lies in the cache itself; nothing leads a reader out of it.
        let inside =
            |name: &str| matches!(Path::new(name).components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
        let Some((name, rows)) = parsed.filter(|(name, _)| inside(name)) else {
            return Err(wrong(&file, *line, cells, "a chunk of this folder and its number of samples"));
        };
        let path = folder.join(name);
        if !path.is_file() {
            return Err(CacheError::NoChunk { file, line: *line, chunk: name.clone() });
        }
        entries.push(Entry { path, rows });
    }
    if entries.is_empty() {
        return Err(CacheError::Empty { file, expected: "one line per chunk" });
    }
    Ok(entries)
}

/// The variables in the order of the records in a chunk; `None` for a cache of HDF5 chunks, which has no such list.
pub(super) fn info(folder: &Path) -> Result<Option<Vec<String>>, CacheError> {
    let file = folder.join("cache_info.csv");
    let Some(lines) = read(&file)? else { return Ok(None) };
    let mut names: Vec<String> = Vec::with_capacity(lines.len());
    for (line, cells) in &lines {
        match cells.as_slice() {
            [name] if !names.contains(name) => names.push(name.clone()),
            _ => return Err(wrong(&file, *line, cells, "the name of a variable, each once")),
        }
    }
    if names.is_empty() {
        return Err(CacheError::Empty { file, expected: "one line per variable" });
    }
    Ok(Some(names))
}

/// For each of `rows` samples the row of `original.csv` it came from; without the list that is its own number.
pub(super) fn order(folder: &Path, rows: usize) -> Result<Vec<usize>, CacheError> {
    let file = folder.join("order.csv");
    let Some(lines) = read(&file)? else { return Ok((0..rows).collect()) };
    let mut order: Vec<Option<usize>> = vec![None; rows];
    let mut taken = vec![false; rows];
    for (line, cells) in &lines {
        let pair: Option<(usize, usize)> = match cells.as_slice() {
            [sample, row] => sample.parse().ok().zip(row.parse().ok()),
            _ => None,
        };
        let slots = pair.and_then(|(sample, row)| Some((order.get_mut(sample)?, taken.get_mut(row)?, row)));
        match slots {
            Some((slot @ None, taken @ false, row)) => {
                *slot = Some(row);
                *taken = true;
            }
            _ => {
                let expected = format!("two numbers from 0 to {}, each once in its column", rows - 1);
                return Err(wrong(&file, *line, cells, &expected));
            }
        }
    }
    let found = lines.len();
    order.into_iter().collect::<Option<Vec<_>>>().ok_or_else(|| CacheError::Line {
        file,
        line: found as u64 + 1,
        found: "the end of the list".to_string(),
        expected: format!("{rows} lines, one per sample"),
    })
}

type Lines = Vec<(u64, Vec<String>)>;

/// The records of a list with their lines; `None` when there is no such file.
fn read(path: &Path) -> Result<Option<Lines>, CacheError> {
    let failed = |reason: String| CacheError::Unreadable { file: path.to_path_buf(), reason };
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error.to_string())),
    };
    let mut bytes = Vec::new();
    file.take(MAX_LIST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| failed(error.to_string()))?;
    if bytes.len() as u64 > MAX_LIST_BYTES {
        return Err(CacheError::ListTooLarge { file: path.to_path_buf(), limit: MAX_LIST_BYTES });
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| failed(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        lines.push((line, record.iter().map(str::to_string).collect()));
    }
    Ok(Some(lines))
}

fn wrong(file: &Path, line: u64, cells: &[String], expected: &str) -> CacheError {
    let text: String = cells.join(",").chars().take(60).collect();
    CacheError::Line {
        file: file.to_path_buf(),
        line,
        found: format!("\"{}\"", text.escape_debug()),
        expected: expected.to_string(),
    }
}
