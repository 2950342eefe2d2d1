//! The language that the program speaks, and what it says often.
//!
//! English unless `--lang` or the locale asks for Japanese. What NNC's log lines say word for word stays English, and so
//! does what comes from plugins and the system. The crates of data sets and of the report have tables of their own.
//!
//! To translate one more message: add it to [`Message`] or to the table of its area in `language/`, where a text without
//! a translation does not compile, and say it with `with`.

mod lists;
mod plugins;

pub(crate) use lists::Listed;
use nnc_language::texts;
pub(crate) use plugins::{CheckText, ParameterText, PluginText, Question};

texts! {
    /// What the program says often.
    pub(crate) enum Message {
        Warning: "warning: {0}", "警告: {0}";


        ModelIsMissing: "there is no model {0}", "モデル {0} がありません";
        PluginIsUnknown: "there is no plugin `{0}`: {1} (searched {2})", "プラグイン `{0}` がありません。{1}（検索したフォルダー: {2}）";
        NoPluginAtAll: "there is none at all", "プラグインは 1 つもありません";
        ThereAre: "there are {0}", "使えるのは {0} です";
        DidYouMean: "did you mean `{0}`?", "`{0}` の間違いではありませんか?";

        NoPlugins: "no plugin found in:", "次のフォルダーにプラグインがありません:";
    }
}

#[cfg(test)]
mod tests {
    use nnc_language::{Language, places};

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
        check!(Message, Listed, ParameterText, PluginText, CheckText);
    }
}
