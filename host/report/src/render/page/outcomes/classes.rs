//! What a classifier is worth: accuracy, figures of each class, and the confusion matrix.

use std::cmp::Reverse;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{ExtendedColorType, ImageEncoder};
use maud::{Markup, html};

use super::figures::{cell, metric, result, share};
use super::text::{Caption, Phrase};
use crate::model::{ClassMetrics, ClassificationMetrics};
use crate::render::page::voice::{Voice, visible};
use crate::render::page::words::Words;

/// Matrices of more classes are drawn as a picture.
const MOST_CELLS: usize = 24;
/// Kinds of mistakes that are listed.
const LISTED: usize = 30;

pub(super) fn sections(metrics: &ClassificationMetrics, voice: Voice) -> Markup {
    let wrong = metrics.labelled.saturating_sub(metrics.correct);
    let counts = [(Caption::Rows, metrics.labelled), (Caption::Right, metrics.correct), (Caption::Wrong, wrong)];
    let rest = html! {
        @if metrics.labelled == 0 { p.note { (voice.say(Caption::NoLabelsAtAll)) } }
        @if metrics.undecided > 0 { p.note { (voice.say_with(Phrase::UndecidedCount { rows: &metrics.undecided })) } }
        dl.metrics {
            (metric(voice, Caption::Accuracy, share(metrics.accuracy),
                voice.say_with(Phrase::AccuracyMeans { correct: &metrics.correct, labelled: &metrics.labelled })))
        }
    };
    html! {
        div.columns.top {
            (result(Caption::TaskClassification, &metrics.pairing, &counts, rest, voice))
            @if metrics.labelled > 0 { (classes(metrics, voice)) }
        }
        @if metrics.labelled > 0 {
            div.columns.charts {
                (matrix(metrics, voice))
                (mistakes(metrics, voice))
            }
        }
    }
}

fn classes(metrics: &ClassificationMetrics, voice: Voice) -> Markup {
    let line = |class: &ClassMetrics| {
        html! {
            tr {
                th scope="row" { bdi { (visible(&class.name)) } }
                td { (class.labelled) }
                td { (class.predicted) }
                td { (cell(class.precision)) }
                td { (cell(class.recall)) }
                td { (cell(class.f1)) }
                td { (cell(class.average_precision)) }
            }
        }
    };
    html! {
        section.quality aria-labelledby="classes" {
            h2 #classes { (voice.say(Caption::Classes)) }
            div.scroll.tall tabindex="0" role="region" aria-labelledby="classes" {
                table.classes {
                    thead {
                        tr {
                            @for name in [Caption::Class, Caption::Labelled, Caption::Predicted, Caption::PrecisionOf,
                                Caption::RecallOf, Caption::F1Of, Caption::ApOf] {
                                th scope="col" { (voice.say(name)) }
                            }
                        }
                    }
                    tbody { @for class in &metrics.classes { (line(class)) } }
                    tfoot {
                        tr {
                            th scope="row" { (voice.say(Caption::Mean)) }
                            td {} td {}
                            td { (cell(metrics.precision)) }
                            td { (cell(metrics.recall)) }
                            td { (cell(metrics.f1)) }
                            td { (cell(metrics.average_precision)) }
                        }
                    }
                }
            }
            p.note { (voice.say(Caption::MeanMeans)) }
        }
    }
}

fn matrix(metrics: &ClassificationMetrics, voice: Voice) -> Markup {
    html! {
        section.matrix aria-labelledby="confusion" {
            h2 #confusion { (voice.say(Caption::Confusion)) }
            @if metrics.classes.len() <= MOST_CELLS { (cells(metrics, voice)) } @else { (picture(metrics, voice)) }
        }
    }
}

/// Rows with this label and prediction; what a file leaves out is 0.
fn count_of(metrics: &ClassificationMetrics, label: usize, predicted: usize) -> u64 {
    metrics.confusion.get(label).and_then(|line| line.get(predicted)).copied().unwrap_or_default()
}

/// Rows with this label and any prediction, at least 1 so that it divides.
fn all_of(metrics: &ClassificationMetrics, label: usize) -> u64 {
    (0..metrics.classes.len())
        .fold(0, |all: u64, predicted| all.saturating_add(count_of(metrics, label, predicted)))
        .max(1)
}

/// A table that is its own picture: the darker a cell, the larger its share of the label's rows.
fn cells(metrics: &ClassificationMetrics, voice: Voice) -> Markup {
    let name = |class: usize| metrics.classes.get(class).map(|class| visible(&class.name)).unwrap_or_default();
    let count = |label: usize, predicted: usize| count_of(metrics, label, predicted);
    html! {
        p.note.needs-script { (voice.say(Caption::ConfusionHelp)) }
        div.scroll tabindex="0" role="region" aria-labelledby="confusion" {
            table.confusion aria-label=(voice.words(Caption::ConfusionLabel)) data-t-label=(Caption::ConfusionLabel.key()) {
                thead {
                    tr {
                        td {}
                        @for class in 0..metrics.classes.len() { th scope="col" { bdi { (name(class)) } } }
                    }
                }
                tbody {
                    @for label in 0..metrics.classes.len() {
                        @let all = all_of(metrics, label);
                        tr {
                            th scope="row" { bdi { (name(label)) } }
                            @for predicted in 0..metrics.classes.len() {
                                @let share = count(label, predicted) as f64 / all as f64;
                                td.right[label == predicted] style=(format!("--share:{share:.3}")) {
                                    @if count(label, predicted) > 0 {
                                        button type="button" data-label=(label) data-prediction=(predicted) {
                                            (count(label, predicted))
                                            span.hidden { (voice.say_with(Phrase::CellLabel {
                                                label: &name(label), predicted: &name(predicted), count: &count(label, predicted),
                                            })) }
                                        }
                                    } @else { "0" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// One pixel for each cell.
fn picture(metrics: &ClassificationMetrics, voice: Voice) -> Markup {
    let side = metrics.classes.len();
    let mut pixels = Vec::with_capacity(side * side * 3);
    for label in 0..side {
        let all = all_of(metrics, label) as f64;
        for predicted in 0..side {
            // A square root shows rare mistakes as well.
            let share = (count_of(metrics, label, predicted) as f64 / all).sqrt();
            let full: [f64; 3] = if label == predicted { [42.0, 108.0, 176.0] } else { [184.0, 74.0, 12.0] };
            pixels.extend(full.map(|full| (255.0 + (full - 255.0) * share) as u8));
        }
    }
    let mut png = Vec::new();
    let written = image::codecs::png::PngEncoder::new(&mut png).write_image(
        &pixels,
        side as u32,
        side as u32,
        ExtendedColorType::Rgb8,
    );
    html! {
        @if written.is_ok() {
            img.matrix src=(format!("data:image/png;base64,{}", STANDARD.encode(&png)))
                alt=(voice.words(Caption::ConfusionLabel));
        }
        p.note { (voice.say(Caption::ConfusionLabel)) }
    }
}

/// The most frequent mistakes.
fn mistakes(metrics: &ClassificationMetrics, voice: Voice) -> Markup {
    let name = |class: usize| metrics.classes.get(class).map(|class| visible(&class.name)).unwrap_or_default();
    let mut mistakes: Vec<(usize, usize, u64)> = Vec::new();
    for (label, line) in metrics.confusion.iter().enumerate() {
        let wrong =
            |(predicted, &count): (usize, &u64)| (predicted != label && count > 0).then_some((label, predicted, count));
        mistakes.extend(line.iter().enumerate().filter_map(wrong));
    }
    mistakes.sort_by_key(|&(_, _, count)| Reverse(count));
    html! {
        section.mistakes aria-labelledby="mistakes" {
            h2 #mistakes { (voice.say(Caption::MostConfused)) }
            @if mistakes.is_empty() { p.note { (voice.say(Caption::NoMistakes)) } } @else {
                div.scroll.tall tabindex="0" role="region" aria-labelledby="mistakes" {
                    table {
                        thead {
                            tr {
                                @for name in [Caption::LabelIs, Caption::TakenFor, Caption::Count] { th scope="col" { (voice.say(name)) } }
                            }
                        }
                        tbody {
                            @for &(label, predicted, count) in mistakes.iter().take(LISTED) {
                                tr {
                                    th scope="row" { bdi { (name(label)) } }
                                    td { bdi { (name(predicted)) } }
                                    td {
                                        span.without-script { (count) }
                                        button.needs-script type="button" data-label=(label) data-prediction=(predicted) { (count) }
                                    }
                                }
                            }
                        }
                    }
                }
                @if mistakes.len() > LISTED {
                    p.note { (voice.say_with(Phrase::MoreConfused { count: &(mistakes.len() - LISTED) })) }
                }
            }
        }
    }
}
