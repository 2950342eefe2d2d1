//! An anomaly map at the size of its image, bilinear between the centres of its cells.

use super::AnomalyMap;

/// The map at `width` x `height`, row by row, bilinear between the centres of its cells.
pub(crate) fn stretch(map: &AnomalyMap, width: u32, height: u32) -> impl Iterator<Item = f32> {
    let stretched = Stretched::new(map, width, height);
    (0..height as usize).flat_map(move |y| stretched.row(y).collect::<Vec<f32>>())
}

/// A map stretched as by [`stretch`], of which only the rows exist that are asked for.
pub(crate) struct Stretched<'a> {
    map: &'a AnomalyMap,
    height: u32,
    columns: Vec<Tap>,
}

impl<'a> Stretched<'a> {
    pub(crate) fn new(map: &'a AnomalyMap, width: u32, height: u32) -> Self {
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

    use super::super::parse;
    use super::*;

    fn map(text: &str) -> AnomalyMap {
        parse(text.as_bytes(), Path::new("0.csv")).unwrap()
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
