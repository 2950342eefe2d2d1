//! What `nnp` commands say.

use nnc_language::texts;

texts! {
    /// Lines about a model and its networks.
    pub(crate) enum NetworkText {
        NoDefect: "No defect found.", "問題は見つかりませんでした。";
        Defect: "Defect: ", "問題: ";
        TrainedBy: "Trained by {0} with {1} {2} on {3} ({4} {5})", "{0} と {1} {2} により {3}（{5} {4} 枚）で学習";
        Image: "image", "画像";
        Images: "images", "画像";
        Weights: "  weights {0} ({1}, sha256 {2}...)", "  重み {0}（{1}、sha256 {2}...）";
        Network: "Network \"{0}\", batch size {1}: {2}, {3}", "ネットワーク \"{0}\"、バッチサイズ {1}: {2}、{3}";
        Declared: "  shapes as the file declares them: ", "  ファイルに書かれた形状を表示: ";
        Inputs: "  inputs  ", "  入力  ";
        Outputs: "  outputs ", "  出力  ";
        Function: "function", "関数";
        Output: "output", "出力";
        FromArguments: "from, arguments", "入力、引数";
        Also: "also {0}", "ほか {0}";
        Unknown: " [unknown]", " [不明]";
        Parameters: "Parameters: {0} with {1} ({2})", "パラメーター: {0} 個、{1}（{2}）";
        Missing: "MISSING in this file", "このファイルにありません";
        Unused: "used by no network", "どのネットワークでも未使用";
        NotFinite: "{0} not finite", "{0}が有限でない";
        Name: "name", "名前";
        Shape: "shape", "形状";
        Values: "values", "値の数";
        Range: "range", "範囲";
        Executor: "Executor \"{0}\" runs network \"{1}\"", "エグゼキューター \"{0}\" はネットワーク \"{1}\" を実行";
        Data: "  data    ", "  データ ";
        Results: "  results ", "  結果   ";
        ImagesAs: "  images as {0}", "  画像の値: {0}";
        ZeroToOne: "0 to 1", "0 から 1";
        ZeroTo255: "0 to 255", "0 から 255";
        Evaluations: "  {0} evaluations, combined by {1}", "  {0} 回評価し、{1} で集計";
        OneFunction: "{0} function", "関数 {0} 個";
        Functions: "{0} functions", "関数 {0} 個";
        OneParameterValue: "{0} parameter value", "パラメーターの値 {0} 個";
        ParameterValues: "{0} parameter values", "パラメーターの値 {0} 個";
        OneValue: "{0} value", "値 {0} 個";
        SomeValues: "{0} values", "値 {0} 個";
        BatchSizeIs: "the batch size is {0}", "バッチサイズが {0} です";

        IsThere: "{0} is there already; name a new or an empty folder",
            "{0} はすでに存在します。新しいフォルダーか空のフォルダーを指定してください";
        UnsafeMember: "{0}: member {1} {2}; nothing was unpacked", "{0}: メンバー {1} は{2}。何も展開していません";
        Outside: "would be written outside of the folder", "フォルダーの外に書き込まれます";
        ControlCharacters: "holds control characters", "制御文字を含んでいます";
        CaseOnly: "differs from another one in upper and lower case only", "大文字と小文字だけが異なる別のメンバーがあります";
        InTheWay: "is in the way of the parameters; unpack without --npy",
            "パラメーターの出力先と重なっています。--npy を付けずに展開してください";
        Arrays: "{0}/ ({1} arrays)", "{0}/（配列 {1} 個）";
        GivenTwice: "input `{0}` is given twice", "入力 `{0}` が 2 回指定されています";
        NameFile: "--input {0}: expected NAME=FILE.npy", "--input {0}: 名前=ファイル.npy の形で指定してください";
    }
}
