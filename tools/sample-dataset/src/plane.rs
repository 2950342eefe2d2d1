//! Square fields of numbers: height, cover and shade of the drawn scene.

/// A square of `side` x `side` values, row by row.
#[derive(Clone)]
pub(crate) struct Plane {
    side: usize,
    values: Vec<f32>,
}

impl Plane {
    pub(crate) fn filled(side: usize, value: f32) -> Self {
        Self { side, values: vec![value; side * side] }
    }

    /// Value at a place; outside the square that of the nearest edge.
    pub(crate) fn at(&self, x: isize, y: isize) -> f32 {
        let last = self.side.saturating_sub(1) as isize;
        self.values[y.clamp(0, last) as usize * self.side + x.clamp(0, last) as usize]
    }

    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    pub(crate) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// Blurred with two passes of a box of `2 * reach + 1` values, close to a Gaussian of deviation `0.8 * reach`.
    pub(crate) fn blurred(&self, reach: usize) -> Self {
        let mut plane = self.clone();
        for _ in 0..2 {
            plane = plane.box_rows_turned(reach).box_rows_turned(reach);
        }
        plane
    }

    /// Means along the rows, written with rows and columns exchanged.
    fn box_rows_turned(&self, reach: usize) -> Self {
        let mut turned = Self::filled(self.side, 0.0);
        let (reach, weight) = (reach as isize, 1.0 / (2 * reach + 1) as f32);
        for y in 0..self.side {
            let row = y as isize;
            let mut sum: f32 = (-reach..=reach).map(|x| self.at(x, row)).sum();
            for x in 0..self.side {
                turned.values[x * self.side + y] = sum * weight;
                let column = x as isize;
                sum += self.at(column + reach + 1, row) - self.at(column - reach, row);
            }
        }
        turned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blurring_keeps_the_sum_and_the_symmetry() {
        let mut plane = Plane::filled(21, 0.0);
        plane.values_mut()[10 * 21 + 10] = 81.0;
        let blurred = plane.blurred(2);
        assert!((blurred.values().iter().sum::<f32>() - 81.0).abs() < 1e-3);
        for offset in 1..5 {
            for (x, y) in [(10 - offset, 10), (10, 10 + offset), (10, 10 - offset)] {
                assert!((blurred.at(10 + offset, 10) - blurred.at(x, y)).abs() < 1e-4);
            }
        }
        assert!(blurred.at(10, 10) > blurred.at(12, 10) && blurred.at(12, 10) > 0.0);
    }
}
