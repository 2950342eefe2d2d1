//! What is said about project files and the command line.

use nnc_language::texts;

texts! {
    /// What is wrong with a project, or has no effect.
    pub(crate) enum ProjectText {
        Hint: "; {0}", "。{0}";
        NamesNoSet: "{0}: the project names no {1} data set, as when its URI is left empty (NNC's plugins would take another one then); set it in NNC, or here with --set dataset.{1}.uri=PATH",
            "{0}: プロジェクトに {1} データセットの指定がありません（URI が空の場合など。NNC のプラグインは代わりに別のデータセットを使います）。NNC で設定するか、--set dataset.{1}.uri=パス で指定してください";
        LastTraining: "the last training in {0} is {1}; this evaluates the model of the one before",
            "{0} の最後の学習は完了していません（状態: {1}）。その前の学習のモデルを評価します";

    }
}
