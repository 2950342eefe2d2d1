//! Everything that can be wrong with a file or a graph, one variant per defect.
//!
//! Every message is whole: it tells the cause too, so printing the outermost error is enough. The messages are English,
//! for authors of plugins; the host has sentences of its own for these errors, made from their fields.

mod archive;
mod graph;
mod parameters;
mod shape;
mod text;

pub use archive::{FileAction, NnpError};
pub use graph::GraphError;
pub use parameters::{H5Error, H5Type, Malformation, ProtobufError};
pub use shape::{Requirement, ShapeError};
pub use text::{ExpectedToken, ExpectedValue, LoopProblem, TextError, TextErrorKind};
