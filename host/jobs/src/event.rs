//! What a worker tells its parent: one JSON object per line on its private pipe.

use nnc_console::{Level, Unit};
use nnc_messages::{Exit, sentences};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::told::Told;

/// One message of a worker.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// A log line without its time.
    Log { origin: Origin, level: Level, text: String },
    /// `done` of `total` units of a task.
    Progress { task: Task, done: u64, total: u64 },
    /// The job cannot continue.
    Failed { exit: Exit, message: String },
    /// Everything is in the staging folder.
    Done { summary: Value },
    /// About images that are scored as they come.
    Live { told: Told },
}

/// Who speaks in a log line; the names are NNC's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    /// The job.
    Worker,
    /// The detector, and the evaluation loop that NNC prints under the same name.
    Nnabla,
}

/// What takes its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// The plugin reads its model.
    Loading,
    /// The plugin trains.
    Training,
    /// The plugin writes its model.
    Saving,
    /// Images are read and scored.
    Scoring,
    /// What an interrupted evaluation has left is looked at.
    Resuming,
    /// The results are packed.
    Packing,
    /// Masks are read.
    Masks,
    /// The pixels of maps and masks are compared.
    Pixels,
    /// The curves through all pixels are followed, where there are many.
    Curves,
    /// Images get their verdicts.
    Verdicts,
    /// Heat maps are drawn as files.
    HeatMaps,
    /// The pictures of the report are made.
    Report,
    /// A file is hashed; counted in bytes.
    Hashing,
}

impl Task {
    /// What is counted.
    pub fn unit(self) -> Unit {
        match self {
            Self::Hashing => Unit::Bytes,
            _ => Unit::Items,
        }
    }

    /// Whether its progress is that of the job in the status file: NNC's tells of the images alone.
    pub(crate) fn is_of_images(self) -> bool {
        matches!(self, Self::Loading | Self::Training | Self::Saving | Self::Scoring)
    }
}

sentences! {
    Task {
        Self::Loading => "loading", "モデルの読み込み";
        Self::Training => "training", "学習";
        Self::Saving => "saving", "保存";
        Self::Scoring => "scoring", "評価";
        Self::Resuming => "checking finished results", "評価済みの結果の確認";
        Self::Packing => "packing", "結果の圧縮ファイル作成";
        Self::Masks => "masks", "マスクの読み込み";
        Self::Pixels => "pixels", "ピクセルの比較";
        Self::Curves => "pixel curves", "ピクセル曲線の計算";
        Self::Verdicts => "verdicts", "判定";
        Self::HeatMaps => "heat maps", "ヒートマップ作成";
        Self::Report => "report", "レポート作成";
        Self::Hashing => "hashing", "ハッシュ計算";
    }
}
