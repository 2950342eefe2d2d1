//! What a dataset is made with.

use std::path::PathBuf;

use nnc_dataset::AlphaPolicy;
use regex::Regex;

use crate::error::{CreateError, OptionError};
use crate::shaping::{MAX_SIDE, Mode, Shaping};

/// The longest name of a column, in bytes.
const LONGEST_COLUMN: usize = 200;

/// How the group of an image is found.
#[derive(Debug, Clone)]
pub enum Grouping {
    /// Stems of file names that match alike belong together: the first group of the expression, or all of the match. One
    /// that does not match is compared whole.
    Stem(Regex),
    /// The same of the path in the table, such as `./0/part12_1.png`; one that does not match is a group of its own.
    Path(Regex),
    /// The folders below the class folders, where images are looked for then: `part12` for `0/part12/1.png`, in every class.
    /// An image that lies right in its class folder is a group of its own.
    Folder,
    /// Images that seem to show the same part.
    Likeness,
}

/// What a dataset is made with. Sizes and ratios are checked by [`crate::create`].
#[derive(Debug, Clone)]
pub struct Options {
    /// Pixels across, 1 to 16384.
    pub width: usize,
    /// Pixels down, 1 to 16384.
    pub height: usize,
    /// 1 for grey, 3 for RGB.
    pub channels: usize,
    /// How images get the right proportions.
    pub mode: Mode,
    /// Mixes the rows, always in the same way for the same seed and files.
    pub shuffle: Option<u64>,
    /// Name of the first CSV.
    pub file1: String,
    /// Name of the second CSV.
    pub file2: String,
    /// Percent of the rows that go to the second CSV, 0 to 100.
    pub ratio2: u8,
    /// Which images stay in one CSV.
    pub group: Option<Grouping>,
    /// A column of the CSVs that names the group of each image, without the `#` that hides it from NNC.
    pub group_column: Option<String>,
    /// What to do with transparency.
    pub alpha: AlphaPolicy,
    /// Whether 16-bit images are scaled to 8 bits; NNC takes their low bytes.
    pub scale_sixteen_bit: bool,
    /// Another dataset that must not have images in common with this one.
    pub against: Option<PathBuf>,
    /// Whether a folder that an earlier call made is replaced.
    pub force: bool,
    /// What third-party archives may cost.
    pub limits: Limits,
    /// Threads; 0 means one per processor.
    pub threads: usize,
}

impl Options {
    /// What becomes of each image.
    pub(crate) fn shaping(&self) -> Shaping {
        let Self { width, height, channels, mode, alpha, scale_sixteen_bit, .. } = *self;
        Shaping { width, height, channels, mode, alpha, scale_sixteen_bit }
    }

    /// Whether the sizes, ratios and names make sense.
    pub(crate) fn check(&self) -> Result<(), CreateError> {
        let wrong = |error: OptionError| Err(CreateError::Option(error));
        let sides = 1..=MAX_SIDE;
        if !sides.contains(&self.width) {
            return wrong(OptionError::Width { found: self.width, limit: MAX_SIDE });
        }
        if !sides.contains(&self.height) {
            return wrong(OptionError::Height { found: self.height, limit: MAX_SIDE });
        }
        if !matches!(self.channels, 1 | 3) {
            return wrong(OptionError::Channels(self.channels));
        }
        if self.ratio2 > 100 {
            return wrong(OptionError::Ratio2(self.ratio2));
        }
        if !is_csv_name(&self.file1) {
            return wrong(OptionError::File1(self.file1.clone()));
        }
        if !is_csv_name(&self.file2) {
            return wrong(OptionError::File2(self.file2.clone()));
        }
        if (1..100).contains(&self.ratio2) && self.file1.to_lowercase() == self.file2.to_lowercase() {
            return wrong(OptionError::SameFiles(self.file1.clone()));
        }
        if let Some(name) = self.group_column.as_ref().filter(|name| !is_column_name(name)) {
            return wrong(OptionError::GroupColumn(name.clone()));
        }
        Ok(())
    }
}

/// Whether a name can be that of a column: not only `#`, on one line, and no novel.
fn is_column_name(name: &str) -> bool {
    let plain = name.len() <= LONGEST_COLUMN && !name.chars().any(char::is_control);
    plain && !name.trim_start_matches(['#', ' ']).is_empty()
}

/// Whether a name is that of a table: no folders, nothing hidden, the right extension.
fn is_csv_name(name: &str) -> bool {
    let plain = !name.contains(['/', '\\']) && !name.starts_with('.') && !name.chars().any(char::is_control);
    plain && name.to_lowercase().ends_with(".csv")
}

/// What an archive may hold, so that none can fill the disk or the memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Files and folders.
    pub files: u64,
    /// Bytes of all files, unpacked.
    pub total_bytes: u64,
    /// Bytes of one file, unpacked.
    pub file_bytes: u64,
    /// Unpacked bytes for each packed one, asked for once more than 16 MiB are unpacked.
    pub ratio: u64,
    /// Pixels of one image.
    pub pixels: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { files: 1_000_000, total_bytes: 256 << 30, file_bytes: 512 << 20, ratio: 200, pixels: 100_000_000 }
    }
}

/// Unpacked bytes below which no ratio is suspicious: drawn images of one colour shrink a thousandfold.
const SMALL: u64 = 16 << 20;

impl Limits {
    /// Whether `unpacked` bytes out of `packed` are a bomb.
    pub(crate) fn is_bomb(&self, packed: u64, unpacked: u64) -> bool {
        unpacked > SMALL && unpacked / self.ratio.max(1) > packed
    }
}
