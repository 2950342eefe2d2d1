//! What is wrong with a `.npy` file.

use crate::sentences;
use nnc_dataset::{ArrayDefect, ArrayError, NpyError};

use super::shape::Shape;
use crate::failure::{Exit, Failure};

impl From<ArrayError> for Failure {
    /// Errors that nobody classified are failures of the job.
    fn from(error: ArrayError) -> Self {
        Self::new(Exit::Failed, error)
    }
}

sentences! {
    ArrayError {
        Self { path, defect } =>
            "cannot read {path} as a .npy array: {defect}",
            "{path} を .npy 配列として読み込めません: {defect}";
    }
}

sentences! {
    ArrayDefect {
        Self::Unreadable(reason) => "{reason}", "{reason}";
        Self::NotAFile => "it is not a file", "ファイルではありません";
        Self::TooLarge { found, limit } =>
            "it has {found} bytes, more than {limit}",
            "{found} バイトあり、上限の {limit} バイトを超えています";
        Self::Npy(error) => "{error}", "{error}";
    }
}

sentences! {
    NpyError {
        Self::NoSignature =>
            "it does not start with the .npy signature",
            "先頭に .npy のシグネチャーがありません";
        Self::Version(found) =>
            "found version {found}, expected 1, 2 or 3",
            "バージョンが {found} です。1、2、3 のいずれかが必要です";
        Self::EndsInHeader => "it ends inside the header", "ヘッダーの途中で終わっています";
        Self::HeaderTooLong { found, limit } =>
            "its header claims {found} bytes, expected at most {limit}",
            "ヘッダーが {found} バイトとなっています。{limit} バイトまでです";
        Self::HeaderNotText => "its header is not text", "ヘッダーがテキストではありません";
        Self::MalformedHeader =>
            "its header is not {{'descr': ..., 'fortran_order': ..., 'shape': ...}}",
            "ヘッダーが {{'descr': ..., 'fortran_order': ..., 'shape': ...}} の形ではありません";
        Self::ElementType(found) =>
            "found elements of type \"{found}\", expected f4, f8, u1 to u8 or i1 to i8",
            "要素の型が \"{found}\" です。f4、f8、u1～u8、i1～i8 のいずれかが必要です";
        Self::Empty { ; shape } =>
            "it holds no values, its shape is {shape}",
            "形状が {shape} で、値がありません"
            [shape = Shape(shape)];
        Self::TooLarge { limit; shape } =>
            "its header claims the shape {shape}, more than {limit} bytes",
            "ヘッダーの形状 {shape} が {limit} バイトを超えています"
            [shape = Shape(shape)];
        Self::CutShort { found, expected } =>
            "it is cut short, found {found} bytes of values, expected {expected}",
            "途中で切れています。値が {found} バイトありますが、{expected} バイト必要です";
    }
}
