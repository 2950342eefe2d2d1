//! The colour map "ember": violet over magenta and red to yellow.
//!
//! Its anchors lie equally far apart in Oklab (Ottosson, "A perceptual color space for image processing", 2020) and
//! grow lighter all the way, so equal steps of score look equal, the order survives colour blindness and grey
//! printing, and the darkest colour still has a hue to show against a grey photograph.

use std::sync::LazyLock;

use image::Rgb;

/// Lightness, green-red and blue-yellow of Oklab, from low to high scores.
const ANCHORS: [[f32; 3]; 9] = [
    [0.300, 0.066, -0.141],
    [0.390, 0.119, -0.142],
    [0.465, 0.173, -0.099],
    [0.533, 0.206, -0.027],
    [0.604, 0.204, 0.049],
    [0.675, 0.168, 0.113],
    [0.749, 0.096, 0.131],
    [0.828, 0.031, 0.149],
    [0.900, -0.040, 0.173],
];

static TABLE: LazyLock<[Rgb<u8>; 256]> = LazyLock::new(|| std::array::from_fn(|i| to_srgb(oklab(i as f32 / 255.0))));

/// The colour at `position`, 0 (lowest) to 1 (highest); beyond that the colour at the end.
pub(crate) fn ember(position: f32) -> Rgb<u8> {
    TABLE[(position.clamp(0.0, 1.0) * 255.0 + 0.5) as usize]
}

fn oklab(position: f32) -> [f32; 3] {
    let place = position * (ANCHORS.len() - 1) as f32;
    let left = (place as usize).min(ANCHORS.len() - 2);
    let weight = place - left as f32;
    std::array::from_fn(|i| ANCHORS[left][i] * (1.0 - weight) + ANCHORS[left + 1][i] * weight)
}

/// From Oklab to 8-bit sRGB, with the matrices of Ottosson's article.
#[allow(clippy::excessive_precision)]
fn to_srgb([lightness, a, b]: [f32; 3]) -> Rgb<u8> {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let linear = [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ];
    Rgb(linear.map(|value| {
        let value: f32 = value.clamp(0.0, 1.0);
        let encoded = if value <= 0.003_130_8 { 12.92 * value } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
        (encoded * 255.0).round() as u8
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_beyond() {
        assert_eq!(ember(0.0), Rgb([56, 7, 113]));
        assert_eq!(ember(1.0), Rgb([244, 226, 51]));
        assert_eq!((ember(-1.0), ember(9.0), ember(f32::NAN)), (ember(0.0), ember(1.0), ember(0.0)));
    }

    #[test]
    fn steps_are_equal_and_ever_lighter() {
        let step = |i: usize| {
            let (a, b) = (oklab(i as f32 / 64.0), oklab((i + 1) as f32 / 64.0));
            assert!(b[0] > a[0], "lightness falls at {i}");
            a.iter().zip(b).map(|(a, b)| (b - a).powi(2)).sum::<f32>().sqrt()
        };
        let steps: Vec<f32> = (0..64).map(step).collect();
        let (least, most) = steps.iter().fold((f32::MAX, 0_f32), |(l, m), &s| (l.min(s), m.max(s)));
        assert!(most < 1.05 * least, "steps from {least} to {most}");
    }
}
