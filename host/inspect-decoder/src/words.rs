//! What parent and process say to each other: a question is a line of JSON and the bytes of a file.

use nnc_dataset_create::Shaping;
use serde::{Deserialize, Serialize};

/// What an image is and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What the bytes are.
    pub form: Form,
    /// How the image is shaped; `None` leaves it as a table's cell would be read.
    pub shaping: Option<Shaping>,
}

/// What the bytes of an image are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A picture file: its content says of which kind.
    File,
    /// Pixels, row by row, their channels side by side, one byte each.
    Raw {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
        /// 1 for grey, 3 for RGB.
        channels: usize,
    },
}

/// What the process says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Told {
    /// The image.
    Pixels { width: usize, height: usize, channels: usize, values: String },
    /// It is none.
    Refused { why: String },
    /// The process waits for one.
    Waiting,
}
