//! The language that the program speaks, and what it says often.
//!
//! English unless `--lang` or the locale asks for Japanese. What NNC's log lines say word for word stays English, and so
//! does what comes from plugins and the system. The crates of data sets and of the report have tables of their own.
//!
//! To translate one more message: add it to [`Message`] or to the table of its area in `language/`, where a text without
//! a translation does not compile, and say it with `with`. Texts of `--help` are in `cli/japanese.rs`.

mod fetching;
mod history;
mod lists;
mod networks;
mod plugins;

pub(crate) use fetching::FetchText;
pub(crate) use history::History;
pub(crate) use lists::Listed;
pub(crate) use networks::NetworkText;
use nnc_language::{Language, texts};
pub(crate) use nnc_language::{choose, chosen};
pub(crate) use plugins::{CheckText, ParameterText, PluginText, Question};

/// What the command line and the environment ask for, found before anything else is read: help and errors of the
/// command line are in this language too.
pub(crate) fn asked_for(
    arguments: impl IntoIterator<Item = String>,
    variable: impl Fn(&str) -> Option<String>,
) -> Language {
    let mut arguments = arguments.into_iter().take_while(|argument| argument != "--");
    while let Some(argument) = arguments.next() {
        let value = match argument.strip_prefix("--lang") {
            Some("") => arguments.next(),
            Some(value) => value.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        if let Some(language) = value.and_then(|value| value.parse().ok()) {
            return language;
        }
    }
    Language::of_environment(variable)
}

texts! {
    /// What the program says often.
    pub(crate) enum Message {
        Error: "error: {0}", "エラー: {0}";
        Warning: "warning: {0}", "警告: {0}";

        Left: "{0} left", "残り {0}";
        Hashing: "hashing", "ハッシュ計算";

        ModelIsMissing: "there is no model {0}", "モデル {0} がありません";
        PluginIsUnknown: "there is no plugin `{0}`: {1} (searched {2})", "プラグイン `{0}` がありません。{1}（検索したフォルダー: {2}）";
        NoPluginAtAll: "there is none at all", "プラグインは 1 つもありません";
        ThereAre: "there are {0}", "使えるのは {0} です";
        DidYouMean: "did you mean `{0}`?", "`{0}` の間違いではありませんか?";
        WeightsAreMissing: "the weights of `{0}` are not on this machine; run `nnc-host weights fetch {0}` ({1}), or put {2} into one of {3}",
            "`{0}` の重みがこの PC にありません。`nnc-host weights fetch {0}`（{1}）を実行するか、{2} を次のいずれかに置いてください: {3}";


        NoPlugins: "no plugin found in:", "次のフォルダーにプラグインがありません:";
        NotHere: "not here; run `nnc-host weights fetch {0}`, or put {1} into a weights folder",
            "なし（`nnc-host weights fetch {0}` で取得するか、{1} を重みフォルダーに置いてください）";
        NotOnThisMachine: "{0}: not on this machine", "{0}: この PC にありません";
        Intact: "{0}: intact ({1})", "{0}: 正常（{1}）";
        Verified: "{0}: verified", "{0}: 検証済み";
        WeightsDamaged: "{0} weights files are damaged", "{0} 個の重みファイルが壊れています";
    }
}

#[cfg(test)]
mod tests {
    use nnc_language::places;

    use super::*;

    #[test]
    fn languages_have_the_same_places() {
        macro_rules! check {
            ($($table:ident),*) => {$(
                for text in $table::ALL {
                    let of = |language| places(text.of(language));
                    assert_eq!(of(Language::English), of(Language::Japanese), "{}", text.key());
                }
            )*};
        }
        check!(Message, History, Listed, FetchText, NetworkText, ParameterText, PluginText, CheckText);
    }

    #[test]
    fn the_command_line_comes_before_the_locale() {
        let language = |line: &str, locale: &str| {
            asked_for(line.split_whitespace().map(str::to_owned), |name| (name == "LANG").then(|| locale.to_owned()))
        };
        for (line, locale, expected) in [
            ("nnc-host run", "C", Language::English),
            ("nnc-host run", "ja_JP.UTF-8", Language::Japanese),
            ("nnc-host run --lang en", "ja_JP.UTF-8", Language::English),
            ("nnc-host --lang=ja run", "C", Language::Japanese),
            ("nnc-host run --lang fr", "ja_JP.UTF-8", Language::Japanese),
            ("nnc-host run --language ja", "C", Language::English),
            ("nnc-host run -- --lang ja", "C", Language::English),
        ] {
            assert_eq!(language(line, locale), expected, "{line}");
        }
    }
}
