//! `nnc-host inspect`: a verdict about each image of a line as it arrives. The model is loaded once; images come from a watched
//! folder, or from standard input by their paths; answers go to a file, to standard output and into folders. Nothing that was taken is lost.
//!
//! * [`inspect`] is an inspection from its first to its last moment. Images pass through three threads, one image in each at a
//!   time: `read` (bytes, then pixels by way of a confined process), `score` (the model, in another one), `tell` (answers).
//! * `backlog` is what waits before them, of bounded size; `watch` fills it from a folder, `paths` from standard input.
//! * `book` is the journal of what was taken and answered, and the file of answers; `known` what of a folder is in it.
//! * `answer` is what is said about an image, `keep` the folders with images and heat maps, `tally` counts and times.
//! * `webhook` sends answers to a server, from their file.
//! * `drift` is the alarm when scores of OK parts are no longer those of the normal images of the evaluation.
//!
//! Does not know about command lines, projects, plugins and how images are decoded and scored.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod answer;
mod backlog;
mod book;
mod drift;
mod identity;
mod inspect;
mod keep;
mod known;
mod log;
mod messages;
mod options;
mod paths;
mod read;
mod score;
mod segments;
mod tally;
mod tell;
mod watch;
mod webhook;

pub use inspect::inspect;
pub use options::{DriftAlarm, Judged, Keep, Options, Shaped, ToServer, Watched};
