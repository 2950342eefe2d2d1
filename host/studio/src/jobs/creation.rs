//! The fields of NNC's "Create Dataset" dialog, and the command that they come to.

use std::ffi::OsString;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::work::option;
use crate::name::{Id, Name};
use crate::workspace::{DATASETS, UPLOADS};

/// A dataset from an upload, with the fields of NNC's dialog.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Creation {
    pub(crate) name: Name,
    pub(crate) upload: Id,
    /// The archive in the upload; a folder without it.
    pub(crate) archive: Option<Name>,
    pub(crate) options: CreateOptions,
}

/// NNC's fields, with the defaults of `dataset create`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct CreateOptions {
    pub(crate) mode: Mode,
    pub(crate) channels: u8,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) shuffle: bool,
    pub(crate) seed: u64,
    pub(crate) file1: Option<Name>,
    pub(crate) ratio1: Option<u8>,
    pub(crate) file2: Option<Name>,
    pub(crate) ratio2: Option<u8>,
    pub(crate) group_by: Option<String>,
    pub(crate) alpha: Alpha,
    pub(crate) scale_16bit: bool,
    pub(crate) keep_upload: bool,
}

/// The second table, where no name is given.
pub(crate) const SECOND_TABLE: &str = "test.csv";

impl Default for CreateOptions {
    fn default() -> Self {
        Self {
            mode: Mode::Resize,
            channels: 3,
            width: 224,
            height: 224,
            shuffle: false,
            seed: 0,
            file1: None,
            ratio1: None,
            file2: None,
            ratio2: None,
            group_by: None,
            alpha: Alpha::Refuse,
            scale_16bit: false,
            keep_upload: false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    Trimming,
    Padding,
    Resize,
}

impl Mode {
    pub(crate) const ALL: [Self; 3] = [Self::Trimming, Self::Padding, Self::Resize];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Trimming => "trimming",
            Self::Padding => "padding",
            Self::Resize => "resize",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Alpha {
    Refuse,
    Drop,
    White,
    Black,
}

impl Alpha {
    pub(crate) const ALL: [Self; 4] = [Self::Refuse, Self::Drop, Self::White, Self::Black];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Drop => "drop",
            Self::White => "white",
            Self::Black => "black",
        }
    }
}

impl Creation {
    pub(super) fn arguments(&self, line: &mut Vec<OsString>) {
        let files = PathBuf::from(UPLOADS).join(&self.upload).join(crate::uploads::FILES);
        let source = self.archive.as_ref().map_or(files.clone(), |archive| files.join(archive));
        let CreateOptions { mode, channels, width, height, shuffle, seed, alpha, .. } = self.options;
        line.extend(["dataset".into(), "create".into(), source.into(), "-o".into()]);
        line.push(PathBuf::from(DATASETS).join(&self.name).into());
        line.push("--json".into());
        option(line, "mode", mode.name());
        option(line, "channels", channels);
        option(line, "width", width);
        option(line, "height", height);
        option(line, "shuffle", shuffle);
        option(line, "seed", seed);
        option(line, "alpha", alpha.name());
        if self.options.scale_16bit {
            line.push("--scale-16bit".into());
        }
        for (name, table) in [("file1", &self.options.file1), ("file2", &self.options.file2)] {
            if let Some(table) = table {
                option(line, name, table);
            }
        }
        for (name, ratio) in [("ratio1", self.options.ratio1), ("ratio2", self.options.ratio2)] {
            if let Some(ratio) = ratio {
                option(line, name, ratio);
            }
        }
        if let Some(expression) = &self.options.group_by {
            option(line, "group-by", expression);
        }
    }
}
