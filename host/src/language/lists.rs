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

texts! {
    /// What a value of a parameter has to look like.
    pub(crate) enum Expected {
        Int: "a whole number", "整数";
        Float: "a number", "数値";
        Between: "{0} from {1} to {2}", "{1} から {2} までの{0}";
        AtLeast: "{0} of at least {1}", "{1} 以上の{0}";
        AtMost: "{0} of at most {1}", "{1} 以下の{0}";
        Bool: "true or false", "true か false のどちらか";
        Text: "a text", "文字列";
        Choice: "one of {0}", "{0} のいずれか";
        File: "the path of a file", "ファイルのパス";
        Dir: "the path of a folder", "フォルダーのパス";
        Csv: "the path of a data set CSV", "データセット CSV のパス";
        Image: "the path of an image", "画像のパス";
        Model: "the path of an NNP model", "NNP モデルのパス";
        Nntxt: "the path of a network text (.nntxt)", "ネットワークテキスト（.nntxt）のパス";
        Variable: "the name of a variable of the data set", "データセットの変数名";
        Variables: "names of variables of the data set, separated by commas", "データセットの変数名（コンマ区切り）";
    }
}
