//! What is said about results of NNC.

use std::path::PathBuf;

use nnc_dataset::PictureError;
use nnc_messages::messages;
use nnc_report::Task;

messages! {
    /// Lines of the log.
    pub(super) enum RecordedMessage {
        Reading { rows: usize, table: PathBuf, outputs: Vec<String> } => "judging {rows} rows that Neural Network Console has evaluated: {table}, outputs {outputs}",
            "Neural Network Console の評価結果 {rows} 件を判定します: {table}、出力 {outputs}";
        WillReplace { names: Vec<&'static str> } => "replaces an earlier job's {names}", "以前のジョブの {names} を置き換えます";
        NotThere { files: usize, of: usize, first: String } => "{files} of {of} files that the table names as inputs or labels are not with the results, the first is {first}; they are not shown. --dataset with the CSV that was evaluated brings them in",
            "結果の表にある入力・ラベルのファイル {of} 個のうち {files} 個が結果と一緒にないため表示しません（最初は {first}）。評価したデータセットの CSV を --dataset で指定すると表示されます";
        NoInputs { task: Task } => "the output looks like {task}, which needs the inputs to compare with: give the dataset that was evaluated with --dataset. Until then only what the model itself gives counts",
            "出力は{task}のようですが、比較する入力がありません。評価したデータセットを --dataset で指定してください。それまではモデルの出力だけを使います";
        NothingWithoutDataset => "with the dataset that was evaluated (--dataset) there may be labels or inputs to judge the outputs by",
            "評価したデータセットを --dataset で指定すると、ラベルや入力を使って評価できることがあります";
        OfBytes => "NNC keeps this output as pictures of 8 bits, so every value is known to 1/255 only; `nnc-host evaluate` on the model gives exact figures",
            "NNC はこの出力を 8 ビット画像で保存するため、値の精度は 1/255 です。モデルを `nnc-host evaluate` で評価すると正確な指標が得られます";
    }
}

messages! {
    /// Why results cannot be judged.
    pub(super) enum Refused {
        NoOutputs { table: PathBuf, columns: Vec<String> } => "{table} has no column of an output, which NNC names after a variable with ' behind it, such as y'; it has {columns}. Give the CSV that was evaluated with --dataset, so that the other columns count as outputs",
            "{table} に出力の列がありません（NNC は y' のように変数名の後に ' を付けます）。列: {columns}。評価した CSV を --dataset で指定すると、残りの列を出力とみなします";
        OtherHeader { table: PathBuf, column: usize, found: String, dataset: PathBuf, expected: String } => "{table} column {column} is \"{found}\", and {dataset} has \"{expected}\" there; give the dataset that was evaluated with --dataset",
            "{table} の {column} 列目は \"{found}\" ですが、{dataset} では \"{expected}\" です。評価したデータセットを --dataset で指定してください";
        NothingBehind { table: PathBuf, dataset: PathBuf } => "{table} has no column behind those of {dataset}, so no output; give the table that NNC's evaluation wrote",
            "{table} には {dataset} の列より後に列がなく、出力がありません。NNC の評価で作成された表を指定してください";
        OtherRows { table: PathBuf, found: usize, dataset: PathBuf, expected: usize } => "{table} has {found} rows and {dataset} {expected}; give the dataset that was evaluated with --dataset",
            "{table} は {found} 行、{dataset} は {expected} 行です。評価したデータセットを --dataset で指定してください";
        OtherCell { at: Box<Spot>, found: String, dataset: PathBuf, line: u64, expected: String } => "{at}: found \"{found}\", and {dataset} line {line} has \"{expected}\"; give the dataset that was evaluated with --dataset",
            "{at}: \"{found}\" ですが、{dataset} {line} 行目では \"{expected}\" です。評価したデータセットを --dataset で指定してください";
        Cell { at: Box<Spot>, defect: Box<Defect> } => "{at}: {defect}", "{at}: {defect}";
        NeedsDataset { task: Task } => "--task is {task}, which compares outputs with files that are not with the results; give the dataset that was evaluated with --dataset",
            "--task に{task}が指定されていますが、比較するファイルが結果と一緒にありません。評価したデータセットを --dataset で指定してください";
        Archive { path: PathBuf, error: String } => "cannot read the archive {path}: {error}; it may be cut short, download it again", "アーカイブ {path} を読み込めません: {error}。途中で切れている場合は、もう一度ダウンロードしてください";
        SameName { path: PathBuf } => "{path} has several members of one name; an archive of NNC has not", "{path} に同じ名前のメンバーが複数あります。NNC のアーカイブにはありません";
        UnpacksToMore { path: PathBuf, limit: u64 } => "{path} unpacks to more than {limit} bytes, far more than it is; nothing of it is used", "{path} は展開すると {limit} バイトを超えるため（圧縮前に比べて大きすぎます）、使用しません";
        Table { path: PathBuf, what: Box<Unread> } => "{path}: {what}", "{path}: {what}";
    }
}

messages! {
    /// A cell of the table.
    pub(super) enum Spot {
        Cell { table: PathBuf, line: u64, column: String } => "{table} line {line}, column \"{column}\"", "{table} {line} 行目、列 \"{column}\"";
    }
}

messages! {
    /// What is wrong with a cell, or the file that it names.
    pub(super) enum Defect {
        NotANumber { found: String } => "found \"{found}\", expected a number as in the first row", "\"{found}\" があります。1 行目と同じく数値が必要です";
        NotAFile { found: String } => "found \"{found}\", expected the name of a file as in the first row", "\"{found}\" があります。1 行目と同じくファイル名が必要です";
        UnknownKind { found: String } => "found \"{found}\", expected a number, or a file .csv or .png as NNC writes outputs", "\"{found}\" があります。数値、または NNC が出力する .csv か .png のファイル名が必要です";
        Unread { file: String, what: Unread } => "{file}: {what}", "{file}: {what}";
        Twice { file: String } => "{file} stands in two rows; NNC writes a file for each", "{file} が 2 つの行にあります。NNC は行ごとにファイルを作成します";
        Number { file: String, line: usize, column: usize, found: String } => "{file} line {line}, column {column}: found \"{found}\", expected a number", "{file} {line} 行目 {column} 列目: \"{found}\" があります。数値が必要です";
        Ragged { file: String, line: usize, found: usize, expected: usize } => "{file} line {line}: found {found} numbers, expected {expected} as in its first line", "{file} {line} 行目: 数値が {found} 個あります。1 行目と同じ {expected} 個が必要です";
        Empty { file: String } => "{file} has no numbers", "{file} に数値がありません";
        TooManyValues { file: String, limit: usize } => "{file} has more than {limit} values, more than any output", "{file} の値が {limit} 個を超えています。出力としては多すぎます";
        OtherSize { file: String, found: String, expected: String } => "{file} has the size {found}, expected {expected} as in the first row", "{file} の大きさは {found} です。1 行目と同じ {expected} が必要です";
        Picture { file: String, error: PictureError } => "{file}: {error}", "{file}: {error}";
    }
}

messages! {
    /// Why a file of the results was not read.
    pub(super) enum Unread {
        Missing => "there is no such file with the results; give the whole folder of the job, or output_result.zip or result_evaluate.nnp, which hold all of it", "結果と一緒にこのファイルがありません。ジョブのフォルダー全体、またはすべてを含む output_result.zip か result_evaluate.nnp を指定してください";
        OtherForm => "a file of that name is there in another Unicode form (accents and kana marks composed or decomposed, as Macs write them); rename it", "同じ名前のファイルが別の Unicode 正規化形式（Mac では濁点などが分解されます）で存在します。ファイル名を変更してください";
        Outside => "it leads out of the folder of the results; nothing outside of it is read", "結果のフォルダーの外を指しています。フォルダーの外のファイルは読み込みません";
        Link => "it is a link, or lies behind one; links in folders of results are not followed", "リンク、またはリンク先にあるファイルです。結果のフォルダーの中のリンクはたどりません";
        TooLarge { limit: u64 } => "it has more than {limit} bytes", "{limit} バイトを超えています";
        System { error: String } => "{error}", "{error}";
    }
}
