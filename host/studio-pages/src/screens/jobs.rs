//! What runs, what waits, and what was run.

use maud::{Markup, html};

use crate::parts::{Voice, heading};
use crate::text;

pub(super) fn markup(voice: Voice) -> Markup {
    html! {
        (heading(voice, text::JOBS, Some(text::JOBS_ABOUT), html! {}))
        section aria-labelledby="active-title" #active hidden {
            h2.unseen #active-title { (voice.say(text::ACTIVE_JOBS)) }
            div.sheets #active-list {}
        }
        section.part aria-labelledby="ended-title" {
            div.top { h2 #ended-title { (voice.say(text::ENDED_JOBS)) } }
            div #list {}
        }
    }
}
