//! Heat maps: an anomaly map in colour, over its input or alone.

use image::{Rgb, RgbImage};

use super::colour::ember;
use crate::map::{AnomalyMap, stretch};
use crate::model::ColourScale;

/// Opacity of the brightest colour: what lies below stays visible.
const OPACITY: f32 = 0.75;

/// Lays the heat map over its input: colour only where the score is high.
///
/// The map is stretched bilinearly to the size of the image. Opacity grows with the score, from nothing at
/// `scale.low` to 75 % at `scale.high`; a pixel at `low` or below is the pixel of the input.
pub fn overlay(image: &RgbImage, map: &AnomalyMap, scale: ColourScale) -> RgbImage {
    let scores = stretch(map, image.width(), image.height());
    let mut blended = image.clone();
    for (pixel, score) in blended.pixels_mut().zip(scores) {
        let (Rgb(colour), opacity) = colour_and_opacity(scale.position(score));
        for (channel, colour) in pixel.0.iter_mut().zip(colour) {
            // Adding a half rounds, and is much faster than a call to round.
            *channel = (f32::from(*channel) * (1.0 - opacity) + f32::from(colour) * opacity + 0.5) as u8;
        }
    }
    blended
}

/// How a heat map shows `position` of its scale, 0 to 1.
pub(crate) fn colour_and_opacity(position: f32) -> (Rgb<u8>, f32) {
    // Smoothstep: the scatter of normal scores just above the lower end stays all but invisible.
    (ember(position), OPACITY * position * position * (3.0 - 2.0 * position))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::map::parse;

    const SCALE: ColourScale = ColourScale { low: 1.0, high: 3.0 };

    fn map(text: &str) -> AnomalyMap {
        parse(text.as_bytes(), Path::new("0.csv")).unwrap()
    }

    fn photograph(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, (x * y) as u8]))
    }

    #[test]
    fn low_scores_leave_the_input_as_it_is() {
        let image = photograph(37, 19);
        assert_eq!(overlay(&image, &map("1.0,0.5\n-7,0.99\n"), SCALE), image);
        let flat = ColourScale { low: 1.0, high: 1.0 };
        assert_eq!(overlay(&image, &map("1.0\n"), flat), image);
    }

    #[test]
    fn high_scores_get_colour_where_they_are() {
        let image = RgbImage::from_pixel(40, 40, Rgb([100, 100, 100]));
        let blended = overlay(&image, &map("1,1\n1,3\n"), SCALE);
        assert_eq!(blended.get_pixel(0, 0), image.get_pixel(0, 0));
        assert_eq!(blended.get_pixel(5, 39), image.get_pixel(0, 0));
        // 25 % of 100 and 75 % of the brightest colour 244 226 51.
        assert_eq!(*blended.get_pixel(39, 39), Rgb([208, 195, 63]));
        assert_eq!(overlay(&image, &map("99"), SCALE).get_pixel(0, 0), blended.get_pixel(39, 39));
    }

    #[test]
    fn opacity_grows_with_the_score() {
        let opacities: Vec<f32> = (0..=100).map(|i| colour_and_opacity(i as f32 / 100.0).1).collect();
        assert!(opacities.is_sorted_by(|a, b| a < b));
        assert_eq!((opacities[0], opacities[50], opacities[100]), (0.0, OPACITY / 2.0, OPACITY));
    }
}
