//! What the shape rules share: access to inputs and arguments that turns nonsense into [`ShapeError`].

use crate::error::{Requirement, ShapeError};

/// The input shapes of one function, with the type name for errors.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'a> {
    pub(super) op: &'a str,
    pub(super) shapes: &'a [&'a [usize]],
}

impl<'a> Inputs<'a> {
    /// Refuses a number of inputs outside of `range`, which `expected` describes.
    pub(super) fn count(
        &self,
        range: impl std::ops::RangeBounds<usize>,
        expected: impl Into<Requirement>,
    ) -> Result<(), ShapeError> {
        if range.contains(&self.shapes.len()) {
            return Ok(());
        }
        Err(ShapeError::Inputs { op: self.op.into(), found: self.shapes.len(), expected: expected.into() })
    }

    /// The only input.
    pub(super) fn one(&self) -> Result<&'a [usize], ShapeError> {
        self.count(1..=1, "1")?;
        self.get(0)
    }

    /// Input `index`; a missing one was refused by [`Inputs::count`] already.
    pub(super) fn get(&self, index: usize) -> Result<&'a [usize], ShapeError> {
        let found = self.shapes.len();
        self.shapes.get(index).copied().ok_or_else(|| ShapeError::Inputs {
            op: self.op.into(),
            found,
            expected: Requirement::AtLeast(index + 1),
        })
    }

    /// Axis `axis` of a shape with `rank` axes; a negative one counts from the end.
    pub(super) fn axis(&self, argument: &'static str, axis: i64, rank: usize) -> Result<usize, ShapeError> {
        let signed = i64::try_from(rank).unwrap_or(i64::MAX);
        let from_start = if axis < 0 { axis.saturating_add(signed) } else { axis };
        match usize::try_from(from_start) {
            Ok(found) if found < rank => Ok(found),
            _ => Err(self.argument(argument, axis, Requirement::AxisOf(rank))),
        }
    }

    /// Several different axes, in the given order.
    pub(super) fn axes(&self, argument: &'static str, axes: &[i64], rank: usize) -> Result<Vec<usize>, ShapeError> {
        let mut found = Vec::with_capacity(axes.len().min(rank));
        for &axis in axes {
            let axis = self.axis(argument, axis, rank)?;
            if found.contains(&axis) {
                return Err(self.argument(argument, format!("{axes:?}"), Requirement::EachAxisOnce));
            }
            found.push(axis);
        }
        Ok(found)
    }

    /// An argument that must be an extent of at least `least`.
    pub(super) fn extent(&self, argument: &'static str, value: i64, least: usize) -> Result<usize, ShapeError> {
        match usize::try_from(value) {
            Ok(found) if found >= least => Ok(found),
            _ => Err(self.argument(argument, value, Requirement::AtLeast(least))),
        }
    }

    /// One extent per spatial axis.
    pub(super) fn extents(
        &self,
        argument: &'static str,
        values: &[i64],
        count: usize,
        least: usize,
    ) -> Result<Vec<usize>, ShapeError> {
        if values.len() != count {
            return Err(self.argument(argument, format!("{values:?}"), Requirement::OnePerSpatialAxis(count)));
        }
        values.iter().map(|&value| self.extent(argument, value, least)).collect()
    }

    /// Refuses input `index` unless it has `expected` axes.
    pub(super) fn rank(&self, index: usize, expected: usize) -> Result<(), ShapeError> {
        let found = self.get(index)?.len();
        if found == expected {
            return Ok(());
        }
        Err(ShapeError::Rank { op: self.op.into(), input: index, found, expected: expected.to_string().into() })
    }

    /// Refuses input `index` unless it has exactly the shape `expected`.
    pub(super) fn shape(&self, index: usize, expected: &[usize]) -> Result<(), ShapeError> {
        if self.get(index)? == expected {
            return Ok(());
        }
        Err(self.wrong_shape(index, format!("{expected:?}")))
    }

    pub(super) fn wrong_rank(&self, input: usize, expected: impl Into<Requirement>) -> ShapeError {
        let found = self.shapes.get(input).map_or(0, |shape| shape.len());
        ShapeError::Rank { op: self.op.into(), input, found, expected: expected.into() }
    }

    pub(super) fn wrong_shape(&self, input: usize, expected: impl Into<Requirement>) -> ShapeError {
        let found = self.shapes.get(input).map_or_else(Vec::new, |shape| shape.to_vec());
        ShapeError::Shape { op: self.op.into(), input, found, expected: expected.into() }
    }

    pub(super) fn argument(
        &self,
        argument: &'static str,
        found: impl ToString,
        expected: impl Into<Requirement>,
    ) -> ShapeError {
        ShapeError::Argument { op: self.op.into(), argument, found: found.to_string(), expected: expected.into() }
    }

    pub(super) fn overflow(&self) -> ShapeError {
        ShapeError::Overflow { op: self.op.into() }
    }

    /// Elements of a shape.
    pub(super) fn elements(&self, shape: &[usize]) -> Result<usize, ShapeError> {
        elements(shape).ok_or_else(|| self.overflow())
    }

    /// The common shape of all inputs, where an extent of 1 repeats and missing leading axes count as 1.
    pub(super) fn broadcast(&self) -> Result<Vec<usize>, ShapeError> {
        let rank = self.shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
        let mut out = vec![1; rank];
        for (index, shape) in self.shapes.iter().enumerate() {
            for (out, &extent) in out.iter_mut().rev().zip(shape.iter().rev()) {
                match (*out, extent) {
                    (1, _) => *out = extent,
                    (_, 1) => {}
                    (a, b) if a == b => {}
                    _ => {
                        let others: Vec<_> = self.shapes.iter().take(index).collect();
                        return Err(self.wrong_shape(index, format!("one that broadcasts with {others:?}")));
                    }
                }
            }
        }
        Ok(out)
    }
}

/// Elements of a shape, or `None` where even their bytes as float64 cannot be counted.
pub(crate) fn elements(shape: &[usize]) -> Option<usize> {
    let count = shape.iter().try_fold(1_usize, |product, &extent| product.checked_mul(extent))?;
    (count <= isize::MAX.unsigned_abs() / size_of::<f64>()).then_some(count)
}

/// Where the axes of an image-like input are: leading batch axes, channels, spatial axes.
pub(super) struct Spatial<'a> {
    pub(super) batch: &'a [usize],
    pub(super) channels: usize,
    pub(super) spatial: &'a [usize],
    channel_last: bool,
}

impl<'a> Spatial<'a> {
    /// Splits `shape` into `base_axis` batch axes, one channel axis and `spatial` axes.
    pub(super) fn split(shape: &'a [usize], base_axis: usize, spatial: usize, channel_last: bool) -> Option<Self> {
        if base_axis.checked_add(spatial)?.checked_add(1)? != shape.len() {
            return None;
        }
        let (batch, rest) = shape.split_at_checked(base_axis)?;
        let (&channels, spatial) = if channel_last { rest.split_last()? } else { rest.split_first()? };
        Some(Self { batch, channels, spatial, channel_last })
    }

    /// The output shape with other channels and other spatial extents.
    pub(super) fn with(&self, channels: usize, spatial: &[usize]) -> Vec<usize> {
        let mut out = self.batch.to_vec();
        if !self.channel_last {
            out.push(channels);
        }
        out.extend_from_slice(spatial);
        if self.channel_last {
            out.push(channels);
        }
        out
    }
}

#[cfg(test)]
pub(super) mod testing {
    use crate::{
        op::Op,
        text::{Message, parse},
    };

    /// Reads the arguments of `type_name` from text and checks that they print the same again.
    pub(in crate::op) fn read(type_name: &str, arguments: &str) -> Op {
        let message = parse(arguments).unwrap();
        let op = Op::read(type_name, &message).unwrap();
        let mut written = Message::new();
        op.write(&mut written);
        assert_eq!(written, message, "{type_name}");
        assert_eq!(op.type_name(), type_name);
        op
    }

    /// Type, arguments, inputs, and the output or the error.
    type Case<'a> = (&'a str, &'a str, &'a [&'a [usize]], Result<&'a [usize], &'a str>);

    /// Checks a table of inferred shapes.
    pub(in crate::op) fn check(cases: &[Case<'_>]) {
        for (type_name, arguments, inputs, expected) in cases {
            let found = read(type_name, arguments).infer(inputs);
            match expected {
                Ok(shape) => assert_eq!(found.unwrap(), [shape.to_vec()], "{type_name} {arguments} {inputs:?}"),
                Err(message) => assert_eq!(found.unwrap_err().to_string(), *message),
            }
        }
    }
}
