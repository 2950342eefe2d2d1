//! What is said of the figures of an evaluation: metrics, threshold and verdicts.

use nnc_language::texts;

texts! {
    /// Sentences about an evaluation, and the parts that they are put together from.
    pub(crate) enum Figure {
        Comma: ", ", "、";
        OneImage: "{0} image", "画像 {0} 枚";
        Images: "{0} images", "画像 {0} 枚";

        Image: "image AUROC {0} ({1} normal and {2}{3}, score = {4}), average precision {5}, F1 up to {6} at {7}",
            "画像 AUROC {0}（正常画像 {1} 枚、{2}{3}、スコアは{4}）、平均適合率 {5}、最大 F1 {6}（しきい値 {7} のとき）";
        OneDefective: "{0} defective image", "異常画像 {0} 枚";
        Defective: "{0} defective images", "異常画像 {0} 枚";
        WithoutLabel: ", {0} without label left out", "、ラベルのない {0} 枚は除外";
        RuleMax: "maximum of the map", "マップの最大値";
        Rule: "{0}", " {0} ";
        NoImage: "no image AUROC: it needs a column `{0}` with 0 for normal images and another number for defective ones; {1}",
            "画像 AUROC は算出できません。列 `{0}` に正常画像は 0、異常画像は他の数値が必要です。{1}";
        Reversed: "an image AUROC below 0.5 says that normal images score higher than defective ones; are the labels the wrong way round? 0 is normal",
            "画像 AUROC が 0.5 未満で、正常画像のスコアが異常画像より高くなっています。ラベルが逆になっていませんか（正常は 0）";
        NoLabel: "no image has a label", "ラベルのある画像がありません";
        AllNormal: "all labelled images are normal", "ラベル付き画像がすべて正常です";
        AllDefective: "all labelled images are defective", "ラベル付き画像がすべて異常です";

        Pixel: "pixel AUROC {0}, AUPRO {1} up to 30 % false positives ({2} with {3}{4})",
            "ピクセル AUROC {0}、AUPRO {1}（誤検出 30 % 以下の範囲。{2}、{3}{4}）";
        OneRegion: "{0} marked region", "欠陥領域 {0} 個";
        Regions: "{0} marked regions", "欠陥領域 {0} 個";
        PixelLeftOut: ", {0} without mask or map left out", "、マスクまたはマップのない {0} 枚は除外";

        Defect: "defect {0}: {1} ({2})", "欠陥 {0}: {1}（{2}）";
        ImageAuroc: "image AUROC {0}", "画像 AUROC {0}";
        PixelAuroc: "pixel AUROC {0}", "ピクセル AUROC {0}";
        Aupro: "AUPRO {0}", "AUPRO {0}";

        Threshold: "threshold {0}, {1}{2}", "しきい値 {0}（{1}）{2}";
        AsGiven: "as given", "指定値";
        FromNormals: "from {0} images for a false-alarm rate of {1}", "{0}画像から、過検出率 {1} となるように決定";
        OneAlarm: "; {0} of {1} normal {2} images is NG, so the rate lies between {3} and {4} ({5} confidence)",
            "。{2}の正常画像 {1} 枚中 {0} 枚が NG のため、過検出率の {5} 信頼区間は {3} ～ {4}";
        Alarms: "; {0} of {1} normal {2} images are NG, so the rate lies between {3} and {4} ({5} confidence)",
            "。{2}の正常画像 {1} 枚中 {0} 枚が NG のため、過検出率の {5} 信頼区間は {3} ～ {4}";
        TooFewNormals: "so few normal images cannot promise {0}: the threshold lies just above their largest score, which promises {1} on average; give at least {2} normal images",
            "正常画像が少なすぎるため、過検出率 {0} を保証できません。しきい値は正常画像の最大スコアのすぐ上にあり、保証できるのは平均 {1} です。正常画像を {2} 枚以上用意してください";
        TrainingIsHopeful: "the model knows the training images, so new normal images will score higher and raise more alarms; other normal images in [dataset.calibration] give an honest threshold",
            "学習に使った画像のスコアは新しい正常画像より低くなるため、実際の過検出はこれより多くなります。[dataset.calibration] に別の正常画像を指定すると、公正なしきい値が得られます";
        ForTraining: "training", "学習用";
        ForValidation: "validation", "評価用";
        ForCalibration: "calibration", "校正用";

        Verdicts: "verdicts: {0} found, {1} missed; {2} passed, {3}",
            "判定: {0}を検出、見逃し {1} 枚。{2}が合格、{3}";
        Unlabelled: "verdicts: {0} NG, {1} OK", "判定: NG {0} 枚、OK {1} 枚";
        OneNormal: "{0} normal image", "正常画像 {0} 枚";
        Normal: "{0} normal images", "正常画像 {0} 枚";
        OneFalseAlarm: "{0} false alarm", "過検出 {0} 枚";
        FalseAlarms: "{0} false alarms", "過検出 {0} 枚";

        NoConfusionMatrix: "a confusion matrix needs labels and a model that gives classes; that is harmless, nothing else is missing",
            "混同行列の作成には、ラベルと、クラスを出力するモデルが必要です。問題はなく、ほかの結果はすべてそろっています";
    }
}
