//! Picture files become shaped pixels in a process of their own. Whoever can put a file into a watched folder, or send one, can
//! attack a decoder; so the process that has the folder, the journal and the network does not decode. This one is given the bytes
//! of one file after another through a pipe, reads and writes no file of the user, starts nothing and connects nowhere.
//!
//! * [`Decoder`] is the parent's side: it starts the process, asks it, and starts another one when it has died.
//! * [`main`] is the process.
//! * `words` is what the two say to each other.
//!
//! Does not know about models, folders, or who sends images.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod decoder;
mod process;
mod words;

pub use decoder::{Decoder, NotDecoded};
pub use process::main;
pub use words::{Form, Question};
