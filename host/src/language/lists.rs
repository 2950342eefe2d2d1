//! What the lists of plugins say.

use nnc_language::texts;

texts! {
    /// Lines of `plugin`.
    pub(crate) enum Listed {
        PluginLicence: "licence: {0}", "ライセンス: {0}";
        PluginFile: "file: {0}", "ファイル: {0}";
        OnlyEvaluates: "It only evaluates models, it cannot be trained.", "モデルの評価専用で、学習はできません。";
        Default: ", default {0}", "、既定値 {0}";
        Required: ", required", "、必須";

        OnlyKnown: "only these plugins are allowed ({0})", "次のプラグインだけを許可します（{0}）";
        EveryPlugin: "every plugin is allowed ({0})", "すべてのプラグインを許可します（{0}）";
        Gone: "{0} (gone)", "{0}（見つかりません）";
        NotKnown: "{0} is not a known plugin", "{0} は登録されたプラグインではありません";
    }
}
