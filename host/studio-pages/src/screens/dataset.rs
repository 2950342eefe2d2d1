//! One dataset: NNC's preview with index, thumbnails and labels, and every problem with its line.

use maud::{Markup, html};

use crate::parts::{Voice, choice_field, named_heading, select_field};
use crate::text;

pub(super) fn markup(voice: Voice) -> Markup {
    let buttons = html! { button.risky #delete type="button" { (voice.say(text::DELETE)) } };
    html! {
        (named_heading(voice, text::DATASETS, "/datasets", buttons))
        section.sheet aria-label=(voice.say(text::ABOUT_DATASET)) {
            dl.figures #figures {}
            div #notes {}
        }
        section.part aria-labelledby="problems-title" {
            div.top {
                h2 #problems-title { (voice.say(text::PROBLEMS)) }
                form.buttons #check autocomplete="off" {
                    label.soft.small for="against" { (voice.say(text::COMPARE_WITH)) }
                    select #against { option value="" { (voice.say(text::NO_DATASET)) } }
                    button type="submit" { (voice.say(text::CHECK)) }
                }
            }
            div.sheet #problems { p.soft { (voice.say(text::NOT_CHECKED)) } }
        }
        section.part #preview aria-labelledby="preview-title" {
            div.top {
                h2 #preview-title { (voice.say(text::PREVIEW)) }
                form.pair #view autocomplete="off" {
                    (select_field(voice, "table", text::TABLE, None))
                    (select_field(voice, "label", text::LABEL, None))
                    (choice_field(
                        voice,
                        "as",
                        text::SHOW_AS,
                        None,
                        &[("table", text::AS_TABLE), ("thumbs", text::AS_THUMBNAILS)],
                    ))
                }
            }
            nav.pages #pages-above aria-label=(voice.say(text::PAGES)) {}
            div #rows aria-live="off" {}
            nav.pages #pages-below aria-label=(voice.say(text::PAGES_BELOW)) {}
        }
    }
}
