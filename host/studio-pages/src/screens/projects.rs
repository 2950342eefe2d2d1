//! All projects, and the dialog of a new one.

use maud::{Markup, html};

use crate::icon::Icon;
use crate::parts::{Voice, choice_field, heading, select_field, text_field};
use crate::text;

pub(super) fn markup(voice: Voice) -> Markup {
    let new = html! { button.main #new type="button" { (Icon::Add.draw()) (voice.say(text::NEW_PROJECT)) } };
    html! {
        (heading(voice, text::PROJECTS, Some(text::PROJECTS_ABOUT), new))
        div #list {}
        dialog #new-dialog aria-labelledby="new-title" {
            h2 #new-title { (voice.say(text::NEW_PROJECT)) }
            form.fields #new-form novalidate autocomplete="off" {
                (text_field(voice, "name", text::PROJECT_NAME, Some(text::PROJECT_NAME_HINT), ""))
                (choice_field(
                    voice,
                    "from",
                    text::BEGIN_WITH,
                    None,
                    &[("empty", text::FROM_EMPTY), ("sample", text::FROM_SAMPLE), ("upload", text::FROM_FILE)],
                ))
                div #from-empty { (select_field(voice, "plugin", text::TRAINING_PLUGIN, None)) }
                p.hint #from-sample hidden { (voice.say(text::SAMPLE_ABOUT)) }
                div.field #from-upload data-field="upload" hidden {
                    div.drop #drop data-kinds="project" {
                        (Icon::Upload.draw())
                        p { (voice.say(text::DROP_PROJECT)) }
                        button #choose-file type="button" aria-describedby="upload-hint upload-error" {
                            (voice.say(text::CHOOSE_FILE))
                        }
                        p.hint #upload-hint { (voice.say(text::PROJECT_FILE_HINT)) }
                    }
                    div #upload-state {}
                    p.error #upload-error role="alert" hidden {}
                }
                div.work #work hidden {}
                p.summary-error #new-error role="alert" hidden {}
                div.act {
                    button #new-cancel type="button" { (voice.say(text::CANCEL)) }
                    button.main #new-create type="submit" { (voice.say(text::CREATE)) }
                }
            }
        }
    }
}
