//! An input that is no picture: numbers, as a small plot shows them.

use serde::{Deserialize, Serialize};

/// The numbers of an input, thinned out where there are very many.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Sample {
    /// Shape of the input.
    pub shape: Vec<usize>,
    /// Its values, or the smallest and the largest of every stretch of them.
    #[serde(with = "crate::number::floats")]
    pub values: Vec<f32>,
    /// The model's reconstruction of them, thinned out in the same way.
    #[serde(with = "crate::number::floats", default, skip_serializing_if = "Vec::is_empty")]
    pub again: Vec<f32>,
}

impl Sample {
    /// The most values that are kept: as many as a plot has columns of pixels, twice.
    pub const MOST: usize = 512;

    /// The values of an input of this shape, `most` of them.
    pub fn new(shape: &[usize], values: &[f32], most: usize) -> Self {
        Self { shape: shape.to_vec(), values: thin(values, most), again: Vec::new() }
    }

    /// Adds what the model made of them.
    #[must_use]
    pub fn with_reconstruction(self, values: &[f32], most: usize) -> Self {
        Self { again: thin(values, most), ..self }
    }

    /// How many values the input has.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// All values, or two of each of `most / 2` stretches: the smallest and the largest, in their order.
fn thin(values: &[f32], most: usize) -> Vec<f32> {
    if values.len() <= most {
        return values.to_vec();
    }
    let stretches = (most / 2).max(1);
    let mut thinned = Vec::with_capacity(2 * stretches);
    for stretch in 0..stretches {
        let part = &values[stretch * values.len() / stretches..(stretch + 1) * values.len() / stretches];
        let place = |beats: fn(&f32, &f32) -> bool| {
            (1..part.len()).fold(0, |best, at| if beats(&part[at], &part[best]) { at } else { best })
        };
        let (low, high) = (place(|a, b| a < b), place(|a, b| a > b));
        thinned.extend([part[low.min(high)], part[low.max(high)]]);
    }
    thinned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_survive_thinning() {
        let mut values = vec![0.0; 100_000];
        values[77_777] = 5.0;
        values[77_778] = -3.0;
        let sample = Sample::new(&[100_000], &values, Sample::MOST);
        assert_eq!(sample.values.len(), Sample::MOST);
        assert!(sample.values.windows(2).any(|pair| pair == [5.0, -3.0]));
        assert_eq!(Sample::new(&[2], &[1.0, 2.0], 16).values, [1.0, 2.0]);
        assert_eq!((sample.len(), sample.is_empty()), (100_000, false));
    }
}
