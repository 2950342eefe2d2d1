//! Makes NNC data sets from archives and folders of images, as NNC's dialog and `nnabla_cli
//! create_image_classification_dataset` do (NNC contract 3).
//!
//! Classes, labels, names, geometry, pixels and tables are NNC's. What NNC drops or mixes up without a word is told in
//! a [`Summary`]: images left out and why, names that would collide, images that training and test have in common.
//! Archives are strangers' files: nothing of them is unpacked to disk, and every size is checked before it is used.
//!
//! This crate does not know about plugins, jobs, projects or the command line.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod convert;
mod error;
mod language;
mod layout;
mod leaks;
mod options;
mod output;
mod resize;
mod shape;
mod source;
mod split;
mod summary;

use std::path::Path;

use convert::Outcome;
use language::Text;
use layout::{Item, Layout};
use output::Output;
use source::Source;

pub use error::CreateError;
pub use nnc_dataset::AlphaPolicy;
pub use options::{Limits, Mode, Options};
pub use regex::Regex;
pub use source::Kind;
pub use summary::{Changed, Class, Csv, Leak, LeftOut, Summary};

/// The largest side of the images that are made.
const MAX_SIDE: usize = 16_384;
/// Names of folders that hold normal images.
const NORMAL: [&str; 7] = ["good", "normal", "ok", "pass", "正常", "良品", "正常品"];

/// The steps that NNC logs, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Looking for images.
    Files,
    /// Converting them.
    Images,
    /// Writing the tables.
    Csvs,
    /// All is done.
    Done,
}

impl Stage {
    /// NNC's words.
    pub fn words(self) -> &'static str {
        match self {
            Stage::Files => "Creating file list...",
            Stage::Images => "Creating output images...",
            Stage::Csvs => "Creating CSV files...",
            Stage::Done => "Dataset was successfully created.",
        }
    }
}

/// The ear and the hand of whoever waits.
pub struct Watch<'a> {
    /// Hears of every step as it begins.
    pub stage: &'a (dyn Fn(Stage) + Sync),
    /// Hears how many of how many images are done, from any thread.
    pub progress: &'a (dyn Fn(u64, u64) + Sync),
    /// Is asked before every image whether to stop.
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
}

/// Makes the folder `outdir` with the images of `source` (a folder or an archive) and its tables.
///
/// After an error nothing is left of it, and an earlier folder of that name is as it was.
pub fn create(source: &Path, outdir: &Path, options: &Options, watch: &Watch<'_>) -> Result<Summary, CreateError> {
    check(options)?;
    let opened = Source::open(source, options.limits)?;
    if opened.kind() == Kind::Folder {
        refuse_nesting(source, outdir)?;
    }
    let output = Output::begin(outdir, options.force)?;
    (watch.stage)(Stage::Files);
    let mut listing = opened.list()?;
    let Layout { wrapping, mut classes, items, wanted, mut left_out } = layout::layout(source, &listing)?;
    left_out.append(&mut listing.left_out);
    let against = options.against.as_deref().map(leaks::Other::open).transpose()?;

    (watch.stage)(Stage::Images);
    for class in &classes {
        output.folder(&class.folder)?;
    }
    let supply = opened.supply(&wanted)?;
    let with_prints = against.is_some() || (1..100).contains(&options.ratio2);
    let outcomes = convert::convert(source, &items, options, &output, supply.as_ref(), watch, with_prints)?;
    let mut made: Vec<(&Item, Option<nnc_dataset::Fingerprint>)> = Vec::new();
    let mut changed = Vec::new();
    for (item, outcome) in items.iter().zip(outcomes) {
        match outcome {
            Outcome::LeftOut(why) => left_out.push(why),
            Outcome::Made { changes, print } => {
                let mut names: Vec<&'static str> = changes.into_iter().map(nnc_dataset::Change::name).collect();
                if item.renamed {
                    names.push("renamed");
                }
                if !names.is_empty() {
                    changed.push(Changed { path: item.source.clone(), output: item.path(), changes: names });
                }
                if let Some(class) = classes.get_mut(item.label) {
                    class.converted += 1;
                }
                made.push((item, print));
            }
        }
    }
    left_out.sort_by(|a, b| a.path.cmp(&b.path));
    if made.is_empty() {
        let first = left_out.iter().find(|one| items.iter().any(|item| item.source == one.path));
        return Err(CreateError::NothingConverted {
            path: source.to_owned(),
            found: items.len(),
            first: first.map_or_else(String::new, |one| one.path.clone()),
            reason: first.map_or_else(String::new, |one| one.reason.clone()),
        });
    }

    (watch.stage)(Stage::Csvs);
    let (first, second) = halves(&made, options);
    let mut csvs = Vec::new();
    for (file, rows) in [(&options.file1, &first), (&options.file2, &second)] {
        if !rows.is_empty() {
            output.write(file, table(&made, rows)?.as_bytes())?;
            csvs.push(Csv { file: file.clone(), rows: rows.len() });
        }
    }
    let leaks = leaks::find(&made, &first, &second, options, against.as_ref());
    let mut summary = Summary {
        source: source.display().to_string(),
        kind: opened.kind(),
        outdir: outdir.display().to_string(),
        width: options.width,
        height: options.height,
        channels: options.channels,
        mode: options.mode,
        csvs,
        classes,
        found: items.len(),
        converted: made.len(),
        changed,
        left_out,
        leaks,
        notes: notes(source, opened.kind(), &wrapping),
    };
    let doubts = doubts(&summary);
    summary.notes.extend(doubts);
    summary.notes.extend(against.as_ref().and_then(leaks::Other::note));
    if (watch.cancelled)() {
        return Err(CreateError::Interrupted);
    }
    let facts = serde_json::to_value(&summary).map_err(|error| CreateError::unwritable(outdir, error))?;
    if let Some((old, error)) = output.publish(&facts)? {
        summary.notes.push(Text::OldRemains.with(&[&error, &old.display()]));
    }
    (watch.stage)(Stage::Done);
    Ok(summary)
}

fn check(options: &Options) -> Result<(), CreateError> {
    let usage = |text: String| Err(CreateError::Usage(text));
    for (side, pixels) in [("width", options.width), ("height", options.height)] {
        if !(1..=MAX_SIDE).contains(&pixels) {
            return usage(Text::SideIs.with(&[&side, &pixels, &MAX_SIDE]));
        }
    }
    if !matches!(options.channels, 1 | 3) {
        return usage(Text::ChannelsAre.with(&[&options.channels]));
    }
    if options.ratio2 > 100 {
        return usage(Text::RatioIs.with(&[&options.ratio2]));
    }
    for (option, name) in [("file1", &options.file1), ("file2", &options.file2)] {
        let plain = !name.contains(['/', '\\']) && !name.starts_with('.') && !name.chars().any(char::is_control);
        if !plain || !name.to_lowercase().ends_with(".csv") {
            return usage(Text::FileIs.with(&[&option, &format!("{name:?}")]));
        }
    }
    if options.ratio2 > 0 && options.ratio2 < 100 && options.file1.to_lowercase() == options.file2.to_lowercase() {
        return usage(Text::SameFiles.with(&[&options.file1]));
    }
    Ok(())
}

/// A data set inside its own source would be a class of it the next time.
fn refuse_nesting(source: &Path, outdir: &Path) -> Result<(), CreateError> {
    let real = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_default();
    let (source, outdir) = (real(source), real(outdir));
    if source == outdir {
        return Err(CreateError::SameFolder { path: source });
    }
    if outdir.starts_with(&source) {
        return Err(CreateError::Nested { inner: outdir, outer: source });
    }
    if source.starts_with(&outdir) {
        return Err(CreateError::Nested { inner: source, outer: outdir });
    }
    Ok(())
}

fn halves(made: &[(&Item, Option<nnc_dataset::Fingerprint>)], options: &Options) -> split::Halves {
    let order: Vec<usize> = match options.shuffle {
        None => (0..made.len()).collect(),
        Some(seed) => {
            let names: Vec<String> = made.iter().map(|(item, _)| item.path()).collect();
            split::shuffled(&names, seed)
        }
    };
    match &options.group_by {
        None => split::split(order, options.ratio2),
        Some(pattern) => {
            let stems: Vec<String> = made.iter().map(|(item, _)| item.stem.clone()).collect();
            split::split_by_group(order, options.ratio2, &stems, pattern)
        }
    }
}

/// A table as NNC writes it: `\n`, no byte order mark, quotes only where they are needed.
fn table(made: &[(&Item, Option<nnc_dataset::Fingerprint>)], rows: &[usize]) -> Result<String, CreateError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let failed = |error: String| CreateError::Usage(Text::NoTable.with(&[&error]));
    writer.write_record(["x:image", "y:label"]).map_err(|error| failed(error.to_string()))?;
    for (item, _) in rows.iter().filter_map(|&row| made.get(row)) {
        let record = [format!("./{}", item.path()), item.label.to_string()];
        writer.write_record(record).map_err(|error| failed(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| failed(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| failed(error.to_string()))
}

/// What looks as if something else had been meant.
fn doubts(summary: &Summary) -> Vec<String> {
    let mut doubts = Vec::new();
    let is_normal = |class: &&Class| NORMAL.contains(&class.name.to_lowercase().as_str());
    let normal = summary.classes.iter().find(is_normal).filter(|class| class.label != 0);
    if let (Some(first), Some(normal)) = (summary.classes.first().filter(|first| !is_normal(first)), normal) {
        doubts.push(Text::NormalIsNot.with(&[&first.name, &normal.name]));
    }
    let deeper: Vec<&LeftOut> = summary.left_out.iter().filter(|one| one.kind == layout::TOO_DEEP).collect();
    if let Some(first) = deeper.first().filter(|_| deeper.len() > summary.found) {
        doubts.push(Text::MoreBelow.with(&[&deeper.len(), &first.path]));
    }
    doubts
}

fn notes(source: &Path, kind: Kind, wrapping: &[String]) -> Vec<String> {
    let mut notes = Vec::new();
    if !wrapping.is_empty() {
        notes.push(Text::Wrapped.with(&[&wrapping.join("/")]));
    }
    let name = source.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let (what, usual): (Text, &[&str]) = match kind {
        Kind::Folder => return notes,
        Kind::Zip => (Text::AZip, &[".zip"]),
        Kind::Tar => (Text::ATar, &[".tar"]),
        Kind::TarGz => (Text::ATarGz, &[".tar.gz", ".tgz", ".gz"]),
    };
    if !usual.iter().any(|ending| name.ends_with(ending)) {
        notes.push(Text::WhateverItsName.with(&[&source.display(), &what.with(&[])]));
    }
    notes
}
