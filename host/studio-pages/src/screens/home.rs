//! The dashboard: the four steps of NNC's guide with how far they are, and what was run last.

use maud::{Markup, html};

use crate::icon::Icon;
use crate::parts::{Voice, heading};
use crate::text;

pub(super) fn markup(voice: Voice) -> Markup {
    let steps = [
        ("datasets", text::STEP_DATASETS, text::STEP_DATASETS_ABOUT, "/new-dataset", text::CREATE_DATASET),
        ("projects", text::STEP_PROJECT, text::STEP_PROJECT_ABOUT, "/projects", text::OPEN_PROJECTS),
        ("jobs", text::STEP_RUN, text::STEP_RUN_ABOUT, "/projects", text::CHOOSE_PROJECT),
        ("results", text::STEP_RESULTS, text::STEP_RESULTS_ABOUT, "/results", text::OPEN_RESULTS),
    ];
    html! {
        (heading(voice, text::DASHBOARD, Some(text::DASHBOARD_ABOUT), html! {}))
        ol.steps #steps {
            @for (step, title, about, address, go) in steps {
                li data-step=(step) {
                    h2 { (voice.say(title)) }
                    p { (voice.say(about)) }
                    p.told data-told=(step) {}
                    a.button href=(address) { (voice.say(go)) }
                }
            }
        }
        section.sheet #sample aria-labelledby="sample-title" {
            div.top {
                div {
                    h2 #sample-title { (voice.say(text::SAMPLE)) }
                    p.soft { (voice.say(text::SAMPLE_ABOUT)) }
                }
                button #begin-sample type="button" { (Icon::Flange.draw()) (voice.say(text::BEGIN_SAMPLE)) }
            }
            div.work #sample-work hidden {}
            p.error #sample-error role="alert" hidden {}
        }
        section.part aria-labelledby="recent-title" {
            div.top {
                h2 #recent-title { (voice.say(text::RECENT_JOBS)) }
                a href="/jobs" { (voice.say(text::ALL_JOBS)) }
            }
            div #recent {}
        }
    }
}
