//! What holds for all pages and assets: they fit together, every word exists in both languages, nothing stands inline, every
//! control has a name, and the colours can be read.

mod contrast;
mod markup;
mod script;
mod words;

use nnc_language::Language;

use crate::{Context, Screen, page};

/// Every screen.
fn screens() -> Vec<Screen> {
    let name = || "a <name> \u{202e}&\"".to_owned();
    vec![
        Screen::Home,
        Screen::Datasets,
        Screen::NewDataset,
        Screen::Dataset(name()),
        Screen::Projects,
        Screen::Project(name()),
        Screen::Jobs,
        Screen::Job(name()),
        Screen::Results,
        Screen::Result(name()),
        Screen::Report(name()),
        Screen::Compare,
        Screen::SignIn,
        Screen::NotFound,
    ]
}

/// Every screen in every language, as HTML, with words for the message of a test.
fn pages() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for language in Language::ALL {
        for screen in screens() {
            let context = Context { language, version: "1.2.3" };
            pages.push((format!("{screen:?} in {language}"), page(&screen, &context)));
        }
    }
    pages
}

/// All that `pattern` finds in `text`: its first group.
fn found(pattern: &str, text: &str) -> Vec<String> {
    regex::Regex::new(pattern).unwrap().captures_iter(text).map(|found| found[1].to_owned()).collect()
}
