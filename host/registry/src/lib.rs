//! Plugin files: where they are searched ([`folders`]), what they are ([`list`], [`find`]), and which of them may be
//! opened ([`Trust`]).
//!
//! A plugin's code runs as soon as its file is opened, so the host never does that: `scan` asks a child process
//! ([`inspect_main`]), and `cache` remembers the answers. Every process that opens a plugin does so through
//! [`open_if_allowed`].
//!
//! Does not know about jobs, projects, parameters' values, or words: why a file cannot be used is data.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod cache;
mod error;
mod open;
mod scan;
mod search;
mod trust;

pub use error::{FindError, Hidden, Hint, NotAllowed, OpenError, Refusal, TrustError};
pub use open::open_if_allowed;
pub use scan::inspect_main;
pub use search::{Found, find, folders, list};
pub use trust::Trust;
