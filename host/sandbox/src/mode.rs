//! How much of the confinement a user demands (`--sandbox`), one choice for the whole process.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::error::SandboxError;
use crate::support::Enforced;

/// How much is demanded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SandboxMode {
    /// Whatever this system can enforce.
    #[default]
    Auto,
    /// Everything; without it nothing runs.
    Require,
    /// Nothing.
    Off,
}

static CHOSEN: OnceLock<SandboxMode> = OnceLock::new();

impl SandboxMode {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Require => "require",
            Self::Off => "off",
        }
    }

    /// What the children of this process get.
    pub fn enforced(self) -> Enforced {
        match self {
            Self::Auto | Self::Require => Enforced::by_this_system(),
            Self::Off => Enforced::default(),
        }
    }
}

/// Decides for this process and all that it starts. The first choice counts.
///
/// # Errors
/// Everything is demanded, and this system cannot enforce it.
pub fn choose_mode(mode: SandboxMode) -> Result<(), SandboxError> {
    let mode = *CHOSEN.get_or_init(|| mode);
    match mode.enforced().gaps() {
        gaps if mode == SandboxMode::Require && !gaps.is_empty() => Err(SandboxError::NotEnforced { gaps }),
        _ => Ok(()),
    }
}

/// What was decided; [`SandboxMode::Auto`] if nothing was.
pub fn chosen_mode() -> SandboxMode {
    CHOSEN.get().copied().unwrap_or_default()
}
