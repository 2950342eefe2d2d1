//! Results beside each other: what differs, and the images that are judged differently.

use maud::{Markup, html};

use crate::parts::{Voice, named_heading};
use crate::text;

pub(super) fn markup(voice: Voice) -> Markup {
    html! {
        (named_heading(voice, text::RESULTS, "/results", html! {}))
        p.about { (voice.say(text::COMPARE_ABOUT)) }
        div.part #table {}
        section.part #verdicts-part aria-labelledby="verdicts-title" hidden {
            div.top { h2 #verdicts-title { (voice.say(text::OTHER_VERDICTS)) } }
            div #verdicts {}
        }
    }
}
