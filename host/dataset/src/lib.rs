//! Datasets the way Neural Network Console (NNC) stores them: a CSV whose cells are numbers or the names of
//! images, matrices and `.npy` arrays (NNC contract 1).
//!
//! * [`Dataset`] reads the table: variables, rows, every cell as it was written. It also opens NNC's `.cache` folders,
//!   which hold the samples decoded (contract 2).
//! * [`decode_into`] turns one sample of one variable into numbers, in memory the caller owns.
//! * [`Reader`] delivers the samples of a variable in row order, decoded ahead by threads, in memory that
//!   does not grow with the number of rows.
//! * [`Dataset::check`] reads everything and reports every problem.
//! * [`read_npy`] and [`write_npy`] do without a table.
//! * [`decode_pixels`] decodes an image that is no sample yet; [`Fingerprint`] and [`find_duplicates`] find images that two
//!   datasets have in common, [`groups_by_likeness`] and [`find_alike`] images that show the same part.
//!
//! ```no_run
//! use std::{path::Path, sync::Arc};
//! use nnc_dataset::{Dataset, Element, Reader, ReaderLimits, SampleFormat};
//!
//! # fn main() -> Result<(), nnc_dataset::DatasetError> {
//! let dataset = Arc::new(Dataset::open(Path::new("train.csv"))?);
//! let format = SampleFormat { shape: vec![3, 224, 224], element: Element::U8 };
//! let limits = ReaderLimits { max_images: 64, threads: 4 };
//! let mut reader = Reader::new(dataset, "x", format, limits)?;
//! while let Some(batch) = reader.next_batch(16)? {
//!     println!("rows {}..{}", batch.first_row, batch.first_row + batch.count);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Does not know about languages, plugins, projects, jobs or libtorch: errors and warnings are data, and the crate
//! `nnc-messages` makes sentences of them.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod array;
mod cache;
mod cell;
mod cells;
mod check;
mod duplicates;
mod element;
mod error;
mod fingerprint;
mod format;
mod header;
mod likeness;
mod limits;
mod matrix;
mod npy;
mod number;
mod outside;
mod picture;
mod reader;
mod records;
mod sample;
mod table;
mod threads;
mod unused;

pub use array::{Array, ArrayDefect, ArrayError, read_npy, write_npy};
pub use cell::{output_cell, split_extension};
pub use check::CheckOptions;
pub use duplicates::{Duplicate, find_duplicates, find_repeats};
pub use element::Element;
pub use error::{
    CacheError, CellDefect, CellKind, ChunkDefect, DatasetError, ListExpected, ListFound, Place, SampleLimit,
    StoredVariable,
};
pub use fingerprint::Fingerprint;
pub use format::SampleFormat;
pub use header::{HeaderWarning, Variable};
pub use likeness::{Alike, MOST_ALIKE, find_alike, groups_by_likeness};
pub use nnc_picture::{
    AlphaPolicy, Change, PictureDamage, PictureError, PictureLimit, PixelDepth, PixelOptions, Pixels, TiffFeature,
    Transparency, UnsupportedPicture, Unused, decode_pixels, pixel_count, unused,
};
pub use npy::{NpyError, NumberType};
pub use number::parse_number;
pub use outside::Outside;
pub use picture::sample_of_pixels;
pub use reader::{Batch, Finish, Reader, ReaderLimits};
pub use sample::{decode_into, is_in_other_form};
pub use table::Dataset;
pub use unused::{UnusedKind, UnusedParts};
