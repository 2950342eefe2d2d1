//! `report.html`: one file with everything inside, written piece by piece.
//!
//! The markup is complete without its script: summary, charts, tables and pictures. The script adds search, filters,
//! enlargement, the movable threshold and the switches of language and appearance. Nothing is fetched: a content
//! security policy allows the page its own script and `data:` pictures only, so text that came with the dataset cannot
//! bring in anything even if it were taken for markup.

mod axis;
mod curves;
mod data;
mod facts;
mod figures;
mod gallery;
mod histogram;
mod outcomes;
mod pictures;
mod text;
mod threshold;
mod tile;
mod viewer;
mod voice;
mod words;

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use nnc_language::Language;
use sha2::{Digest, Sha256};

use crate::error::ReportError;
use crate::maps::Maps;
use crate::model::{Class, Counts, Evaluation};
use text::Text;
use voice::{Voice, visible};
use words::Words;

/// The dark colours serve two rules: the system's setting, and the reader's choice. Paper is always light.
const STYLE: &str = concat!(
    include_str!("page/style/page.css"),
    "@media screen and (prefers-color-scheme: dark) { :root:not([data-theme=light]) {\n",
    include_str!("page/style/dark.css"),
    "} }\n@media screen { :root[data-theme=dark] {\n",
    include_str!("page/style/dark.css"),
    "} }\n",
);
/// Runs before anything is drawn.
const HEAD_SCRIPT: &str = include_str!("page/script/head.js");
/// One function around all parts keeps their names to themselves.
const SCRIPT: &str = concat!(
    "\"use strict\";(() => {\n",
    include_str!("page/script/words.js"),
    include_str!("page/script/theme.js"),
    include_str!("page/script/lazy.js"),
    include_str!("page/script/threshold.js"),
    include_str!("page/script/gallery.js"),
    include_str!("page/script/contour.js"),
    include_str!("page/script/viewer.js"),
    include_str!("page/script/start.js"),
    "})();"
);

/// Every script that a page of this version has, without what surrounds them. A page with another one was made by another version,
/// or by somebody else.
pub fn page_scripts() -> [&'static str; 3] {
    [HEAD_SCRIPT, SCRIPT, outcomes::SCRIPT]
}

/// How the page is made.
pub struct PageOptions<'a> {
    /// The language that the page opens in; readers can switch it.
    pub language: Language,
    /// Threads that make pictures.
    pub threads: usize,
    /// Puts an error into words: the reason why a map or a mask is not shown.
    pub explain: &'a (dyn Fn(&ReportError) -> String + Sync),
    /// Told how many of how many pictured images are done.
    pub progress: &'a dyn Fn(usize, usize),
}

impl Default for PageOptions<'_> {
    /// English but for errors, which are shown as developers see them, made by one thread, without progress.
    fn default() -> Self {
        Self { language: Language::English, threads: 1, explain: &|error| format!("{error:?}"), progress: &|_, _| {} }
    }
}

/// Writes the report of an evaluation as one self-contained page.
///
/// Pictures are made a few at a time and written at once, so memory does not grow with their number. More images mean
/// smaller pictures: up to 100 images have pictures of 480 pixels, more than 1000 such of 160. Of more than 2000 images
/// 2000 are shown, missed defects and false alarms first; pictures take 40 MB at most. The page says what it left out.
/// An input, a map or a mask that cannot be shown costs its picture and leaves a note. Equal evaluations give equal
/// pages.
///
/// # Errors
/// [`ReportError::Write`] when `out` refuses the text.
pub fn write_html(
    evaluation: &Evaluation,
    maps: &Maps,
    options: &PageOptions<'_>,
    out: &mut dyn Write,
) -> Result<(), ReportError> {
    if !evaluation.task.gives_scores() {
        return outcomes::write(evaluation, options, out);
    }
    let voice = Voice(options.language);
    let counts = Counts::of(&evaluation.rows);
    let histogram = histogram::Histogram::new(&evaluation.rows, evaluation.threshold.as_ref().map(|t| t.value));
    write(out, head(&evaluation.title, voice, "", SCRIPT))?;
    out.write_all(b"<body>")?;
    write(out, heading(evaluation, voice))?;
    out.write_all(b"<main>")?;
    write(
        out,
        html! {
            noscript { p.note.script { (voice.say(Text::NoScript)) } }
            div.columns.top {
                (figures::result(evaluation, counts, voice))
                (figures::quality(evaluation, counts, voice))
            }
            div.columns.charts {
                (threshold::section(evaluation, histogram.as_ref(), counts, voice))
                (curves::sections(evaluation, counts, voice))
            }
            (facts::section(evaluation, voice))
        },
    )?;
    let shown = gallery::write(evaluation, maps, options, out)?;
    out.write_all(b"</main>")?;
    write(out, viewer::dialog(voice))?;
    let data = data::json(evaluation, &shown, histogram.as_ref(), options.language);
    write(
        out,
        html! {
            script #data type="application/json" { (PreEscaped(data)) }
            script { (PreEscaped(SCRIPT)) }
        },
    )?;
    out.write_all(b"</body></html>\n")?;
    Ok(())
}

fn write(out: &mut dyn Write, markup: Markup) -> io::Result<()> {
    out.write_all(markup.into_string().as_bytes())
}

/// `style` comes after what all pages have, `script` is the one at the end of the page.
fn head(title: &str, voice: Voice, style: &str, script: &str) -> Markup {
    let [first, second] = [HEAD_SCRIPT, script].map(|script| STANDARD.encode(Sha256::digest(script.as_bytes())));
    let policy = format!(
        "default-src 'none';img-src data:;style-src 'unsafe-inline';script-src 'sha256-{first}' 'sha256-{second}'"
    );
    html! {
        (DOCTYPE)
        // Opened by hand: its end comes after the gallery.
        (PreEscaped(format!("<html lang=\"{}\">", voice.0.tag())))
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (visible(title)) " – " (voice.words(Text::Report)) }
            style { (PreEscaped(STYLE)) (PreEscaped(style)) }
            script { (PreEscaped(HEAD_SCRIPT)) }
        }
    }
}

fn heading(evaluation: &Evaluation, voice: Voice) -> Markup {
    html! {
        a.skip href="#images" { (voice.say(Text::SkipToImages)) }
        header {
            div {
                p.kind { (voice.say(Text::Report)) }
                h1 { bdi { (visible(&evaluation.title)) } }
            }
            form #settings.needs-script autocomplete="off" {
                label {
                    (voice.say(Text::Language))
                    select #language {
                        @for language in Language::ALL {
                            option value=(language.tag()) lang=(language.tag()) selected[language == voice.0] {
                                (language.name())
                            }
                        }
                    }
                }
                label {
                    (voice.say(Text::Theme))
                    select #theme {
                        @for (value, text) in
                            [("auto", Text::ThemeAuto), ("light", Text::ThemeLight), ("dark", Text::ThemeDark)] {
                            option value=(value) data-t=(text.key()) { (voice.words(text)) }
                        }
                    }
                }
            }
        }
    }
}

/// The name of a class in the style sheet.
fn style_name(class: Class) -> &'static str {
    match class {
        Class::Normal => "normal",
        Class::Defective => "defective",
        Class::Unlabelled => "unlabelled",
    }
}

/// The word for people.
fn class_text(class: Class) -> Text {
    match class {
        Class::Normal => Text::Normal,
        Class::Defective => Text::Defective,
        Class::Unlabelled => Text::Unlabelled,
    }
}
