//! One row of the gallery.

use maud::{Markup, html};

use super::pictures::{Picture, Pictures};
use super::text::{Caption, Phrase};
use crate::model::{ClassificationMetrics, Estimate, EvaluatedImage, Outcome};
use crate::number::score_text;
use crate::render::page::text::{Sentence, Text};
use crate::render::page::voice::{Voice, visible};
use crate::render::page::words::Words;

/// Numbers of a row that are written out.
const NUMBERS: usize = 8;

/// Whether a row is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Right,
    Wrong,
    NoLabel,
    /// Of a task that knows no right and wrong.
    None,
}

impl State {
    pub(super) fn of(image: &EvaluatedImage) -> Self {
        match &image.outcome {
            Some(Outcome::Class(prediction)) => match prediction.is_correct() {
                Some(true) => Self::Right,
                Some(false) => Self::Wrong,
                None => Self::NoLabel,
            },
            _ => Self::None,
        }
    }

    /// The state's name in the script and the style sheet.
    fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::NoLabel => "unlabelled",
            Self::None => "none",
        }
    }

    fn text(self) -> Option<Caption> {
        match self {
            Self::Right => Some(Caption::StateRight),
            Self::Wrong => Some(Caption::StateWrong),
            Self::NoLabel => Some(Caption::StateNoLabel),
            Self::None => None,
        }
    }
}

/// The larger, the more is wrong with a row: what the gallery begins with.
pub(super) fn weight(image: &EvaluatedImage) -> f64 {
    match &image.outcome {
        Some(Outcome::Class(prediction)) => {
            let sure = if prediction.confidence.is_nan() { 0.0 } else { f64::from(prediction.confidence) };
            match prediction.is_correct() {
                Some(false) => 4.0 + sure.clamp(-1.0, 1.0),
                Some(true) => -sure.clamp(-1.0, 1.0),
                None => 2.0 - sure.clamp(-1.0, 1.0),
            }
        }
        Some(Outcome::Numbers(numbers)) => numbers.error.unwrap_or(f64::NEG_INFINITY),
        Some(Outcome::Pixels(areas)) => areas.mean_iou.map_or(f64::NEG_INFINITY, |iou| 1.0 - iou),
        Some(Outcome::Likeness(likeness)) => likeness.rmse.map_or(f64::NEG_INFINITY, f64::from),
        _ => f64::NEG_INFINITY,
    }
}

/// What a tile shows; `pictures` is `None` when the page has no room for more.
pub(super) struct Tile<'a> {
    pub(super) image: &'a EvaluatedImage,
    /// Of a classifier: the names of its classes.
    pub(super) classes: Option<&'a ClassificationMetrics>,
    pub(super) pictures: Option<&'a Pictures>,
}

impl Tile<'_> {
    pub(super) fn markup(&self, voice: Voice) -> Markup {
        let image = self.image;
        let state = State::of(image);
        let (label, predicted, confidence) = match &image.outcome {
            Some(Outcome::Class(prediction)) => (prediction.label, prediction.class, Some(prediction.confidence)),
            _ => (None, None, None),
        };
        let confidence = confidence.filter(|confidence| !confidence.is_nan());
        let error = Some(weight(image)).filter(|weight| confidence.is_none() && weight.is_finite());
        let (folder, file) = image.name.split_at(image.name.rfind(['/', '\\']).map_or(0, |slash| slash + 1));
        html! {
            li data-state=(state.name()) data-row=(image.row) data-label=[label] data-prediction=[predicted]
                data-confidence=[confidence] data-error=[error] {
                button.tile type="button" {
                    (self.well(voice))
                    (self.lines(state, voice))
                    span.line {
                        bdi.name { span.folder { (visible(folder)) } span.file { (visible(file)) } }
                        span.row { (voice.say_with(Sentence::Row { row: &image.row })) }
                    }
                }
            }
        }
    }

    fn class(&self, class: Option<usize>, voice: Voice) -> Markup {
        let name = class.and_then(|class| self.classes?.classes.get(class)).map(|class| visible(&class.name));
        html! {
            @match name {
                Some(name) => bdi { (name) },
                None => (voice.say(Caption::NoClass)),
            }
        }
    }

    fn lines(&self, state: State, voice: Voice) -> Markup {
        match &self.image.outcome {
            Some(Outcome::Class(prediction)) => html! {
                span.line {
                    span.score { (self.class(prediction.class, voice)) }
                    @if let Some(text) = state.text() { span.tag data-t=(text.key()) { (voice.words(text)) } }
                }
                span.line {
                    span.sure {
                        @if prediction.confidence.is_nan() { (voice.say(Caption::NotFinite)) } @else { (score_text(prediction.confidence)) }
                    }
                    @if prediction.label.is_some() {
                        span.due { (voice.say(Caption::LabelIs)) " " (self.class(prediction.label, voice)) }
                    }
                }
            },
            Some(Outcome::Numbers(numbers)) => html! {
                (estimate(numbers, voice))
                @if let Some(error) = numbers.error {
                    span.line { span.due { (voice.say(Caption::ErrorOf)) } span.score { (score_text(error as f32)) } }
                }
            },
            Some(Outcome::Pixels(areas)) => html! {
                @if let Some(iou) = areas.mean_iou {
                    span.line { span.due { (voice.say(Caption::MeanIou)) } span.score { (format!("{iou:.4}")) } }
                } @else {
                    span.line { span.due { (voice.say(Caption::StateNoLabel)) } }
                }
            },
            Some(Outcome::Likeness(likeness)) => html! {
                @match likeness.rmse {
                    Some(rmse) => span.line { span.due { (voice.say(Caption::Rmse)) } span.score { (score_text(rmse)) } },
                    None => span.line { span.due { (voice.say(Caption::StateNoLabel)) } },
                }
                @if let Some(psnr) = likeness.psnr {
                    span.line { span.due { (voice.say(Caption::Psnr)) } span.score { (format!("{psnr:.2} dB")) } }
                }
            },
            Some(Outcome::Picture { .. }) | None => html! {},
        }
    }

    /// The pictures; they wait in `noscript` as plain text until the tile comes near the window.
    fn well(&self, voice: Voice) -> Markup {
        let Some(pictures) = self.pictures else {
            return html! { span.well { span.missing { (voice.say(Text::NotInside)) } } };
        };
        let (width, height) = pictures.size;
        let why = |picture: &Picture, layer: &str| match picture {
            Ok(_) => html! {},
            Err(why) => {
                html! { span.missing data-missing=(layer) { (voice.say_with(Phrase::NotShown { reason: &visible(why) })) } }
            }
        };
        html! {
            span.well.plot[self.image.image.is_none()] {
                span.stack style=(format!("--w:{width};--h:{height}")) {
                    noscript {
                        @if let Some(Ok(input)) = &pictures.input { img.input src=(input) alt=""; }
                        @for (layer, picture) in &pictures.layers {
                            @if let Ok(picture) = picture { img class=(format!("layer {layer}")) src=(picture) alt=""; }
                        }
                    }
                }
                @match &pictures.input {
                    Some(picture) => (why(picture, "input")),
                    None => span.missing data-missing="input" { (voice.say(Text::NoInput)) },
                }
                @for (layer, picture) in &pictures.layers { (why(picture, layer)) }
            }
        }
    }
}

/// Targets and estimates as a small table.
fn estimate(numbers: &Estimate, voice: Voice) -> Markup {
    let text = |value: Option<&f32>| match value {
        Some(value) if value.is_nan() => "nan".to_owned(),
        Some(value) => score_text(*value),
        None => "–".to_owned(),
    };
    let shown = numbers.found.len().min(NUMBERS);
    html! {
        span.numbers {
            span.pair.heads {
                @if numbers.target.is_empty() {
                    span { (voice.say(Caption::OutputPane)) }
                } @else {
                    span { (voice.say(Caption::Target)) }
                    span { (voice.say(Caption::Estimate)) }
                }
            }
            @for place in 0..shown {
                span.pair {
                    @if !numbers.target.is_empty() { span { (text(numbers.target.get(place))) } }
                    span.found { (text(numbers.found.get(place))) }
                }
            }
        }
        @if numbers.found.len() > shown {
            span.line { span.due { (voice.say_with(Phrase::MoreNumbers { count: &(numbers.found.len() - shown) })) } }
        }
    }
}
