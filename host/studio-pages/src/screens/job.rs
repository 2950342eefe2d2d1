//! One job: how far it is, and its log as NNC's training page shows it.

use maud::{Markup, html};

use crate::parts::{Voice, check_field, named_heading};
use crate::text;

pub(super) fn markup(voice: Voice) -> Markup {
    let buttons = html! {
        span #next {}
        button.risky #stop type="button" hidden { (voice.say(text::STOP)) }
    };
    html! {
        (named_heading(voice, text::JOBS, "/jobs", buttons))
        section.sheet.work aria-label=(voice.say(text::PROGRESS)) {
            div.top {
                span.state #state role="status" {}
                span.soft #stage {}
            }
            progress #bar max="1" aria-label=(voice.say(text::PROGRESS)) hidden {}
            dl.figures #figures {}
            p.summary-error #job-error role="alert" hidden {}
        }
        section.part aria-labelledby="log-title" {
            div.log-bar {
                h2 #log-title { (voice.say(text::LOG)) }
                div.buttons {
                    (check_field(voice, "follow", text::FOLLOW, None))
                    button #download-log type="button" { (voice.say(text::DOWNLOAD_LOG)) }
                }
            }
            div.log #log tabindex="0" role="region" aria-labelledby="log-title" {}
            p.hint { (voice.say(text::CLOSE_BROWSER)) }
        }
    }
}
