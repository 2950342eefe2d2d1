//! One image of the gallery.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::pictures::{Pictures, Reason};
use super::text::{Sentence, Text};
use super::voice::{Voice, visible};
use super::words::Words;
use super::{class_text, style_name};
use crate::model::{Class, EvaluatedImage, FoundDefect, FoundDefects};
use crate::number::score_text;
use crate::threshold::Threshold;

/// What the threshold makes of an image. The script has the same words for its states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Defective and NG.
    Found,
    /// Defective and OK.
    Missed,
    /// Normal and NG.
    Alarm,
    /// Normal and OK.
    Passed,
    /// Unlabelled and NG.
    Ng,
    /// Unlabelled and OK.
    Ok,
    /// No threshold, or no score.
    None,
}

impl State {
    pub(super) fn of(image: &EvaluatedImage, threshold: Option<&Threshold>) -> Self {
        let Some(threshold) = threshold.filter(|_| !image.score.is_nan()) else { return Self::None };
        match (image.class(), image.score >= threshold.value) {
            (Class::Defective, true) => Self::Found,
            (Class::Defective, false) => Self::Missed,
            (Class::Normal, true) => Self::Alarm,
            (Class::Normal, false) => Self::Passed,
            (Class::Unlabelled, true) => Self::Ng,
            (Class::Unlabelled, false) => Self::Ok,
        }
    }

    /// The state's name in the script and the style sheet.
    fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Missed => "missed",
            Self::Alarm => "alarm",
            Self::Passed => "passed",
            Self::Ng => "ng",
            Self::Ok => "ok",
            Self::None => "none",
        }
    }

    fn text(self) -> Text {
        match self {
            Self::Found | Self::Ng => Text::StateFound,
            Self::Missed => Text::StateMissed,
            Self::Alarm => Text::StateAlarm,
            Self::Passed | Self::Ok => Text::StatePassed,
            Self::None => Text::StateNone,
        }
    }
}

/// What a tile shows; `pictures` is `None` when the page has no room for more.
pub(super) struct Tile<'a> {
    pub(super) image: &'a EvaluatedImage,
    /// Number of the defect's kind in the list of kinds.
    pub(super) kind: Option<usize>,
    pub(super) state: State,
    pub(super) pictures: Option<&'a Pictures>,
}

impl Tile<'_> {
    pub(super) fn markup(&self, voice: Voice) -> Markup {
        let image = self.image;
        let class = image.class();
        let (folder, file) = image.name.split_at(image.name.rfind(['/', '\\']).map_or(0, |slash| slash + 1));
        html! {
            li data-state=(self.state.name()) data-class=(style_name(class)) data-kind=[self.kind] data-row=(image.row)
                data-facts=[self.facts()] data-shift=[self.shift()] data-found=[self.found()] {
                button.tile type="button" {
                    (self.well(voice))
                    span.line {
                        span.score {
                            @if image.score.is_nan() { (voice.say(Text::Undecided)) } @else { (score_text(image.score)) }
                        }
                        span.tag data-t=(self.state.text().key()) { (voice.words(self.state.text())) }
                    }
                    span.line {
                        span.label.(style_name(class)) {
                            @match &image.defect {
                                Some(defect) => bdi { (visible(defect)) },
                                None => (voice.say(class_text(class))),
                            }
                        }
                        span.row { (voice.say_with(Sentence::Row { row: &image.row })) }
                    }
                    bdi.name { span.folder { (visible(folder)) } span.file { (visible(file)) } }
                }
            }
        }
    }

    /// The pictures. With a script they wait in `noscript` as plain text, which costs a browser next to nothing, and
    /// become pictures when the tile comes near the window.
    fn well(&self, voice: Voice) -> Markup {
        let Some(pictures) = self.pictures else {
            return html! { span.well { span.missing { (voice.say(Text::NotInside)) } } };
        };
        let (width, height) = pictures.size;
        html! {
            span.well {
                span.stack style=(format!("--w:{width};--h:{height}")) {
                    noscript {
                        @if let Ok(input) = &pictures.input { img.input src=(input) alt=""; }
                        @if let Ok(map) = &pictures.map { img.map src=(map) alt=""; }
                        @if let Some(made) = &pictures.made { img.made src=(made) alt=""; }
                        @if let Some(Ok(mask)) = &pictures.mask { img.mask src=(mask) alt=""; }
                    }
                    (self.boxes())
                }
                @match &pictures.input {
                    Ok(_) => {},
                    Err(Reason::Absent) => span.missing { (voice.say(Text::NoInput)) },
                    Err(Reason::Unreadable(why)) => span.missing { (voice.say_with(Sentence::InputNotShown { reason: &visible(why) })) },
                }
                @match &pictures.map {
                    Ok(_) => {},
                    Err(Reason::Absent) => span.missing.no-map hidden { (voice.say(Text::NoMap)) },
                    Err(Reason::Unreadable(why)) => span.missing.no-map { (voice.say_with(Sentence::MapNotShown { reason: &visible(why) })) },
                }
                @if let Some(Err(Reason::Unreadable(why))) = &pictures.mask {
                    span.missing.no-mask hidden { (voice.say_with(Sentence::MaskNotShown { reason: &visible(why) })) }
                }
            }
        }
    }

    /// The boxes of the defects that were found, as they lie in the image.
    fn boxes(&self) -> Markup {
        html! {
            @if let Some(found) = self.defects() {
                @let [width, height] = found.size;
                svg.boxes viewBox=(format!("0 0 {width} {height}")) preserveAspectRatio="none" aria-hidden="true" {
                    @for defect in &found.defects {
                        @let [left, top, width, height] = defect.bounds;
                        rect x=(left) y=(top) width=(width) height=(height) {}
                    }
                }
            }
        }
    }

    /// What the defects are told by, as JSON: box, area, peak and mean of each, and how many are not listed.
    fn found(&self) -> Option<String> {
        let found = self.defects()?;
        let told = |defect: &FoundDefect| {
            let [left, top, width, height] = defect.bounds;
            let (peak, mean) = (score_text(defect.peak), score_text(defect.mean));
            json!([left, top, width, height, defect.area, peak, mean])
        };
        let defects: Vec<Value> = found.defects.iter().map(told).collect();
        Some(json!([defects, found.more]).to_string())
    }

    fn defects(&self) -> Option<&FoundDefects> {
        self.image.pixels.as_ref()?.found.as_deref()
    }

    /// What is added to the threshold for pixels of this image.
    fn shift(&self) -> Option<f32> {
        self.image.pixels.as_ref().map(|pixels| pixels.shift).filter(|shift| *shift != 0.0)
    }

    /// Flagged and masked area in percent and their overlap, as far as they are known, as JSON.
    fn facts(&self) -> Option<String> {
        let pixels = self.image.pixels.as_ref()?;
        let percent = |share: Option<f64>| share.map(|share| format!("{:.2}", share * 100.0));
        let facts = [percent(pixels.flagged), percent(pixels.masked), pixels.overlap.map(|iou| format!("{iou:.3}"))];
        facts.iter().any(Option::is_some).then(|| serde_json::to_string(&facts).unwrap_or_default())
    }
}
