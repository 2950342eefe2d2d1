//! The sentences of `nnp-onnx-import`: what keeps an ONNX file from becoming a network.

use nnp_onnx_import::{ImportError, Lack, TensorProblem};

use crate::{Words, sentences};

sentences! {
    ImportError {
        Self::Io { path, reason } => "{path}: {reason}", "{path}: {reason}";
        Self::Malformed { offset } => "it is no ONNX model: the bytes from {offset} on are none of its fields", "ONNX モデルではありません。{offset} バイト目以降が ONNX のフィールドではありません";
        Self::TooMany { limit } => "it lists more than {limit} nodes, names and numbers, which no model does", "ノード、名前、数値の合計が {limit} 個を超えています。そのようなモデルはありません";
        Self::NoGraph => "it has no graph with inputs and outputs", "入力と出力を持つグラフがありません";
        Self::Opset { found, least, most } => "its operators are of version {found}; versions {least} to {most} are read", "演算子のバージョン（opset）が {found} です。読み込めるのは {least} から {most} までです";
        Self::NoShape { name } => "input \"{name}\" has no shape in the file; export it with one", "入力「{name}」の形状がファイルにありません。形状を付けてエクスポートしてください";
        Self::FreeAxis { name, axis } => "input \"{name}\" has a free extent on axis {axis}; only the first one, the batch, may be free", "入力「{name}」の軸 {axis} のサイズが決まっていません。可変にできるのは最初の軸（バッチ）だけです";
        Self::InputType { name, data_type } => "input \"{name}\" has values of ONNX's type {data_type}, which are no numbers", "入力「{name}」の値は ONNX の型 {data_type} で、数値ではありません";
        Self::UnknownValue { node, value } => "node \"{node}\" reads \"{value}\", which is no input, no constant and no output of a node before it", "ノード「{node}」が読む「{value}」は、入力でも定数でもそれより前のノードの出力でもありません";
        Self::TwoProducers { value } => "the value \"{value}\" is made twice", "値「{value}」が 2 か所で作られています";
        Self::Tensor { name, problem } => "constant \"{name}\": {problem}", "定数「{name}」: {problem}";
        Self::External { name, location, reason } => "constant \"{name}\": its values are in the file \"{location}\" beside the model: {reason}", "定数「{name}」の値はモデルの横のファイル「{location}」にあります: {reason}";
        Self::TooLarge { limit } => "its constants would take more than {limit} bytes of memory", "定数に必要なメモリーが {limit} バイトを超えます";
        Self::NoCounterpart { node, op_type, lack } => "node \"{node}\" ({op_type}) has no counterpart: {lack}", "ノード「{node}」（{op_type}）に対応する関数がありません: {lack}";
        Self::Shape { node, op_type, reason } => "node \"{node}\" ({op_type}): {reason}", "ノード「{node}」（{op_type}）: {reason}";
        Self::Graph(error) => "{error}", "{error}";
        else other => Words(other);
    }
}

sentences! {
    Lack {
        Self::Operator => "no function does the same", "同じ働きをする関数がありません";
        Self::Domain(domain) => "operators of \"{domain}\" are not read", "「{domain}」の演算子は読み込めません";
        Self::Attribute(name) => "no function does what its attribute \"{name}\" says", "属性「{name}」の指定どおりに働く関数がありません";
        Self::Constant(index) => "its input {index} would have to be constant", "入力 {index} は定数でなければなりません";
        Self::Input(index) => "its input {index} is missing", "入力 {index} がありません";
        Self::Arguments => "no function does the same with inputs of these shapes and types", "この形状と型の入力に対して同じ働きをする関数がありません";
        Self::Batch => "its shape depends on the batch in more than one place", "形状の複数の箇所がバッチに依存しています";
        else other => Words(other);
    }
}

sentences! {
    TensorProblem {
        Self::Type(data_type) => "values of ONNX's type {data_type} are not read", "ONNX の型 {data_type} の値は読み込めません";
        Self::Shape => "its extents are negative or too large", "サイズが負か、大きすぎます";
        Self::Length { found, expected } => "it has {found} values or bytes, its shape asks for {expected}", "値またはバイトが {found} 個ありますが、形状からは {expected} 個必要です";
        Self::NoFolder => "its values are outside of the model, which has no folder here", "値がモデルの外にありますが、ここには対応するフォルダーがありません";
        Self::Place => "the place of its values outside of the model is no number", "モデルの外にある値の位置が数値ではありません";
        Self::Ends => "the file with its values ends before they do", "値のファイルが途中で終わっています";
        else other => Words(other);
    }
}
