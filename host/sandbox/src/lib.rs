//! Child processes that run code of plugins. This is the only place that starts, watches and ends them, so jobs,
//! `nnp run`, `plugin check` and the search for plugins run plugins under the same conditions and kinds of limits.
//!
//! A plugin may crash, loop for ever, eat all memory, or print anything. The child therefore is this program itself
//! with a hidden command, in a process group of its own, which the kernel ends together with its parent:
//!
//! * [`Launch`] says what to start and under which conditions; `setup.rs` is what happens in the child before its
//!   program begins; `confine.rs` puts the confinement in place, `files.rs` (Landlock) and `calls.rs` (seccomp) make it.
//! * [`PluginProcess`] follows the child: its messages (one JSON object per line on a private pipe, of a type that the
//!   caller chooses), its standard error, its [`Limits`], and its [`Ending`].
//! * [`Permissions`] is what a child may use; [`Outputs`] confines this very process, for commands that read files of others.
//! * [`Conversation`] is a child that is asked one question after another, [`Requests`] its end of that.
//! * [`MessagePipe`] is the child's end of the private pipe. Whatever else is written into it is not believed (`secret.rs`).
//!
//! Does not know about jobs, plugins' interface, projects, or words: how a child ended is data.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod calls;
mod confine;
mod conversation;
mod ending;
mod environment;
mod error;
mod family;
mod files;
mod itself;
mod last_words;
mod launch;
mod limits;
mod lines;
mod memory_files;
mod mode;
mod permissions;
mod pipe;
mod requests;
mod running;
mod secret;
mod setup;
mod shortage;
mod support;
mod system;
mod usage;

pub use conversation::{Conversation, Heard};
pub use ending::{Ending, How, Signal};
pub use error::SandboxError;
pub use itself::Outputs;
pub use launch::Launch;
pub use limits::{BrokenLimit, Limits};
pub use mode::{SandboxMode, choose_mode, chosen_mode};
pub use permissions::Permissions;
pub use pipe::MessagePipe;
pub use requests::Requests;
pub use running::{Answered, Output, PluginProcess};
pub use setup::allow_usual_stack;
pub use shortage::Shortage;
pub use support::{Enforced, Gap};
