//! Black-box tests: every test starts the real program, in a folder of its own, and looks at exit code, output and files.
//!
//! One binary with a module for each theme, so that it is linked once.
#![allow(clippy::unwrap_used)]

mod archives;
mod datasets;
mod documents;
mod downloads;
mod foreign_folders;
mod forward;
mod hostile;
mod interruptions;
mod japanese;
mod jobs;
mod mistakes;
mod nnc;
mod nnp;
mod old_plugins;
mod padim;
mod patchcore;
mod platform;
mod projects;
mod results;
mod resuming;
mod scores;
mod startup;
mod templates;
mod terminal;
mod texture;
mod weights;
