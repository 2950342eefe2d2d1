//! Judging images that have scores: masks, pixel metrics, threshold and verdicts, the files for people, and the figures in
//! words. Evaluations and the command that rebuilds a report share it.

pub mod figures;
pub mod files;
pub mod groups;
pub mod masks;
pub mod verdicts;

use crate::event::Task;

/// Is told what is being made and how far it is.
pub type Progress<'a> = &'a (dyn Fn(Task, u64, u64) + Sync);
