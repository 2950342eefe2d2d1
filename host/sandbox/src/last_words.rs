//! What a child writes to its standard error before it ends. It is quoted and never believed: a plugin writes there too, and
//! what it says must not decide about whose fault something was.

/// Lines are cut at this many characters when they are kept.
const LONGEST: usize = 2_000;

/// Keeps the last line that says something.
#[derive(Debug, Default)]
pub(crate) struct LastWords(pub(crate) Option<String>);

impl LastWords {
    /// Takes the next line.
    pub(crate) fn add(&mut self, line: &str) {
        let line = line.trim();
        if !line.is_empty() && !line.starts_with("note: ") {
            self.0 = Some(line.chars().take(LONGEST).collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_that_says_something_is_kept() {
        let mut words = LastWords::default();
        words.add("memory allocation of 107374182400 bytes failed\n");
        words.add(" ");
        words.add("note: run with `RUST_BACKTRACE=1`");
        assert_eq!(words.0.as_deref(), Some("memory allocation of 107374182400 bytes failed"));
        words.add(&"x".repeat(LONGEST + 1));
        assert_eq!(words.0.unwrap().len(), LONGEST);
    }
}
