//! The figures of what is no anomaly detection, in words.

use nnc_messages::messages;
use nnc_report::{
    ClassMetrics, ClassificationMetrics, Judged, LikenessMetrics, Pairing, RegressionMetrics, SegmentationMetrics,
    ValueMetrics,
};

use super::short;

/// Classes and values that are told one by one.
const TOLD: usize = 20;

messages! {
    /// One sentence about a model that is no detector.
    pub enum Judgement {
        Accuracy { accuracy: String, correct: usize, labelled: usize, undecided: Option<Rest> } =>
            "accuracy {accuracy} ({correct} of {labelled} right{undecided})", "正解率 {accuracy}（{labelled} 件中 {correct} 件が正解{undecided}）";
        Means { precision: String, recall: String, f1: String, average: Option<Average> } =>
            "mean of the classes: precision {precision}, recall {recall}, F1 {f1}{average}", "クラスの平均: 適合率 {precision}、再現率 {recall}、F1 {f1}{average}";
        Class { name: String, precision: String, recall: String, f1: String, labelled: usize } =>
            "class {name}: precision {precision}, recall {recall}, F1 {f1} ({labelled} rows)", "クラス {name}: 適合率 {precision}、再現率 {recall}、F1 {f1}（{labelled} 件）";
        NoLabels { output: String } => "no accuracy: no row has a label for output `{output}`", "出力 `{output}` のラベルがある行がないため、正解率は算出できません";
        Errors { mae: String, rmse: String, r2: Option<R2>, rows: usize, undecided: Option<Rest> } =>
            "mean absolute error {mae}, RMSE {rmse}{r2} ({rows} rows{undecided})", "平均絶対誤差 {mae}、RMSE {rmse}{r2}（{rows} 件{undecided}）";
        Value { name: String, mae: String, rmse: String, r2: Option<R2> } => "{name}: mean absolute error {mae}, RMSE {rmse}{r2}", "{name}: 平均絶対誤差 {mae}、RMSE {rmse}{r2}";
        NoTargets { output: String } => "no errors: no row has numbers to compare output `{output}` with", "出力 `{output}` と比較できる数値のある行がないため、誤差は算出できません";
        Areas { iou: String, accuracy: String, rows: usize, pixels: u64, ignored: Option<Rest> } =>
            "mean IoU {iou}, pixel accuracy {accuracy} ({rows} images with {pixels} pixels{ignored})", "平均 IoU {iou}、ピクセル正解率 {accuracy}（{rows} 枚、{pixels} ピクセル{ignored}）";
        Likeness { mae: String, rmse: String, psnr: Option<Psnr>, rows: usize, undecided: Option<Rest> } =>
            "mean absolute error {mae}, RMSE {rmse}{psnr} ({rows} pictures or files{undecided})", "平均絶対誤差 {mae}、RMSE {rmse}{psnr}（画像またはファイル {rows} 個{undecided}）";
        NoTargetFiles { output: String } => "no errors: no row names a file to compare output `{output}` with", "出力 `{output}` と比較できるファイルのある行がないため、誤差は算出できません";
        Area { name: String, iou: String, labelled: u64 } => "class {name}: IoU {iou} ({labelled} pixels)", "クラス {name}: IoU {iou}（{labelled} ピクセル）";
        NoAreas { output: String } => "no IoU: no row has a label image for output `{output}`", "出力 `{output}` のラベル画像がある行がないため、IoU は算出できません";
        More { count: usize } => "{count} more in report.html", "ほか {count} 件は report.html にあります";
        Nothing => "nothing was judged; the outputs are in output_result.csv and in report.html", "評価は行っていません。出力は output_result.csv と report.html にあります";
    }
}

messages! {
    /// The end of a sentence about an average precision.
    pub enum Average {
        Precision(value: String) => ", average precision {value}", "、平均適合率 {value}";
    }
}

messages! {
    /// The coefficient of determination, for the middle of a sentence.
    pub enum R2 {
        Known(value: String) => ", R² {value}", "、R² {value}";
    }
}

messages! {
    /// The peak signal-to-noise ratio, for the middle of a sentence.
    pub enum Psnr {
        Known(value: String) => ", PSNR {value} dB", "、PSNR {value} dB";
    }
}

messages! {
    /// What does not count, for the end of a sentence.
    pub enum Rest {
        WithoutNumber(rows: usize) => ", {rows} without a number", "、数値のない {rows} 件を含む";
        LeftOut(rows: usize) => ", {rows} without a finite number left out", "、有限の数値がない {rows} 件は除外";
        NoClass(pixels: u64) => ", {pixels} of no class left out", "、クラスのない {pixels} ピクセルは除外";
    }
}

/// What the figures say.
pub(super) fn of(judged: Option<&Judged>) -> Vec<Judgement> {
    match judged {
        Some(Judged::Classification(metrics)) => classification(metrics),
        Some(Judged::Regression(metrics)) => regression(metrics),
        Some(Judged::Segmentation(metrics)) => segmentation(metrics),
        Some(Judged::Likeness(metrics)) => vec![likeness(metrics)],
        None => vec![Judgement::Nothing],
    }
}

fn output(pairing: &Pairing) -> String {
    pairing.output.clone()
}

/// A figure, or a dash where there is none.
fn known(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), short)
}

fn classification(metrics: &ClassificationMetrics) -> Vec<Judgement> {
    let Some(accuracy) = metrics.accuracy else {
        return vec![Judgement::NoLabels { output: output(&metrics.pairing) }];
    };
    let mut said = vec![
        Judgement::Accuracy {
            accuracy: short(accuracy),
            correct: metrics.correct,
            labelled: metrics.labelled,
            undecided: (metrics.undecided > 0).then_some(Rest::WithoutNumber(metrics.undecided)),
        },
        Judgement::Means {
            precision: known(metrics.precision),
            recall: known(metrics.recall),
            f1: known(metrics.f1),
            average: metrics.average_precision.map(|value| Average::Precision(short(value))),
        },
    ];
    let class = |class: &ClassMetrics| Judgement::Class {
        name: class.name.clone(),
        precision: known(class.precision),
        recall: known(class.recall),
        f1: known(class.f1),
        labelled: class.labelled,
    };
    tell(&mut said, &metrics.classes, class);
    said
}

fn regression(metrics: &RegressionMetrics) -> Vec<Judgement> {
    let Some((mae, rmse)) = metrics.mae.zip(metrics.rmse) else {
        return vec![Judgement::NoTargets { output: output(&metrics.pairing) }];
    };
    let r2 = |value: Option<f64>| value.map(|value| R2::Known(short(value)));
    let mut said = vec![Judgement::Errors {
        mae: number(mae),
        rmse: number(rmse),
        r2: r2(metrics.r2),
        rows: metrics.rows,
        undecided: (metrics.undecided > 0).then_some(Rest::LeftOut(metrics.undecided)),
    }];
    if metrics.values.len() > 1 {
        let value = |value: &ValueMetrics| Judgement::Value {
            name: value.name.clone(),
            mae: number(value.mae),
            rmse: number(value.rmse),
            r2: r2(value.r2),
        };
        tell(&mut said, &metrics.values, value);
    }
    said
}

fn segmentation(metrics: &SegmentationMetrics) -> Vec<Judgement> {
    let Some((iou, accuracy)) = metrics.mean_iou.zip(metrics.accuracy) else {
        return vec![Judgement::NoAreas { output: output(&metrics.pairing) }];
    };
    let mut said = vec![Judgement::Areas {
        iou: short(iou),
        accuracy: short(accuracy),
        rows: metrics.rows,
        pixels: metrics.pixels,
        ignored: (metrics.ignored > 0).then_some(Rest::NoClass(metrics.ignored)),
    }];
    tell(&mut said, &metrics.classes, |class| Judgement::Area {
        name: class.name.clone(),
        iou: known(class.iou),
        labelled: class.labelled,
    });
    said
}

fn likeness(metrics: &LikenessMetrics) -> Judgement {
    let Some((mae, rmse)) = metrics.mae.zip(metrics.rmse) else {
        return Judgement::NoTargetFiles { output: output(&metrics.pairing) };
    };
    Judgement::Likeness {
        mae: number(mae),
        rmse: number(rmse),
        psnr: metrics.psnr.map(|psnr| Psnr::Known(format!("{psnr:.2}"))),
        rows: metrics.rows,
        undecided: (metrics.undecided > 0).then_some(Rest::LeftOut(metrics.undecided)),
    }
}

fn tell<T>(said: &mut Vec<Judgement>, all: &[T], one: impl Fn(&T) -> Judgement) {
    said.extend(all.iter().take(TOLD).map(one));
    if all.len() > TOLD {
        said.push(Judgement::More { count: all.len() - TOLD });
    }
}

/// An error in the unit of the data, to four significant digits.
fn number(value: f64) -> String {
    let exponent = if value == 0.0 { 0.0 } else { value.abs().log10().floor() };
    if (-4.0..7.0).contains(&exponent) {
        let digits = (3.0 - exponent).max(0.0) as usize;
        format!("{value:.digits$}")
    } else {
        format!("{value:.3e}")
    }
}

#[cfg(test)]
mod tests {
    use nnc_messages::Say;

    use super::*;
    use nnc_report::{Classifier, Regression, Segmentation};

    fn said(judged: Option<&Judged>) -> String {
        of(judged).iter().map(Say::said).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_classifier_is_told_by_its_classes() {
        let mut classifier = Classifier::new(vec!["cat".to_owned(), "dog".to_owned()]);
        classifier.add(Some(0), &[0.9, 0.1]);
        classifier.add(Some(1), &[0.9, 0.1]);
        classifier.add(Some(1), &[f32::NAN, f32::NAN]);
        let judged = Judged::Classification(classifier.finish(Pairing::default()).0);
        assert_eq!(
            said(Some(&judged)),
            "accuracy 0.3333 (1 of 3 right, 1 without a number)\n\
             mean of the classes: precision 0.2500, recall 0.5000, F1 0.3333, average precision 0.5417\n\
             class cat: precision 0.5000, recall 1.0000, F1 0.6667 (1 rows)\n\
             class dog: precision –, recall 0.0000, F1 0.0000 (2 rows)"
        );
    }

    #[test]
    fn numbers_and_areas_are_told() {
        let mut regression = Regression::new(vec!["y".to_owned()]);
        regression.add(Some(&[1.0]), &[1.5]);
        regression.add(Some(&[2.0]), &[2.0]);
        let judged = Judged::Regression(regression.finish(Pairing::default()).0);
        assert_eq!(said(Some(&judged)), "mean absolute error 0.2500, RMSE 0.3536, R² 0.5000 (2 rows)");
        let mut segmentation = Segmentation::new(2, false);
        segmentation.add(&[0, 1, 255], &[0, 1, 0]);
        let judged = Judged::Segmentation(segmentation.finish(Pairing::default()));
        let text = said(Some(&judged));
        assert!(
            text.starts_with("mean IoU 1.0000, pixel accuracy 1.0000 (1 images with 2 pixels, 1 of no class left out)")
        );
        let nothing = Judged::Regression(Regression::new(vec![]).finish(Pairing::default()).0);
        assert!(said(Some(&nothing)).starts_with("no errors"));
        assert!(said(None).starts_with("nothing was judged"));
    }

    #[test]
    fn errors_keep_four_digits() {
        for (value, text) in
            [(0.0, "0.000"), (0.012_345, "0.01235"), (123.456, "123.5"), (1e9, "1.000e9"), (3e-7, "3.000e-7")]
        {
            assert_eq!(number(value), text);
        }
    }
}
