//! Answers about evaluations: scores for a slider, images for a list.

use nnc_report::{Class, EvaluatedImage, Evaluation, Verdict};
use serde::Serialize;
use serde_json::json;

use crate::question::{Order, Shown};
use crate::serve::Refusal;
use crate::table::bytes;

/// Scores by label, ascending.
pub(crate) fn scores(evaluation: &Evaluation) -> Result<Vec<u8>, Refusal> {
    let of = |class: Class| {
        let images = evaluation.rows.iter().filter(|image| image.class() == class);
        let mut scores: Vec<f32> = images.map(|image| image.score).filter(|score| score.is_finite()).collect();
        scores.sort_by(f32::total_cmp);
        scores
    };
    let suggested =
        evaluation.metrics.image.as_ref().map(|image| image.f1_max_threshold).filter(|found| found.is_finite());
    bytes(&json!({
        "threshold": evaluation.threshold.as_ref().map(|threshold| threshold.value),
        "normal": of(Class::Normal), "defective": of(Class::Defective), "unlabelled": of(Class::Unlabelled),
        "suggested": suggested,
    }))
}

#[derive(Serialize)]
struct Image<'a> {
    row: usize,
    name: &'a str,
    label: Option<f64>,
    /// None where the detector gave no number.
    score: Option<f32>,
    verdict: Option<&'static str>,
    /// Whether there are pictures to ask for.
    image: bool,
    heatmap: bool,
}

/// A page of images.
pub(crate) fn images(
    evaluation: &Evaluation,
    offset: usize,
    limit: usize,
    order: Order,
    shown: Option<Shown>,
) -> Result<Vec<u8>, Refusal> {
    let mut images: Vec<&EvaluatedImage> =
        evaluation.rows.iter().filter(|image| shown.is_none_or(|shown| is_shown(image, shown))).collect();
    match order {
        Order::Row => {}
        Order::Rising => images.sort_by(|a, b| a.score.total_cmp(&b.score)),
        Order::Falling => images.sort_by(|a, b| b.score.total_cmp(&a.score)),
    }
    let page = images.iter().skip(offset).take(limit).map(|image| Image {
        row: image.row,
        name: &image.name,
        label: image.label,
        score: Some(image.score).filter(|score| score.is_finite()),
        verdict: image.verdict.map(Verdict::name),
        image: image.image.is_some(),
        heatmap: image.map.is_some(),
    });
    bytes(&json!({
        "total": images.len(), "offset": offset,
        "threshold": evaluation.threshold.as_ref().map(|threshold| threshold.value),
        "images": page.collect::<Vec<_>>(),
    }))
}

fn is_shown(image: &EvaluatedImage, shown: Shown) -> bool {
    match shown {
        Shown::Ok => image.verdict == Some(Verdict::Ok),
        Shown::Ng => image.verdict == Some(Verdict::Ng),
        Shown::Missed => image.verdict == Some(Verdict::Ok) && image.class() == Class::Defective,
        Shown::FalseAlarm => image.verdict == Some(Verdict::Ng) && image.class() == Class::Normal,
    }
}
