//! `nnc-host studio`: what the command line does, in a browser, and as JSON over HTTP. One folder, one user, no account.
//!
//! * [`serve`] opens the folder, listens, and ends when it is told to; jobs go on without it.
//! * `door` is who may come in: connections, hosts, origins, tokens, and what every answer carries.
//! * `api` is one module for each part of the API (`openapi.json` describes it, and a test compares the two).
//! * `workspace` is the folder: names that were checked, files beneath it, nothing through links.
//! * `jobs` starts the program's own commands as children, one at a time, and finds them again after a restart.
//! * `projects` reads and changes project files, which stay what their owner wrote.
//! * `ask` and `reader` are children too: they read what other people made, confined, so that the server does not.
//!
//! Does not know what the pages look like (`nnc-studio-pages`), what is in pictures and tables (`nnc-studio-reader`), or how
//! anything is trained.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod api;
mod ask;
mod creations;
mod door;
mod history;
mod jobs;
mod name;
mod options;
mod plugins;
mod projects;
mod reader;
mod refusal;
mod sample;
mod serve;
mod studio;
mod trash;
mod uploads;
mod watch;
mod why;
mod workspace;

pub use options::{Options, PassedOn, TOKEN_VARIABLE};
pub use sample::main as sample_main;
pub use serve::serve;
pub use workspace::{Exposed, is_studio};
