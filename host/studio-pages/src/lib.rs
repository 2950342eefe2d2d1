//! What the browser gets of the studio: placeholder until the pages are merged.

use nnc_language::Language;

/// A screen.
pub struct Screen(&'static str);

/// What pages show of the studio.
pub struct Context {
    /// The language.
    pub language: Language,
    /// The program's version.
    pub version: &'static str,
    /// The folder, for people.
    pub folder: String,
}

/// A file of the pages.
pub struct Asset {
    /// Its bytes.
    pub bytes: &'static [u8],
    /// What it is.
    pub content_type: &'static str,
}

/// The screen at a path.
pub fn route(path: &str) -> Option<Screen> {
    (path == "/").then_some(Screen("studio"))
}

/// A page.
pub fn page(screen: &Screen, context: &Context) -> String {
    format!(
        "<!doctype html><html lang={}><title>{}</title><p>nnc-host studio {}",
        context.language.tag(),
        screen.0,
        context.version
    )
}

/// The page of whoever is not signed in.
pub fn sign_in(context: &Context) -> String {
    page(&Screen("sign in"), context)
}

/// The page for an address that is none.
pub fn not_found(context: &Context) -> String {
    page(&Screen("not found"), context)
}

/// A file.
pub fn asset(_: &str) -> Option<Asset> {
    None
}
