//! The parent of a worker: runs a job to its end in stages (begin, work, finish, publish), and leaves earlier results as
//! they were if it fails. This file names the stages; each is in a file of its own.

mod cost;
mod follow;
mod live;
mod log;
mod outputs;
mod permissions;
mod verify;

use std::path::PathBuf;

use nnc_console::{Console, Level};
use nnc_messages::{Confined, Exit, Failure, Result, Say, messages};
use nnc_result_folder::{Directory, Phase, ResultFolder};
use serde_json::{Value, json};

use crate::event::Origin;
use crate::signals::{Signals, Stopped};
use crate::spec::{JobSpec, Work};
use log::JobLog;

pub use live::{LiveModel, NotScored};
pub use outputs::run_arrays;

messages! {
    enum SupervisorMessage {
        WillReplace { names: Vec<&'static str> } => "will replace an earlier job's {names}", "以前のジョブの {names} を置き換えます";
        LeftOver { path: PathBuf } => "{path} cannot be removed; it is of no use any more and does no harm, later jobs try again, or remove it yourself",
            "{path} を削除できません。すでに不要なもので害はありません。以降のジョブでも削除を試みますが、手動で削除してもかまいません";
        EarlierKept => "the earlier job's results are kept as they were", "以前のジョブの結果はそのまま残っています";
        FinishedKept { images: usize } => "{images} finished images are kept; `nnc-host evaluate` with the same settings goes on after them, with --restart it begins anew",
            "評価済みの画像 {images} 枚の結果は保存されています。同じ設定で `nnc-host evaluate` を実行すると続きから評価します（--restart を付けると最初から評価します）";
    }
}

/// Where and how a job of a result folder runs.
pub struct Supervisor<'a> {
    /// The folder of its results.
    pub folder: &'a ResultFolder,
    /// Where its log is shown.
    pub console: &'a Console,
    /// Requests to stop it.
    pub signals: &'a Signals,
}

impl Supervisor<'_> {
    /// Runs one training or evaluation to its end: publishes its results, or leaves earlier results as they were.
    /// `warnings` stand at the beginning of its log.
    ///
    /// # Errors
    /// A [`Failure`] with the exit code of the job; its message is already in the log.
    pub fn run(&self, mut job: JobSpec, phase: Phase, warnings: &[String]) -> Result<Value> {
        // From here on a job that is stopped says so in its log and its status.
        let _attending = self.signals.attend();
        if self.signals.count() > 0 {
            return Err(Failure::new(Exit::Interrupted, Stopped::ByUser));
        }
        // Begin: log, status, and what is known before.
        let mut log = self.open_log(&job, phase)?;
        let replaced = self.folder.replaced(phase);
        if !replaced.is_empty() {
            log.info(&SupervisorMessage::WillReplace { names: replaced.clone() });
        }
        for warning in warnings {
            log.line(Origin::Worker, Level::Warning, warning);
        }
        if let Some(confined) = Confined::to_say() {
            log.line(Origin::Worker, Level::Warning, &confined.said());
        }

        let restart = matches!(&job.work, Work::Evaluate(work) if work.restart);
        let staged = self.folder.staging(phase, !restart).map_err(Failure::from);
        let outcome = staged.and_then(|staging| {
            job.staging = staging.path().to_owned();
            // Work: the worker fills the staging folder.
            let summary = follow::follow(&job, self.signals, &mut log)?;
            // Finish: NNC's lines and keys about the results, which the worker's plugin could still have exchanged.
            self.folder.ensure_plain(phase, &staging)?;
            verify::staged(phase, &staging, &summary)?;
            name_results(phase, &staging, &mut log);
            for (key, value) in cost::describe(&staging.file(phase.model())) {
                log.status.set(&key, value);
            }
            // Publish: the results get their final names.
            self.folder.publish(phase, &staging)?;
            Ok(summary)
        });
        self.console.clear_bar();
        match outcome {
            Ok(summary) => {
                self.end_well(phase, &summary, log);
                Ok(summary)
            }
            Err(failure) => Err(self.end_badly(phase, &job, failure, !replaced.is_empty(), log)),
        }
    }

    fn open_log(&self, job: &JobSpec, phase: Phase) -> Result<JobLog<'_>> {
        let log = JobLog::open(self.folder, phase, self.console, job.verbosity);
        let mut log = log.map_err(|error| Failure::new(Exit::Usage, error))?;
        log.write_status();
        // NNC's first line, whether or not the folder is new.
        log.line(Origin::Worker, Level::Info, &format!("mkdir {}", self.folder.path().display()));
        Ok(log)
    }

    fn end_well(&self, phase: Phase, summary: &Value, mut log: JobLog<'_>) {
        if phase == Phase::Evaluate {
            log.status.set("output_result", summary["output_result"].clone());
        }
        self.tell_left_over(&mut log);
        log.status.set("storage_used", json!(self.folder.directory().size()));
        log.status.end("finished");
        log.write_status();
        log.line(Origin::Worker, Level::Info, "worker done");
    }

    /// What a plugin has made of its staging folder may resist.
    fn tell_left_over(&self, log: &mut JobLog<'_>) {
        for path in self.folder.left_over() {
            log.line(Origin::Worker, Level::Warning, &SupervisorMessage::LeftOver { path }.said());
        }
    }

    fn end_badly(
        &self,
        phase: Phase,
        job: &JobSpec,
        mut failure: Failure,
        kept_earlier: bool,
        mut log: JobLog<'_>,
    ) -> Failure {
        let message = failure.to_string();
        log.line(Origin::Worker, Level::Error, &message);
        if kept_earlier {
            log.info(&SupervisorMessage::EarlierKept);
        }
        let images = if phase == Phase::Evaluate { self.folder.finished_rows() } else { 0 };
        if images > 0 {
            log.info(&SupervisorMessage::FinishedKept { images });
        } else if let Some(name) = job.staging.file_name() {
            // Only a courtesy: the next job cleans it too.
            let _ = self.folder.directory().remove(name);
        }
        self.tell_left_over(&mut log);
        log.status.set("last_error", json!({"code": (failure.exit as i32).to_string(), "message": message}));
        log.status.end(if failure.exit == Exit::Interrupted { "suspended" } else { "failed" });
        log.write_status();
        // The console shows errors in every mode.
        failure.told = true;
        failure
    }
}

/// NNC's lines about the files that are about to appear (NNC contract 9.4).
fn name_results(phase: Phase, staging: &Directory, log: &mut JobLog<'_>) {
    use nnc_result_folder::names::{BEST_MODEL, CONFUSION_MATRIX, EVALUATED_MODEL, LAST_MODEL};

    log.line(Origin::Worker, Level::Info, "results handling...");
    match phase {
        Phase::Train => {
            log.line(Origin::Worker, Level::Info, &format!("create {BEST_MODEL}"));
            log.line(Origin::Worker, Level::Info, &format!("create {LAST_MODEL}"));
        }
        Phase::Evaluate => {
            // NNC names the matrix before and after it looks for one.
            log.line(Origin::Worker, Level::Info, &format!("create {CONFUSION_MATRIX}"));
            if staging.has(CONFUSION_MATRIX) {
                log.line(Origin::Worker, Level::Info, &format!("{CONFUSION_MATRIX} created"));
            } else {
                log.no_confusion_matrix();
            }
            log.line(Origin::Worker, Level::Info, &format!("create {EVALUATED_MODEL}"));
        }
    }
}
