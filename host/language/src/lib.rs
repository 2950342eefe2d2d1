//! Languages of the user interface, and tables of texts in all of them.
//!
//! A table is made by [`texts!`]: one entry for each text, with one literal for each language, so a text without a
//! translation does not compile. [`fill`] puts values into a text.
//!
//! ```
//! use nnc_language::{Language, fill, texts};
//!
//! texts! {
//!     /// What the program says about a file.
//!     enum Message {
//!         Missing: "{0} does not exist", "{0} はありません";
//!     }
//! }
//!
//! let text = Message::Missing.of(Language::Japanese);
//! assert_eq!(fill(text, &[&"train.csv"]), "train.csv はありません");
//! ```
//!
//! A process speaks one language, which it chooses at its start with [`choose`]; what is said with `with`, and
//! errors whose sentences come from [`displayed_sentences!`], are in that language wherever they are made.
//!
//! To translate one more message, add an entry to the table of its crate and say the text by its name.
#![cfg_attr(test, allow(clippy::unwrap_used))]

use std::fmt::{self, Display, Write};
use std::str::FromStr;
use std::sync::OnceLock;

static CHOSEN: OnceLock<Language> = OnceLock::new();

/// Chooses the language of this process; the first choice counts.
pub fn choose(language: Language) {
    let _ = CHOSEN.set(language);
}

/// The language of this process: English unless another one was chosen.
pub fn chosen() -> Language {
    CHOSEN.get().copied().unwrap_or_default()
}

/// A language of the user interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English, also for everybody whose language is not here.
    #[default]
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Japanese];

    /// The tag of BCP 47: `en` or `ja`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }

    /// The language's name for itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Japanese => "日本語",
        }
    }

    /// The language of a locale such as `ja_JP.UTF-8`.
    pub fn of_locale(locale: &str) -> Self {
        let name = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(name)).unwrap_or_default()
    }

    /// The language of messages that the environment asks for: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that
    /// is set and not empty (POSIX, "Environment Variables").
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set =
            ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| variable(name).filter(|v| !v.is_empty()));
        set.map_or_else(Self::default, |locale| Self::of_locale(&locale))
    }
}

impl Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|language| language.tag() == text)
            .ok_or_else(|| format!("found {text:?}, expected en or ja"))
    }
}

/// Defines an enum of texts with `ALL`, `key` (the name of the text), `of` (its words in a language) and `with` (its
/// words in the language of this process, with values).
///
/// `{0}` to `{9}` in a text stand for values; see [`fill`].
#[macro_export]
macro_rules! texts {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $table:ident {
            $($text:ident: $english:literal, $japanese:literal;)*
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $visibility enum $table {
            $(#[allow(missing_docs)] $text,)*
        }

        #[allow(dead_code)]
        impl $table {
            /// Every text of the table.
            $visibility const ALL: &'static [Self] = &[$(Self::$text),*];

            /// The name of the text.
            $visibility fn key(self) -> &'static str {
                match self {
                    $(Self::$text => stringify!($text),)*
                }
            }

            /// The words of the text in the language of this process, with its values.
            $visibility fn with(self, values: &[&dyn ::std::fmt::Display]) -> String {
                $crate::fill(self.of($crate::chosen()), values)
            }

            /// The words of the text.
            $visibility fn of(self, language: $crate::Language) -> &'static str {
                match (self, language) {
                    $(
                        (Self::$text, $crate::Language::English) => $english,
                        (Self::$text, $crate::Language::Japanese) => $japanese,
                    )*
                }
            }
        }
    };
}

/// Gives an error type its sentences: `Display` in the language of this process.
///
/// For each of its values there is one sentence for each language; braces name what the value holds, or what brackets
/// behind the sentences make of it. A value without a sentence, a sentence without a translation and a translation that
/// leaves out what the other one names do not compile (the last one as an unused variable).
///
/// ```
/// use nnc_language::{Language, displayed_sentences};
///
/// struct Missing {
///     path: std::path::PathBuf,
///     line: usize,
/// }
///
/// displayed_sentences! {
///     Missing {
///         Self { path, line } => "{path} line {line}: nothing there", "{path} {line} 行目: 何もありません"
///             [path = path.display()];
///     }
/// }
///
/// let missing = Missing { path: "a.csv".into(), line: 3 };
/// assert_eq!(missing.to_string(), "a.csv line 3: nothing there");
/// nnc_language::choose(Language::Japanese);
/// assert_eq!(missing.to_string(), "a.csv 3 行目: 何もありません");
/// ```
#[macro_export]
macro_rules! displayed_sentences {
    (
        $type:ident {
            $($pattern:pat => $english:literal, $japanese:literal $([$($name:ident = $value:expr),* $(,)?])?;)*
        }
    ) => {
        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match (self, $crate::chosen()) {
                    $(
                        ($pattern, $crate::Language::English) => write!(f, $english $(, $($name = $value),*)?),
                        ($pattern, $crate::Language::Japanese) => write!(f, $japanese $(, $($name = $value),*)?),
                    )*
                }
            }
        }
    };
}

/// `text` with the values in place of `{0}`, `{1}` and so on. What a value contains is left as it is; a place without
/// a value stays.
pub fn fill(text: &str, values: &[&dyn Display]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        filled.push_str(before);
        match place(from).and_then(|place| values.get(place)) {
            Some(value) => {
                // Writing into a String cannot fail.
                let _ = write!(filled, "{value}");
                rest = &from["{0}".len()..];
            }
            None => {
                filled.push('{');
                rest = &from[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// The places of a text in rising order, each once: what a test compares between languages.
pub fn places(text: &str) -> Vec<usize> {
    let mut places: Vec<usize> = text.match_indices('{').filter_map(|(start, _)| place(&text[start..])).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// The number of the place that `text` begins with.
fn place(text: &str) -> Option<usize> {
    match text.as_bytes() {
        [b'{', digit @ b'0'..=b'9', b'}', ..] => Some(usize::from(digit - b'0')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_choose_the_language() {
        for (locale, language) in [
            ("ja_JP.UTF-8", Language::Japanese),
            ("ja", Language::Japanese),
            ("JA-jp", Language::Japanese),
            ("jam_JM", Language::English),
            ("C.UTF-8", Language::English),
            ("de_DE@euro", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of_locale(locale), language, "{locale}");
        }
    }

    #[test]
    fn the_first_variable_that_says_something_decides() {
        let of = |set: &[(&str, &str)]| {
            Language::of_environment(|name| set.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(of(&[]), Language::English);
        assert_eq!(of(&[("LANG", "ja_JP.UTF-8")]), Language::Japanese);
        assert_eq!(of(&[("LANG", "ja_JP.UTF-8"), ("LC_ALL", "C")]), Language::English);
        assert_eq!(of(&[("LANG", "en_US"), ("LC_MESSAGES", "ja_JP")]), Language::Japanese);
        assert_eq!(of(&[("LANG", "ja_JP"), ("LC_ALL", "")]), Language::Japanese);
    }

    #[test]
    fn languages_are_read_by_their_tags() {
        for language in Language::ALL {
            assert_eq!(language.to_string().parse(), Ok(language));
        }
        assert_eq!("fr".parse::<Language>(), Err("found \"fr\", expected en or ja".to_owned()));
    }

    #[test]
    fn values_are_put_in_once() {
        for (text, expected) in [
            ("{0} of {1}", "{1} of b"),
            ("{1}{0}", "b{1}"),
            ("{2} {x} { {", "{2} {x} { {"),
            ("しきい値 {1}", "しきい値 b"),
            ("", ""),
        ] {
            assert_eq!(fill(text, &[&"{1}", &"b"]), expected);
        }
    }

    #[test]
    fn places_are_counted() {
        assert_eq!(places("{1} {0} {1} {x} {"), [0, 1]);
        assert!(places("none").is_empty());
    }
}
