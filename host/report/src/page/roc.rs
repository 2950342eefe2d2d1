//! The ROC curve: what share of the defective images is found at the price of which share of false alarms.

use std::fmt::Write;

use maud::{Markup, html};

use crate::evaluation::{EvaluatedImage, labelled};
use crate::metrics::Curve;

/// Size of the drawing and of the square frame in it, in units of the drawing.
const SIZE: (f64, f64) = (340.0, 300.0);
const LEFT: f64 = 66.0;
const TOP: f64 = 12.0;
const SIDE: f64 = 232.0;

/// The chart with its heading; nothing when a class is missing.
pub(super) fn section(rows: &[EvaluatedImage]) -> Markup {
    html! {
        @if let Some(curve) = Curve::new(labelled(rows)) {
            section.chart.roc {
                div.heading { h2 { "ROC curve" } }
                (drawing(&curve))
            }
        }
    }
}

fn drawing(curve: &Curve) -> Markup {
    let (right, bottom) = (LEFT + SIDE, TOP + SIDE);
    html! {
        svg viewBox=(format!("0 0 {} {}", SIZE.0, SIZE.1)) role="img"
            aria-label="ROC curve: share of defective images found over share of normal images flagged" {
            @for (position, number) in [(0.0, "0"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75"), (1.0, "1")] {
                @let (x, y) = (LEFT + position * SIDE, bottom - position * SIDE);
                line.grid x1=(LEFT) x2=(right) y1=(y) y2=(y) {}
                line.grid x1=(x) x2=(x) y1=(TOP) y2=(bottom) {}
                text.y x=(LEFT - 8.0) y=(y) { (number) }
                text.x x=(x) y=(bottom + 10.0) { (number) }
            }
            line.chance x1=(LEFT) x2=(right) y1=(bottom) y2=(TOP) {}
            path.curve d=(path(curve)) {}
            text.x.name x=(LEFT + SIDE / 2.0) y=(SIZE.1 - 18.0) { "false positive rate" }
            text.x.name transform=(format!("translate(8 {}) rotate(-90)", TOP + SIDE / 2.0)) { "true positive rate" }
        }
    }
}

/// The curve to a tenth of a unit, so that it stays short however many images there are.
fn path(curve: &Curve) -> String {
    let mut path = String::new();
    let mut last = String::new();
    for (false_rate, true_rate) in curve.rates() {
        let point = format!("{:.1} {:.1}", LEFT + false_rate * SIDE, TOP + (1.0 - true_rate) * SIDE);
        if point != last {
            // Writing into a String cannot fail.
            let _ = write!(path, "{}{point}", if path.is_empty() { 'M' } else { 'L' });
            last = point;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_curve_has_three_corners() {
        let curve = Curve::new([(1.0, false), (2.0, true)]).unwrap();
        assert_eq!(path(&curve), "M66.0 244.0L66.0 12.0L298.0 12.0");
    }

    #[test]
    fn a_long_curve_stays_short() {
        let curve = Curve::new((0..200_000_u32).map(|i| (i as f32, i % 7 < 3))).unwrap();
        assert!(path(&curve).len() < 65_000);
    }
}
