//! Plugin files: where they are searched ([`folders`]), what they are ([`list`], [`find`]), and which of them may be
//! opened ([`Trust`]).
//!
//! A plugin's code runs as soon as its file is opened, so the host never does that: `scan` asks a child process
//! ([`inspect_main`]), `cache` remembers the answers, and `fault` tells whose fault it is when there is none. Every
//! process that opens a plugin does so through [`open_if_allowed`]: `image` reads a file once, `libraries` finds what it
//! needs (`elf`, `torch`), `policy` decides by the trust file and signatures (`trust`, `signature`), and what is opened is
//! what was read. `runtime` finds the library that plugins of ours may open besides.
//!
//! Does not know about jobs, projects, parameters' values, or words: why a file cannot be used is data.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod cache;
mod elf;
mod error;
mod fault;
mod image;
mod libraries;
mod open;
mod policy;
mod reading;
mod runtime;
mod scan;
mod search;
mod signature;
mod torch;
mod trust;

pub use error::{FindError, Hidden, Hint, KeyError, NotAllowed, OpenError, Refusal, TrustError};
pub use open::open_if_allowed;
pub use policy::Allowed;
pub use reading::reading;
pub use runtime::{check_library, engine_in_use, onnxruntime};
pub use scan::inspect_main;
pub use search::{Found, find, folders, list};
pub use trust::{Known, Trust};
