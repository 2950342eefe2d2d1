//! An address that leads nowhere.

use maud::{Markup, html};

use crate::parts::{Voice, heading};
use crate::text;

pub(super) fn markup(voice: Voice) -> Markup {
    html! {
        (heading(voice, text::NOTHING_HERE, Some(text::NOTHING_HERE_ABOUT), html! {}))
        p { a.button.main href="/" { (voice.say(text::DASHBOARD)) } }
    }
}
