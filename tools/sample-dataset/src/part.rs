//! The drawn part: a turned steel flange with a bore, a keyway, a raised hub, six bolt holes and engraved marks.
//!
//! Lengths are pixels at nominal size, from the centre of the part, y downwards.

use crate::random::{noise, smooth};

/// Radius of the part.
pub(crate) const RADIUS: f32 = 93.0;
/// Outer radius of the hub.
pub(crate) const HUB: f32 = 45.0;
/// Radius of the bore.
pub(crate) const BORE: f32 = 21.0;
/// Distance of the bolt holes from the centre.
pub(crate) const HOLE_CIRCLE: f32 = 67.0;
/// Radius of a bolt hole.
pub(crate) const HOLE: f32 = 8.0;
/// Width of the bevel around a bolt hole.
pub(crate) const COUNTERSINK: f32 = 2.2;
/// Radius of the engraved circle.
const GROOVE: f32 = 83.0;

/// One part; the normal one is `Part::default()`.
#[derive(Clone)]
pub(crate) struct Part {
    /// Radius of each bolt hole, 0 where it was not drilled.
    pub(crate) holes: [f32; 6],
    /// Piece broken off the rim.
    pub(crate) chip: Option<Chip>,
}

/// A piece that broke off: a rough-edged circle.
#[derive(Clone)]
pub(crate) struct Chip {
    pub(crate) centre: [f32; 2],
    pub(crate) radius: f32,
    pub(crate) seed: u32,
}

/// What the part is at one place.
pub(crate) struct Spot {
    /// Distance to the nearest edge, negative on the metal.
    pub(crate) edge: f32,
    /// Height over the flange's face.
    pub(crate) height: f32,
    /// 1 on a face that was cut on the lathe, less where the surface is rough or bevelled.
    pub(crate) turned: f32,
}

impl Default for Part {
    fn default() -> Self {
        Self { holes: [HOLE; 6], chip: None }
    }
}

/// Centre of bolt hole number `index`, counted clockwise from the top right.
pub(crate) fn hole_centre(index: usize) -> [f32; 2] {
    let angle = (index as f32 * 60.0 - 60.0).to_radians();
    [HOLE_CIRCLE * libm::cosf(angle), HOLE_CIRCLE * libm::sinf(angle)]
}

/// Engraved strokes: an index line and the digits 4 and 7, as pairs of ends.
const STROKES: [[f32; 4]; 6] = [
    [0.0, 52.0, 0.0, 61.0],
    [-9.0, 66.0, -12.5, 71.5],
    [-12.5, 71.5, -7.0, 71.5],
    [-8.5, 69.0, -8.5, 74.5],
    [6.0, 66.5, 11.5, 66.5],
    [11.5, 66.5, 8.0, 74.5],
];

impl Part {
    /// The part at a place, given the centres of its holes (from `hole_centre`, which is too slow to repeat).
    pub(crate) fn spot(&self, place: [f32; 2], holes: &[[f32; 2]; 6]) -> Spot {
        let radius = length(place);
        let mut edge = radius - RADIUS;
        // Bevels start this far inside an edge and fall at about 40 degrees.
        let mut height = -0.85 * (radius - (RADIUS - 3.0)).clamp(0.0, 3.0);
        let mut turned = 1.0 - smooth((radius - (RADIUS - 3.5)) / 0.7);

        let rise = smooth((HUB - radius) / 3.5);
        height += 3.2 * rise;
        height -= 0.9 * ridge((radius - GROOVE) / 1.3);

        for (centre, &drilled) in holes.iter().zip(&self.holes) {
            if drilled > 0.0 {
                let distance = length([place[0] - centre[0], place[1] - centre[1]]) - drilled;
                edge = edge.max(-distance);
                height -= 0.85 * (COUNTERSINK - distance).clamp(0.0, COUNTERSINK);
                turned *= smooth((distance - COUNTERSINK) / 0.7 + 1.0);
            }
        }

        let bore = (radius - BORE).min(boxed([place[0], place[1] + BORE], [5.5, 8.0]));
        edge = edge.max(-bore);
        height -= 0.85 * (2.2 - bore).clamp(0.0, 2.2);
        turned *= smooth((bore - 2.2) / 0.7 + 1.0);

        if place[0].abs() < 15.0 && place[1] > 50.0 {
            for [ax, ay, bx, by] in STROKES {
                height -= 0.75 * ridge(to_segment(place, [ax, ay], [bx, by]) / 1.25);
            }
        }

        if let Some(chip) = &self.chip {
            let distance = chip.distance(place);
            edge = edge.max(-distance);
            // The broken face: steep, uneven, dull.
            let depth = (3.5 - distance).clamp(0.0, 3.5);
            height -= 0.7 * depth + 0.6 * smooth(depth) * noise(chip.seed ^ 1, place[0] * 0.9, place[1] * 0.9);
            turned *= smooth((distance - 3.0) / 1.5 + 0.5);
        }
        Spot { edge, height, turned }
    }
}

impl Chip {
    /// Distance to the ragged outline, negative inside the missing piece.
    pub(crate) fn distance(&self, place: [f32; 2]) -> f32 {
        let [x, y] = [place[0] - self.centre[0], place[1] - self.centre[1]];
        let coarse = noise(self.seed, place[0] / 4.0, place[1] / 4.0) * self.radius.min(8.0) * 0.28;
        let fine = noise(self.seed ^ 2, place[0] / 1.4, place[1] / 1.4) * 0.5;
        length([x, y]) - self.radius + coarse + fine
    }
}

pub(crate) fn length([x, y]: [f32; 2]) -> f32 {
    (x * x + y * y).sqrt()
}

/// Distance to the line between two places.
pub(crate) fn to_segment(place: [f32; 2], from: [f32; 2], to: [f32; 2]) -> f32 {
    let (along, offset) = ([to[0] - from[0], to[1] - from[1]], [place[0] - from[0], place[1] - from[1]]);
    let square = (along[0] * along[0] + along[1] * along[1]).max(1e-6);
    let share = ((offset[0] * along[0] + offset[1] * along[1]) / square).clamp(0.0, 1.0);
    length([offset[0] - along[0] * share, offset[1] - along[1] * share])
}

/// 1 at 0, falling smoothly to 0 at distance 1.
pub(crate) fn ridge(x: f32) -> f32 {
    smooth(1.0 - x.abs())
}

/// Distance to a rectangle with these half widths.
fn boxed(place: [f32; 2], half: [f32; 2]) -> f32 {
    let (x, y) = (place[0].abs() - half[0], place[1].abs() - half[1]);
    length([x.max(0.0), y.max(0.0)]) + x.max(y).min(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metal_is_where_it_should_be() {
        let holes = std::array::from_fn(hole_centre);
        let part = Part::default();
        let metal = |place| part.spot(place, &holes).edge < 0.0;
        for (place, expected) in [
            ([0.0, 0.0], false),
            ([0.0, -(BORE + 5.0)], false),
            ([0.0, BORE + 5.0], true),
            ([55.0, 0.0], true),
            (hole_centre(0), false),
            (hole_centre(5), false),
            ([0.0, RADIUS - 1.0], true),
            ([0.0, RADIUS + 1.0], false),
        ] {
            assert_eq!(metal(place), expected, "{place:?}");
        }
        assert!(part.spot([0.0, 35.0], &holes).height > part.spot([55.0, 0.0], &holes).height);
    }

    #[test]
    fn a_hole_that_was_not_drilled_is_metal() {
        let holes = std::array::from_fn(hole_centre);
        let mut part = Part::default();
        part.holes[2] = 0.0;
        assert!(part.spot(hole_centre(2), &holes).edge < -10.0);
    }
}
