//! Jobs: training, evaluation and runs of networks in a worker process that may die, watched by a parent that may not.
//!
//! * The parent: [`Supervisor`] runs a job to its end and publishes what the worker staged, [`run_arrays`] does so for a
//!   network without a dataset. [`spec`] is what they tell the worker, `event` what the worker tells them.
//! * The worker: [`worker_main`] receives the job; `train`, `evaluate` and `arrays` are the drivers, each a list of stages
//!   in order; `worker` is what they share, `results` are the files that NNC writes.
//! * `live` is the worker that scores images as they come, [`LiveModel`] its parent.
//! * [`judging`] turns rows with outputs into verdicts, figures and the files for people, in evaluations and for `nnc-host
//!   report`; [`recorded`] takes the rows from what NNC has computed.
//!
//! Does not know about command lines, project files, where plugins and weights are searched, or the mathematics of
//! detectors.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod arrays;
mod evaluate;
mod event;
pub mod judging;
mod labels;
mod line;
mod listener;
mod live;
pub mod provenance;
pub mod recorded;
mod results;
mod signals;
pub mod spec;
mod supervisor;
mod told;
mod train;
mod worker;
mod worker_main;

pub use arrays::Written;
pub use event::Task;
pub use labels::LABEL;
pub use signals::{Attending, Signals};
pub use supervisor::{LiveModel, NotScored, Supervisor, run_arrays};
pub use told::{Ready, Scored};
pub use worker_main::worker_main;

/// Name and version of the program, as written into models and reports.
const HOST: &str = concat!("nnc-host ", env!("CARGO_PKG_VERSION"));
