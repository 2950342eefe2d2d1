//! Arrays from a rule and elements in other places: Arange, Linspace, Meshgrid, Shift, MatrixDiag and MatrixDiagPart.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// Numbers at equal distances, from no input.
#[derive(Clone, Debug, PartialEq)]
pub enum Sequence {
    /// start, start + step, … before stop
    Arange {
        /// First number.
        start: f64,
        /// First number that is not there.
        stop: f64,
        /// Distance, not 0.
        step: f64,
    },
    /// `num` numbers from start to stop, both included
    Linspace {
        /// First number.
        start: f64,
        /// Last number.
        stop: f64,
        /// How many.
        num: i64,
    },
}

impl Sequence {
    pub(super) fn arange(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        let (start, stop) = (fields.double("start")?, fields.double("stop")?);
        Ok(Self::Arange { start, stop, step: fields.double("step")? })
    }

    pub(super) fn linspace(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        let (start, stop) = (fields.double("start")?, fields.double("stop")?);
        Ok(Self::Linspace { start, stop, num: fields.int("num")? })
    }

    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Arange { .. } => "Arange",
            Self::Linspace { .. } => "Linspace",
        }
    }

    pub(super) fn write(&self, out: &mut Message) {
        match *self {
            Self::Arange { start, stop, step } => {
                out.push_f64("start", start);
                out.push_f64("stop", stop);
                out.push_f64("step", step);
            }
            Self::Linspace { start, stop, num } => {
                out.push_f64("start", start);
                out.push_f64("stop", stop);
                out.push_int("num", num);
            }
        }
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
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

/// Coordinates of a grid over vectors, one output for each input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meshgrid {
    /// The first input runs along the first axis; if not, along the second.
    pub ij_indexing: bool,
}

impl Meshgrid {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { ij_indexing: fields.flag("ij_indexing")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_bool("ij_indexing", self.ij_indexing);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<Vec<usize>>, ShapeError> {
        inputs.count(1.., "at least 1")?;
        let mut grid = Vec::with_capacity(inputs.shapes.len());
        for index in 0..inputs.shapes.len() {
            inputs.rank(index, 1)?;
            grid.extend_from_slice(inputs.get(index)?);
        }
        if let (false, [first, second, ..]) = (self.ij_indexing, grid.as_mut_slice()) {
            std::mem::swap(first, second);
        }
        inputs.elements(&grid)?;
        Ok(vec![grid; inputs.shapes.len()])
    }
}

/// What comes in where elements have moved away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// The element at the border.
    Nearest,
    /// The elements mirrored at the border.
    Reflect,
}

/// Moves the elements along the last axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// How far, one number for each of the last axes; positive to higher places.
    pub shifts: Vec<i64>,
    /// What comes in.
    pub border: Border,
}

impl Shift {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        let shifts = fields.ints("shifts")?;
        let border = match fields.one("border_mode")? {
            None => Border::Nearest,
            Some(field) => match &field.value {
                crate::text::Value::Text(text) if text == "nearest" => Border::Nearest,
                crate::text::Value::Text(text) if text == "reflect" => Border::Reflect,
                _ => return Err(fields.value(field, "\"nearest\" or \"reflect\"")),
            },
        };
        Ok(Self { shifts, border })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_ints("shifts", &self.shifts);
        out.push_text("border_mode", if self.border == Border::Nearest { "nearest" } else { "reflect" });
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        if self.shifts.len() > x.len() {
            return Err(inputs.argument("shifts", format!("{:?}", self.shifts), format!("at most {} values", x.len())));
        }
        Ok(x.to_vec())
    }
}

/// A matrix with the input on its diagonal.
pub(super) fn matrix_diag(inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
    let x = inputs.one()?;
    let last = x.last().ok_or_else(|| inputs.wrong_rank(0, "at least 1"))?;
    Ok([x, &[*last]].concat())
}

/// The diagonal of a square matrix.
pub(super) fn matrix_diag_part(inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
    match inputs.one()? {
        [outer @ .., rows, columns] if rows == columns => Ok([outer, &[*rows]].concat()),
        _ => Err(inputs.wrong_shape(0, "square matrices on the last two axes")),
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
