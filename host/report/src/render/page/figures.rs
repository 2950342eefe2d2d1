//! The figures on top of the page: what was decided about the images, and how well the scores separate defects.

use maud::{Markup, html};

use super::text::{Sentence, Text};
use super::tile::State;
use super::voice::Voice;
use super::{class_text, style_name};
use crate::model::{Class, Counts, Evaluation};
use crate::number::score_text;

/// Images of one class by verdict: NG, OK and without.
type Row = [usize; 3];

/// What the threshold decided. The script counts again when it moves.
pub(super) fn result(evaluation: &Evaluation, counts: Counts, voice: Voice) -> Markup {
    let table = tally(evaluation);
    let [normal, defective, _] = table;
    let judged = evaluation.threshold.is_some();
    let sum = |column: usize| table.iter().map(|row| row[column]).sum::<usize>();
    html! {
        section.result aria-labelledby="result" {
            h2 #result { (voice.say(Text::Result)) }
            dl.figures data-judged=(judged) {
                (figure(voice, Text::Images, None, counts.images))
                (figure(voice, Text::Ng, Some("ng"), sum(0)))
                (figure(voice, Text::Ok, Some("ok"), sum(1)))
                @if counts.defective > 0 { (figure(voice, Text::Missed, Some("missed"), defective[1])) }
                @if counts.normal > 0 { (figure(voice, Text::FalseAlarms, Some("alarm"), normal[0])) }
            }
            p.note #unjudged hidden[judged] { (voice.say(Text::NoThreshold)) }
            table.tally data-judged=(judged) {
                caption.hidden { (voice.say(Text::VerdictTable)) }
                thead {
                    tr {
                        th scope="col" { (voice.say(Text::LabelColumn)) }
                        th scope="col" { (voice.say(Text::Ng)) }
                        th scope="col" { (voice.say(Text::Ok)) }
                        @if sum(2) > 0 { th scope="col" { (voice.say(Text::Undecided)) } }
                        th scope="col" { (voice.say(Text::Total)) }
                    }
                }
                tbody {
                    @for (class, row) in CLASSES.into_iter().zip(table) {
                        @if row.iter().sum::<usize>() > 0 {
                            tr data-tally=(style_name(class)) {
                                th scope="row" { span.label.(style_name(class)) { (voice.say(class_text(class))) } }
                                td.ng { (row[0]) }
                                td.ok { (row[1]) }
                                @if sum(2) > 0 { td.none { (row[2]) } }
                                td { (row.iter().sum::<usize>()) }
                            }
                        }
                    }
                }
            }
            (defects(evaluation, voice))
        }
    }
}

const CLASSES: [Class; 3] = [Class::Normal, Class::Defective, Class::Unlabelled];

/// Normal, defective and unlabelled images by verdict; without a threshold only those without a score are counted apart.
fn tally(evaluation: &Evaluation) -> [Row; 3] {
    let mut table = [[0; 3]; 3];
    for image in &evaluation.rows {
        let row = match image.class() {
            Class::Normal => 0,
            Class::Defective => 1,
            Class::Unlabelled => 2,
        };
        let column = match State::of(image, evaluation.threshold.as_ref()) {
            State::Found | State::Alarm | State::Ng => 0,
            State::None if image.score.is_nan() => 2,
            State::Missed | State::Passed | State::Ok | State::None => 1,
        };
        table[row][column] += 1;
    }
    table
}

fn figure(voice: Voice, name: Text, count: Option<&str>, value: usize) -> Markup {
    // As the script does when the threshold moves.
    let class = count.map(|count| if value > 0 { format!("{count} some") } else { count.to_owned() });
    html! {
        div class=[class] {
            dt { (voice.say(name)) }
            dd data-count=[count] { (value) }
        }
    }
}

/// The metrics with what they mean, or in words why they are missing.
pub(super) fn quality(evaluation: &Evaluation, counts: Counts, voice: Voice) -> Markup {
    let metrics = &evaluation.metrics;
    let unlabelled = counts.images - counts.labelled();
    let scoreless = evaluation.rows.iter().filter(|image| image.score.is_nan()).count();
    html! {
        section.quality aria-labelledby="quality" {
            h2 #quality { (voice.say(Text::Quality)) }
            @match &metrics.image {
                Some(image) => dl.metrics {
                    (metric(voice, Text::ImageAuroc, image.auroc, voice.say(Text::ImageAurocMeans)))
                    (metric(voice, Text::AveragePrecision, image.average_precision, voice.say(Text::AveragePrecisionMeans)))
                    (metric(voice, Text::F1Max, image.f1_max,
                        voice.say_with(Sentence::F1MaxMeans { threshold: &score_text(image.f1_max_threshold) })))
                    @if let Some(pixel) = &metrics.pixel {
                        (metric(voice, Text::PixelAuroc, pixel.auroc, voice.say_with(Sentence::PixelAurocMeans { images: &pixel.images })))
                        (metric(voice, Text::Aupro, pixel.aupro, voice.say_with(Sentence::AuproMeans { regions: &pixel.regions })))
                    }
                },
                None => {
                    dl.metrics {
                        div {
                            dt { (voice.say(Text::ImageAuroc)) }
                            dd.missing { (voice.say(Text::NotAvailable)) }
                            p { (voice.say(why_no_metrics(counts))) }
                        }
                    }
                },
            }
            @match &metrics.pixel {
                Some(pixel) if pixel.left_out > 0 => p.note { (voice.say_with(Sentence::PixelLeftOut { images: &pixel.left_out })) },
                None if metrics.image.is_some() => p.note { (voice.say(Text::NoMasks)) },
                _ => {},
            }
            @if metrics.image.is_some() && unlabelled > 0 {
                p.note { (voice.say_with(Sentence::UnlabelledDoNotCount { images: &unlabelled })) }
            }
            @if scoreless > 0 { p.note { (voice.say_with(Sentence::ScorelessNote { images: &scoreless })) } }
        }
    }
}

fn metric(voice: Voice, name: Text, value: f64, meaning: Markup) -> Markup {
    html! {
        div {
            dt { (voice.say(name)) }
            dd { (format!("{value:.4}")) }
            p { (meaning) }
        }
    }
}

fn why_no_metrics(counts: Counts) -> Text {
    match counts {
        Counts { images: 0, .. } => Text::NoImages,
        Counts { normal: 0, defective: 0, .. } => Text::NoLabels,
        Counts { normal: 0, .. } => Text::AllDefective,
        _ => Text::AllNormal,
    }
}

/// Figures of each kind of defect; nothing when there is one kind only.
fn defects(evaluation: &Evaluation, voice: Voice) -> Markup {
    let defects = &evaluation.metrics.defects;
    let share = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"));
    let pixels = defects.iter().any(|defect| defect.pixel_auroc.is_some());
    html! {
        @if !defects.is_empty() {
            h3 { (voice.say(Text::Defects)) }
            div.scroll {
                table.defects {
                    thead {
                        tr {
                            th scope="col" { (voice.say(Text::Kind)) }
                            th scope="col" { (voice.say(Text::Images)) }
                            th scope="col" { (voice.say(Text::Found)) }
                            th scope="col" { (voice.say(Text::ImageAuroc)) }
                            @if pixels {
                                th scope="col" { (voice.say(Text::PixelAuroc)) }
                                th scope="col" { (voice.say(Text::Aupro)) }
                            }
                        }
                    }
                    tbody {
                        @for (index, defect) in defects.iter().enumerate() {
                            tr {
                                th scope="row" { bdi { (super::visible(&defect.name)) } }
                                td { (defect.images) }
                                td data-found=(index) {
                                    @match defect.found { Some(found) => (found), None => "–" }
                                }
                                td { (share(defect.image_auroc)) }
                                @if pixels {
                                    td { (share(defect.pixel_auroc)) }
                                    td { (share(defect.aupro)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
