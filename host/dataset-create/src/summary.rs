//! What came of a source: for people as text, for programs as JSON.

use std::fmt::{self, Display};

use nnc_language::Language;
use serde::Serialize;

use crate::language::Text;
use crate::options::Mode;
use crate::source::Kind;

/// Lines of one kind that the text shows; JSON has them all.
const SHOWN: usize = 20;

/// What was made, what was changed on the way, and what was left out and why.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// The source as given.
    pub source: String,
    /// What it is.
    pub kind: Kind,
    /// The folder that was made.
    pub outdir: String,
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// 1 or 3.
    pub channels: usize,
    /// Shaping mode.
    pub mode: Mode,
    /// The CSVs; one without rows is not made.
    pub csvs: Vec<Csv>,
    /// Classes in order of their labels.
    pub classes: Vec<Class>,
    /// Images in class folders.
    pub found: usize,
    /// Images that were made.
    pub converted: usize,
    /// Those that needed more than a new size.
    pub changed: Vec<Changed>,
    /// Files that are not in the data set.
    pub left_out: Vec<LeftOut>,
    /// Images that stand in training and test.
    pub leaks: Vec<Leak>,
    /// What else the user should know.
    pub notes: Vec<String>,
}

/// One table.
#[derive(Debug, Clone, Serialize)]
pub struct Csv {
    /// File name.
    pub file: String,
    /// Images.
    pub rows: usize,
}

/// One class folder.
#[derive(Debug, Clone, Serialize)]
pub struct Class {
    /// Its label.
    pub label: usize,
    /// Its folder in the source.
    pub name: String,
    /// Its folder in the data set.
    pub folder: String,
    /// Images in it.
    pub found: usize,
    /// Images made of them.
    pub converted: usize,
}

/// An image that is not quite what it was.
#[derive(Debug, Clone, Serialize)]
pub struct Changed {
    /// Its path in the source.
    pub path: String,
    /// Its path in the data set.
    pub output: String,
    /// What was done, in short names.
    pub changes: Vec<&'static str>,
}

/// A file that is not in the data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Its path in the source.
    pub path: String,
    /// The short name of the reason.
    pub kind: &'static str,
    /// The reason.
    pub reason: String,
}

impl LeftOut {
    pub(crate) fn new(path: impl Into<String>, kind: &'static str, reason: String) -> Self {
        Self { path: path.into(), kind, reason }
    }
}

/// One image in two places.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Leak {
    /// The one that was there first.
    pub first: String,
    /// The table it is in.
    pub first_csv: String,
    /// The other.
    pub second: String,
    /// The table it is in.
    pub second_csv: String,
    /// Whether all pixels are the same.
    pub exact: bool,
    /// How far apart they are: root mean square of 32x32 mean greys, in levels of 255.
    pub distance: f64,
}

impl Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for csv in &self.csvs {
            writeln!(f, "{}", Text::Rows.with(&[&self.outdir, &csv.file, &csv.rows]))?;
        }
        for class in &self.classes {
            f.write_str(&Text::Class.with(&[&class.label, &class.name, &class.converted, &class.found]))?;
            if class.folder != class.name {
                f.write_str(&Text::OtherFolder.with(&[&class.folder]))?;
            }
            writeln!(f)?;
        }
        for note in &self.notes {
            writeln!(f, "{}", Text::Note.with(&[note]))?;
        }
        let changed = self.changed.iter().map(|one| {
            let changes: Vec<String> = one.changes.iter().map(|change| said(change)).collect();
            Text::Change.with(&[&one.path, &one.output, &changes.join(", ")])
        });
        list(f, Text::Changed, changed)?;
        list(f, Text::LeftOut, self.left_out.iter().map(|one| format!("{}: {}", one.path, one.reason)))?;
        let leaks = self.leaks.iter().map(|one| {
            let text = if one.exact { Text::SameAs } else { Text::LevelsFrom };
            let distance = format!("{:.2}", one.distance);
            text.with(&[&one.second, &one.second_csv, &one.first, &one.first_csv, &distance])
        });
        list(f, Text::Leaks, leaks)
    }
}

/// A change for people, by its short name.
fn said(change: &str) -> String {
    let texts = [Text::AlphaDropped, Text::AlphaBlended, Text::SixteenBitScaled, Text::OneBitSpread, Text::Renamed];
    let text = texts.into_iter().find(|text| text.of(Language::English) == change);
    text.map_or_else(|| change.to_owned(), |text| text.with(&[]))
}

fn list(f: &mut fmt::Formatter<'_>, title: Text, lines: impl ExactSizeIterator<Item = String>) -> fmt::Result {
    let count = lines.len();
    if count == 0 {
        return Ok(());
    }
    writeln!(f, "{}", title.with(&[&count]))?;
    for line in lines.take(SHOWN) {
        writeln!(f, "  {line}")?;
    }
    if count > SHOWN {
        writeln!(f, "{}", Text::More.with(&[&(count - SHOWN)]))?;
    }
    Ok(())
}
