//! The words between the studio and its reader: a question is one line of JSON, an answer one line of JSON with the number of
//! bytes that follow it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What is asked, and in which language a problem is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Asked {
    /// What is asked.
    pub question: Question,
    /// `en` or `ja`.
    pub language: String,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// How many rows a table has, and its columns.
    Facts {
        /// The table.
        table: PathBuf,
    },
    /// Rows of a table.
    Rows {
        /// The table.
        table: PathBuf,
        /// The first row, from 0.
        offset: usize,
        /// Rows at most.
        limit: usize,
        /// Only rows with this label.
        label: Option<String>,
        /// Files that are not in this folder are not looked at.
        beneath: PathBuf,
    },
    /// How many cells of a table lead out of its folder.
    Outside {
        /// The table.
        table: PathBuf,
    },
    /// How a dataset was made, as the file says that `dataset create` leaves in it.
    Creation {
        /// That file.
        file: PathBuf,
        /// It is in this folder.
        beneath: PathBuf,
    },
    /// What a check of a dataset has found.
    Problems {
        /// The answer of the check.
        file: PathBuf,
        /// The first problem, from 0.
        offset: usize,
        /// Problems at most.
        limit: usize,
        /// The file is in this folder.
        beneath: PathBuf,
    },
    /// A cell as a PNG.
    Thumbnail {
        /// The table.
        table: PathBuf,
        /// The row, from 0.
        row: usize,
        /// The column, from 0; the first one with files without it.
        column: Option<usize>,
        /// The longest side in pixels.
        size: u32,
        /// Pictures that are not in this folder are not shown.
        beneath: PathBuf,
    },
    /// The scores of an evaluation by label.
    Scores {
        /// The folder of the job.
        folder: PathBuf,
    },
    /// Images of an evaluation.
    Images {
        /// The folder of the job.
        folder: PathBuf,
        /// The first image, from 0.
        offset: usize,
        /// Images at most.
        limit: usize,
        /// Their order.
        order: Order,
        /// Only these.
        shown: Option<Shown>,
    },
    /// An image of an evaluation, or its heat map, as a PNG.
    Picture {
        /// The folder of the job.
        folder: PathBuf,
        /// Row of the dataset, from 0.
        row: usize,
        /// Which picture.
        which: Which,
        /// The longest side in pixels.
        size: u32,
        /// Pictures that are not in this folder are not shown.
        beneath: PathBuf,
    },
}

/// The order of the images of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// The smallest score first.
    #[serde(rename = "score")]
    Rising,
    /// The largest score first.
    #[serde(rename = "-score")]
    Falling,
    /// As in the dataset.
    #[serde(rename = "row")]
    Row,
}

/// Which images of an evaluation are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    /// Those that are OK.
    #[serde(rename = "OK")]
    Ok,
    /// Those that are NG.
    #[serde(rename = "NG")]
    Ng,
    /// Defective ones that are OK.
    #[serde(rename = "missed")]
    Missed,
    /// Normal ones that are NG.
    #[serde(rename = "false-alarm")]
    FalseAlarm,
}

/// Which picture of an image is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Which {
    /// The image itself.
    Image,
    /// The image under its heat map.
    Heatmap,
}

/// What comes before an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Head {
    /// The answer follows.
    Bytes(usize),
    /// There is no such row, image or picture; the sentence says what is missing.
    Missing(String),
    /// What was asked for cannot be read; the sentence says why.
    Unreadable(String),
}
