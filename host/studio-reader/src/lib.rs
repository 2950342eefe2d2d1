//! What the studio shows of files that other people made: rows of tables, thumbnails, scores and heat maps. Decoding them is
//! where holes are, so the server does not: it asks a process of this program that is confined before it reads its first
//! question, writes nothing, starts nothing and connects nowhere ([`main`]).
//!
//! * [`Question`] and [`Head`] are what the two say to each other: a line of JSON each way, and the bytes of the answer.
//! * `table`, `picture`, `evaluation` and `notes` answer; `kept` holds what was read last, so that the next page costs nothing.
//!
//! Does not know about HTTP, jobs, projects, or who asks.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod beneath;
mod evaluation;
mod kept;
mod notes;
mod picture;
mod question;
mod refusal;
mod serve;
mod table;

pub use question::{Asked, Head, Order, Question, Shown, Which};
pub use serve::main;
