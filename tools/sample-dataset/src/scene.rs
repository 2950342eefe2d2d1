//! From a part to a photograph: surface, light, lens and sensor.
//!
//! The surface is sampled twice per pixel in each direction; slopes of its height make bevels, marks and dents catch
//! the light, and grooves of the lathe spread the highlight across the turning direction.

use crate::part::{Part, hole_centre, length};
use crate::picture::Picture;
use crate::plane::Plane;
use crate::random::{Random, noise, noise_around};
use crate::view::{SIDE, View};

/// Samples per pixel in each direction.
pub(crate) const SAMPLES: usize = 2;
/// Samples per side.
const FINE: usize = SIDE * SAMPLES;

/// The scene before light falls on it; all fields have one value per sample, row by row.
pub(crate) struct Scene {
    /// Place on the part.
    pub(crate) places: Vec<[f32; 2]>,
    /// Share of metal, 0 to 1.
    pub(crate) cover: Plane,
    /// Height of the metal in pixels.
    pub(crate) height: Plane,
    /// Colour of the metal as a factor on that of clean steel.
    pub(crate) colour: Vec<[f32; 3]>,
    /// Strength of the turning marks' highlight, 1 on a clean face.
    pub(crate) gloss: Plane,
    /// Light that arrives, 1 where nothing casts a shadow.
    pub(crate) open: Plane,
}

impl Scene {
    pub(crate) fn new(part: &Part, view: &View) -> Self {
        let holes = std::array::from_fn(hole_centre);
        let mut scene = Self {
            places: Vec::with_capacity(FINE * FINE),
            cover: Plane::filled(FINE, 0.0),
            height: Plane::filled(FINE, 0.0),
            colour: vec![[1.0; 3]; FINE * FINE],
            gloss: Plane::filled(FINE, 0.0),
            open: Plane::filled(FINE, 1.0),
        };
        for index in 0..FINE * FINE {
            let at = |sample: usize| (sample as f32 + 0.5) / SAMPLES as f32;
            let place = view.on_part(at(index % FINE), at(index / FINE));
            let spot = part.spot(place, &holes);
            scene.places.push(place);
            scene.cover.values_mut()[index] = (0.5 - spot.edge * SAMPLES as f32).clamp(0.0, 1.0);
            scene.height.values_mut()[index] = spot.height;
            scene.gloss.values_mut()[index] = spot.turned;
        }
        scene
    }

    /// Direction in which a shadow falls, scaled to one pixel, in samples.
    pub(crate) fn shadow(view: &View) -> [f32; 2] {
        [-view.light[0] * SAMPLES as f32, -view.light[1] * SAMPLES as f32]
    }

    /// The photograph.
    pub(crate) fn photograph(&self, view: &View) -> Picture<3> {
        let lit = self.lit(view);
        let pixels = lens(&shrink(&lit), view.blur);
        let mut grain = Random::new(view.grain);
        let middle = SIDE as f32 / 2.0;
        let develop = |(index, light): (usize, [f32; 3])| {
            let (x, y) = ((index % SIDE) as f32 - middle, (index / SIDE) as f32 - middle);
            let falloff = 1.0 - 0.07 * (x * x + y * y) / (middle * middle);
            let gain = view.brightness * falloff * (1.0 + x * view.slope[0] + y * view.slope[1]);
            // Sensor noise is partly common to the channels and grows a little with the light.
            let common = grain.normal();
            let tint = [1.0 + view.warmth, 1.0, 1.0 - view.warmth];
            std::array::from_fn(|channel| {
                let value = (light[channel] * gain * tint[channel] - 0.5) * view.contrast + 0.5;
                let sigma = view.noise * (0.7 + 0.6 * value.clamp(0.0, 1.0));
                (shoulder(value) * 255.0 + (0.8 * common + 0.6 * grain.normal()) * sigma).round().clamp(0.0, 255.0)
                    as u8
            })
        };
        Picture { pixels: pixels.into_iter().enumerate().map(develop).collect() }
    }

    /// Colour of every sample under the light, 1 being white.
    fn lit(&self, view: &View) -> Vec<[f32; 3]> {
        let around = self.height.blurred(3 * SAMPLES);
        let covered = self.cover.blurred(4 * SAMPLES);
        let fall = Self::shadow(view);
        (0..FINE * FINE)
            .map(|index| {
                let (x, y) = ((index % FINE) as isize, (index / FINE) as isize);
                let cover = self.cover.values()[index];
                let open = self.open.values()[index];
                let mut colour = [0.0; 3];
                if cover < 1.0 {
                    let back = |distance: f32| {
                        covered.at(x - (fall[0] * distance) as isize, y - (fall[1] * distance) as isize)
                    };
                    let shadow = 0.6 * back(7.0) + 0.35 * covered.at(x, y);
                    let mat = self.mat(view, x, y) * (1.0 - 0.85 * shadow.min(1.0)) * open;
                    colour = [mat * 0.92, mat * 1.0, mat * 1.04];
                }
                if cover > 0.0 {
                    let hollow = (around.values()[index] - self.height.values()[index]).max(0.0);
                    let metal = self.metal(view, index) * (1.0 - 0.22 * hollow.min(2.0)) * open;
                    for (channel, value) in colour.iter_mut().enumerate() {
                        let steel = [0.985, 1.0, 1.01][channel] * self.colour[index][channel];
                        *value += (metal * steel - *value) * cover;
                    }
                }
                colour
            })
            .collect()
    }

    /// Brightness of the metal at a sample.
    fn metal(&self, view: &View, index: usize) -> f32 {
        let (x, y) = ((index % FINE) as isize, (index / FINE) as isize);
        let step = SAMPLES as f32 / 2.0;
        let mut slope = [
            (self.height.at(x + 1, y) - self.height.at(x - 1, y)) * step,
            (self.height.at(x, y + 1) - self.height.at(x, y - 1)) * step,
        ];
        let place = self.places[index];
        let radius = length(place).max(1e-3);
        let outwards = view.in_image([place[0] / radius, place[1] / radius]);
        let gloss = self.gloss.values()[index];
        let marks = gloss * turning_marks(view.texture, place, radius);
        slope[0] += 0.10 * marks * outwards[0];
        slope[1] += 0.10 * marks * outwards[1];

        // Unit normal, then a large lamp from one side and a weak reflection of the room from the other.
        let up = 1.0 / (1.0 + slope[0] * slope[0] + slope[1] * slope[1]).sqrt();
        let tilt = -(slope[0] * view.light[0] + slope[1] * view.light[1]) * up;
        let lamp = (0.52 * tilt + 0.85 * up).max(0.0);
        let room = (0.80 * up - 0.45 * tilt).max(0.0);
        // The lamp mirrored in bevels and in the flanks of grooves that face it.
        let glint = (0.60 * tilt + 0.80 * up).max(0.0).powi(24);
        // Grooves run around the centre, so the highlight is a bow tie along the light.
        let across = outwards[0] * view.light[1] - outwards[1] * view.light[0];
        let bow = libm::expf(-across * across / 0.085);
        let worn = 1.0 + 0.03 * noise(view.texture ^ 0x51, place[0] / 18.0, place[1] / 18.0);
        (0.10 + 0.38 * lamp + 0.11 * room + 0.34 * glint) * worn * (1.0 + 0.15 * marks)
            + gloss * bow * (0.27 + 0.13 * marks)
    }

    /// Brightness of the mat that the part lies on.
    fn mat(&self, view: &View, x: isize, y: isize) -> f32 {
        let (x, y) = (x as f32 / SAMPLES as f32, y as f32 / SAMPLES as f32);
        let grain = noise(view.texture ^ 0xa7, x * 0.9, y * 0.9) + 0.6 * noise(view.texture ^ 0xa8, x / 5.0, y / 5.0);
        0.235 * (1.0 + 0.07 * grain)
    }
}

/// Rings left by the lathe, about -1 to 1: fine in radius, slow around the centre.
fn turning_marks(seed: u32, place: [f32; 2], radius: f32) -> f32 {
    let turns = libm::atan2f(place[1], place[0]) / std::f32::consts::TAU + 0.5;
    let fine = noise_around(seed ^ 0x11, radius * 1.9, turns * 6.0, 6);
    let broad = noise_around(seed ^ 0x12, radius * 0.55, turns * 4.0, 4);
    let short = noise_around(seed ^ 0x13, radius * 2.4, turns * 40.0, 40);
    0.5 * fine + 0.35 * broad + 0.35 * short
}

/// Mean of the samples of each pixel.
fn shrink(fine: &[[f32; 3]]) -> Vec<[f32; 3]> {
    let mut pixels = vec![[0.0; 3]; SIDE * SIDE];
    for (index, sample) in fine.iter().enumerate() {
        let pixel = &mut pixels[index / FINE / SAMPLES * SIDE + index % FINE / SAMPLES];
        for (sum, value) in pixel.iter_mut().zip(sample) {
            *sum += value / (SAMPLES * SAMPLES) as f32;
        }
    }
    pixels
}

/// Blur of the lens: each pixel takes `weight` from its neighbours, half as much from the diagonal ones.
fn lens(pixels: &[[f32; 3]], weight: f32) -> Vec<[f32; 3]> {
    let at = |x: usize, y: usize, dx: isize, dy: isize| {
        let place = |start: usize, step: isize| start.saturating_add_signed(step).min(SIDE - 1);
        pixels[place(y, dy) * SIDE + place(x, dx)]
    };
    let total = 1.0 + 4.0 * weight + 2.0 * weight;
    (0..SIDE * SIDE)
        .map(|index| {
            let (x, y) = (index % SIDE, index / SIDE);
            std::array::from_fn(|channel| {
                let near: f32 =
                    [(-1, 0), (1, 0), (0, -1), (0, 1)].iter().map(|&(dx, dy)| at(x, y, dx, dy)[channel]).sum();
                let far: f32 =
                    [(-1, -1), (1, -1), (-1, 1), (1, 1)].iter().map(|&(dx, dy)| at(x, y, dx, dy)[channel]).sum();
                (pixels[index][channel] + weight * near + 0.5 * weight * far) / total
            })
        })
        .collect()
}

/// Bends values near white so that highlights do not burn out at once.
fn shoulder(value: f32) -> f32 {
    let knee = 0.8;
    if value <= knee { value } else { 1.0 - (1.0 - knee) / (1.0 + (value - knee) / (1.0 - knee)) }
}
