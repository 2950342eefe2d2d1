//! Judging rows that have outputs, whoever computed them: what the model does (`task`), what follows of a row's values
//! (`computed`), the table with what is kept of it (`kept`), the evaluation that becomes of it (`rows`); masks, pixel
//! metrics, threshold and verdicts, the files for people, and the figures in words. Evaluations, reports of results of NNC,
//! and the command that rebuilds a report share it.

pub(crate) mod computed;
pub mod figures;
pub mod files;
pub mod groups;
pub(crate) mod kept;
pub mod masks;
pub(crate) mod rows;
pub(crate) mod task;
pub mod verdicts;

use crate::event::Task;

/// Is told what is being made and how far it is.
pub type Progress<'a> = &'a (dyn Fn(Task, u64, u64) + Sync);
