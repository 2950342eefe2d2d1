//! What `plugin check` asks and finds, as `nnc-plugin-check` tells.

use nnc_plugin_api::testkit::Case;
use nnc_plugin_check::{CheckError, Detail, Outcome, UnknownCase};

use crate::failure::{Exit, Failure};
use crate::{messages, sentences};

messages! {
    /// What a case asks. The English is that of the case itself.
    pub enum Question {
        Loads => "Can it be opened?", "開けるか";
        Manifest => "Does it describe itself for people and dialogs?", "利用者とダイアログ向けの説明があるか";
        Parameters => "Does it work at both ends of every parameter's range?", "各パラメーターの範囲の両端で動作するか";
        UnknownParameters => "Does it ignore parameters of later hosts?", "将来の nnc-host のパラメーターを無視するか";
        RoundTrip => "Does a saved model score as the one that was trained?", "保存したモデルのスコアが学習時と同じか";
        DamagedModels => "Are damaged models refused politely?", "壊れたモデルを適切に拒否するか";
        Repeatable => "Does the same training give the same scores?", "同じ学習で同じスコアになるか";
        BatchSizes => "Do scores not depend on the size of batches?", "スコアがバッチサイズに依存しないか";
        Threads => "Do scores not depend on the number of threads?", "スコアがスレッド数に依存しないか";
        EmptyData => "Is a training set without samples refused politely?", "サンプルのない学習データを適切に拒否するか";
        SingleImage => "Does it survive a single training sample?", "学習サンプルが 1 個でも動作するか";
        ConstantData => "Does it survive samples that are all the same?", "すべて同じサンプルでも動作するか";
        Finite => "Is every score a finite number, whatever the samples show?", "どのサンプルでもスコアが有限の数値か";
        WrongShapes => "Are batches of a wrong size refused politely?", "サイズの誤ったバッチを適切に拒否するか";
        Cancel => "Does it stop within two seconds when asked to?", "中断の要求から 2 秒以内に停止するか";
        Writes => "Does it write only where it is told to?", "指示された場所にだけ書き込むか";
        Leaks => "Does memory stay the same over a hundred batches?", "100 バッチ実行してもメモリー使用量が変わらないか";
        Other(question: &'static str) => "{question}", "{question}";
    }
}

impl Question {
    /// What `case` asks.
    pub fn of(case: &Case) -> Self {
        match case.id {
            "loads" => Self::Loads,
            "manifest" => Self::Manifest,
            "parameters" => Self::Parameters,
            "unknown-parameters" => Self::UnknownParameters,
            "round-trip" => Self::RoundTrip,
            "damaged-models" => Self::DamagedModels,
            "repeatable" => Self::Repeatable,
            "batch-sizes" => Self::BatchSizes,
            "threads" => Self::Threads,
            "empty-data" => Self::EmptyData,
            "single-image" => Self::SingleImage,
            "constant-data" => Self::ConstantData,
            "finite" => Self::Finite,
            "wrong-shapes" => Self::WrongShapes,
            "cancel" => Self::Cancel,
            "writes" => Self::Writes,
            "leaks" => Self::Leaks,
            _ => Self::Other(case.question),
        }
    }
}

sentences! {
    Outcome {
        Self::Passed => "passed", "合格";
        Self::Warning => "warning", "警告";
        Self::Failed => "FAILED", "不合格";
        Self::Crashed => "CRASHED", "異常終了";
        Self::Skipped => "skipped", "省略";
    }
}

sentences! {
    Detail {
        Self::None => "", "";
        Self::Said(words) => "{words}", "{words}";
        Self::CannotBeOpened => "it cannot be opened", "開けません";
        Self::Ended(ending) => "it {ending}", "{ending}";
    }
}

sentences! {
    UnknownCase {
        Self { id; near, known } => "there is no case `{id}`; {hint}", "検査項目 `{id}` はありません。{hint}"
            [hint = match near {
                Some(name) => CaseHint::Near(name.clone()),
                None => CaseHint::Known(known.clone()),
            }];
    }
}

messages! {
    enum CaseHint {
        Near(name: String) => "did you mean `{name}`?", "`{name}` の間違いではありませんか?";
        Known(names: Vec<&'static str>) => "there are {names}", "使えるのは {names} です";
    }
}

sentences! {
    CheckError {
        Self::Scratch(error) => "cannot create the temporary folders of the check: {error}", "検査用の一時フォルダーを作成できません: {error}";
        Self::Process(error) => "{error}", "{error}";
    }
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        Self::new(Exit::Failed, error)
    }
}

impl From<UnknownCase> for Failure {
    fn from(error: UnknownCase) -> Self {
        Self::new(Exit::Usage, error)
    }
}

#[cfg(test)]
mod tests {
    use nnc_plugin_api::testkit::CASES;

    use super::*;
    use crate::Say;

    #[test]
    fn every_question_of_a_check_is_translated() {
        for case in CASES {
            let question = Question::of(case);
            assert!(!matches!(question, Question::Other(_)), "{}", case.id);
            assert_eq!(question.said(), case.question);
        }
    }

    #[test]
    fn a_case_that_there_is_not_gets_a_suggestion() {
        let unknown = |near: Option<&str>| UnknownCase {
            id: "leak".into(),
            near: near.map(str::to_owned),
            known: vec!["loads", "leaks"],
        };
        assert_eq!(unknown(Some("leaks")).said(), "there is no case `leak`; did you mean `leaks`?");
        assert_eq!(unknown(None).said(), "there is no case `leak`; there are loads, leaks");
    }
}
