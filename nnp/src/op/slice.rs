//! Slice: a box out of an array, with steps.

use super::{
    declare::function,
    function::{Rules, set_first},
    shape::Inputs,
};
use crate::error::{Requirement, ShapeError};

function! {
    /// Elements `start`, `start + step`, … before `stop` on each axis.
    ///
    /// A negative start or stop counts from the end, a stop beyond the end is clipped to it. Fewer values than axes are for
    /// the last axes.
    pub struct Slice: "Slice" in "slice_param" {
        /// First element.
        start: ints,
        /// First element that is not taken.
        stop: ints,
        /// Distance of elements, not 0. A negative one walks backwards.
        step: ints,
    }
}

impl Slice {
    /// First element, step and count on every axis of an input of shape `x`, with all that is negative or missing
    /// worked out.
    ///
    /// # Errors
    /// [`ShapeError`] for lists of different lengths, a step of 0 or a start outside of the axis.
    pub fn ranges(&self, x: &[usize]) -> Result<Vec<(usize, i64, usize)>, ShapeError> {
        self.resolve(Inputs { op: "Slice", shapes: &[x] })
    }

    fn resolve(&self, inputs: Inputs<'_>) -> Result<Vec<(usize, i64, usize)>, ShapeError> {
        let x = inputs.get(0)?;
        let count = self.start.len();
        for (argument, values) in [("stop", &self.stop), ("step", &self.step)] {
            if values.len() != count {
                return Err(inputs.argument(argument, format!("{values:?}"), format!("{count} values like start")));
            }
        }
        let Some(whole) = x.len().checked_sub(count) else {
            return Err(inputs.argument("start", format!("{:?}", self.start), Requirement::AtMostValues(x.len())));
        };
        let (leading, sliced) = x.split_at(whole);
        let mut ranges: Vec<_> = leading.iter().map(|&extent| (0, 1, extent)).collect();
        for (((&start, &stop), &step), &extent) in self.start.iter().zip(&self.stop).zip(&self.step).zip(sliced) {
            ranges.push(range(inputs, start, stop, step, extent)?);
        }
        Ok(ranges)
    }
}

impl Rules for Slice {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.one()?;
        Ok(self.resolve(inputs)?.into_iter().map(|(_, _, count)| count).collect())
    }

    fn holds_batch(&self, stored: i64) -> bool {
        self.start.first() == Some(&0) && self.stop.first() == Some(&stored) && self.step.first() == Some(&1)
    }

    fn set_batch(&mut self, rows: i64) {
        set_first(&mut self.stop, rows);
    }
}

fn range(
    inputs: Inputs<'_>,
    start: i64,
    stop: i64,
    step: i64,
    extent: usize,
) -> Result<(usize, i64, usize), ShapeError> {
    let signed = i64::try_from(extent).map_err(|_| inputs.overflow())?;
    let from_start = |value: i64| if value < 0 { value.saturating_add(signed) } else { value };
    let (first, stop) = (from_start(start), from_start(stop).min(signed));
    // Going up, every element lies in first..stop; going down in stop+1..=first.
    let (span, in_range) = match step {
        0 => return Err(inputs.argument("step", 0, "a step other than 0")),
        1.. => (stop.saturating_sub(first), first >= 0),
        _ => (first.saturating_sub(stop), first < signed && stop >= -1),
    };
    if span <= 0 {
        return Ok((0, step, 0));
    }
    let count = span.unsigned_abs().div_ceil(step.unsigned_abs());
    match (usize::try_from(first), usize::try_from(count)) {
        (Ok(first), Ok(count)) if in_range => Ok((first, step, count)),
        _ => Err(inputs.argument("start", start, format!("an element of an axis of extent {extent}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        check(&[
            (
                "Slice",
                "start: 0 start: -3 start: 0 start: 0 stop: 2 stop: 4 stop: -1 stop: 8 step: 1 step: 1 step: 1 step: 1",
                &[&[2, 4, 9, 8]],
                Ok(&[2, 3, 8, 8]),
            ),
            ("Slice", "start: 1 stop: 99 step: 2", &[&[5, 9]], Ok(&[5, 4])),
            ("Slice", "start: 3 stop: 1 step: 1", &[&[9]], Ok(&[0])),
            ("Slice", "start: 7 stop: 2 step: -2", &[&[9]], Ok(&[3])),
            (
                "Slice",
                "start: 0 stop: 1 step: 0",
                &[&[9]],
                Err("argument step of Slice is 0, expected a step other than 0"),
            ),
            (
                "Slice",
                "start: -10 stop: 1 step: 1",
                &[&[9]],
                Err("argument start of Slice is -10, expected an element of an axis of extent 9"),
            ),
            (
                "Slice",
                "start: 0 stop: 1 stop: 1 step: 1",
                &[&[9]],
                Err("argument stop of Slice is [1, 1], expected 1 values like start"),
            ),
            (
                "Slice",
                "start: 0 start: 0 stop: 1 stop: 1 step: 1 step: 1",
                &[&[9]],
                Err("argument start of Slice is [0, 0], expected at most 1 values"),
            ),
        ]);
    }

    #[test]
    fn ranges_are_absolute() {
        let slice = Slice { start: vec![-4, 7], stop: vec![-1, 0], step: vec![2, -3] };
        assert_eq!(slice.ranges(&[3, 9, 9]).unwrap(), [(0, 1, 3), (5, 2, 2), (7, -3, 3)]);
        let extreme = Slice { start: vec![i64::MIN], stop: vec![i64::MAX], step: vec![i64::MIN] };
        assert_eq!(extreme.ranges(&[9]).unwrap(), [(0, i64::MIN, 0)]);
    }
}
