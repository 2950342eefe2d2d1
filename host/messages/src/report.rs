//! What the errors of `nnc-report` say.

use nnc_report::{MapLimit, NotARule, NotASource, ReportError};

use crate::say::Words;
use crate::sentences;
use crate::{Exit, Failure};

/// A report that cannot be made is a failure of the job, unless whoever asked for it knows better.
impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        Self::new(Exit::Failed, error)
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
        Self::MaskTooLarge { path, width, height, limit } =>
            "the mask {path} has {width}x{height} pixels, expected at most {limit} pixels; scale it down",
            "マスク {path} は {width}x{height} ピクセルです。上限は {limit} ピクセルです。縮小してください";
        Self::MaskIsPhotograph { path, shades } =>
            "{path} looks like a photograph ({shades} shades, most pixels are not black), expected a mask that is black except for the defect; give the folder of the masks",
            "{path} はマスクではなく写真のようです（{shades} 階調、大部分のピクセルが黒以外）。異常部分以外が黒のマスクが必要です。マスクのフォルダーを指定してください";
        Self::EvaluationUnreadable { path, source } =>
            "cannot read the evaluation {path}: {source}; evaluate again to create it",
            "評価結果 {path} を読み込めません: {source}。もう一度評価して作り直してください";
        Self::EvaluationTooLarge { path, bytes, limit } =>
            "{path} has {bytes} bytes, expected at most {limit} bytes; check that it is an evaluation",
            "{path} は {bytes} バイトです。上限は {limit} バイトです。評価結果のファイルかどうか確認してください";
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
            "the score rule is \"{found}\", expected max, top N (mean of the N largest values), top P% or smooth SIGMA (a Gaussian of up to {widest} cells)",
            "スコアの規則 \"{found}\" は正しくありません。max、top N（大きい方から N 個の平均）、top P%、smooth SIGMA（{widest} セルまでのガウシアン）のいずれかを指定してください";
    }
}

sentences! {
    NotASource {
        Self { found } =>
            "expected training, validation or calibration, found \"{found}\"",
            "\"{found}\" は正しくありません。training、validation、calibration のいずれかを指定してください";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, Said, Say};

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
