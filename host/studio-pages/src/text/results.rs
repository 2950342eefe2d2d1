//! Words of the screens about results.

use super::texts;

texts! { RESULTS_TEXTS:
    RESULT: "Result", "結果";
    RESULTS_ABOUT: "The history of trainings and evaluations with their figures.", "学習と評価の履歴と評価指標です。";
    NO_RESULTS: "There is no result yet. Run a project first.", "結果はまだありません。先にプロジェクトを実行してください。";
    PARAMETERS: "Parameters", "パラメーター";
    CHOOSE: "Choose", "選択";
    CHOOSE_NAME: "Choose {name} for a comparison", "{name} を比較対象として選択";
    CHOOSE_TWO: "Tick two or more to compare them", "2 件以上選択すると比較できます";
    CHOOSE_ANOTHER: "Tick another one", "もう 1 件選択してください";
    CHOSEN: "{count} chosen", "{count} 件選択中";
    TOO_MANY_CHOSEN: "At most {count} can be compared", "比較できるのは {count} 件までです";
    COMPARE: "Compare", "比較";
    PHASE_TRAIN: "Training", "学習";
    PHASE_EVALUATE: "Evaluation", "評価";

    // Figures
    FIGURES: "Figures", "評価指標";
    IMAGES: "Images", "画像数";
    IMAGE_AUROC: "Image AUROC", "画像 AUROC";
    AVERAGE_PRECISION: "Average precision", "平均適合率 (AP)";
    F1_MAX: "Best F1", "最大 F1";
    PIXEL_AUROC: "Pixel AUROC", "ピクセル AUROC";
    AUPRO: "AUPRO", "AUPRO";
    THRESHOLD: "Threshold", "しきい値";
    NO_THRESHOLD: "none", "なし";
    FOUND: "Defects found", "検出した異常";
    MISSED: "Missed", "見逃し";
    FALSE_ALARMS: "False alarms", "過検出";
    NORMAL: "normal", "正常";
    DEFECTIVE: "defective", "異常";
    UNLABELLED: "unlabelled", "ラベルなし";

    // One result
    LABELS_REVERSED: "Normal images score higher than defective ones (AUROC below 0.5). Perhaps the labels are the wrong way round: label 0 counts as normal.",
        "正常画像のスコアが異常画像より高くなっています（AUROC が 0.5 未満）。ラベルが逆になっている可能性があります。正常として扱うのはラベル 0 です。";
    RESULT_PARTS: "Parts of the result", "結果の項目";
    TAB_VERDICTS: "OK or NG", "OK / NG の判定";
    TAB_REPORT: "Report", "レポート";
    TAB_FILES: "Files and masks", "ファイルとマスク";
    TAB_FACTS: "Details", "詳細";
    SCORES_AND_THRESHOLD: "Scores and threshold", "スコアとしきい値";
    HISTOGRAM: "Histogram of the image scores by label with the threshold", "ラベル別の画像スコアのヒストグラムとしきい値";
    THRESHOLD_HINT: "Images from this score on are NG.", "スコアがこの値以上の画像を NG とします。";
    SAVE_THRESHOLD: "Save the threshold", "しきい値を保存";
    SUGGESTED: "Take the one with the best F1", "最大 F1 の値を使用";
    THRESHOLD_SPOKEN: "{threshold}: {missed} missed, {alarms} false alarms", "{threshold}、見逃し {missed} 枚、過検出 {alarms} 枚";
    THRESHOLD_SAVED: "This is the saved threshold.", "保存済みのしきい値です。";
    THRESHOLD_OTHER: "Not saved; {threshold} is.", "未保存です（保存済みの値: {threshold}）。";
    THRESHOLD_NEW: "Not saved; there is no threshold yet.", "未保存です（しきい値は設定されていません）。";
    THRESHOLD_KEPT: "The threshold {threshold} is saved. Report and files are made anew.",
        "しきい値 {threshold} を保存し、レポートとファイルを更新しました。";
    NO_SCORES: "There are no image scores here.", "画像のスコアはありません。";
    NEAR_THRESHOLD: "Images next to the threshold", "しきい値付近の画像";
    NEAR_THRESHOLD_ABOUT: "Here it is decided: lowest scores first.", "判定の境目にある画像をスコアの低い順に表示します。";
    REPORT: "Report", "レポート";
    OPEN_REPORT: "Open the report in a window of its own", "レポートを別のウィンドウで開く";
    NO_REPORT: "There is no report here.", "レポートはありません。";
    DOWNLOADS: "Downloads", "ダウンロード";
    DOWNLOAD_RESULT: "Download result_evaluate.nnp", "result_evaluate.nnp をダウンロード";
    FILE_EVALUATED_MODEL: "The model with the results inside, as NNC offers it", "結果を含むモデル（NNC でダウンロードするファイル）";
    FILE_PACKED_TABLE: "The table and the anomaly maps", "評価結果の表と異常度マップ";
    FILE_TABLE: "The rows of the dataset with their outputs", "データセットの各行と出力";
    FILE_SCORES: "Score and verdict of every image, for spreadsheets", "各画像のスコアと判定（表計算ソフト用）";
    FILE_REPORT: "The whole report in one file", "レポート全体（1 ファイル）";
    FILE_EVALUATION: "All figures, for programs", "すべての評価指標（プログラム用）";
    FILE_MODEL: "The model alone", "モデルのみ";
    FILE_NETWORK: "The network as text", "ネットワーク（テキスト）";
    FILE_HEATMAPS: "A picture of every heat map", "全画像のヒートマップ";
    FILE_LOG: "The log", "ログ";
    FILE_MATRIX: "How often each class was taken for which", "クラスごとの予測の内訳";
    MASKS: "Masks", "マスク";
    DROP_MASKS: "Drop a folder or a zip with masks here", "マスクのフォルダーまたは zip をここにドロップ";
    MASKS_HINT: "Pictures named like their images that mark the pixels of the defects. With them the maps are measured as well.",
        "欠陥の画素を示す、画像と同じ名前のファイルです。マップの精度も評価できます。";
    MASKS_USED: "The masks were used; figures and report are made anew.", "マスクを使用して、評価指標とレポートを更新しました。";
    MAKE_FILES: "More files", "ファイルの作成";
    MAKE_HEATMAPS: "Make pictures of the heat maps", "ヒートマップの画像を作成";
    HEATMAPS_HINT: "A picture for each image, in the folder heatmaps.", "画像ごとのヒートマップを heatmaps フォルダーに作成します。";
    HEATMAPS_MADE: "The heat maps are made.", "ヒートマップを作成しました。";
    EXPORT_ONNX: "Export the model as ONNX", "モデルを ONNX でエクスポート";
    ONNX_HINT: "For other runtimes, such as ONNX Runtime and OpenVINO.", "ONNX Runtime や OpenVINO などで実行できます。";
    DOWNLOAD_ONNX: "Download the ONNX model", "ONNX モデルをダウンロード";
    UNFINISHED: "The evaluation was interrupted; {count} image is done.|The evaluation was interrupted; {count} images are done.",
        "評価が中断されました（{count} 枚は評価済み）。";
    GO_ON: "Go on", "再開";

    // Comparison
    COMPARISON: "Comparison", "比較";
    COMPARE_ABOUT: "The first result beside the others. Lines that differ are tinted.",
        "先頭の結果とほかの結果の比較です。異なる行に色が付きます。";
    BEST: "best", "最良";
    IMAGE: "Image", "画像";
    OTHER_VERDICTS: "Images with another verdict", "判定が異なる画像";
    VERDICT_COUNT: "{count} image has another verdict|{count} images have another verdict", "判定が異なる画像: {count} 枚";
}
