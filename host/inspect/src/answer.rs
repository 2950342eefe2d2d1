//! What is said about an image: a line of JSON.

use nnc_report::Verdict;
use serde::Serialize;

/// The answer to an image.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Answer {
    /// Number of the image in this inspection, one after another, also over restarts.
    pub(crate) seq: u64,
    /// Its name.
    pub(crate) image: String,
    /// When it was answered, in UTC.
    pub(crate) time: String,
    /// OK or NG; null where there is no score.
    pub(crate) verdict: Option<Verdict>,
    /// The anomaly score; null where there is none.
    pub(crate) score: Option<f32>,
    /// Images with at least this score are NG.
    pub(crate) threshold: f32,
    /// Where the anomaly map is largest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) peak: Option<Peak>,
    /// The image that was kept, in the output folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kept: Option<String>,
    /// Its heat map, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) heatmap: Option<String>,
    /// Why there is no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// Whether the image may have been answered before: a run that was cut off had taken it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) again: bool,
    /// Whether the drift alarm is on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) drift: bool,
    /// How long it took.
    pub(crate) ms: Milliseconds,
}

/// The largest value of a map.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Peak {
    /// Where it is in the image as the model saw it, from its left edge, 0 to 1.
    pub(crate) x: f32,
    /// The same from its upper edge.
    pub(crate) y: f32,
    /// The value.
    pub(crate) value: f32,
}

/// Times in milliseconds.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Milliseconds {
    /// From when the image was found to when it was taken.
    pub(crate) waited: f64,
    /// Reading and decoding.
    pub(crate) read: f64,
    /// Scoring.
    pub(crate) score: f64,
    /// From when the image was found to this line.
    pub(crate) total: f64,
}

impl Answer {
    /// As a line with its line break.
    pub(crate) fn line(&self) -> Vec<u8> {
        // Texts, numbers and finite floats, which JSON has words for.
        let mut line = nnc_text::json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        line
    }
}

impl Peak {
    /// The largest value of a map of `columns` columns, the first of several; `None` where there is no number.
    pub(crate) fn of(map: &[f32], columns: usize) -> Option<Self> {
        let rows = map.len().checked_div(columns)?;
        let numbers = map.iter().enumerate().filter(|(_, value)| value.is_finite());
        let (place, &value) = numbers.reduce(|best, next| if next.1 > best.1 { next } else { best })?;
        let middle = |at: usize, of: usize| (at as f32 + 0.5) / of as f32;
        Some(Self { x: middle(place % columns, columns), y: middle(place / columns, rows), value })
    }
}

/// Milliseconds, to the tenth.
pub(crate) fn milliseconds(time: std::time::Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_in_the_middle_of_its_cell() {
        let map = [0.0, f32::NAN, 3.0, 3.0, 1.0, f32::INFINITY];
        assert_eq!(Peak::of(&map, 2), Some(Peak { x: 0.25, y: 0.5, value: 3.0 }));
        assert_eq!(Peak::of(&[f32::NAN], 1), None);
        assert_eq!(Peak::of(&[], 0), None);
    }
}
