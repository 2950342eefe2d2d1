//! Black-box tests: every test starts the real program, in a folder of its own, and looks at exit code, output and files.
//!
//! One binary with a module for each theme, so that it is linked once.
#![allow(clippy::unwrap_used)]

mod archives;
mod bounds;
mod datasets;
mod decoders;
mod documents;
mod downloads;
mod folds;
mod foreign_folders;
mod forward;
mod groups;
mod hostile;
mod inspect;
mod interruptions;
mod japanese;
mod jobs;
mod judging;
mod mahalanobis;
mod mistakes;
mod nnc;
mod nnp;
mod old_plugins;
mod padim;
mod patchcore;
mod platform;
mod post_processing;
mod projects;
mod readers;
mod regions;
mod reports_of_nnc;
mod results;
mod resuming;
mod sandbox;
mod scarcity;
mod scores;
mod special_files;
mod startup;
mod studio;
mod templates;
mod terminal;
mod texture;
mod tiles;
mod trust;
mod weights;
