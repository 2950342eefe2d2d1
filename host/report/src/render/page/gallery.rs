//! The gallery: every image with its heat map, highest score first.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::io::{self, Write};

use image::Rgb;
use maud::{Markup, PreEscaped, html};

use super::pictures::{self, Levels, PictureMaker};
use super::text::{Sentence, Text};
use super::tile::{State, Tile};
use super::voice::{Voice, visible};
use super::words::Words;
use super::{PageOptions, class_text, style_name, write as put};
use crate::maps::Maps;
use crate::model::ColourScale;
use crate::model::{Class, Counts, EvaluatedImage, Evaluation};
use crate::number::score_text;
use crate::render::overlay::colour_and_opacity;

/// Steps of the colour tables: every fifth grey level, so that the upper end of the scale falls on one.
const STEPS: u8 = 51;

/// What the script has to know about the tiles.
pub(super) struct Shown {
    /// Rows of the tiles in their order, as indices into the rows of the evaluation.
    pub(super) rows: Vec<usize>,
    pub(super) levels: Levels,
}

/// Writes the gallery tile by tile.
pub(super) fn write(
    evaluation: &Evaluation,
    maps: &Maps,
    options: &PageOptions<'_>,
    out: &mut dyn Write,
) -> io::Result<Shown> {
    let voice = Voice(options.language);
    let rows = choose(evaluation);
    let images: Vec<&EvaluatedImage> = rows.iter().filter_map(|&row| evaluation.rows.get(row)).collect();
    let levels = Levels::of(&evaluation.rows, evaluation.scale);
    let kinds: BTreeSet<&str> = evaluation.rows.iter().filter_map(|image| image.defect.as_deref()).collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();

    put(out, opening(evaluation, &images, &kinds, voice))?;
    out.write_all(b"<ol id=\"gallery\">\n")?;
    let mut bytes = 0;
    let mut without = 0;
    for (done, (image, pictures)) in images.iter().zip(PictureMaker::new(&images, maps, levels, options)).enumerate() {
        let fits = bytes + pictures.bytes() <= pictures::MOST_BYTES;
        if fits {
            bytes += pictures.bytes()
        } else {
            without += 1
        }
        let tile = Tile {
            image,
            kind: image.defect.as_deref().and_then(|defect| kinds.binary_search(&defect).ok()),
            state: State::of(image, evaluation.threshold.as_ref()),
            pictures: fits.then_some(&pictures),
        };
        put(out, tile.markup(voice))?;
        out.write_all(b"\n")?;
        (options.progress)(done + 1, images.len());
    }
    out.write_all(b"</ol>")?;
    put(out, closing(images.len() - without, without, bytes, pictures::side(images.len()), voice))?;
    out.write_all(b"</section>")?;
    Ok(Shown { rows, levels })
}

/// Rows of the images with a tile, highest score first: all of them, or missed defects and false alarms and then the
/// highest scores.
fn choose(evaluation: &Evaluation) -> Vec<usize> {
    let rows = &evaluation.rows;
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let by_score = |&a: &usize, &b: &usize| worst_first(&rows[a], &rows[b]).then(a.cmp(&b));
    order.sort_unstable_by(by_score);
    if order.len() > pictures::MOST {
        let wrong =
            |&row: &usize| matches!(State::of(&rows[row], evaluation.threshold.as_ref()), State::Missed | State::Alarm);
        // Stable: within each half the highest scores stay first.
        order.sort_by_key(|row| !wrong(row));
        order.truncate(pictures::MOST);
        order.sort_unstable_by(by_score);
    }
    order
}

/// By falling score, NaN last.
fn worst_first(a: &EvaluatedImage, b: &EvaluatedImage) -> Ordering {
    let known = |image: &EvaluatedImage| !image.score.is_nan();
    known(b).cmp(&known(a)).then_with(|| b.score.partial_cmp(&a.score).unwrap_or(Ordering::Equal))
}

/// Heading, legend and controls, up to the list of tiles. The section is closed by [`write`].
fn opening(evaluation: &Evaluation, images: &[&EvaluatedImage], kinds: &[&str], voice: Voice) -> Markup {
    let counts = Counts::of(images.iter().copied());
    html! {
        (PreEscaped("<section class=\"gallery\" id=\"images\" tabindex=\"-1\" aria-labelledby=\"gallery-title\">"))
        (colours(evaluation.scale))
        div.heading {
            h2 #gallery-title { (voice.say(Text::Gallery)) }
            (legend(evaluation.scale, voice))
        }
        @if evaluation.rows.len() > images.len() {
            p.note { (voice.say_with(Sentence::OnlySome { shown: &images.len(), all: &evaluation.rows.len() })) }
        }
        (controls(counts, kinds, voice))
        p.note #nothing hidden { (voice.say(Text::NothingFits)) }
    }
}

fn controls(counts: Counts, kinds: &[&str], voice: Voice) -> Markup {
    let mut shows = vec![("all", Text::ShowAll), ("ng", Text::Ng), ("ok", Text::Ok)];
    if counts.defective > 0 {
        shows.push(("missed", Text::Missed));
    }
    if counts.normal > 0 {
        shows.push(("alarm", Text::FalseAlarms));
    }
    let classes = [
        (Class::Normal, counts.normal),
        (Class::Defective, counts.defective),
        (Class::Unlabelled, counts.images - counts.labelled()),
    ];
    html! {
        form #controls.needs-script autocomplete="off" {
            fieldset {
                legend.hidden { (voice.say(Text::Show)) }
                @for (value, text) in shows {
                    label {
                        input type="radio" name="show" value=(value) checked[value == "all"];
                        span { (voice.say(text)) " " span.count data-shown=(value) {} }
                    }
                }
            }
            @if counts.labelled() > 0 {
                label {
                    (voice.say(Text::KindOf))
                    select #kind {
                        option value="" data-t=(Text::AnyKind.key()) { (voice.words(Text::AnyKind)) }
                        @for (class, images) in classes {
                            @if images > 0 {
                                option value=(style_name(class)) data-t=(class_text(class).key()) {
                                    (voice.words(class_text(class)))
                                }
                            }
                        }
                        @for (index, kind) in kinds.iter().enumerate() { option value=(index) { (visible(kind)) } }
                    }
                }
            }
            label {
                (voice.say(Text::SortBy))
                select #sort {
                    @for (value, text) in [
                        ("high", Text::SortHigh), ("low", Text::SortLow), ("near", Text::SortNear), ("row", Text::SortRow),
                        ("name", Text::SortName),
                    ] {
                        option value=(value) data-t=(text.key()) { (voice.words(text)) }
                    }
                }
            }
            label { (voice.say(Text::Search)) input #search type="search" spellcheck="false"; }
            label.switch { input #heat type="checkbox" checked; (voice.say(Text::HeatMaps)) }
            output #shown-count role="status" for="kind sort search" {}
        }
    }
}

/// How grey levels become colours: the colour tables of the heat maps as a filter.
fn colours(scale: ColourScale) -> Markup {
    let table = |pick: &dyn Fn(Rgb<u8>, f32) -> f32| {
        let value = |step: u8| {
            let level = f32::from(step) * f32::from(u8::MAX / STEPS);
            // A scale without width has no colours but the last.
            let position = if scale.high > scale.low { level / f32::from(Levels::HIGH) } else { level };
            let (colour, opacity) = colour_and_opacity(position.min(1.0));
            format!("{:.3}", pick(colour, opacity))
        };
        (0..=STEPS).map(value).collect::<Vec<_>>().join(" ")
    };
    let channel = |index: usize| table(&|Rgb(colour), _| f32::from(colour[index]) / 255.0);
    html! {
        svg.colours aria-hidden="true" {
            filter #ember x="0" y="0" width="1" height="1" color-interpolation-filters="sRGB" {
                feColorMatrix in="SourceGraphic" values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 0 0 0" result="level" {}
                feComponentTransfer in="level" result="opacity" { feFuncA type="table" tableValues=(table(&|_, opacity| opacity)) {} }
                feComponentTransfer in="SourceGraphic" result="colour" {
                    feFuncR type="table" tableValues=(channel(0)) {}
                    feFuncG type="table" tableValues=(channel(1)) {}
                    feFuncB type="table" tableValues=(channel(2)) {}
                }
                feComposite in="colour" in2="opacity" operator="in" {}
            }
        }
    }
}

/// The colours with the scores they stand for, as they look on mid grey.
fn legend(scale: ColourScale, voice: Voice) -> Markup {
    let stops: Vec<String> = (0..=16_u8)
        .map(|i| {
            let (Rgb([red, green, blue]), opacity) = colour_and_opacity(f32::from(i) / 16.0);
            format!("rgb({red} {green} {blue} / {:.1}%)", opacity * 100.0)
        })
        .collect();
    let middle = scale.low / 2.0 + scale.high / 2.0;
    html! {
        div.scale role="img" aria-label=(voice.words(Text::ScaleLabel)) data-t-label=(Text::ScaleLabel.key()) {
            div.bar style=(format!("--ember:linear-gradient(to right,{})", stops.join(","))) {}
            div.numbers {
                span { "≤ " (score_text(scale.low)) }
                span { (score_text(middle)) }
                span { "≥ " (score_text(scale.high)) }
            }
        }
    }
}

/// How much of the page pictures are.
fn closing(pictured: usize, without: usize, bytes: usize, side: u32, voice: Voice) -> Markup {
    let megabytes = |bytes: usize| format!("{:.1}", bytes as f64 / 1e6);
    html! {
        p.note {
            (voice.say_with(Sentence::PictureSize { images: &pictured, side: &side, megabytes: &megabytes(bytes) }))
            @if without > 0 {
                " " (voice.say_with(Sentence::PictureLimit { images: &without, megabytes: &megabytes(pictures::MOST_BYTES) }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threshold::ThresholdOrigin;

    fn evaluation(labels_and_scores: impl Iterator<Item = (f64, f32)>, threshold: f32) -> Evaluation {
        let image = |(row, (label, score))| EvaluatedImage { row, label: Some(label), score, ..Default::default() };
        let threshold =
            crate::threshold::Threshold { value: threshold, origin: ThresholdOrigin::Fixed, false_alarms: None };
        Evaluation {
            rows: labels_and_scores.enumerate().map(image).collect(),
            threshold: Some(threshold),
            ..Evaluation::default()
        }
    }

    #[test]
    fn the_worst_comes_first() {
        let scores = [1.0, f32::NAN, 3.0, f32::NEG_INFINITY, 3.0, f32::INFINITY, f32::NAN];
        let order = choose(&evaluation(scores.into_iter().map(|score| (0.0, score)), 0.0));
        assert_eq!(order, [5, 2, 4, 0, 3, 1, 6]);
    }

    #[test]
    fn of_too_many_images_the_wrong_ones_stay() {
        let many = pictures::MOST + 500;
        // All found, but for two defects that score lowest.
        let evaluation = evaluation((0..many).map(|row| (1.0, row as f32)), 2.0);
        let order = choose(&evaluation);
        assert_eq!(order.len(), pictures::MOST);
        assert_eq!((order[0], order[pictures::MOST - 3]), (many - 1, 502));
        assert_eq!(order[pictures::MOST - 2..], [1, 0]);
    }
}
