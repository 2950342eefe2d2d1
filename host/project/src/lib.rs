//! Project files: what to train and evaluate, with which detector.
//!
//! [`Project::read`] reads a project in TOML, or one of NNC's own (`nnc`), applies the [`Override`]s of the command line,
//! and finds the datasets it names (`locate`). [`parameters`] checks the values for a plugin's parameters against its
//! manifest. To add a key to the project file: give its section in `file` a field, and [`Project`] what becomes of it.
//!
//! Does not know about command lines, jobs, where plugins lie or languages: errors are data.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod error;
mod file;
mod known_keys;
mod locate;
mod nnc;
mod note;
mod overrides;
mod own_network;
pub mod parameters;
mod project;

pub use error::{OverrideError, OverrideProblem, ProjectError, ProjectProblem, SdcprojProblem, UnknownKey};
pub use locate::{Located, NotFoundHint, locate, roots};
pub use note::ProjectNote;
pub use overrides::Override;
pub use own_network::OwnNetwork;
pub use parameters::{ContentProblem, ParametersError};
pub use project::{NncProject, Project};
