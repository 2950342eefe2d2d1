//! `report.html`: one file with everything inside, written piece by piece.

mod axis;
mod figures;
mod gallery;
mod histogram;
mod roc;

use std::io::Write;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::error::ReportError;
use crate::evaluation::{Class, Counts, Evaluation};

const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/script.js");

/// Writes the report of an evaluation as one self-contained page.
///
/// Pictures are made and written one image at a time. Of more than 2000 images the 2000 with the highest scores are
/// pictured and the page says so. An input or a score map that cannot be shown costs its picture and leaves a note.
///
/// # Errors
/// [`ReportError::Write`] when `out` refuses the text.
pub fn write_html(evaluation: &Evaluation, out: &mut dyn Write) -> Result<(), ReportError> {
    let write = |out: &mut dyn Write, markup: Markup| out.write_all(markup.into_string().as_bytes());
    write(out, head(&evaluation.title))?;
    out.write_all(b"<body>")?;
    write(out, heading(&evaluation.title))?;
    out.write_all(b"<main>")?;
    write(out, summary(evaluation))?;
    gallery::write(&evaluation.rows, evaluation.scale, out)?;
    out.write_all(b"</main>")?;
    write(out, gallery::viewer())?;
    write(out, html! { script { (PreEscaped(SCRIPT)) } })?;
    out.write_all(b"</body></html>\n")?;
    Ok(())
}

fn head(title: &str) -> Markup {
    html! {
        (DOCTYPE)
        // Opened by hand: its end comes after the gallery.
        (PreEscaped("<html lang=\"en\">"))
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) " – evaluation report" }
            style { (PreEscaped(STYLE)) }
        }
    }
}

fn heading(title: &str) -> Markup {
    html! {
        header {
            p.kind { "Evaluation report" }
            h1 { bdi { (title) } }
        }
    }
}

/// All above the gallery.
fn summary(evaluation: &Evaluation) -> Markup {
    let counts = Counts::of(&evaluation.rows);
    html! {
        div.columns {
            (figures::key_figures(&evaluation.rows, counts))
            (figures::facts(&evaluation.origin))
        }
        div.columns {
            (histogram::section(&evaluation.rows, counts))
            (roc::section(&evaluation.rows))
        }
    }
}

impl Class {
    /// The word for people and the name of its colour in the style sheet.
    fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Defective => "defective",
            Self::Unlabelled => "unlabelled",
        }
    }
}
