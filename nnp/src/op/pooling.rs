//! MaxPooling, AveragePooling, SumPooling, GlobalAveragePooling and Unpooling.

use super::{
    declare::function,
    function::{Arguments, Rules, Type},
    operations::{Operations, Work},
    shape::{Inputs, Spatial},
};
use crate::{
    error::{Requirement, ShapeError, TextError},
    text::{Fields, Message},
};

/// What a pooling does with its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolingKind {
    /// MaxPooling.
    Max,
    /// AveragePooling.
    Average {
        /// Divide by the whole window, padding included, instead of by the elements of the input in it.
        including_pad: bool,
    },
    /// SumPooling.
    Sum,
}

/// Pooling over the last axes of x (…, spatial…), or with `channel_last` over those before the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Pooling {
    /// What is done with the window.
    pub kind: PoolingKind,
    /// Extent of the window on each spatial axis.
    pub kernel: Vec<i64>,
    /// Step of the window.
    pub stride: Vec<i64>,
    /// Leave out windows that hang over the far border. If not, there are ⌈(n + pad) / stride⌉ windows.
    pub ignore_border: bool,
    /// Padding on both sides of each spatial axis.
    pub pad: Vec<i64>,
    /// Channels are the last axis.
    pub channel_last: bool,
}

impl Pooling {
    fn read(fields: &mut Fields<'_>, kind: PoolingKind) -> Result<Self, TextError> {
        Ok(Self {
            kind: match kind {
                PoolingKind::Average { .. } => PoolingKind::Average { including_pad: fields.flag("including_pad")? },
                other => other,
            },
            kernel: fields.shape("kernel")?,
            stride: fields.shape("stride")?,
            ignore_border: fields.flag("ignore_border")?,
            pad: fields.shape("pad")?,
            channel_last: fields.flag("channel_last")?,
        })
    }
}

impl Arguments for Pooling {
    fn types() -> &'static [Type<Self>] {
        &[
            Type {
                name: "MaxPooling",
                field: Some("max_pooling_param"),
                read: |fields| Self::read(fields, PoolingKind::Max),
            },
            Type {
                name: "AveragePooling",
                field: Some("average_pooling_param"),
                read: |fields| Self::read(fields, PoolingKind::Average { including_pad: false }),
            },
            Type {
                name: "SumPooling",
                field: Some("sum_pooling_param"),
                read: |fields| Self::read(fields, PoolingKind::Sum),
            },
        ]
    }

    fn type_name(&self) -> &'static str {
        match self.kind {
            PoolingKind::Max => "MaxPooling",
            PoolingKind::Average { .. } => "AveragePooling",
            PoolingKind::Sum => "SumPooling",
        }
    }

    fn write(&self, out: &mut Message) {
        out.push_shape("kernel", &self.kernel);
        out.push_shape("stride", &self.stride);
        out.push_bool("ignore_border", self.ignore_border);
        out.push_shape("pad", &self.pad);
        out.push_bool("channel_last", self.channel_last);
        if let PoolingKind::Average { including_pad } = self.kind {
            out.push_bool("including_pad", including_pad);
        }
    }
}

impl Rules for Pooling {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        let count = self.kernel.len();
        let kernel = inputs.extents("kernel", &self.kernel, count, 1)?;
        let stride = inputs.extents("stride", &self.stride, count, 1)?;
        let pad = inputs.extents("pad", &self.pad, count, 0)?;
        resize(inputs, x, count, self.channel_last, |axis, extent| {
            let (Some(&kernel), Some(&stride), Some(&pad)) = (kernel.get(axis), stride.get(axis), pad.get(axis)) else {
                return Ok(extent);
            };
            let padded = |times: usize| pad.checked_mul(times).and_then(|pad| pad.checked_add(extent));
            if self.ignore_border {
                let padded = padded(2).ok_or_else(|| inputs.overflow())?;
                let room = padded.checked_sub(kernel).ok_or_else(|| {
                    inputs.wrong_shape(0, format!("spatial extents of at least {kernel} with padding"))
                })?;
                Ok(room / stride + 1)
            } else {
                Ok(padded(1).ok_or_else(|| inputs.overflow())?.div_ceil(stride))
            }
        })
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        let window = self.kernel.iter().map(|&extent| extent.unsigned_abs()).fold(1, u64::saturating_mul);
        let outputs = work.outputs();
        match self.kind {
            PoolingKind::Max => Operations::comparison(outputs.saturating_mul(window.saturating_sub(1))),
            PoolingKind::Sum => Operations::add(outputs.saturating_mul(window)),
            PoolingKind::Average { .. } => {
                Operations::add(outputs.saturating_mul(window)).and(Operations::division(outputs))
            }
        }
    }
}

function! {
    /// Mean over height and width: x (B, C, H, W) to (B, C, 1, 1).
    pub struct GlobalAveragePooling: "GlobalAveragePooling";
}

impl Rules for GlobalAveragePooling {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        match inputs.one()? {
            [batch, channels, _, _] => Ok(vec![*batch, *channels, 1, 1]),
            _ => Err(inputs.wrong_rank(0, "4")),
        }
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        Operations::add(work.input(0)).and(Operations::division(work.outputs()))
    }
}

function! {
    /// Repeats every element `kernel` times along each of the last axes (nearest neighbour).
    pub struct Unpooling: "Unpooling" in "unpooling_param" {
        /// Repeats on each spatial axis.
        kernel: shape,
        /// Channels are the last axis.
        channel_last: flag,
    }
}

impl Unpooling {
    /// The same repeats for height and width, channels first.
    pub fn square(repeats: i64) -> Self {
        Self { kernel: vec![repeats; 2], channel_last: false }
    }
}

impl Rules for Unpooling {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        let kernel = inputs.extents("kernel", &self.kernel, self.kernel.len(), 1)?;
        resize(inputs, x, kernel.len(), self.channel_last, |axis, extent| {
            kernel.get(axis).and_then(|&kernel| extent.checked_mul(kernel)).ok_or_else(|| inputs.overflow())
        })
    }
}

/// Replaces the spatial extents of `x`: its last `count` axes, or with channels last those before the last.
pub(super) fn resize(
    inputs: Inputs<'_>,
    x: &[usize],
    count: usize,
    channel_last: bool,
    extent: impl Fn(usize, usize) -> Result<usize, ShapeError>,
) -> Result<Vec<usize>, ShapeError> {
    let channels = usize::from(channel_last);
    let Some(batch) = x.len().checked_sub(count).and_then(|rest| rest.checked_sub(channels)) else {
        return Err(inputs.wrong_rank(0, Requirement::AtLeast(count.saturating_add(channels))));
    };
    if !channel_last {
        let (batch, spatial) = x.split_at(batch);
        let spatial: Result<Vec<_>, _> = spatial.iter().enumerate().map(|(axis, &old)| extent(axis, old)).collect();
        return Ok([batch, &spatial?].concat());
    }
    let x = Spatial::split(x, batch, count, true)
        .ok_or_else(|| inputs.wrong_rank(0, Requirement::AtLeast(count + channels)))?;
    let spatial: Result<Vec<_>, _> = x.spatial.iter().enumerate().map(|(axis, &old)| extent(axis, old)).collect();
    Ok(x.with(x.channels, &spatial?))
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn windows_are_counted() {
        let square = |ignore: &str, pad: &str| {
            format!("kernel {{ dim: 3 dim: 3 }} stride {{ dim: 2 dim: 2 }} {ignore} pad {{ dim: {pad} dim: {pad} }}")
        };
        let (floor, ceil, ceil_pad) = (square("ignore_border: true", "0"), square("", "0"), square("", "1"));
        let average = square("ignore_border: true", "1") + " including_pad: true";
        let last = square("ignore_border: true", "1") + " channel_last: true";
        check(&[
            ("MaxPooling", &floor, &[&[2, 4, 9, 8]], Ok(&[2, 4, 4, 3])),
            ("MaxPooling", &ceil, &[&[2, 4, 9, 8]], Ok(&[2, 4, 5, 4])),
            ("MaxPooling", &ceil_pad, &[&[2, 4, 9, 8]], Ok(&[2, 4, 5, 5])),
            ("SumPooling", &floor, &[&[9, 8]], Ok(&[4, 3])),
            ("AveragePooling", &average, &[&[2, 4, 9, 8]], Ok(&[2, 4, 5, 4])),
            ("MaxPooling", &last, &[&[2, 9, 8, 4]], Ok(&[2, 5, 4, 4])),
            ("MaxPooling", &last, &[&[9, 8]], Err("input 0 of MaxPooling has 2 axes, expected at least 3")),
            (
                "MaxPooling",
                &floor,
                &[&[2, 4, 2, 8]],
                Err(
                    "input 0 of MaxPooling has shape [2, 4, 2, 8], expected spatial extents of at least 3 with padding",
                ),
            ),
            (
                "MaxPooling",
                "kernel { dim: 3 dim: 3 } stride { } pad { dim: 0 dim: 0 }",
                &[&[2, 4, 9, 8]],
                Err("argument stride of MaxPooling is [], expected 2 values, one per spatial axis"),
            ),
        ]);
    }

    #[test]
    fn global_and_unpooling() {
        check(&[
            ("GlobalAveragePooling", "", &[&[2, 4, 9, 8]], Ok(&[2, 4, 1, 1])),
            ("GlobalAveragePooling", "", &[&[4, 9, 8]], Err("input 0 of GlobalAveragePooling has 3 axes, expected 4")),
            ("Unpooling", "kernel { dim: 2 dim: 3 }", &[&[2, 4, 9, 8]], Ok(&[2, 4, 18, 24])),
            ("Unpooling", "kernel { dim: 2 dim: 3 } channel_last: true", &[&[2, 9, 8, 4]], Ok(&[2, 18, 24, 4])),
            ("Unpooling", "kernel { dim: 0 }", &[&[2]], Err("argument kernel of Unpooling is 0, expected at least 1")),
        ]);
    }
}
