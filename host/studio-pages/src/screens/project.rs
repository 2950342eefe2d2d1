//! One project: NNC's tabs for its datasets and its configuration, the dialog of its training plugin, the file that all of
//! it is kept in, and Run.

use maud::{Markup, html};

use crate::icon::Icon;
use crate::parts::{Voice, choice_field, field, named_heading, number_field, select_field, text_field};
use crate::text::{self, Text};

pub(super) fn markup(voice: Voice) -> Markup {
    let buttons = html! {
        span.saved #saved role="status" {}
        button.risky #delete type="button" { (voice.say(text::DELETE)) }
    };
    let tabs = [
        ("datasets", text::TAB_DATASET, datasets(voice)),
        ("config", text::TAB_CONFIG, config(voice)),
        ("plugin", text::TAB_PLUGIN, plugin(voice)),
        ("file", text::TAB_FILE, file(voice)),
    ];
    html! {
        (named_heading(voice, text::PROJECTS, "/projects", buttons))
        div.banner #read-only hidden {
            p { (voice.say(text::NNC_PROJECT)) }
            button #copy type="button" { (voice.say(text::MAKE_COPY)) }
        }
        div.project {
            div {
                div.tabs role="tablist" aria-label=(voice.say(text::PROJECT_PARTS)) {
                    @for (place, (name, title, _)) in tabs.iter().enumerate() {
                        button type="button" role="tab" id={ "tab-" (name) } aria-controls={ "panel-" (name) }
                            aria-selected=(if place == 0 { "true" } else { "false" })
                            tabindex=(if place == 0 { "0" } else { "-1" }) {
                            (voice.say(*title))
                            span.mark data-mark=(name) hidden { span.unseen { (voice.say(text::HAS_PROBLEM)) } }
                        }
                    }
                }
                @for (place, (name, _, content)) in tabs.iter().enumerate() {
                    div role="tabpanel" id={ "panel-" (name) } aria-labelledby={ "tab-" (name) } hidden[place != 0] {
                        (content)
                    }
                }
            }
            (run(voice))
        }
    }
}

fn datasets(voice: Voice) -> Markup {
    let sets: [(&str, Text, Text); 3] = [
        ("dataset.training.uri", text::TRAINING, text::TRAINING_HINT),
        ("dataset.validation.uri", text::VALIDATION, text::VALIDATION_HINT),
        ("dataset.calibration.uri", text::CALIBRATION, text::CALIBRATION_HINT),
    ];
    html! {
        div.sheet.fields {
            @for (key, title, hint) in sets {
                div.set-of-images {
                    (select_field(voice, key, title, Some(hint)))
                    div.strip data-strip=(key) {}
                }
            }
            p.soft { a href="/new-dataset" { (voice.say(text::CREATE_DATASET)) } }
        }
    }
}

fn config(voice: Voice) -> Markup {
    html! {
        div.sheet.fields {
            (number_field(voice, "config.batch_size", text::BATCH_SIZE, Some(text::BATCH_SIZE_HINT), "64", [1, 65_536]))
            (select_field(voice, "score.rule", text::SCORE_RULE, Some(text::SCORE_RULE_HINT)))
            (text_field(voice, "threshold.false_alarm_rate", text::FALSE_ALARM_RATE, Some(text::FALSE_ALARM_RATE_HINT), ""))
            (choice_field(
                voice,
                "compute.engine",
                text::ENGINE,
                Some(text::ENGINE_HINT),
                &[("auto", text::AUTOMATIC), ("onnxruntime", text::ONNX_RUNTIME), ("libtorch", text::LIBTORCH)],
            ))
            p.hint { (voice.say(text::CONFIG_ABOUT)) }
        }
    }
}

fn plugin(voice: Voice) -> Markup {
    html! {
        div.sheet.fields {
            (select_field(voice, "plugin.name", text::TRAINING_PLUGIN, None))
            p #plugin-about {}
            div.fields #parameters {}
            div #refused {}
        }
    }
}

fn file(voice: Voice) -> Markup {
    let control = html! {
        textarea.source.mono #source name="source" spellcheck="false" autocomplete="off" autocapitalize="off"
            aria-describedby="source-hint source-error" {}
    };
    html! {
        form.sheet.fields #file-form autocomplete="off" {
            (field(voice, "source", text::PROJECT_FILE, Some(text::PROJECT_FILE_ABOUT), control))
            div.act {
                button.main #source-save type="submit" disabled { (voice.say(text::SAVE)) }
                button #source-undo type="button" disabled { (voice.say(text::DISCARD)) }
            }
        }
    }
}

fn run(voice: Voice) -> Markup {
    html! {
        form.sheet.fields.run #run autocomplete="off" aria-label=(voice.say(text::RUN)) {
            (select_field(voice, "device", text::DEVICE, None))
            (choice_field(
                voice,
                "kind",
                text::WHAT_TO_RUN,
                None,
                &[("run", text::TRAIN_AND_EVALUATE), ("train", text::TRAIN_ALONE)],
            ))
            (text_field(voice, "result", text::RESULT_NAME, Some(text::RESULT_NAME_HINT), ""))
            p.summary-error #run-error role="alert" hidden {}
            button.main #run-button type="submit" { (Icon::Job.draw()) (voice.say(text::RUN)) }
            ul.problems.narrow #problems aria-label=(voice.say(text::PROBLEMS)) {}
            p.hint { (voice.say(text::RUN_ABOUT)) }
        }
    }
}
