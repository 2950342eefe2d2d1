//! Every word of the page, in every language.

use std::collections::BTreeMap;
use std::fmt::Display;

use nnc_language::Language;

use super::words::{Filled, Words};

/// Words of the page in each language, by names that the script knows as well, and sentences with values, which are named
/// in braces. A sentence whose language leaves a value out, or names one that it has not, does not compile; those that only
/// the script fills are compared by a test.
macro_rules! page_texts {
    (
        $(#[$of_words:meta])*
        enum Text { $($text:ident: $english:literal, $japanese:literal;)* }
        $(#[$of_sentences:meta])*
        enum Sentence { $($sentence:ident { $($value:ident),* }: $in_english:literal, $in_japanese:literal;)* }
        only_in_script { $($script:ident: $script_english:literal, $script_japanese:literal;)* }
    ) => {
        $(#[$of_words])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::render::page) enum Text {
            $($text,)*
        }

        impl Words for Text {
            fn key(self) -> &'static str {
                match self {
                    $(Self::$text => stringify!($text),)*
                }
            }

            fn of(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$text, Language::English) => $english, (Self::$text, Language::Japanese) => $japanese,)*
                }
            }
        }

        $(#[$of_sentences])*
        #[derive(Clone, Copy)]
        pub(in crate::render::page) enum Sentence<'a> {
            $($sentence { $($value: &'a dyn Display),* },)*
        }

        impl Filled for Sentence<'_> {
            fn key(self) -> &'static str {
                match self {
                    $(Self::$sentence { .. } => stringify!($sentence),)*
                }
            }

            fn of(self, language: Language) -> String {
                match (self, language) {
                    $(
                        (Self::$sentence { $($value),* }, Language::English) => format!($in_english),
                        (Self::$sentence { $($value),* }, Language::Japanese) => format!($in_japanese),
                    )*
                }
            }

            fn values(self) -> BTreeMap<&'static str, String> {
                match self {
                    $(Self::$sentence { $($value),* } => [$((stringify!($value), $value.to_string())),*].into(),)*
                }
            }
        }

        /// Every text by its name, in English and in Japanese, with the names of values as they stand.
        const ALL: &[(&str, [&str; 2])] = &[
            $((stringify!($text), [$english, $japanese]),)*
            $((stringify!($sentence), [$in_english, $in_japanese]),)*
            $((stringify!($script), [$script_english, $script_japanese]),)*
        ];
    };
}

pub(super) use page_texts;

page_texts! {
    /// Words without values.
    enum Text {
        Report: "Evaluation report", "評価レポート";
        SkipToImages: "Skip to the images", "画像一覧へ移動";
        Language: "Language", "言語";
        Theme: "Appearance", "表示";
        ThemeAuto: "Same as the system", "システムに合わせる";
        ThemeLight: "Light", "ライト";
        ThemeDark: "Dark", "ダーク";
        NoScript: "Without JavaScript this page cannot search, filter, enlarge or move the threshold; everything else is here.",
            "JavaScript が無効なため、検索・絞り込み・拡大・しきい値の変更はできません。それ以外の内容は表示されています。";
        Result: "Result", "判定結果";
        Images: "Images", "画像";
        Normal: "normal", "正常";
        Defective: "defective", "異常";
        Unlabelled: "unlabelled", "ラベルなし";
        Found: "Defects found", "検出した異常";
        Missed: "Missed", "見逃し";
        FalseAlarms: "False alarms", "過検出";
        Undecided: "No score", "スコアなし";
        LabelColumn: "Label", "ラベル";
        Total: "Total", "合計";
        VerdictTable: "Images by label and verdict", "ラベルと判定ごとの画像数";
        OfReconstruction: "Judged as reconstruction: the map is the squared difference between the input and what the model made of it.",
            "評価の種類: 再構成。マップは、入力とモデルの出力の差の二乗です。";
        NoThreshold: "No threshold was set for this job. Move the slider below the histogram to try one.",
            "このジョブにはしきい値が設定されていません。ヒストグラムの下のスライダーで試せます。";
        Quality: "How well the scores separate normal and defective images", "スコアによる正常・異常の分離性能";
        ImageAuroc: "Image AUROC", "画像 AUROC";
        ImageAurocMeans: "Chance that a defective image scores higher than a normal one. 1 is perfect, 0.5 is guessing.",
            "異常画像のスコアが正常画像より高くなる確率。1 が最良、0.5 は偶然と同じ。";
        AveragePrecision: "Average precision", "平均適合率 (AP)";
        AveragePrecisionMeans: "Mean share of true defects among the flagged images, over all thresholds.",
            "NG とした画像のうち本当に異常な割合を、全しきい値で平均した値。";
        F1Max: "Best F1", "最大 F1";
        PixelAuroc: "Pixel AUROC", "ピクセル AUROC";
        Aupro: "AUPRO (30 %)", "AUPRO（30 %）";
        NotAvailable: "not available", "算出不可";
        NoImages: "The dataset has no images.", "データセットに画像がありません。";
        NoLabels: "The images have no labels. These figures need a column y with 0 for normal images and another number for defective ones.",
            "画像にラベルがありません。列 y に正常画像は 0、異常画像は他の数値を書くと算出できます。";
        AllDefective: "All labelled images are defective. These figures need normal images as well.",
            "ラベル付き画像がすべて異常です。正常画像も必要です。";
        AllNormal: "All labelled images are normal. These figures need defective images as well.",
            "ラベル付き画像がすべて正常です。異常画像も必要です。";
        NoMasks: "Figures of pixels need masks that mark the defects.", "ピクセルの指標には、欠陥を示すマスク画像が必要です。";
        NoSibling: "No image shares its group with a training image.", "学習用画像と同じグループの画像はありません。";
        Scores: "Scores and threshold", "スコアとしきい値";
        HistogramLabel: "Histogram of the image scores by label with the threshold",
            "ラベル別の画像スコアのヒストグラムとしきい値";
        NoScores: "No image has a score.", "スコアのある画像がありません。";
        Threshold: "Threshold", "しきい値";
        ThresholdHelp: "Images from this score on are NG. Moving it changes this page only; to change the files as well, run",
            "スコアがこの値以上の画像を NG とします。変更はこのページの表示だけに反映されます。ファイルにも反映するには次を実行します。";
        Reset: "Reset", "元に戻す";
        OriginFixed: "The threshold of this job was given by the user.", "このジョブのしきい値は利用者が指定した値です。";
        SourceTraining: "images of the training.", "学習に使った画像。";
        SourceValidation: "normal images evaluated here.", "ここで評価した正常画像。";
        SourceCalibration: "normal images kept for this.", "このために取り分けた正常画像。";
        TrainingIsOptimistic: "Scores of the training's own images are lower than those of new ones, so expect more false alarms than this.",
            "学習に使った画像のスコアは新しい画像より低くなるため、実際の過検出はこれより多くなります。";
        RocCurve: "ROC curve", "ROC 曲線";
        RocLabel: "ROC curve: share of defective images found over share of normal images flagged",
            "ROC 曲線: NG となった正常画像の割合に対する、検出した異常画像の割合";
        FalseAlarmRate: "false-alarm rate", "過検出率";
        FoundRate: "defects found", "検出率";
        PrCurve: "Precision and recall", "適合率と再現率";
        PrLabel: "Share of true defects among flagged images over share of defective images found",
            "検出した異常画像の割合に対する、NG とした画像のうち本当に異常な割合";
        Precision: "precision", "適合率";
        Recall: "recall (defects found)", "再現率（検出率）";
        AtThreshold: "at the threshold", "現在のしきい値";
        Defects: "By kind of defect", "欠陥の種類別";
        Kind: "Kind", "種類";
        Details: "How this result came to be", "実行条件の詳細";
        Parameters: "Parameters", "パラメーター";
        Provenance: "Provenance", "来歴";
        Timings: "Timings", "処理時間";
        Plugin: "Plugin", "プラグイン";
        Weights: "Pretrained weights", "学習済み重み";
        Model: "Model", "モデル";
        TrainedOn: "Trained on", "学習データ";
        EvaluatedOn: "Evaluated on", "評価データ";
        CalibratedOn: "Threshold chosen from", "しきい値の根拠データ";
        Device: "Device", "デバイス";
        Engine: "Engine", "エンジン";
        Threads: "Threads", "スレッド数";
        BatchSize: "Batch size", "バッチサイズ";
        Started: "Started", "開始時刻";
        MadeBy: "Made by", "作成プログラム";
        ScoreRule: "Score of an image", "画像スコアの求め方";
        Tiles: "Tiles", "タイル";
        Region: "Region of interest", "関心領域";
        RuleMax: "largest value of its map", "マップの最大値";
        Phase: "Phase", "工程";
        Seconds: "Seconds", "秒";
        Rate: "Images/s", "枚/秒";
        PhaseTraining: "Training", "学習";
        PhaseLoading: "Loading plugin and model", "プラグインとモデルの読み込み";
        PhaseScoring: "Scoring the images", "画像の評価";
        PhaseCalibration: "Scoring images for the threshold", "しきい値用画像の評価";
        PhaseMetrics: "Metrics", "指標の計算";
        PhaseHeatMaps: "Heat maps as files", "ヒートマップの出力";
        Gallery: "Images", "画像一覧";
        Show: "Show", "表示対象";
        ShowAll: "All", "すべて";
        Ng: "NG", "NG";
        Ok: "OK", "OK";
        KindOf: "Label or defect", "ラベル・欠陥";
        AnyKind: "all", "すべて";
        SortBy: "Order", "並び順";
        SortHigh: "highest score first", "スコアの高い順";
        SortLow: "lowest score first", "スコアの低い順";
        SortNear: "nearest to the threshold", "しきい値に近い順";
        SortRow: "row of the dataset", "データセットの行順";
        SortName: "file name", "ファイル名順";
        Search: "Search file names", "ファイル名で検索";
        HeatMaps: "Heat maps", "ヒートマップ";
        NothingFits: "No image fits these filters.", "条件に合う画像がありません。";
        ScaleLabel: "Colours of the heat maps by score", "ヒートマップの色とスコア";
        StateMissed: "OK · missed", "OK・見逃し";
        StateAlarm: "NG · false alarm", "NG・過検出";
        StateFound: "NG", "NG";
        StatePassed: "OK", "OK";
        StateNone: "no verdict", "判定なし";
        NoInput: "No input image", "入力画像なし";
        NoMap: "The detector gives no anomaly map.", "検出器は異常度マップを出力しません。";
        NotInside: "Picture left out", "画像は省略";
        Viewer: "Image in full size", "画像の拡大表示";
        Previous: "Previous", "前へ";
        Next: "Next", "次へ";
        Close: "Close", "閉じる";
        Image: "Image", "画像";
        Made: "Reconstruction", "再構成画像";
        HeatMap: "Heat map", "ヒートマップ";
        Contour: "Above the threshold", "しきい値以上の領域";
        Mask: "Mask", "マスク";
        Opacity: "Opacity", "不透明度";
        FoundDefects: "Defects found, in pixels of the image", "検出した欠陥（単位: 画像のピクセル）";
        FoundNumber: "No.", "番号";
        FoundPlace: "Left, top", "左、上";
        FoundSize: "Width × height", "幅 × 高さ";
        FoundArea: "Area", "面積";
        FoundPeak: "Peak", "最大値";
        FoundMean: "Mean", "平均値";
        Keys: "Arrow keys: previous and next. Escape: close.", "矢印キー: 前後の画像。Esc: 閉じる。";
    }
    /// Sentences with values.
    enum Sentence {
        F1MaxMeans { threshold }: "Best balance of few misses and few false alarms, reached at threshold {threshold}.",
            "見逃しと過検出のバランスが最も良い値。しきい値 {threshold} のとき。";
        Interval { low, high }: "95 % interval {low} to {high}", "95 % 信頼区間 {low} ～ {high}";
        Siblings { siblings, images, auroc, normal, defective }: "{siblings} of {images} images share their group with a training image, which flatters the figures. Image AUROC without them: {auroc}, {normal} normal and {defective} defective images.",
            "画像 {images} 枚のうち {siblings} 枚は学習用画像と同じグループで、指標が実際より良く見えます。除いた場合の画像 AUROC: {auroc}（正常 {normal} 枚、異常 {defective} 枚）。";
        OnlySiblings { siblings, images }: "{siblings} of {images} images share their group with a training image, which flatters the figures. Without them normal or defective images are missing.",
            "画像 {images} 枚のうち {siblings} 枚は学習用画像と同じグループで、指標が実際より良く見えます。除くと正常画像か異常画像がなくなります。";
        ByImage { rounds, images }: "The intervals say how far a figure would move with other images of the same kind: {rounds} sets were drawn from the {images} labelled images.",
            "信頼区間は、同種の別の画像で評価した場合に値がどれだけ動くかを示します（ラベル付き画像 {images} 枚から {rounds} 回再抽出）。";
        ByGroup { rounds, groups }: "The intervals say how far a figure would move with other groups of images of the same kind: {rounds} sets were drawn from {groups} groups, each of them whole.",
            "信頼区間は、同種の別の画像グループで評価した場合に値がどれだけ動くかを示します（{groups} グループからグループ単位で {rounds} 回再抽出）。";
        TooFewImages { few, normal, defective }: "There are no intervals: they need at least {few} images of each class, and there are {normal} normal and {defective} defective ones.",
            "信頼区間はありません。正常と異常の画像がそれぞれ {few} 枚以上必要です（正常 {normal} 枚、異常 {defective} 枚）。";
        TooFewGroups { few, normal, defective }: "There are no intervals: they need at least {few} groups with images of each class, and there are {normal} with normal and {defective} with defective ones.",
            "信頼区間はありません。正常画像と異常画像のグループがそれぞれ {few} 以上必要です（正常 {normal}、異常 {defective}）。";
        PixelAurocMeans { images }: "The same chance for pixels inside and outside of the masks, {images} images.",
            "マスクの内側と外側の画素について求めた同じ確率（{images} 枚）。";
        AuproMeans { regions }: "How much of each marked region is covered while at most 30 % of the good area is flagged; {regions} regions.",
            "正常領域の誤検出が 30 % 以下の範囲で、各欠陥領域がどれだけ覆われたか（{regions} 領域）。";
        PixelLeftOut { images }: "Defective images without mask or map, left out of the figures of pixels: {images}",
            "マスクまたはマップがなくピクセルの指標に含めなかった異常画像: {images} 枚";
        OddNothing { masks, of, first }: "Masks of defective images that mark nothing: {masks} of {of}, the first is that of {first}",
            "異常画像なのに何も示していないマスク: {of} 枚中 {masks} 枚（最初は {first}）";
        OddHalf { masks, of, first }: "Masks that mark more than half of their image, perhaps inverted: {masks} of {of}, the first is that of {first}",
            "画像の半分を超える範囲を示すマスク（白黒が逆の可能性があります）: {of} 枚中 {masks} 枚（最初は {first}）";
        OddGreys { masks, of, first }: "Masks with many greys, like photographs: {masks} of {of}, the first is that of {first}",
            "写真のように多くの階調を持つマスク: {of} 枚中 {masks} 枚（最初は {first}）";
        OddOnNormal { masks, of, first }: "Masks of normal images that mark something: {masks} of {of}, the first is that of {first}",
            "正常画像なのに異常部分を示しているマスク: {of} 枚中 {masks} 枚（最初は {first}）";
        OddProportions { masks, of, first }: "Masks with other proportions than their image: {masks} of {of}, the first is that of {first}",
            "画像と縦横比が異なるマスク: {of} 枚中 {masks} 枚（最初は {first}）";
        UnlabelledDoNotCount { images }: "Unlabelled images do not count: {images}",
            "ラベルのない画像は数えません: {images} 枚";
        ScorelessNote { images }: "Images without a score, counted as the lowest: {images}",
            "スコアのない画像（最低とみなす）: {images} 枚";
        NotDrawn { images }: "Images without a finite score, not drawn: {images}",
            "有限のスコアがなく描かれていない画像: {images} 枚";
        OriginNormals { promised, wanted }: "The threshold of this job is expected to flag {promised} of new normal images (asked for: {wanted}). Chosen from:",
            "このジョブのしきい値では、正常画像が NG になる割合は {promised} です（指定値: {wanted}）。根拠:";
        FalseAlarmInterval { images, above, low, high, confidence }: "Of {images} normal images {above} are at or above it: a false-alarm rate between {low} and {high} ({confidence} confidence). Counted on:",
            "正常画像 {images} 枚のうち {above} 枚がこの値以上です。過検出率の範囲は {low} ～ {high}（信頼度 {confidence}）。対象:";
        DatasetRows { file, images }: "{file} ({images} images)",
            "{file}（{images} 枚）";
        Tiles { count, size, overlap, width, height }: "{count} for each image of {width}x{height}, of {size}x{size} pixels with an overlap of at least {overlap}",
            "{width}x{height} の画像を {size}x{size} ピクセルのタイル {count} 枚に分割（重なり {overlap} ピクセル以上）";
        Region { percent }: "{percent} % of an image; what lies outside was neither learned nor scored",
            "画像の {percent} %（領域外は学習・評価の対象外）";
        RuleTopCount { count }: "mean of the {count} largest values of its map",
            "マップの上位 {count} 個の平均";
        RuleTopShare { percent }: "mean of the largest {percent} % of its map",
            "マップの上位 {percent} % の平均";
        RuleSmooth { sigma }: "largest value of its map after a Gaussian of {sigma} cells",
            "マップを標準偏差 {sigma} セルのガウスで平滑化した最大値";
        RuleContrast { sigma }: "mean of the largest 1 % of its map after a Gaussian of {sigma} cells, minus half the median of the map",
            "マップを標準偏差 {sigma} セルのガウスで平滑化した値の上位 1% の平均から、マップの中央値の半分を引いた値";
        OnlySome { shown, all }: "{shown} of {all} images are shown here: missed defects and false alarms first, then the highest scores. All are counted above and listed in scores.csv.",
            "{all} 枚中 {shown} 枚を表示しています（見逃しと過検出、続いてスコアの高い順）。集計は全画像が対象で、一覧は scores.csv にあります。";
        PictureSize { images, side, megabytes }: "Pictures of {images} images are inside this page, at most {side} pixels wide or high, together {megabytes} MB.",
            "このページには {images} 枚分の画像（長辺 {side} ピクセル以下、合計 {megabytes} MB）が含まれています。";
        PictureLimit { images, megabytes }: "{images} further images are listed without pictures, since pictures may take {megabytes} MB at most.",
            "画像の合計は {megabytes} MB までのため、残り {images} 枚は画像なしで表示しています。";
        Row { row }: "row {row}",
            "行 {row}";
        InputNotShown { reason }: "Input not shown: {reason}",
            "入力画像を表示できません: {reason}";
        MapNotShown { reason }: "Map not shown: {reason}",
            "マップを表示できません: {reason}";
        MaskNotShown { reason }: "Mask not shown: {reason}",
            "マスクを表示できません: {reason}";
    }
    only_in_script {
        ShownCount: "{shown} of {all} shown", "{all} 枚中 {shown} 枚を表示";
        Position: "{position} of {all}", "{position} / {all}";
        FlaggedArea: "area above the threshold {percent} %", "しきい値以上の面積 {percent} %";
        MaskedArea: "marked by the mask {percent} %", "マスクの面積 {percent} %";
        MoreDefects: "{count} further defects with smaller peaks are not listed.", "最大値がより小さい欠陥がほかに {count} 個あります（一覧には表示しません）。";
        Overlap: "overlap (IoU) {overlap}", "重なり (IoU) {overlap}";
    }
}

/// Every text of the page in one language by its name: what the script reads.
pub(super) fn table(language: Language) -> BTreeMap<&'static str, &'static str> {
    ALL.iter()
        .map(|(key, [english, japanese])| {
            (
                *key,
                match language {
                    Language::English => *english,
                    Language::Japanese => *japanese,
                },
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_name_the_same_values() {
        let named = |text: &str| -> Vec<String> {
            let mut names: Vec<String> =
                text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
            names.sort();
            names
        };
        for (key, [english, japanese]) in ALL {
            assert_eq!(named(english), named(japanese), "{key}");
        }
    }
}
