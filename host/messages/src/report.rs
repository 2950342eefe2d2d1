//! What the errors of `nnc-report` say.

use std::path::{Path, PathBuf};

use nnc_report::{FromElsewhere, MapLimit, NotARule, NotASource, NotATask, ReportError, Task};

use crate::say::Words;
use crate::{Exit, Failure};
use crate::{messages, sentences};

/// A report that cannot be made is a failure of the job, unless whoever asked for it knows better.
impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        Self::new(Exit::Failed, error)
    }
}

messages! {
    /// What is said about pictures outside of a result folder.
    enum Elsewhere {
        Shown { folder: PathBuf, pictures: usize, first: PathBuf } =>
            "the report shows {pictures} pictures from outside of {folder}, the first is {first}",
            "レポートに {folder} の外にある画像が {pictures} 枚含まれます（最初は {first}）";
        NotShown { folder: PathBuf, pictures: usize, first: PathBuf } =>
            "the evaluation in {folder} belongs to another user, or others may write it, so {pictures} pictures from outside of the folder are not shown, the first is {first}; if you trust it, copy the folder, or take the others' right to write away",
            "{folder} の評価結果は別のユーザーのものか、ほかのユーザーが書き込めるため、フォルダーの外にある画像 {pictures} 枚は表示しません（最初は {first}）。信頼できる場合は、フォルダーをコピーするか、ほかのユーザーの書き込み権限を外してください";
        LeftOut { left_out: usize } => "; {left_out} files behind links and maps from elsewhere are left out",
            "。リンク先のファイルと外部のマップ {left_out} 個は使用しません";
        OnlyLeftOut { folder: PathBuf, left_out: usize } =>
            "of what the evaluation in {folder} names, {left_out} files behind links and maps from elsewhere are left out",
            "{folder} の評価結果が指定するファイルのうち、リンク先のファイルと外部のマップ {left_out} 個は使用しません";
    }
}

sentences! {
    FromElsewhere {
        Self { ; folder, pictures, first, is_foreign, left_out } => "{told}{more}", "{told}{more}"
            [told = Elsewhere::of(folder, *pictures, first.as_ref(), *is_foreign, *left_out),
                more = (*pictures > 0 && *left_out > 0).then_some(Elsewhere::LeftOut { left_out: *left_out })];
    }
}

impl Elsewhere {
    fn of(folder: &Path, pictures: usize, first: Option<&PathBuf>, is_foreign: bool, left_out: usize) -> Self {
        let folder = folder.to_owned();
        match first.cloned() {
            None => Self::OnlyLeftOut { folder, left_out },
            Some(first) if is_foreign => Self::NotShown { folder, pictures, first },
            Some(first) => Self::Shown { folder, pictures, first },
        }
    }
}

sentences! {
    ReportError {
        Self::MapUnreadable { path, source } =>
            "cannot read the anomaly map {path}: {source}; evaluate again to create it",
            "異常度マップ {path} を読み込めません: {source}。もう一度評価して作り直してください";
        Self::MapEmpty { path } =>
            "the anomaly map {path} is empty, expected lines of numbers separated by commas; evaluate again",
            "異常度マップ {path} は空です。コンマで区切った数値の行が必要です。もう一度評価してください";
        Self::MapTooLarge { path, line, limit } =>
            "{path} line {line}: the anomaly map has more than {limit}; check that the file is an anomaly map",
            "{path} {line} 行目: 異常度マップが {limit}を超えています。異常度マップのファイルかどうか確認してください";
        Self::MapRagged { path, line, found, expected } =>
            "{path} line {line}: found {found} values, expected {expected} as in the first line of the anomaly map; evaluate again",
            "{path} {line} 行目: 値が {found} 個あります。異常度マップの 1 行目と同じ {expected} 個が必要です。もう一度評価してください";
        Self::MapNumber { path, line, column, found } =>
            "{path} line {line}, column {column}: found \"{found}\", expected a finite number; check the plugin that wrote the anomaly map",
            "{path} {line} 行目 {column} 列目: \"{found}\" があります。有限の数値が必要です。異常度マップを書き込んだプラグインを確認してください";
        Self::MaskUnreadable { path; source } =>
            "cannot read the mask {path}: {reason}; give a picture in which the defect is not black",
            "マスク {path} を読み込めません: {reason}。異常部分が黒以外の画像を指定してください"
            [reason = Words(source)];
        Self::MaskDamaged { path, source } =>
            "cannot use the mask {path}: {source}",
            "マスク {path} は使えません: {source}";
        Self::MaskTooLarge { path, width, height, limit } =>
            "the mask {path} has {width}x{height} pixels, expected at most {limit} pixels; scale it down",
            "マスク {path} は {width}x{height} ピクセルです。上限は {limit} ピクセルです。縮小してください";
        Self::MaskIsPhotograph { path, shades } =>
            "{path} looks like a photograph ({shades} shades, most pixels are not black), expected a mask that is black except for the defect; give the folder of the masks",
            "{path} はマスクではなく写真のようです（{shades} 階調、大部分のピクセルが黒以外）。異常部分以外が黒のマスクが必要です。マスクのフォルダーを指定してください";
        Self::PictureUnreadable { source } => "{source}", "{source}";
        Self::PictureDamaged { source } => "{source}", "{source}";
        Self::EvaluationUnreadable { path, source } =>
            "cannot read the evaluation {path}: {source}; evaluate again to create it",
            "評価結果 {path} を読み込めません: {source}。もう一度評価して作り直してください";
        Self::EvaluationTooLarge { path, bytes, memory } =>
            "{path} has {bytes} bytes and would take more than {memory} bytes of memory, the most for an evaluation of its size; check that nnc-host wrote it, or evaluate the images in several parts",
            "{path}（{bytes} バイト）を読み込むには、この大きさの評価結果の上限 {memory} バイトを超えるメモリーが必要です。nnc-host が作成したファイルかどうか確認するか、画像を分けて評価してください";
        Self::EvaluationMalformed { path; source } =>
            "{path} is not an evaluation: {reason}; evaluate again to create it",
            "{path} は評価結果のファイルではありません: {reason}。もう一度評価して作り直してください"
            [reason = Words(source)];
        Self::EvaluationVersion { path, found, expected } =>
            "{path} has format {found}, expected {expected}; use the nnc-host that wrote it, or evaluate again",
            "{path} は形式 {found} です。形式 {expected} が必要です。作成した nnc-host を使うか、もう一度評価してください";
        Self::Write { source } =>
            "cannot write the report: {source}; check the free space of the disk",
            "レポートを書き込めません: {source}。ディスクの空き容量を確認してください";
        else other => Words(other);
    }
}

sentences! {
    MapLimit {
        Self::Bytes(limit) => "{limit} bytes", "{limit} バイト";
        Self::Values(limit) => "{limit} values", "{limit} 個の値";
    }
}

sentences! {
    NotARule {
        Self { found, widest } =>
            "the score rule is \"{found}\", expected max, top N (mean of the N largest values), top P%, smooth SIGMA or contrast SIGMA (a Gaussian of up to {widest} cells)",
            "スコアの規則 \"{found}\" は正しくありません。max、top N（大きい方から N 個の平均）、top P%、smooth SIGMA、contrast SIGMA（{widest} セルまでのガウシアン）のいずれかを指定してください";
    }
}

sentences! {
    NotASource {
        Self { found } =>
            "expected training, validation or calibration, found \"{found}\"",
            "\"{found}\" は正しくありません。training、validation、calibration のいずれかを指定してください";
    }
}

sentences! {
    Task {
        Self::Anomaly => "anomaly detection", "異常検知";
        Self::Reconstruction => "reconstruction", "再構成";
        Self::Classification => "classification", "分類";
        Self::Regression => "regression", "回帰";
        Self::Segmentation => "segmentation", "セグメンテーション";
        Self::None => "nothing that is judged", "評価なし";
    }
}

sentences! {
    NotATask {
        Self { found } =>
            "the task is \"{found}\", expected {all}", "タスク \"{found}\" は正しくありません。{all} のいずれかを指定してください"
            [all = Task::ALL.map(Task::name).join(", ")];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, Said, Say};

    #[test]
    fn a_picture_that_is_not_there_is_told_as_the_system_tells_it() {
        let error = ReportError::PictureUnreadable { source: std::io::Error::from_raw_os_error(2) };
        for language in [Language::English, Language::Japanese] {
            assert_eq!(Said(&error, language).to_string(), "No such file or directory (os error 2)");
        }
    }

    #[test]
    fn what_is_left_out_is_told_alone_where_no_picture_is_from_elsewhere() {
        let told = |pictures, left_out| {
            let first = (pictures > 0).then(|| "a.png".into());
            FromElsewhere { folder: "out".into(), pictures, first, is_foreign: false, left_out }.said()
        };
        let shown = "the report shows 2 pictures from outside of out, the first is a.png";
        assert_eq!(told(2, 0), shown);
        assert_eq!(told(2, 6), format!("{shown}; 6 files behind links and maps from elsewhere are left out"));
        let alone = "of what the evaluation in out names, 6 files behind links and maps from elsewhere are left out";
        assert_eq!(told(0, 6), alone);
    }

    #[test]
    fn a_map_too_large_is_told_with_its_limit() {
        let error = ReportError::MapTooLarge { path: "0.csv".into(), line: 5, limit: MapLimit::Values(4) };
        assert_eq!(
            error.said(),
            "0.csv line 5: the anomaly map has more than 4 values; check that the file is an anomaly map"
        );
        assert_eq!(
            Said(&error, Language::Japanese).to_string(),
            "0.csv 5 行目: 異常度マップが 4 個の値を超えています。異常度マップのファイルかどうか確認してください"
        );
    }
}
