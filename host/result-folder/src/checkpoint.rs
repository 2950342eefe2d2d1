//! What an evaluation has finished, on the disk beside its results: after a kill, a full disk or Ctrl-C the next one
//! resumes there.
//!
//! `checkpoint.json` says what is evaluated with what, one line for each thing that the results depend on. `checkpoint.rows`
//! gets a line for each batch when its results are written: a CRC-32 of the rest in hex, a code that only this user can make
//! ([`SealKey`]), and a [`Batch`] as JSON. A line that was cut off or damaged ends what counts, and so does one with another
//! code: a folder from somebody else may hold any scores.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::directory::Directory;
use crate::error::{Action, During, Result};
use crate::names::{CHECKPOINT, CHECKPOINT_ROWS};
use crate::seal::{Seal, SealKey};

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

/// More than the rows of a million images take; what is behind it is scored again.
const MAX_BYTES: u64 = 1 << 28;
/// More than the rows of any batch take; a longer line is none of ours.
const MAX_LINE: u64 = 1 << 24;
/// Far more than the facts that results depend on take.
const MAX_IDENTITY: u64 = 1 << 24;

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
    seal: Seal,
    /// Lines so far.
    lines: usize,
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
    /// One of the same, but made by another user, on another computer, with other bytes of the plugin, or changed.
    Foreign {
        /// How many rows it has finished.
        rows: usize,
    },
    /// One of the same, with these batches.
    Same(Vec<Batch>),
}

impl Checkpoint {
    /// Empties `folder` and begins with nothing.
    ///
    /// # Errors
    /// What could not be removed or written.
    pub fn begin(folder: &Directory, identity: &Identity, key: &SealKey) -> Result<Self> {
        folder.clear_except(&[])?;
        let text = nnc_text::json::to_vec_pretty(identity).during(Action::Write, &folder.file(CHECKPOINT))?;
        folder.write_whole(CHECKPOINT, &text)?;
        Self::resume(folder, identity, key, &[])
    }

    /// Continues after `kept`, and forgets what came after them.
    ///
    /// # Errors
    /// What could not be written.
    pub fn resume(folder: &Directory, identity: &Identity, key: &SealKey, kept: &[Batch]) -> Result<Self> {
        let path = folder.file(CHECKPOINT_ROWS);
        let seal = seal(key, identity).during(Action::Write, &path)?;
        let lines =
            kept.iter().enumerate().map(|(number, batch)| line(&seal, number, batch).during(Action::Write, &path));
        folder.write_whole(CHECKPOINT_ROWS, &lines.collect::<Result<Vec<_>>>()?.concat())?;
        Ok(Self { rows: folder.append(CHECKPOINT_ROWS)?, path, seal, lines: kept.len() })
    }

    /// What `folder` holds of an evaluation like this one.
    pub fn find(folder: &Directory, identity: &Identity, key: &SealKey) -> Found {
        // One that cannot be read is one that cannot be trusted.
        let Some(there) =
            folder.read(CHECKPOINT, MAX_IDENTITY).ok().and_then(|text| serde_json::from_slice(&text).ok())
        else {
            return Found::Nothing;
        };
        let lines = read(folder);
        let rows = lines.iter().map(|line| line.batch.rows.len()).sum();
        if lines.is_empty() {
            return Found::Nothing;
        }
        let there: Identity = there;
        let names = identity.keys().chain(there.keys().filter(|name| !identity.contains_key(*name)));
        let differences: Vec<String> = names.filter(|name| identity.get(*name) != there.get(*name)).cloned().collect();
        if !differences.is_empty() {
            return Found::Other { rows, differences };
        }
        let Ok(seal) = seal(key, identity) else { return Found::Nothing };
        let own =
            lines.into_iter().enumerate().take_while(|(number, line)| seal.code(*number, &line.text) == line.code);
        let batches: Vec<Batch> = own.map(|(_, line)| line.batch).collect();
        if batches.is_empty() { Found::Foreign { rows } } else { Found::Same(batches) }
    }

    /// Notes a batch. Its results have to be written before.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn add(&mut self, batch: &Batch) -> Result<()> {
        let line = line(&self.seal, self.lines, batch).during(Action::Write, &self.path)?;
        self.lines += 1;
        // In one piece, so that a kill leaves the line whole or not at all.
        self.rows.write_all(&line).during(Action::Write, &self.path)
    }
}

/// How many rows an evaluation that was interrupted has finished in the staging folder `folder`, whoever made it.
pub(crate) fn rows_in(folder: &Directory) -> usize {
    read(folder).iter().map(|line| line.batch.rows.len()).sum()
}

/// A line that is whole.
struct Line {
    code: String,
    text: String,
    batch: Batch,
}

/// The lines up to the first that is not whole.
fn read(folder: &Directory) -> Vec<Line> {
    let Ok(file) = folder.open(CHECKPOINT_ROWS) else { return Vec::new() };
    let mut file = BufReader::new(file.take(MAX_BYTES));
    let mut line = Vec::new();
    std::iter::from_fn(|| {
        line.clear();
        file.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).ok()?;
        parse(std::str::from_utf8(&line).ok()?.trim_end_matches('\n'))
    })
    .collect()
}

fn seal(key: &SealKey, identity: &Identity) -> serde_json::Result<Seal> {
    Ok(Seal::new(key, &serde_json::to_vec(identity)?))
}

fn line(seal: &Seal, number: usize, batch: &Batch) -> serde_json::Result<Vec<u8>> {
    let text = serde_json::to_string(batch)?;
    let sealed = format!("{} {text}", seal.code(number, &text));
    Ok(format!("{:08x} {sealed}\n", crc32fast::hash(sealed.as_bytes())).into_bytes())
}

fn parse(line: &str) -> Option<Line> {
    let (crc, sealed) = line.split_once(' ')?;
    let crc = u32::from_str_radix(crc, 16).ok()?;
    if crc != crc32fast::hash(sealed.as_bytes()) {
        return None;
    }
    let (code, text) = sealed.split_once(' ')?;
    let batch = serde_json::from_str(text).ok()?;
    Some(Line { code: code.to_owned(), text: text.to_owned(), batch })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    fn identity(threads: usize) -> Identity {
        [("model".to_owned(), json!("ab12")), ("threads".to_owned(), json!(threads))].into_iter().collect()
    }

    /// The key of the tests' user.
    fn key() -> SealKey {
        serde_json::from_value(json!(vec![7; 32])).unwrap()
    }

    fn batch(rows: u32) -> Batch {
        let row = |score| Row { score: (score as f32).to_bits(), files: score * 7, source: score * 11 };
        Batch { seconds: 0.1, table: Extent { bytes: 77, crc: 5 }, rows: (0..rows).map(row).collect() }
    }

    #[test]
    fn what_was_noted_is_found() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Directory::new(temporary.path());
        assert_eq!(Checkpoint::find(&folder, &identity(2), &key()), Found::Nothing);
        folder.write("report.html", b"of an older one").unwrap();
        let mut checkpoint = Checkpoint::begin(&folder, &identity(2), &key()).unwrap();
        assert!(!folder.has("report.html"));
        // Nothing is done yet, so nothing is lost by beginning with the first row.
        assert_eq!(Checkpoint::find(&folder, &identity(3), &key()), Found::Nothing);
        let mut nan = batch(3);
        nan.rows[1].score = f32::NAN.to_bits();
        for batch in [&batch(4), &nan] {
            checkpoint.add(batch).unwrap();
        }
        assert_eq!(Checkpoint::find(&folder, &identity(2), &key()), Found::Same(vec![batch(4), nan]));
        assert_eq!(
            Checkpoint::find(&folder, &identity(3), &key()),
            Found::Other { rows: 7, differences: vec!["threads".to_owned()] }
        );
        let mut longer = identity(2);
        longer.insert("rule".to_owned(), json!("max"));
        assert_eq!(
            Checkpoint::find(&folder, &longer, &key()),
            Found::Other { rows: 7, differences: vec!["rule".to_owned()] }
        );
        assert_eq!(rows_in(&folder), 7);
    }

    #[test]
    fn what_somebody_else_wrote_is_not_believed() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Directory::new(temporary.path());
        let find = |key: &SealKey| Checkpoint::find(&folder, &identity(2), key);
        let mut checkpoint = Checkpoint::begin(&folder, &identity(2), &key()).unwrap();
        checkpoint.add(&batch(4)).unwrap();
        checkpoint.add(&batch(3)).unwrap();
        assert_eq!(find(&key()), Found::Same(vec![batch(4), batch(3)]));
        assert_eq!(find(&SealKey::unknown()), Found::Foreign { rows: 7 });
        let path = folder.file(CHECKPOINT_ROWS);
        let lines: Vec<String> = fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
        // Another score, and a new CRC-32, as anybody can make it.
        let forged = |line: &str| {
            let sealed = line.split_once(' ').unwrap().1.replace("\"score\":0", "\"score\":1148829696");
            format!("{:08x} {sealed}", crc32fast::hash(sealed.as_bytes()))
        };
        let write = |lines: [&str; 2]| fs::write(&path, lines.join("\n") + "\n").unwrap();
        write([&forged(&lines[0]), &lines[1]]);
        assert_eq!(find(&key()), Found::Foreign { rows: 7 });
        write([&lines[0], &forged(&lines[1])]);
        assert_eq!(find(&key()), Found::Same(vec![batch(4)]));
        // In another order, and those of another evaluation.
        write([&lines[1], &lines[0]]);
        assert_eq!(find(&key()), Found::Foreign { rows: 7 });
        write([&lines[0], &lines[1]]);
        folder.write_whole(CHECKPOINT, &serde_json::to_vec(&identity(3)).unwrap()).unwrap();
        assert_eq!(Checkpoint::find(&folder, &identity(3), &key()), Found::Foreign { rows: 7 });
    }

    #[test]
    fn resuming_forgets_what_is_not_kept() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Directory::new(temporary.path());
        let mut checkpoint = Checkpoint::begin(&folder, &identity(2), &key()).unwrap();
        for rows in [4, 3, 2] {
            checkpoint.add(&batch(rows)).unwrap();
        }
        Checkpoint::resume(&folder, &identity(2), &key(), &[batch(4)]).unwrap().add(&batch(1)).unwrap();
        assert_eq!(Checkpoint::find(&folder, &identity(2), &key()), Found::Same(vec![batch(4), batch(1)]));
    }

    #[test]
    fn a_line_without_an_end_takes_little_memory() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Directory::new(temporary.path());
        let mut checkpoint = Checkpoint::begin(&folder, &identity(2), &key()).unwrap();
        checkpoint.add(&batch(4)).unwrap();
        let file = fs::File::options().append(true).open(folder.file(CHECKPOINT_ROWS)).unwrap();
        let end = file.metadata().unwrap().len();
        file.set_len(1 << 40).unwrap();
        assert_eq!(rows_in(&folder), 4);
        // The longest line that counts is as long as that of a batch of a hundred thousand.
        file.set_len(end).unwrap();
        checkpoint.add(&batch(100_000)).unwrap();
        assert_eq!(rows_in(&folder), 100_004);
    }

    #[test]
    fn a_line_that_is_cut_off_or_damaged_anywhere_ends_what_counts() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Directory::new(temporary.path());
        let mut checkpoint = Checkpoint::begin(&folder, &identity(2), &key()).unwrap();
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
