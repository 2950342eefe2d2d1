//! Help texts in Japanese. The keys are the English texts as they stand beside the arguments, paragraph by paragraph;
//! the tests of `speak.rs` name entries that are missing or no longer used.

/// Usage, commands, arguments, options.
pub(super) const HEADINGS: [&str; 4] = ["使い方", "コマンド", "引数", "オプション"];

/// English and Japanese.
pub(super) const HELP: &[(&str, &str)] = &[
    (
        "Runs image anomaly detection the way Neural Network Console does, offline",
        "Neural Network Console と同じ画像異常検知を、オフラインで実行する",
    ),
    (
        "Exit codes: 0 done, 1 the job failed, 2 wrong usage or project file, 3 bad data set, 4 plugin refused or crashed, \
         130 interrupted",
        "終了コード: 0 正常終了、1 ジョブ失敗、2 使い方またはプロジェクトファイルの誤り、3 データセットの不備、\
         4 プラグインの拒否または異常終了、130 中断",
    ),
    ("Train, then evaluate", "学習してから評価する"),
    ("Train only", "学習のみ行う"),
    ("Evaluate a trained model", "学習済みモデルを評価する"),
    (
        "Make the report of an evaluation anew, with another threshold if you like",
        "評価のレポートを作り直す（しきい値も変更できる）",
    ),
    ("Folder of an evaluation", "評価結果のフォルダー"),
    ("Take the verdicts away", "判定を取り消す"),
    ("Print the metrics as JSON", "指標を JSON で出力する"),
    ("List past jobs, or compare two", "過去のジョブを一覧する、または 2 つを比較する"),
    ("Folder to search, with the folders in it", "検索するフォルダー（その中のフォルダーも含む）"),
    ("Show in what two jobs differ", "2 つのジョブの違いを表示する"),
    ("Folder of a job", "ジョブのフォルダー"),
    ("Folder of another job", "比較するジョブのフォルダー"),
    ("Scores and verdicts", "スコアと判定"),
    ("Images are NG from this score on", "この値以上のスコアの画像を NG とする"),
    (
        "Choose the threshold so that at most this share of normal images is NG, for example 0.01",
        "正常画像が NG になる割合がこの値以下になるようにしきい値を決める（例: 0.01）",
    ),
    (
        "Confidence of the interval that is told for the false-alarm rate [default: 0.95]",
        "過検出率の区間の信頼度 [既定値: 0.95]",
    ),
    ("Folder with masks of the defects, named like their images", "欠陥マスクのフォルダー（画像と同じ名前）"),
    (
        "Write a picture of every image with its heat map into the folder heatmaps",
        "全画像のヒートマップ画像を heatmaps フォルダーに書き出す",
    ),
    ("Begin scores.csv with the mark by which Excel knows UTF-8", "scores.csv に Excel 用の BOM を付ける"),
    (
        "Score of an image: max, \"top 10\", \"top 1%\" or \"smooth 1.5\"",
        "画像スコアの求め方: max、\"top 10\"、\"top 1%\"、\"smooth 1.5\"",
    ),
    (
        "Normal images that the threshold comes from: calibration, validation or training",
        "しきい値の根拠とする正常画像: calibration、validation、training",
    ),
    (
        "Variable of the data set that names the masks [default: mask, where there is one]",
        "マスクを示すデータセットの変数名 [既定値: mask（ある場合）]",
    ),
    ("Look at the detectors there are", "検出器（プラグイン）を調べる"),
    ("Create, show and check datasets", "データセットを作成、表示、検査する"),
    ("Pretrained backbones", "学習済みバックボーンを扱う"),
    ("Print the completions of a shell", "シェルの補完スクリプトを出力する"),
    ("The shell", "シェルの種類"),
    ("Print the manual page", "マニュアルページを出力する"),
    ("Write the pages of all commands into this folder instead", "全コマンドのページをこのフォルダーに書き出す"),
    (
        "Language of messages and reports; that of the locale unless given",
        "メッセージとレポートの言語（省略時はロケールに従う）",
    ),
    ("Print help", "ヘルプを表示する"),
    (
        "Print this message or the help of the given subcommand(s)",
        "このヘルプ、または指定したコマンドのヘルプを表示する",
    ),
    ("Print version", "バージョンを表示する"),
    (
        "Project file: TOML, or NNC's own .sdcproj or net.nntxt",
        "プロジェクトファイル（TOML、または NNC の .sdcproj か net.nntxt）",
    ),
    ("Folder for everything the job leaves", "ジョブの出力先フォルダー"),
    (
        "Override a key of the project file, for example plugin.params.gaussian=single",
        "プロジェクトファイルの値を置き換える（例: plugin.params.gaussian=single）",
    ),
    (
        "Set a parameter of the plugin; short for --set plugin.params.NAME=VALUE",
        "プラグインのパラメーターを設定する（--set plugin.params.NAME=VALUE の短縮形）",
    ),
    ("Compute device: auto, cpu, cuda or cuda:N", "計算デバイス: auto、cpu、cuda、cuda:N"),
    ("Upper bound for images held at once", "一度に保持する画像数の上限"),
    ("Threads to use; all processors unless given", "使用するスレッド数（省略時は全プロセッサー）"),
    (
        "Folder to search for plugins first; may be given several times",
        "プラグインを最初に探すフォルダー（複数回指定可）",
    ),
    (
        "Folder to search for pretrained weights first; may be given several times",
        "学習済み重みを最初に探すフォルダー（複数回指定可）",
    ),
    (
        "Print the result as JSON on standard output; the log goes to standard error",
        "結果を JSON で標準出力に書く（ログは標準エラー出力へ）",
    ),
    ("Print warnings and errors only", "警告とエラーだけを表示する"),
    ("Log details; twice for even more", "詳細なログを出す（2 回指定するとさらに詳細）"),
    (
        "Model to evaluate instead of the one that training left in the output folder",
        "出力フォルダーの学習済みモデルの代わりに評価するモデル",
    ),
    (
        "Data set to evaluate instead of the project's validation set",
        "プロジェクトの検証データセットの代わりに評価するデータセット",
    ),
    (
        "Score every image, even if an interrupted evaluation has left finished ones",
        "中断された評価の結果が残っていても、すべての画像を評価し直す",
    ),
    ("List the plugins that can be found", "見つかったプラグインの一覧を表示する"),
    ("Show a plugin with its parameters", "プラグインとそのパラメーターを表示する"),
    ("Id of the plugin, or path of its file", "プラグインの ID、またはファイルのパス"),
    ("Print JSON", "JSON で出力する"),
    ("Read every file of a dataset and list every problem", "データセットの全ファイルを読み込み、問題をすべて一覧する"),
    ("Dataset: a CSV or a .cache folder of NNC", "データセット（CSV または NNC の .cache フォルダー）"),
    ("Size that images must have, WIDTHxHEIGHT", "画像のサイズ（幅x高さ）"),
    ("Channels that images must have, 1 for grey or 3 for RGB", "画像のチャンネル数（1: グレー、3: RGB）"),
    ("Variable that holds the images", "画像の変数名"),
    ("List the known backbones and where they lie", "利用できるバックボーンとその場所を表示する"),
    ("Download a backbone into the first weights folder", "バックボーンを先頭の重みフォルダーにダウンロードする"),
    ("Name of the backbone", "バックボーンの名前"),
    (
        "Compare the backbones on this machine with their known hashes",
        "この PC のバックボーンを既知のハッシュと照合する",
    ),
    ("Look into NNP files", "NNP ファイルを調べる"),
    (
        "Feed arrays to a network and write each of its outputs as a .npy file",
        "ネットワークに配列を入力し、各出力を .npy ファイルに書き出す",
    ),
    ("Model (NNP)", "モデル (NNP)"),
    (
        "Input of the network and the array to feed, with its batch axis; once for each input",
        "ネットワークの入力名と、与える配列（バッチ軸を含む。入力ごとに 1 回指定）",
    ),
    ("Folder for the outputs, NAME.npy each", "出力先フォルダー（各出力は NAME.npy）"),
    ("Executor of the model to run; the first one unless given", "実行する Executor（省略時は最初のもの）"),
    ("Print the result as JSON", "結果を JSON で出力する"),
    (
        "Memory that the plugin's process may use, for example 800M or 8G; nine tenths of the machine's unless given",
        "プラグインのプロセスが使えるメモリー（例: 800M、8G。省略時は PC 全体の 9 割）",
    ),
    (
        "Time that the process may take, for example 90s, 30m or 2h; no limit unless given",
        "プロセスの制限時間（例: 90s、30m、2h。省略時は無制限）",
    ),
    (
        "End a plugin that does nothing for this long, or computes four times as long without reporting progress",
        "指定時間反応のないプラグイン、またはその 4 倍の時間進捗を報告しないプラグインを終了させる",
    ),
    ("Look into every file again, those in quarantine too", "隔離中のものも含め、全ファイルを調べ直す"),
    (
        "Print it in the manner of a command's --help, with NNC's type tags",
        "コマンドの --help の形式で、NNC の型名とともに表示する",
    ),
    ("Check whether a plugin keeps the rules", "プラグインが規約を守っているか検査する"),
    ("Write a crate with a small working detector to start from", "小さな動作する検出器を含むクレートの雛形を作る"),
    ("Show or change which plugins are trusted", "信頼するプラグインを表示または変更する"),
    ("Files of plugins that become known", "既知として登録するプラグインのファイル"),
    ("Forget these files instead", "これらのファイルの登録を取り消す"),
    ("Whether every plugin that is not known is refused", "未登録のプラグインをすべて拒否するかどうか"),
    ("List the cases instead of running them", "検査項目を実行せずに一覧する"),
    ("Run only these cases, separated by commas", "指定した検査項目だけを実行する（カンマ区切り）"),
    (
        "Set a parameter of the plugin, for example one that names its weights",
        "プラグインのパラメーターを設定する（例: 重みの指定）",
    ),
    ("Model to evaluate, for plugins that do not train", "評価するモデル（学習しないプラグイン用）"),
    ("Time for each case", "検査項目ごとの制限時間"),
    ("Memory for each case", "検査項目ごとのメモリー上限"),
    ("New folder for the crate", "クレートを作る新しいフォルダー"),
    ("Id of the plugin, for example my-detector", "プラグインの ID（例: my-detector）"),
    ("Name for people; made from the id unless given", "表示名（省略時は ID から作る）"),
    (
        "Use the nnc-plugin-api in this folder instead of a copy of this program's own",
        "同梱のコピーの代わりに、このフォルダーの nnc-plugin-api を使う",
    ),
    (
        "Take the file from this address in place of its usual one; NNC_HOST_WEIGHTS_MIRROR names a folder with all of them",
        "通常の場所の代わりにこのアドレスから取得する（NNC_HOST_WEIGHTS_MIRROR で全ファイルの置き場所を指定できる）",
    ),
    ("Give a server up after so many seconds without a byte", "サーバーからこの秒数データが来なければ諦める"),
    ("Tries after the first, with longer and longer pauses", "失敗時の再試行回数（間隔は徐々に長くなる）"),
    ("Print help (see more with '--help')", "ヘルプを表示する（'--help' でさらに詳しく）"),
    (
        "Create a dataset from an archive or a folder of images, as NNC's \"Create Dataset\" dialog does",
        "アーカイブまたは画像フォルダーからデータセットを作る（NNC の「データセットの作成」と同じ）",
    ),
    ("Show what is in a dataset", "データセットの内容を表示する"),
    (
        "The source has one folder for each class, for example \"0\", with images in it; the folders are labelled 0, 1, 2, ... in the order of their names. A .gz file has to hold a tar archive.",
        "元データには、クラスごとに画像の入ったフォルダー（例: \"0\"）を用意します。フォルダーには名前順に 0、1、2、... のラベルが付きます。.gz ファイルの中身は tar アーカイブに限ります。",
    ),
    (
        "Archive (.zip, .tar, .tar.gz, .tgz, .gz) or folder with the class folders",
        "アーカイブ（.zip、.tar、.tar.gz、.tgz、.gz）またはクラス別フォルダーを含むフォルダー",
    ),
    ("Folder to create for the images and the tables", "画像と表を出力する、新しいフォルダー"),
    ("Width of the images", "画像の幅"),
    ("Height of the images", "画像の高さ"),
    ("Colour: 1 for grey, 3 for RGB", "色（1: グレー、3: RGB）"),
    (
        "Shaping mode: crop edges, add black edges, or stretch",
        "整形方法（端を切り取る、黒い余白を加える、引き伸ばす）",
    ),
    ("Shuffle the rows", "行をシャッフルする"),
    (
        "Seed of the shuffle; the same seed gives the same order for the same images",
        "シャッフルのシード値（画像とシード値が同じなら同じ順序になる）",
    ),
    ("First table [default: the source's name with .csv]", "1 つ目の表 [既定値: 元データの名前.csv]"),
    (
        "Percent of the rows for the first table [default: what the second leaves]",
        "1 つ目の表に入れる行の割合（%）[既定値: 2 つ目の残り]",
    ),
    ("Second table", "2 つ目の表"),
    (
        "Percent of the rows for the second table [default: what the first leaves]",
        "2 つ目の表に入れる行の割合（%）[既定値: 1 つ目の残り]",
    ),
    (
        "Keep images in one table if this regular expression finds the same text in their file names (without extension), for example '^(part\\d+)_'",
        "ファイル名（拡張子を除く）のうち、この正規表現に一致する部分が同じ画像を同じ表に入れる（例: '^(part\\d+)_'）",
    ),
    (
        "Images with transparency: leave them out as NNC does, drop the alpha channel, or blend them with white or black",
        "透明度を持つ画像の扱い: NNC と同様に除外する、アルファチャンネルを除去する、白または黒と合成する",
    ),
    ("Scale 16-bit images to 8 bits instead of leaving them out", "16 ビット画像を除外せず 8 ビットに変換する"),
    ("Warn about images that are in this dataset too", "このデータセットにも含まれる画像を警告する"),
    ("Replace a folder that this command created earlier", "以前このコマンドで作ったフォルダーを置き換える"),
    ("Limits", "上限"),
    ("Files that an archive may hold", "アーカイブに含まれるファイル数の上限"),
    ("Bytes that all files may have, unpacked", "展開後の全ファイルの合計バイト数の上限"),
    ("Bytes that one file may have, unpacked", "展開後の 1 ファイルのバイト数の上限"),
    ("How many times larger an archive may become when it is unpacked", "アーカイブの展開倍率の上限"),
    ("Pixels that one image may have", "1 画像の画素数の上限"),
    ("Threads [default: one for each processor]", "スレッド数 [既定値: プロセッサー数]"),
    ("Print the summary as JSON; the log goes to standard error", "要約を JSON で出力する（ログは標準エラー出力へ）"),
    ("Print errors and the summary only", "エラーと要約だけを表示する"),
    (
        "Rows to show, from 1: 20 for the first twenty, 21-40 for the next, or all [default: 10; all with --html]",
        "表示する行（1 から。20: 先頭 20 行、21-40: 次の 20 行、all: すべて）[既定値: 10、--html のときはすべて]",
    ),
    ("Write a page with thumbnails as a single self-contained file", "サムネイル付きのページを 1 ファイルで書き出す"),
    ("Draw the images in the terminal", "端末に画像を表示する"),
    (
        "Another dataset, for example the training set, that must not share an image with this one",
        "同じ画像を含んでいてはならない別のデータセット（学習用など）",
    ),
    ("Show networks, parameters and executors of a model", "モデルのネットワーク、パラメーター、Executor を表示する"),
    ("Take a model apart into its files", "モデルをファイルに分解する"),
    ("Folder to make; it must not hold anything yet", "新しく作るフォルダー（空であること）"),
    ("Write every parameter as parameters/NAME.npy as well", "各パラメーターを parameters/NAME.npy としても書き出す"),
    (
        "Plugin to use: its id, or the path of its file; short for --set plugin.name=NAME",
        "使用するプラグインの ID またはファイルのパス（--set plugin.name=NAME の短縮形）",
    ),
    (
        "Folder that holds NNC's data sets as TENANT/DATASET; may be given several times",
        "NNC のデータセットを TENANT/DATASET の形で含むフォルダー（複数回指定可）",
    ),
];
