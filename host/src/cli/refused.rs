//! Values of arguments that are refused with a sentence of ours, in the language of this process.

use std::fmt;
use std::str::FromStr;

use nnc_messages::Say;

/// Why a value is refused.
#[derive(Debug)]
pub(super) struct Refused(String);

impl Refused {
    /// Refuses a value with this message.
    pub(super) fn new(message: impl Say) -> Self {
        Self(message.said())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// Reads a value whose type refuses with a message.
pub(super) fn parsed<T: FromStr<Err: Say>>(text: &str) -> Result<T, Refused> {
    text.parse().map_err(Refused::new)
}
