//! What jobs say besides their figures: warnings, and how they fail.

use nnc_language::texts;

texts! {
    /// Warnings, and reasons of failures.
    pub(crate) enum JobText {
        NoVerdicts: "no verdicts: there is no normal image to choose the threshold from; give one with --threshold, or normal images in [dataset.calibration]",
            "しきい値を決めるための正常画像がないため、判定は行いません。--threshold で指定するか、[dataset.calibration] に正常画像を指定してください";
        Mapless: "{0} images have no map that can be drawn, and so no picture in {1}",
            "{0} 枚の画像には描画できるマップがないため、{1} に画像がありません";
        NoNormalImage: "there is no normal image to choose the threshold from; use --threshold",
            "しきい値を決めるための正常画像がありません。--threshold で指定してください";
        NoEvaluation: "there is no {0} in {1}; run `nnc-host evaluate` first",
            "{1} に {0} がありません。先に `nnc-host evaluate` を実行してください";
        ConfidenceAlone: "--confidence says nothing without --threshold or --false-alarm-rate; give one of them as well",
            "--confidence だけでは意味がありません。--threshold か --false-alarm-rate も指定してください";
        NoMaskNamed: "no mask in {0} is named like an image of the evaluation",
            "{0} に、評価した画像と同じ名前のマスクがありません";
        MasksUnreadable: "cannot read the masks in {0}: {1}", "{0} のマスクを読み込めません: {1}";

        CannotTrain: "plugin {0} cannot be trained; use `nnc-host evaluate` with --model",
            "プラグイン {0} は学習できません。`nnc-host evaluate` に --model を付けて実行してください";
        NoArchive: "plugin {0} saved a model that is no zip archive ({1}); tell its author",
            "プラグイン {0} が保存したモデルは zip アーカイブではありません（{1}）。作者に連絡してください";
        BrokeRules: "plugin {0} {1}; tell its author", "プラグイン {0}: {1}。作者に連絡してください";
        UnknownInput: "plugin {0} reads an unknown `{1}`", "プラグイン {0} が不明な `{1}` を読み込もうとしています";
        TrainedWith: "the model was trained with {0} = {1}, the project's {2} is ignored; train again to use it",
            "モデルは {0} = {1} で学習されているため、プロジェクトの {2} は無視します。使うには学習し直してください";
        OtherPlugin: "{0} was trained with plugin {1}, the project names {2}",
            "{0} はプラグイン {1} で学習されていますが、プロジェクトでは {2} が指定されています";
        ScoringNormals: "scoring {0} {1} images for the threshold", "しきい値を決めるため、{1}画像 {0} 枚を評価しています";
        NoNumber: "plugin {0} gave no number at all for {1} images", "プラグイン {0} は {1} 枚の画像で数値を出力しませんでした";
        NoValues: "output `{0}` has shape {1} and so no values", "出力 `{0}` の形状が {1} のため、値がありません";
        NoCacheHome: "there is no home folder for a cache; set XDG_CACHE_HOME",
            "キャッシュを置くホームフォルダーがありません。XDG_CACHE_HOME を設定してください";

        DefectsInTraining: "{0} of {1} training images have a label `{2}` other than 0, and an anomaly detector learns all of them as normal; take defective images out of the training set",
            "学習用画像 {1} 枚のうち {0} 枚のラベル `{2}` が 0 ではありません。異常検知では学習用画像をすべて正常として学習します。異常画像は学習用データセットから除いてください";
        SameSet: "training and validation are the same data set, so that the scores say nothing about new images",
            "学習用と検証用が同じデータセットのため、評価結果から新しい画像での性能は分かりません";
        MapImages: "{0} of {1} images of this evaluation are not where they were ({2}); move the folder back to where it was, or evaluate again",
            "この評価の画像 {1} 枚のうち {0} 枚が元の場所（{2}）にありません。フォルダーを元の場所に戻すか、もう一度評価してください";
        WillReplace: "will replace an earlier job's {0}", "以前のジョブの {0} を置き換えます";
        Kept: "the earlier job's results are kept as they were", "以前のジョブの結果はそのまま残っています";
        StatusLost: "cannot write {0}: {1}; the job goes on", "{0} に書き込めません: {1}。ジョブは続行します";
    }
}
