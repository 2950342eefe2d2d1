//! Figures on top of the page, as all tasks show them.

use maud::{Markup, html};

use super::text::{Caption, Phrase};
use crate::model::Pairing;
use crate::render::page::text::Text;
use crate::render::page::voice::{Voice, visible};

/// The section with the large numbers; `rest` follows them.
pub(super) fn result(
    task: Caption,
    pairing: &Pairing,
    counts: &[(Caption, usize)],
    rest: Markup,
    voice: Voice,
) -> Markup {
    html! {
        section.result aria-labelledby="result" {
            h2 #result { (voice.say(Text::Result)) }
            p.note.task {
                (voice.say(Caption::JudgedAs)) ": " strong { (voice.say(task)) } " – "
                @if pairing.variable.is_empty() {
                    (voice.say_with(Phrase::OutputShown { output: &visible(&pairing.output) }))
                } @else {
                    (voice.say_with(Phrase::Compared { output: &visible(&pairing.output), variable: &visible(&pairing.variable) }))
                }
            }
            dl.figures {
                @for (name, count) in counts {
                    div { dt { (voice.say(*name)) } dd { (count) } }
                }
            }
            (rest)
        }
    }
}

/// A metric with what it means; nothing where it is not known.
pub(super) fn metric(voice: Voice, name: Caption, value: Option<String>, meaning: Markup) -> Markup {
    html! {
        div {
            dt { (voice.say(name)) }
            @match value {
                Some(value) => dd { (value) },
                None => dd.missing { (voice.say(Text::NotAvailable)) },
            }
            p { (meaning) }
        }
    }
}

/// A share to four digits.
pub(super) fn share(value: Option<f64>) -> Option<String> {
    value.map(|value| format!("{value:.4}"))
}

/// A share in a table, a dash where it is not known.
pub(super) fn cell(value: Option<f64>) -> String {
    share(value).unwrap_or_else(|| "–".to_owned())
}

/// The page of a model that is not judged.
pub(super) fn nothing(rows: usize, voice: Voice) -> Markup {
    html! {
        div.columns.top {
            section.result aria-labelledby="result" {
                h2 #result { (voice.say(Text::Result)) }
                p.note.task { (voice.say(Caption::JudgedAs)) ": " strong { (voice.say(Caption::TaskNone)) } }
                dl.figures { div { dt { (voice.say(Caption::Rows)) } dd { (rows) } } }
                p.note { (voice.say(Caption::NothingJudged)) }
            }
        }
    }
}
