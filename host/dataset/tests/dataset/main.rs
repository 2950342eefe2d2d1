//! The crate from outside: files in a temporary folder in, samples and messages out.
#![allow(missing_docs, clippy::unwrap_used)]

mod arrays;
mod caches;
mod check;
mod images;
mod properties;
mod reader;
mod support;
mod table;
