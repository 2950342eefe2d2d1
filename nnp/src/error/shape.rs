//! Why a function cannot run on its inputs.

/// Inputs or arguments with which a function cannot run.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShapeError {
    /// Too few or too many inputs.
    #[error("{op} has {found} inputs, expected {expected}")]
    Inputs {
        /// Function type.
        op: String,
        /// Inputs found.
        found: usize,
        /// Inputs expected.
        expected: Requirement,
    },
    /// An input with the wrong number of axes.
    #[error("input {input} of {op} has {found} axes, expected {expected}")]
    Rank {
        /// Function type.
        op: String,
        /// Which input, counted from 0.
        input: usize,
        /// Axes found.
        found: usize,
        /// Axes expected.
        expected: Requirement,
    },
    /// An argument outside of what the function or the input allows.
    #[error("argument {argument} of {op} is {found}, expected {expected}")]
    Argument {
        /// Function type.
        op: String,
        /// Name of the argument.
        argument: &'static str,
        /// Its value.
        found: String,
        /// What is allowed.
        expected: Requirement,
    },
    /// An input whose shape does not fit the other inputs or the arguments.
    #[error("input {input} of {op} has shape {found:?}, expected {expected}")]
    Shape {
        /// Function type.
        op: String,
        /// Which input, counted from 0.
        input: usize,
        /// Its shape.
        found: Vec<usize>,
        /// What would fit.
        expected: Requirement,
    },
    /// Extents too large to count.
    #[error("the output of {op} has more elements than this machine can count")]
    Overflow {
        /// Function type.
        op: String,
    },
    /// A function type whose shape rule is not known.
    #[error("function type {op} is not known, so its output shape cannot be inferred")]
    Unknown {
        /// Function type.
        op: String,
    },
}

/// What an input or an argument has to be.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Requirement {
    /// A number or a shape, or what only the function itself can describe, in English.
    #[error("{0}")]
    Words(String),
    /// A number of at least this.
    #[error("at least {0}")]
    AtLeast(usize),
    /// One of so many axes of the input.
    #[error("an axis of the {0} of the input")]
    AxisOf(usize),
    /// No axis twice.
    #[error("every axis at most once")]
    EachAxisOnce,
    /// So many values, one for each spatial axis.
    #[error("{0} values, one per spatial axis")]
    OnePerSpatialAxis(usize),
    /// A list that is not longer.
    #[error("at most {0} values")]
    AtMostValues(usize),
}

impl From<&str> for Requirement {
    fn from(words: &str) -> Self {
        Self::Words(words.into())
    }
}

impl From<String> for Requirement {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}
