//! The languages of the user interface, and the one that this process speaks: chosen once at its start with [`choose`].
//!
//! What is said in them is in `nnc-messages` (errors, log lines, commands), in `host/src/cli` (help) and in `nnc-report` (the
//! page).
//!
//! Does not know about what is said.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

use std::fmt::{self, Display};
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
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        let known = Self::ALL.into_iter().find(|language| language.tag() == text);
        known.ok_or_else(|| UnknownLanguage { found: text.to_owned() })
    }
}

/// A text that is the tag of no [`Language`]; `nnc-messages` has its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLanguage {
    /// The text.
    pub found: String,
}

impl Display for UnknownLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for UnknownLanguage {}

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
        assert_eq!("fr".parse::<Language>(), Err(UnknownLanguage { found: "fr".to_owned() }));
    }
}
