//! One function of a network: what the files that write its operators need to know of it.

use nnp::{Function, Network, Op};

use super::graph::{Extent, Graph};
use super::shapes::Shapes;
use crate::error::{Missing, OnnxError};

/// A function with the shapes of what it reads and writes.
pub(super) struct Call<'a> {
    function: &'a Function,
    /// The function as it runs on the batch that shapes were inferred for.
    pub(super) op: Op,
    shapes: &'a Shapes,
}

impl<'a> Call<'a> {
    pub(super) fn of(network: &Network, function: &'a Function, shapes: &'a Shapes) -> Self {
        let op = network.at_batch(function, shapes.batch).into_owned();
        Self { function, op, shapes }
    }

    /// Name of an input; functions were checked to have the inputs that their types need.
    pub(super) fn input(&self, index: usize) -> &'a str {
        self.function.inputs.get(index).map_or("", String::as_str)
    }

    pub(super) fn inputs(&self) -> Vec<&'a str> {
        self.function.inputs.iter().map(String::as_str).collect()
    }

    pub(super) fn has_input(&self, index: usize) -> bool {
        index < self.function.inputs.len()
    }

    pub(super) fn shape(&self, input: usize) -> &'a [Extent] {
        self.shapes.get(self.input(input))
    }

    pub(super) fn output_shape(&self, output: usize) -> &'a [Extent] {
        self.function.outputs.get(output).map_or(&[], |name| self.shapes.get(name))
    }

    /// The batch that shapes were inferred for.
    pub(super) fn batch(&self) -> i64 {
        i64::try_from(self.shapes.batch).unwrap_or(i64::MAX)
    }

    pub(super) fn rank(&self) -> i64 {
        i64::try_from(self.shape(0).len()).unwrap_or(i64::MAX)
    }

    /// An axis of the first input, counted from the start.
    pub(super) fn axis(&self, axis: i64) -> i64 {
        if axis < 0 { axis + self.rank() } else { axis }
    }

    /// The extents of an input, when none depends on the batch.
    pub(super) fn fixed_shape(&self, index: usize) -> Result<Vec<i64>, OnnxError> {
        fixed(self.shape(index)).ok_or_else(|| self.missing(Missing::Batch))
    }

    pub(super) fn missing(&self, detail: Missing) -> OnnxError {
        OnnxError::NoCounterpart {
            function: self.function.name.clone(),
            type_name: self.function.op.type_name().to_owned(),
            detail,
        }
    }

    /// The same elements in another shape.
    pub(super) fn reshape(&self, graph: &mut Graph, x: &str, extents: &[Extent]) -> Result<String, OnnxError> {
        graph.reshape(x, extents).ok_or_else(|| self.missing(Missing::Batch))
    }

    /// A shape as an input of an operator.
    pub(super) fn shape_value(&self, graph: &mut Graph, extents: &[Extent]) -> Result<String, OnnxError> {
        graph.shape(extents).ok_or_else(|| self.missing(Missing::Batch))
    }
}

/// The extents, when none depends on the batch.
pub(super) fn fixed(extents: &[Extent]) -> Option<Vec<i64>> {
    extents
        .iter()
        .map(|extent| match extent {
            Extent::Fixed(extent) => Some(*extent),
            Extent::Batch(_) => None,
        })
        .collect()
}

/// The product of extents, as one.
pub(super) fn product(extents: &[Extent]) -> Option<Extent> {
    extents.iter().try_fold(Extent::Fixed(1), |product, extent| match (product, *extent) {
        (Extent::Fixed(a), Extent::Fixed(b)) => a.checked_mul(b).map(Extent::Fixed),
        (Extent::Fixed(a), Extent::Batch(b)) | (Extent::Batch(a), Extent::Fixed(b)) => {
            a.checked_mul(b).map(Extent::Batch)
        }
        (Extent::Batch(_), Extent::Batch(_)) => None,
    })
}
