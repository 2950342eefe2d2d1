//! What the host says: the sentences of every library's errors, in both languages, and the [`Failure`] that carries one of
//! them to the user with its exit code.
//!
//! Libraries describe what went wrong as data. The one place where that becomes a sentence is here, in a file for each
//! library. To add one: give the variant of the error its entry in that file's `sentences!`; one without an entry, or
//! without one of the languages, does not compile. [`Say`] is defined here, since a trait that libraries' errors are given
//! from outside has to be.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod dataset;
mod dataset_create;
mod failure;
mod file;
mod foreign;
mod hint;
mod language;
mod nnp;
mod onnx;
mod onnx_import;
mod parameters;
mod plugin_check;
mod project;
mod project_types;
mod refusal;
mod region;
mod registry;
mod report;
mod result_folder;
mod sandbox;
mod say;
mod weights;

pub use failure::{Exit, Failure, Result};
pub use file::{At, Doing};
pub use foreign::OrExit;
pub use hint::Hint;
pub use nnc_language::Language;
pub use plugin_check::Question;
pub use sandbox::{Confined, PluginEnded};
pub use say::{Said, Say, Words, plain, plain_line};
