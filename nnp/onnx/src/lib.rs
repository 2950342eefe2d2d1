//! Networks of NNP as ONNX models.
//!
//! [`export`] writes the network that an executor runs, with its parameters, as one ONNX file of [`OPSET`]: the inputs and
//! outputs keep their names, everything in between (preprocessing of `results.nnp` included) is made of standard
//! operators, and the batch is free wherever the network lets it be. [`part`] writes what leads from some variables to others.
//!
//! Does not know about archives, plugins, the host and any runtime that would run the file.
#![cfg_attr(test, allow(clippy::unwrap_used))]
#![deny(missing_docs)]

mod error;
mod export;
mod proto;

pub use error::{Missing, OnnxError};
pub use export::{Exported, OPSET, export, part};
