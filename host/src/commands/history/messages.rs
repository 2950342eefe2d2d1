//! What `jobs` says: headings, states, and what two jobs differ in.

use std::path::PathBuf;

use nnc_jobs::judging::figures::Unit;
use nnc_messages::messages;

messages! {
    /// Sentences.
    pub(super) enum Sentence {
        NoFolder { folder: PathBuf } => "there is no folder {folder}", "フォルダー {folder} がありません";
        NoJob { folder: PathBuf } => "no job in {folder} or its subfolders", "{folder} とその中のフォルダーにジョブはありません";
        ReportOfNnc { folder: PathBuf } => "results of NNC: `nnc-host report {folder} -o DIR` judges them and makes a report",
            "NNC の評価結果は `nnc-host report {folder} -o フォルダー` で判定し、レポートを作成できます";
        NoDifference => "no difference", "違いはありません";
        OneVerdict { common: usize } => "1 of {common} images has another verdict", "画像 {common} 枚のうち 1 枚で判定が異なります";
        Verdicts { count: usize, common: usize } => "{count} of {common} images have another verdict",
            "画像 {common} 枚のうち {count} 枚で判定が異なります";
        OnePrediction { common: usize } => "1 of {common} rows has another prediction", "{common} 件のうち 1 件で予測が異なります";
        Predictions { count: usize, common: usize } => "{count} of {common} rows have another prediction",
            "{common} 件のうち {count} 件で予測が異なります";
        Estimates { count: usize, common: usize, largest: String } =>
            "rows with another estimate: {count} of {common}, by {largest} at most",
            "推定値が異なる行: {common} 件中 {count} 件（差は最大 {largest}）";
        Likenesses { count: usize, common: usize } => "rows with another RMSE: {count} of {common}", "RMSE が異なる行: {common} 件中 {count} 件";
        Areas { count: usize, common: usize } => "rows with another mean IoU: {count} of {common}",
            "平均 IoU が異なる行: {common} 件中 {count} 件";
        Scores { count: usize, common: usize, largest: String } =>
            "images with another score: {count} of {common}, by {largest} at most (there are no two thresholds to compare verdicts by)",
            "スコアが異なる画像: {common} 枚中 {count} 枚（差は最大 {largest}。しきい値が両方にそろっていないため判定は比較できません）";
        OtherTasks => "the two models are of different kinds, so their rows are not compared",
            "モデルの種類が異なるため、行ごとの比較は行いません";
        More { count: usize } => "and {count} more; --json lists them all", "ほか {count} 件（--json ですべて表示します）";
        Apart { images: usize, first: String, second: String, difference: String, low: String, high: String, chance: Chance } =>
            "image AUROC over the {images} labelled images of both: {first} and {second}, difference {difference}, 95 % interval {low} to {high}: {chance}",
            "両方にあるラベル付き画像 {images} 枚の画像 AUROC: {first} と {second}、差 {difference}、95 % 信頼区間 {low} ～ {high}。{chance}";
        CannotTell { needed: usize, by: Unit, normal: usize, defective: usize } =>
            "whether the image AUROCs differ by more than chance cannot be told: it needs at least {needed} normal and {needed} defective {by}, and there are {normal} and {defective}",
            "画像 AUROC の差が偶然を超えるかは判断できません。正常と異常の{by}がそれぞれ {needed} 以上必要ですが、正常 {normal}、異常 {defective} です";
        OneAlone { folder: PathBuf } => "1 image is only in {folder}", "{folder} だけにある画像が 1 枚あります";
        Alone { count: usize, folder: PathBuf } => "{count} images are only in {folder}", "{folder} だけにある画像が {count} 枚あります";
    }
}

messages! {
    /// Whether a difference is more than chance.
    pub(super) enum Chance {
        More => "more than chance", "偶然の範囲を超えています";
        NotMore => "not more than chance", "偶然の範囲内です";
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
        Figure => "figure", "指標";
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
        ResultsOfNnc => "results of NNC", "NNC の評価結果";
        ModelOnly => "a trained model only", "学習済みモデルのみ";
        Accuracy { value: String } => "accuracy {value}", "正解率 {value}";
        R2 { value: String } => "R² {value}", "R² {value}";
        Rmse { value: String } => "RMSE {value}", "RMSE {value}";
        Iou { value: String } => "mean IoU {value}", "平均 IoU {value}";
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
        Tiles => "tiles", "タイル";
        Region => "region of interest", "関心領域";
        Device => "device", "デバイス";
        Engine => "engine", "エンジン";
        Score => "score", "スコア";
        Threshold => "threshold", "しきい値";
        ImageAuroc => "image AUROC", "画像 AUROC";
        AveragePrecision => "average precision", "平均適合率";
        BestF1 => "F1-max", "最大 F1";
        PixelAuroc => "pixel AUROC", "ピクセル AUROC";
        Aupro => "AUPRO", "AUPRO";
        Task => "task", "タスク";
        Accuracy => "accuracy", "正解率";
        Precision => "mean precision", "平均の適合率";
        Recall => "mean recall", "平均の再現率";
        F1 => "mean F1", "平均の F1";
        MeanAveragePrecision => "mean average precision", "平均適合率のクラス平均";
        ClassF1 { name: String } => "F1 of class {name}", "クラス {name} の F1";
        Mae => "mean absolute error", "平均絶対誤差";
        Rmse => "RMSE", "RMSE";
        Psnr => "PSNR", "PSNR";
        R2 => "R²", "R²";
        MeanIou => "mean IoU", "平均 IoU";
        PixelAccuracy => "pixel accuracy", "ピクセル正解率";
        ClassIou { name: String } => "IoU of class {name}", "クラス {name} の IoU";
        Missed => "defects missed", "見逃し";
        FalseAlarms => "false alarms", "過検出";
    }
}

messages! {
    /// What is told of a dataset.
    pub(super) enum RowsOf {
        One { hash: String } => "1 row, sha256 {hash}", "1 行、sha256 {hash}";
        Several { rows: usize, hash: String } => "{rows} rows, sha256 {hash}", "{rows} 行、sha256 {hash}";
    }
}
