//! The words between a worker that scores images as they come and its parent: pixels there, scores and maps back.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use nnc_dataset::Pixels;
use serde::{Deserialize, Serialize};

/// What the worker says.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Told {
    /// It waits for images.
    Ready(Ready),
    /// The answer to an image.
    Scored {
        /// Bits of the score, which JSON has no words for if it is no number.
        score: u32,
        /// The map, if it was asked for and there is one: 32-bit floats in base64.
        map: Option<String>,
    },
    /// The image cannot be scored; the next one can.
    Refused { why: String },
    /// It waits.
    Waiting,
}

/// What a model reads and gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// Channels, height and width of the images that it reads.
    pub image: [usize; 3],
    /// Rows and columns of its anomaly map, if it gives one.
    pub map: Option<[usize; 2]>,
}

/// The score of an image.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The anomaly score; NaN where the detector gave no number.
    pub score: f32,
    /// The anomaly map row by row, if it was asked for and the detector gives one.
    pub map: Option<Vec<f32>>,
}

/// What a question begins with, before the pixels: width, height, channels, and whether the map is wanted.
pub(crate) const HEAD: usize = 16;

/// The head of a question about an image.
pub(crate) fn head(pixels: &Pixels, wants_map: bool) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    let numbers = [pixels.width, pixels.height, pixels.channels, usize::from(wants_map)];
    for (place, number) in head.chunks_exact_mut(4).zip(numbers) {
        // Larger sides are refused where images are decoded.
        place.copy_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
    }
    head
}

/// The image of a question, and whether its map is wanted.
pub(crate) fn asked(mut question: Vec<u8>) -> Option<(Pixels, bool)> {
    let values = question.split_off(HEAD.min(question.len()));
    let numbers: Vec<usize> = question.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes) as usize).collect();
    let [width, height, channels, wants_map] = numbers[..] else { return None };
    let fits = width.checked_mul(height)?.checked_mul(channels)? == values.len();
    fits.then_some((Pixels { width, height, channels, values }, wants_map != 0))
}

impl Told {
    /// The score of an image, if that is what was told and its map, if there is one, has as many values as it should.
    pub(crate) fn scored(self, shape: Option<[usize; 2]>) -> Option<Scored> {
        let Self::Scored { score, map } = self else { return None };
        let map = match map {
            Some(text) => {
                let bytes = BASE64_STANDARD.decode(text).ok()?;
                let values: Vec<f32> = bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
                let [rows, columns] = shape?;
                (rows.checked_mul(columns) == Some(values.len())).then_some(Some(values))?
            }
            None => None,
        };
        Some(Scored { score: f32::from_bits(score), map })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_as_it_was_asked() {
        let pixels = Pixels { width: 2, height: 3, channels: 1, values: vec![1, 2, 3, 4, 5, 6] };
        let question = |pixels: &Pixels| [&head(pixels, true)[..], &pixels.values].concat();
        assert_eq!(asked(question(&pixels)), Some((pixels.clone(), true)));
        for odd in [vec![], vec![0; HEAD - 1], question(&Pixels { width: 4, ..pixels.clone() })] {
            assert_eq!(asked(odd.clone()), None, "{odd:?}");
        }
    }

    #[test]
    fn an_answer_of_another_shape_is_none() {
        let told = |map: &[f32]| {
            let bytes: Vec<u8> = map.iter().flat_map(|value| value.to_le_bytes()).collect();
            Told::Scored { score: 1.5_f32.to_bits(), map: Some(BASE64_STANDARD.encode(bytes)) }
        };
        let scored = told(&[1.0, 2.0]).scored(Some([1, 2])).unwrap();
        assert_eq!(scored, Scored { score: 1.5, map: Some(vec![1.0, 2.0]) });
        assert_eq!(told(&[1.0, 2.0]).scored(Some([2, 2])), None);
        assert_eq!(told(&[1.0, 2.0]).scored(None), None);
        assert_eq!(Told::Scored { score: 0, map: Some("!".to_owned()) }.scored(Some([1, 2])), None);
        assert_eq!(Told::Waiting.scored(None), None);
    }
}
