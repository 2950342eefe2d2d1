//! Words of the screens about projects.

use super::texts;

texts! { PROJECTS_TEXTS:
    PROJECT: "Project", "プロジェクト";
    PROJECTS_ABOUT: "What to train on, what to evaluate, and with which detector.",
        "学習用・評価用のデータセットと、使用する検出器の設定です。";
    NO_PROJECTS: "There is no project yet.", "プロジェクトはまだありません。";
    FORMAT: "Format", "形式";
    FORMAT_TOML: "TOML", "TOML";
    FORMAT_NNC: "NNC", "NNC";
    NEW_PROJECT: "New project", "新規プロジェクト";
    PROJECT_NAME: "Project name", "プロジェクト名";
    PROJECT_NAME_HINT: "Also the name of its file.", "ファイル名にもなります。";
    BEGIN_WITH: "Begin with", "作成方法";
    FROM_EMPTY: "An empty project", "空のプロジェクト";
    FROM_SAMPLE: "The sample", "サンプル";
    FROM_FILE: "A file", "ファイル";
    DROP_PROJECT: "Drop a project file here", "プロジェクトファイルをここにドロップ";
    PROJECT_FILE_HINT: ".toml of nnc-host; .sdcproj, network.ini or net.nntxt of NNC",
        "nnc-host の .toml、NNC の .sdcproj、network.ini、net.nntxt";

    // The tabs
    PROJECT_PARTS: "Parts of the project", "プロジェクトの項目";
    TAB_DATASET: "Dataset", "データセット";
    TAB_CONFIG: "Config", "コンフィグ";
    TAB_PLUGIN: "Training plugin", "学習プラグイン";
    TAB_FILE: "File", "ファイル";
    HAS_PROBLEM: "has a problem", "問題あり";
    NNC_PROJECT: "This is a project of NNC. It can be run, but its file is not changed here.",
        "NNC のプロジェクトです。実行できますが、ここではファイルを変更できません。";
    MAKE_COPY: "Make a copy to change", "変更できるコピーを作成";

    // Datasets
    TRAINING: "Training", "Training（学習用）";
    TRAINING_HINT: "Normal images only: the detector learns what is normal.", "正常画像のみ。検出器は正常な状態を学習します。";
    VALIDATION: "Validation", "Validation（評価用）";
    VALIDATION_HINT: "The images to evaluate, normal and defective ones.", "評価する画像（正常・異常の両方）。";
    CALIBRATION: "Calibration", "Calibration（校正用）";
    CALIBRATION_HINT: "Optional: normal images that nothing else uses, for an honest threshold.",
        "任意。他の目的に使用しない正常画像です。適切なしきい値を求めるために使用します。";
    CHOOSE_DATASET: "Choose a dataset", "データセットを選択";

    // Configuration
    BATCH_SIZE: "Batch size", "バッチサイズ";
    BATCH_SIZE_HINT: "Images held at once. Smaller needs less memory.", "一度に処理する画像数。小さくするとメモリー使用量が減ります。";
    SCORE_RULE: "Score of an image", "画像のスコア";
    SCORE_RULE_HINT: "How the anomaly map becomes one number: max is its largest value.",
        "異常度マップから 1 つの数値を求める方法です。max は最大値です。";
    FALSE_ALARM_RATE: "False-alarm rate", "過検出率";
    FALSE_ALARM_RATE_HINT: "Sets the threshold so that at most this share of normal images is NG: 0.01 is 1 %. Empty for no threshold.",
        "正常画像が NG になる割合がこの値以下になるようにしきい値を決めます（0.01 = 1 %）。空欄の場合は設定しません。";
    ENGINE: "Engine", "エンジン";
    ENGINE_HINT: "What runs networks.", "ネットワークを実行するライブラリです。";
    AUTOMATIC: "automatic", "自動";
    ONNX_RUNTIME: "ONNX Runtime", "ONNX Runtime";
    LIBTORCH: "libtorch", "libtorch";
    CONFIG_ABOUT: "Of NNC's Config tab only the batch size matters to detectors. All other keys are in the file.",
        "NNC のコンフィグタブの設定のうち、検出器で有効なのはバッチサイズのみです。その他の項目はファイルで設定できます。";

    // The training plugin
    TRAINING_PLUGIN: "Training plugin", "学習プラグイン";
    CHOOSE_PLUGIN: "Choose a training plugin", "学習プラグインを選択";
    PLUGINS_REFUSED: "{count} plugin cannot be used here|{count} plugins cannot be used here", "使用できないプラグイン {count} 件";
    REQUIRED: "(required)", "（必須）";
    EXPECTS: " ({expects})", "（{expects}）";
    BACKBONE_HERE: "This backbone is on this computer. Licence: {licence}", "この学習済みモデルは利用できます。ライセンス: {licence}";
    BACKBONE_ABSENT: "This backbone is not on this computer yet.", "この学習済みモデルはまだダウンロードされていません。";
    FETCH: "Fetch it from the internet", "インターネットからダウンロード";

    // The file
    PROJECT_FILE: "Project file", "プロジェクトファイル";
    PROJECT_FILE_ABOUT: "All settings are kept here. Changes that other programs make show up by themselves.",
        "すべての設定はこのファイルに保存されます。他のプログラムによる変更も自動的に反映されます。";
    SAVED_TO: "Saved in {file}", "{file} に保存しました";
    NOT_SAVED: "Not saved: something is wrong", "保存されていません（問題があります）";
    SHOWN_ANEW: "The file was changed on the disk and is shown anew.", "ファイルが変更されたため、再表示しました。";
    FILE_CHANGED: "The file has changed meanwhile", "ファイルが変更されています";
    FILE_CHANGED_ABOUT: "Somebody else has changed the project's file since it was shown here. Nothing has been overwritten.",
        "表示した後にプロジェクトファイルが変更されました。まだ何も上書きしていません。";
    KEY: "Key", "項目";
    BEFORE: "Before", "変更前";
    NOW_IN_FILE: "Now in the file", "ファイルの現在の値";
    YOURS: "Yours", "この画面の値";
    TAKE_FILE: "Take what is in the file", "ファイルの内容を使用";
    KEEP_MINE: "Write mine", "この画面の値を書き込む";

    // Run
    RUN: "Run", "実行";
    DEVICE: "Device", "デバイス";
    DEVICE_AUTO: "automatic", "自動";
    WHAT_TO_RUN: "What to run", "実行内容";
    TRAIN_AND_EVALUATE: "Train and evaluate", "学習と評価";
    TRAIN_ALONE: "Train", "学習のみ";
    RESULT_NAME: "Name of the result", "結果の名前";
    RESULT_NAME_HINT: "Optional; by default it is named after the project.", "任意。省略するとプロジェクト名から付けられます。";
    SAVE_FIRST: "Something is not saved yet. Mend or discard it first.", "保存されていない変更があります。修正または破棄してください。";
    RUN_ABOUT: "The job goes on when this page or the browser is closed.", "ページやブラウザーを閉じてもジョブは続行します。";
}
