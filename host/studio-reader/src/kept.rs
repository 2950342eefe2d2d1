//! What was read last: a person who turns pages asks for the same table again and again.

use std::path::{Path, PathBuf};

use nnc_dataset::Dataset;
use nnc_files::Stamp;
use nnc_report::{Evaluation, read_evaluation};

use crate::serve::Refusal;
use crate::table::Table;

/// Tables and evaluations of each kind that are held.
const HELD: usize = 3;
/// The file whose change makes an evaluation another one.
const EVALUATION: &str = "evaluation.json";

/// What is held, the latest last.
#[derive(Default)]
pub(crate) struct Kept {
    tables: Vec<(PathBuf, Option<Stamp>, Table)>,
    evaluations: Vec<(PathBuf, Option<Stamp>, Evaluation)>,
}

impl Kept {
    /// The table at `path` as it is now.
    pub(crate) fn table(&mut self, path: &Path) -> Result<&Table, Refusal> {
        latest(&mut self.tables, path, path, || Dataset::open(path).map(Table::new).map_err(Refusal::unreadable))
    }

    /// The evaluation in `folder` as it is now.
    pub(crate) fn evaluation(&mut self, folder: &Path) -> Result<&Evaluation, Refusal> {
        let file = folder.join(EVALUATION);
        latest(&mut self.evaluations, folder, &file, || read_evaluation(folder).map_err(Refusal::unreadable))
    }
}

/// What is held for `path`, read by `read` unless `stamped` is as it was.
fn latest<'a, T>(
    held: &'a mut Vec<(PathBuf, Option<Stamp>, T)>,
    path: &Path,
    stamped: &Path,
    read: impl FnOnce() -> Result<T, Refusal>,
) -> Result<&'a T, Refusal> {
    let stamp = std::fs::metadata(stamped).ok().map(|found| Stamp::of(&found));
    let known = held.iter().position(|(known, _, _)| known == path);
    let entry = match known.map(|place| held.remove(place)) {
        Some(entry) if stamp.is_some() && entry.1 == stamp => entry,
        _ => {
            // Before the next one is read: two large tables need not fit at once.
            if held.len() >= HELD {
                held.remove(0);
            }
            (path.to_owned(), stamp, read()?)
        }
    };
    held.push(entry);
    // It was pushed a line above.
    held.last().map(|(_, _, value)| value).ok_or_else(|| Refusal::missing(String::new()))
}
