//! How one photograph of the part is taken: where it lies, the light, the camera.

use crate::random::Random;

/// Width and height of an image in pixels.
pub(crate) const SIDE: usize = 224;

/// Everything that differs between photographs of good parts.
#[derive(Clone)]
pub(crate) struct View {
    /// Centre of the part in pixels.
    centre: [f32; 2],
    /// Cosine and sine of the part's angle, times its size relative to the nominal one.
    turn: [f32; 2],
    /// Direction the light comes from, seen in the image; a unit vector.
    pub(crate) light: [f32; 2],
    /// Factor on the light.
    pub(crate) brightness: f32,
    /// Factor on the distance from mid-grey.
    pub(crate) contrast: f32,
    /// Difference between red and blue as a share of the light.
    pub(crate) warmth: f32,
    /// Slope of the light across the image, per pixel.
    pub(crate) slope: [f32; 2],
    /// Weight of the neighbours in the lens blur.
    pub(crate) blur: f32,
    /// Standard deviation of the sensor noise in grey levels.
    pub(crate) noise: f32,
    /// Seed of the machining marks and the mat, which differ on every part.
    pub(crate) texture: u32,
    /// Seed of the sensor noise.
    pub(crate) grain: u64,
}

impl View {
    pub(crate) fn random(random: &mut Random) -> Self {
        let middle = SIDE as f32 / 2.0;
        let angle = random.normal() * 0.022;
        let size = 1.0 + random.normal() * 0.004;
        let light = -2.25 + random.normal() * 0.06;
        Self {
            centre: [middle + random.range(-3.0, 3.0), middle + random.range(-3.0, 3.0)],
            turn: [libm::cosf(angle) * size, libm::sinf(angle) * size],
            light: [libm::cosf(light), libm::sinf(light)],
            brightness: 1.0 + random.normal() * 0.035,
            contrast: 1.0 + random.normal() * 0.03,
            warmth: random.normal() * 0.012,
            slope: [random.normal() * 2.5e-4, random.normal() * 2.5e-4],
            blur: random.range(0.03, 0.16),
            noise: random.range(1.2, 2.4),
            texture: random.seed(),
            grain: random.next(),
        }
    }

    /// Place on the part, in pixels from its centre at nominal size, that is seen at a place of the image.
    pub(crate) fn on_part(&self, x: f32, y: f32) -> [f32; 2] {
        let [cos, sin] = self.turn;
        let size = cos * cos + sin * sin;
        let (x, y) = ((x - self.centre[0]) / size, (y - self.centre[1]) / size);
        [x * cos + y * sin, y * cos - x * sin]
    }

    /// A direction on the part as it is seen in the image.
    pub(crate) fn in_image(&self, direction: [f32; 2]) -> [f32; 2] {
        let [cos, sin] = self.turn;
        [direction[0] * cos - direction[1] * sin, direction[1] * cos + direction[0] * sin]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_turn_one_way_and_directions_back() {
        let view = View::random(&mut Random::new(5));
        let (from, to) = (view.on_part(50.0, 60.0), view.on_part(53.0, 64.0));
        let back = view.in_image([to[0] - from[0], to[1] - from[1]]);
        assert!((back[0] - 3.0).abs() < 1e-3 && (back[1] - 4.0).abs() < 1e-3, "{back:?}");
    }
}
