//! Every word of every screen, English and Japanese side by side.
//!
//! The markup takes its words from here, and the script those of its language as [`json`]. Values are named in braces,
//! `{count}`; where English needs another form for one thing, both stand with a bar between them: `one image|{count} images`.
//! The tests see to it that each text has both languages with the same values, and that each is used.

mod datasets;
mod frame;
mod jobs;
mod projects;
mod results;

pub(crate) use datasets::*;
pub(crate) use frame::*;
pub(crate) use jobs::*;
pub(crate) use projects::*;
pub(crate) use results::*;

use nnc_language::Language;

/// A text in every language, and the name by which the script knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text {
    pub(crate) key: &'static str,
    english: &'static str,
    japanese: &'static str,
}

impl Text {
    /// The words of a language.
    pub(crate) fn of(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Japanese => self.japanese,
        }
    }
}

/// Texts as constants, and all of them in a list called `$list`.
macro_rules! texts {
    ($list:ident: $($key:ident: $english:literal, $japanese:literal;)*) => {
        $(
            pub(crate) const $key: $crate::text::Text =
                $crate::text::Text { key: stringify!($key), english: $english, japanese: $japanese };
        )*
        pub(super) const $list: &[$crate::text::Text] = &[$($key),*];
    };
}
use texts;

/// Every text there is.
pub(crate) fn all() -> impl Iterator<Item = Text> {
    [frame::FRAME, datasets::DATASETS_TEXTS, projects::PROJECTS_TEXTS, jobs::JOBS_TEXTS, results::RESULTS_TEXTS]
        .into_iter()
        .flatten()
        .copied()
}

/// The texts of a language by their names, as JSON that may stand inside of a `script` element.
pub(crate) fn json(language: Language) -> String {
    let texts: serde_json::Map<_, _> = all().map(|text| (text.key.to_owned(), text.of(language).into())).collect();
    serde_json::Value::Object(texts).to_string().replace('<', "\\u003c")
}
