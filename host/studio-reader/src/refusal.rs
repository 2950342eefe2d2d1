//! Why there is no answer.

use std::io;

use nnc_messages::{Say, messages};
use nnc_picture::PictureError;

messages! {
    /// Why there is no answer, beside what libraries say.
    pub(crate) enum Problem {
        NoRow { row: usize, rows: usize } => "there is no row {row}; the rows are 0 to {last}", "{row} 行目はありません（0～{last} 行目まで）" [last = rows.saturating_sub(1)];
        NoPicture => "this cell names no picture", "このセルは画像を指していません";
        NoMap => "there is no heat map of this image", "この画像のヒートマップはありません";
        Outside { name: String } => "{name} is not in the studio's folder, so it is not shown",
            "{name} はスタジオのフォルダー内にないため表示しません";
        Picture { name: String, error: PictureError } => "{name} cannot be shown: {error}", "{name} を表示できません: {error}";
        NotRead { name: String, error: io::Error } => "{name} cannot be read: {error}", "{name} を読み込めません: {error}";
    }
}

/// Why there is no answer.
pub(crate) enum Refusal {
    /// What is asked for is not there.
    Missing(Box<dyn Say>),
    /// It is there and cannot be read.
    Unreadable(Box<dyn Say>),
}

impl Refusal {
    pub(crate) fn missing(what: impl Say + 'static) -> Self {
        Self::Missing(Box::new(what))
    }

    pub(crate) fn unreadable(what: impl Say + 'static) -> Self {
        Self::Unreadable(Box::new(what))
    }
}
