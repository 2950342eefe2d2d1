//! The sentences of `nnp-onnx`: what keeps a network from becoming an ONNX model.

use nnp_onnx::{Missing, OnnxError};

use crate::{Words, sentences};

sentences! {
    OnnxError {
        Self::NoNetwork => "the model has no network that could be run", "モデルに実行できるネットワークがありません";
        Self::NoExecutor { executor, present } => "the model has no executor \"{executor}\"; it has {present}", "モデルに Executor「{executor}」がありません。あるのは {present} です";
        Self::Graph(error) => "{error}", "{error}";
        Self::NoCounterpart { function, type_name, detail } => "function \"{function}\" ({type_name}) has no counterpart in ONNX: {detail}", "関数「{function}」（{type_name}）は ONNX で表せません: {detail}";
        Self::NoValues { parameter } => "parameter \"{parameter}\" has no values in this model", "パラメーター「{parameter}」の値がこのモデルにありません";
        Self::TooLarge { bytes, limit } => "the model would have {bytes} bytes, an ONNX file has at most {limit}; train with fewer features", "モデルは {bytes} バイトになりますが、ONNX ファイルの上限は {limit} バイトです。特徴量を減らして学習してください";
        else other => Words(other);
    }
}

sentences! {
    Missing {
        Self::Function => "no operator does the same", "同じ働きをする演算子がありません";
        Self::Batch => "its shape depends on the batch in more than one place", "形状の複数の箇所がバッチに依存しています";
        Self::Arguments => "no operator takes these arguments", "この引数を扱える演算子がありません";
        else other => Words(other);
    }
}
