//! NNC's dialog "Create Dataset", with its fields, their order and their defaults.

use maud::{Markup, html};

use crate::icon::Icon;
use crate::parts::{Voice, check_field, choice_field, heading, number_field, text_field};
use crate::text;

/// Pixels of a side, as `dataset create` accepts them.
const SIDE: [u32; 2] = [1, 8192];

pub(super) fn markup(voice: Voice) -> Markup {
    html! {
        (heading(voice, text::CREATE_DATASET, Some(text::CREATE_ABOUT), html! {}))
        form.sheet.fields #create novalidate autocomplete="off" {
            (source(voice))
            p.hint #classes-note role="status" hidden {}
            div.fields #as-is-note hidden { p { (voice.say(text::AS_IS_ABOUT)) } }
            (text_field(voice, "name", text::DATASET_FOLDER, Some(text::DATASET_FOLDER_HINT), ""))
            div.fields #shaping {
                (choice_field(
                    voice,
                    "mode",
                    text::SHAPING_MODE,
                    Some(text::SHAPING_HINT),
                    &[("resize", text::RESIZE), ("trimming", text::TRIMMING), ("padding", text::PADDING)],
                ))
                div.pair {
                    (choice_field(voice, "channels", text::COLOUR, None, &[("3", text::RGB), ("1", text::MONOCHROME)]))
                    (number_field(voice, "width", text::WIDTH, None, "224", SIDE))
                    (number_field(voice, "height", text::HEIGHT, None, "224", SIDE))
                }
                (check_field(voice, "shuffle", text::SHUFFLE, Some(text::SHUFFLE_HINT)))
                div.pair {
                    (text_field(voice, "file1", text::DATASET_NAME_1, Some(text::DATASET_NAME_1_HINT), ""))
                    (number_field(voice, "ratio1", text::RATIO, None, "100", [0, 100]))
                }
                div.pair {
                    (text_field(voice, "file2", text::DATASET_NAME_2, Some(text::DATASET_NAME_2_HINT), "test.csv"))
                    (number_field(voice, "ratio2", text::RATIO, None, "0", [0, 100]))
                }
                details {
                    summary { (voice.say(text::MORE_SETTINGS)) }
                    div.fields {
                        (choice_field(
                            voice,
                            "alpha",
                            text::ALPHA,
                            Some(text::ALPHA_HINT),
                            &[
                                ("refuse", text::ALPHA_REFUSE),
                                ("drop", text::ALPHA_DROP),
                                ("white", text::ALPHA_WHITE),
                                ("black", text::ALPHA_BLACK),
                            ],
                        ))
                        (check_field(voice, "scale_16bit", text::SCALE_16BIT, Some(text::SCALE_16BIT_HINT)))
                        (number_field(voice, "seed", text::SEED, Some(text::SEED_HINT), "0", [0, 1_000_000_000]))
                    }
                }
            }
            p.summary-error #create-error role="alert" hidden {}
            div.act {
                button.main #submit type="submit" { (voice.say(text::CREATE)) }
                a.button href="/datasets" { (voice.say(text::CANCEL)) }
                p.hint #waiting role="status" {}
            }
        }
        section.sheet.work #work aria-live="polite" hidden {}
    }
}

fn source(voice: Voice) -> Markup {
    html! {
        div.field data-field="upload" {
            h2 #source-title { (voice.say(text::SOURCE_FILE)) }
            div.drop #drop data-kinds="images" {
                (Icon::Upload.draw())
                p { (voice.say(text::DROP_HERE)) }
                div.buttons {
                    button #choose-file type="button" aria-describedby="upload-hint upload-error" {
                        (voice.say(text::CHOOSE_FILE))
                    }
                    button #choose-folder type="button" aria-describedby="upload-hint upload-error" {
                        (voice.say(text::CHOOSE_FOLDER))
                    }
                }
                p.hint #upload-hint { (voice.say(text::SOURCE_HINT)) }
            }
            div #upload-state {}
            p.error #upload-error role="alert" hidden {}
        }
    }
}
