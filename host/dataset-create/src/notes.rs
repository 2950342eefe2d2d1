//! What the user should know about a dataset that was created all the same.

use std::path::Path;

use crate::left_out::{LeftOut, Reason};
use crate::source::Kind;
use crate::summary::{Class, Note};

/// Names of folders that hold normal images.
const NORMAL: [&str; 7] = ["good", "normal", "ok", "pass", "正常", "良品", "正常品"];

/// Notes on the source: folders around the class folders, a name that does not suit its content.
pub(crate) fn on_source(source: &Path, kind: Kind, wrapping: &[String]) -> Vec<Note> {
    let mut notes = Vec::new();
    if !wrapping.is_empty() {
        notes.push(Note::Wrapped { folders: wrapping.join("/") });
    }
    let name = source.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let usual: &[&str] = match kind {
        Kind::Folder => return notes,
        Kind::Zip => &[".zip"],
        Kind::Tar => &[".tar"],
        Kind::TarGz => &[".tar.gz", ".tgz", ".gz"],
    };
    if !usual.iter().any(|ending| name.ends_with(ending)) {
        notes.push(Note::UnusualName { source: source.to_owned(), kind });
    }
    notes
}

/// Notes on the result: what looks as if something else had been meant. `found` is the number of images in class folders.
pub(crate) fn on_result(classes: &[Class], left_out: &[LeftOut], found: usize) -> Vec<Note> {
    let mut notes = Vec::new();
    let is_normal = |class: &&Class| NORMAL.contains(&class.name.to_lowercase().as_str());
    let normal = classes.iter().find(is_normal).filter(|class| class.label != 0);
    if let (Some(first), Some(normal)) = (classes.first().filter(|first| !is_normal(first)), normal) {
        notes.push(Note::NormalIsNotZero { first: first.name.clone(), normal: normal.name.clone() });
    }
    let deeper: Vec<&LeftOut> = left_out.iter().filter(|one| one.reason == Reason::TooDeep).collect();
    if let Some(first) = deeper.first().filter(|_| deeper.len() > found) {
        notes.push(Note::MoreBelow { images: deeper.len(), example: first.path.clone() });
    }
    notes
}
