//! What is wrong with a `.cache` folder.

use crate::sentences;
use nnc_dataset::{CacheError, ChunkDefect, ListExpected, ListFound, NumberType, StoredVariable};

use super::Names;
use super::shape::Shape;

sentences! {
    CacheError {
        Self::NoIndex { cache } =>
            "{cache} is a folder without cache_index.csv, expected a dataset CSV or a complete .cache folder; name the CSV instead",
            "{cache} は cache_index.csv のないフォルダーです。データセット CSV か、完全な .cache フォルダーが必要です。CSV を指定してください";
        Self::NoOriginal { cache } =>
            "{cache} has no original.csv, from which the cells of the result come; create the cache again from its CSV",
            "{cache} に、結果のセルの元になる original.csv がありません。CSV からキャッシュを作り直してください";
        Self::Unreadable { file, reason } => "cannot read {file}: {reason}", "{file} を読み込めません: {reason}";
        Self::ListTooLarge { file, limit } =>
            "{file} has more than {limit} bytes; create the cache again",
            "{file} が {limit} バイトを超えています。キャッシュを作り直してください";
        Self::Line { file, line, found, expected } =>
            "{file} line {line}: found {found}, expected {expected}; create the cache again",
            "{file} {line} 行目: {found}があります。{expected}が必要です。キャッシュを作り直してください";
        Self::Empty { file, expected } =>
            "{file} is empty, expected {expected}; create the cache again",
            "{file} は空です。{expected}が必要です。キャッシュを作り直してください";
        Self::NoChunk { file, line, chunk } =>
            "{file} line {line} lists the chunk {chunk}, which does not exist; create the cache again",
            "{file} {line} 行目にあるチャンク {chunk} が存在しません。キャッシュを作り直してください";
        Self::Chunk { chunk, variable, defect } =>
            "{chunk}, variable \"{variable}\": {defect}; create the cache again",
            "{chunk}、変数 \"{variable}\": {defect}。キャッシュを作り直してください";
        Self::ChunkRows { chunk, variable, found, expected } =>
            "{chunk}, variable \"{variable}\": found {found} samples, expected {expected} as in cache_index.csv; create the cache again",
            "{chunk}、変数 \"{variable}\": サンプルが {found} 個あります。cache_index.csv では {expected} 個です。キャッシュを作り直してください";
        Self::Trailing { chunk, extra } =>
            "{chunk} has {extra} bytes after its last variable, expected only the variables that cache_info.csv lists; create the cache again",
            "{chunk} の最後の変数の後に余分な {extra} バイトがあります。cache_info.csv にある変数だけでなければなりません。キャッシュを作り直してください";
        Self::Differs { chunk, found, expected } =>
            "{chunk}: found {found}, expected {expected} as in the first chunk; create the cache again",
            "{chunk}: {found}があります。最初のチャンクと同じ{expected}が必要です。キャッシュを作り直してください";
        Self::Variables { cache; found, expected } =>
            "{cache} holds the variables {found}, its original.csv has {expected}; create the cache again",
            "{cache} の変数は {found} ですが、original.csv では {expected} です。キャッシュを作り直してください"
            [found = Names(found), expected = Names(expected)];
        Self::Rows { cache, found, expected } =>
            "{cache} holds {found} samples, its original.csv has {expected} rows; create the cache again",
            "{cache} のサンプルは {found} 個ですが、original.csv は {expected} 行です。キャッシュを作り直してください";
    }
}

sentences! {
    ListFound {
        Self::Line(start) => "\"{start}\"", "\"{start}\"";
        Self::EndOfList => "the end of the list", "リストの終わり";
        Self::NotUtf8 => "bytes that are not UTF-8", "UTF-8 でないバイト";
        Self::OpenQuote => "a quote that is never closed", "閉じられていない引用符";
        Self::MoreCells { limit } => "more than {limit} cells", "{limit} 個を超えるセル";
        Self::MoreLines { limit } => "more than {limit} lines", "{limit} 行を超える行";
    }
}

sentences! {
    ListExpected {
        Self::Chunk => "a chunk of this folder and its number of samples", "このフォルダーのチャンクとそのサンプル数";
        Self::Variable => "the name of a variable, each once", "重複のない変数名";
        Self::Order { last } =>
            "two numbers from 0 to {last}, each once in its column",
            "列ごとに重複のない 0 から {last} までの数値 2 つ";
        Self::LinePerChunk => "one line per chunk", "チャンクごとに 1 行";
        Self::LinePerVariable => "one line per variable", "変数ごとに 1 行";
        Self::LinePerSample { samples } => "{samples} lines, one per sample", "サンプルごとに 1 行、計 {samples} 行";
        Self::Utf8 => "text in UTF-8", "UTF-8 のテキスト";
        Self::ClosingQuote => "a closing quote", "閉じる引用符";
        Self::List => "a list of a cache", "キャッシュのリスト";
    }
}

sentences! {
    ChunkDefect {
        Self::Array { at, error } => "the array at byte {at}: {error}", "バイト {at} の配列: {error}";
        Self::CutShort { found, expected } =>
            "the chunk is cut short, found {found} bytes, expected {expected}",
            "チャンクが途中で切れています。{found} バイトありますが、{expected} バイト必要です";
        Self::SingleNumber =>
            "found a single number, expected one entry per sample",
            "1 個の数値しかありません。サンプルごとの値が必要です";
        Self::FortranOrder =>
            "found an array in Fortran order, expected C order as NNC writes it",
            "配列が Fortran 順です。NNC が書き込む C 順が必要です";
        Self::NotNumbers =>
            "the HDF5 dataset holds neither integers nor floats",
            "HDF5 データセットが整数でも浮動小数点数でもありません";
        Self::NoValues { ; shape } =>
            "it holds no values, a sample has the shape {shape}",
            "サンプルの形状が {shape} で、値がありません"
            [shape = Shape(shape)];
        Self::NoDataset => "the chunk holds no dataset", "チャンクにデータセットがありません";
        Self::SampleBytes { found, expected } =>
            "found {found} bytes for a sample, expected {expected}",
            "サンプルが {found} バイトです。{expected} バイトが必要です";
        Self::SampleTooLarge { limit; shape } =>
            "a sample of shape {shape} has more than {limit} bytes",
            "形状 {shape} のサンプルが {limit} バイトを超えています"
            [shape = Shape(shape)];
        Self::Contradiction =>
            "the structure of the HDF5 file contradicts itself",
            "HDF5 ファイルの構造が矛盾しています";
        Self::Hdf5(reason) => "{reason}", "{reason}";
    }
}

sentences! {
    StoredVariable {
        Self { name; shape, number_type } =>
            "variable \"{name}\" of shape {shape} and type {kind}",
            "変数 \"{name}\"（形状 {shape}、型 {kind}）"
            [shape = Shape(shape), kind = name_of(*number_type)];
    }
}

/// NumPy's name of a type.
fn name_of(number_type: NumberType) -> &'static str {
    match number_type {
        NumberType::F32 => "float32",
        NumberType::F64 => "float64",
        NumberType::U8 => "uint8",
        NumberType::U16 => "uint16",
        NumberType::U32 => "uint32",
        NumberType::U64 => "uint64",
        NumberType::I8 => "int8",
        NumberType::I16 => "int16",
        NumberType::I32 => "int32",
        NumberType::I64 => "int64",
    }
}
