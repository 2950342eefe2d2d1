//! Arrays of constants, and the elements of one picked into another.

use std::sync::Arc;

use crate::error::ImportError;

/// The same thing for two batches; where both are equal it does not depend on the batch.
pub(crate) type Pair<T> = [T; 2];

/// Bytes that constants may take: as much as an NNP can hold.
const PARAMETERS: u64 = nnp::protobuf::SIZE_LIMIT;
/// Bytes of what is computed from constants, and of whole numbers, which take more here than in the file.
const MADE: u64 = 1 << 29;

/// Memory that is left for constants.
pub(crate) struct Room {
    parameters: u64,
    made: u64,
}

impl Default for Room {
    fn default() -> Self {
        Self { parameters: PARAMETERS, made: MADE }
    }
}

impl Room {
    /// Counts floats of the file before memory is taken for them.
    pub(crate) fn floats(&mut self, count: usize) -> Result<(), ImportError> {
        take(&mut self.parameters, count, 4, PARAMETERS)
    }

    /// Counts whole numbers.
    pub(crate) fn whole(&mut self, count: usize) -> Result<(), ImportError> {
        take(&mut self.made, count, 16, MADE)
    }

    /// Counts what is computed.
    pub(crate) fn made(&mut self, count: usize, whole: bool) -> Result<(), ImportError> {
        take(&mut self.made, count, if whole { 16 } else { 4 }, MADE)
    }
}

fn take(left: &mut u64, count: usize, bytes: u64, limit: u64) -> Result<(), ImportError> {
    let wanted = u64::try_from(count).ok().and_then(|count| count.checked_mul(bytes));
    *left = wanted.and_then(|wanted| left.checked_sub(wanted)).ok_or(ImportError::TooLarge { limit })?;
    Ok(())
}

/// A constant.
#[derive(Clone, Debug)]
pub(crate) struct Array {
    /// What the file calls it, or what it was made from.
    pub(crate) name: Option<Arc<str>>,
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Data,
}

/// The values of a constant.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    Floats {
        values: Arc<[f32]>,
        /// Whether they were computed from the batch.
        of_batch: bool,
    },
    Whole {
        values: Arc<[Pair<i64>]>,
        /// Whether they are of type bool, 1 for true.
        truth: bool,
    },
}

impl Array {
    pub(crate) fn floats(shape: Vec<usize>, values: Vec<f32>) -> Self {
        Self { name: None, shape, data: Data::Floats { values: values.into(), of_batch: false } }
    }

    pub(crate) fn whole(shape: Vec<usize>, values: Vec<Pair<i64>>) -> Self {
        Self { name: None, shape, data: Data::Whole { values: values.into(), truth: false } }
    }

    pub(crate) fn len(&self) -> usize {
        match &self.data {
            Data::Floats { values, .. } => values.len(),
            Data::Whole { values, .. } => values.len(),
        }
    }

    /// The values as floats, and whether they depend on the batch.
    #[expect(clippy::cast_precision_loss, reason = "arrays of NNP are float32")]
    pub(crate) fn as_floats(&self) -> (Arc<[f32]>, bool) {
        match &self.data {
            Data::Floats { values, of_batch } => (values.clone(), *of_batch),
            Data::Whole { values, .. } => {
                (values.iter().map(|value| value[0] as f32).collect(), values.iter().any(|value| value[0] != value[1]))
            }
        }
    }

    /// The whole numbers, unless they are floats.
    pub(crate) fn as_whole(&self) -> Option<&[Pair<i64>]> {
        match &self.data {
            Data::Whole { values, .. } => Some(values),
            Data::Floats { .. } => None,
        }
    }

    /// The only value, as a float that does not depend on the batch.
    pub(crate) fn scalar(&self) -> Option<f32> {
        if self.len() != 1 {
            return None;
        }
        let (values, of_batch) = self.as_floats();
        values.first().copied().filter(|_| !of_batch)
    }

    /// The same values in another shape of as many.
    pub(crate) fn reshaped(&self, shape: Vec<usize>) -> Self {
        Self { shape, ..self.clone() }
    }

    /// The elements at `places`, as many as `shape` has.
    pub(crate) fn pick(
        &self,
        room: &mut Room,
        shape: Vec<usize>,
        places: impl Iterator<Item = usize>,
    ) -> Result<Self, ImportError> {
        let count = count(&shape).ok_or(ImportError::TooLarge { limit: MADE })?;
        room.made(count, self.as_whole().is_some())?;
        // Places are made from the shape of this array; one outside of it would be a mistake here, and gives nothing.
        let data = match &self.data {
            Data::Floats { values, of_batch } => Data::Floats {
                values: places.take(count).filter_map(|at| values.get(at).copied()).collect(),
                of_batch: *of_batch,
            },
            Data::Whole { values, truth } => Data::Whole {
                values: places.take(count).filter_map(|at| values.get(at).copied()).collect(),
                truth: *truth,
            },
        };
        let made = Self { name: self.name.clone(), shape, data };
        if made.len() == count { Ok(made) } else { Err(ImportError::TooLarge { limit: MADE }) }
    }

    /// Elements at a distance of `steps` on each axis of `shape`, from `start` on.
    pub(crate) fn strided(
        &self,
        room: &mut Room,
        shape: Vec<usize>,
        start: usize,
        steps: Vec<isize>,
    ) -> Result<Self, ImportError> {
        let walk = Walk::new(&shape, start, steps);
        self.pick(room, shape, walk)
    }

    /// Repeats axes of extent 1 to `shape`, which has at least as many axes; `None` where that does not fit.
    pub(crate) fn expanded(&self, room: &mut Room, shape: &[usize]) -> Option<Result<Self, ImportError>> {
        if self.shape == shape {
            return Some(Ok(self.clone()));
        }
        let added = shape.len().checked_sub(self.shape.len())?;
        let mut steps = vec![0; added];
        for ((&extent, &wanted), step) in self.shape.iter().zip(shape.iter().skip(added)).zip(strides(&self.shape)) {
            match extent {
                _ if extent == wanted => steps.push(step),
                1 => steps.push(0),
                _ => return None,
            }
        }
        Some(self.strided(room, shape.to_vec(), 0, steps))
    }
}

/// Axes that an array may have: more are in no model, and rules about axes take the square of their number.
pub(crate) const MOST_AXES: usize = 32;

/// Elements of a shape, if they can be counted.
pub(crate) fn count(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1_usize, |product, &extent| product.checked_mul(extent))
}

/// Distance of neighbouring elements on each axis.
pub(crate) fn strides(shape: &[usize]) -> Vec<isize> {
    let mut step = 1_isize;
    let mut steps: Vec<isize> = shape
        .iter()
        .rev()
        .map(|&extent| {
            let here = step;
            step = step.saturating_mul(isize::try_from(extent).unwrap_or(isize::MAX));
            here
        })
        .collect();
    steps.reverse();
    steps
}

/// Places of a strided walk through an array, last axis fastest.
struct Walk {
    shape: Vec<usize>,
    steps: Vec<isize>,
    at: Vec<usize>,
    place: isize,
    left: usize,
}

impl Walk {
    fn new(shape: &[usize], start: usize, steps: Vec<isize>) -> Self {
        Self {
            at: vec![0; shape.len()],
            shape: shape.to_vec(),
            steps,
            place: isize::try_from(start).unwrap_or(isize::MAX),
            left: count(shape).unwrap_or(0),
        }
    }
}

impl Iterator for Walk {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let here = usize::try_from(self.place).ok();
        for ((at, &extent), &step) in self.at.iter_mut().zip(&self.shape).zip(&self.steps).rev() {
            *at += 1;
            self.place = self.place.wrapping_add(step);
            if *at < extent {
                break;
            }
            self.place = self.place.wrapping_sub(step.wrapping_mul(isize::try_from(extent).unwrap_or(isize::MAX)));
            *at = 0;
        }
        here
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floats(array: &Array) -> Vec<f32> {
        array.as_floats().0.to_vec()
    }

    #[test]
    fn walks_transpose_reverse_and_repeat() {
        let mut room = Room::default();
        let x = Array::floats(vec![2, 3], vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(floats(&x.strided(&mut room, vec![3, 2], 0, vec![1, 3]).unwrap()), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
        assert_eq!(floats(&x.strided(&mut room, vec![2, 2], 2, vec![3, -2]).unwrap()), [2.0, 0.0, 5.0, 3.0]);
        let row = Array::floats(vec![3], vec![7.0, 8.0, 9.0]);
        let repeated = row.expanded(&mut room, &[2, 3]).unwrap().unwrap();
        assert_eq!(floats(&repeated), [7.0, 8.0, 9.0, 7.0, 8.0, 9.0]);
        assert!(x.expanded(&mut room, &[4, 3]).is_none() && x.expanded(&mut room, &[3]).is_none());
    }

    #[test]
    fn memory_is_counted_before_it_is_taken() {
        let one = Array::floats(vec![1], vec![1.0]);
        let mut room = Room::default();
        let refused = one.expanded(&mut room, &[1 << 40]).unwrap().unwrap_err();
        assert!(matches!(refused, ImportError::TooLarge { .. }));
        let refused = one.expanded(&mut room, &[usize::MAX, 2]).unwrap().unwrap_err();
        assert!(matches!(refused, ImportError::TooLarge { .. }));
        assert!(room.floats(1 << 29).is_err() && room.floats(1 << 28).is_ok() && room.floats(1 << 28).is_err());
    }
}
