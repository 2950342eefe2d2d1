//! The beginning and the end of the worker process: reads the job, does its work, and says how it went.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use nnc_messages::{Exit, Result};
use nnc_sandbox::Requests;
use serde_json::Value;

use crate::spec::{JobSpec, Work};
use crate::worker::Worker;
use crate::worker::parent::Parent;
use crate::{arrays, evaluate, live, train};

/// Far more than any job has to be told.
const LONGEST: usize = 64 << 20;

/// Entry point of the hidden `worker` command.
pub fn worker_main() -> ExitCode {
    let Ok(parent) = Parent::take_stdout() else { return ExitCode::from(Exit::Failed as u8) };
    let parent = Arc::new(parent);
    match work(&parent) {
        Ok(summary) => {
            parent.end(Ok(summary));
            ExitCode::SUCCESS
        }
        Err(failure) => {
            parent.end(Err(&failure));
            ExitCode::from(failure.exit as u8)
        }
    }
}

fn work(parent: &Arc<Parent>) -> Result<Value> {
    let mut requests = Requests::default();
    let job: JobSpec = serde_json::from_slice(&requests.line(LONGEST)?)?;
    let worker = Worker { parent: Arc::clone(parent), cancelled: Arc::new(AtomicBool::new(false)) };
    signal_hook::flag::register(signal_hook::consts::SIGTERM, Arc::clone(&worker.cancelled))?;
    match &job.work {
        Work::Train(work) => train::run(&job, work, &worker),
        Work::Evaluate(work) => evaluate::run(&job, work, &worker),
        Work::RunArrays(work) => arrays::run(&job, work, &worker),
        Work::Live(work) => live::run(&job, work, &worker, &mut requests),
    }
}
