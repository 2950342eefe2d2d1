//! The figures of an evaluation in words, for logs and terminals.

mod outcomes;

use nnc_messages::messages;
use nnc_report::{
    Counts, DefectMetrics, Evaluation, FalseAlarms, Interval, MaskOddity, Metrics, NormalSource, OddMasks,
    PixelMetrics, Resampling, ScoreRule, Task, ThresholdOrigin, Unseen, Verdict, images_needed,
};

use crate::labels::LABEL;
pub use outcomes::Judgement;

messages! {
    /// One sentence about an evaluation.
    pub enum Figure {
        Judged(judgement: Judgement) => "{judgement}", "{judgement}";
        Image {
            auroc: Ranged,
            normal: usize,
            defective: Amount,
            unlabelled: Option<LeftOut>,
            rule: Rule,
            precision: String,
            f1: String,
            at: String,
        } => "image AUROC {auroc} ({normal} normal and {defective}{unlabelled}, score = {rule}), average precision {precision}, F1 up to {f1} at {at}",
            "画像 AUROC {auroc}（正常画像 {normal} 枚、{defective}{unlabelled}、スコアは{rule}）、平均適合率 {precision}、最大 F1 {f1}（しきい値 {at} のとき）";
        NoImage { label: &'static str, found: Labels } => "no image AUROC: it needs a column `{label}` with 0 for normal images and another number for defective ones; {found}",
            "画像 AUROC は算出できません。列 `{label}` に正常画像は 0、異常画像は他の数値が必要です。{found}";
        Reversed => "an image AUROC so far below 0.5 says that normal images score higher than defective ones; are the labels the wrong way round? 0 is normal",
            "画像 AUROC が 0.5 を大きく下回り、正常画像のスコアが異常画像より高くなっています。ラベルが逆になっていませんか（正常は 0）";
        NoInterval { needed: usize, by: Unit, normal: usize, defective: usize } => "no 95 % interval of the AUROC: it needs at least {needed} normal and {needed} defective {by}, and there are {normal} and {defective}",
            "AUROC の 95 % 信頼区間は算出できません。正常と異常の{by}がそれぞれ {needed} 以上必要ですが、正常 {normal}、異常 {defective} です";
        NoPixelInterval { needed: usize, by: Unit } => "no 95 % interval of the pixel AUROC: it needs at least {needed} {by} with marked pixels",
            "ピクセル AUROC の 95 % 信頼区間は算出できません。欠陥の画素がある{by}が {needed} 以上必要です";
        NoSibling => "no image shares its group with a training image", "学習用画像と同じグループの画像はありません";
        Siblings { siblings: usize, images: usize, auroc: Ranged, normal: usize, defective: Amount } =>
            "{siblings} of {images} images share their group with a training image, which flatters the figures; without them: image AUROC {auroc} ({normal} normal and {defective})",
            "画像 {images} 枚のうち {siblings} 枚は学習用画像と同じグループで、指標が実際より良く見えます。除いた場合: 画像 AUROC {auroc}（正常画像 {normal} 枚、{defective}）";
        OnlySiblings { siblings: usize, images: usize } =>
            "{siblings} of {images} images share their group with a training image, which flatters the figures; without them normal or defective images are missing, and no image AUROC is left",
            "画像 {images} 枚のうち {siblings} 枚は学習用画像と同じグループで、指標が実際より良く見えます。除くと正常画像か異常画像がなくなり、画像 AUROC は算出できません";
        Resampled { rounds: usize, groups: usize } => "the intervals come from {rounds} sets drawn from {groups} groups of images",
            "信頼区間は {groups} 個の画像グループから {rounds} 回再抽出して求めました";
        Pixel { auroc: Ranged, aupro: String, images: Amount, regions: Amount, left_out: Option<LeftOut> } => "pixel AUROC {auroc}, AUPRO {aupro} up to 30 % false positives ({images} with {regions}{left_out})",
            "ピクセル AUROC {auroc}、AUPRO {aupro}（誤検出 30 % 以下の範囲。{images}、{regions}{left_out}）";
        OddMasks(odd: Odd) => "{odd}", "{odd}";
        Defect { name: String, areas: Vec<Area>, images: Amount } => "defect {name}: {areas} ({images})", "欠陥 {name}: {areas}（{images}）";
        Threshold { value: String, origin: Origin, alarms: Option<Alarms> } => "threshold {value}, {origin}{alarms}",
            "しきい値 {value}（{origin}）{alarms}";
        TooFewNormals { wanted: String, promised: String, needed: usize } => "so few normal images cannot promise {wanted}: the threshold lies just above their largest score, which promises {promised} on average; give at least {needed} normal images",
            "正常画像が少なすぎるため、過検出率 {wanted} を保証できません。しきい値は正常画像の最大スコアのすぐ上にあり、保証できるのは平均 {promised} です。正常画像を {needed} 枚以上用意してください";
        FromTraining => "the model knows the training images, so new normal images will score higher and raise more alarms; other normal images in [dataset.calibration] give an honest threshold",
            "学習に使った画像のスコアは新しい正常画像より低くなるため、実際の過検出はこれより多くなります。[dataset.calibration] に別の正常画像を指定すると、公正なしきい値が得られます";
        Decisions { found: Amount, missed: usize, passed: Amount, false_alarms: Amount } => "verdicts: {found} found, {missed} missed; {passed} passed, {false_alarms}",
            "判定: {found}を検出、見逃し {missed} 枚。{passed}が合格、{false_alarms}";
        Verdicts { ng: usize, ok: usize } => "verdicts: {ng} NG, {ok} OK", "判定: NG {ng} 枚、OK {ok} 枚";
    }
}

messages! {
    /// Masks that can be read but may not be what was meant.
    pub enum Odd {
        Nothing { masks: usize, of: usize, first: String } =>
            "masks of defective images that mark nothing: {masks} of {of}, the first is that of {first}; every pixel that is not black marks the defect, transparency does not count",
            "異常画像なのに何も示していないマスクが {of} 枚中 {masks} 枚あります（最初は {first} のマスク）。黒以外のピクセルが異常部分になります（透明度は見ません）";
        MoreThanHalf { masks: usize, of: usize, first: String } =>
            "masks that mark more than half of their image: {masks} of {of}, the first is that of {first}; what is not black is the defect, so invert them if black is meant, and make the normal part 0 if it has a number of its own",
            "画像の半分を超える範囲を示すマスクが {of} 枚中 {masks} 枚あります（最初は {first} のマスク）。黒以外が異常部分です。黒が異常部分の場合は白黒を反転し、正常部分に別の番号が付いている場合は 0 にしてください";
        Greys { masks: usize, of: usize, first: String } =>
            "masks with many greys, like photographs: {masks} of {of}, the first is that of {first}; every pixel that is not black counts as marked, so give black and white pictures",
            "写真のように多くの階調を持つマスクが {of} 枚中 {masks} 枚あります（最初は {first} のマスク）。黒以外のピクセルはすべて異常部分とみなすため、白黒の画像を指定してください";
        OnNormal { masks: usize, of: usize, first: String } =>
            "masks of normal images that mark something: {masks} of {of}, the first is that of {first}; correct the label or the mask",
            "正常画像なのに異常部分を示しているマスクが {of} 枚中 {masks} 枚あります（最初は {first} のマスク）。ラベルかマスクを修正してください";
        Proportions { masks: usize, of: usize, first: String } =>
            "masks with other proportions than their image: {masks} of {of}, the first is that of {first}; they were stretched to it, so give masks that were cut and turned as the images were",
            "画像と縦横比が異なるマスクが {of} 枚中 {masks} 枚あります（最初は {first} のマスク）。画像に合わせて伸縮しました。画像と同じように切り抜き・回転したマスクを指定してください";
    }
}

impl From<&OddMasks> for Odd {
    fn from(odd: &OddMasks) -> Self {
        let (masks, of, first) = (odd.masks, odd.of, odd.first.clone());
        match odd.oddity {
            MaskOddity::Nothing => Self::Nothing { masks, of, first },
            MaskOddity::MoreThanHalf => Self::MoreThanHalf { masks, of, first },
            MaskOddity::Greys => Self::Greys { masks, of, first },
            MaskOddity::OnNormal => Self::OnNormal { masks, of, first },
            MaskOddity::Proportions => Self::Proportions { masks, of, first },
        }
    }
}

messages! {
    /// A number of things.
    pub enum Amount {
        OneImage => "1 image", "画像 1 枚";
        Images(count: usize) => "{count} images", "画像 {count} 枚";
        OneDefective => "1 defective image", "異常画像 1 枚";
        Defective(count: usize) => "{count} defective images", "異常画像 {count} 枚";
        OneNormal => "1 normal image", "正常画像 1 枚";
        Normal(count: usize) => "{count} normal images", "正常画像 {count} 枚";
        OneRegion => "1 marked region", "欠陥領域 1 個";
        Regions(count: usize) => "{count} marked regions", "欠陥領域 {count} 個";
        OneFalseAlarm => "1 false alarm", "過検出 1 枚";
        FalseAlarms(count: usize) => "{count} false alarms", "過検出 {count} 枚";
    }
}

impl Amount {
    /// `one` for a single thing.
    fn of(count: usize, one: Self, several: fn(usize) -> Self) -> Self {
        if count == 1 { one } else { several(count) }
    }

    fn images(count: usize) -> Self {
        Self::of(count, Self::OneImage, Self::Images)
    }

    fn defective(count: usize) -> Self {
        Self::of(count, Self::OneDefective, Self::Defective)
    }
}

messages! {
    /// An area with where it probably lies, if that is known.
    pub enum Ranged {
        Alone(area: String) => "{area}", "{area}";
        Within { area: String, low: String, high: String } => "{area}, 95 % interval {low} to {high}", "{area}、95 % 信頼区間 {low} ～ {high}";
    }
}

impl Ranged {
    fn of(area: f64, interval: Option<Interval>) -> Self {
        match interval {
            None => Self::Alone(short(area)),
            Some(Interval { low, high }) => Self::Within { area: short(area), low: short(low), high: short(high) },
        }
    }
}

messages! {
    /// What sets are drawn from.
    pub enum Unit {
        Images => "images", "画像";
        Groups => "groups", "グループ";
    }
}

messages! {
    /// Images that a metric leaves out, for the end of a sentence.
    pub enum LeftOut {
        WithoutLabel(images: usize) => ", {images} without label left out", "、ラベルのない {images} 枚は除外";
        WithoutMap(images: usize) => ", {images} without mask or map left out", "、マスクまたはマップのない {images} 枚は除外";
    }
}

messages! {
    /// The rule for image scores.
    pub enum Rule {
        Max => "maximum of the map", "マップの最大値";
        MaxOfErrors => "maximum of the squared error", "二乗誤差の最大値";
        Other(rule: String) => "{rule}", " {rule} ";
    }
}

messages! {
    /// What labels there are.
    pub enum Labels {
        None => "no image has a label", "ラベルのある画像がありません";
        AllNormal => "all labelled images are normal", "ラベル付き画像がすべて正常です";
        AllDefective => "all labelled images are defective", "ラベル付き画像がすべて異常です";
    }
}

messages! {
    /// An area under a curve.
    pub enum Area {
        ImageAuroc(area: Ranged) => "image AUROC {area}", "画像 AUROC {area}";
        PixelAuroc(area: Ranged) => "pixel AUROC {area}", "ピクセル AUROC {area}";
        Aupro(area: String) => "AUPRO {area}", "AUPRO {area}";
    }
}

messages! {
    /// Where a threshold comes from.
    pub enum Origin {
        Given => "as given", "指定値";
        Normals { purpose: Purpose, rate: String } => "from {purpose} images for a false-alarm rate of {rate}", "{purpose}画像から、過検出率 {rate} となるように決定";
    }
}

messages! {
    /// How many normal images are NG, and what that says.
    pub enum Alarms {
        One { images: usize, purpose: Purpose, low: String, high: String, confidence: String } => "; 1 of {images} normal {purpose} images is NG, so the rate lies between {low} and {high} ({confidence} confidence)",
            "。{purpose}の正常画像 {images} 枚中 1 枚が NG のため、過検出率の {confidence} 信頼区間は {low} ～ {high}";
        Several { alarms: usize, images: usize, purpose: Purpose, low: String, high: String, confidence: String } => "; {alarms} of {images} normal {purpose} images are NG, so the rate lies between {low} and {high} ({confidence} confidence)",
            "。{purpose}の正常画像 {images} 枚中 {alarms} 枚が NG のため、過検出率の {confidence} 信頼区間は {low} ～ {high}";
    }
}

messages! {
    /// What images are for.
    pub enum Purpose {
        Training => "training", "学習用";
        Validation => "validation", "評価用";
        Calibration => "calibration", "校正用";
    }
}

impl Purpose {
    /// What the images of a source are for.
    pub fn of(source: NormalSource) -> Self {
        match source {
            NormalSource::Training => Self::Training,
            NormalSource::Validation => Self::Validation,
            NormalSource::Calibration => Self::Calibration,
        }
    }
}

/// What the scores are worth, what the threshold says, and what cannot be told.
pub fn of(evaluation: &Evaluation) -> Vec<Figure> {
    if !evaluation.task.gives_scores() {
        return outcomes::of(evaluation.judged.as_ref()).into_iter().map(Figure::Judged).collect();
    }
    let metrics = &evaluation.metrics;
    let mut figures = vec![image(evaluation)];
    if metrics.image.is_some_and(|image| is_reversed(image.auroc, metrics.counts)) {
        figures.push(Figure::Reversed);
    }
    figures.extend(metrics.pixel.as_ref().map(pixel));
    figures.extend(metrics.odd_masks.iter().map(|odd| Figure::OddMasks(Odd::from(odd))));
    figures.extend(metrics.defects.iter().filter_map(defect));
    figures.extend(resampling(metrics));
    figures.extend(metrics.unseen.map(|unseen| siblings(unseen, metrics.counts.images)));
    figures.extend(threshold(evaluation));
    figures
}

/// Whether the area is smaller than scores without any meaning would have it with one of twenty datasets of this size, by the
/// normal approximation of Mann's and Whitney's statistic; where that is below zero, whether it is zero.
fn is_reversed(auroc: f64, counts: Counts) -> bool {
    let (normal, defective) = (counts.normal as f64, counts.defective as f64);
    let spread = ((normal + defective + 1.0) / (12.0 * normal * defective)).sqrt();
    auroc < 0.5 && auroc <= (0.5 - 1.645 * spread).max(0.0)
}

fn image(evaluation: &Evaluation) -> Figure {
    let Metrics { counts, image, .. } = &evaluation.metrics;
    let Counts { images, normal, defective } = *counts;
    let Some(image) = image else {
        let found = match (normal, defective) {
            (0, 0) => Labels::None,
            (_, 0) => Labels::AllNormal,
            _ => Labels::AllDefective,
        };
        return Figure::NoImage { label: LABEL, found };
    };
    let unlabelled = images - counts.labelled();
    Figure::Image {
        auroc: Ranged::of(image.auroc, image.auroc_interval),
        normal,
        defective: Amount::defective(defective),
        unlabelled: (unlabelled > 0).then_some(LeftOut::WithoutLabel(unlabelled)),
        rule: match evaluation.rule {
            ScoreRule::Max if evaluation.task == Task::Reconstruction => Rule::MaxOfErrors,
            ScoreRule::Max => Rule::Max,
            rule => Rule::Other(rule.to_string()),
        },
        precision: short(image.average_precision),
        f1: short(image.f1_max),
        at: image.f1_max_threshold.to_string(),
    }
}

fn siblings(unseen: Unseen, images: usize) -> Figure {
    let Unseen { siblings, normal, defective, auroc, auroc_interval } = unseen;
    match (siblings, auroc) {
        (0, _) => Figure::NoSibling,
        (_, None) => Figure::OnlySiblings { siblings, images },
        (_, Some(auroc)) => {
            let (auroc, defective) = (Ranged::of(auroc, auroc_interval), Amount::defective(defective));
            Figure::Siblings { siblings, images, auroc, normal, defective }
        }
    }
}

/// What the intervals come from where that is not images, or why they are missing.
fn resampling(metrics: &Metrics) -> Option<Figure> {
    let Resampling { by_group, groups, normal, defective, rounds } = metrics.resampling?;
    let (needed, by) = (Interval::FEWEST, if by_group { Unit::Groups } else { Unit::Images });
    if metrics.image?.auroc_interval.is_none() {
        return Some(Figure::NoInterval { needed, by, normal, defective });
    }
    if metrics.pixel.is_some_and(|pixel| pixel.auroc_interval.is_none()) {
        return Some(Figure::NoPixelInterval { needed, by });
    }
    by_group.then_some(Figure::Resampled { rounds, groups })
}

fn pixel(pixel: &PixelMetrics) -> Figure {
    Figure::Pixel {
        auroc: Ranged::of(pixel.auroc, pixel.auroc_interval),
        aupro: short(pixel.aupro),
        images: Amount::images(pixel.images),
        regions: Amount::of(pixel.regions, Amount::OneRegion, Amount::Regions),
        left_out: (pixel.left_out > 0).then_some(LeftOut::WithoutMap(pixel.left_out)),
    }
}

/// Nothing for a kind of defect of which no area is known.
fn defect(defect: &DefectMetrics) -> Option<Figure> {
    let areas = [
        defect.image_auroc.map(|area| Area::ImageAuroc(Ranged::of(area, defect.image_auroc_interval))),
        defect.pixel_auroc.map(|area| Area::PixelAuroc(Ranged::of(area, defect.pixel_auroc_interval))),
        defect.aupro.map(|area| Area::Aupro(short(area))),
    ];
    let areas: Vec<Area> = areas.into_iter().flatten().collect();
    let images = Amount::images(defect.images);
    (!areas.is_empty()).then(|| Figure::Defect { name: defect.name.clone(), areas, images })
}

/// Where the threshold comes from, what it is worth, and what it decided.
fn threshold(evaluation: &Evaluation) -> Vec<Figure> {
    let Some(threshold) = &evaluation.threshold else { return Vec::new() };
    let origin = match threshold.origin {
        ThresholdOrigin::Fixed => Origin::Given,
        ThresholdOrigin::Normals { source, wanted, .. } => {
            Origin::Normals { purpose: Purpose::of(source), rate: percent(wanted) }
        }
    };
    let alarms = threshold.false_alarms.map(alarms);
    let mut figures = vec![Figure::Threshold { value: threshold.value.to_string(), origin, alarms }];
    if let ThresholdOrigin::Normals { source, wanted, promised } = threshold.origin {
        if promised > wanted {
            let needed = images_needed(wanted);
            figures.push(Figure::TooFewNormals { wanted: percent(wanted), promised: percent(promised), needed });
        }
        if source == NormalSource::Training {
            figures.push(Figure::FromTraining);
        }
    }
    figures.push(match evaluation.metrics.decisions {
        Some(decisions) => Figure::Decisions {
            found: Amount::defective(decisions.found),
            missed: decisions.missed,
            passed: Amount::of(decisions.passed, Amount::OneNormal, Amount::Normal),
            false_alarms: Amount::of(decisions.false_alarms, Amount::OneFalseAlarm, Amount::FalseAlarms),
        },
        None => {
            let judged = |verdict| evaluation.rows.iter().filter(|row| row.verdict == Some(verdict)).count();
            Figure::Verdicts { ng: judged(Verdict::Ng), ok: judged(Verdict::Ok) }
        }
    });
    figures
}

fn alarms(alarms: FalseAlarms) -> Alarms {
    let FalseAlarms { source, images, above, low, high, confidence } = alarms;
    let (purpose, low, high, confidence) = (Purpose::of(source), percent(low), percent(high), percent(confidence));
    match above {
        1 => Alarms::One { images, purpose, low, high, confidence },
        alarms => Alarms::Several { alarms, images, purpose, low, high, confidence },
    }
}

/// An area or a rate with as many digits as people compare.
fn short(figure: f64) -> String {
    format!("{figure:.4}")
}

/// A share as people read it: `1 %`, `0.25 %`.
fn percent(share: f64) -> String {
    let rounded = format!("{:.2}", share * 100.0);
    format!("{} %", rounded.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nnc_messages::Say;
    use nnc_report::{EvaluatedImage, Threshold};

    fn sentences(evaluation: &Evaluation) -> Vec<String> {
        of(evaluation).iter().map(Say::said).collect()
    }

    #[test]
    fn percentages_are_short() {
        for (share, text) in [(0.01, "1 %"), (0.0025, "0.25 %"), (0.95, "95 %"), (0.0, "0 %"), (1.0, "100 %")] {
            assert_eq!(percent(share), text);
        }
    }

    #[test]
    fn labels_are_doubted_only_where_chance_does_not_explain_it() {
        let counts = |normal, defective| Counts { images: normal + defective, normal, defective };
        for (auroc, counts, due) in [
            (0.495, counts(20, 20), false),
            (0.36, counts(20, 20), false),
            (0.34, counts(20, 20), true),
            (0.495, counts(5000, 5000), false),
            (0.48, counts(5000, 5000), true),
            (0.0, counts(1, 1), true),
            (0.25, counts(2, 2), false),
            (0.7, counts(20, 20), false),
        ] {
            assert_eq!(is_reversed(auroc, counts), due, "{auroc} {counts:?}");
        }
    }

    #[test]
    fn few_normal_images_promise_little_and_training_images_less() {
        let scores = [1.0, 2.0, 3.0];
        let rows = (1_u8..5).map(|row| EvaluatedImage {
            row: row.into(),
            label: Some(f64::from(row / 4)),
            score: row.into(),
            ..EvaluatedImage::default()
        });
        let rows: Vec<EvaluatedImage> = rows.collect();
        let mut evaluation = Evaluation { metrics: Metrics::of(&rows), rows, ..Evaluation::default() };
        let threshold = Threshold::at_rate(NormalSource::Training, &scores, 0.01, 0.95);
        nnc_report::decide(&mut evaluation, threshold, &nnc_report::Maps::default(), 1, &|_| ());
        let said = sentences(&evaluation).join("\n");
        for part in [
            "image AUROC 1.0000 (3 normal and 1 defective image, score = maximum of the map), average precision 1.0000",
            "from training images for a false-alarm rate of 1 %; 0 of 3 normal training images are NG, so the rate lies \
             between 0 % and 70.76 % (95 % confidence)",
            "cannot promise 1 %",
            "promises 25 % on average; give at least 99 normal images",
            "the model knows the training images",
            "verdicts: 1 defective image found, 0 missed; 3 normal images passed, 0 false alarms",
        ] {
            assert!(said.contains(part), "{part}\n{said}");
        }
        let nothing = sentences(&Evaluation::default());
        assert_eq!(nothing.len(), 1);
        assert!(nothing[0].ends_with("no image has a label"), "{nothing:?}");
    }
}
