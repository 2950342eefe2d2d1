//! Random numbers and noise that are the same on every machine and in every version of this program.

/// Stream of random numbers from a seed (SplitMix64, Steele, Lea and Flood 2014).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// Uniform in `low..high`.
    pub(crate) fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * (self.next() >> 40) as f32 / (1 << 24) as f32
    }

    /// Close to normal, mean 0, standard deviation 1, never beyond 3.5: the sum of four uniform numbers.
    pub(crate) fn normal(&mut self) -> f32 {
        let bits = self.next();
        let sum: u64 = (0..4).map(|part| (bits >> (16 * part)) & 0xffff).sum();
        (sum as f32 / 65535.0 - 2.0) * 1.732_050_8
    }

    /// Seed for a noise field.
    pub(crate) fn seed(&mut self) -> u32 {
        (self.next() >> 32) as u32
    }
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Smooth noise in -1..1 with features one unit wide.
pub(crate) fn noise(seed: u32, x: f32, y: f32) -> f32 {
    noise_around(seed, x, y, 0)
}

/// Noise that repeats after `period` units of `y`, for textures that close around a centre; 0 means never.
pub(crate) fn noise_around(seed: u32, x: f32, y: f32, period: i32) -> f32 {
    let (column, row) = (x.floor(), y.floor());
    let (across, down) = (smooth(x - column), smooth(y - row));
    let wrap = |row: i32| if period == 0 { row } else { row.rem_euclid(period) };
    let knot = |right: i32, below: i32| {
        let cell = (column as i32).wrapping_add(right);
        let line = wrap((row as i32).wrapping_add(below));
        let place = (u64::from(cell as u32) << 32) | u64::from(line as u32);
        let bits = mix(place.wrapping_add(u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        (bits >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    let above = knot(0, 0) + (knot(1, 0) - knot(0, 0)) * across;
    let under = knot(0, 1) + (knot(1, 1) - knot(0, 1)) * across;
    above + (under - above) * down
}

/// Rises smoothly from 0 to 1 while `x` does; flat outside.
pub(crate) fn smooth(x: f32) -> f32 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_paper() {
        let mut random = Random::new(1_234_567);
        assert_eq!([random.next(), random.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn normal_numbers_have_mean_0_and_deviation_1() {
        let mut random = Random::new(1);
        let values: Vec<f32> = (0..20_000).map(|_| random.normal()).collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / values.len() as f32;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }

    #[test]
    fn noise_stays_in_range_and_closes() {
        for step in 0..1000 {
            let (x, y) = (step as f32 * 0.37 - 100.0, step as f32 * 0.11);
            assert!(noise(3, x, y).abs() <= 1.0);
            assert!((noise_around(3, x, y, 7) - noise_around(3, x, y + 7.0, 7)).abs() < 1e-3);
        }
    }
}
