//! `plugin check`: runs the cases of the plugin interface against one plugin, each in a process of its own with limits
//! on time and memory, in folders of its own.
//!
//! The cases themselves are `nnc_plugin_api::testkit::CASES`; [`case_main`] is the child that runs one of them.
//!
//! Does not know about jobs, projects, where weights come from, or words: what became of a case is data, and what the
//! case itself says.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod case;
mod error;
mod report;
mod run;

pub use case::case_main;
pub use error::{CheckError, UnknownCase};
pub use report::{CaseReport, Detail, Outcome};
pub use run::{OPENING, Plan, named, run};
