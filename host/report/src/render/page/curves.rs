//! What every threshold would give: the ROC curve, and precision over recall, each with a mark at the threshold.

use std::fmt::Write;

use maud::{Markup, html};

use super::text::Text;
use super::voice::Voice;
use super::words::Words;
use crate::judge::Curve;
use crate::model::{Class, Counts, Evaluation, labelled};

/// Size of the drawings and of the square frame in them, in units of the drawing.
const SIZE: (f64, f64) = (320.0, 300.0);
const LEFT: f64 = 60.0;
const TOP: f64 = 12.0;
const SIDE: f64 = 236.0;

/// A point of a curve, both coordinates 0 to 1.
type Point = (f64, f64);

/// Both charts; nothing when a class is missing.
pub(super) fn sections(evaluation: &Evaluation, counts: Counts, voice: Voice) -> Markup {
    let curve = Curve::new(labelled(&evaluation.rows));
    let mark = evaluation.threshold.as_ref().map(|threshold| flagged(evaluation, threshold.value));
    let (normal, defective) = (counts.normal as f64, counts.defective as f64);
    html! {
        @if let Some(curve) = curve {
            (section(&Chart {
                id: "roc",
                title: Text::RocCurve,
                label: Text::RocLabel,
                axes: [Text::FalseAlarmRate, Text::FoundRate],
                path: path(curve.rates(), Shape::Straight),
                mark: mark.map(|(n, d)| (n / normal, d / defective)),
                chance: true,
            }, voice))
            (section(&Chart {
                id: "pr",
                title: Text::PrCurve,
                label: Text::PrLabel,
                axes: [Text::Recall, Text::Precision],
                path: path(precision_over_recall(&curve, normal, defective), Shape::Steps),
                mark: mark.filter(|(n, d)| n + d > 0.0).map(|(n, d)| (d / defective, d / (n + d))),
                chance: false,
            }, voice))
        }
    }
}

/// Normal and defective images from `threshold` on.
fn flagged(evaluation: &Evaluation, threshold: f32) -> Point {
    let above = |class| evaluation.rows.iter().filter(|i| i.class() == class && i.score >= threshold).count() as f64;
    (above(Class::Normal), above(Class::Defective))
}

fn precision_over_recall(curve: &Curve, normal: f64, defective: f64) -> impl Iterator<Item = Point> {
    curve.rates().skip(1).map(move |(n, d)| (d, d * defective / (n * normal + d * defective)))
}

struct Chart {
    id: &'static str,
    title: Text,
    label: Text,
    /// Names of the horizontal and the vertical axis.
    axes: [Text; 2],
    path: String,
    mark: Option<Point>,
    /// Whether the diagonal means guessing.
    chance: bool,
}

fn section(chart: &Chart, voice: Voice) -> Markup {
    let (right, bottom) = (LEFT + SIDE, TOP + SIDE);
    let (x, y) = chart.mark.map_or((LEFT, bottom), place);
    html! {
        section.chart.curve-chart {
            h2 { (voice.say(chart.title)) }
            svg id=(chart.id) viewBox=(format!("0 0 {} {}", SIZE.0, SIZE.1)) role="img" data-left=(LEFT) data-top=(TOP)
                data-side=(SIDE) aria-label=(voice.words(chart.label)) data-t-label=(chart.label.key()) {
                @for (position, number) in [(0.0, "0"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75"), (1.0, "1")] {
                    @let (x, y) = place((position, position));
                    line.grid x1=(LEFT) x2=(right) y1=(y) y2=(y) {}
                    line.grid x1=(x) x2=(x) y1=(TOP) y2=(bottom) {}
                    text.y x=(LEFT - 8.0) y=(y) { (number) }
                    text.x x=(x) y=(bottom + 10.0) { (number) }
                }
                @if chart.chance { line.chance x1=(LEFT) x2=(right) y1=(bottom) y2=(TOP) {} }
                path.curve d=(chart.path) {}
                circle.mark cx=(x) cy=(y) r="5" visibility=[chart.mark.is_none().then_some("hidden")] {
                    title data-t=(Text::AtThreshold.key()) { (voice.words(Text::AtThreshold)) }
                }
                @let [across, up] = chart.axes;
                text.x.name x=(LEFT + SIDE / 2.0) y=(SIZE.1 - 20.0) data-t=(across.key()) { (voice.words(across)) }
                text.x.name transform=(format!("translate(4 {}) rotate(-90)", TOP + SIDE / 2.0)) data-t=(up.key()) {
                    (voice.words(up))
                }
            }
        }
    }
}

/// Where a point lies in the drawing.
fn place((x, y): Point) -> Point {
    (LEFT + x * SIDE, TOP + (1.0 - y) * SIDE)
}

/// How points are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Straight,
    /// Upright first, then across: precision is no mean of its neighbours (Davis and Goadrich, ICML 2006).
    Steps,
}

/// The curve to a tenth of a unit, so that it stays short however many images there are.
fn path(points: impl Iterator<Item = Point>, shape: Shape) -> String {
    let mut path = String::new();
    let mut last = (String::new(), String::new());
    for (x, y) in points.map(place) {
        let point = (format!("{x:.1}"), format!("{y:.1}"));
        // Writing into a String cannot fail.
        let _ = match shape {
            _ if path.is_empty() => write!(path, "M{} {}", point.0, point.1),
            _ if point == last => Ok(()),
            Shape::Straight => write!(path, "L{} {}", point.0, point.1),
            Shape::Steps if point.0 == last.0 => write!(path, "V{}", point.1),
            Shape::Steps if point.1 == last.1 => write!(path, "H{}", point.0),
            Shape::Steps => write!(path, "V{}H{}", point.1, point.0),
        };
        last = point;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_curve_has_three_corners() {
        let curve = Curve::new([(1.0, false), (2.0, true)]).unwrap();
        assert_eq!(path(curve.rates(), Shape::Straight), "M60.0 248.0L60.0 12.0L296.0 12.0");
        // Precision stays 1 until all is found, then falls to the share of defective images.
        assert_eq!(path(precision_over_recall(&curve, 1.0, 1.0), Shape::Steps), "M296.0 12.0V130.0");
    }

    #[test]
    fn a_long_curve_stays_short() {
        let curve = Curve::new((0..200_000_u32).map(|i| (i as f32, i % 7 < 3))).unwrap();
        assert!(path(curve.rates(), Shape::Straight).len() < 65_000);
        assert!(path(precision_over_recall(&curve, 114_286.0, 85_714.0), Shape::Steps).len() < 130_000);
    }
}
