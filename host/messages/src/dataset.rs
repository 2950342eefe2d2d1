//! Sentences of `nnc-dataset`: what is wrong with a dataset, where, and what to do.

mod array;
mod cache;
mod cell;
mod picture;
mod shape;

use std::path::PathBuf;

use crate::{Language, Say, messages, sentences};
use nnc_dataset::{DatasetError, HeaderWarning, Outside, Place, UnusedKind, UnusedParts};

use crate::failure::{Exit, Failure};
use shape::Shape;

/// Names that a message lists before it breaks off.
const NAMES: usize = 20;

impl From<DatasetError> for Failure {
    /// Errors that nobody classified are failures of the job.
    fn from(error: DatasetError) -> Self {
        Self::new(Exit::Failed, error)
    }
}

messages! {
    /// The file that a place names, behind its column.
    enum OfPlace {
        File(path: PathBuf) => ", {path}", "、{path}";
    }
}

sentences! {
    Place {
        Self { csv, line, column; file } =>
            "{csv} line {line}, column \"{column}\"{path}", "{csv} {line} 行目、列 \"{column}\"{path}"
            [path = file.clone().map(OfPlace::File)];
    }
}

sentences! {
    Outside {
        Self { dataset, files, first } =>
            "{dataset} names {files} files outside of its folder, the first is {first}; they are read like the others",
            "{dataset} はフォルダーの外にあるファイルを {files} 個指定しています（最初は {first}）。ほかと同様に読み込みます";
    }
}

sentences! {
    UnusedParts {
        Self { ; kind, images, of, first } => "{told}", "{told}"
            [told = NotUsed::of(kind, *images, *of, first)];
    }
}

messages! {
    /// What of images is not used.
    enum NotUsed {
        Orientation { images: usize, of: usize, first: String } =>
            "images with an EXIF orientation: {images} of {of}, the first is {first}; their pixels are taken as they are stored, as Neural Network Console does; turn the pixels themselves where that matters",
            "EXIF の回転情報がある画像が {of} 枚中 {images} 枚あります（最初は {first}）。Neural Network Console と同じく回転情報は無視し、保存されたままの向きで使います。向きが問題になる場合は画像そのものを回転して保存してください";
        Pages { images: usize, of: usize, first: String } =>
            "images with further pages or frames: {images} of {of}, the first is {first}; only the first page of each is used, as Neural Network Console does; save the others as files of their own if they count",
            "2 ページ目（フレーム）以降がある画像が {of} 枚中 {images} 枚あります（最初は {first}）。Neural Network Console と同じく最初の 1 ページだけを使います。ほかのページも必要な場合は 1 枚ずつ別のファイルに保存してください";
        Profile { images: usize, of: usize, first: String, name: String } =>
            "images with a colour profile other than sRGB: {images} of {of}, the first is {first} (\"{name}\"); profiles are ignored, as Neural Network Console does; convert to sRGB if colours of several sources have to agree",
            "sRGB 以外のカラープロファイルがある画像が {of} 枚中 {images} 枚あります（最初は {first} の \"{name}\"）。Neural Network Console と同じくプロファイルは無視します。複数の機器の色をそろえる場合は sRGB に変換してください";
    }
}

impl NotUsed {
    fn of(kind: &UnusedKind, images: usize, of: usize, first: &str) -> Self {
        let first = first.to_owned();
        match kind {
            UnusedKind::Orientation => Self::Orientation { images, of, first },
            UnusedKind::Pages => Self::Pages { images, of, first },
            UnusedKind::Profile { name } => Self::Profile { images, of, first, name: name.clone() },
        }
    }
}

sentences! {
    DatasetError {
        Self::Unreadable { csv, reason } =>
            "cannot read the dataset {csv}: {reason}",
            "データセット {csv} を読み込めません: {reason}";
        Self::TableTooLarge { csv, found, limit } =>
            "{csv} has {found} bytes, a dataset table has at most {limit}; split it into several datasets",
            "{csv} は {found} バイトあります。データセットの表は {limit} バイトまでです。複数のデータセットに分割してください";
        Self::TooManyCells { csv, line, limit } =>
            "{csv} line {line}: the table has more than {limit} cells; check that it is a dataset, or split it into several",
            "{csv} {line} 行目: 表のセルが {limit} 個を超えています。データセットかどうか確認するか、複数に分割してください";
        Self::TooManyColumns { csv, line, found, limit } =>
            "{csv} line {line}: the header has {found} cells, expected at most {limit}; check that it is a dataset",
            "{csv} {line} 行目: ヘッダーのセルが {found} 個あります。{limit} 個までです。データセットかどうか確認してください";
        Self::TooManyProblems { csv, line, limit } =>
            "{csv} line {line}: {limit} problems up to here, the rest was not checked; repair these first",
            "{csv} {line} 行目: ここまでに問題が {limit} 件あるため、残りは検査していません。まずこれらを修正してください";
        Self::NotUtf8 { csv, line } =>
            "{csv} line {line}: found bytes that are not UTF-8; save the file as UTF-8 (with or without BOM)",
            "{csv} {line} 行目: UTF-8 でないバイトがあります。UTF-8（BOM の有無は問いません）で保存してください";
        Self::ZeroByte { csv, line } =>
            "{csv} line {line}: found a byte that is 0, which no text has; it is damaged or no table: copy or save it again",
            "{csv} {line} 行目: テキストにはない値 0 のバイトがあります。壊れているか、表ではありません。コピーまたは保存し直してください";
        Self::OtherEncoding { csv, line, encoding } =>
            "{csv} line {line}: the text is {encoding}, expected UTF-8; save it in the spreadsheet as \"CSV UTF-8\"",
            "{csv} {line} 行目: 文字コードが {encoding} です。表計算ソフトで「CSV UTF-8」として保存してください";
        Self::Tabs { csv, line } =>
            "{csv} line {line}: columns are separated by tabs, expected commas; save the file as \"CSV UTF-8 (comma delimited)\"",
            "{csv} {line} 行目: 列がタブで区切られています。「CSV UTF-8（コンマ区切り）」として保存してください";
        Self::SeparatorLine { csv, line, found } =>
            "{csv} line {line}: found \"{found}\", which only Excel understands, expected the header; remove the line, and separate columns by commas",
            "{csv} {line} 行目: \"{found}\" は Excel 専用の行です。この行を削除し、列をカンマで区切ってください";
        Self::EmptyFile { csv } =>
            "{csv} is empty, expected a header line such as x:image,y:label and one line per sample",
            "{csv} は空です。x:image,y:label のようなヘッダー行と、サンプルごとの行が必要です";
        Self::NoRows { csv } =>
            "{csv} has a header but no rows, expected one line per sample",
            "{csv} にはヘッダーだけで行がありません。サンプルごとに 1 行が必要です";
        Self::EmptyHeaderCell { csv, line, column } =>
            "{csv} line {line}: header cell {column} is empty, expected a name such as x:image; name the column or start its name with # to ignore it",
            "{csv} {line} 行目: ヘッダーの {column} 番目のセルが空です。x:image のような名前を付けるか、使わない列なら # で始まる名前にしてください";
        Self::Semicolons { csv, line } =>
            "{csv} line {line}: columns are separated by semicolons, expected commas; save the file with commas between its columns",
            "{csv} {line} 行目: 列がセミコロンで区切られています。カンマ区切りで保存してください";
        Self::NoVariables { csv, line } =>
            "{csv} line {line}: found only comment columns (#...), expected at least one variable such as x:image",
            "{csv} {line} 行目: コメント列（#...）しかありません。x:image のような変数が 1 つ以上必要です";
        Self::MixedVariable { csv, line, name } =>
            "{csv} line {line}: variable \"{name}\" is used both as a column of its own and as a vector ({name}__0, ...); rename one of them",
            "{csv} {line} 行目: 変数 \"{name}\" が単独の列とベクトル（{name}__0, ...）の両方に使われています。どちらかの名前を変えてください";
        Self::UnclosedQuote { csv, line } =>
            "{csv} line {line}: a quote (\") that opens in this row is never closed; close it, or double it where it is part of the text",
            "{csv} {line} 行目: この行で始まる引用符（\"）が閉じられていません。閉じるか、文字としての引用符なら二重に書いてください";
        Self::RaggedRow { csv, line, found, expected } =>
            "{csv} line {line}: found {found} cells, expected {expected} as in the header",
            "{csv} {line} 行目: セルが {found} 個あります。ヘッダーと同じ {expected} 個が必要です";
        Self::UnknownVariable { csv, name; available } =>
            "{csv} has no variable \"{name}\", it has {available}",
            "{csv} に変数 \"{name}\" はありません。あるのは {available} です"
            [available = Names(available)];
        Self::NoSuchRow { csv, row, rows } =>
            "{csv} has {rows} rows, row {row} (from 0) does not exist",
            "{csv} は {rows} 行で、行 {row}（0 から数えて）はありません";
        Self::Cache(error) => "{error}", "{error}";
        Self::Cell { place, defect } => "{place}: {defect}", "{place}: {defect}";
        Self::BadFormat { limit; shape } =>
            "samples of shape {shape} cannot be read, expected at least one value and at most {limit} bytes",
            "形状 {shape} のサンプルは読み込めません。1 個以上の値で、{limit} バイト以内でなければなりません"
            [shape = Shape(shape)];
        Self::WrongBuffer { found, expected } =>
            "the memory for a sample has {found} bytes, expected {expected}",
            "サンプル用のメモリーが {found} バイトです。{expected} バイトが必要です";
        Self::EmptyBatch =>
            "a batch of 0 images was requested, expected at least 1",
            "画像 0 枚のバッチが要求されました。1 枚以上が必要です";
        Self::OutOfMemory { images, bytes } =>
            "not enough memory for {images} images of {bytes} bytes each; lower batch_size",
            "1 枚 {bytes} バイトの画像 {images} 枚分のメモリーを確保できません。batch_size を小さくしてください";
        Self::NoThread { reason } =>
            "cannot start a decoder thread: {reason}",
            "デコード用のスレッドを開始できません: {reason}";
    }
}

sentences! {
    HeaderWarning {
        Self::RepeatedVariable { csv, line, name, column } =>
            "{csv} line {line}: variable \"{name}\" appears more than once, column {column} is used and the earlier one ignored, as in Neural Network Console",
            "{csv} {line} 行目: 変数 \"{name}\" が複数回現れます。Neural Network Console と同様に {column} 列目を使い、前の列は無視します";
    }
}

/// Names in quotes, the first ones of a long list.
struct Names<'a>(&'a [String]);

impl Say for Names<'_> {
    fn say(&self, language: Language, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, name) in self.0.iter().take(NAMES).enumerate() {
            f.write_str(if place > 0 { ", \"" } else { "\"" })?;
            name.say(language, f)?;
            f.write_str("\"")?;
        }
        if self.0.len() > NAMES { f.write_str(", ...") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use crate::Said;
    use nnc_dataset::CellDefect;

    use super::*;

    #[test]
    fn a_sentence_names_its_place() {
        let place = Place { csv: "a.csv".into(), line: 3, column: "x".to_owned(), file: None };
        let said = |file: Option<&str>, language| {
            let place = Place { file: file.map(Into::into), ..place.clone() };
            let error = DatasetError::Cell { place: Box::new(place), defect: CellDefect::IsDirectory };
            Said(&error, language).to_string()
        };
        assert_eq!(said(None, Language::English), "a.csv line 3, column \"x\": found a folder, expected a file");
        assert_eq!(
            said(Some("b"), Language::English),
            "a.csv line 3, column \"x\", b: found a folder, expected a file"
        );
        assert_eq!(
            said(Some("b"), Language::Japanese),
            "a.csv 3 行目、列 \"x\"、b: フォルダーです。ファイルが必要です"
        );
    }

    #[test]
    fn long_lists_of_names_are_cut() {
        let said = |count: usize| {
            let available = (0..count).map(|number| number.to_string()).collect();
            DatasetError::UnknownVariable { csv: "a.csv".into(), name: "x".to_owned(), available }.said()
        };
        assert_eq!(said(2), "a.csv has no variable \"x\", it has \"0\", \"1\"");
        assert!(said(NAMES).ends_with("\"19\"") && said(NAMES + 1).ends_with("\"19\", ..."));
    }
}
