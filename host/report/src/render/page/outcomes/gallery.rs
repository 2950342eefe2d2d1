//! The gallery: every row with its pictures and what the model says about it, the greatest mistakes first.

use std::io::{self, Write};

use maud::{Markup, PreEscaped, html};

use super::pictures::PictureMaker;
use super::text::{Caption, Phrase};
use super::tile::{State, Tile, weight};
use crate::model::{ClassificationMetrics, EvaluatedImage, Evaluation, Judged};
use crate::render::page::pictures::{MOST, MOST_BYTES};
use crate::render::page::voice::{Voice, visible};
use crate::render::page::words::Words;
use crate::render::page::{PageOptions, write as put};

/// Writes the gallery tile by tile.
pub(super) fn write(evaluation: &Evaluation, options: &PageOptions<'_>, out: &mut dyn Write) -> io::Result<()> {
    let voice = Voice(options.language);
    let mut order: Vec<&EvaluatedImage> = evaluation.rows.iter().collect();
    // Stable: rows that are equally wrong stay in the order of the dataset.
    order.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    order.truncate(MOST);
    let classes = match &evaluation.judged {
        Some(Judged::Classification(metrics)) => Some(metrics),
        _ => None,
    };

    put(out, opening(evaluation, &order, classes, voice))?;
    out.write_all(b"<ol id=\"gallery\">\n")?;
    let (mut bytes, mut without) = (0, 0);
    for (done, (image, pictures)) in order.iter().zip(PictureMaker::new(&order, evaluation, options)).enumerate() {
        let fits = bytes + pictures.bytes() <= MOST_BYTES;
        if fits {
            bytes += pictures.bytes();
        } else {
            without += 1;
        }
        let tile = Tile { image, classes, pictures: fits.then_some(&pictures) };
        put(out, tile.markup(voice))?;
        out.write_all(b"\n")?;
        (options.progress)(done + 1, order.len());
    }
    out.write_all(b"</ol>")?;
    let megabytes = |bytes: usize| format!("{:.1}", bytes as f64 / 1e6);
    put(
        out,
        html! {
            p.note {
                (voice.say_with(Phrase::PicturesInside { images: &(order.len() - without), megabytes: &megabytes(bytes) }))
                @if without > 0 {
                    " " (voice.say_with(Phrase::PicturesLeftOut { images: &without, megabytes: &megabytes(MOST_BYTES) }))
                }
            }
        },
    )?;
    out.write_all(b"</section>")
}

/// Heading and controls, up to the list of tiles. The section is closed by [`write`].
fn opening(
    evaluation: &Evaluation,
    shown: &[&EvaluatedImage],
    classes: Option<&ClassificationMetrics>,
    voice: Voice,
) -> Markup {
    html! {
        (PreEscaped("<section class=\"gallery\" id=\"images\" tabindex=\"-1\" aria-labelledby=\"gallery-title\">"))
        div.heading { h2 #gallery-title { (voice.say(Caption::AllRows)) } }
        @if evaluation.rows.len() > shown.len() {
            p.note { (voice.say_with(Phrase::OnlySomeRows { shown: &shown.len(), all: &evaluation.rows.len() })) }
        }
        (controls(evaluation, shown, classes, voice))
        p.note #nothing hidden { (voice.say(Caption::NoRowFits)) }
    }
}

fn controls(
    evaluation: &Evaluation,
    shown: &[&EvaluatedImage],
    classes: Option<&ClassificationMetrics>,
    voice: Voice,
) -> Markup {
    let has = |state: State| shown.iter().any(|image| State::of(image) == state);
    let states = [
        ("right", State::Right, Caption::Right),
        ("wrong", State::Wrong, Caption::Wrong),
        ("unlabelled", State::NoLabel, Caption::NoLabel),
    ];
    let states: Vec<(&str, Caption)> = std::iter::once(("all", Caption::Any))
        .chain(states.into_iter().filter(|(_, state, _)| has(*state)).map(|(name, _, text)| (name, text)))
        .collect();
    let orders: &[(&str, Caption)] = match (&evaluation.judged, classes) {
        (_, Some(_)) => &[
            ("wrong", Caption::SortWrong),
            ("unsure", Caption::SortUnsure),
            ("sure", Caption::SortSure),
            ("row", Caption::ByRow),
            ("name", Caption::ByName),
        ],
        (Some(_), None) => &[
            ("wrong", Caption::SortError),
            ("small", Caption::SortSmall),
            ("row", Caption::ByRow),
            ("name", Caption::ByName),
        ],
        (None, None) => &[("row", Caption::ByRow), ("name", Caption::ByName)],
    };
    let overlays = matches!(evaluation.judged, Some(Judged::Segmentation(_)));
    html! {
        form #controls.needs-script autocomplete="off" {
            @if states.len() > 1 {
                fieldset {
                    legend.hidden { (voice.say(Caption::Outcome)) }
                    @for (value, text) in states {
                        label {
                            input type="radio" name="show" value=(value) checked[value == "all"];
                            span { (voice.say(text)) " " span.count data-shown=(value) {} }
                        }
                    }
                }
            }
            @if let Some(metrics) = classes {
                @for (id, name) in [("label", Caption::LabelIs), ("prediction", Caption::PredictionIs)] {
                    label {
                        (voice.say(name))
                        select id=(id) {
                            option value="" data-t=(Caption::Any.key()) { (voice.words(Caption::Any)) }
                            @for (index, class) in metrics.classes.iter().enumerate() { option value=(index) { (visible(&class.name)) } }
                        }
                    }
                }
            }
            label {
                (voice.say(crate::render::page::text::Text::SortBy))
                select #sort {
                    @for (value, text) in orders { option value=(value) data-t=(text.key()) { (voice.words(*text)) } }
                }
            }
            label { (voice.say(Caption::SearchNames)) input #search type="search" spellcheck="false"; }
            @if overlays { label.switch { input #overlays type="checkbox" checked; (voice.say(Caption::Overlays)) } }
            output #shown-count role="status" for="sort search" {}
        }
    }
}
