//! What came of a source, as data.

use std::path::PathBuf;

use nnc_dataset::UnusedParts;

use crate::left_out::LeftOut;
use crate::shaping::Mode;
use crate::source::Kind;

/// What was made, what was changed on the way, and what was left out and why.
#[derive(Debug, Clone)]
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
    /// Files that are not in the dataset.
    pub left_out: Vec<LeftOut>,
    /// Images that belong together, where that was asked for.
    pub groups: Option<Grouped>,
    /// Images that training and test have in common.
    pub leaks: Vec<Leak>,
    /// What else the user should know.
    pub notes: Vec<Note>,
}

/// One table.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Csv {
    /// File name.
    pub file: String,
    /// Images.
    pub rows: usize,
}

/// Groups of images, none of which is in both tables.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Grouped {
    /// Whether they were found by likeness, which can be wrong.
    pub by_likeness: bool,
    /// How many there are, those of one image included.
    pub groups: usize,
    /// The first table.
    pub file: String,
    /// Percent of the rows that were asked for in it.
    pub asked: u8,
    /// Percent of the rows that are in it.
    pub got: f64,
    /// Those of several images, the largest first.
    pub several: Vec<Group>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// The table that it is in.
    pub csv: String,
    /// Its images in the dataset.
    pub images: Vec<String>,
}

/// One class folder.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Class {
    /// Its label.
    pub label: usize,
    /// Its folder in the source.
    pub name: String,
    /// Its folder in the dataset.
    pub folder: String,
    /// Images in it.
    pub found: usize,
    /// Images made of them.
    pub converted: usize,
}

/// An image that is not quite what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Its path in the source.
    pub path: String,
    /// Its path in the dataset.
    pub output: String,
    /// What was done.
    pub changes: Vec<Change>,
}

/// What was done to an image, other than giving it a new size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Its pixels were changed.
    Pixels(nnc_dataset::Change),
    /// It got another name, since a second image would have had the same.
    Renamed,
}

impl Change {
    /// The short name, such as `alpha-dropped`, for programs.
    pub fn name(self) -> &'static str {
        match self {
            Change::Pixels(change) => change.name(),
            Change::Renamed => "renamed",
        }
    }
}

/// One image in two places.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
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

/// One thing the user should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The class folders lie inside other folders, where NNC would find no image.
    Wrapped {
        /// These folders, with `/`.
        folders: String,
    },
    /// The source is of another kind than its name says.
    UnusualName {
        /// The source.
        source: PathBuf,
        /// What it is.
        kind: Kind,
    },
    /// The folder whose name says that it holds normal images has a label other than 0.
    NormalIsNotZero {
        /// The folder with label 0.
        first: String,
        /// The folder of normal images.
        normal: String,
    },
    /// More images lie deeper than those that were taken.
    MoreBelow {
        /// How many.
        images: usize,
        /// One of them.
        example: String,
    },
    /// Rows of the dataset to compare with hold no image.
    NotCompared {
        /// How many.
        missing: usize,
        /// Of how many.
        rows: usize,
        /// The dataset.
        dataset: PathBuf,
    },
    /// Links of the source lead out of it, so that files from elsewhere are among its files.
    FromElsewhere {
        /// How many.
        files: usize,
        /// One of them.
        example: String,
    },
    /// Something of images is not used.
    Unused(UnusedParts),
    /// The folder that was replaced could not be removed.
    OldRemains {
        /// What the system said.
        reason: String,
        /// Where it is now.
        path: PathBuf,
    },
}
