//! What can be wrong with a region.

use std::fmt;
use std::path::PathBuf;

use nnc_picture::PictureError;

/// Why there is no region.
#[derive(Debug)]
pub enum RegionError {
    /// The system does not give its picture.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The file is no picture that can be read.
    Picture {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: PictureError,
    },
    /// The picture has another size than the images.
    OtherSize {
        /// The file.
        path: PathBuf,
        /// Its height and width.
        found: [usize; 2],
        /// Those of the images.
        expected: [usize; 2],
    },
    /// A polygon has too few corners, too many, or one that is no place.
    Polygon {
        /// Its number, from 1.
        number: usize,
        /// How many corners it has.
        corners: usize,
        /// The most that all polygons together may have.
        most: usize,
    },
    /// No pixel of an image is in it.
    Empty {
        /// Height and width of the images.
        image: [usize; 2],
    },
}

impl fmt::Display for RegionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for RegionError {}
