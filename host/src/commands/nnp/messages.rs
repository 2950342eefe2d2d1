//! What the `nnp` commands say.

use std::path::PathBuf;

use nnc_messages::messages;

messages! {
    /// Why an `nnp` command fails.
    pub(super) enum NnpFailure {
        NoModel { path: PathBuf } => "there is no model {path}", "モデル {path} がありません";
        TooManyMembers { model: PathBuf, found: usize, limit: usize } => "{model} has {found} members, more than the {limit} of any model; nothing was unpacked",
            "{model} にはメンバーが {found} 個あり、上限の {limit} 個を超えています。何も展開していません";
        Bomb { model: PathBuf, packed: u64, unpacked: u64, ratio: u64 } =>
            "{model} has {packed} bytes and would unpack to {unpacked}, more than {ratio} times as many; nothing was unpacked",
            "{model} は {packed} バイトですが、展開すると {unpacked} バイトになり、{ratio} 倍を超えます。何も展開していません";
        NoSpace { model: PathBuf, unpacked: u64, free: u64 } =>
            "{model} unpacks to {unpacked} bytes and the disk has {free} free; nothing was unpacked",
            "{model} は展開すると {unpacked} バイトになりますが、ディスクの空きは {free} バイトです。何も展開していません";
        TargetExists { folder: PathBuf } => "{folder} exists already; name a new or an empty folder",
            "{folder} はすでに存在します。新しいフォルダーか空のフォルダーを指定してください";
        FileExists { path: PathBuf } => "{path} exists already; name a new file", "{path} はすでに存在します。新しいファイルを指定してください";
        NoFormat { path: PathBuf } => "{path}: models are converted to ONNX; name a file that ends in .onnx",
            "{path}: 変換先は ONNX のみです。.onnx で終わるファイル名を指定してください";
        NoNnpName { path: PathBuf } => "{path}: an ONNX file becomes an NNP; name a file that ends in .nnp",
            "{path}: ONNX ファイルの変換先は NNP です。.nnp で終わるファイル名を指定してください";
        OnlyToOnnx => "--executor belongs to conversions to ONNX; an ONNX file has one network", "--executor は ONNX への変換で使います。ONNX ファイルのネットワークは 1 つです";
        OnlyFromOnnx => "--batch-size belongs to conversions from ONNX", "--batch-size は ONNX からの変換で使います";
        NotRead { path: PathBuf, error: String } => "{path}: {error}", "{path}: {error}";
        UnsafeMember { model: PathBuf, member: String, why: UnsafeMember } => "{model}: member {member} {why}; nothing was unpacked",
            "{model}: メンバー {member} は{why}。何も展開していません";
        InputTwice { name: String } => "input `{name}` is given twice", "入力 `{name}` が 2 回指定されています";
        NotNameFile { given: String } => "--input {given}: expected NAME=FILE.npy", "--input {given}: 名前=ファイル.npy の形で指定してください";
    }
}

messages! {
    /// Why a member is not unpacked.
    pub(super) enum UnsafeMember {
        Outside => "would be written outside of the folder", "フォルダーの外に書き込まれます";
        ControlCharacters => "contains control characters", "制御文字を含んでいます";
        CaseOnly => "differs from another one only in upper and lower case", "大文字と小文字だけが異なる別のメンバーがあります";
        InTheWay => "is in the way of the parameters; unpack without --npy",
            "パラメーターの出力先と重なっています。--npy を付けずに展開してください";
    }
}

messages! {
    /// Lines of `nnp unpack`.
    pub(super) enum Unpacked {
        Arrays { folder: &'static str, count: usize } => "{folder}/ ({count} arrays)", "{folder}/（配列 {count} 個）";
    }
}

messages! {
    /// Lines of `nnp convert`.
    pub(super) enum Converted {
        Written { path: PathBuf, opset: i64, operators: usize, inputs: String, outputs: String } =>
            "{path}: ONNX with operators of version {opset}, {operators} nodes, inputs {inputs}, outputs {outputs}",
            "{path}: ONNX（opset {opset}、ノード {operators} 個、入力 {inputs}、出力 {outputs}）";
        Read { path: PathBuf, nodes: usize, opset: i64, functions: usize, inputs: String, outputs: String } =>
            "{path}: {functions} functions from {nodes} nodes of version {opset}, inputs {inputs}, outputs {outputs}",
            "{path}: 関数 {functions} 個（ONNX のノード {nodes} 個、opset {opset}）、入力 {inputs}、出力 {outputs}";
        BoundTo { batch: usize } => "the network names its batch: it takes {batch} rows at a time, no other number",
            "ネットワークがバッチサイズを固定しているため、一度に {batch} 行だけを受け付けます";
    }
}

messages! {
    /// Lines about a model and its networks.
    pub(super) enum Line {
        NoDefect => "No defect found.", "問題は見つかりませんでした。";
        TrainedBy { host: String, plugin: String, version: String, dataset: String, images: Counted } =>
            "Trained by {host} with {plugin} {version} on {dataset} ({images})",
            "{host} と {plugin} {version} により {dataset}（{images}）で学習";
        Weights { name: String, file: String, hash: String } => "  weights {name} ({file}, sha256 {hash}...)",
            "  重み {name}（{file}、sha256 {hash}...）";
        Network { name: String, batch_size: i64, functions: Counted, values: Counted } =>
            "Network \"{name}\", batch size {batch_size}: {functions}, {values}",
            "ネットワーク \"{name}\"、バッチサイズ {batch_size}: {functions}、{values}";
        Parameters { count: usize, values: Counted, bytes: String } => "Parameters: {count} with {values} ({bytes})",
            "パラメーター: {count} 個、{values}（{bytes}）";
        Executor { name: String, network: String } => "Executor \"{name}\" runs network \"{network}\"",
            "エグゼキューター \"{name}\" はネットワーク \"{network}\" を実行";
        ImagesAs { range: ValueRange } => "  images as {range}", "  画像の値: {range}";
        Evaluations { count: i64, kind: String } => "  {count} evaluations, combined by {kind}", "  {count} 回評価し、{kind} で集計";
        BatchSizeIs { batch_size: i64 } => "the batch size is {batch_size}", "バッチサイズが {batch_size} です";
    }
}

messages! {
    /// Beginnings of lines, and headings of columns.
    pub(super) enum Label {
        Defect => "Defect: ", "問題: ";
        Declared => "  shapes as the file declares them: ", "  ファイルに書かれた形状を表示: ";
        Inputs => "  inputs  ", "  入力  ";
        Outputs => "  outputs ", "  出力  ";
        Data => "  data    ", "  データ ";
        Results => "  results ", "  結果   ";
        Function => "function", "関数";
        Output => "output", "出力";
        FromArguments => "from, arguments", "入力、引数";
        Name => "name", "名前";
        Shape => "shape", "形状";
        Values => "values", "値の数";
        Range => "range", "範囲";
    }
}

messages! {
    /// Notes beside a function or a parameter.
    pub(super) enum Note {
        Also { output: String } => "also {output}", "ほか {output}";
        Unknown => " [unknown]", " [不明]";
        Missing => "MISSING in this file", "このファイルにありません";
        Unused => "used by no network", "どのネットワークでも未使用";
        NotFinite { values: Counted } => "{values} not finite", "{values}が有限でない";
    }
}

messages! {
    /// What values of images a network reads.
    pub(super) enum ValueRange {
        ZeroToOne => "0 to 1", "0 から 1";
        ZeroTo255 => "0 to 255", "0 から 255";
    }
}

messages! {
    /// So many things, with digits in groups.
    pub(super) enum Counted {
        Image => "1 image", "画像 1 枚";
        Images { count: String } => "{count} images", "画像 {count} 枚";
        Function => "1 function", "関数 1 個";
        Functions { count: String } => "{count} functions", "関数 {count} 個";
        ParameterValue => "1 parameter value", "パラメーターの値 1 個";
        ParameterValues { count: String } => "{count} parameter values", "パラメーターの値 {count} 個";
        Value => "1 value", "値 1 個";
        Values { count: String } => "{count} values", "値 {count} 個";
    }
}
