//! ONNX models as networks of NNP.
//!
//! [`read`] makes a [`Model`](nnp::Model) of an ONNX file of opset 13 to 21: its nodes become functions that compute the
//! same, initialisers and external data become parameters, and what depends on constants alone is computed. A node without
//! a counterpart is named. [`read_bytes`] does the same for a file in memory.
//!
//! Files are untrusted: what they claim is checked against the bytes that are there before memory is taken, what they
//! list is counted, and external data is opened beneath the model's folder alone. The bytes are read by a reader of this
//! crate's own (`wire`), on the primitives of prost: weights stay where they are until they become parameters, and a file of
//! empty messages cannot unfold to a hundred times its size, as it would with messages that prost derives.
//!
//! Does not know about archives, plugins, the host, any runtime, and how networks become ONNX (`nnp-onnx`).
#![cfg_attr(test, allow(clippy::unwrap_used))]
#![deny(missing_docs)]

mod array;
mod call;
mod error;
mod file;
mod fold;
mod function;
mod import;
mod network;
mod tensor;
mod wire;

pub use error::{ImportError, Lack, TensorProblem};
pub use import::{Imported, Options, read, read_bytes};
