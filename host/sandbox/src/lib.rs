//! Child processes that run code of plugins. This is the only place that starts, watches and ends them, so jobs,
//! `nnp run`, `plugin check` and the search for plugins run plugins under the same conditions and kinds of limits.
//!
//! A plugin may crash, loop for ever, eat all memory, or print anything. The child therefore is this program itself
//! with a hidden command, in a process group of its own, which the kernel ends together with its parent:
//!
//! * [`Launch`] says what to start and under which conditions; `setup.rs` is what happens in the child before its
//!   program begins, and the one place for further confinement.
//! * [`PluginProcess`] follows the child: its messages (one JSON object per line on a private pipe, of a type that the
//!   caller chooses), its standard error, its [`Limits`], and its [`Ending`].
//! * [`MessagePipe`] is the child's end of the private pipe.
//!
//! Does not know about jobs, plugins' interface, projects, or words: how a child ended is data.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod ending;
mod error;
mod last_words;
mod launch;
mod limits;
mod pipe;
mod running;
mod setup;
mod usage;

pub use ending::{Ending, How, Signal};
pub use error::SandboxError;
pub use last_words::Reason;
pub use launch::Launch;
pub use limits::{BrokenLimit, Limits};
pub use pipe::MessagePipe;
pub use running::{Answered, Output, PluginProcess};
