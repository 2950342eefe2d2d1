//! What an evaluation has finished, on the disk beside its results: after a kill, a full disk or Ctrl-C the next one goes
//! on from there.
//!
//! `checkpoint.json` says what is evaluated with what, one line for each thing that the results depend on. `checkpoint.rows`
//! gets a line for each batch when its results are written: a CRC-32 in hex, a space, and a [`Batch`] as JSON. A line that
//! was cut off or damaged ends what counts.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::job::outdir::remove;
use nnc_files::write_atomically;
use nnc_messages::Doing;
use nnc_messages::{At, Result};

/// Name of the file that says what is evaluated.
pub(crate) const IDENTITY: &str = "checkpoint.json";
/// Name of the file with the finished batches.
pub(crate) const ROWS: &str = "checkpoint.rows";

/// Everything that results depend on: names for people, and values that can be compared.
pub(crate) type Identity = Map<String, Value>;

/// Rows that were scored together and are finished.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Batch {
    /// Seconds of scoring up to here.
    pub(crate) seconds: f64,
    /// How much of the table is written.
    pub(crate) table: Extent,
    pub(crate) rows: Vec<Row>,
}

/// A row that is finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    /// The image score, bit by bit: it may be no number.
    pub(crate) score: u32,
    /// CRC-32 of its result files, one after the other.
    pub(crate) files: u32,
    /// CRC-32 of sizes and times of the files that the row names.
    pub(crate) source: u32,
}

/// The first bytes of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Extent {
    pub(crate) bytes: u64,
    /// CRC-32 of them.
    pub(crate) crc: u32,
}

/// The files while an evaluation runs.
pub(crate) struct Checkpoint {
    path: PathBuf,
    rows: File,
}

/// What an earlier evaluation left.
#[derive(Debug, PartialEq)]
pub(crate) enum Found {
    Nothing,
    /// Another evaluation, which differs in these.
    Other(Vec<String>),
    /// One of the same, with these batches.
    Same(Vec<Batch>),
}

impl Checkpoint {
    /// Empties `folder` and begins anew.
    pub(crate) fn begin(folder: &Path, identity: &Identity) -> Result<Self> {
        for entry in fs::read_dir(folder).at(Doing::Read, folder)? {
            remove(&entry.at(Doing::Read, folder)?.path())?;
        }
        let path = folder.join(IDENTITY);
        write_atomically(&path, &serde_json::to_vec_pretty(identity)?).at(Doing::Write, &path)?;
        Self::go_on(folder, &[])
    }

    /// Goes on after `kept`, and forgets what came after them.
    pub(crate) fn go_on(folder: &Path, kept: &[Batch]) -> Result<Self> {
        let path = folder.join(ROWS);
        let mut lines = Vec::new();
        for batch in kept {
            lines.extend(line(batch)?);
        }
        write_atomically(&path, &lines).at(Doing::Write, &path)?;
        let rows = OpenOptions::new().append(true).open(&path).at(Doing::Open, &path)?;
        Ok(Self { path, rows })
    }

    /// What `folder` holds of an evaluation like this one.
    pub(crate) fn find(folder: &Path, identity: &Identity) -> Found {
        // One that cannot be read is one that cannot be trusted.
        let Some(there) = fs::read(folder.join(IDENTITY)).ok().and_then(|text| serde_json::from_slice(&text).ok())
        else {
            return Found::Nothing;
        };
        let batches = read(folder);
        if batches.is_empty() {
            return Found::Nothing;
        }
        let there: Identity = there;
        let names = identity.keys().chain(there.keys().filter(|name| !identity.contains_key(*name)));
        let other: Vec<String> = names.filter(|name| identity.get(*name) != there.get(*name)).cloned().collect();
        if other.is_empty() { Found::Same(batches) } else { Found::Other(other) }
    }

    /// Notes a batch. Its results have to be written before.
    pub(crate) fn add(&mut self, batch: &Batch) -> Result<()> {
        // In one piece, so that a kill leaves the line whole or not at all.
        self.rows.write_all(&line(batch)?).at(Doing::Write, &self.path)
    }
}

/// How many rows an evaluation that was interrupted has left in `folder`.
pub(crate) fn rows_kept(folder: &Path) -> usize {
    read(folder).iter().map(|batch| batch.rows.len()).sum()
}

/// The batches up to the first line that is not whole.
fn read(folder: &Path) -> Vec<Batch> {
    let Ok(file) = File::open(folder.join(ROWS)) else { return Vec::new() };
    let lines = BufReader::new(file).lines().map_while(std::result::Result::ok);
    lines.map_while(|line| parse(&line)).collect()
}

fn line(batch: &Batch) -> Result<Vec<u8>> {
    let text = serde_json::to_string(batch)?;
    Ok(format!("{:08x} {text}\n", crc32fast::hash(text.as_bytes())).into_bytes())
}

fn parse(line: &str) -> Option<Batch> {
    let (crc, text) = line.split_once(' ')?;
    let crc = u32::from_str_radix(crc, 16).ok()?;
    if crc != crc32fast::hash(text.as_bytes()) {
        return None;
    }
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn identity(threads: usize) -> Identity {
        [("model".to_owned(), json!("ab12")), ("threads".to_owned(), json!(threads))].into_iter().collect()
    }

    fn batch(rows: u32) -> Batch {
        let row = |score| Row { score: (score as f32).to_bits(), files: score * 7, source: score * 11 };
        Batch { seconds: 0.1, table: Extent { bytes: 77, crc: 5 }, rows: (0..rows).map(row).collect() }
    }

    #[test]
    fn what_was_noted_is_found() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Checkpoint::find(folder.path(), &identity(2)), Found::Nothing);
        fs::write(folder.path().join("report.html"), "of an older one").unwrap();
        let mut checkpoint = Checkpoint::begin(folder.path(), &identity(2)).unwrap();
        assert!(!folder.path().join("report.html").exists());
        // Nothing is done yet, so nothing is lost by beginning anew.
        assert_eq!(Checkpoint::find(folder.path(), &identity(3)), Found::Nothing);
        let mut nan = batch(3);
        nan.rows[1].score = f32::NAN.to_bits();
        for batch in [&batch(4), &nan] {
            checkpoint.add(batch).unwrap();
        }
        assert_eq!(Checkpoint::find(folder.path(), &identity(2)), Found::Same(vec![batch(4), nan]));
        assert_eq!(Checkpoint::find(folder.path(), &identity(3)), Found::Other(vec!["threads".to_owned()]));
        let mut longer = identity(2);
        longer.insert("rule".to_owned(), json!("max"));
        assert_eq!(Checkpoint::find(folder.path(), &longer), Found::Other(vec!["rule".to_owned()]));
        assert_eq!(rows_kept(folder.path()), 7);
    }

    #[test]
    fn going_on_forgets_what_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut checkpoint = Checkpoint::begin(folder.path(), &identity(2)).unwrap();
        for rows in [4, 3, 2] {
            checkpoint.add(&batch(rows)).unwrap();
        }
        Checkpoint::go_on(folder.path(), &[batch(4)]).unwrap().add(&batch(1)).unwrap();
        assert_eq!(Checkpoint::find(folder.path(), &identity(2)), Found::Same(vec![batch(4), batch(1)]));
    }

    #[test]
    fn a_line_that_is_cut_off_or_damaged_anywhere_ends_what_counts() {
        let folder = tempfile::tempdir().unwrap();
        let mut checkpoint = Checkpoint::begin(folder.path(), &identity(2)).unwrap();
        checkpoint.add(&batch(4)).unwrap();
        let path = folder.path().join(ROWS);
        let first = fs::metadata(&path).unwrap().len() as usize;
        checkpoint.add(&batch(3)).unwrap();
        let whole = fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            // A line counts once its last character is there; only the line break may be missing.
            let due = if cut + 1 >= whole.len() { 7 } else { 4 * usize::from(cut + 1 >= first) };
            assert_eq!(rows_kept(folder.path()), due, "cut at {cut}");
        }
        for place in 0..whole.len() - 1 {
            let mut damaged = whole.clone();
            damaged[place] ^= 1;
            fs::write(&path, &damaged).unwrap();
            assert!(rows_kept(folder.path()) < 7, "damaged at {place}");
        }
    }
}
