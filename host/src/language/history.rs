//! What the list of past jobs and the comparison of two say.

use nnc_language::texts;

texts! {
    /// Headings, states and sentences about past jobs, and what two of them may differ in.
    pub(crate) enum History {
        NoFolder: "there is no folder {0}", "フォルダー {0} がありません";
        NoJob: "no job in {0} or its folders", "{0} とその中のフォルダーにジョブはありません";

        Job: "job", "ジョブ";
        Status: "status", "状態";
        Plugin: "plugin", "プラグイン";
        Auroc: "AUROC", "AUROC";
        Pixel: "pixel", "ピクセル";
        Started: "started", "開始日時";
        Time: "time", "時間";
        Parameters: "parameters", "パラメーター";
        Seconds: "{0} s", "{0} 秒";

        Train: "train", "学習";
        Evaluate: "evaluate", "評価";
        Finished: "finished", "完了";
        Failed: "failed", "失敗";
        Processing: "processing", "実行中";
        Preprocessing: "preprocessing", "準備中";
        Suspended: "suspended", "中断";
        State: "{0} {1}{2}", "{0}{1}{2}";
        Interrupted: "interrupted", "強制終了";
        Kept: " ({0} images kept)", "（評価済み {0} 枚）";
        Queued: "queued", "待機中";
        Unknown: "unknown", "不明";

        NoDifference: "no difference", "違いはありません";
        OneVerdict: "{0} of {1} images has another verdict", "画像 {1} 枚のうち {0} 枚で判定が異なります";
        Verdicts: "{0} of {1} images have another verdict", "画像 {1} 枚のうち {0} 枚で判定が異なります";
        More: "and {0} more; --json lists them all", "ほか {0} 件（--json ですべて表示します）";
        OneAlone: "{0} image is in {1} alone", "{1} だけにある画像が {0} 枚あります";
        Alone: "{0} images are in {1} alone", "{1} だけにある画像が {0} 枚あります";

        Parameter: "parameter {0}", "パラメーター {0}";
        Weights: "weights {0}", "重み {0}";
        Model: "model", "モデル";
        TrainingSet: "data set, training", "学習データセット";
        EvaluationSet: "data set, evaluation", "評価データセット";
        CalibrationSet: "data set, calibration", "校正データセット";
        Rows: "{0} rows, sha256 {1}", "{0} 行、sha256 {1}";
        OneRow: "{0} row, sha256 {1}", "{0} 行、sha256 {1}";
        Device: "device", "デバイス";
        Score: "score", "スコア";
        Threshold: "threshold", "しきい値";
        ImageAuroc: "image AUROC", "画像 AUROC";
        AveragePrecision: "average precision", "平均適合率";
        BestF1: "F1-max", "最大 F1";
        PixelAuroc: "pixel AUROC", "ピクセル AUROC";
        Aupro: "AUPRO", "AUPRO";
        Missed: "defects missed", "見逃し";
        FalseAlarms: "false alarms", "過検出";
    }
}
