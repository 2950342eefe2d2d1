//! Jobs: training, evaluation and runs of networks in a worker process that may die, watched by a parent that may not.
//!
//! * The parent: [`supervisor`] runs a job to its end and publishes what the worker staged; `spec` is what it tells the
//!   worker, `event` what the worker tells it.
//! * The worker: `worker_main` receives the job; `train`, `evaluate` and `arrays` are the drivers, each a list of stages
//!   in order; `worker` is what they share, `results` are the files that NNC writes.
//! * [`judging`] turns scores into verdicts, figures and the files for people, in evaluations and for `nnc-host report`.

mod arrays;
mod evaluate;
mod event;
pub(crate) mod judging;
mod labels;
pub(crate) mod provenance;
mod results;
pub(crate) mod signals;
pub(crate) mod spec;
pub(crate) mod supervisor;
mod train;
mod worker;
mod worker_main;

pub(crate) use event::Task;
pub(crate) use worker_main::worker_main;
