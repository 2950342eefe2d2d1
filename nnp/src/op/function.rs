//! What every function type says about itself: [`Arguments`], its text, and [`Rules`], its shape and its cost.

use super::{
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// A type name of the file, and how its arguments are read into `T`.
pub(crate) struct Type<T> {
    /// The type as the file calls it, such as `BatchNormalization`.
    pub(crate) name: &'static str,
    /// Field of the function message that holds the arguments (contract 7.4); types without arguments have none.
    pub(crate) field: Option<&'static str>,
    pub(crate) read: fn(&mut Fields<'_>) -> Result<T, TextError>,
}

/// How a function is written in network text. The macros of `op/declare.rs` implement it from a list of the arguments.
pub(crate) trait Arguments {
    /// The type, or all types of a family.
    fn types() -> &'static [Type<Self>]
    where
        Self: Sized;

    /// The type as the file calls it.
    fn type_name(&self) -> &'static str;

    /// Writes the content of the field that holds the arguments; defaults of proto3 are left out.
    fn write(&self, out: &mut Message);
}

/// What follows from the arguments of a function.
pub(crate) trait Rules: Arguments {
    /// Shape of the output, of the first one where there are several, batch included.
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError>;

    /// Shapes of all outputs, for a function that may have several.
    fn infer_all(&self, inputs: Inputs<'_>) -> Result<Vec<Vec<usize>>, ShapeError> {
        Ok(vec![self.infer(inputs)?])
    }

    /// Arithmetic of one run; functions that only move data have none.
    fn cost(&self, _work: &Work<'_>) -> Operations {
        Operations::default()
    }

    /// Whether an argument holds the batch, −1 or literally the `stored` rows of the network.
    fn holds_batch(&self, _stored: i64) -> bool {
        false
    }

    /// Puts `rows` where [`Rules::holds_batch`] found the batch.
    fn set_batch(&mut self, _rows: i64) {}
}

/// Whether a shape in a file starts with the −1 that stands for the batch.
pub(super) fn starts_with_batch(shape: &[i64]) -> bool {
    shape.first() == Some(&-1)
}

/// Replaces the first extent.
pub(super) fn set_first(shape: &mut [i64], rows: i64) {
    if let Some(first) = shape.first_mut() {
        *first = rows;
    }
}
