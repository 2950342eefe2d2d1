//! Where an image is shown in full size: input, heat map, contour and mask side by side.

use maud::{Markup, html};

use super::text::Text;
use super::voice::Voice;
use super::words::Words;

/// The dialog; the script fills it.
pub(super) fn dialog(voice: Voice) -> Markup {
    let panes = html! {
        (pane("pane-input", Text::Image, html! {}, voice))
        (pane("pane-made", Text::Made, html! {}, voice))
        (pane("pane-heat", Text::HeatMap, html! {
            label.opacity {
                (voice.say(Text::Opacity)) " "
                input #opacity type="range" min="0" max="100" value="100" autocomplete="off";
            }
        }, voice))
        (pane("pane-contour", Text::Contour, html! {}, voice))
        (pane("pane-mask", Text::Mask, html! {}, voice))
    };
    frame(
        Text::Viewer,
        &panes,
        &html! {
            p.note #view-facts {}
            div #view-found hidden {
                table {
                    caption { (voice.say(Text::FoundDefects)) }
                    thead {
                        tr {
                            @for text in [
                                Text::FoundNumber, Text::FoundPlace, Text::FoundSize, Text::FoundArea, Text::FoundPeak,
                                Text::FoundMean,
                            ] {
                                th scope="col" { (voice.say(text)) }
                            }
                        }
                    }
                    tbody {}
                }
                p.note #view-more hidden {}
            }
        },
        voice,
    )
}

/// A dialog called `label` with its bar, these panes, and what stands below them.
pub(super) fn frame(label: impl Words, panes: &Markup, below: &Markup, voice: Voice) -> Markup {
    let button = |id: &str, sign: &str, text: Text| {
        html! {
            button id=(id) type="button" aria-label=(voice.words(text)) data-t-label=(text.key())
                title=(voice.words(text)) data-t-title=(text.key()) { (sign) }
        }
    };
    html! {
        dialog #viewer aria-label=(voice.words(label)) data-t-label=(label.key()) {
            div.bar {
                div.title {
                    bdi #view-name {}
                    p #view-line {}
                }
                div.buttons {
                    span #view-position role="status" {}
                    (button("previous", "←", Text::Previous))
                    (button("next", "→", Text::Next))
                    (button("close", "✕", Text::Close))
                }
            }
            div.panes { (panes) }
            (below)
            p.note.keys { (voice.say(Text::Keys)) }
        }
    }
}

fn pane(id: &str, title: Text, controls: Markup, voice: Voice) -> Markup {
    html! {
        figure id=(id) {
            div.well {}
            figcaption { (voice.say(title)) (controls) }
        }
    }
}
