//! Texts that others made, as they may stand where people read: which characters only stand for themselves ([`is_plain`]), JSON
//! in which the others are escaped ([`json`]), and paths in JSON ([`PathText`]).
//!
//! Does not know about languages, messages, terminals, or what a text is for.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod character;
pub mod json;
mod path;

pub use character::is_plain;
pub use path::{PathText, optional_path_text, path_text};
