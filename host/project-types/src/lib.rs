//! What a project file or a command line chooses, each as a type that is parsed once: the [`Device`] to compute on, the
//! [`Engine`] that runs networks, the plugin ([`PluginReference`]), which images belong together ([`GroupRule`]), how
//! large ones are cut ([`TileRule`]), and how images are scored and judged ([`ScoringOptions`], checked: [`ScoringPlan`]).
//!
//! Does not know about project files, command lines, jobs or languages.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod device;
mod engine;
mod group;
mod plugin_reference;
mod roi;
mod scoring;
mod tile;

pub use device::{Device, UnknownDevice};
pub use engine::{Engine, UnknownEngine};
pub use group::{GroupRule, NotAGroupRule};
pub use plugin_reference::PluginReference;
pub use roi::Roi;
pub use scoring::{Grouping, Proportion, ScoringError, ScoringOptions, ScoringPlan, ThresholdChoice};
pub use tile::{NotATileRule, TileRule};
