//! The pages of the studio: what a browser gets, and nothing else.
//!
//! [`page`] is the document of a [`Screen`]: headings, forms and controls in the reader's language, without data. The script
//! that it loads asks the studio's JSON interface for those and fills them in. [`asset`] are the style sheet and the modules
//! of the script. There is no build step: what is in `assets` is what the browser gets, but for the style sheet, which is put
//! together of its parts. Nothing stands inline and nothing is fetched from elsewhere, so that the strictest content security
//! policy fits.
//!
//! * `screen`: which screens there are, and their addresses
//! * `text`: every word of every screen, English and Japanese side by side; the script gets those of its language as JSON
//! * `shell`: the frame that all screens share
//! * `screens`: a module for each screen
//! * `asset`: the files of the folder `assets`
//!
//! A page holds no data of anybody, so that everybody may have it; the script asks for the data with what lets it in.
//!
//! Does not know about HTTP, jobs, datasets or files.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods))]

mod asset;
mod icon;
mod parts;
mod screen;
mod screens;
mod shell;
mod text;

use nnc_language::Language;

pub use asset::{Asset, asset};
pub use screen::{Screen, route};

/// What a page is told besides its screen.
#[derive(Debug, Clone)]
pub struct Context {
    /// The language of all words.
    pub language: Language,
    /// The version of the program.
    pub version: &'static str,
}

/// The HTML document of a screen.
pub fn page(screen: &Screen, context: &Context) -> String {
    shell::document(screen, context).into_string()
}

/// The page of an address that leads nowhere.
pub fn not_found(context: &Context) -> String {
    page(&Screen::NotFound, context)
}

#[cfg(test)]
mod tests;
