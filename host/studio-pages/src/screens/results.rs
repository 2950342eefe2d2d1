//! NNC's history: results with their figures, to open, compare and delete.

use maud::{Markup, html};

use crate::parts::{Voice, heading};
use crate::text;

pub(super) fn markup(voice: Voice) -> Markup {
    let buttons = html! {
        span.soft.small #chosen role="status" {}
        button.main #compare type="button" disabled { (voice.say(text::COMPARE)) }
    };
    html! {
        (heading(voice, text::RESULTS, Some(text::RESULTS_ABOUT), buttons))
        div #list {}
    }
}
