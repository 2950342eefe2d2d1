//! What a regression is worth: its errors, and its estimates over what they should be.

use std::fmt::Write;

use maud::{Markup, html};

use super::figures::{cell, metric, result, share};
use super::text::{Caption, Phrase};
use crate::model::{Evaluation, Outcome, RegressionMetrics};
use crate::number::score_text;
use crate::render::page::axis::Axis;
use crate::render::page::voice::{Voice, visible};
use crate::render::page::words::Words;

/// Values with a chart of their own.
const CHARTS: usize = 4;
/// The most points of a chart.
const POINTS: usize = 3000;
/// Size of the drawings and of the square frame in them, in units of the drawing.
const SIZE: (f64, f64) = (400.0, 372.0);
const LEFT: f64 = 76.0;
const TOP: f64 = 12.0;
const SIDE: f64 = 308.0;

/// A target and its estimate.
type Point = (f64, f64);

pub(super) fn sections(metrics: &RegressionMetrics, evaluation: &Evaluation, voice: Voice) -> Markup {
    let number = |value: Option<f64>| value.map(|value| score_text(value as f32));
    let rest = html! {
        @if metrics.rows == 0 { p.note { (voice.say(Caption::NoTargetsAtAll)) } }
        @if metrics.undecided > 0 { p.note { (voice.say_with(Phrase::LeftOutCount { rows: &metrics.undecided })) } }
        dl.metrics {
            (metric(voice, Caption::Mae, number(metrics.mae), voice.say(Caption::MaeMeans)))
            (metric(voice, Caption::Rmse, number(metrics.rmse), voice.say(Caption::RmseMeans)))
            (metric(voice, Caption::R2, share(metrics.r2), voice.say(Caption::R2Means)))
        }
    };
    html! {
        div.columns.top {
            (result(Caption::TaskRegression, &metrics.pairing, &[(Caption::Rows, metrics.rows)], rest, voice))
            @if metrics.values.len() > 1 { (values(metrics, voice)) }
        }
        div.columns.charts {
            @for (place, value) in metrics.values.iter().enumerate().take(CHARTS) {
                (scatter(place, &value.name, &points(evaluation, place), voice))
            }
        }
    }
}

fn values(metrics: &RegressionMetrics, voice: Voice) -> Markup {
    html! {
        section.quality aria-labelledby="values" {
            h2 #values { (voice.say(Caption::ByValue)) }
            div.scroll.tall tabindex="0" role="region" aria-labelledby="values" {
                table {
                    thead {
                        tr {
                            @for name in [Caption::ValueName, Caption::Mae, Caption::Rmse, Caption::R2] { th scope="col" { (voice.say(name)) } }
                        }
                    }
                    tbody {
                        @for value in &metrics.values {
                            tr {
                                th scope="row" { bdi { (visible(&value.name)) } }
                                td { (score_text(value.mae as f32)) }
                                td { (score_text(value.rmse as f32)) }
                                td { (cell(value.r2)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Targets and estimates of one value, as far as both are finite.
fn points(evaluation: &Evaluation, place: usize) -> Vec<Point> {
    let point = |outcome: &Outcome| {
        let Outcome::Numbers(numbers) = outcome else { return None };
        let point = (f64::from(*numbers.target.get(place)?), f64::from(*numbers.found.get(place)?));
        (point.0.is_finite() && point.1.is_finite()).then_some(point)
    };
    evaluation.rows.iter().filter_map(|row| point(row.outcome.as_ref()?)).collect()
}

fn scatter(place: usize, name: &str, points: &[Point], voice: Voice) -> Markup {
    let values = points.iter().flat_map(|&(target, found)| [target, found]);
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), value| (l.min(value), h.max(value)));
    let axis = if low.is_finite() { Axis::around(low, high, 5) } else { Axis::around(0.0, 1.0, 5) };
    let at = |(target, found): Point| (LEFT + axis.position(target) * SIDE, TOP + (1.0 - axis.position(found)) * SIDE);
    let (right, bottom) = (LEFT + SIDE, TOP + SIDE);
    let step = points.len().div_ceil(POINTS).max(1);
    let drawn = points.iter().step_by(step);
    let count = drawn.len();
    let mut dots = String::new();
    for &point in drawn {
        let (x, y) = at(point);
        // Writing into a String cannot fail.
        let _ = write!(dots, "M{x:.1} {y:.1}h0");
    }
    html! {
        section.chart.scatter aria-labelledby=(format!("scatter-{place}")) {
            h2 id=(format!("scatter-{place}")) { (voice.say(Caption::Scatter)) ": " bdi { (visible(name)) } }
            svg viewBox=(format!("0 0 {} {}", SIZE.0, SIZE.1)) role="img" aria-label=(voice.words(Caption::ScatterLabel))
                data-t-label=(Caption::ScatterLabel.key()) {
                @for (position, number) in axis.ticks() {
                    @let (x, y) = (LEFT + position * SIDE, TOP + (1.0 - position) * SIDE);
                    line.grid x1=(LEFT) x2=(right) y1=(y) y2=(y) {}
                    line.grid x1=(x) x2=(x) y1=(TOP) y2=(bottom) {}
                    text.y x=(LEFT - 8.0) y=(y) { (number) }
                    text.x x=(x) y=(bottom + 10.0) { (number) }
                }
                line.chance x1=(LEFT) x2=(right) y1=(bottom) y2=(TOP) {}
                path.dots d=(dots) {}
                text.x.name x=(LEFT + SIDE / 2.0) y=(SIZE.1 - 20.0) data-t=(Caption::Target.key()) { (voice.words(Caption::Target)) }
                text.x.name transform=(format!("translate(2 {}) rotate(-90)", TOP + SIDE / 2.0)) data-t=(Caption::Estimate.key()) {
                    (voice.words(Caption::Estimate))
                }
            }
            @if count < points.len() {
                p.note { (voice.say_with(Phrase::PointsDrawn { drawn: &count, all: &points.len() })) }
            }
        }
    }
}
