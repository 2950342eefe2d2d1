//! Transpose, Reshape, Broadcast, Flip and Tile: the same values elsewhere.

use super::{
    declare::function,
    function::{Rules, set_first, starts_with_batch},
    shape::Inputs,
};
use crate::error::ShapeError;

function! {
    /// Reorders axes: output axis i is input axis `axes[i]`.
    pub struct Transpose: "Transpose" in "transpose_param" {
        /// A permutation of all axes.
        axes: ints,
    }
}

impl Rules for Transpose {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        let axes = inputs.axes("axes", &self.axes, x.len())?;
        if axes.len() != x.len() {
            return Err(inputs.argument(
                "axes",
                format!("{:?}", self.axes),
                format!("a permutation of {} axes", x.len()),
            ));
        }
        Ok(axes.iter().filter_map(|&axis| x.get(axis).copied()).collect())
    }
}

function! {
    /// The same elements in another shape.
    pub struct Reshape: "Reshape" in "reshape_param" {
        /// Extents of the output. One may be −1: what is left. A first −1 in a file is the batch.
        shape: shape,
        /// A hint for nnabla's memory, `true` by default; it changes no value.
        inplace: flag,
    }
}

impl Reshape {
    /// To `shape`, with nnabla's default hint.
    pub fn new(shape: impl Into<Vec<i64>>) -> Self {
        Self { shape: shape.into(), inplace: true }
    }
}

impl Rules for Reshape {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let total = inputs.elements(inputs.one()?)?;
        let misfit = || inputs.argument("shape", format!("{:?}", self.shape), format!("a shape of {total} elements"));
        let mut known = 1_usize;
        let mut open = None;
        let mut out = Vec::with_capacity(self.shape.len());
        for (at, &extent) in self.shape.iter().enumerate() {
            if extent == -1 && open.replace(at).is_none() {
                out.push(1);
                continue;
            }
            let extent = usize::try_from(extent).map_err(|_| misfit())?;
            known = known.checked_mul(extent).ok_or_else(misfit)?;
            out.push(extent);
        }
        match open.and_then(|at| out.get_mut(at)) {
            Some(open) if known > 0 && total.is_multiple_of(known) => *open = total / known,
            None if known == total => {}
            _ => return Err(misfit()),
        }
        Ok(out)
    }

    fn holds_batch(&self, _: i64) -> bool {
        starts_with_batch(&self.shape)
    }

    fn set_batch(&mut self, rows: i64) {
        set_first(&mut self.shape, rows);
    }
}

function! {
    /// Repeats axes of extent 1 until they have the extents of `shape`.
    pub struct Broadcast: "Broadcast" in "broadcast_param" {
        /// Extents of the output. A first −1 in a file is the batch.
        shape: shape,
    }
}

impl Rules for Broadcast {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        let out: Vec<_> =
            self.shape.iter().map(|&extent| inputs.extent("shape", extent, 0)).collect::<Result<_, _>>()?;
        let mut pairs = out.iter().rev().zip(x.iter().rev());
        if x.len() > out.len() || pairs.any(|(out, x)| x != out && *x != 1) {
            return Err(inputs.wrong_shape(0, format!("one that broadcasts to {out:?}")));
        }
        Ok(out)
    }

    fn holds_batch(&self, _: i64) -> bool {
        starts_with_batch(&self.shape)
    }

    fn set_batch(&mut self, rows: i64) {
        set_first(&mut self.shape, rows);
    }
}

function! {
    /// Repeats the second input to the shape of the first, whose values do not count.
    pub struct BroadcastTo: "BroadcastTo" in "broadcast_to_param" {
        /// Axis of the first input that the first axis of the second stands at; negative for the last that fit.
        axis: int,
    }
}

impl BroadcastTo {
    /// Where the second input's first axis stands in a shape of `rank` axes.
    pub fn start(&self, rank: usize, of_second: usize) -> Option<usize> {
        let last = rank.checked_sub(of_second)?;
        if self.axis < 0 { Some(last) } else { usize::try_from(self.axis).ok().filter(|&axis| axis <= last) }
    }
}

impl Rules for BroadcastTo {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=2, "x and y")?;
        let (x, y) = (inputs.get(0)?, inputs.get(1)?);
        let fits = |start: usize| x.iter().skip(start).zip(y).all(|(x, y)| x == y || *y == 1);
        match self.start(x.len(), y.len()) {
            Some(start) if fits(start) => Ok(x.to_vec()),
            _ => Err(inputs.wrong_shape(1, format!("axes of {x:?} from axis {} on", self.axis))),
        }
    }
}

function! {
    /// Reverses the order of elements along `axes`.
    pub struct Flip: "Flip" in "flip_param" {
        /// The axes.
        axes: ints,
    }
}

impl Rules for Flip {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        inputs.axes("axes", &self.axes, x.len())?;
        Ok(x.to_vec())
    }
}

function! {
    /// Repeats x as a whole, `reps` times along each axis.
    pub struct Tile: "Tile" in "tile_param" {
        /// Repeats per axis; fewer than axes are for the last ones, more add leading axes.
        reps: ints,
    }
}

impl Rules for Tile {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        let mut out = vec![1; self.reps.len().saturating_sub(x.len())];
        out.extend_from_slice(x);
        for (extent, &reps) in out.iter_mut().rev().zip(self.reps.iter().rev()) {
            *extent = extent.checked_mul(inputs.extent("reps", reps, 0)?).ok_or_else(|| inputs.overflow())?;
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn transpose() {
        check(&[
            ("Transpose", "axes: 0 axes: 2 axes: 3 axes: 1", &[&[2, 4, 9, 8]], Ok(&[2, 9, 8, 4])),
            (
                "Transpose",
                "axes: 1 axes: 0",
                &[&[2, 3, 4]],
                Err("argument axes of Transpose is [1, 0], expected a permutation of 3 axes"),
            ),
        ]);
    }

    #[test]
    fn reshape() {
        check(&[
            ("Reshape", "shape { dim: 2 dim: 36 dim: 8 } inplace: true", &[&[2, 4, 9, 8]], Ok(&[2, 36, 8])),
            ("Reshape", "shape { dim: -1 dim: 36 dim: 8 }", &[&[2, 4, 9, 8]], Ok(&[2, 36, 8])),
            ("Reshape", "shape { }", &[&[1, 1]], Ok(&[])),
            (
                "Reshape",
                "shape { dim: -1 dim: 5 }",
                &[&[2, 4]],
                Err("argument shape of Reshape is [-1, 5], expected a shape of 8 elements"),
            ),
            (
                "Reshape",
                "shape { dim: -1 dim: -1 }",
                &[&[2, 4]],
                Err("argument shape of Reshape is [-1, -1], expected a shape of 8 elements"),
            ),
            (
                "Reshape",
                "shape { dim: 0 dim: -1 }",
                &[&[0, 4]],
                Err("argument shape of Reshape is [0, -1], expected a shape of 0 elements"),
            ),
            (
                "Reshape",
                "shape { dim: 4611686018427387904 dim: 4611686018427387904 }",
                &[&[2, 4]],
                Err("argument shape of Reshape is [4611686018427387904, 4611686018427387904], \
                     expected a shape of 8 elements"),
            ),
        ]);
    }

    #[test]
    fn broadcast_flip_tile() {
        check(&[
            ("Broadcast", "shape { dim: 2 dim: 4 dim: 9 }", &[&[2, 1, 9]], Ok(&[2, 4, 9])),
            ("Broadcast", "shape { dim: 2 dim: 4 }", &[&[]], Ok(&[2, 4])),
            (
                "Broadcast",
                "shape { dim: 2 dim: 4 }",
                &[&[2, 3]],
                Err("input 0 of Broadcast has shape [2, 3], expected one that broadcasts to [2, 4]"),
            ),
            ("Flip", "axes: 3", &[&[2, 4, 9, 8]], Ok(&[2, 4, 9, 8])),
            ("Tile", "reps: 1 reps: 1 reps: 2 reps: 1", &[&[2, 4, 9, 8]], Ok(&[2, 4, 18, 8])),
            ("Tile", "reps: 3 reps: 2", &[&[4]], Ok(&[3, 8])),
        ]);
    }
}
