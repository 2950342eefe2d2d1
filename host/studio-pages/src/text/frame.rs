//! Words of the frame, of the dashboard, and those that many screens share.

use super::texts;

texts! { FRAME:
    // The frame
    NAVIGATION: "Main navigation", "メインメニュー";
    SKIP: "Skip to the content", "本文へ移動";
    DASHBOARD: "Dashboard", "ダッシュボード";
    DATASETS: "Datasets", "データセット";
    PROJECTS: "Projects", "プロジェクト";
    JOBS: "Jobs", "ジョブ";
    RESULTS: "Results", "結果";
    LANGUAGE: "Language", "言語";
    APPEARANCE: "Appearance", "表示";
    THEME_SYSTEM: "Same as the system", "システムに合わせる";
    THEME_LIGHT: "Light", "ライト";
    THEME_DARK: "Dark", "ダーク";
    FOLDER: "Folder", "フォルダー";
    NO_SCRIPT: "These pages need JavaScript. Nothing is fetched from the internet.",
        "このページの表示には JavaScript が必要です。インターネットからは何も読み込みません。";
    OFFLINE: "The studio does not answer. Jobs go on; this page connects again as soon as the studio runs.",
        "スタジオから応答がありません。ジョブは続行します。スタジオが動作すると自動的に再接続します。";
    NO_ANSWER: "The studio does not answer. Is `nnc-host studio` still running?",
        "スタジオから応答がありません。`nnc-host studio` が動作しているか確認してください。";
    REFUSED: "The studio refused this without a reason (status {status}).",
        "スタジオが理由なく要求を拒否しました（ステータス {status}）。";
    ACTIVE_COUNT: "{count} job is running or waiting|{count} jobs are running or waiting", "実行中・待機中のジョブ {count} 件";

    // Shared
    NAME: "Name", "名前";
    CREATED: "Created", "作成日時";
    MODIFIED: "Changed", "更新日時";
    STARTED: "Started", "開始日時";
    DURATION: "Time", "所要時間";
    STATE: "State", "状態";
    KIND: "Kind", "種類";
    ACTIONS: "Actions", "操作";
    PROBLEMS: "Problems", "問題点";
    PROBLEM_COUNT: "{count} problem|{count} problems", "問題 {count} 件";
    LINE: "line {line}", "{line} 行目";
    AND_MORE: "and {count} more", "ほか {count} 件";
    CREATE: "Create", "作成";
    CANCEL: "Cancel", "キャンセル";
    SAVE: "Save", "保存";
    SAVING: "Saving …", "保存中…";
    DISCARD: "Discard changes", "変更を破棄";
    CLOSE: "Close", "閉じる";
    PREVIOUS: "Previous", "前へ";
    NEXT: "Next", "次へ";
    YES: "Yes", "はい";
    NO: "No", "いいえ";
    DELETE: "Delete", "削除";
    DELETE_NAME: "Delete {name}", "{name} を削除";
    DELETED: "{name} was deleted.", "{name} を削除しました。";
    UNDO: "Undo", "元に戻す";
    RESTORED: "{name} is back.", "{name} を元に戻しました。";
    RESET: "Reset", "元に戻す";
    NAME_MISSING: "A name is needed.", "名前を入力してください。";
    NOT_A_NUMBER: "This is not a number.", "数値ではありません。";
    WHOLE_NUMBER: "Expected a whole number from {min} to {max}.", "{min} から {max} までの整数を入力してください。";
    SECONDS: "{seconds} s", "{seconds} 秒";
    MINUTES: "{minutes} min {seconds} s", "{minutes} 分 {seconds} 秒";
    HOURS: "{hours} h {minutes} min", "{hours} 時間 {minutes} 分";
    RATE: "{rate} per second", "{rate} 件/秒";

    // Uploads
    CHOOSE_FILE: "Choose a file", "ファイルを選択";
    CHOOSE_FOLDER: "Choose a folder", "フォルダーを選択";
    CHOOSE_OTHER: "Choose another", "別のものを選択";
    UPLOADING: "Upload", "アップロード";
    UPLOADING_OF: "{sent} of {bytes}, {left} left", "{sent} / {bytes}、残り {left}";
    UPLOADED: "{bytes} in {count} file, ready|{bytes} in {count} files, ready", "{bytes}（{count} ファイル）、準備完了";
    SKIPPED: "{count} file of another kind was left out|{count} files of other kinds were left out",
        "対象外のファイル {count} 件を除外しました";
    WAITING_FOR_UPLOAD: "Waiting for the upload …", "アップロードの完了を待っています…";
    NO_SOURCE: "Drop or choose a file or a folder first.", "先にファイルまたはフォルダーをドロップまたは選択してください。";
    NO_IMAGES_DROPPED: "There is no archive, image or table in what was dropped.",
        "圧縮ファイル、画像、表（CSV）が見つかりません。";
    NO_MASKS_DROPPED: "There is no mask image in what was dropped.", "マスク画像が見つかりません。";
    NO_PROJECT_DROPPED: "This is no project: choose a .toml, .sdcproj, network.ini or net.nntxt file.",
        "プロジェクトファイルではありません。.toml、.sdcproj、network.ini、net.nntxt のいずれかを選択してください。";

    // The dashboard
    DASHBOARD_ABOUT: "From photographs to a verdict in four steps. Everything stays on this computer.",
        "写真から判定までの 4 つの手順です。データがこのコンピューターの外に送信されることはありません。";
    STEP_DATASETS: "Create datasets", "データセットを作成";
    STEP_DATASETS_ABOUT: "One of normal parts to learn from, one with good and bad parts to test with.",
        "学習用（正常な部品のみ）と評価用（正常・異常の両方）を作成します。";
    STEP_PROJECT: "Set up a project", "プロジェクトを設定";
    STEP_PROJECT_ABOUT: "Choose the datasets, the training plugin and its parameters.",
        "データセット、学習プラグイン、パラメーターを選択します。";
    STEP_RUN: "Run", "実行";
    STEP_RUN_ABOUT: "Trains, then evaluates. You may close the browser meanwhile.",
        "学習と評価を行います。実行中にブラウザーを閉じても続行します。";
    STEP_RESULTS: "Look and decide", "結果を確認して判定";
    STEP_RESULTS_ABOUT: "Look at the heat maps, set the threshold for OK and NG, download.",
        "ヒートマップを確認し、OK / NG のしきい値を決めて、ダウンロードします。";
    OPEN_PROJECTS: "Open the projects", "プロジェクトを開く";
    CHOOSE_PROJECT: "Choose a project", "プロジェクトを選択";
    OPEN_RESULTS: "Open the results", "結果を開く";
    DATASET_COUNT: "{count} dataset|{count} datasets", "データセット {count} 件";
    PROJECT_COUNT: "{count} project|{count} projects", "プロジェクト {count} 件";
    RUN_COUNT: "{count} result|{count} results", "結果 {count} 件";
    JUDGED_COUNT: "{count} with a threshold", "しきい値設定済み {count} 件";
    SAMPLE: "No photographs at hand?", "手元に写真がない場合";
    SAMPLE_ABOUT: "The sample draws photographs of machined flanges, good ones and such with defects, with a project that is ready to run.",
        "サンプルでは、フランジ（正常品と欠陥品）の画像と、すぐに実行できるプロジェクトを作成します。";
    BEGIN_SAMPLE: "Begin with the sample", "サンプルで始める";
    RECENT_JOBS: "Latest jobs", "最近のジョブ";
    ALL_JOBS: "All jobs", "すべてのジョブ";

    // Signing in, and nowhere
    SIGN_IN: "Sign in", "サインイン";
    SIGN_IN_ABOUT: "This studio opens only for whoever has its token. `nnc-host studio` prints an address that contains it.",
        "このスタジオを開くにはトークンが必要です。トークンは `nnc-host studio` が表示するアドレスに含まれています。";
    TOKEN: "Token", "トークン";
    TOKEN_HINT: "The letters and digits after `token=`.", "`token=` に続く英数字です。";
    NO_STORAGE: "This browser keeps nothing for this address; allow it to store data of sites, then sign in again.",
        "このブラウザーはサイトのデータを保存しない設定です。保存を許可してからサインインしてください。";
    NOTHING_HERE: "There is nothing here", "ページが見つかりません";
    NOTHING_HERE_ABOUT: "The address leads nowhere. Perhaps what was here has been deleted.",
        "このアドレスのページはありません。削除された可能性があります。";
}
