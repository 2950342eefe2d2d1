//! The sentences of this crate's errors, in every language. What the page says is in `page/text.rs`.

use nnc_language::{displayed_sentences, texts};

use crate::error::ReportError;

displayed_sentences! {
    ReportError {
        Self::MapUnreadable { path, source } =>
            "cannot read the score map {path}: {source}; evaluate again to make it anew",
            "スコアマップ {path} を読み込めません: {source}。もう一度評価して作り直してください"
            [path = path.display()];
        Self::MapEmpty { path } =>
            "the score map {path} is empty, expected lines of numbers separated by commas; evaluate again",
            "スコアマップ {path} は空です。コンマで区切った数値の行が必要です。もう一度評価してください"
            [path = path.display()];
        Self::MapTooLarge { path, line, limit } =>
            "{path} line {line}: the score map goes on past {limit}; check that the file is a score map",
            "{path} {line} 行目: スコアマップが{limit}を超えています。スコアマップのファイルかどうか確認してください"
            [path = path.display()];
        Self::MapRagged { path, line, found, expected } =>
            "{path} line {line}: found {found} values, expected {expected} as in the first line of the score map; evaluate again",
            "{path} {line} 行目: 値が {found} 個あります。スコアマップの 1 行目と同じ {expected} 個が必要です。もう一度評価してください"
            [path = path.display()];
        Self::MapNumber { path, line, column, found } =>
            "{path} line {line}, column {column}: found \"{found}\", expected a finite number; check the plugin that wrote the score map",
            "{path} {line} 行目 {column} 列目: \"{found}\" があります。有限の数値が必要です。スコアマップを書き込んだプラグインを確認してください"
            [path = path.display()];
        Self::MaskUnreadable { path, source } =>
            "cannot read the mask {path}: {source}; give a picture in which the defect is not black",
            "マスク {path} を読み込めません: {source}。異常部分が黒以外の画像を指定してください"
            [path = path.display()];
        Self::MaskTooLarge { path, width, height, limit } =>
            "the mask {path} has {width}x{height} pixels, expected at most {limit}; scale it down",
            "マスク {path} は {width}x{height} ピクセルあります。{limit} ピクセルまでです。縮小してください"
            [path = path.display()];
        Self::MaskIsPhotograph { path, shades } =>
            "{path} looks like a photograph ({shades} shades, most pixels are not black), expected a mask that is black except for the defect; name the folder of the masks",
            "{path} はマスクではなく写真のようです（{shades} 階調、大部分のピクセルが黒以外）。異常部分以外が黒のマスクが必要です。マスクのフォルダーを指定してください"
            [path = path.display()];
        Self::EvaluationUnreadable { path, source } =>
            "cannot read the evaluation {path}: {source}; evaluate again to make it anew",
            "評価結果 {path} を読み込めません: {source}。もう一度評価して作り直してください"
            [path = path.display()];
        Self::EvaluationTooLarge { path, bytes, limit } =>
            "{path} has {bytes} bytes, expected at most {limit}; check that it is an evaluation",
            "{path} は {bytes} バイトあります。{limit} バイトまでです。評価結果のファイルかどうか確認してください"
            [path = path.display()];
        Self::EvaluationMalformed { path, source } =>
            "{path} is not an evaluation: {source}; evaluate again to make it anew",
            "{path} は評価結果のファイルではありません: {source}。もう一度評価して作り直してください"
            [path = path.display()];
        Self::EvaluationVersion { path, found, expected } =>
            "{path} has format {found}, expected {expected}; use the nnc-host that wrote it, or evaluate again",
            "{path} は形式 {found} です。形式 {expected} が必要です。作成した nnc-host を使うか、もう一度評価してください"
            [path = path.display()];
        Self::Write { source } =>
            "cannot write the report: {source}; check the free space of the disk",
            "レポートを書き込めません: {source}。ディスクの空き容量を確認してください";
    }
}

texts! {
    /// What is wrong with words of the command line and of projects.
    pub(crate) enum Refused {
        Rule: "the score rule is {0}, expected max, top N (mean of the N largest values), top P% or smooth SIGMA (a Gaussian of up to {1} cells)",
            "スコアの規則 {0} は正しくありません。max、top N（大きい方から N 個の平均）、top P%、smooth SIGMA（{1} セルまでのガウシアン）のいずれかを指定してください";
        Source: "expected training, validation or calibration, found {0}",
            "{0} は正しくありません。training、validation、calibration のいずれかを指定してください";
    }
}

texts! {
    /// Limits of a score map.
    pub(crate) enum Limit {
        Bytes: "{0} bytes", " {0} バイト";
        Values: "{0} values", " {0} 個の値";
    }
}
