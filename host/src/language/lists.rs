//! What the lists of weights and plugins say.

use nnc_language::texts;

texts! {
    /// Lines of `weights` and `plugin`.
    pub(crate) enum Listed {
        LicenceFrom: "licence {0}, from {1}", "ライセンス: {0}、入手元: {1}";
        OfRecord: "as its record says", "入手元の記載に従う";
        AboutBytes: "about {0} MB", "約 {0} MB";
        Package: "Python package {0} {1}", "Python パッケージ {0} {1}";
        EfficientNet: "EfficientNet-Lite0 trained on ImageNet", "ImageNet で学習した EfficientNet-Lite0";
        NncResNet: "NNC's ResNet-50 (C1), its default for PaDiM", "NNC の ResNet-50（C1）。NNC の PaDiM の既定値";
        NncResNext: "NNC's SE-ResNeXt-101 (C1)", "NNC の SE-ResNeXt-101（C1）";
        NoModel: "there is no model called `{0}`; {1}", "`{0}` というモデルはありません。{1}";
        KnownAre: "known are {0}", "使えるのは {0} です";
        NoCache: "there is no home folder for a cache; name a folder with --weights-dir",
            "キャッシュを置くホームフォルダーがありません。--weights-dir でフォルダーを指定してください";
        OnlyNoted: "{0}: {1} has SHA-256 {2}; nothing whole is known to compare it with, `nnc-host weights fetch {0}` notes it",
            "{0}: {1} の SHA-256 は {2} です。照合できる完全な値がありません（`nnc-host weights fetch {0}` で記録します）";

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
