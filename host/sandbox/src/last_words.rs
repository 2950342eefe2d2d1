//! What a child writes to its standard error, as far as it may explain how it ended.

use serde::{Deserialize, Serialize};

/// Lines are cut at this many characters when they are kept.
const LONGEST: usize = 2_000;

/// Why a process ended, as its last words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It asked for so much memory at once that the system refused.
    OutOfMemory {
        /// What it asked for.
        bytes: u64,
    },
    /// An exception of another language, most likely C++, was not caught.
    ForeignException,
    /// A panic left a function of the plugin's interface.
    EscapedPanic,
}

/// Keeps the lines that explain an end.
#[derive(Debug, Default)]
pub(crate) struct LastWords {
    /// The last line that says something.
    pub(crate) last: Option<String>,
    /// The reason, where the words are known ones. A backtrace may follow them, so they need not be the last.
    pub(crate) reason: Option<Reason>,
}

impl LastWords {
    /// Takes the next line.
    pub(crate) fn add(&mut self, line: &str) {
        let line = line.trim();
        self.reason = reason_in(line).or(self.reason);
        if !line.is_empty() && !line.starts_with("note: ") {
            self.last = Some(line.chars().take(LONGEST).collect());
        }
    }
}

/// What a line of standard error says about the end of the process.
fn reason_in(line: &str) -> Option<Reason> {
    if let Some((_, rest)) = line.split_once("memory allocation of ") {
        return Some(Reason::OutOfMemory { bytes: rest.split(' ').next()?.parse().ok()? });
    }
    if line.contains("cannot catch foreign exceptions") || line.contains("terminate called") {
        return Some(Reason::ForeignException);
    }
    line.contains("panic in a function that cannot unwind").then_some(Reason::EscapedPanic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_are_a_reason_and_others_are_kept() {
        let mut words = LastWords::default();
        words.add("something else\n");
        words.add("note: run with `RUST_BACKTRACE=1`");
        assert_eq!((words.reason, words.last.as_deref()), (None, Some("something else")));
        words.add("memory allocation of 107374182400 bytes failed");
        words.add("   at a line of a backtrace");
        assert_eq!(words.reason, Some(Reason::OutOfMemory { bytes: 107_374_182_400 }));
        words.add("fatal runtime error: Rust cannot catch foreign exceptions");
        assert_eq!(words.reason, Some(Reason::ForeignException));
        words.add("panic in a function that cannot unwind");
        assert_eq!(words.reason, Some(Reason::EscapedPanic));
        words.add(&"x".repeat(LONGEST + 1));
        assert_eq!(words.last.unwrap().len(), LONGEST);
    }
}
