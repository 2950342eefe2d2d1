//! Parts that screens have in common: words, fields with their help and error, choices, tables that the script fills.

use maud::{Markup, html};
use nnc_language::Language;

use crate::icon::Icon;
use crate::text::Text;

/// Says texts in the language of the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voice(pub(crate) Language);

impl Voice {
    pub(crate) fn say(self, text: Text) -> &'static str {
        text.of(self.0)
    }
}

/// What stands at the top of a screen: its name, one sentence on what it is for, and its buttons.
pub(crate) fn heading(voice: Voice, title: Text, about: Option<Text>, buttons: Markup) -> Markup {
    html! {
        div.heading {
            div {
                h1 { (voice.say(title)) }
                @if let Some(about) = about { p.about { (voice.say(about)) } }
            }
            div.buttons { (buttons) }
        }
    }
}

/// What stands at the top of a screen about one thing: where it belongs, and its name, which the script fills in.
pub(crate) fn named_heading(voice: Voice, above: Text, address: &str, buttons: Markup) -> Markup {
    html! {
        div.heading {
            div {
                p.above { a href=(address) { (voice.say(above)) } }
                h1 #title { bdi {} }
            }
            div.buttons { (buttons) }
        }
    }
}

/// A link that looks like a button, the main one of its screen.
pub(crate) fn main_link(voice: Voice, address: &str, icon: Icon, text: Text) -> Markup {
    html! { a.button.main href=(address) { (icon.draw()) (voice.say(text)) } }
}

/// A control with its label, and below it help and the place of its error. `control` gets the attributes `id` and
/// `aria-describedby` by these names.
pub(crate) fn field(voice: Voice, id: &str, label: Text, hint: Option<Text>, control: Markup) -> Markup {
    html! {
        div.field data-field=(id) {
            label for=(id) { (voice.say(label)) }
            (control)
            @if let Some(hint) = hint { p.hint id={ (id) "-hint" } { (voice.say(hint)) } }
            p.error id={ (id) "-error" } role="alert" hidden {}
        }
    }
}

/// The ids of what describes a control.
pub(crate) fn described(id: &str, hint: Option<Text>) -> String {
    if hint.is_some() { format!("{id}-hint {id}-error") } else { format!("{id}-error") }
}

/// One line of text.
pub(crate) fn text_field(voice: Voice, id: &str, label: Text, hint: Option<Text>, value: &str) -> Markup {
    let control = html! {
        input id=(id) name=(id) type="text" value=(value) autocomplete="off" spellcheck="false"
            aria-describedby=(described(id, hint));
    };
    field(voice, id, label, hint, control)
}

/// A whole number.
pub(crate) fn number_field(
    voice: Voice,
    id: &str,
    label: Text,
    hint: Option<Text>,
    value: &str,
    limits: [u32; 2],
) -> Markup {
    let control = html! {
        input.number id=(id) name=(id) type="number" value=(value) min=(limits[0]) max=(limits[1]) step="1" required
            autocomplete="off" aria-describedby=(described(id, hint));
    };
    field(voice, id, label, hint, control)
}

/// A list of what the script knows.
pub(crate) fn select_field(voice: Voice, id: &str, label: Text, hint: Option<Text>) -> Markup {
    let control = html! { select id=(id) name=(id) aria-describedby=(described(id, hint)) {} };
    field(voice, id, label, hint, control)
}

/// A switch with its sentence.
pub(crate) fn check_field(voice: Voice, id: &str, label: Text, hint: Option<Text>) -> Markup {
    html! {
        div.field data-field=(id) {
            label.check for=(id) {
                input id=(id) name=(id) type="checkbox" autocomplete="off" aria-describedby=(described(id, hint));
                span { (voice.say(label)) }
            }
            @if let Some(hint) = hint { p.hint id={ (id) "-hint" } { (voice.say(hint)) } }
            p.error id={ (id) "-error" } role="alert" hidden {}
        }
    }
}

/// One of a few, all of which are seen: a value, its words, and whether it is the one at first.
pub(crate) fn choice_field(
    voice: Voice,
    name: &str,
    legend: Text,
    hint: Option<Text>,
    choices: &[(&str, Text)],
) -> Markup {
    html! {
        fieldset.field data-field=(name) aria-describedby=(described(name, hint)) {
            legend { (voice.say(legend)) }
            div.choices {
                @for (place, (value, text)) in choices.iter().enumerate() {
                    label {
                        input type="radio" name=(name) value=(value) checked[place == 0] autocomplete="off";
                        span { (voice.say(*text)) }
                    }
                }
            }
            @if let Some(hint) = hint { p.hint id={ (name) "-hint" } { (voice.say(hint)) } }
            p.error id={ (name) "-error" } role="alert" hidden {}
        }
    }
}
