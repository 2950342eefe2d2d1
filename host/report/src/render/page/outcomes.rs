//! The page of a model that is no detector: a classifier, a regression, a segmentation, or one whose outputs are shown as
//! they are. Head, settings and details are those of every page; figures, charts and gallery follow the task, each in a
//! module of its own.

mod areas;
mod classes;
mod figures;
mod gallery;
mod likeness;
mod numbers;
mod palette;
mod pictures;
mod text;
mod tile;

use std::collections::BTreeMap;
use std::io::Write;

use maud::{Markup, PreEscaped, html};
use nnc_language::Language;
use serde_json::{Map, Value, json};

use super::data::escape;
use super::voice::Voice;
use super::{PageOptions, facts, head, heading, viewer, write as put};
use crate::error::ReportError;
use crate::model::{Evaluation, Judged};
use text::Caption;

const STYLE: &str = include_str!("style/outcomes.css");
pub(super) const SCRIPT: &str = concat!(
    "\"use strict\";(() => {\n",
    include_str!("script/words.js"),
    include_str!("script/theme.js"),
    include_str!("script/lazy.js"),
    include_str!("script/outcomes/gallery.js"),
    include_str!("script/outcomes/viewer.js"),
    include_str!("script/outcomes/start.js"),
    "})();"
);

/// Writes the page.
pub(super) fn write(
    evaluation: &Evaluation,
    options: &PageOptions<'_>,
    out: &mut dyn Write,
) -> Result<(), ReportError> {
    let voice = Voice(options.language);
    put(out, head(&evaluation.title, voice, STYLE, SCRIPT))?;
    out.write_all(b"<body>")?;
    put(out, heading(evaluation, voice))?;
    out.write_all(b"<main>")?;
    put(
        out,
        html! {
            noscript { p.note.script { (voice.say(Caption::WithoutScript)) } }
            (summary(evaluation, voice))
            (facts::section(evaluation, voice))
        },
    )?;
    gallery::write(evaluation, options, out)?;
    out.write_all(b"</main>")?;
    put(out, dialog(evaluation, voice))?;
    put(
        out,
        html! {
            script #data type="application/json" { (PreEscaped(data(options.language))) }
            script { (PreEscaped(SCRIPT)) }
        },
    )?;
    out.write_all(b"</body></html>\n")?;
    Ok(())
}

fn summary(evaluation: &Evaluation, voice: Voice) -> Markup {
    match &evaluation.judged {
        Some(Judged::Classification(metrics)) => classes::sections(metrics, voice),
        Some(Judged::Regression(metrics)) => numbers::sections(metrics, evaluation, voice),
        Some(Judged::Segmentation(metrics)) => areas::sections(metrics, voice),
        Some(Judged::Likeness(metrics)) => likeness::sections(metrics, voice),
        None => figures::nothing(evaluation.rows.len(), voice),
    }
}

/// What the script reads: the texts of all languages.
fn data(language: Language) -> String {
    let table = |language: Language| -> BTreeMap<&'static str, &'static str> {
        super::text::table(language).into_iter().chain(text::table(language)).collect()
    };
    let texts: Map<String, Value> =
        Language::ALL.into_iter().map(|language| (language.tag().to_owned(), json!(table(language)))).collect();
    escape(&json!({"language": language.tag(), "texts": texts}).to_string())
}

/// Where a row is shown in full size; the script fills it.
fn dialog(evaluation: &Evaluation, voice: Voice) -> Markup {
    let panes = html! {
        @for (layer, title) in pictures::layers(evaluation) {
            figure data-layer=(layer) {
                div.well {}
                figcaption { (voice.say(title)) }
            }
        }
    };
    viewer::frame(Caption::FullSize, &panes, &html! { div #view-numbers {} }, voice)
}
