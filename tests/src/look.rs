//! Eyes for what the program leaves: log lines, archives, tables, whole folders.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use zip::{CompressionMethod, ZipArchive};

/// Length of `2026-01-31 23:59:59,123 `.
const STAMP: &str = "0000-00-00 00:00:00,000 ";

/// Whether a line looks as every line of a job's log has to (NNC contract 9.1).
pub fn is_log_line(line: &str) -> bool {
    let Some((stamp, rest)) = line.split_at_checked(STAMP.len()) else { return false };
    let fits = |(found, due): (char, char)| if due == '0' { found.is_ascii_digit() } else { found == due };
    let levels = ["DEBUG", "INFO", "WARNING", "ERROR"];
    stamp.chars().zip(STAMP.chars()).all(fits)
        && match rest.split_once("]: ") {
            Some(("[worker", text)) => levels.iter().any(|level| text.starts_with(&format!("[{level}]: "))),
            Some(("[nnabla", text)) => !text.is_empty(),
            _ => false,
        }
}

/// What one speaker, `worker` or `nnabla`, says in a log, without times.
pub fn said<'a>(log: &'a str, speaker: &str) -> Vec<&'a str> {
    let mark = format!("[{speaker}]: ");
    log.lines().filter_map(|line| line.split_at_checked(STAMP.len())?.1.strip_prefix(&mark)).collect()
}

/// A member of a zip archive.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Name with its folders.
    pub name: String,
    /// Whether it is stored without compression.
    pub stored: bool,
    /// Content.
    pub bytes: Vec<u8>,
}

/// Members of a zip archive in their order.
pub fn members(path: &Path) -> Vec<Member> {
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut member = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            let stored = member.compression() == CompressionMethod::Stored;
            Member { name: member.name().unwrap().into_owned(), stored, bytes }
        })
        .collect()
}

/// An anomaly map: rows of numbers.
pub fn rows(text: &str) -> Vec<Vec<f32>> {
    text.lines().map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect()
}

/// Every file below a folder with its content, by path relative to it.
pub fn snapshot(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, files);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    walk(folder, folder, &mut files);
    files
}
