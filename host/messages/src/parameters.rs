//! Sentences about the parameters of plugins: those of `nnc-plugin-api`, and what `nnc-project` checks besides.

use nnc_plugin_api::{ParameterError, ParameterKind};
use nnc_project::{ContentProblem, ParametersError};

use crate::failure::{Exit, Failure};
use crate::say::Words;
use crate::{messages, sentences};

impl From<ParametersError> for Failure {
    fn from(error: ParametersError) -> Self {
        Self::new(Exit::Usage, error)
    }
}

sentences! {
    ParametersError {
        Self::Value(error) => "{error}", "{error}";
        Self::Content { name, path, problem } => "parameter `{name}` names {path}, {problem}",
            "パラメーター `{name}` で指定された {path} は{problem}";
        Self::NoVariable { name, variable, dataset; nearest, known } =>
            "parameter `{name}` names the variable `{variable}`, which {dataset} does not have{hint}",
            "パラメーター `{name}` で指定された変数 `{variable}` は {dataset} にありません{hint}"
            [hint = Instead::of(nearest.as_deref(), known)];
    }
}

sentences! {
    ContentProblem {
        Self::Dataset(error) => "which is not a dataset: {error}", "データセットではありません: {error}";
        Self::Image => "which is not an image", "画像ではありません";
        Self::Model => "which is not an NNP model", "NNP モデルではありません";
        Self::Nntxt => "which is not a network text; its name must end in .nntxt",
            "ネットワークテキストではありません。ファイル名の末尾は .nntxt でなければなりません";
    }
}

messages! {
    /// What to use instead of a name that a plugin or dataset does not have.
    enum Instead {
        Nothing => "", "";
        Nearest(name: String) => "; did you mean `{name}`?", "。`{name}` の間違いではありませんか?";
        Known(names: Vec<String>) => "; it has {names}", "。あるのは {names} です";
        NoneAtAll => "; it has none", "（このプラグインにパラメーターはありません）";
    }
}

impl Instead {
    fn nearest(nearest: Option<&str>) -> Self {
        nearest.map_or(Self::Nothing, |name| Self::Nearest(name.to_owned()))
    }

    fn of(nearest: Option<&str>, known: &[String]) -> Self {
        match nearest {
            Some(_) => Self::nearest(nearest),
            None if known.is_empty() => Self::NoneAtAll,
            None => Self::Known(known.to_vec()),
        }
    }
}

messages! {
    /// What a path does not lead to.
    enum Absent {
        File => "which is not a file", "ファイルではありません";
        Folder => "which is not a folder", "フォルダーではありません";
    }
}

sentences! {
    ParameterError {
        Self::Unknown { plugin, name; nearest, known } => "plugin `{plugin}` has no parameter `{name}`{hint}",
            "プラグイン `{plugin}` にパラメーター `{name}` はありません{hint}" [hint = Instead::of(nearest.as_deref(), known)];
        Self::Missing { plugin, name, kind } => "parameter `{name}` of plugin `{plugin}` is required: give {kind}",
            "プラグイン `{plugin}` のパラメーター `{name}` は必須です。{kind}を指定してください";
        Self::Refused { name, found, kind; nearest } => "parameter `{name}` is {found}, expected {kind}{hint}",
            "パラメーター `{name}` の値 {found} は正しくありません。{kind}を指定してください{hint}"
            [hint = Instead::nearest(nearest.as_deref())];
        Self::Absent { name, path; folder } => "parameter `{name}` names {path}, {absent}",
            "パラメーター `{name}` で指定された {path} は{absent}"
            [absent = if *folder { Absent::Folder } else { Absent::File }];
        else other => Words(other);
    }
}

messages! {
    /// A kind of number.
    enum Number {
        Whole => "a whole number", "整数";
        Any => "a number", "数値";
    }
}

messages! {
    /// A kind of number, and its range.
    enum Range {
        Unlimited { noun: Number } => "{noun}", "{noun}";
        Between { noun: Number, min: String, max: String } => "{noun} from {min} to {max}", "{min} から {max} までの{noun}";
        AtLeast { noun: Number, min: String } => "{noun} of at least {min}", "{min} 以上の{noun}";
        AtMost { noun: Number, max: String } => "{noun} of at most {max}", "{max} 以下の{noun}";
    }
}

impl Range {
    fn of(noun: Number, min: Option<impl ToString>, max: Option<impl ToString>) -> Self {
        match (min.map(|min| min.to_string()), max.map(|max| max.to_string())) {
            (Some(min), Some(max)) => Self::Between { noun, min, max },
            (Some(min), None) => Self::AtLeast { noun, min },
            (None, Some(max)) => Self::AtMost { noun, max },
            (None, None) => Self::Unlimited { noun },
        }
    }
}

// What a value has to look like.
sentences! {
    ParameterKind {
        Self::Int { ; min, max } => "{range}", "{range}" [range = Range::of(Number::Whole, *min, *max)];
        Self::Float { ; min, max } => "{range}", "{range}" [range = Range::of(Number::Any, *min, *max)];
        Self::Bool => "true or false", "true か false のどちらか";
        Self::Text => "a text", "文字列";
        Self::Option { choices } => "one of {choices}", "{choices} のいずれか";
        Self::File => "the path of a file", "ファイルのパス";
        Self::Dir => "the path of a folder", "フォルダーのパス";
        Self::Csv => "the path of a dataset CSV", "データセット CSV のパス";
        Self::Image => "the path of an image", "画像のパス";
        Self::Model => "the path of an NNP model", "NNP モデルのパス";
        Self::Nntxt => "the path of a network text (.nntxt)", "ネットワークテキスト（.nntxt）のパス";
        Self::Variable => "the name of a variable of the dataset", "データセットの変数名";
        Self::Variables => "names of variables of the dataset, separated by commas", "データセットの変数名（コンマ区切り）";
        else other => Words(other.expectation());
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use crate::{Language, Said, Say};

    use super::*;

    #[test]
    fn a_value_is_told_with_what_it_has_to_be() {
        let kind = ParameterKind::Int { min: Some(1), max: None };
        let refused = ParameterError::Refused { name: "n".into(), found: "0".into(), kind, nearest: None };
        assert_eq!(refused.said(), "parameter `n` is 0, expected a whole number of at least 1");
        let japanese = Said(&refused, Language::Japanese).to_string();
        assert_eq!(japanese, "パラメーター `n` の値 0 は正しくありません。1 以上の整数を指定してください");
        let float = ParameterKind::Float { min: Some(0.5), max: Some(2.0) };
        assert_eq!(float.said(), "a number from 0.5 to 2");
        // The words of the plugin interface, which authors read, and ours are the same.
        for kind in [float, ParameterKind::Bool, ParameterKind::Dir, ParameterKind::Text] {
            assert_eq!(kind.said(), kind.expectation());
        }
    }

    #[test]
    fn a_name_that_does_not_exist_is_told_with_what_to_use_instead() {
        let variable = |nearest: Option<&str>| ParametersError::NoVariable {
            name: "mask".into(),
            variable: "zebra".into(),
            dataset: PathBuf::from("set.csv"),
            nearest: nearest.map(str::to_owned),
            known: vec!["x".into(), "mask".into()],
        };
        let start = "parameter `mask` names the variable `zebra`, which set.csv does not have";
        assert_eq!(variable(Some("mask")).said(), format!("{start}; did you mean `mask`?"));
        assert_eq!(variable(None).said(), format!("{start}; it has x, mask"));
        let content =
            ParametersError::Content { name: "image".into(), path: "a.txt".into(), problem: ContentProblem::Image };
        assert_eq!(content.said(), "parameter `image` names a.txt, which is not an image");
    }
}
