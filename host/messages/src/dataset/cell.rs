//! What is wrong with a cell. The sentences stand behind its place.

use crate::{messages, sentences};
use nnc_dataset::{CellDefect, CellKind, SampleLimit};

use super::shape::Shape;

sentences! {
    CellDefect {
        Self::EmptyCell =>
            "the cell is empty, expected a number or the name of a file",
            "セルが空です。数値またはファイル名が必要です";
        Self::RemoteFile { found } =>
            "{found} is on the network, which is not supported offline; copy the file beside the CSV and name it relative to the CSV",
            "{found} はネットワーク上のファイルのため使えません。CSV の近くにコピーし、CSV からの相対パスで指定してください";
        // NNC's own words, in every language.
        Self::UnknownExtension { extension, found } =>
            "File format with extension \"{extension}\" is not supported. Found the cell \"{found}\", expected a number or a file named .png, .jpg, .jpeg, .bmp, .gif, .tif, .tiff, .csv or .npy",
            "File format with extension \"{extension}\" is not supported. セルは \"{found}\" です。数値か、.png、.jpg、.jpeg、.bmp、.gif、.tif、.tiff、.csv、.npy のファイルが必要です";
        Self::UnsupportedKind { extension } =>
            "{extension} files are loaded by Neural Network Console but not here; convert the file to .png, .csv or .npy",
            "{extension} ファイルは Neural Network Console では読み込めますが、ここでは読み込めません。.png、.csv、.npy のいずれかに変換してください";
        Self::MissingFile =>
            "the file does not exist; names are relative to the folder of the CSV, and upper and lower case matter",
            "ファイルがありません。名前は CSV のフォルダーからの相対パスで、大文字と小文字は区別されます";
        Self::OtherUnicodeForm =>
            "a file of that name is there in another Unicode form (accents and kana marks composed or decomposed, as Macs write them); rename the file or write its name in the CSV anew",
            "同じ名前のファイルが別の Unicode 正規化形式（Mac では濁点などが分解されます）で存在します。ファイル名を変更するか、CSV の名前を書き直してください";
        Self::IsDirectory => "found a folder, expected a file", "フォルダーです。ファイルが必要です";
        Self::NotAFile =>
            "found a device or a pipe, expected a file",
            "デバイスまたはパイプです。ファイルが必要です";
        Self::UnreadableFile { reason } => "cannot read the file: {reason}", "ファイルを読み込めません: {reason}";
        Self::TooLarge(limit) => "{limit}; make the file smaller", "{limit}。ファイルを小さくしてください";
        Self::Image(error) => "{error}", "{error}";
        Self::GreyImage { expected } =>
            "found a grey image (1 channel), expected {expected} channels; convert it to RGB, for example with nnc-host dataset create",
            "グレースケール画像（1 チャンネル）です。{expected} チャンネルが必要です。nnc-host dataset create などで RGB に変換してください";
        Self::WrongImageSize { ; found, expected } =>
            "found an image of {found} (channels,height,width), expected {expected}; resize it with nnc-host dataset create or any image tool",
            "画像が {found}（チャンネル,高さ,幅）です。{expected} が必要です。nnc-host dataset create や画像ツールでサイズを変更してください"
            [found = Shape(found), expected = Shape(expected)];
        Self::WrongShape { ; found, expected } =>
            "found values of shape {found}, expected {expected}",
            "値の形状が {found} です。{expected} が必要です"
            [found = Shape(found), expected = Shape(expected)];
        Self::NotAnImage { found } => "found {found}, expected an image", "{found}があります。画像が必要です";
        Self::EmptyMatrix =>
            "the matrix has no rows, expected numbers separated by commas",
            "行列に行がありません。コンマで区切った数値が必要です";
        Self::RaggedMatrix { file_line, found, expected } =>
            "line {file_line} of the matrix has {found} numbers, expected {expected} as in its first row",
            "行列の {file_line} 行目に数値が {found} 個あります。1 行目と同じ {expected} 個が必要です";
        Self::MatrixNumber { file_line, file_column, found } =>
            "line {file_line}, column {file_column} of the matrix is \"{found}\", expected a number (a matrix has no header)",
            "行列の {file_line} 行目 {file_column} 列目が \"{found}\" です。数値が必要です（行列にヘッダーはありません）";
        Self::MatrixQuote { file_line } =>
            "a quote (\") that opens on line {file_line} of the matrix is never closed; a matrix needs no quotes",
            "行列の {file_line} 行目で始まる引用符（\"）が閉じられていません。行列に引用符は不要です";
        Self::BadNpy(error) => "not a usable .npy file: {error}", "使用できない .npy ファイルです: {error}";
        Self::DecoderPanic { ; message } =>
            "the decoder stopped unexpectedly{message}; save the file again with another tool",
            "デコーダーが予期せず停止しました{message}。別のツールで保存し直してください"
            [message = message.clone().map(OfPanic::Message)];
    }
}

messages! {
    /// What a decoder said when it stopped.
    enum OfPanic {
        Message(text: String) => " ({text})", "（{text}）";
    }
}

sentences! {
    SampleLimit {
        Self::FileBytes { found, limit } =>
            "the file has {found} bytes, more than the limit of {limit}",
            "ファイルが {found} バイトあり、上限の {limit} バイトを超えています";
        Self::ValueBytes { limit; shape } =>
            "found values of shape {shape}, more than the limit of {limit} bytes",
            "値の形状が {shape} で、上限の {limit} バイトを超えています"
            [shape = Shape(shape)];
        Self::MatrixValues { file_line, limit } =>
            "the matrix has more than the limit of {limit} values up to line {file_line} of the file",
            "行列の値がファイルの {file_line} 行目までで上限の {limit} 個を超えています";
    }
}

sentences! {
    CellKind {
        Self::Number => "a number", "数値";
        Self::Matrix => "a matrix", "行列";
        Self::Array => "an .npy array", ".npy 配列";
        Self::NotBytes => "numbers that are not bytes", "バイトでない数値";
    }
}
