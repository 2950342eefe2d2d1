//! What is said about project files and the command line.

use nnc_language::texts;

texts! {
    /// What is wrong with a project, or has no effect.
    pub(crate) enum ProjectText {
        Unreadable: "cannot read the project file: {0}", "プロジェクトファイルを読み込めません: {0}";
        IsDataset: "this is a data set; the first argument is a project file, such as project.toml, that names it as uri",
            "これはデータセットです。最初の引数には、データセットを uri で指定したプロジェクトファイル（project.toml など）を指定してください";
        Set: "--set {0}: {1}", "--set {0}: {1}";
        WithSet: "with --set {0}: {1}", "--set {0} の適用時: {1}";
        NotWhole: "[config] {0} is {1}, expected a whole number from 1 to {2}",
            "[config] の {0} の値 {1} は正しくありません。1 から {2} までの整数で指定してください";
        EmptyUri: "[dataset.{0}] uri is empty; write the path of a dataset CSV",
            "[dataset.{0}] の uri が空です。データセット CSV のパスを指定してください";
        ShuffledValidation: "[dataset.validation] shuffle is true, but results are listed in the order of the data set; set it to false",
            "[dataset.validation] の shuffle が true ですが、結果はデータセットの順に並びます。false にしてください";
        OnlyNncTrains: "the project has a network of {0} functions, and only NNC trains networks; name a detector that brings its own, for example --plugin {1}",
            "このプロジェクトには {0} 個の関数からなるネットワークがありますが、ネットワークの学習は NNC でしかできません。--plugin {1} のように、独自のネットワークを持つ検出器を指定してください";
        NoPlugin: "[plugin] name is missing; write for example name = \"{0}\"",
            "[plugin] に name がありません。name = \"{0}\" のように指定してください";
        TrainsUsual: "the project names no plugin; this trains {0}, --plugin takes another",
            "プロジェクトにプラグインの指定がないため、{0} で学習します（--plugin で変更できます）";
        OwnNetwork: "the project's own network is not used: plugin {0} brings its own",
            "プロジェクトのネットワークは使いません。プラグイン {0} は独自のネットワークを持っています";
        UnknownKey: "unknown key `{0}`{1}; did you mean `{2}`?", "不明なキー `{0}` があります{1}。`{2}` の間違いではありませんか?";
        UnknownKeyOf: "unknown key `{0}`{1}; known are {2}", "不明なキー `{0}` があります{1}。使えるのは {2} です";
        InSection: " in [{0}]", "（[{0}] の中）";
        KeyValue: "expected key.path=value", "キー=値 の形で指定してください";
        EmptyKey: "the key is empty", "キーが空です";
        NoSection: "`{0}` is a value, not a section", "`{0}` はセクションではなく値です";
        NoNormalization: "image normalization is off for {0}; that has no effect here, the model says how it reads images",
            "{0} の画像の正規化が無効になっていますが、ここでは影響しません（画像の読み込み方はモデルが決めます）";
        Column: "column {0}: {1}", "{0} 文字目: {1}";
        NoSectionBefore: "found no [Section] before this line; is this a .sdcproj?",
            "この行より前に [セクション] がありません。.sdcproj ファイルですか?";
        NoKeyValue: "found {0}, expected Key=Value or [Section]", "{0} があります。キー=値 または [セクション] が必要です";
        Empty: "the project file is empty", "プロジェクトファイルが空です";
        NotANumber: "[{0}] {1} is {2}, expected a whole number", "[{0}] の {1} の値 {2} は正しくありません。整数が必要です";
        TooMany: "[{0}] {1} is {2}, expected at most {3}", "[{0}] の {1} の値 {2} は正しくありません。{3} 以下でなければなりません";
        NoFlag: "[{0}] {1} is {2}, expected 0 or 1", "[{0}] の {1} の値 {2} は正しくありません。0 か 1 でなければなりません";

        WindowsPath: "it is a path of a Windows computer; give --dataset-root FOLDER where its files are here, or name the CSV with --set dataset.NAME.uri=PATH",
            "Windows のパスです。--dataset-root でこの PC にあるフォルダーを指定するか、--set dataset.NAME.uri=パス で CSV を指定してください";
        MaybeNnc: "it may be a data set of NNC; give --dataset-root FOLDER (or {0}) with {1}/index.csv in it",
            "NNC のデータセットかもしれません。{1}/index.csv のあるフォルダーを --dataset-root（または {0}）で指定してください";
        NorThere: "nor is there {0}/index.csv, {0}.csv or {0}.cache in {1}",
            "{1} に {0}/index.csv、{0}.csv、{0}.cache もありません";
        Hint: "; {0}", "。{0}";
        NamesNoSet: "{0}: the project names no {1} data set, as when its URI is left empty (NNC's plugins would take another one then); set it in NNC, or here with --set dataset.{1}.uri=PATH",
            "{0}: プロジェクトに {1} データセットの指定がありません（URI が空の場合など。NNC のプラグインは代わりに別のデータセットを使います）。NNC で設定するか、--set dataset.{1}.uri=パス で指定してください";
        LastTraining: "the last training in {0} is {1}; this evaluates the model of the one before",
            "{0} の最後の学習は完了していません（状態: {1}）。その前の学習のモデルを評価します";

    }
}
