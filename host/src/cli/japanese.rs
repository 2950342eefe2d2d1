//! Help texts in Japanese, by command and argument. The English ones are the doc comments beside the arguments; a test of
//! `speak.rs` names what is missing here and what is no longer used.

/// Headings of usage, commands, arguments and options.
pub(super) const HEADINGS: [&str; 4] = ["使い方", "コマンド", "引数", "オプション"];

/// An argument, by its name in clap, and what its help says.
type Argument = (&'static str, &'static str);

/// The texts of one command.
struct Page {
    /// Words that lead to the command; none for the program itself.
    command: &'static str,
    about: &'static str,
    /// Arguments, in groups that commands share.
    arguments: &'static [&'static [Argument]],
}

/// What the command is for. Every command that has others has a command `help`.
pub(super) fn about(command: &str) -> Option<&'static str> {
    if command.split(' ').next_back() == Some("help") {
        return Some("このヘルプ、または指定したコマンドのヘルプを表示する");
    }
    PAGES.iter().find(|page| page.command == command).map(|page| page.about)
}

/// What the argument of a command is for.
pub(super) fn argument(command: &str, name: &str) -> Option<&'static str> {
    let page = PAGES.iter().find(|page| page.command == command);
    let of_page = page.into_iter().flat_map(|page| page.arguments).copied();
    of_page.chain([EVERYWHERE]).flatten().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Every command with its arguments.
#[cfg(test)]
pub(super) fn known() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    PAGES.iter().map(|page| {
        (page.command, page.arguments.iter().flat_map(|group| group.iter().map(|(name, _)| *name)).collect())
    })
}

const EVERYWHERE: &[Argument] = &[
    ("lang", "メッセージとレポートの言語（省略時はロケールに従う）"),
    ("help", "ヘルプを表示する"),
    ("version", "バージョンを表示する"),
];

const JSON: &[Argument] = &[("json", "JSON で出力する")];

const PLUGINS: &[Argument] = &[("plugin_dir", "プラグインを最初に探すフォルダー（複数回指定可）"), SANDBOX[0]];

const SANDBOX: &[Argument] = &[(
    "sandbox",
    "プラグインの実行や他者のファイルの読み込みを行うプロセスを制限する: 可能な範囲で（auto）、すべて制限できなければ実行しない（require）、制限しない（off）",
)];

const WEIGHTS_FOLDERS: &[Argument] = &[("weights_dir", "学習済み重みを最初に探すフォルダー（複数回指定可）")];

const LIMITS: &[Argument] = &[
    ("memory_limit", "プラグインのプロセスのメモリー上限（例: 800M、8G）[既定値: 使用可能なメモリー全体の 9 割]"),
    ("time_limit", "プラグインのプロセスの制限時間（例: 90s、30m、2h）[既定値: 無制限]"),
    ("stall_limit", "指定時間反応のないプラグイン、またはその 4 倍の時間進捗を報告しないプラグインを終了させる"),
];

const JOB: &[Argument] = &[
    ("project", "プロジェクトファイル（TOML、または NNC の .sdcproj か net.nntxt）"),
    ("output", "ジョブの結果をすべて出力するフォルダー"),
    ("set", "プロジェクトファイルの値を置き換える（例: plugin.params.gaussian=single）"),
    ("param", "プラグインのパラメーターを設定する（--set plugin.params.NAME=VALUE の短縮形）"),
    ("plugin", "使用するプラグインの ID またはファイルのパス（--set plugin.name=NAME の短縮形）"),
    ("dataset_root", "NNC のデータセットを TENANT/DATASET の形で含むフォルダー（複数回指定可）"),
    ("device", "計算デバイス: auto、cpu、cuda、cuda:N"),
    ("engine", "ネットワークを実行するエンジン: auto、libtorch、onnxruntime"),
    ("batch_size", "一度にメモリーに保持する画像数の上限"),
    ("threads", "使用するスレッド数 [既定値: プロセッサー数]"),
    ("json", "結果を JSON で標準出力に書く（ログは標準エラー出力へ）"),
    ("quiet", "警告とエラーだけを表示する"),
    ("verbose", "詳細なログを出す（-vv でさらに詳細）"),
];

const THRESHOLD: &[Argument] = &[
    ("threshold", "この値以上の異常度スコアの画像を NG とする"),
    ("false_alarm_rate", "正常画像が NG になる割合がこの値以下になるようにしきい値を決める（例: 0.01）"),
    ("confidence", "過検出率の区間の信頼度 [既定値: 0.95]"),
];

const PICTURES: &[Argument] = &[
    ("masks", "欠陥マスクのフォルダー（画像と同じ名前）"),
    ("heatmaps", "全画像のヒートマップ画像を heatmaps フォルダーに書き出す"),
    ("excel", "Excel が UTF-8 と認識できるように scores.csv の先頭に BOM を付ける"),
];

/// How a score is made, and of what.
const RULES: &[Argument] = &[
    ("score", "画像の異常度スコアの求め方: max、\"top 10\"、\"top 1%\"、\"smooth 1.5\"、\"contrast 1\""),
    (
        "task",
        "モデルの種類（出力とデータセットから分かるものと異なる場合）: anomaly、reconstruction、classification、regression、segmentation、none",
    ),
];

const SCORING: &[Argument] = &[
    ("normals", "しきい値を決めるための正常画像: calibration、validation、training"),
    ("mask_column", "マスクを示すデータセットの変数名 [既定値: mask（ある場合）]"),
];

const PAGES: &[Page] = &[
    Page {
        command: "", about: "Neural Network Console と同じ画像異常検知を、オフラインで実行する", arguments: &[]
    },
    Page {
        command: "run",
        about: "学習してから評価する",
        arguments: &[JOB, PLUGINS, WEIGHTS_FOLDERS, LIMITS, RULES, SCORING, THRESHOLD, PICTURES],
    },
    Page { command: "train", about: "学習のみ行う", arguments: &[JOB, PLUGINS, WEIGHTS_FOLDERS, LIMITS] },
    Page {
        command: "evaluate",
        about: "学習済みモデルを評価する",
        arguments: &[
            JOB,
            PLUGINS,
            WEIGHTS_FOLDERS,
            LIMITS,
            RULES,
            SCORING,
            THRESHOLD,
            PICTURES,
            &[
                (
                    "model",
                    "出力フォルダーの学習済みモデルの代わりに評価するモデル（ファイル、またはジョブのフォルダー）",
                ),
                ("dataset", "プロジェクトの評価用データセットの代わりに評価するデータセット"),
                (
                    "folds",
                    "交差検証: プロジェクトの学習用と評価用の画像を K 分割し、学習と評価を K 回行う。どの画像も、その画像とそのグループを学習していないモデルで評価する。分割するには少ないデータセット向け",
                ),
                ("restart", "中断された評価の結果が残っていても、すべての画像を評価し直す"),
            ],
        ],
    },
    Page {
        command: "report",
        about: "評価のレポートを作り直す（しきい値も変更できる）、または NNC の評価結果からレポートを作る",
        arguments: &[
            SANDBOX,
            RULES,
            THRESHOLD,
            PICTURES,
            &[
                (
                    "folder",
                    "評価結果のフォルダー。-o を付けると NNC のジョブのフォルダー、または output_result.csv、output_result.zip、result_evaluate.nnp",
                ),
                ("output", "NNC の評価結果を（モデルを実行せずに）判定し、レポートをこのフォルダーに出力する"),
                ("dataset", "NNC が評価したデータセット（結果と一緒にない入力やラベルのため）"),
                ("no_threshold", "判定を取り消す"),
                ("json", "指標を JSON で出力する"),
            ],
        ],
    },
    Page {
        command: "jobs",
        about: "過去のジョブを一覧する、または 2 つを比較する",
        arguments: &[SANDBOX, JSON, &[("folder", "検索するフォルダー（その中のフォルダーも含む）")]],
    },
    Page {
        command: "inspect",
        about: "届いた画像をその場で判定する",
        arguments: &[
            PLUGINS,
            WEIGHTS_FOLDERS,
            &[
                ("model", "学習済みモデル（ジョブの結果フォルダー、またはファイル）"),
                ("watch", "画像を監視するフォルダー"),
                ("stdin", "フォルダーの代わりに、標準入力から画像のパスを 1 行に 1 つずつ読み、入力の終わりで終了する"),
                ("output", "判定結果、ジャーナル、保存する画像を置くフォルダー"),
                ("threshold", "異常度スコアがこの値以上の画像を NG とする [既定値: ジョブの評価のしきい値]"),
                ("score", "画像の異常度スコアの求め方 [既定値: ジョブの評価と同じ、なければ max]"),
                ("shape", "画像をモデルのサイズに合わせる方法 [既定値: 学習用データセットと同じ]"),
                ("alpha", "透明部分のある画像: 受け付けない、アルファチャンネルを除く、白または黒と合成する"),
                ("scale_16bit", "16 ビットの画像を拒否せず 8 ビットに変換する"),
                (
                    "keep",
                    "出力フォルダーにヒートマップとともに保存する画像: なし（none）、NG と判定なし（ng）、すべて（all）",
                ),
                ("link", "保存する画像をコピーせず、可能な場合はハードリンクにする"),
                ("poll", "システムからの通知のほかに、フォルダーを確認する間隔"),
                ("settle", "サイズと更新時刻がこの時間変わらなければ、書き込み完了とみなす"),
                ("when_behind", "複数の画像が待っているとき先に取り込む画像"),
                ("backlog", "メモリーで待つ画像数の上限（超えた分は順番が来るまでフォルダーに残る）"),
                ("webhook", "判定結果をこのアドレスにも POST で送る（NNC_HOST_INSPECT_TOKEN でトークンを指定できる）"),
                (
                    "drift_window",
                    "スコアの変化の警報のため、評価の正常画像と一度に比較する OK 画像の数（0 で警報なし）",
                ),
                ("drift_rate", "比較 1 回あたりの誤警報の割合"),
                ("once", "フォルダー内の画像をすべて判定したら終了する"),
                ("plugin", "使用するプラグインの ID またはファイルのパス [既定値: モデルを学習したプラグイン]"),
                ("device", "計算デバイス: auto、cpu、cuda、cuda:N"),
                ("engine", "ネットワークを実行するエンジン: auto、libtorch、onnxruntime"),
                ("threads", "使用するスレッド数 [既定値: プロセッサー数]"),
                (
                    "memory_limit",
                    "プラグインのプロセスのメモリー上限（例: 800M、8G）[既定値: 使用可能なメモリー全体の 9 割]",
                ),
                (
                    "stall_limit",
                    "指定時間反応のないプラグイン、または 1 枚の画像にその 4 倍の時間計算し続けるプラグインのプロセスを再起動する",
                ),
                ("quiet", "判定結果を標準出力に出さない"),
            ],
        ],
    },
    Page {
        command: "studio",
        about: "すべての操作をブラウザーで行う",
        arguments: &[
            PLUGINS,
            WEIGHTS_FOLDERS,
            LIMITS,
            &[
                (
                    "folder",
                    "データセット、プロジェクト、結果のフォルダー（なければ作成する） [既定値: 現在のフォルダーがスタジオのものか空ならそのフォルダー、それ以外はその中の nnc-studio]",
                ),
                ("port", "待ち受けるポート [既定値: 4280、使用中なら空いているポート]"),
                ("no_open", "ブラウザーを開かない"),
                (
                    "listen",
                    "待ち受けるアドレス。127.0.0.1 以外では TLS なしで他のコンピューターに公開し、トークンが必要",
                ),
                ("host", "リバースプロキシ経由でブラウザーが使うホスト名（複数回指定可）"),
                (
                    "token_file",
                    "16 文字以上のトークンを書いたファイル [既定値: NNC_HOST_STUDIO_TOKEN、なければ毎回新しいトークン]",
                ),
                ("max_upload", "アップロードできるファイルの最大サイズ（例: 800M、50G）"),
                ("jobs", "同時に実行する学習と評価の数"),
            ],
        ],
    },
    Page {
        command: "jobs compare",
        about: "2 つのジョブの違いを表示する",
        arguments: &[SANDBOX, JSON, &[("first", "ジョブのフォルダー"), ("second", "比較するジョブのフォルダー")]],
    },
    Page {
        command: "plugin", about: "プラグイン（検出器）を一覧、表示、検査、作成する", arguments: &[]
    },
    Page {
        command: "plugin list",
        about: "見つかったプラグインの一覧を表示する",
        arguments: &[JSON, PLUGINS, &[("rescan", "隔離中のものも含め、全ファイルを調べ直す")]],
    },
    Page {
        command: "plugin show",
        about: "プラグインとそのパラメーターを表示する",
        arguments: &[
            JSON,
            PLUGINS,
            &[
                ("id", "プラグインの ID、またはファイルのパス"),
                ("usage", "コマンドの --help の形式で、NNC の型名とともに表示する"),
            ],
        ],
    },
    Page {
        command: "plugin check",
        about: "プラグインが規約を守っているか検査する",
        arguments: &[
            JSON,
            PLUGINS,
            WEIGHTS_FOLDERS,
            &[
                ("id", "プラグインの ID、またはファイルのパス"),
                ("list", "検査項目を実行せずに一覧する"),
                ("only", "指定した検査項目だけを実行する（カンマ区切り）"),
                ("param", "プラグインのパラメーターを設定する（例: 重みの指定）"),
                ("model", "評価するモデル（学習しないプラグイン用）"),
                ("time_limit", "検査項目ごとの制限時間"),
                ("memory_limit", "検査項目ごとのメモリー上限"),
            ],
        ],
    },
    Page {
        command: "plugin new",
        about: "小さな動作する検出器を含むクレートの雛形を作る",
        arguments: &[&[
            ("dir", "クレートを作る新しいフォルダー"),
            ("name", "プラグインの ID（例: my-detector）"),
            ("title", "表示名 [既定値: ID から作る]"),
            ("api", "同梱のコピーの代わりに、このフォルダーの nnc-plugin-api を使う"),
        ]],
    },
    Page {
        command: "plugin trust",
        about: "信頼するプラグインを表示または変更する",
        arguments: &[
            JSON,
            &[
                ("files", "登録するプラグインのファイル"),
                ("forget", "これらのファイルまたは鍵の登録を取り消す"),
                ("allow", "プラグインが通常は使えないものを許可する（複数指定可）"),
                ("key", "この minisign 公開鍵（またはそのファイル）で署名されたものを信頼する（複数指定可）"),
                ("name", "鍵の持ち主の名前"),
                ("only_known", "未登録で署名もないプラグインをすべて拒否するかどうか"),
                ("list", "信頼しているものの一覧を表示する（指定しなくても表示されます）"),
            ],
        ],
    },
    Page { command: "dataset", about: "データセットを作成、表示、検査する", arguments: &[] },
    Page {
        command: "dataset create",
        about: "アーカイブまたは画像フォルダーからデータセットを作る（NNC の「データセットの作成」と同じ）",
        arguments: &[
            SANDBOX,
            &[
                ("source", "アーカイブ（.zip、.tar、.tar.gz、.tgz、.gz）またはクラス別フォルダーを含むフォルダー"),
                ("outdir", "画像と表を出力する、新しいフォルダー"),
                ("width", "画像の幅"),
                ("height", "画像の高さ"),
                ("channels", "色（1: グレー、3: RGB）"),
                ("mode", "整形方法（端を切り取る、黒い余白を加える、引き伸ばす）"),
                ("shuffle", "行をシャッフルする"),
                ("seed", "シャッフルのシード値（画像とシード値が同じなら同じ順序になる）"),
                ("file1", "1 つ目の表 [既定値: 元データの名前.csv]"),
                ("ratio1", "1 つ目の表に入れる行の割合（%）[既定値: 2 つ目の残り]"),
                ("file2", "2 つ目の表"),
                ("ratio2", "2 つ目の表に入れる行の割合（%）[既定値: 1 つ目の残り]"),
                (
                    "group",
                    "まとまりを成す画像を同じ表に入れる: folder（クラスのフォルダーの下のフォルダー）、pattern 正規表現（./0/part12_1.png のような表の中のパスのうち一致する部分）、likeness（照明が違っていても同じ部品を写しているように見える画像。見落としや、別の部品をまとめてしまうことがあります）",
                ),
                (
                    "group_column",
                    "各画像のグループをこの名前の列として表に加える（NNC にはコメントとなる。[dataset] の group = \"column 列名\" で使える）",
                ),
                (
                    "group_by",
                    "ファイル名（拡張子を除く）のうち、この正規表現に一致する部分が同じ画像を同じ表に入れる（例: '^(part\\d+)_'）",
                ),
                (
                    "alpha",
                    "透明度を持つ画像の扱い: NNC と同様に除外する、アルファチャンネルを除去する、白または黒と合成する",
                ),
                ("scale_16bit", "16 ビット画像を除外せず 8 ビットに変換する"),
                ("against", "このデータセットにも含まれる画像を警告する"),
                ("force", "以前このコマンドで作ったフォルダーを置き換える"),
                ("max_files", "アーカイブに含まれるファイル数の上限"),
                ("max_total", "展開後の全ファイルの合計バイト数の上限"),
                ("max_file_size", "展開後の 1 ファイルのバイト数の上限"),
                ("max_ratio", "アーカイブの展開倍率の上限"),
                ("max_pixels", "1 画像の画素数の上限"),
                ("threads", "スレッド数 [既定値: プロセッサー数]"),
                ("json", "要約を JSON で出力する（ログは標準エラー出力へ）"),
                ("quiet", "エラーと要約だけを表示する"),
            ],
        ],
    },
    Page {
        command: "dataset show",
        about: "データセットの内容を表示する",
        arguments: &[
            SANDBOX,
            JSON,
            &[
                ("csv", "データセット（CSV または NNC の .cache フォルダー）"),
                (
                    "rows",
                    "表示する行（1 から。20: 先頭 20 行、21-40: 次の 20 行、all: すべて）[既定値: 10、--html のときはすべて]",
                ),
                ("html", "サムネイル付きのページを 1 ファイルで書き出す"),
                ("images", "端末に画像を表示する"),
            ],
        ],
    },
    Page {
        command: "dataset check",
        about: "データセットの全ファイルを読み込み、問題をすべて一覧する",
        arguments: &[
            SANDBOX,
            JSON,
            &[
                ("csv", "データセット（CSV または NNC の .cache フォルダー）"),
                ("size", "画像のサイズ（幅x高さ）"),
                ("channels", "画像のチャンネル数（1: グレー、3: RGB）"),
                ("variable", "画像の変数名 [既定値: x。x がなければ最初の変数]"),
                ("against", "同じ画像を含んでいてはならない別のデータセット（学習用など）。同じ部品の画像も数える"),
                (
                    "group",
                    "まとまりを成す画像の決め方（プロジェクトと同じ）: column 列名、pattern 正規表現、folder [既定値: likeness。推定のため、見落としや取り違えがあります]",
                ),
            ],
        ],
    },
    Page { command: "nnp", about: "NNP ファイルを表示、展開、実行する", arguments: &[] },
    Page {
        command: "nnp convert",
        about: "ほかのランタイムで使えるようモデルを ONNX ファイルとして書き出す、または ONNX ファイルをモデルにする",
        arguments: &[
            SANDBOX,
            &[
                ("file", "モデル (NNP) または ONNX ファイル"),
                ("output", "作成するファイル（NAME.onnx。ONNX ファイルからは NAME.nnp）"),
                ("executor", "変換する Executor [既定値: 最初のもの]"),
                ("batch_size", "ONNX ファイルで行数が可変のとき、NNP に記録する行数 [既定値: 1]"),
                ("json", "結果を JSON で出力する"),
            ],
        ],
    },
    Page {
        command: "nnp run",
        about: "ネットワークに配列を入力し、各出力を .npy ファイルに書き出す",
        arguments: &[
            PLUGINS,
            LIMITS,
            &[
                ("file", "モデル (NNP)"),
                ("input", "ネットワークの入力名と、与える配列（バッチ軸を含む。入力ごとに 1 回指定）"),
                ("output", "出力先フォルダー（各出力は NAME.npy）"),
                ("executor", "実行するエグゼキューター [既定値: 最初のもの]"),
                ("device", "計算デバイス: auto、cpu、cuda、cuda:N"),
                ("engine", "ネットワークを実行するエンジン: auto、libtorch、onnxruntime"),
                ("threads", "使用するスレッド数 [既定値: プロセッサー数]"),
                ("json", "結果を JSON で出力する"),
            ],
        ],
    },
    Page {
        command: "nnp show",
        about: "モデルのネットワーク、パラメーター、エグゼキューターを表示する",
        arguments: &[SANDBOX, JSON, &[("file", "モデル (NNP)")]],
    },
    Page {
        command: "nnp unpack",
        about: "モデルをファイルに展開する",
        arguments: &[
            SANDBOX,
            JSON,
            &[
                ("file", "モデル (NNP)"),
                ("dir", "新しく作るフォルダー（空であること）"),
                ("npy", "各パラメーターを parameters/NAME.npy としても書き出す"),
            ],
        ],
    },
    Page {
        command: "weights", about: "学習済みバックボーンを一覧、取得、検証する", arguments: &[]
    },
    Page {
        command: "weights list",
        about: "利用できるバックボーンとその場所を表示する",
        arguments: &[JSON, WEIGHTS_FOLDERS],
    },
    Page {
        command: "weights fetch",
        about: "バックボーンを先頭の重みフォルダーにダウンロードする",
        arguments: &[
            WEIGHTS_FOLDERS,
            &[
                ("name", "バックボーンの名前"),
                (
                    "url",
                    "通常の場所の代わりにこのアドレスから取得する（NNC_HOST_WEIGHTS_MIRROR で全ファイルの置き場所を指定できる）",
                ),
                ("allow_http", "暗号化されていないアドレスを許可する（途中ですり替えられるおそれがある）"),
                ("timeout", "この秒数データが届かないか、平均毎秒 1,000 バイト未満なら中止する"),
                ("retries", "失敗時の再試行回数の合計（間隔は徐々に長くなる）"),
            ],
        ],
    },
    Page {
        command: "weights verify",
        about: "この PC のバックボーンを既知のハッシュと照合する",
        arguments: &[WEIGHTS_FOLDERS],
    },
    Page {
        command: "completions",
        about: "シェルの補完スクリプトを出力する",
        arguments: &[&[("shell", "シェルの種類")]],
    },
    Page {
        command: "man",
        about: "マニュアルページを出力する",
        arguments: &[&[("output", "全コマンドのページをこのフォルダーに書き出す")]],
    },
];
