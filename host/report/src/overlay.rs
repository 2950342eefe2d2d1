//! Heat maps: a score map in colour, over its input or alone.

use image::{Rgb, RgbImage};

use crate::colour::ember;
use crate::map::ScoreMap;
use crate::scale::ColourScale;

/// Opacity of the brightest colour: what lies below stays visible.
const OPACITY: f32 = 0.75;

/// Lays the heat map over its input: colour only where the score is high.
///
/// The map is stretched bilinearly to the size of the image. Opacity grows with the score, from nothing at
/// `scale.low` to 75 % at `scale.high`; a pixel at `low` or below is the pixel of the input.
pub fn overlay(image: &RgbImage, map: &ScoreMap, scale: ColourScale) -> RgbImage {
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

/// The map at `width` x `height`, row by row, bilinear between the centres of its cells.
pub(crate) fn stretch(map: &ScoreMap, width: u32, height: u32) -> impl Iterator<Item = f32> {
    let stretched = Stretched::new(map, width, height);
    (0..height as usize).flat_map(move |y| stretched.row(y).collect::<Vec<f32>>())
}

/// A map stretched as by [`stretch`], of which only the rows exist that are asked for.
pub(crate) struct Stretched<'a> {
    map: &'a ScoreMap,
    height: u32,
    columns: Vec<Tap>,
}

impl<'a> Stretched<'a> {
    pub(crate) fn new(map: &'a ScoreMap, width: u32, height: u32) -> Self {
        let columns = (0..width).map(|x| Tap::new(map.columns(), width, x)).collect();
        Self { map, height, columns }
    }

    /// One row, from left to right.
    pub(crate) fn row(&self, y: usize) -> impl Iterator<Item = f32> + '_ {
        let row = Tap::new(self.map.rows(), self.height, y as u32);
        let line = |index: u32| &self.map.values()[index as usize * self.map.columns()..][..self.map.columns()];
        let (above, below) = (line(row.first), line(row.second));
        self.columns.iter().map(move |column| row.mix(column.mix_of(above), column.mix_of(below)))
    }
}

/// The two neighbours that a stretched pixel lies between.
#[derive(Clone, Copy)]
struct Tap {
    first: u32,
    second: u32,
    /// Weight of the second one, 0 to 1.
    weight: f32,
}

impl Tap {
    /// The tap for `pixel` of `to` over `from` cells; the outermost cells reach to the border.
    fn new(from: usize, to: u32, pixel: u32) -> Self {
        let last = from - 1;
        let place = ((f64::from(pixel) + 0.5) * from as f64 / f64::from(to) - 0.5).clamp(0.0, last as f64);
        let first = place as usize;
        let weight = (place - first as f64) as f32;
        Self { first: first as u32, second: (first + 1).min(last) as u32, weight }
    }

    fn mix(self, first: f32, second: f32) -> f32 {
        // Both products stay in range, a difference of the two need not.
        first * (1.0 - self.weight) + second * self.weight
    }

    fn mix_of(self, line: &[f32]) -> f32 {
        self.mix(line[self.first as usize], line[self.second as usize])
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::map::parse;

    const SCALE: ColourScale = ColourScale { low: 1.0, high: 3.0 };

    fn map(text: &str) -> ScoreMap {
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

    #[test]
    fn maps_are_stretched_between_cell_centres() {
        for (text, width, height, expected) in [
            ("1,3", 4, 1, vec![1.0, 1.5, 2.5, 3.0]),
            ("1\n3", 1, 4, vec![1.0, 1.5, 2.5, 3.0]),
            ("1,2\n3,4", 2, 2, vec![1.0, 2.0, 3.0, 4.0]),
            ("7", 2, 2, vec![7.0; 4]),
            ("1,2,3,4", 2, 1, vec![1.5, 3.5]),
            ("3.4e38,-3.4e38", 2, 1, vec![3.4e38, -3.4e38]),
        ] {
            assert_eq!(stretch(&map(text), width, height).collect::<Vec<_>>(), expected, "{text}");
        }
        assert_eq!(stretch(&map("1,2\n3,4"), 0, 0).count(), 0);
    }
}
