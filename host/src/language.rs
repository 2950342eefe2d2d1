//! The language that the program speaks, and what it says often.
//!
//! English unless `--lang` or the locale asks for Japanese. What NNC's log lines say word for word stays English, and so
//! does what comes from plugins and the system. The crates of data sets and of the report have tables of their own.
//!
//! To translate one more message: add it to [`Message`] or to the table of its area in `language/`, where a text without
//! a translation does not compile, and say it with `with`. Texts of `--help` are in `cli/japanese.rs`.

mod fetching;
mod figures;
mod history;
mod interruption;
mod jobs;
mod lists;
mod networks;
mod plugins;
mod projects;

pub(crate) use fetching::FetchText;
pub(crate) use figures::Figure;
pub(crate) use history::History;
pub(crate) use interruption::Interruption;
pub(crate) use jobs::JobText;
pub(crate) use lists::Listed;
pub(crate) use networks::NetworkText;
use nnc_language::{Language, texts};
pub(crate) use nnc_language::{choose, chosen};
pub(crate) use plugins::{CheckText, ParameterText, PluginText, Question};
pub(crate) use projects::ProjectText;

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
        StoppedByUser: "stopped by the user", "利用者により中断されました";
        Stopping: "stopping (once more to stop at once)", "停止しています（もう一度押すと直ちに終了します）";

        Left: "{0} left", "残り {0}";
        PerSecond: "{0}/s", "{0}/秒";
        Training: "training", "学習";
        Features: "features", "特徴量の計算";
        Model: "model", "モデルの作成";
        Saving: "saving", "保存";
        Scoring: "scoring", "評価";
        Resuming: "looking at what is done", "評価済みの結果の確認";
        Packing: "packing", "結果の圧縮ファイル作成";
        Masks: "masks", "マスクの読み込み";
        Pixels: "pixels", "ピクセルの比較";
        Curves: "pixel curves", "ピクセル曲線の計算";
        Verdicts: "verdicts", "判定";
        HeatMaps: "heat maps", "ヒートマップ作成";
        Report: "report", "レポート作成";
        Hashing: "hashing", "ハッシュ計算";

        DatasetIsMissing: "{0}: the {1} data set {2} does not exist{3}",
            "{0}: {1} のデータセット {2} がありません{3}";
        DatasetIsNotNamed: "{0}: there is no [dataset.{1}] with a uri",
            "{0}: uri を持つ [dataset.{1}] がありません";
        ModelIsMissing: "there is no model {0}", "モデル {0} がありません";
        NotTrained: "there is no trained model in {0}; run `nnc-host train` with this folder first, or name one with --model",
            "{0} に学習済みモデルがありません。先にこのフォルダーで `nnc-host train` を実行するか、--model で指定してください";
        FolderIsBusy: "another job is running in {0}; wait for it or choose another folder",
            "{0} では別のジョブが実行中です。終了を待つか、別のフォルダーを指定してください";
        FolderCannotBeMade: "cannot make the output folder {0}: {1}", "出力フォルダー {0} を作成できません: {1}";
        FolderIsForeign: "{0} holds {1}, which a job would replace, but no job was ever run there; choose another folder or move them away",
            "{0} には {1} があり、ジョブが上書きしてしまいます（ここでジョブが実行された形跡がありません）。別のフォルダーを指定するか、移動してください";
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

/// The text for `count` things, said with this number.
macro_rules! counted {
    ($count:expr, $one:expr, $several:expr) => {
        match $count {
            1 => $one.with(&[&1]),
            count => $several.with(&[&count]),
        }
    };
}
pub(crate) use counted;

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
        check!(
            Message,
            Figure,
            History,
            Interruption,
            Listed,
            JobText,
            FetchText,
            NetworkText,
            ParameterText,
            PluginText,
            CheckText,
            ProjectText
        );
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
