//! The frame of every screen: navigation, the choice of language and colours, and the places where the script shows what
//! concerns no single screen.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use nnc_language::Language;

use crate::Context;
use crate::icon::Icon;
use crate::parts::Voice;
use crate::screen::Screen;
use crate::screens;
use crate::text::{self, Text};

/// Where the navigation leads.
const PLACES: [(&str, Icon, Text); 5] = [
    ("/", Icon::Home, text::DASHBOARD),
    ("/datasets", Icon::Dataset, text::DATASETS),
    ("/projects", Icon::Project, text::PROJECTS),
    ("/jobs", Icon::Job, text::JOBS),
    ("/results", Icon::Result, text::RESULTS),
];

/// The colours to choose from: the system's first.
const THEMES: [(&str, Text); 3] =
    [("auto", text::THEME_SYSTEM), ("light", text::THEME_LIGHT), ("dark", text::THEME_DARK)];

/// The whole document.
pub(crate) fn document(screen: &Screen, context: &Context) -> Markup {
    let voice = Voice(context.language);
    let content = screens::content(screen, voice);
    html! {
        (DOCTYPE)
        html lang=(context.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (voice.say(content.title)) " – nnc-host studio" }
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/assets/studio.css";
                // Before anything is drawn: no flash of the other colours.
                script src="/assets/script/head.js" {}
                @for module in crate::asset::shared_modules() { link rel="modulepreload" href=(module); }
                script type="module" src={ "/assets/script/screens/" (content.script) ".js" } {}
            }
            body data-screen=(content.script) data-name=[name(screen)] {
                a.skip href="#main" { (voice.say(text::SKIP)) }
                @if screen.is_inside() { (navigation(screen, voice)) }
                div.page {
                    (settings(voice))
                    noscript { p.banner { (voice.say(text::NO_SCRIPT)) } }
                    div.banner.offline #offline role="status" hidden { (voice.say(text::OFFLINE)) }
                    main #main tabindex="-1" { (content.markup) }
                    footer {
                        @if screen.is_inside() { span { (voice.say(text::FOLDER)) " " code #folder {} } }
                        span { "nnc-host " (context.version) }
                    }
                }
                div.toasts #toasts role="status" aria-live="polite" {}
                script #texts type="application/json" { (PreEscaped(text::json(context.language))) }
            }
        }
    }
}

/// The one thing that a screen is about.
fn name(screen: &Screen) -> Option<&str> {
    match screen {
        Screen::Dataset(name)
        | Screen::Project(name)
        | Screen::Job(name)
        | Screen::Result(name)
        | Screen::Report(name) => Some(name),
        _ => None,
    }
}

fn navigation(screen: &Screen, voice: Voice) -> Markup {
    let here = match screen {
        Screen::Home => Some("/"),
        Screen::Datasets | Screen::NewDataset | Screen::Dataset(_) => Some("/datasets"),
        Screen::Projects | Screen::Project(_) => Some("/projects"),
        Screen::Jobs | Screen::Job(_) => Some("/jobs"),
        Screen::Results | Screen::Result(_) | Screen::Report(_) | Screen::Compare => Some("/results"),
        Screen::SignIn | Screen::NotFound => None,
    };
    html! {
        nav.places aria-label=(voice.say(text::NAVIGATION)) {
            div {
                a.brand href="/" { (Icon::Flange.draw()) span { "nnc-host" } " " span.studio { "studio" } }
                ul {
                    @for (address, icon, text) in PLACES {
                        li {
                            a href=(address) aria-current=[(here == Some(address)).then_some("page")] {
                                (icon.draw())
                                span { (voice.say(text)) }
                                @if address == "/jobs" { span.badge #running hidden {} }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn settings(voice: Voice) -> Markup {
    html! {
        form.settings #settings autocomplete="off" {
            label {
                span { (voice.say(text::LANGUAGE)) }
                select #language {
                    @for language in Language::ALL {
                        option value=(language.tag()) lang=(language.tag()) selected[language == voice.0] {
                            (language.name())
                        }
                    }
                }
            }
            label {
                span { (voice.say(text::APPEARANCE)) }
                select #theme {
                    @for (value, text) in THEMES { option value=(value) { (voice.say(text)) } }
                }
            }
        }
    }
}
