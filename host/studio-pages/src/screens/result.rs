//! One result: its figures, the threshold, the report inside, and its files.

use maud::{Markup, html};

use crate::icon::Icon;
use crate::parts::{Voice, described, field, named_heading};
use crate::text;

pub(super) fn markup(voice: Voice) -> Markup {
    let buttons = html! {
        button.main #download-model type="button" hidden { (voice.say(text::DOWNLOAD_RESULT)) }
        button.risky #delete type="button" { (voice.say(text::DELETE)) }
    };
    let tabs = [
        ("threshold", text::TAB_VERDICTS, threshold(voice)),
        ("report", text::TAB_REPORT, report(voice)),
        ("files", text::TAB_FILES, files(voice)),
        ("facts", text::TAB_FACTS, html! { div.sheet { dl.facts #facts {} } }),
    ];
    html! {
        (named_heading(voice, text::RESULTS, "/results", buttons))
        div.banner #unfinished hidden {}
        div.banner #odd hidden { (voice.say(text::LABELS_REVERSED)) }
        section.sheet aria-label=(voice.say(text::FIGURES)) { dl.figures #figures {} }
        div.part {
            div.tabs role="tablist" aria-label=(voice.say(text::RESULT_PARTS)) {
                @for (place, (name, title, _)) in tabs.iter().enumerate() {
                    button type="button" role="tab" id={ "tab-" (name) } aria-controls={ "panel-" (name) }
                        aria-selected=(if place == 0 { "true" } else { "false" })
                        tabindex=(if place == 0 { "0" } else { "-1" }) { (voice.say(*title)) }
                }
            }
            @for (place, (name, _, content)) in tabs.iter().enumerate() {
                div role="tabpanel" id={ "panel-" (name) } aria-labelledby={ "tab-" (name) } hidden[place != 0] {
                    (content)
                }
            }
        }
    }
}

fn threshold(voice: Voice) -> Markup {
    let exact = html! {
        input #threshold name="threshold" type="text" inputmode="decimal" autocomplete="off"
            aria-describedby=(described("threshold", Some(text::THRESHOLD_HINT)));
    };
    html! {
        div.sheet.threshold #judge hidden {
            div.top {
                h2 { (voice.say(text::SCORES_AND_THRESHOLD)) }
                ul.legend #legend {}
            }
            div #histogram {}
            input #slider type="range" step="any" autocomplete="off" aria-label=(voice.say(text::THRESHOLD));
            dl.figures #verdicts {}
            form.set #threshold-form autocomplete="off" {
                (field(voice, "threshold", text::THRESHOLD, Some(text::THRESHOLD_HINT), exact))
            }
            div.act {
                button.main #save-threshold type="button" disabled { (voice.say(text::SAVE_THRESHOLD)) }
                button #reset-threshold type="button" disabled { (voice.say(text::RESET)) }
                button #suggest-threshold type="button" hidden { (voice.say(text::SUGGESTED)) }
                p.hint #threshold-state role="status" {}
            }
            p.summary-error #save-error role="alert" hidden {}
        }
        p.sheet.soft #no-scores hidden { (voice.say(text::NO_SCORES)) }
        section.part #near-part aria-labelledby="near-title" hidden {
            div.top {
                h2 #near-title { (voice.say(text::NEAR_THRESHOLD)) }
                p.soft.small { (voice.say(text::NEAR_THRESHOLD_ABOUT)) }
            }
            ul.thumbs #near {}
        }
    }
}

fn report(voice: Voice) -> Markup {
    html! {
        p.act {
            a #open-report href="/results" target="_blank" rel="noopener" { (voice.say(text::OPEN_REPORT)) }
        }
        iframe.report #report title=(voice.say(text::REPORT)) sandbox="allow-scripts" {}
        p.soft #no-report hidden { (voice.say(text::NO_REPORT)) }
    }
}

fn files(voice: Voice) -> Markup {
    html! {
        div.sheet {
            h2 { (voice.say(text::DOWNLOADS)) }
            ul.downloads #files {}
        }
        div.columns.part {
            section.sheet aria-labelledby="masks-title" {
                h2 #masks-title { (voice.say(text::MASKS)) }
                div.field data-field="upload" {
                    div.drop #drop data-kinds="masks" {
                        (Icon::Upload.draw())
                        p { (voice.say(text::DROP_MASKS)) }
                        button #choose-folder type="button" aria-describedby="upload-hint upload-error" {
                            (voice.say(text::CHOOSE_FOLDER))
                        }
                        p.hint #upload-hint { (voice.say(text::MASKS_HINT)) }
                    }
                    div #upload-state {}
                    p.error #upload-error role="alert" hidden {}
                }
            }
            section.sheet.fields aria-labelledby="more-title" {
                h2 #more-title { (voice.say(text::MAKE_FILES)) }
                div {
                    button #make-heatmaps type="button" { (voice.say(text::MAKE_HEATMAPS)) }
                    p.hint { (voice.say(text::HEATMAPS_HINT)) }
                }
                div {
                    button #make-onnx type="button" { (voice.say(text::EXPORT_ONNX)) }
                    p.hint { (voice.say(text::ONNX_HINT)) }
                }
                div.work #files-work aria-live="polite" {}
            }
        }
    }
}
