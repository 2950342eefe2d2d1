//! What became of the cases.

use nnc_plugin_api::testkit::Case;
use nnc_sandbox::Ending;
use serde::{Deserialize, Serialize};

/// How a case came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The plugin keeps the rule.
    Passed,
    /// It keeps the rule, but something is worth a look.
    Warning,
    /// It breaks the rule, or a limit.
    Failed,
    /// Its process ended without an answer.
    Crashed,
    /// The case does not concern the plugin.
    Skipped,
}

impl Outcome {
    /// Whether the plugin breaks a rule.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::Crashed)
    }
}

/// Why a case came out as it did.
#[derive(Debug)]
pub enum Detail {
    /// Nothing more is to be said.
    None,
    /// What the case says.
    Said(String),
    /// The plugin cannot be opened, as an earlier case has found out.
    CannotBeOpened,
    /// The process ended without an answer, or broke a limit.
    Ended(Ending),
}

/// What became of one case.
#[derive(Debug)]
pub struct CaseReport {
    /// The case.
    pub case: &'static Case,
    /// How it came out.
    pub outcome: Outcome,
    /// Why.
    pub detail: Detail,
    /// How long it took.
    pub seconds: f64,
    /// Most memory that the process held, in bytes.
    pub memory: u64,
}
