//! What this crate says, in every language: the sentences of its errors and the words that they are put together from.

use nnc_language::{Language, displayed_sentences, texts};

use crate::array::ArrayError;
use crate::cache::CacheError;
use crate::error::{DatasetError, Place};
use crate::picture::PictureError;

/// Names that a message lists.
const NAMES: usize = 20;

displayed_sentences! {
    Place {
        Self { csv, line, column, file } =>
            "{csv} line {line}, column \"{column}\"{file}", "{csv} {line} 行目、列 \"{column}\"{file}"
            [csv = csv.display(), file = file.as_ref().map(|file| said_file(file)).unwrap_or_default()];
    }
}

displayed_sentences! {
    DatasetError {
        Self::Unreadable { csv, reason } =>
            "cannot read the dataset {csv}: {reason}",
            "データセット {csv} を読み込めません: {reason}"
            [csv = csv.display()];
        Self::TableTooLarge { csv, found, limit } =>
            "{csv} has {found} bytes, a dataset table has at most {limit}; split it into several datasets",
            "{csv} は {found} バイトあります。データセットの表は {limit} バイトまでです。複数のデータセットに分割してください"
            [csv = csv.display()];
        Self::TooManyCells { csv, line, limit } =>
            "{csv} line {line}: the table goes on past {limit} cells; check that it is a data set, or split it into several",
            "{csv} {line} 行目: 表のセルが {limit} 個を超えています。データセットかどうか確認するか、複数に分割してください"
            [csv = csv.display()];
        Self::TooManyColumns { csv, line, found, limit } =>
            "{csv} line {line}: the header has {found} cells, expected at most {limit}; check that it is a data set",
            "{csv} {line} 行目: ヘッダーのセルが {found} 個あります。{limit} 個までです。データセットかどうか確認してください"
            [csv = csv.display()];
        Self::TooManyProblems { csv, line, limit } =>
            "{csv} line {line}: {limit} problems up to here, the rest is not looked at; repair these first",
            "{csv} {line} 行目: ここまでに問題が {limit} 件あるため、残りは検査していません。まずこれらを修正してください"
            [csv = csv.display()];
        Self::NotUtf8 { csv, line } =>
            "{csv} line {line}: found bytes that are not UTF-8; save the file as UTF-8 (with or without BOM)",
            "{csv} {line} 行目: UTF-8 でないバイトがあります。UTF-8（BOM の有無は問いません）で保存してください"
            [csv = csv.display()];
        Self::EmptyFile { csv } =>
            "{csv} is empty, expected a header line such as x:image,y:label and one line per sample",
            "{csv} は空です。x:image,y:label のようなヘッダー行と、サンプルごとの行が必要です"
            [csv = csv.display()];
        Self::NoRows { csv } =>
            "{csv} has a header but no rows, expected one line per sample",
            "{csv} にはヘッダーだけで行がありません。サンプルごとに 1 行が必要です"
            [csv = csv.display()];
        Self::EmptyHeaderCell { csv, line, column } =>
            "{csv} line {line}: header cell {column} is empty, expected a name such as x:image; name the column or start its name with # to ignore it",
            "{csv} {line} 行目: ヘッダーの {column} 番目のセルが空です。x:image のような名前を付けるか、使わない列なら # で始まる名前にしてください"
            [csv = csv.display()];
        Self::Semicolons { csv, line } =>
            "{csv} line {line}: columns are separated by semicolons, expected commas; save the file with commas between its columns",
            "{csv} {line} 行目: 列がセミコロンで区切られています。カンマ区切りで保存してください"
            [csv = csv.display()];
        Self::NoVariables { csv, line } =>
            "{csv} line {line}: found only comment columns (#...), expected at least one variable such as x:image",
            "{csv} {line} 行目: コメント列（#...）しかありません。x:image のような変数が 1 つ以上必要です"
            [csv = csv.display()];
        Self::MixedVariable { csv, line, name } =>
            "{csv} line {line}: variable \"{name}\" is used both as a column of its own and as a vector ({name}__0, ...); rename one of them",
            "{csv} {line} 行目: 変数 \"{name}\" が単独の列とベクトル（{name}__0, ...）の両方に使われています。どちらかの名前を変えてください"
            [csv = csv.display()];
        Self::UnclosedQuote { csv, line } =>
            "{csv} line {line}: a quote (\") that opens in this row is never closed; close it, or double it where it is part of the text",
            "{csv} {line} 行目: この行で始まる引用符（\"）が閉じられていません。閉じるか、文字としての引用符なら二重に書いてください"
            [csv = csv.display()];
        Self::RaggedRow { csv, line, found, expected } =>
            "{csv} line {line}: found {found} cells, expected {expected} as in the header",
            "{csv} {line} 行目: セルが {found} 個あります。ヘッダーと同じ {expected} 個が必要です"
            [csv = csv.display()];
        Self::UnknownVariable { csv, name, available } =>
            "{csv} has no variable \"{name}\", it has {available}",
            "{csv} に変数 \"{name}\" はありません。あるのは {available} です"
            [csv = csv.display(), available = quoted(available)];
        Self::NoSuchRow { csv, row, rows } =>
            "{csv} has {rows} rows, row {row} (from 0) does not exist",
            "{csv} は {rows} 行で、行 {row}（0 から数えて）はありません"
            [csv = csv.display()];
        Self::Cache(error) => "{error}", "{error}";
        Self::EmptyCell { place } =>
            "{place}: the cell is empty, expected a number or the name of a file",
            "{place}: セルが空です。数値またはファイル名が必要です";
        Self::RemoteFile { place, found } =>
            "{place}: {found} is on the network, which is not supported offline; copy the file beside the CSV and name it relative to the CSV",
            "{place}: {found} はネットワーク上のファイルのため使えません。CSV の近くにコピーし、CSV からの相対パスで指定してください";
        // NNC's own words, in every language.
        Self::UnknownExtension { place, extension, found } =>
            "{place}: File format with extension \"{extension}\" is not supported. Found the cell \"{found}\", expected a number or a file named .png, .jpg, .jpeg, .bmp, .gif, .tif, .tiff, .csv or .npy",
            "{place}: File format with extension \"{extension}\" is not supported. セルは \"{found}\" です。数値か、.png、.jpg、.jpeg、.bmp、.gif、.tif、.tiff、.csv、.npy のファイルが必要です";
        Self::UnsupportedKind { place, extension } =>
            "{place}: {extension} files are loaded by Neural Network Console but not here; convert the file to .png, .csv or .npy",
            "{place}: {extension} ファイルは Neural Network Console では読み込めますが、ここでは読み込めません。.png、.csv、.npy のいずれかに変換してください";
        Self::MissingFile { place } =>
            "{place}: the file does not exist; names are relative to the folder of the CSV, and upper and lower case matter",
            "{place}: ファイルがありません。名前は CSV のフォルダーからの相対パスで、大文字と小文字は区別されます";
        Self::IsDirectory { place } =>
            "{place}: found a folder, expected a file",
            "{place}: フォルダーです。ファイルが必要です";
        Self::UnreadableFile { place, reason } =>
            "{place}: cannot read the file: {reason}",
            "{place}: ファイルを読み込めません: {reason}";
        Self::TooLarge { place, found, limit } =>
            "{place}: found {found}, more than the limit of {limit}; make the file smaller",
            "{place}: {found}があります。上限は {limit} です。ファイルを小さくしてください";
        Self::DamagedImage { place, reason } =>
            "{place}: the image is damaged or cut short ({reason}); copy or export it again",
            "{place}: 画像が壊れているか、途中で切れています（{reason}）。もう一度コピーまたは書き出してください";
        Self::UnsupportedImage { place, reason } =>
            "{place}: this kind of image is not supported ({reason}); save it as an 8-bit grey or RGB PNG",
            "{place}: この形式の画像には対応していません（{reason}）。8 ビットのグレースケールまたは RGB の PNG で保存してください";
        Self::SixteenBit { place, found } =>
            "{place}: found an image with {found}, expected 8 bits per channel; convert it to 8 bits",
            "{place}: 画像が {found} です。1 チャンネル 8 ビットに変換してください";
        Self::Alpha { place, found } =>
            "{place}: found an image with transparency ({found}), expected grey or RGB; remove the alpha channel",
            "{place}: 透明度のある画像です（{found}）。グレースケールまたは RGB が必要です。アルファチャンネルを取り除いてください";
        Self::Cmyk { place } =>
            "{place}: found a CMYK image (4 channels), expected grey or RGB; convert it to RGB",
            "{place}: CMYK 画像（4 チャンネル）です。グレースケールまたは RGB が必要です。RGB に変換してください";
        Self::GreyImage { place, expected } =>
            "{place}: found a grey image (1 channel), expected {expected} channels; convert it to RGB, for instance with nnc-host dataset create",
            "{place}: グレースケール画像（1 チャンネル）です。{expected} チャンネルが必要です。nnc-host dataset create などで RGB に変換してください";
        Self::WrongImageSize { place, found, expected } =>
            "{place}: found an image of {found} (channels,height,width), expected {expected}; resize it with nnc-host dataset create or any image tool",
            "{place}: 画像が {found}（チャンネル,高さ,幅）です。{expected} が必要です。nnc-host dataset create や画像ツールでサイズを変更してください"
            [found = dims(found), expected = dims(expected)];
        Self::WrongShape { place, found, expected } =>
            "{place}: found values of shape {found}, expected {expected}",
            "{place}: 値の形状が {found} です。{expected} が必要です"
            [found = dims(found), expected = dims(expected)];
        Self::NotAnImage { place, found } =>
            "{place}: found {found}, expected an image",
            "{place}: {found}があります。画像が必要です";
        Self::EmptyMatrix { place } =>
            "{place}: the matrix has no rows, expected numbers separated by commas",
            "{place}: 行列に行がありません。コンマで区切った数値が必要です";
        Self::RaggedMatrix { place, file_line, found, expected } =>
            "{place}: line {file_line} of the matrix has {found} numbers, expected {expected} as in its first row",
            "{place}: 行列の {file_line} 行目に数値が {found} 個あります。1 行目と同じ {expected} 個が必要です";
        Self::MatrixNumber { place, file_line, file_column, found } =>
            "{place}: line {file_line}, column {file_column} of the matrix is \"{found}\", expected a number (a matrix has no header)",
            "{place}: 行列の {file_line} 行目 {file_column} 列目が \"{found}\" です。数値が必要です（行列にヘッダーはありません）";
        Self::MatrixQuote { place, file_line } =>
            "{place}: a quote (\") that opens on line {file_line} of the matrix is never closed; a matrix needs no quotes",
            "{place}: 行列の {file_line} 行目で始まる引用符（\"）が閉じられていません。行列に引用符は不要です";
        Self::BadNpy { place, reason } =>
            "{place}: not a usable .npy file: {reason}",
            "{place}: 使用できない .npy ファイルです: {reason}";
        Self::DecoderPanic { place, reason } =>
            "{place}: the decoder stopped unexpectedly ({reason}); save the file anew with another tool",
            "{place}: デコーダーが予期せず停止しました（{reason}）。別のツールで保存し直してください";
        Self::BadFormat { shape, limit } =>
            "samples of shape {shape} cannot be read, expected at least one value and at most {limit} bytes",
            "形状 {shape} のサンプルは読み込めません。1 個以上の値で、{limit} バイト以内でなければなりません"
            [shape = dims(shape)];
        Self::WrongBuffer { found, expected } =>
            "the memory for a sample has {found} bytes, expected {expected}",
            "サンプル用のメモリーが {found} バイトです。{expected} バイトが必要です";
        Self::EmptyBatch =>
            "a batch of 0 images was asked for, expected at least 1",
            "画像 0 枚のバッチが要求されました。1 枚以上が必要です";
        Self::OutOfMemory { images, bytes } =>
            "no memory for {images} images of {bytes} bytes each; lower batch_size",
            "1 枚 {bytes} バイトの画像 {images} 枚分のメモリーを確保できません。batch_size を小さくしてください";
        Self::NoThread { reason } =>
            "cannot start a decoder thread: {reason}",
            "デコード用のスレッドを開始できません: {reason}";
    }
}

displayed_sentences! {
    CacheError {
        Self::NoIndex { cache } =>
            "{cache} is a folder without cache_index.csv, expected a data set CSV or a complete .cache folder; name the CSV instead",
            "{cache} は cache_index.csv のないフォルダーです。データセット CSV か、完全な .cache フォルダーが必要です。CSV を指定してください"
            [cache = cache.display()];
        Self::NoOriginal { cache } =>
            "{cache} has no original.csv, from which the cells of the result come; make the cache again from its CSV",
            "{cache} に、結果のセルの元になる original.csv がありません。CSV からキャッシュを作り直してください"
            [cache = cache.display()];
        Self::Unreadable { file, reason } =>
            "cannot read {file}: {reason}",
            "{file} を読み込めません: {reason}"
            [file = file.display()];
        Self::ListTooLarge { file, limit } =>
            "{file} has more than {limit} bytes; make the cache again",
            "{file} が {limit} バイトを超えています。キャッシュを作り直してください"
            [file = file.display()];
        Self::Line { file, line, found, expected } =>
            "{file} line {line}: found {found}, expected {expected}; make the cache again",
            "{file} {line} 行目: {found}があります。{expected}が必要です。キャッシュを作り直してください"
            [file = file.display()];
        Self::Empty { file, expected } =>
            "{file} is empty, expected {expected}; make the cache again",
            "{file} は空です。{expected}が必要です。キャッシュを作り直してください"
            [file = file.display()];
        Self::NoChunk { file, line, chunk } =>
            "{file} line {line} lists the chunk {chunk}, which does not exist; make the cache again",
            "{file} {line} 行目にあるチャンク {chunk} が存在しません。キャッシュを作り直してください"
            [file = file.display()];
        Self::Chunk { chunk, variable, reason } =>
            "{chunk}, variable \"{variable}\": {reason}; make the cache again",
            "{chunk}、変数 \"{variable}\": {reason}。キャッシュを作り直してください"
            [chunk = chunk.display()];
        Self::ChunkRows { chunk, variable, found, expected } =>
            "{chunk}, variable \"{variable}\": found {found} samples, expected {expected} as in cache_index.csv; make the cache again",
            "{chunk}、変数 \"{variable}\": サンプルが {found} 個あります。cache_index.csv では {expected} 個です。キャッシュを作り直してください"
            [chunk = chunk.display()];
        Self::Trailing { chunk, extra } =>
            "{chunk} has {extra} bytes after its last variable, expected only the variables that cache_info.csv lists; make the cache again",
            "{chunk} の最後の変数の後に余分な {extra} バイトがあります。cache_info.csv にある変数だけでなければなりません。キャッシュを作り直してください"
            [chunk = chunk.display()];
        Self::Differs { chunk, found, expected } =>
            "{chunk}: found {found}, expected {expected} as in the first chunk; make the cache again",
            "{chunk}: {found}があります。最初のチャンクと同じ{expected}が必要です。キャッシュを作り直してください"
            [chunk = chunk.display()];
        Self::Variables { cache, found, expected } =>
            "{cache} holds the variables {found}, its original.csv has {expected}; make the cache again",
            "{cache} の変数は {found} ですが、original.csv では {expected} です。キャッシュを作り直してください"
            [cache = cache.display()];
        Self::Rows { cache, found, expected } =>
            "{cache} holds {found} samples, its original.csv has {expected} rows; make the cache again",
            "{cache} のサンプルは {found} 個ですが、original.csv は {expected} 行です。キャッシュを作り直してください"
            [cache = cache.display()];
    }
}

displayed_sentences! {
    PictureError {
        Self::TooLarge { found, limit } =>
            "found {found}, more than the limit of {limit}; make the image smaller",
            "{found}があります。上限は {limit} です。画像を小さくしてください";
        Self::Damaged { reason } =>
            "damaged, cut short or no image ({reason}); copy or export it again",
            "壊れているか、途中で切れているか、画像ではありません（{reason}）。もう一度コピーまたは書き出してください";
        Self::Unsupported { reason } =>
            "this kind of image is not supported ({reason}); save it as an 8-bit grey or RGB PNG",
            "この形式の画像には対応していません（{reason}）。8 ビットのグレースケールまたは RGB の PNG で保存してください";
        Self::SixteenBit { found } =>
            "{found}, expected 8; convert the image to 8 bits",
            "画像が {found} です。1 チャンネル 8 ビットに変換してください";
        Self::Alpha { found } =>
            "transparency ({found}), expected grey or RGB; remove the alpha channel",
            "透明度があります（{found}）。グレースケールまたは RGB が必要です。アルファチャンネルを取り除いてください";
        Self::Cmyk =>
            "CMYK (4 channels), expected grey or RGB; convert the image to RGB",
            "CMYK（4 チャンネル）です。グレースケールまたは RGB が必要です。RGB に変換してください";
        Self::DecoderPanic =>
            "the decoder stopped unexpectedly; save the image anew with another tool",
            "デコーダーが予期せず停止しました。別のツールで画像を保存し直してください";
    }
}

displayed_sentences! {
    ArrayError {
        Self { path, reason } =>
            "cannot read {path} as a .npy array: {reason}",
            "{path} を .npy 配列として読み込めません: {reason}"
            [path = path.display()];
    }
}

texts! {
    /// Parts of sentences: what was found, what was expected, and why.
    pub(crate) enum Word {
        // What a cell is.
        ANumber: "a number", "数値";
        AMatrix: "a matrix", "行列";
        AnArray: "an .npy array", ".npy 配列";
        NoBytes: "numbers that are no bytes", "バイトでない数値";
        DeviceOrPipe: "found a device or a pipe, expected a file", "デバイスまたはパイプです。ファイルが必要です";

        // Sizes and limits.
        Bytes: "{0} bytes", "{0} バイト";
        FileOf: "a file of {0} bytes", "{0} バイトのファイル";
        ValuesOf: "values of shape {0}", "形状 {0} の値";
        ImageOf: "an image of {0}x{1} pixels", "{0}x{1} ピクセルの画像";
        BytesDecoded: "{0} bytes decoded", "デコード後 {0} バイト";
        Pixels: "{0} pixels", "{0} ピクセル";
        Values: "{0} values", "{0} 個";
        MoreValues: "more values up to line {0} of the file", "ファイルの {0} 行目までにそれより多くの値";
        NeedsMemory: "an image that needs more memory ({0})", "より多くのメモリーが必要な画像（{0}）";
        DecodersMemory: "the decoder's memory", "デコーダーのメモリー";
        OneNumber: "() (a single number)", "()（1 個の数値）";

        // Kinds of images.
        SixteenBits: "16 bits per channel", "1 チャンネル 16 ビット";
        Floats: "32-bit floats", "32 ビット浮動小数点数";
        Channels: "{0} channels", "{0} チャンネル";
        TransparentPalette: "transparent palette entry, or a first frame smaller than the image",
            "透明なパレット色、または画像より小さい最初のフレーム";
        NoSize: "its size is {0}x{1} pixels", "サイズが {0}x{1} ピクセルです";
        JpegCut: "the JPEG ends before its end marker", "JPEG が終了マーカーの前で終わっています";
        NoRange: "32-bit floats have no fixed range", "32 ビット浮動小数点数には決まった範囲がありません";
        NoMessage: "no message", "メッセージなし";

        // Arrays.
        NotAFile: "it is not a file", "ファイルではありません";
        TooManyBytes: "it has {0} bytes, more than {1}", "{0} バイトあり、上限の {1} バイトを超えています";
        ClaimsShape: "its header claims the shape {0}, more than {1} bytes",
            "ヘッダーの形状 {0} が {1} バイトを超えています";
        CutShort: "it is cut short, found {0} bytes of values, expected {1}",
            "途中で切れています。値が {0} バイトありますが、{1} バイト必要です";
        NoSignature: "it does not start with the .npy signature", "先頭に .npy のシグネチャーがありません";
        NpyVersion: "found version {0}, expected 1, 2 or 3", "バージョンが {0} です。1、2、3 のいずれかが必要です";
        EndsInHeader: "it ends inside the header", "ヘッダーの途中で終わっています";
        HeaderTooLong: "its header claims {0} bytes, expected at most {1}",
            "ヘッダーが {0} バイトとなっています。{1} バイトまでです";
        HeaderNoText: "its header is not text", "ヘッダーがテキストではありません";
        HeaderMalformed: "its header is not {'descr': ..., 'fortran_order': ..., 'shape': ...}",
            "ヘッダーが {'descr': ..., 'fortran_order': ..., 'shape': ...} の形ではありません";
        HoldsNothing: "it holds no values, its shape is {0}", "形状が {0} で、値がありません";
        ElementType: "found elements of type \"{0}\", expected f4, f8, u1 to u8 or i1 to i8",
            "要素の型が \"{0}\" です。f4、f8、u1～u8、i1～i8 のいずれかが必要です";

        // Caches.
        ArrayAtByte: "the array at byte {0}: {1}", "バイト {0} の配列: {1}";
        ChunkCut: "the chunk is cut short, found {0} bytes, expected {1}",
            "チャンクが途中で切れています。{0} バイトありますが、{1} バイト必要です";
        SingleNumber: "found a single number, expected one entry per sample",
            "1 個の数値しかありません。サンプルごとの値が必要です";
        FortranOrder: "found an array in Fortran order, expected C order as NNC writes it",
            "配列が Fortran 順です。NNC が書き込む C 順が必要です";
        NoNumbers: "the dataset holds neither whole numbers nor floats", "データセットが整数でも浮動小数点数でもありません";
        SampleShape: "it holds no values, a sample has the shape {0}", "サンプルの形状が {0} で、値がありません";
        NoDataset: "the chunk holds no dataset", "チャンクにデータセットがありません";
        SampleBytes: "found {0} bytes for a sample, expected {1}", "サンプルが {0} バイトです。{1} バイトが必要です";
        Contradicts: "the structure of the HDF5 file contradicts itself", "HDF5 ファイルの構造が矛盾しています";
        SampleTooLarge: "a sample of shape {0} has more than {1} bytes", "形状 {0} のサンプルが {1} バイトを超えています";
        StoredAs: "variable \"{0}\" of shape {1} and type {2}", "変数 \"{0}\"（形状 {1}、型 {2}）";
        ChunkLine: "a chunk of this folder and its number of samples", "このフォルダーのチャンクとそのサンプル数";
        NameLine: "the name of a variable, each once", "重複のない変数名";
        OrderLine: "two numbers from 0 to {0}, each once in its column", "列ごとに重複のない 0 から {0} までの数値 2 つ";
        LinePerChunk: "one line per chunk", "チャンクごとに 1 行";
        LinePerVariable: "one line per variable", "変数ごとに 1 行";
        LinePerSample: "{0} lines, one per sample", "サンプルごとに 1 行、計 {0} 行";
        EndOfList: "the end of the list", "リストの終わり";
        NotUtf8: "bytes that are not UTF-8", "UTF-8 でないバイト";
        Utf8: "text in UTF-8", "UTF-8 のテキスト";
        OpenQuote: "a quote that is never closed", "閉じられていない引用符";
        ItsEnd: "its end", "閉じる引用符";
        MoreCells: "more than {0} cells", "{0} 個を超えるセル";
        MoreLines: "more than {0} lines", "{0} 行を超える行";
        AList: "a list of a cache", "キャッシュのリスト";

        // Warnings.
        VariableTwice: "{0} line {1}: variable \"{2}\" appears more than once, column {3} is used and the earlier one ignored, as in Neural Network Console",
            "{0} {1} 行目: 変数 \"{2}\" が複数回現れます。Neural Network Console と同様に {3} 列目を使い、前の列は無視します";
    }
}

/// The file of a place, with what parts it from the column.
fn said_file(file: &std::path::Path) -> String {
    match nnc_language::chosen() {
        Language::English => format!(", {}", file.display()),
        Language::Japanese => format!("、{}", file.display()),
    }
}

/// Sizes as NNC writes them: `3,224,224`.
fn dims(shape: &[usize]) -> String {
    if shape.is_empty() {
        return Word::OneNumber.with(&[]);
    }
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    sizes.join(",")
}

/// The first names of a list; nobody reads thousands.
fn quoted(names: &[String]) -> String {
    let first: Vec<String> = names.iter().take(NAMES).map(|name| format!("\"{name}\"")).collect();
    let more = if names.len() > NAMES { ", ..." } else { "" };
    first.join(", ") + more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_the_same_places() {
        for word in Word::ALL {
            let of = |language| nnc_language::places(word.of(language));
            assert_eq!(of(Language::English), of(Language::Japanese), "{}", word.key());
        }
    }

    #[test]
    fn a_sentence_names_its_place() {
        let place = Place { csv: "a.csv".into(), line: 3, column: "x".to_owned(), file: None };
        let told = |file: Option<&str>| {
            let place = Place { file: file.map(Into::into), ..place.clone() };
            DatasetError::IsDirectory { place: Box::new(place) }.to_string()
        };
        assert_eq!(told(None), "a.csv line 3, column \"x\": found a folder, expected a file");
        assert_eq!(told(Some("b")), "a.csv line 3, column \"x\", b: found a folder, expected a file");
    }
}
