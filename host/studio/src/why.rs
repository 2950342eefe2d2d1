//! Every sentence that the server says about a request, in both languages.

use std::path::PathBuf;

use nnc_messages::messages;

messages! {
    /// Why a request is not done.
    pub(crate) enum Why {
        // Who may.
        NotSignedIn => "sign in with the token that the studio printed when it was started",
            "スタジオの起動時に表示されたトークンでサインインしてください";
        WrongToken => "this is not the token of this studio; it was printed when the studio was started",
            "トークンが違います。スタジオの起動時に表示されたものを入力してください";
        ForeignHost { found: String } => "the studio is not reached under the name {found}; use the address that it printed, or start it with --host {found}",
            "{found} という名前ではこのスタジオに接続できません。表示されたアドレスを使うか、--host {found} を付けて起動してください";
        ForeignOrigin { found: String } => "a page of {found} must not use this studio", "{found} のページからはこのスタジオを使えません";
        NoTicket { path: String } => "there are no tickets for {path}; there are some for reports, files of results, and outputs and logs of jobs",
            "{path} のチケットは発行できません。レポート、結果のファイル、ジョブの出力とログに対して発行できます";
        NotFramed => "the report is shown only in a frame of the studio's own page; save report.html to open it elsewhere",
            "レポートはスタジオの画面の枠内にのみ表示します。別の場所で開くには report.html を保存してください";
        // Requests as such.
        NoSuchPage => "there is nothing at this address; openapi.json lists what there is", "このアドレスには何もありません。openapi.json に一覧があります";
        NoSuchMethod { method: String } => "{method} is not done here; openapi.json lists what is", "ここでは {method} は使えません。openapi.json に一覧があります";
        BadName { found: String } => "\"{found}\" is no name here: 1 to 80 characters, not beginning with a dot or a space, without / \\ ~ and characters that are not seen",
            "\"{found}\" は名前として使えません。1～80 文字で、ピリオドや空白で始まらず、/ \\ ~ や見えない文字を含まないようにしてください";
        BadId { found: String } => "\"{found}\" is no id: small letters and digits", "\"{found}\" は ID ではありません。ID は英小文字と数字です";
        BadPath { found: String } => "\"{found}\" is no path in an upload: names with / between them, none of which begins with a dot",
            "\"{found}\" はアップロードのパスとして使えません。ピリオドで始まらない名前を / で区切ってください";
        BadQuery { reason: String } => "the address is not understood: {reason}", "アドレスを解釈できません: {reason}";
        BadBody { reason: String } => "the request is not understood: {reason}", "要求を解釈できません: {reason}";
        NotJson => "the request has to be JSON, with Content-Type: application/json", "要求は JSON（Content-Type: application/json）にしてください";
        NotText => "the request has to be text, with Content-Type: text/plain", "要求はテキスト（Content-Type: text/plain）にしてください";
        TooLarge { limit: u64 } => "the request is larger than {limit} bytes", "要求が {limit} バイトを超えています";
        TooSlow => "the request did not arrive in time", "要求が時間内に届きませんでした";
        TooManyStreams => "too many pages follow events of this studio; close some", "イベントを受信しているページが多すぎます。いくつか閉じてください";
        TooManyPackings => "too many heat maps are being downloaded; wait for one to end", "ヒートマップのダウンロードが多すぎます。どれかが終わるまでお待ちください";
        // What is not there, or is already.
        NoDataset { name: String } => "there is no dataset \"{name}\"", "データセット \"{name}\" はありません";
        NoTable { dataset: String, table: String } => "the dataset \"{dataset}\" has no table \"{table}\"", "データセット \"{dataset}\" に表 \"{table}\" はありません";
        NoTables { dataset: String } => "the dataset \"{dataset}\" has no table", "データセット \"{dataset}\" に表がありません";
        NoProject { name: String } => "there is no project \"{name}\"", "プロジェクト \"{name}\" はありません";
        NoJob { id: String } => "there is no job {id}", "ジョブ {id} はありません";
        NoResult { id: String } => "there is no result \"{id}\"", "結果 \"{id}\" はありません";
        NoFile { name: String } => "there is no {name}", "{name} はありません";
        NoUpload { id: String } => "there is no upload {id}", "アップロード {id} はありません";
        NoItem { id: String } => "nothing was deleted as {id}", "{id} として削除されたものはありません";
        NoBackbone { name: String } => "there is no backbone \"{name}\"", "バックボーン \"{name}\" はありません";
        NoEvaluation { id: String } => "the result \"{id}\" has no evaluation yet", "結果 \"{id}\" はまだ評価されていません";
        NoModel { id: String } => "the result \"{id}\" has no trained model", "結果 \"{id}\" に学習済みモデルがありません";
        Exists { name: String } => "\"{name}\" is there already; choose another name", "\"{name}\" はすでにあります。別の名前を選んでください";
        // What cannot be done now.
        Busy { name: String } => "a job is using \"{name}\"; wait for its end or stop it", "\"{name}\" はジョブが使用中です。終了を待つか、停止してください";
        Arriving => "files of this upload are still arriving", "このアップロードのファイルはまだ受信中です";
        NotRunning => "the job has ended already", "このジョブはすでに終了しています";
        StillRunning => "the job has not ended; stop it first", "ジョブが終了していません。先に停止してください";
        CannotStop => "this job was started elsewhere and its process is not found; stop it where it was started",
            "このジョブは別の場所で開始され、プロセスが見つかりません。開始した場所で停止してください";
        QueueFull { most: usize } => "{most} jobs are waiting already", "すでに {most} 件のジョブが待機しています";
        NotDone => "the job has made no file", "このジョブはファイルを作成していません";
        // Uploads.
        NoLength => "the length of the file has to be told (Content-Length)", "ファイルの長さ（Content-Length）が必要です";
        FileKind { name: String } => "{name} is not of a kind that is uploaded here: zip, tar, gz, csv, pictures, npy, and project files",
            "{name} はアップロードできない種類です。zip、tar、gz、csv、画像、npy、プロジェクトファイルを使ってください";
        Program { name: String } => "{name} is a program; plugins are installed on the command line, with `nnc-host plugin trust`",
            "{name} はプログラムです。プラグインはコマンドライン（`nnc-host plugin trust`）で登録してください";
        FileTooLarge { name: String, limit: u64 } => "{name} is larger than {limit} bytes, which --max-upload allows",
            "{name} は --max-upload の上限 {limit} バイトを超えています";
        NoSpace { needed: u64, free: u64 } => "{needed} bytes do not fit on the disk, which has {free} left",
            "ディスクの空き容量が足りません（必要 {needed} バイト、空き {free} バイト）";
        DiskFull => "the disk with the studio's folder is full; nothing was changed; make room on it and try again",
            "スタジオのフォルダーがあるディスクに空きがないため、何も変更していません。空きを作ってからやり直してください";
        CutShort { got: u64, expected: u64 } => "the connection ended after {got} of {expected} bytes; nothing was kept",
            "接続が {expected} バイト中 {got} バイトで切れました。ファイルは保存されていません";
        TooManyUploads { most: usize } => "{most} uploads wait to be used already; use or remove some", "未使用のアップロードがすでに {most} 件あります。使用するか削除してください";
        OneFile { kind: &'static str } => "an upload of kind {kind} is one file", "種類 {kind} のアップロードは 1 ファイルだけです";
        WrongUpload { kind: String, needed: &'static str } => "this upload is of kind {kind}, needed is {needed}",
            "このアップロードの種類は {kind} ですが、{needed} が必要です";
        EmptyUpload => "nothing was uploaded yet", "まだ何もアップロードされていません";
        TooManyFiles { most: usize } => "an upload has at most {most} files; pack them into a zip", "1 回のアップロードは {most} ファイルまでです。zip にまとめてください";
        NoTableUploaded => "there is no CSV at the top of what was uploaded", "アップロードの最上位に CSV がありません";
        TableLeaves { table: String, first: String, files: u64 } => "{table} names {files} files outside of its folder, such as {first}; a table that is uploaded may not",
            "{table} が自身のフォルダーの外のファイルを {files} 個指しています（{first} など）。アップロードした表では使えません";
        // Datasets.
        Ratios { first: u8, second: u8 } => "the rates {first} and {second} do not add up to 100", "割合 {first} と {second} の合計が 100 になっていません";
        NotCsv { name: String } => "\"{name}\" has to end with .csv", "\"{name}\" は .csv で終わる必要があります";
        SameTables => "the two tables need different names", "2 つの表には別の名前を付けてください";
        // Projects.
        NoIfMatch => "say with If-Match on which content the change was made", "変更の元になった内容を If-Match で示してください";
        Changed { name: String } => "the project \"{name}\" was changed meanwhile", "プロジェクト \"{name}\" はその間に変更されました";
        ReadOnly { name: String } => "\"{name}\" is a project of NNC, which is not changed here; make a copy of it", "\"{name}\" は NNC のプロジェクトのため変更できません。コピーを作成してください";
        NotToml { reason: String } => "this is not TOML: {reason}", "TOML として正しくありません: {reason}";
        BadKey { key: String } => "\"{key}\" is no key of a project file", "\"{key}\" はプロジェクトファイルのキーではありません";
        NoSection { key: String } => "\"{key}\" lies in what is a value", "\"{key}\" の上位がセクションではなく値になっています";
        LeavesFolder { key: String, found: String } => "{key} would be \"{found}\", outside of the studio's folder; that can only be written into the file by hand",
            "{key} に \"{found}\" を指定するとスタジオのフォルダーの外になります。外のパスはファイルを直接編集して指定してください";
        PluginByPath { found: String } => "\"{found}\" is a file; the studio takes a plugin by its id, files are named in the project by hand",
            "\"{found}\" はファイルです。スタジオではプラグインを ID で指定してください。ファイルはプロジェクトを直接編集して指定します";
        NoPlugin { name: String } => "there is no plugin \"{name}\"", "プラグイン \"{name}\" はありません";
        NoPluginNamed => "no plugin is chosen", "プラグインが選択されていません";
        NotTrained { name: String } => "\"{name}\" only evaluates, it cannot be trained", "\"{name}\" は評価専用で、学習できません";
        NoSet { which: &'static str } => "no {which} dataset is chosen", "{which} データセットが選択されていません";
        SetMissing { path: PathBuf } => "{path} does not exist", "{path} がありません";
        BackboneMissing { name: String } => "the backbone \"{name}\" is not on this computer yet; fetch it", "バックボーン \"{name}\" はまだこのコンピューターにありません。ダウンロードしてください";
        NotText8 { name: String } => "{name} is not text in UTF-8", "{name} は UTF-8 のテキストではありません";
        NotAProject { name: String } => "{name} is no project: .toml, .sdcproj, .ini or .nntxt", "{name} はプロジェクトではありません。.toml、.sdcproj、.ini、.nntxt を使ってください";
        NoSource { field: &'static str } => "\"{field}\" is missing", "\"{field}\" がありません";
        // Results.
        OneThreshold => "give one of threshold, false_alarm_rate and no_threshold", "threshold、false_alarm_rate、no_threshold のいずれか 1 つだけを指定してください";
        NothingToDo => "nothing is asked for", "何も指定されていません";
        TwoOrMore => "2 to 10 different results can be compared", "比較できるのは 2～10 個の異なる結果です";
        // Children.
        Asked { reason: String } => "{reason}", "{reason}";
        NoAnswer => "a process of the studio gave no answer in time; try again", "スタジオの補助プロセスが時間内に応答しませんでした。もう一度試してください";
        System { error: std::io::Error } => "the system refuses: {error}", "システムエラー: {error}";
        Taken { folder: PathBuf, address: String } => "a studio is already open on {folder}: {address}", "{folder} ではすでにスタジオが開いています: {address}";
    }
}
