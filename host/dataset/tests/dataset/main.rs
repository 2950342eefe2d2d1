//! The crate from outside: files in a temporary folder in, samples and messages out.
#![allow(missing_docs, clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "opens files of its own")]

mod arrays;
mod caches;
mod check;
mod images;
mod properties;
mod reader;
mod support;
mod table;
