//! Histogram of the image scores, one colour per class.

use std::fmt::Write;

use maud::{Markup, html};

use super::axis::Axis;
use crate::evaluation::{Class, Counts, EvaluatedImage};

/// The most bars, for few and for many images.
const BARS: [u32; 2] = [16, 40];
/// From how many images on finer bars tell more than they scatter.
const MANY: usize = 60;
/// Space on each side of a bar.
const GAP: f64 = 1.0;
/// Size of the drawing and of the frame in it, in units of the drawing.
const SIZE: (f64, f64) = (640.0, 300.0);
const LEFT: f64 = 52.0;
const RIGHT: f64 = 622.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 244.0;

/// The chart with its heading and legend.
pub(super) fn section(rows: &[EvaluatedImage], counts: Counts) -> Markup {
    let classes: Vec<(Class, usize)> = [
        (Class::Unlabelled, counts.images - counts.labelled()),
        (Class::Normal, counts.normal),
        (Class::Defective, counts.defective),
    ]
    .into_iter()
    .filter(|(_, images)| *images > 0)
    .collect();
    let infinite = rows.iter().filter(|image| !image.score.is_finite()).count();
    html! {
        section.chart.scores {
            div.heading {
                h2 { "Image scores" }
                ul.legend {
                    @for (class, images) in &classes {
                        li class=(class.name()) { (class.name()) " " span.count { (images) } }
                    }
                }
            }
            @match Histogram::new(rows) {
                Some(histogram) => (histogram.drawing(&classes)),
                None => p.note { "No image has a score." },
            }
            @if infinite > 0 {
                p.note { "Images without a finite score, not drawn: " (infinite) }
            }
        }
    }
}

/// Finite scores counted per class and bar.
struct Histogram {
    axis: Axis,
    bars: u32,
    counted: Vec<(Class, usize)>,
}

impl Histogram {
    /// `None` when no score is finite.
    fn new(rows: &[EvaluatedImage]) -> Option<Self> {
        let finite = || rows.iter().filter(|image| image.score.is_finite());
        let low = finite().map(|image| image.score).reduce(f32::min)?;
        let high = finite().map(|image| image.score).reduce(f32::max)?;
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

    /// Images of a class in each bar.
    fn heights(&self, class: Class) -> Vec<u32> {
        let mut heights = vec![0; self.bars as usize];
        for (_, bar) in self.counted.iter().filter(|(of, _)| *of == class) {
            heights[*bar] += 1;
        }
        heights
    }

    fn drawing(&self, classes: &[(Class, usize)]) -> Markup {
        let heights: Vec<(Class, Vec<u32>)> = classes.iter().map(|(class, _)| (*class, self.heights(*class))).collect();
        let most = heights.iter().flat_map(|(_, heights)| heights).copied().max().unwrap_or(1);
        // Whole images only: fewer steps than images.
        let counts = Axis::around(0.0, f64::from(most), most.clamp(1, 4));
        let share = 1.0 / heights.len() as f64;
        let y = |position: f64| BOTTOM - position * (BOTTOM - TOP);
        html! {
            svg viewBox=(format!("0 0 {} {}", SIZE.0, SIZE.1)) role="img"
                aria-label="Histogram of the image scores by label" {
                @for (position, number) in counts.ticks() {
                    line.grid x1=(LEFT) x2=(RIGHT) y1=(y(position)) y2=(y(position)) {}
                    text.y x=(LEFT - 8.0) y=(y(position)) { (number) }
                }
                @for (i, (class, heights)) in heights.iter().enumerate() {
                    @let slot = (i as f64 * share, share);
                    path class=(class.name()) d=(self.boxes(heights, slot, |count| y(counts.position(count)))) {}
                }
                line.axis x1=(LEFT) x2=(RIGHT) y1=(BOTTOM) y2=(BOTTOM) {}
                @for (position, number) in self.axis.ticks() {
                    @let x = LEFT + position * (RIGHT - LEFT);
                    line.axis x1=(x) x2=(x) y1=(BOTTOM) y2=(BOTTOM + 5.0) {}
                    text.x x=(x) y=(BOTTOM + 10.0) { (number) }
                }
                text.x.name x=((LEFT + RIGHT) / 2.0) y=(SIZE.1 - 18.0) { "image score (largest value of the map)" }
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
