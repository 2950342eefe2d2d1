//! What `jobs` says: headings, states, and what two jobs differ in.

use std::path::PathBuf;

use nnc_messages::messages;

messages! {
    /// Sentences.
    pub(super) enum Sentence {
        NoFolder { folder: PathBuf } => "there is no folder {folder}", "フォルダー {folder} がありません";
        NoJob { folder: PathBuf } => "no job in {folder} or its subfolders", "{folder} とその中のフォルダーにジョブはありません";
        NoDifference => "no difference", "違いはありません";
        OneVerdict { common: usize } => "1 of {common} images has another verdict", "画像 {common} 枚のうち 1 枚で判定が異なります";
        Verdicts { count: usize, common: usize } => "{count} of {common} images have another verdict",
            "画像 {common} 枚のうち {count} 枚で判定が異なります";
        More { count: usize } => "and {count} more; --json lists them all", "ほか {count} 件（--json ですべて表示します）";
        OneAlone { folder: PathBuf } => "1 image is only in {folder}", "{folder} だけにある画像が 1 枚あります";
        Alone { count: usize, folder: PathBuf } => "{count} images are only in {folder}", "{folder} だけにある画像が {count} 枚あります";
    }
}

messages! {
    /// Headings of the list.
    #[derive(Clone, Copy)]
    pub(super) enum Heading {
        Job => "job", "ジョブ";
        Status => "status", "状態";
        Plugin => "plugin", "プラグイン";
        Auroc => "AUROC", "AUROC";
        Pixel => "pixel", "ピクセル";
        Started => "started", "開始日時";
        Time => "time", "時間";
        Parameters => "parameters", "パラメーター";
    }
}

messages! {
    /// What was done.
    pub(super) enum Done {
        Training => "train", "学習";
        Evaluation => "evaluate", "評価";
    }
}

messages! {
    /// How far it came: the states of NNC, and those that others wrote.
    pub(super) enum State {
        Finished => "finished", "完了";
        Failed => "failed", "失敗";
        Processing => "processing", "実行中";
        Preprocessing => "preprocessing", "準備中";
        Suspended => "suspended", "中断";
        Interrupted => "interrupted", "強制終了";
        Queued => "queued", "待機中";
        Unknown => "unknown", "不明";
        Other { name: String } => "{name}", "{name}";
    }
}

messages! {
    /// Cells of the list.
    pub(super) enum Cell {
        Phase { done: Done, state: State, kept: Option<Kept> } => "{done} {state}{kept}", "{done}{state}{kept}";
        Seconds { seconds: String } => "{seconds} s", "{seconds} 秒";
    }
}

messages! {
    /// What an interrupted evaluation can go on with.
    pub(super) enum Kept {
        Images { count: usize } => " ({count} images kept)", "（評価済み {count} 枚）";
    }
}

messages! {
    /// What two jobs may differ in.
    pub(super) enum Fact {
        Plugin => "plugin", "プラグイン";
        Parameter { name: String } => "parameter {name}", "パラメーター {name}";
        Weights { name: String } => "weights {name}", "重み {name}";
        Model => "model", "モデル";
        TrainingSet => "dataset, training", "学習データセット";
        EvaluationSet => "dataset, evaluation", "評価データセット";
        CalibrationSet => "dataset, calibration", "校正データセット";
        Device => "device", "デバイス";
        Score => "score", "スコア";
        Threshold => "threshold", "しきい値";
        ImageAuroc => "image AUROC", "画像 AUROC";
        AveragePrecision => "average precision", "平均適合率";
        BestF1 => "F1-max", "最大 F1";
        PixelAuroc => "pixel AUROC", "ピクセル AUROC";
        Aupro => "AUPRO", "AUPRO";
        Missed => "defects missed", "見逃し";
        FalseAlarms => "false alarms", "過検出";
    }
}

messages! {
    /// What is told of a dataset.
    pub(super) enum Rows {
        One { hash: String } => "1 row, sha256 {hash}", "1 行、sha256 {hash}";
        Several { rows: usize, hash: String } => "{rows} rows, sha256 {hash}", "{rows} 行、sha256 {hash}";
    }
}
