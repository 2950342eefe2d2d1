//! Five kinds of defect at five sizes each, drawn into the scene before light falls on it.

use crate::part::{BORE, COUNTERSINK, Chip, HOLE, HUB, Part, RADIUS, hole_centre, length, ridge, to_segment};
use crate::picture::Picture;
use crate::random::{Random, noise, noise_around, smooth};
use crate::scene::{SAMPLES, Scene};
use crate::view::{SIDE, View};

/// What is wrong with a part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Scratch,
    Dent,
    /// A piece is broken off, or a hole is too small or missing.
    Shape,
    Stain,
    /// A chip of swarf or a fibre lies on the part.
    Particle,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] = [Self::Scratch, Self::Dent, Self::Shape, Self::Stain, Self::Particle];

    /// Name in files and in the dataset's comment column.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scratch => "scratch",
            Self::Dent => "dent",
            Self::Shape => "shape",
            Self::Stain => "stain",
            Self::Particle => "particle",
        }
    }
}

/// Number of sizes of each kind, from hard to see to obvious.
pub(crate) const SIZES: usize = 5;

/// One defect on one part.
pub(crate) enum Defect {
    Scratch { line: Line, depth: f32 },
    Dent { centre: [f32; 2], radius: f32, depth: f32 },
    Hole { index: usize, radius: f32 },
    Chip(Chip),
    Stain { centre: [f32; 2], radius: f32, seed: u32, colour: [f32; 3], strength: f32 },
    Particle { line: Line, colour: [f32; 3] },
}

/// A bent line that thins out towards its ends.
pub(crate) struct Line {
    points: Vec<[f32; 2]>,
    /// Half width in the middle.
    width: f32,
    seed: u32,
}

impl Defect {
    /// A defect of this kind and size (0 to 4) at a random place.
    pub(crate) fn random(kind: Kind, size: usize, random: &mut Random) -> Self {
        match kind {
            Kind::Scratch => {
                let (length, width, depth) =
                    [(11.0, 0.9, 0.36), (18.0, 1.0, 0.42), (30.0, 1.1, 0.45), (48.0, 1.2, 0.6), (80.0, 1.6, 0.8)][size];
                let bend = random.range(-0.9, 0.9);
                Self::Scratch { line: Line::random(random, 2.0, length, bend, width), depth }
            }
            Kind::Dent => {
                let (radius, depth) = [(2.6, 0.8), (4.0, 1.0), (6.0, 1.3), (8.5, 2.2), (12.0, 3.4)][size];
                Self::Dent { centre: on_face(random, radius + 1.0), radius, depth }
            }
            Kind::Shape => match size {
                2 => Self::Hole { index: pick(random, 6), radius: HOLE * 0.66 },
                4 => Self::Hole { index: pick(random, 6), radius: 0.0 },
                _ => {
                    let angle = random.range(0.0, std::f32::consts::TAU);
                    let radius = [4.0, 7.5, 0.0, 13.0, 0.0][size];
                    let distance = RADIUS + 0.15 * radius;
                    let centre = [distance * libm::cosf(angle), distance * libm::sinf(angle)];
                    Self::Chip(Chip { centre, radius, seed: random.seed() })
                }
            },
            Kind::Stain => {
                let (radius, strength): (f32, f32) =
                    [(4.5, 0.85), (7.0, 0.75), (11.0, 0.7), (16.0, 0.75), (24.0, 0.95)][size];
                // Rust, tempering colour, dried coolant.
                let colour = [[0.80, 0.60, 0.42], [0.66, 0.74, 0.92], [0.62, 0.60, 0.52]][(size + pick(random, 2)) % 3];
                let centre = on_face(random, radius.min(7.0));
                Self::Stain { centre, radius, seed: random.seed(), colour, strength }
            }
            Kind::Particle => {
                let (length, width) = [(4.0, 1.1), (8.0, 1.2), (15.0, 1.3), (26.0, 1.7), (42.0, 2.3)][size];
                // Bright steel, straw from the heat of cutting, a dark fibre.
                let colour = [[1.25, 1.26, 1.28], [1.15, 0.98, 0.66], [0.42, 0.43, 0.48]][(size + pick(random, 2)) % 3];
                let bend = random.range(2.0, 4.5) * if random.range(0.0, 1.0) < 0.5 { -1.0 } else { 1.0 };
                Self::Particle { line: Line::random(random, 3.0, length, bend, width), colour }
            }
        }
    }

    /// The part this defect is on, where the defect changes its outline.
    pub(crate) fn part(&self) -> Part {
        let mut part = Part::default();
        match self {
            Self::Hole { index, radius } => part.holes[*index] = *radius,
            Self::Chip(chip) => part.chip = Some(chip.clone()),
            _ => {}
        }
        part
    }

    /// Draws a defect that lies on the surface; those of the outline are in the part already.
    pub(crate) fn apply(&self, scene: &mut Scene, view: &View) {
        if let Self::Particle { line, .. } = self {
            cast_shadow(line, scene, view);
        }
        for index in 0..scene.places.len() {
            let place = scene.places[index];
            let height = &mut scene.height.values_mut()[index];
            let gloss = &mut scene.gloss.values_mut()[index];
            let colour = &mut scene.colour[index];
            match self {
                Self::Scratch { line, depth } => {
                    let (distance, taper) = line.distance(place);
                    let groove = ridge(distance) * taper;
                    // Metal pushed aside stands up along both sides.
                    *height += depth * (0.35 * ridge((distance - 1.3) / 0.9) * taper - groove);
                    *gloss *= 1.0 - 0.5 * groove;
                    *colour = colour.map(|value| value * (1.0 + 0.30 * groove));
                }
                Self::Dent { centre, radius, depth } => {
                    let distance = from(place, *centre) / radius;
                    let hollow = smooth(1.15 - distance);
                    *height += depth * (0.16 * ridge((distance - 1.1) / 0.35) - hollow);
                    *gloss *= 1.0 - 0.65 * hollow;
                    *colour = colour.map(|value| value * (1.0 - 0.16 * hollow));
                }
                Self::Stain { centre, radius, seed, colour: tint, strength } => {
                    let share = stain(place, *centre, *radius, *seed) * strength;
                    *gloss *= 1.0 - 0.45 * share;
                    *colour = std::array::from_fn(|channel| colour[channel] * (1.0 + (tint[channel] - 1.0) * share));
                }
                Self::Particle { line, colour: own } => {
                    let (distance, taper) = line.distance(place);
                    let body = smooth((1.0 - distance) * line.width * 1.6 + 0.3) * smooth(taper * 3.0);
                    if body > 0.0 {
                        let rough = 0.25 * noise(line.seed, place[0] / 1.7, place[1] / 1.7);
                        let round = (1.0 - (distance * distance).min(1.0)).sqrt();
                        *height += body * (line.width * (0.3 + 0.9 * round) + rough);
                        *gloss *= 1.0 - body;
                        *colour =
                            std::array::from_fn(|channel| colour[channel] + (own[channel] - colour[channel]) * body);
                        let cover = &mut scene.cover.values_mut()[index];
                        *cover = cover.max(body);
                    }
                }
                Self::Hole { .. } | Self::Chip(_) => return,
            }
        }
    }

    /// Mask of the defect in the image: 255 where it is, 0 elsewhere. `good` is the same scene without it.
    pub(crate) fn mask(&self, good: &Scene) -> Picture<1> {
        let mut votes = vec![0_usize; SIDE * SIDE];
        let fine = SIDE * SAMPLES;
        for (index, &place) in good.places.iter().enumerate() {
            let on_metal = good.cover.values()[index] > 0.5;
            let inside = match self {
                Self::Scratch { line, .. } => {
                    let (distance, taper) = line.distance(place);
                    on_metal && distance < 1.3 && taper > 0.05
                }
                Self::Dent { centre, radius, .. } => on_metal && from(place, *centre) < 1.1 * radius,
                Self::Stain { centre, radius, seed, .. } => on_metal && stain(place, *centre, *radius, *seed) > 0.3,
                Self::Particle { line, .. } => {
                    let (distance, taper) = line.distance(place);
                    distance < 1.15 && taper > 0.1
                }
                Self::Chip(chip) => on_metal && chip.distance(place) < 2.5,
                Self::Hole { index, radius } => {
                    let distance = from(place, hole_centre(*index));
                    distance < HOLE + COUNTERSINK && distance > *radius
                }
            };
            if inside {
                votes[index / fine / SAMPLES * SIDE + index % fine / SAMPLES] += 1;
            }
        }
        let marked = |votes| if 2 * votes >= SAMPLES * SAMPLES { [255] } else { [0] };
        Picture { pixels: votes.into_iter().map(marked).collect() }
    }
}

impl Line {
    /// A line that starts where there is `margin` of metal around and turns by `bend` radians over its length.
    fn random(random: &mut Random, margin: f32, length: f32, bend: f32, width: f32) -> Self {
        let seed = random.seed();
        loop {
            let centre = on_face(random, margin);
            let mut heading = random.range(0.0, std::f32::consts::TAU);
            let steps = 24;
            let stride = length / steps as f32;
            let mut points = vec![[0.0, 0.0]];
            let mut last = [0.0_f32, 0.0];
            for _ in 0..steps {
                heading += bend / steps as f32 + 0.05 * random.normal();
                last = [last[0] + stride * libm::cosf(heading), last[1] + stride * libm::sinf(heading)];
                points.push(last);
            }
            let middle = points[steps / 2];
            for point in &mut points {
                *point = [point[0] - middle[0] + centre[0], point[1] - middle[1] + centre[1]];
            }
            // Long lines may cross a hole, but most of their length has to be on the part.
            let part = Part::default();
            let holes = std::array::from_fn(hole_centre);
            let off = points.iter().filter(|point| part.spot(**point, &holes).edge > -1.5).count();
            if off * 8 <= points.len() {
                return Self { points, width, seed };
            }
        }
    }

    /// Distance in half widths, and how much of the line is there: 1 in the middle, 0 at the ends.
    fn distance(&self, place: [f32; 2]) -> (f32, f32) {
        let middle = self.points[self.points.len() / 2];
        let reach = length([self.points[0][0] - middle[0], self.points[0][1] - middle[1]]);
        if from(place, middle) > 2.0 * reach + 12.0 {
            return (f32::INFINITY, 0.0);
        }
        let mut nearest = (f32::INFINITY, 0.0);
        let last = (self.points.len() - 1) as f32;
        for (index, pair) in self.points.windows(2).enumerate() {
            let distance = to_segment(place, pair[0], pair[1]);
            if distance < nearest.0 {
                nearest = (distance, (index as f32 + 0.5) / last);
            }
        }
        let (distance, along) = nearest;
        let end = smooth(along.min(1.0 - along) * 6.0 + 0.15);
        // The pressure of what made the line varies.
        let pressure = 0.8 + 0.2 * noise(self.seed, along * 7.0, 0.5);
        (distance / self.width, end * pressure)
    }
}

/// Darkens what lies behind the particle as seen from the light.
fn cast_shadow(line: &Line, scene: &mut Scene, view: &View) {
    let mut shade = scene.open.clone();
    let fine = SIDE * SAMPLES;
    let (drop, fall) = (0.6 + 0.9 * line.width, Scene::shadow(view));
    let step = [(fall[0] * drop) as isize, (fall[1] * drop) as isize];
    for (index, value) in shade.values_mut().iter_mut().enumerate() {
        let (x, y) = ((index % fine) as isize - step[0], (index / fine) as isize - step[1]);
        let inside = |place: isize| usize::try_from(place).ok().filter(|&place| place < fine);
        if let (Some(x), Some(y)) = (inside(x), inside(y)) {
            let (distance, taper) = line.distance(scene.places[y * fine + x]);
            *value = 1.0 - 0.6 * smooth((1.2 - distance) * 2.0) * smooth(taper * 3.0);
        }
    }
    scene.open = shade.blurred(SAMPLES);
}

/// How much of a stain is at a place, 0 to 1: blotchy, with a darker line where it dried.
fn stain(place: [f32; 2], centre: [f32; 2], radius: f32, seed: u32) -> f32 {
    let distance = from(place, centre);
    if distance > 2.0 * radius {
        return 0.0;
    }
    let turns = libm::atan2f(place[1] - centre[1], place[0] - centre[0]) / std::f32::consts::TAU + 0.5;
    let lobes = |seed: u32, count: i32| noise_around(seed, 0.5, turns * count as f32, count);
    let octave = |seed: u32, width: f32| noise(seed, place[0] / width, place[1] / width);
    let ragged = 0.26 * lobes(seed, 5) + 0.12 * lobes(seed ^ 3, 11) + 0.05 * octave(seed ^ 5, 2.3);
    let outline = distance / radius + ragged * smooth(distance / radius * 1.5);
    let inner = smooth((1.0 - outline) * radius / (2.0 + 0.12 * radius));
    let dried = ridge((outline - 0.80) * radius / 2.5);
    let blotch = 0.68 + 0.2 * octave(seed ^ 9, 0.45 * radius) + 0.1 * octave(seed ^ 11, 0.2 * radius);
    (inner * (blotch + 0.35 * dried)).min(1.0)
}

/// A place with at least `margin` of undisturbed metal around.
fn on_face(random: &mut Random, margin: f32) -> [f32; 2] {
    let part = Part::default();
    let holes = std::array::from_fn(hole_centre);
    loop {
        let place = [random.range(-RADIUS, RADIUS), random.range(-RADIUS, RADIUS)];
        let radius = length(place);
        // Not across the hub's step or the bore's bevel, where a defect looks like part of the shape.
        let clear = (radius - HUB).abs() > margin.min(4.0) && radius > BORE + 4.0;
        if clear && part.spot(place, &holes).edge < -(margin + 3.0) {
            return place;
        }
    }
}

fn pick(random: &mut Random, count: usize) -> usize {
    (random.next() % count as u64) as usize
}

fn from(place: [f32; 2], centre: [f32; 2]) -> f32 {
    length([place[0] - centre[0], place[1] - centre[1]])
}
