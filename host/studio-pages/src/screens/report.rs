//! The report of a result alone, as large as the window.

use maud::{Markup, html};

use crate::parts::Voice;
use crate::text;

pub(super) fn markup(voice: Voice) -> Markup {
    html! {
        div.report-head {
            h1 { (voice.say(text::REPORT)) }
            a #back href="/results" { (voice.say(text::RESULTS)) }
        }
        iframe.report.whole #report title=(voice.say(text::REPORT)) sandbox="allow-scripts" {}
    }
}
