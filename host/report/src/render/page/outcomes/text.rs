//! The words of these pages, in every language; those of all pages are in the page's own table.

use std::collections::BTreeMap;
use std::fmt::Display;

use nnc_language::Language;

use crate::render::page::text::page_texts;
use crate::render::page::words::{Filled, Words};

page_texts! {
    /// Words without values.
    enum Text {
        WithoutScript: "Without JavaScript this page cannot search, filter or enlarge; everything else is here.",
            "JavaScript が無効なため、検索・絞り込み・拡大はできません。それ以外の内容は表示されています。";
        JudgedAs: "Judged as", "評価の種類";
        TaskClassification: "classification", "分類";
        TaskRegression: "regression", "回帰";
        TaskSegmentation: "segmentation", "セグメンテーション";
        TaskNone: "not judged", "評価なし";
        Accuracy: "Accuracy", "正解率";
        Right: "Right", "正解";
        Wrong: "Wrong", "不正解";
        Rows: "Rows", "件数";
        NoLabel: "without label", "ラベルなし";
        Classes: "By class", "クラス別";
        Class: "Class", "クラス";
        Labelled: "Labelled", "ラベル";
        Predicted: "Predicted", "予測";
        PrecisionOf: "Precision", "適合率";
        RecallOf: "Recall", "再現率";
        F1Of: "F1", "F1";
        ApOf: "Average precision", "平均適合率 (AP)";
        Mean: "Mean", "平均";
        MeanMeans: "Mean of the classes that occur. Precision: share of those predicted so that are so. Recall: share of those labelled so that were found.",
            "現れるクラスの平均。適合率は、そのクラスと予測したうち正しい割合。再現率は、そのクラスのうち見つけた割合。";
        Confusion: "Confusion matrix", "混同行列";
        ConfusionLabel: "Confusion matrix: rows are labels, columns are predictions", "混同行列: 行がラベル、列が予測";
        ConfusionHelp: "Rows are labels, columns are predictions. Choose a number to see its images.",
            "行がラベル、列が予測です。数を選ぶと該当する画像を表示します。";
        MostConfused: "Most frequent mistakes", "多い間違い";
        TakenFor: "Taken for", "予測したクラス";
        Count: "Rows", "件数";
        NoMistakes: "No mistakes.", "間違いはありません。";
        NoLabelsAtAll: "No row has a label, so there are predictions but no accuracy.", "ラベルのある行がないため、予測だけを表示しています。";
        Mae: "Mean absolute error", "平均絶対誤差 (MAE)";
        MaeMeans: "How far an estimate is off on average, in the unit of the data.", "推定値のずれの平均。データの単位。";
        Rmse: "RMSE", "RMSE";
        RmseMeans: "Root of the mean squared error: large errors count more.", "二乗誤差の平均の平方根。大きな誤差を重く数えます。";
        Psnr: "PSNR", "PSNR";
        PsnrMeans: "Peak signal-to-noise ratio: how small the error is beside the largest value, in decibels. More is better.",
            "ピーク信号対雑音比。最大値に対して誤差がどれだけ小さいか（デシベル）。大きいほど良い。";
        R2: "R²", "R²";
        R2Means: "Share of the variation that is explained. 1 is perfect, 0 is no better than the mean.", "ばらつきを説明できる割合。1 が最良、0 は平均値と同程度。";
        ByValue: "By value", "値別";
        ValueName: "Value", "値";
        Scatter: "Estimates and targets", "推定値と正解値";
        ScatterLabel: "Scatter plot: estimates over targets", "散布図: 正解値に対する推定値";
        Target: "target", "正解値";
        Estimate: "estimate", "推定値";
        MeanIou: "Mean IoU", "平均 IoU";
        MeanIouMeans: "Intersection over union of predicted and labelled pixels, averaged over the classes. 1 is perfect.",
            "予測とラベルの画素の重なり (IoU) を、クラスで平均した値。1 が最良。";
        PixelAccuracy: "Pixel accuracy", "ピクセル正解率";
        PixelAccuracyMeans: "Share of the pixels whose class was found.", "クラスが正しい画素の割合。";
        Iou: "IoU", "IoU";
        LabelledPixels: "Labelled pixels", "ラベルの画素数";
        PredictedPixels: "Predicted pixels", "予測の画素数";
        NothingJudged: "The outputs of this model answer no variable of the dataset, so nothing is judged. They are shown as they are.",
            "このモデルの出力に対応するデータセットの変数がないため、評価は行わず、出力をそのまま表示します。";
        NoTargetsAtAll: "No row has numbers to compare the estimates with.", "推定値と比較できる数値のある行がありません。";
        AllRows: "Rows", "一覧";
        Outcome: "Outcome", "結果";
        LabelIs: "Label", "ラベル";
        PredictionIs: "Prediction", "予測";
        Any: "all", "すべて";
        SortWrong: "most confident mistakes first", "確信度の高い間違い順";
        SortUnsure: "least confident first", "確信度の低い順";
        SortSure: "most confident first", "確信度の高い順";
        SortError: "largest error first", "誤差の大きい順";
        SortSmall: "smallest error first", "誤差の小さい順";
        ByRow: "row of the dataset", "データセットの行順";
        ByName: "name", "名前順";
        SearchNames: "Search names", "名前で検索";
        NoRowFits: "Nothing fits these filters.", "条件に合うものがありません。";
        Overlays: "Overlays", "重ね合わせ";
        StateRight: "right", "正解";
        StateWrong: "wrong", "不正解";
        StateNoLabel: "no label", "ラベルなし";
        NotFinite: "no number", "数値なし";
        InputPane: "Input", "入力";
        FoundPane: "Prediction", "予測";
        LabelPane: "Label", "ラベル";
        OutputPane: "Output", "出力";
        TargetPane: "Target", "目標";
        FullSize: "Row in full size", "拡大表示";
        ErrorOf: "error", "誤差";
        NoClass: "no class", "クラスなし";
    }
    /// Sentences with values.
    enum Sentence {
        AccuracyMeans { correct, labelled }: "{correct} of {labelled} labelled rows have the class of their label.", "ラベルのある {labelled} 件のうち {correct} 件が正解です。";
        Compared { output, variable }: "Output {output} compared with {variable} of the dataset.", "出力 {output} をデータセットの {variable} と比較しました。";
        OutputShown { output }: "Output {output}, for which the dataset has no label.", "出力 {output}（データセットに対応するラベルなし）。";
        UndecidedCount { rows }: "Rows for which the model gave no number count as wrong: {rows}", "モデルが数値を出力しなかった行は不正解とみなします: {rows} 件";
        LeftOutCount { rows }: "Rows for which the model gave no finite number are left out: {rows}", "モデルが有限の数値を出力しなかった行は除外しています: {rows} 件";
        IgnoredPixels { pixels }: "Pixels whose label is no class are left out: {pixels}", "ラベルがクラスでない画素は除外しています: {pixels} 画素";
        UntargetedRows { rows }: "Rows without a file to compare with are left out: {rows}", "比較するファイルのない行は除外しています: {rows} 件";
        UnlabelledImages { images }: "Images without a label image are left out: {images}", "ラベル画像のない画像は除外しています: {images} 枚";
        PointsDrawn { drawn, all }: "{drawn} of {all} rows are drawn.", "{all} 件中 {drawn} 件を描画しています。";
        OnlySomeRows { shown, all }: "{shown} of {all} rows are shown here, mistakes and large errors first. All are counted above and listed in scores.csv.",
            "{all} 件中 {shown} 件を表示しています（間違いと大きな誤差を優先）。集計は全件が対象で、一覧は scores.csv にあります。";
        PicturesInside { images, megabytes }: "Pictures of {images} rows are inside this page, together {megabytes} MB.", "このページには {images} 件分の画像（合計 {megabytes} MB）が含まれています。";
        PicturesLeftOut { images, megabytes }: "{images} further rows are listed without pictures, since pictures may take {megabytes} MB at most.",
            "画像の合計は {megabytes} MB までのため、残り {images} 件は画像なしで表示しています。";
        NotShown { reason }: "Not shown: {reason}", "表示できません: {reason}";
        CellLabel { label, predicted, count }: "label {label}, predicted {predicted}: {count}", "ラベル {label}、予測 {predicted}: {count} 件";
        MoreConfused { count }: "{count} more kinds of mistakes", "ほか {count} 種類";
        MoreNumbers { count }: "and {count} more", "ほか {count} 個";
    }
    only_in_script {
        RowsShown: "{shown} of {all} shown", "{all} 件中 {shown} 件を表示";
        RowPosition: "{position} of {all}", "{position} / {all}";
    }
}

pub(super) use Sentence as Phrase;
pub(super) use Text as Caption;

/// Every text in one language by its name.
pub(super) fn table(language: Language) -> BTreeMap<&'static str, &'static str> {
    let of = |[english, japanese]: &[&'static str; 2]| match language {
        Language::English => *english,
        Language::Japanese => *japanese,
    };
    ALL.iter().map(|(key, texts)| (*key, of(texts))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_taken_and_languages_name_the_same_values() {
        let common = crate::render::page::text::table(Language::English);
        let named = |text: &str| -> Vec<String> {
            let mut names: Vec<String> =
                text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
            names.sort();
            names
        };
        for (key, [english, japanese]) in ALL {
            assert_eq!(named(english), named(japanese), "{key}");
            assert!(!common.contains_key(key), "{key} is a text of all pages");
        }
    }
}
