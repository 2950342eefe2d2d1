//! Creates NNC datasets from archives and folders of images, as NNC's dialog and `nnabla_cli
//! create_image_classification_dataset` do (NNC contract 3).
//!
//! Classes, labels, names, geometry, pixels and tables are NNC's. What NNC drops or mixes up without a word is reported
//! in a [`Summary`]: images left out and why, names that would collide, images that training and test have in common.
//! Archives are third-party files: nothing of them is unpacked to disk, and every size is checked before it is used.
//!
//! [`create`] is the way from one end to the other; each step is a file of its own:
//!
//! 1. read: `source` finds the files, `layout` decides which of them become which rows;
//! 2. shape: `images` decodes them, brings them to size and colour (`shape`, `resize`) and writes them;
//! 3. split: `groups` finds what belongs together, `split` gives each row to one of the two tables;
//! 4. write: `tables` writes the tables, `output` gives the finished folder its name;
//! 5. list: `leaks`, `grouped`, `notes` and `summary` say what came of it.
//!
//! Does not know about languages, the command line, plugins, projects or jobs: errors and the summary are data, and the
//! crate `nnc-messages` makes sentences of them.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod error;
mod grouped;
mod groups;
mod images;
mod layout;
mod leaks;
mod left_out;
mod mark;
mod memory;
mod notes;
mod options;
mod output;
mod resize;
mod shape;
mod shaping;
mod source;
mod split;
mod summary;
mod tables;
mod watch;

use std::collections::BTreeSet;
use std::path::Path;

use groups::Groups;
use images::Maker;
use layout::Layout;
use output::Output;
use source::Source;

pub use error::{ArchiveDefect, CreateError, Excess, NoImage, Obstacle, OptionError, SourceKind, UnsafeName};
pub use left_out::{LeftOut, NameDefect, ReadDefect, Reason};
pub use mark::mark_of;
pub use nnc_dataset::AlphaPolicy;
pub use options::{Grouping, Limits, Options};
pub use output::staging_of;
pub use regex::Regex;
pub use shaping::{Mode, Shaping};
pub use source::Kind;
pub use summary::{Change, Changed, Class, Csv, Group, Grouped, Leak, Note, Summary};
pub use watch::{Stage, Watch};

/// Makes the folder `outdir` with the images of `source` (a folder or an archive) and its tables.
///
/// After an error nothing is left of it, and an earlier folder of that name is as it was.
pub fn create(source: &Path, outdir: &Path, options: &Options, watch: &Watch<'_>) -> Result<Summary, CreateError> {
    options.check()?;
    let opened = Source::open(source, options.limits)?;
    if opened.kind() == Kind::Folder {
        output::refuse_nesting(source, outdir)?;
    }
    let output = Output::begin(outdir, options.force)?;

    // Read.
    (watch.stage)(Stage::Files);
    let listing = opened.list()?;
    let Layout { wrapping, classes, items, wanted, mut left_out } =
        layout::layout(source, &listing, matches!(options.group, Some(Grouping::Folder)))?;
    left_out.extend(listing.left_out);
    let from_elsewhere = listing.from_elsewhere;
    let against = options.against.as_deref().map(leaks::Compared::open).transpose()?;

    // Shape.
    (watch.stage)(Stage::Images);
    let folders = classes.iter().map(|class| &class.folder).chain(items.iter().map(|item| &item.folder));
    for folder in folders.collect::<BTreeSet<_>>() {
        output.folder(folder)?;
    }
    let by_likeness = matches!(options.group, Some(Grouping::Likeness));
    let with_fingerprints = against.is_some() || by_likeness || (1..100).contains(&options.ratio2);
    let maker = Maker { source, options, output: &output, watch, with_fingerprints };
    let images = maker.make(&items, opened.supply(&wanted)?.as_ref())?;
    if images.made.is_empty() {
        let (path, found, first) = (source.to_owned(), items.len(), images.left_out.into_iter().next());
        return Err(CreateError::NothingConverted { path, found, first: first.map(Box::new) });
    }

    // Split and write.
    (watch.stage)(Stage::Csvs);
    let found = |grouping| Groups::find(&images.made, grouping, watch.cancelled);
    let groups = options.group.as_ref().map(found).transpose()?;
    let split = split::split(&images.made, options, groups.as_ref());
    let csvs = tables::write(&output, &images.made, &split, options, groups.as_ref())?;

    // List.
    let leaks = leaks::find(&images.made, &split, options, against.as_ref());
    let groups = groups.map(|groups| grouped::describe(&groups, &images.made, &split, options));
    let classes = images.counted(classes);
    left_out.extend(images.left_out);
    left_out.sort_by(|a, b| a.path.cmp(&b.path));
    let mut notes = notes::on_source(source, opened.kind(), &wrapping);
    notes.extend(from_elsewhere.map(|(files, example)| Note::FromElsewhere { files, example }));
    notes.extend(notes::on_result(&classes, &left_out, items.len()));
    notes.extend(images.unused.into_iter().map(Note::Unused));
    notes.extend(against.as_ref().and_then(leaks::Compared::note));
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
        converted: images.made.len(),
        changed: images.changed,
        left_out,
        groups,
        leaks,
        notes,
    };
    if (watch.cancelled)() {
        return Err(CreateError::Interrupted);
    }
    summary.notes.extend(output.publish(&(watch.describe)(&summary), &options.shaping())?);
    (watch.stage)(Stage::Done);
    Ok(summary)
}
