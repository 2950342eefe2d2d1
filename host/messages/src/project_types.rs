//! Sentences of `nnc-project-types`.

use crate::{messages, sentences};
use nnc_project_types::{NotAGroupRule, NotATileRule, Proportion, ScoringError, UnknownDevice, UnknownEngine};
use nnc_report::NormalSource;

messages! {
    /// Images that a threshold can come from, and their section in a project.
    enum Section {
        Training => "the threshold is to come from training images, but there is no [dataset.training]",
            "しきい値を学習用画像から決める指定ですが、[dataset.training] がありません";
        Calibration => "the threshold is to come from calibration images, but there is no [dataset.calibration]",
            "しきい値を校正用画像から決める指定ですが、[dataset.calibration] がありません";
        Validation => "the threshold is to come from validation images, but there is no [dataset.validation]",
            "しきい値を評価用画像から決める指定ですが、[dataset.validation] がありません";
    }
}

sentences! {
    Proportion {
        Self::FalseAlarmRate => "false-alarm rate", "過検出率";
        Self::Confidence => "confidence", "信頼度";
    }
}

sentences! {
    UnknownDevice {
        Self { found } => "the device is {found}, expected auto, cpu, cuda or cuda:N",
            "デバイス {found} は正しくありません。auto、cpu、cuda、cuda:N のいずれかで指定してください" [found = format!("{found:?}")];
    }
}

sentences! {
    NotAGroupRule {
        Self::Unknown { found } =>
            "the group is \"{found}\", expected folder, column NAME or pattern EXPRESSION, for example pattern (part\\d+)_",
            "グループの指定 \"{found}\" は正しくありません。folder、column 列名、pattern 正規表現（例: pattern (part\\d+)_）のいずれかで指定してください";
        Self::Expression { found, reason } =>
            "the group is \"{found}\", whose expression cannot be used: {reason}",
            "グループの指定 \"{found}\" の正規表現は使えません: {reason}";
    }
}

sentences! {
    NotATileRule {
        Self { key, found, least, most } =>
            "[config] tile has {key} = {found}, expected a whole number of pixels from {least} to {most}; tiles overlap by at most half of their size",
            "[config] の tile の {key} = {found} は正しくありません。{least} から {most} までの整数（ピクセル）で指定してください（重なりはタイルの大きさの半分まで）";
    }
}

sentences! {
    UnknownEngine {
        Self { found } => "the engine is {found}, expected auto, libtorch or onnxruntime",
            "エンジン {found} は正しくありません。auto、libtorch、onnxruntime のいずれかで指定してください" [found = format!("{found:?}")];
    }
}

sentences! {
    ScoringError {
        Self::NotAProportion { what, found } => "the {what} is {found}, expected a number between 0 and 1, for example 0.01 for 1 %",
            "{what}の値 {found} は正しくありません。0 と 1 の間の数値（1 % なら 0.01）で指定してください";
        Self::ThresholdAndRate => "both a threshold and a false-alarm rate are given; leave one of them out",
            "しきい値と過検出率の両方が指定されています。どちらか一方にしてください";
        Self::ThresholdIsNan => "the threshold is nan, expected a number", "しきい値が nan です。数値で指定してください";
        Self::NoNormals { ; source } => "{section}", "{section}" [section = match source {
            NormalSource::Training => Section::Training,
            NormalSource::Calibration => Section::Calibration,
            NormalSource::Validation => Section::Validation,
        }];
        Self::NormalsMissing { path } => "the dataset {path} for the threshold does not exist", "しきい値を決めるデータセット {path} がありません";
        Self::MasksMissing { path } => "the folder of masks {path} does not exist", "マスクのフォルダー {path} がありません";
    }
}

#[cfg(test)]
mod tests {
    use crate::Say;

    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_its_value() {
        let rate = ScoringError::NotAProportion { what: Proportion::FalseAlarmRate, found: 1.5 };
        assert!(rate.said().starts_with("the false-alarm rate is 1.5, expected a number between 0 and 1"));
        let normals = ScoringError::NoNormals { source: NormalSource::Calibration };
        assert!(normals.said().ends_with("there is no [dataset.calibration]"));
        let device = UnknownDevice { found: "gpu".to_owned() };
        let engine = UnknownEngine { found: "torch".to_owned() };
        assert_eq!(engine.said(), "the engine is \"torch\", expected auto, libtorch or onnxruntime");
        assert_eq!(device.said(), "the device is \"gpu\", expected auto, cpu, cuda or cuda:N");
    }
}
