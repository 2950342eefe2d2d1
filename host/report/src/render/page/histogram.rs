//! Histogram of the image scores, one colour per class, with the threshold as a line.

use std::fmt::Write;

use maud::{Markup, html};

use super::axis::Axis;
use super::style_name;
use super::text::Text;
use super::voice::Voice;
use super::words::Words;
use crate::model::{Class, EvaluatedImage};

/// The most bars, for few and for many images.
const BARS: [u32; 2] = [16, 40];
/// From how many images on finer bars tell more than they scatter.
const MANY: usize = 60;
/// Space on each side of a bar.
const GAP: f64 = 1.0;
/// Size of the drawing and of the frame in it, in units of the drawing. The style sheet puts the slider below it with
/// the same left and right ends.
const SIZE: (f64, f64) = (640.0, 280.0);
const LEFT: f64 = 48.0;
const RIGHT: f64 = 624.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 240.0;

/// Finite scores counted per class and bar.
pub(super) struct Histogram {
    axis: Axis,
    bars: u32,
    counted: Vec<(Class, usize)>,
}

impl Histogram {
    /// An axis around all finite scores and the threshold; `None` when no score is finite.
    pub(super) fn new(rows: &[EvaluatedImage], threshold: Option<f32>) -> Option<Self> {
        let finite = || rows.iter().filter(|image| image.score.is_finite());
        let scores = || finite().map(|image| image.score).chain(threshold.filter(|value| value.is_finite()));
        finite().next()?;
        let (low, high) = (scores().reduce(f32::min)?, scores().reduce(f32::max)?);
        let axis = Axis::around(f64::from(low), f64::from(high), 6);
        let [few, many] = BARS;
        let most = if rows.len() < MANY { few } else { many };
        // Bars begin and end on round numbers as well.
        let per_step = [10, 5, 2].into_iter().find(|bars| axis.steps() * bars <= most).unwrap_or(1);
        let bars = axis.steps() * per_step;
        let bar = |score: f32| {
            let place = axis.position(f64::from(score)) * f64::from(bars);
            (place.max(0.0) as usize).min(bars as usize - 1)
        };
        let counted = finite().map(|image| (image.class(), bar(image.score))).collect();
        Some(Self { axis, bars, counted })
    }

    /// The ends of the score axis.
    pub(super) fn ends(&self) -> (f64, f64) {
        (self.axis.low(), self.axis.high())
    }

    /// Images of a class in each bar.
    fn heights(&self, class: Class) -> Vec<u32> {
        let mut heights = vec![0; self.bars as usize];
        for (_, bar) in self.counted.iter().filter(|(of, _)| *of == class) {
            heights[*bar] += 1;
        }
        heights
    }

    /// The chart of these classes.
    pub(super) fn drawing(&self, classes: &[Class], threshold: Option<f32>, voice: Voice) -> Markup {
        let heights: Vec<(Class, Vec<u32>)> = classes.iter().map(|&class| (class, self.heights(class))).collect();
        let most = heights.iter().flat_map(|(_, heights)| heights).copied().max().unwrap_or(1);
        // Whole images only: fewer steps than images.
        let counts = Axis::around(0.0, f64::from(most), most.clamp(1, 4));
        let share = 1.0 / heights.len().max(1) as f64;
        let y = |position: f64| BOTTOM - position * (BOTTOM - TOP);
        let x = |position: f64| LEFT + position * (RIGHT - LEFT);
        // An infinite threshold stands at its end of the axis.
        let line = threshold.map(|value| x(self.axis.position(f64::from(value)).clamp(0.0, 1.0)));
        html! {
            svg #histogram viewBox=(format!("0 0 {} {}", SIZE.0, SIZE.1)) role="img" data-left=(LEFT) data-right=(RIGHT)
                aria-label=(voice.words(Text::HistogramLabel)) data-t-label=(Text::HistogramLabel.key()) {
                @for (position, number) in counts.ticks() {
                    line.grid x1=(LEFT) x2=(RIGHT) y1=(y(position)) y2=(y(position)) {}
                    text.y x=(LEFT - 8.0) y=(y(position)) { (number) }
                }
                @for (i, (class, heights)) in heights.iter().enumerate() {
                    @let slot = (i as f64 * share, share);
                    path.(style_name(*class)) d=(self.boxes(heights, slot, |count| y(counts.position(count)))) {}
                }
                line.axis x1=(LEFT) x2=(RIGHT) y1=(BOTTOM) y2=(BOTTOM) {}
                @for (position, number) in self.axis.ticks() {
                    line.axis x1=(x(position)) x2=(x(position)) y1=(BOTTOM) y2=(BOTTOM + 5.0) {}
                    text.x x=(x(position)) y=(BOTTOM + 12.0) { (number) }
                }
                line.threshold #threshold-line x1=(line.unwrap_or(LEFT)) x2=(line.unwrap_or(LEFT)) y1=(TOP - 10.0)
                    y2=(BOTTOM) visibility=[line.is_none().then_some("hidden")] {}
            }
        }
    }

    /// One box for each bar that is not empty, classes side by side: `slot` is the start and the width of this class's
    /// share of a bar.
    fn boxes(&self, heights: &[u32], slot: (f64, f64), y: impl Fn(f64) -> f64) -> String {
        let width = (RIGHT - LEFT) / f64::from(self.bars) - 2.0 * GAP;
        let mut path = String::new();
        for (i, &count) in heights.iter().enumerate().filter(|(_, count)| **count > 0) {
            let left = LEFT + GAP + (width + 2.0 * GAP) * i as f64 + width * slot.0;
            // One image among thousands still shows.
            let top = y(f64::from(count)).min(BOTTOM - 2.0);
            // Writing into a String cannot fail.
            let _ = write!(path, "M{left:.1} {BOTTOM}V{top:.1}h{:.1}V{BOTTOM}z", width * slot.1);
        }
        path
    }
}
