//! A small drawing of numbers: what a row looks like whose input is no picture.
//!
//! It has no margins at its sides, so that an error map of one row lies over the values it belongs to, and colours of its
//! own, so that it can be read on light and dark pages.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::model::Sample;
use crate::number::score_text;

/// Size of the drawing.
pub(crate) const SIZE: (u32, u32) = (320, 200);
/// Space above and below the values.
const MARGIN: f64 = 22.0;
/// Up to so many values are bars.
const BARS: usize = 16;
/// Up to so many have their numbers beside them.
const NUMBERED: usize = 8;

const PAPER: &str = "#fff";
const INK: &str = "#1c1e20";
const BAR: &str = "#2a6cb0";
const AGAIN: &str = "#b84a0c";
const FAINT: &str = "#d4d4cf";

/// The drawing as the text of a `data:` address.
pub(crate) fn data_uri(sample: &Sample) -> String {
    format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg(sample)))
}

fn svg(sample: &Sample) -> String {
    let (width, height) = (f64::from(SIZE.0), f64::from(SIZE.1));
    let mut drawing = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\
         <rect width=\"{width}\" height=\"{height}\" fill=\"{PAPER}\"/>"
    );
    if let [value] = sample.values.as_slice() {
        number(&mut drawing, width / 2.0, height / 2.0, *value, 40);
    } else {
        // Bars stand on zero, lines do not.
        let ground: &[f32] = if sample.values.len() <= BARS { &[0.0] } else { &[] };
        let scale = Scale::of(sample.values.iter().chain(&sample.again).chain(ground));
        // Writing into a String cannot fail.
        if let Some(zero) = scale.zero() {
            let _ = write!(drawing, "<path d=\"M0 {zero:.1}H{width}\" stroke=\"{FAINT}\"/>");
        }
        if sample.values.len() <= BARS {
            bars(&mut drawing, &sample.values, &scale);
        } else {
            line(&mut drawing, &sample.values, &scale, INK);
        }
        if !sample.again.is_empty() {
            line(&mut drawing, &sample.again, &scale, AGAIN);
        }
        if sample.values.len() > NUMBERED {
            ends(&mut drawing, &scale);
        }
    }
    drawing + "</svg>"
}

/// Where values lie between the upper and the lower margin.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of<'a>(values: impl Iterator<Item = &'a f32>) -> Self {
        let finite = values.map(|&value| f64::from(value)).filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), value| (l.min(value), h.max(value)));
        if low < high {
            Self { low, high }
        } else {
            let middle = if low.is_finite() { low } else { 0.0 };
            Self { low: middle - 1.0, high: middle + 1.0 }
        }
    }

    fn y(&self, value: f64) -> f64 {
        let height = f64::from(SIZE.1);
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        height - MARGIN - share * (height - 2.0 * MARGIN)
    }

    /// Height of zero, where it is between the ends.
    fn zero(&self) -> Option<f64> {
        (self.low <= 0.0 && self.high >= 0.0).then(|| self.y(0.0))
    }
}

/// The middle of a value's column.
fn middle(place: usize, count: usize) -> f64 {
    (place as f64 + 0.5) * f64::from(SIZE.0) / count as f64
}

fn bars(drawing: &mut String, values: &[f32], scale: &Scale) {
    let column = f64::from(SIZE.0) / values.len() as f64;
    let ground = scale.y(0.0_f64.clamp(scale.low, scale.high));
    for (place, &value) in values.iter().enumerate() {
        let centre = middle(place, values.len());
        if value.is_finite() {
            let top = scale.y(f64::from(value));
            let _ = write!(
                drawing,
                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{BAR}\"/>",
                centre - column * 0.35,
                top.min(ground),
                column * 0.7,
                (top - ground).abs().max(1.0)
            );
        }
        if values.len() <= NUMBERED {
            let y = if value >= 0.0 { scale.y(f64::from(value)) - 10.0 } else { scale.y(f64::from(value)) + 11.0 };
            number(drawing, centre, y, value, if values.len() <= NUMBERED / 2 { 17 } else { 13 });
        }
    }
}

fn line(drawing: &mut String, values: &[f32], scale: &Scale, colour: &str) {
    let mut path = String::new();
    let mut joined = false;
    for (place, &value) in values.iter().enumerate() {
        if !value.is_finite() {
            joined = false;
            continue;
        }
        let (x, y) = (middle(place, values.len()), scale.y(f64::from(value)));
        let _ = write!(path, "{}{x:.1} {y:.1}", if joined { 'L' } else { 'M' });
        joined = true;
    }
    let _ = write!(
        drawing,
        "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>"
    );
}

/// The largest and the smallest value at the left.
fn ends(drawing: &mut String, scale: &Scale) {
    for (value, y) in [(scale.high, 10.0), (scale.low, f64::from(SIZE.1) - 10.0)] {
        let text = score_text(value as f32);
        let _ = write!(
            drawing,
            "<text x=\"4\" y=\"{y}\" font-family=\"sans-serif\" font-size=\"14\" fill=\"{INK}\" dominant-baseline=\"central\">{text}</text>"
        );
    }
}

fn number(drawing: &mut String, x: f64, y: f64, value: f32, size: u32) {
    let text = if value.is_nan() { "nan".to_owned() } else { score_text(value) };
    let _ = write!(
        drawing,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-family=\"sans-serif\" font-size=\"{size}\" fill=\"{INK}\" text-anchor=\"middle\" \
         dominant-baseline=\"central\">{text}</text>"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(values: &[f32]) -> String {
        svg(&Sample::new(&[values.len()], values, Sample::MOST))
    }

    #[test]
    fn few_numbers_are_bars_with_their_values_and_many_are_a_line() {
        let few = drawn(&[1.5, -2.0]);
        assert!(few.contains(">1.500<") && few.contains(">−2.000<") && few.matches("<rect").count() == 3, "{few}");
        let many = drawn(&(0..100).map(|i| (i as f32).sin()).collect::<Vec<_>>());
        assert_eq!(many.matches('L').count(), 99);
        assert!(drawn(&[7.25]).contains(">7.250<"));
    }

    #[test]
    fn what_is_no_number_leaves_a_gap() {
        let gaps = drawn(&[f32::NAN; 30]);
        assert!(!gaps.contains('L') && !gaps.contains("NaN"), "{gaps}");
        let infinite: Vec<f32> = (0..20).map(|i| if i == 3 { f32::INFINITY } else { 1.0 }).collect();
        assert_eq!(drawn(&infinite).matches('M').count(), 3);
        assert!(data_uri(&Sample::default()).starts_with("data:image/svg+xml;base64,"));
    }
}
