//! What an inspection says to people, on standard error; answers go elsewhere.

use std::io;
use std::path::PathBuf;

use nnc_messages::{Failure, messages};

messages! {
    /// What is said.
    pub(crate) enum Message {
        Ready { model: PathBuf, width: usize, height: usize, threshold: f32 } => "{model} is loaded: images of {width}x{height}, NG from {threshold} on",
            "{model} を読み込みました（画像サイズ {width}x{height}、しきい値 {threshold} 以上を NG）";
        Watching { folder: PathBuf, output: PathBuf } => "watching {folder}; answers in {output}; Ctrl-C ends", "{folder} を監視しています。判定結果は {output} に書き込みます（Ctrl-C で終了）";
        Listening { output: PathBuf } => "reading paths of images from standard input; answers in {output}; Ctrl-C ends", "標準入力から画像のパスを読み込みます。判定結果は {output} に書き込みます（Ctrl-C で終了）";
        InputEnded { error: io::Error } => "warning: standard input cannot be read: {error}", "警告: 標準入力を読み込めません: {error}";
        LongLine { limit: usize } => "warning: a line of more than {limit} bytes is no path; it is left out", "警告: {limit} バイトを超える行はパスではないため無視します";
        NotShaped { width: usize, height: usize, channels: usize } => "the model does not say how its training images were shaped, so only images of {width}x{height} with {channels} channels are taken; for others say how with --shape",
            "学習画像の整形方法がモデルに記録されていないため、{width}x{height}、{channels} チャンネルの画像だけを受け付けます。ほかの画像には --shape で整形方法を指定してください";
        OddShaping { model: PathBuf, width: usize, height: usize, channels: usize, noted_width: usize, noted_height: usize, noted_channels: usize } => "{model} reads images of {width}x{height} with {channels} channels, but images would be shaped to {noted_width}x{noted_height} with {noted_channels}; say how to shape them with --shape",
            "{model} が読む画像は {width}x{height}、{channels} チャンネルですが、画像は {noted_width}x{noted_height}、{noted_channels} チャンネルに整形されます。--shape で整形方法を指定してください";
        Busy { folder: PathBuf } => "{folder} is in use by another inspection; give this one a folder of its own with -o, or end the other one",
            "{folder} は別の検査が使用中です。-o で別のフォルダーを指定するか、もう一方を終了してください";
        Nested { folder: PathBuf, output: PathBuf } => "the output folder {output} is the watched folder {folder}; name another one with -o",
            "出力フォルダー {output} が監視フォルダー {folder} と同じです。-o で別のフォルダーを指定してください";
        OddLines { lines: usize } => "warning: {lines} lines of the journal cannot be read and are left out", "警告: ジャーナルの {lines} 行を読み取れないため無視します";
        SendersLeft { images: usize } => "warning: {images} images that were sent had no answer when the last inspection ended; their senders have to send them again",
            "警告: 前回の検査の終了時に、送信された画像 {images} 枚に応答していません。送信側から再送する必要があります";
        LeftUnanswered { images: usize } => "warning: {images} images that the last inspection took and did not answer are not in the folder any more",
            "警告: 前回の検査で取り込んだまま判定していない画像 {images} 枚が、フォルダーからなくなっています";
        Gone { folder: PathBuf, error: io::Error } => "warning: {folder} cannot be read: {error}; waiting until it can", "警告: {folder} を読み込めません: {error}。読み込めるようになるまで待ちます";
        Back { folder: PathBuf } => "{folder} can be read again", "{folder} を再び読み込めるようになりました";
        NoEvents { error: io::Error } => "warning: the system does not report new files ({error}); the folder is looked at regularly instead",
            "警告: 新しいファイルの通知を利用できません（{error}）。代わりにフォルダーを定期的に確認します";
        ImageGone { image: String } => "{image} was gone before it could be read", "{image} は読み込む前になくなりました";
        NoRoom { path: PathBuf, error: io::Error } => "warning: cannot write {path}: {error}; answers wait in memory until there is room",
            "警告: {path} に書き込めません: {error}。空きができるまで判定結果をメモリーに保持します";
        RoomAgain { path: PathBuf } => "{path} is written again, with all that has waited", "{path} に、保留していた分も含めて書き込めました";
        Stuck => "warning: too many answers wait for room on the disk; no image is taken until there is some", "警告: ディスクの空きを待つ判定結果が多すぎます。空きができるまで画像を取り込みません";
        NotKept { image: String, error: String } => "warning: {image} is not kept: {error}", "警告: {image} を保存できません: {error}";
        NotPrinted { error: io::Error } => "warning: answers are not printed any more: {error}; they are in the output folder", "警告: 判定結果を標準出力に出せません: {error}。結果は出力フォルダーにあります";
        Behind { images: usize, seconds: u64 } => "warning: {images} images wait, the longest for {seconds} s; they come faster than they are answered",
            "警告: 画像 {images} 枚が待っています（最長 {seconds} 秒）。到着に処理が追いついていません";
        BehindMore { images: usize, seconds: u64 } => "warning: more than {images} images wait, the longest of them for {seconds} s; they come faster than they are answered, and stay in the folder until it is their turn",
            "警告: {images} 枚を超える画像が待っています（最長 {seconds} 秒）。到着に処理が追いつかないため、順番が来るまでフォルダーに残ります";
        CaughtUp => "no image waits any more", "待っている画像はなくなりました";
        DriftUp {; distance: f64, limit: f64 } => "warning: the scores of OK images are higher than those of the normal images of the evaluation (distance {is}, limit {may}): look at light, lens, position and material; if all is well, evaluate with new normal images",
            "警告: OK 画像のスコアが、評価の正常画像より高くなっています（距離 {is}、限界 {may}）。照明、レンズ、位置、材料を確認してください。問題がなければ、新しい正常画像で評価し直してください"
            [is = format!("{distance:.3}"), may = format!("{limit:.3}")];
        DriftDown {; distance: f64, limit: f64 } => "warning: the scores of OK images are lower than those of the normal images of the evaluation, or spread otherwise (distance {is}, limit {may}): look at light, lens, position and material; if all is well, evaluate with new normal images",
            "警告: OK 画像のスコアが、評価の正常画像より低いか、ばらつき方が変わっています（距離 {is}、限界 {may}）。照明、レンズ、位置、材料を確認してください。問題がなければ、新しい正常画像で評価し直してください"
            [is = format!("{distance:.3}"), may = format!("{limit:.3}")];
        DriftEnded => "the scores of OK images are those of the normal images of the evaluation again", "OK 画像のスコアが、評価の正常画像と同じ範囲に戻りました";
        NoDrift => "there is no drift alarm: the evaluation has too few normal images below the threshold that the model was not trained on",
            "しきい値未満の、学習に使っていない正常画像が評価に足りないため、スコアの変化の警報はありません";
        NoAddress => "--webhook is no address that begins with http:// or https://", "--webhook の値が http:// または https:// で始まるアドレスではありません";
        WebhookAway { why: NotSent } => "warning: the server of --webhook takes no answers: {why}; they wait in their file until it does", "警告: --webhook のサーバーが判定結果を受け取りません: {why}。受け取れるようになるまでファイルに残します";
        WebhookBack => "the server of --webhook takes answers again", "--webhook のサーバーが再び判定結果を受け取りました";
        ModelEnded { failure: Failure } => "warning: the model's process has ended: {failure}; it is started again", "警告: モデルのプロセスが終了しました: {failure}。再起動します";
        ModelNotBack { failure: Failure, seconds: u64 } => "warning: the model cannot be loaded again: {failure}; next try in {seconds} s",
            "警告: モデルを再び読み込めません: {failure}。{seconds} 秒後に再試行します";
        NoDecoder { failure: Failure } => "warning: no process to decode images: {failure}; trying again", "警告: 画像のデコード用プロセスを開始できません: {failure}。再試行します";
        Said { text: String } => "{text}", "{text}";
        Stopping => "stopping after the images that were taken (once more to stop at once)", "取り込み済みの画像を処理してから終了します（もう一度押すと直ちに終了します）";
        Summary { answered: u64, ok: u64, ng: u64, other: u64; p50: f64, p99: f64 } => "{answered} images answered: {ok} OK, {ng} NG, {other} without a verdict; from file to answer {middle} ms, 99 % within {slow} ms",
            "判定した画像 {answered} 枚: OK {ok} 枚、NG {ng} 枚、判定なし {other} 枚。ファイルから判定まで {middle} ms、99 % は {slow} ms 以内"
            [middle = format!("{p50:.1}"), slow = format!("{p99:.1}")];
        Unwritten { images: usize, output: PathBuf } => "{images} answers could not be written to {output}, which has no room; make some, and the next inspection answers these images again",
            "判定結果 {images} 件を {output} に書き込めませんでした（空きがありません）。空きを作ると、次の検査でこれらの画像を判定し直します";
        StageEnded { name: &'static str } => "the inspection has ended by a fault of its own (thread {name}); images that were taken and not answered are answered by the next one",
            "内部の異常により検査を終了しました（スレッド {name}）。取り込み済みで判定していない画像は、次の検査で判定します";
        NoThread { error: io::Error } => "the system gives no thread: {error}", "スレッドを開始できません: {error}";
    }
}

messages! {
    /// A journal that is none.
    pub(crate) enum NotAJournal {
        Large { limit: u64 } => "it has more than {limit} MB, so no inspection has written it; move it away",
            "{limit} MB を超えており、検査が書き込んだものではありません。別の場所に移動してください";
    }
}

messages! {
    /// Why a server has not got an answer.
    pub(crate) enum NotSent {
        Status { status: String } => "it says {status}", "応答は {status} でした";
        NoAnswer { error: String } => "{error}", "{error}";
    }
}

messages! {
    /// Why an image has no verdict.
    pub(crate) enum NoVerdict {
        NotRead { error: io::Error } => "it cannot be read: {error}", "読み込めません: {error}";
        NoNumber => "the detector gave no number", "検出器が数値を出力しませんでした";
        EndedModel { failure: Failure } => "the model's process has ended over it twice: {failure}", "モデルのプロセスがこの画像で 2 回終了しました: {failure}";
    }
}
