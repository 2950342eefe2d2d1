//! What an evaluation has finished, on the disk beside its results: after a kill, a full disk or Ctrl-C the next one
//! resumes there.
//!
//! `checkpoint.json` says what is evaluated with what, one line for each thing that the results depend on. `checkpoint.rows`
//! gets a line for each batch when its results are written: a CRC-32 in hex, a space, and a [`Batch`] as JSON. A line that
//! was cut off or damaged ends what counts.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::directory::Directory;
use crate::error::{Action, During, Result};
use crate::names::{CHECKPOINT, CHECKPOINT_ROWS};

/// Everything that results depend on: names for people, and values that can be compared.
pub type Identity = Map<String, Value>;

/// Rows that were scored together and are finished.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Seconds of scoring up to here.
    pub seconds: f64,
    /// How much of the table is written.
    pub table: Extent,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row that is finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The image score, bit by bit: it may be no number.
    pub score: u32,
    /// CRC-32 of its result files, one after the other.
    pub files: u32,
    /// CRC-32 of sizes and times of the files that the row names.
    pub source: u32,
}

/// The first bytes of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// How many.
    pub bytes: u64,
    /// CRC-32 of them.
    pub crc: u32,
}

/// The files while an evaluation runs.
pub struct Checkpoint {
    path: PathBuf,
    rows: File,
}

/// What an earlier evaluation left.
#[derive(Debug, PartialEq)]
pub enum Found {
    /// Nothing that could be resumed.
    Nothing,
    /// Another evaluation.
    Other {
        /// How many rows it has finished.
        rows: usize,
        /// What it differs in.
        differences: Vec<String>,
    },
    /// One of the same, with these batches.
    Same(Vec<Batch>),
}

impl Checkpoint {
    /// Empties `folder` and begins with nothing.
    ///
    /// # Errors
    /// What could not be removed or written.
    pub fn begin(folder: &Directory, identity: &Identity) -> Result<Self> {
        folder.clear_except(&[])?;
        let text = serde_json::to_vec_pretty(identity).during(Action::Write, &folder.file(CHECKPOINT))?;
        folder.write_whole(CHECKPOINT, &text)?;
        Self::resume(folder, &[])
    }

    /// Continues after `kept`, and forgets what came after them.
    ///
    /// # Errors
    /// What could not be written.
    pub fn resume(folder: &Directory, kept: &[Batch]) -> Result<Self> {
        let path = folder.file(CHECKPOINT_ROWS);
        let lines: Result<Vec<Vec<u8>>> = kept.iter().map(|batch| line(batch).during(Action::Write, &path)).collect();
        folder.write_whole(CHECKPOINT_ROWS, &lines?.concat())?;
        Ok(Self { rows: folder.append(CHECKPOINT_ROWS)?, path })
    }

    /// What `folder` holds of an evaluation like this one.
    pub fn find(folder: &Directory, identity: &Identity) -> Found {
        // One that cannot be read is one that cannot be trusted.
        let Some(there) = folder.read(CHECKPOINT).ok().and_then(|text| serde_json::from_slice(&text).ok()) else {
            return Found::Nothing;
        };
        let batches = read(folder);
        if batches.is_empty() {
            return Found::Nothing;
        }
        let there: Identity = there;
        let names = identity.keys().chain(there.keys().filter(|name| !identity.contains_key(*name)));
        let differences: Vec<String> = names.filter(|name| identity.get(*name) != there.get(*name)).cloned().collect();
        if differences.is_empty() {
            return Found::Same(batches);
        }
        Found::Other { rows: batches.iter().map(|batch| batch.rows.len()).sum(), differences }
    }

    /// Notes a batch. Its results have to be written before.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn add(&mut self, batch: &Batch) -> Result<()> {
        let line = line(batch).during(Action::Write, &self.path)?;
        // In one piece, so that a kill leaves the line whole or not at all.
        self.rows.write_all(&line).during(Action::Write, &self.path)
    }
}

/// How many rows an evaluation that was interrupted has finished in the staging folder `folder`.
pub(crate) fn rows_in(folder: &Directory) -> usize {
    read(folder).iter().map(|batch| batch.rows.len()).sum()
}

/// The batches up to the first line that is not whole.
fn read(folder: &Directory) -> Vec<Batch> {
    let Ok(file) = folder.open(CHECKPOINT_ROWS) else { return Vec::new() };
    let lines = BufReader::new(file).lines().map_while(std::result::Result::ok);
    lines.map_while(|line| parse(&line)).collect()
}

fn line(batch: &Batch) -> serde_json::Result<Vec<u8>> {
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
    use std::fs;

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
        let temporary = tempfile::tempdir().unwrap();
        let folder = Directory::new(temporary.path());
        assert_eq!(Checkpoint::find(&folder, &identity(2)), Found::Nothing);
        folder.write("report.html", b"of an older one").unwrap();
        let mut checkpoint = Checkpoint::begin(&folder, &identity(2)).unwrap();
        assert!(!folder.has("report.html"));
        // Nothing is done yet, so nothing is lost by beginning with the first row.
        assert_eq!(Checkpoint::find(&folder, &identity(3)), Found::Nothing);
        let mut nan = batch(3);
        nan.rows[1].score = f32::NAN.to_bits();
        for batch in [&batch(4), &nan] {
            checkpoint.add(batch).unwrap();
        }
        assert_eq!(Checkpoint::find(&folder, &identity(2)), Found::Same(vec![batch(4), nan]));
        assert_eq!(
            Checkpoint::find(&folder, &identity(3)),
            Found::Other { rows: 7, differences: vec!["threads".to_owned()] }
        );
        let mut longer = identity(2);
        longer.insert("rule".to_owned(), json!("max"));
        assert_eq!(Checkpoint::find(&folder, &longer), Found::Other { rows: 7, differences: vec!["rule".to_owned()] });
        assert_eq!(rows_in(&folder), 7);
    }

    #[test]
    fn resuming_forgets_what_is_not_kept() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Directory::new(temporary.path());
        let mut checkpoint = Checkpoint::begin(&folder, &identity(2)).unwrap();
        for rows in [4, 3, 2] {
            checkpoint.add(&batch(rows)).unwrap();
        }
        Checkpoint::resume(&folder, &[batch(4)]).unwrap().add(&batch(1)).unwrap();
        assert_eq!(Checkpoint::find(&folder, &identity(2)), Found::Same(vec![batch(4), batch(1)]));
    }

    #[test]
    fn a_line_that_is_cut_off_or_damaged_anywhere_ends_what_counts() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Directory::new(temporary.path());
        let mut checkpoint = Checkpoint::begin(&folder, &identity(2)).unwrap();
        checkpoint.add(&batch(4)).unwrap();
        let path = folder.file(CHECKPOINT_ROWS);
        let first = fs::metadata(&path).unwrap().len() as usize;
        checkpoint.add(&batch(3)).unwrap();
        let whole = fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            // A line counts once its last character is there; only the line break may be missing.
            let due = if cut + 1 >= whole.len() { 7 } else { 4 * usize::from(cut + 1 >= first) };
            assert_eq!(rows_in(&folder), due, "cut at {cut}");
        }
        for place in 0..whole.len() - 1 {
            let mut damaged = whole.clone();
            damaged[place] ^= 1;
            fs::write(&path, &damaged).unwrap();
            assert!(rows_in(&folder) < 7, "damaged at {place}");
        }
    }
}
