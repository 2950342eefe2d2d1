//! The gallery: every image beside its heat map, highest score first.

use std::cmp::Ordering;
use std::io::{self, Write};

use image::Rgb;
use maud::{Markup, PreEscaped, html};

use crate::evaluation::{Class, Counts, EvaluatedImage};
use crate::map::read_map;
use crate::number::score_text;
use crate::overlay::{colour_and_opacity, heat_map, overlay};
use crate::scale::ColourScale;
use crate::thumbnail;

/// The most images pictured: the page then has about 50 MB, which browsers still open at once.
const PICTURED: usize = 2000;

/// Writes the gallery tile by tile.
pub(super) fn write(rows: &[EvaluatedImage], scale: ColourScale, out: &mut dyn Write) -> io::Result<()> {
    let mut order: Vec<&EvaluatedImage> = rows.iter().collect();
    order.sort_by(|a, b| worst_first(a, b));
    order.truncate(PICTURED);
    let counts = Counts::of(order.iter().copied());
    out.write_all(opening(rows.len(), counts, scale).into_string().as_bytes())?;
    out.write_all(b"<ol id=\"gallery\" data-show=\"all\">\n")?;
    for image in order {
        out.write_all(tile(image, scale).into_string().as_bytes())?;
        out.write_all(b"\n")?;
    }
    out.write_all(b"</ol></section>")
}

/// By falling score, NaN last, then by row.
fn worst_first(a: &EvaluatedImage, b: &EvaluatedImage) -> Ordering {
    let known = |image: &EvaluatedImage| !image.score.is_nan();
    let by_score = || b.score.partial_cmp(&a.score).unwrap_or(Ordering::Equal);
    known(b).cmp(&known(a)).then_with(by_score).then(a.row.cmp(&b.row))
}

/// Heading, legend and controls, up to the list of tiles. The section is closed by [`write`].
fn opening(images: usize, counts: Counts, scale: ColourScale) -> Markup {
    html! {
        (PreEscaped("<section class=\"gallery\" aria-label=\"Images\">"))
        div.heading {
            h2 { "Images" }
            (legend(scale))
        }
        @if images > counts.images {
            p.note { "Only the " (counts.images) " highest scores of " (images) " images are pictured." }
        }
        // Without a script they would do nothing.
        form #controls hidden {
            @if counts.labelled() > 0 {
                (choice("Show", "show", &[
                    ("all", "All", Some(counts.images)),
                    ("normal", "Normal", Some(counts.normal)),
                    ("defective", "Defective", Some(counts.defective)),
                ]))
            }
            (choice("Sort by", "sort", &[("score", "Score", None), ("row", "Row", None)]))
        }
    }
}

/// Radio buttons, the first one chosen.
fn choice(title: &str, name: &str, options: &[(&str, &str, Option<usize>)]) -> Markup {
    html! {
        fieldset {
            legend { (title) }
            @for (i, (value, text, count)) in options.iter().enumerate() {
                label {
                    input type="radio" name=(name) value=(value) checked[i == 0];
                    span { (text) @if let Some(count) = count { " " span.count { (count) } } }
                }
            }
        }
    }
}

/// The colours with the scores they stand for, as they look on mid grey.
fn legend(scale: ColourScale) -> Markup {
    let stops: Vec<String> = (0..=16_u8)
        .map(|i| {
            let (Rgb([red, green, blue]), opacity) = colour_and_opacity(f32::from(i) / 16.0);
            format!("rgb({red} {green} {blue} / {:.1}%)", opacity * 100.0)
        })
        .collect();
    let middle = scale.low / 2.0 + scale.high / 2.0;
    html! {
        div.scale aria-label="Colour scale of the heat maps" {
            div.bar style=(format!("--ember:linear-gradient(to right,{})", stops.join(","))) {}
            div.numbers {
                span { "≤ " (score_text(scale.low)) }
                span { (score_text(middle)) }
                span { "≥ " (score_text(scale.high)) }
            }
        }
    }
}

fn tile(image: &EvaluatedImage, scale: ColourScale) -> Markup {
    let pictures = Pictures::of(image, scale);
    let class = image.class();
    let (folder, file) = image.name.split_at(image.name.rfind(['/', '\\']).map_or(0, |slash| slash + 1));
    html! {
        li data-class=(class.name()) data-row=(image.row) {
            button.tile type="button" {
                span.pictures {
                    (picture("Input", pictures.input))
                    (picture("Heat map", pictures.heat_map))
                }
                span.line {
                    span.score { (score_text(image.score)) }
                    @if class != Class::Unlabelled { span class=(format!("label {}", class.name())) { (class.name()) } }
                    span.row {
                        @if let Some(label) = image.label { "y = " (label) " · " }
                        "row " (image.row)
                    }
                }
                bdi.name { span.folder { (folder) } span.file { (file) } }
            }
        }
    }
}

/// A picture, or the reason why there is none.
fn picture(title: &str, picture: Result<String, String>) -> Markup {
    html! {
        span.picture {
            @match picture {
                Ok(uri) => img src=(uri) alt=(title) loading="lazy" decoding="async";,
                Err(reason) => span.missing { (reason) },
            }
            span.caption { (title) }
        }
    }
}

/// The two pictures of a tile as `data:` addresses, each with the reason when it cannot be made.
struct Pictures {
    input: Result<String, String>,
    heat_map: Result<String, String>,
}

impl Pictures {
    fn of(image: &EvaluatedImage, scale: ColourScale) -> Self {
        let input = match &image.image {
            Some(path) => thumbnail::load(path).map_err(|error| format!("Input not shown: {error}")),
            None => Err("No input image".to_owned()),
        };
        let map = match &image.map {
            Some(path) => read_map(path).map_err(|error| format!("Map not shown: {error}")),
            None => Err("The detector gives no map".to_owned()),
        };
        let heat_map = map.map(|map| match &input {
            Ok(input) => overlay(input, &map, scale),
            Err(_) => heat_map(&map, scale, thumbnail::SIDE),
        });
        let encode = |picture| thumbnail::data_uri(&picture).map_err(|error| format!("Not shown: {error}"));
        Self { input: input.and_then(encode), heat_map: heat_map.and_then(encode) }
    }
}

/// Where a tile is shown in full size.
pub(super) fn viewer() -> Markup {
    html! {
        dialog #viewer aria-label="Image" {
            form method="dialog" { button.close aria-label="Close" { "Close" } }
            div #view {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_comes_first() {
        let image = |(row, score)| EvaluatedImage { row, score, ..EvaluatedImage::default() };
        let scores = [1.0, f32::NAN, 3.0, f32::NEG_INFINITY, 3.0, f32::INFINITY, f32::NAN];
        let mut order: Vec<EvaluatedImage> = scores.into_iter().enumerate().map(image).collect();
        order.reverse();
        order.sort_by(worst_first);
        let rows: Vec<usize> = order.iter().map(|image| image.row).collect();
        assert_eq!(rows, [5, 2, 4, 0, 3, 1, 6]);
    }
}
