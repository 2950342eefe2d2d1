//! Sum, Mean, Max, Min, Prod and Norm over axes.

use super::{
    declare::{family, function},
    function::{Arguments, Rules, Type},
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

family! {
    /// Which function.
    #[allow(missing_docs)] // The names say it.
    pub enum ReduceKind of Reduce {
        Sum: "Sum" in "sum_param",
        Mean: "Mean" in "mean_param",
        Prod: "Prod" in "prod_param",
        Max: "Max" in "max_param",
        Min: "Min" in "min_param",
    }
}

/// Reduces x over `axes`; no axes leave x as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduce {
    /// Which function.
    pub kind: ReduceKind,
    /// The axes that go away.
    pub axes: Vec<i64>,
    /// Keep them with extent 1 instead.
    pub keep_dims: bool,
    /// Max and Min only: a second output holds where the element was found.
    pub with_index: bool,
    /// Max and Min only: the only output holds where the element was found.
    pub only_index: bool,
}

impl Reduce {
    /// Over `axes`, which go away.
    pub fn new(kind: ReduceKind, axes: impl Into<Vec<i64>>) -> Self {
        Self { kind, axes: axes.into(), keep_dims: false, with_index: false, only_index: false }
    }

    fn read(fields: &mut Fields<'_>, kind: ReduceKind) -> Result<Self, TextError> {
        let has_index = matches!(kind, ReduceKind::Max | ReduceKind::Min);
        Ok(Self {
            kind,
            axes: fields.ints("axes")?,
            keep_dims: fields.flag("keep_dims")?,
            with_index: has_index && fields.flag("with_index")?,
            only_index: has_index && fields.flag("only_index")?,
        })
    }
}

impl Arguments for Reduce {
    fn types() -> &'static [Type<Self>] {
        ReduceKind::types()
    }

    fn type_name(&self) -> &'static str {
        self.kind.type_name()
    }

    fn write(&self, out: &mut Message) {
        out.push_ints("axes", &self.axes);
        out.push_bool("keep_dims", self.keep_dims);
        out.push_bool("with_index", self.with_index);
        out.push_bool("only_index", self.only_index);
    }
}

impl Rules for Reduce {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        reduced(inputs, &self.axes, self.keep_dims)
    }

    fn infer_all(&self, inputs: Inputs<'_>) -> Result<Vec<Vec<usize>>, ShapeError> {
        Ok(vec![self.infer(inputs)?; if self.with_index && !self.only_index { 2 } else { 1 }])
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        let x = work.input(0);
        match self.kind {
            ReduceKind::Sum => Operations::add(x),
            ReduceKind::Mean => Operations::add(x).and(Operations::division(work.outputs())),
            ReduceKind::Prod => Operations::multiply(x),
            ReduceKind::Max | ReduceKind::Min => Operations::comparison(x),
        }
    }
}

function! {
    /// The p-norm over `axes`: (Σ|x|ᵖ)^(1/p).
    pub struct Norm: "Norm" in "norm_param" {
        /// Order; 0 stands for the default, 2.
        p: float,
        /// The axes that go away.
        axes: ints,
        /// Keep them with extent 1 instead.
        keep_dims: flag,
    }
}

impl Rules for Norm {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        reduced(inputs, &self.axes, self.keep_dims)
    }
}

fn reduced(inputs: Inputs<'_>, axes: &[i64], keep_dims: bool) -> Result<Vec<usize>, ShapeError> {
    let x = inputs.one()?;
    let axes = inputs.axes("axes", axes, x.len())?;
    let kept = x.iter().enumerate().filter_map(|(axis, &extent)| match (axes.contains(&axis), keep_dims) {
        (false, _) => Some(extent),
        (true, true) => Some(1),
        (true, false) => None,
    });
    Ok(kept.collect())
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::{check, read};

    #[test]
    fn axes_go_or_shrink() {
        check(&[
            ("Sum", "axes: 1", &[&[2, 4, 9, 8]], Ok(&[2, 9, 8])),
            ("Mean", "axes: 2 axes: 3 keep_dims: true", &[&[2, 4, 9, 8]], Ok(&[2, 4, 1, 1])),
            ("Prod", "axes: -1", &[&[2, 4]], Ok(&[2])),
            ("Max", "axes: 0 axes: 1", &[&[2, 4]], Ok(&[])),
            ("Min", "axes: 1 only_index: true", &[&[2, 4]], Ok(&[2])),
            ("Sum", "", &[&[2, 4]], Ok(&[2, 4])),
            ("Norm", "p: 2.0 axes: 1", &[&[2, 4, 9, 8]], Ok(&[2, 9, 8])),
            ("Sum", "axes: 2", &[&[2, 4]], Err("argument axes of Sum is 2, expected an axis of the 2 of the input")),
            (
                "Sum",
                "axes: 1 axes: -1",
                &[&[2, 4]],
                Err("argument axes of Sum is [1, -1], expected every axis at most once"),
            ),
        ]);
        assert_eq!(read("Max", "axes: 1 with_index: true").infer(&[&[2, 4]]).unwrap(), [[2], [2]]);
    }
}
