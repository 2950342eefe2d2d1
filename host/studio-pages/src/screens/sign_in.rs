//! Asks for the token that stands in the terminal.

use maud::{Markup, html};

use crate::parts::{Voice, described, field};
use crate::text;

pub(super) fn markup(voice: Voice) -> Markup {
    let token = html! {
        input #token name="token" type="password" autocomplete="off" required
            aria-describedby=(described("token", Some(text::TOKEN_HINT)));
    };
    html! {
        form.sheet.fields.sign-in #sign-in autocomplete="off" {
            h1 { (voice.say(text::SIGN_IN)) }
            p { (voice.say(text::SIGN_IN_ABOUT)) }
            (field(voice, "token", text::TOKEN, Some(text::TOKEN_HINT), token))
            div.act { button.main type="submit" { (voice.say(text::SIGN_IN)) } }
        }
    }
}
