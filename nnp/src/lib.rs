//! Reads, checks, builds and writes NNP, the model file of Sony's Neural Network Console and `nnabla`.
//!
//! An NNP is a zip with a network as protobuf text and its parameters beside it, as protobuf or HDF5; both are read,
//! protobuf is written. The way in is [`archive::read`], which gives a [`Model`]; the way out is [`archive::write`]. In
//! between stand plain Rust types: [`Network`], [`Function`] and one [`Op`] per function type ([`op`] says how to add one), with shape inference and
//! validation. [`NetworkBuilder`] makes a network from code and names and orders everything the way nnabla's own `save`
//! does, so that both write the same text.
//!
//! ```no_run
//! let model = nnp::archive::read("results.nnp".as_ref())?;
//! model.validate()?;
//! for network in &model.networks {
//!     println!("{}: {} functions", network.name, network.functions.len());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Files are untrusted: claimed sizes are capped by the bytes that are really there, nesting is
//! bounded, and arithmetic on dimensions is checked.
//!
//! This crate does not know about tensor libraries, plugins or the host.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]
#![deny(missing_docs)]

pub mod archive;
pub mod builder;
pub mod error;
pub mod graph;
pub mod h5;
pub mod nntxt;
mod normalization;
pub mod op;
pub mod parameter;
pub mod protobuf;
pub mod text;

pub use builder::{NetworkBuilder, Value};
pub use error::{GraphError, H5Error, NnpError, ProtobufError, ShapeError, TextError};
pub use graph::{
    Backend, Cost, DataVariable, Executor, Function, Model, Network, OutputVariable, ParameterVariable, Variable,
    VariableKind,
};
pub use op::Op;
pub use parameter::{Parameter, Parameters};
