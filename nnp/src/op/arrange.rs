//! Arrays from a rule and elements in other places: Arange, Linspace, Meshgrid, Shift, MatrixDiag and MatrixDiagPart.

use super::{
    declare::{family, function, words},
    function::Rules,
    shape::Inputs,
};
use crate::error::{Requirement, ShapeError};

family! {
    /// Numbers at equal distances, from no input.
    pub enum Sequence {
        /// start, start + step, … before stop
        Arange: "Arange" in "arange_param" {
            /// First number.
            start: double,
            /// First number that is not there.
            stop: double,
            /// Distance, not 0.
            step: double,
        },
        /// `num` numbers from start to stop, both included
        Linspace: "Linspace" in "linspace_param" {
            /// First number.
            start: double,
            /// Last number.
            stop: double,
            /// How many.
            num: int,
        },
    }
}

impl Rules for Sequence {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(0..=0, "none")?;
        match *self {
            Self::Arange { start, stop, step } => {
                let count = ((stop - start) / step).ceil().max(0.0);
                // Nobody allocates more.
                if count.is_nan() || count > 1e12 {
                    return Err(inputs.argument("step", step, "one that leads from start to stop"));
                }
                Ok(vec![count as usize])
            }
            Self::Linspace { num, .. } => Ok(vec![inputs.extent("num", num, 0)?]),
        }
    }
}

function! {
    /// Coordinates of a grid over vectors, one output for each input.
    #[derive(Eq)]
    pub struct Meshgrid: "Meshgrid" in "meshgrid_param" {
        /// The first input runs along the first axis; if not, along the second.
        ij_indexing: flag,
    }
}

impl Rules for Meshgrid {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(1.., Requirement::AtLeast(1))?;
        let mut grid = Vec::with_capacity(inputs.shapes.len());
        for index in 0..inputs.shapes.len() {
            inputs.rank(index, 1)?;
            grid.extend_from_slice(inputs.get(index)?);
        }
        if let (false, [first, second, ..]) = (self.ij_indexing, grid.as_mut_slice()) {
            std::mem::swap(first, second);
        }
        Ok(grid)
    }

    fn infer_all(&self, inputs: Inputs<'_>) -> Result<Vec<Vec<usize>>, ShapeError> {
        Ok(vec![self.infer(inputs)?; inputs.shapes.len()])
    }
}

words! {
    /// What comes in where elements have moved away.
    pub enum Border {
        /// The element at the border.
        Nearest = "nearest",
        /// The elements mirrored at the border.
        Reflect = "reflect",
    }
}

function! {
    /// Moves the elements along the last axes.
    #[derive(Eq)]
    pub struct Shift: "Shift" in "shift_param" {
        /// How far, one number for each of the last axes; positive to higher places.
        shifts: ints,
        /// What comes in.
        border_mode: word(Border),
    }
}

impl Rules for Shift {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        if self.shifts.len() > x.len() {
            return Err(inputs.argument("shifts", format!("{:?}", self.shifts), Requirement::AtMostValues(x.len())));
        }
        Ok(x.to_vec())
    }
}

function! {
    /// A matrix with the input on its diagonal.
    pub struct MatrixDiag: "MatrixDiag";
}

impl Rules for MatrixDiag {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        let last = x.last().ok_or_else(|| inputs.wrong_rank(0, Requirement::AtLeast(1)))?;
        Ok([x, &[*last]].concat())
    }
}

function! {
    /// The diagonal of a square matrix.
    pub struct MatrixDiagPart: "MatrixDiagPart";
}

impl Rules for MatrixDiagPart {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        match inputs.one()? {
            [outer @ .., rows, columns] if rows == columns => Ok([outer, &[*rows]].concat()),
            _ => Err(inputs.wrong_shape(0, "square matrices on the last two axes")),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::{check, read};

    #[test]
    fn shapes() {
        check(&[
            ("Arange", "stop: 8.0 step: 1.0", &[], Ok(&[8])),
            ("Arange", "start: 1.0 step: -0.3", &[], Ok(&[4])),
            (
                "Arange",
                "stop: 8.0",
                &[],
                Err("argument step of Arange is 0, expected one that leads from start to stop"),
            ),
            ("Linspace", "start: -1.0 stop: 1.0 num: 8", &[], Ok(&[8])),
            ("Shift", "shifts: 1 shifts: -2 border_mode: \"nearest\"", &[&[2, 9, 8]], Ok(&[2, 9, 8])),
            (
                "Shift",
                "shifts: 1 shifts: -2 border_mode: \"reflect\"",
                &[&[2]],
                Err("argument shifts of Shift is [1, -2], expected at most 1 values"),
            ),
            ("MatrixDiag", "", &[&[2, 3]], Ok(&[2, 3, 3])),
            ("MatrixDiagPart", "", &[&[2, 3, 3]], Ok(&[2, 3])),
            (
                "MatrixDiagPart",
                "",
                &[&[3, 4]],
                Err("input 0 of MatrixDiagPart has shape [3, 4], expected square matrices on the last two axes"),
            ),
        ]);
        assert_eq!(read("Meshgrid", "").infer(&[&[3], &[4]]).unwrap(), [[4, 3], [4, 3]]);
        assert_eq!(read("Meshgrid", "ij_indexing: true").infer(&[&[3], &[4]]).unwrap(), [[3, 4], [3, 4]]);
    }
}
