//! What a project file or a command line chooses, each as a type that is parsed once: the [`Device`] to compute on, the
//! plugin ([`PluginReference`]), and how images are scored and judged ([`ScoringOptions`], checked: [`ScoringPlan`]).
//!
//! Does not know about project files, command lines, jobs or languages.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod device;
mod plugin_reference;
mod scoring;

pub use device::{Device, UnknownDevice};
pub use plugin_reference::PluginReference;
pub use scoring::{Proportion, ScoringError, ScoringOptions, ScoringPlan, ThresholdChoice};
