//! What texts of the page have in common: a name, by which the script knows them, and words in every language.

use std::collections::BTreeMap;

use nnc_language::Language;

/// Words without values.
pub(super) trait Words: Copy {
    /// The name of the text.
    fn key(self) -> &'static str;
    /// The words.
    fn of(self, language: Language) -> &'static str;
}

/// A sentence with its values.
pub(super) trait Filled: Copy {
    /// The name of the sentence.
    fn key(self) -> &'static str;
    /// The sentence.
    fn of(self, language: Language) -> String;
    /// The values by name, for the script.
    fn values(self) -> BTreeMap<&'static str, String>;
}
