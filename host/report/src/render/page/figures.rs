//! The figures on top of the page: what was decided about the images, and how well the scores separate defects.

use maud::{Markup, html};

use super::text::{Sentence, Text};
use super::tile::State;
use super::voice::{Voice, visible};
use super::{class_text, style_name};
use crate::model::{Class, Counts, Evaluation, Interval, MaskOddity, Metrics, OddMasks, Resampling, Task, Unseen};
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
            @if evaluation.task == Task::Reconstruction { p.note { (voice.say(Text::OfReconstruction)) } }
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
                    (metric(voice, Text::ImageAuroc, (image.auroc, image.auroc_interval), voice.say(Text::ImageAurocMeans)))
                    (metric(voice, Text::AveragePrecision, (image.average_precision, None), voice.say(Text::AveragePrecisionMeans)))
                    (metric(voice, Text::F1Max, (image.f1_max, None),
                        voice.say_with(Sentence::F1MaxMeans { threshold: &score_text(image.f1_max_threshold) })))
                    @if let Some(pixel) = &metrics.pixel {
                        (metric(voice, Text::PixelAuroc, (pixel.auroc, pixel.auroc_interval), voice.say_with(Sentence::PixelAurocMeans { images: &pixel.images })))
                        (metric(voice, Text::Aupro, (pixel.aupro, None), voice.say_with(Sentence::AuproMeans { regions: &pixel.regions })))
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
            (resampling(metrics, voice))
            (siblings(metrics, voice))
            @match &metrics.pixel {
                Some(pixel) if pixel.left_out > 0 => p.note { (voice.say_with(Sentence::PixelLeftOut { images: &pixel.left_out })) },
                None if metrics.image.is_some() => p.note { (voice.say(Text::NoMasks)) },
                _ => {},
            }
            @for odd in &metrics.odd_masks { p.note { (odd_masks(odd, voice)) } }
            @if metrics.image.is_some() && unlabelled > 0 {
                p.note { (voice.say_with(Sentence::UnlabelledDoNotCount { images: &unlabelled })) }
            }
            @if scoreless > 0 { p.note { (voice.say_with(Sentence::ScorelessNote { images: &scoreless })) } }
        }
    }
}

/// Masks that may not be what was meant.
fn odd_masks(odd: &OddMasks, voice: Voice) -> Markup {
    let (masks, of, first) = (&odd.masks, &odd.of, visible(&odd.first));
    match odd.oddity {
        MaskOddity::Nothing => voice.say_with(Sentence::OddNothing { masks, of, first: &first }),
        MaskOddity::MoreThanHalf => voice.say_with(Sentence::OddHalf { masks, of, first: &first }),
        MaskOddity::Greys => voice.say_with(Sentence::OddGreys { masks, of, first: &first }),
        MaskOddity::OnNormal => voice.say_with(Sentence::OddOnNormal { masks, of, first: &first }),
        MaskOddity::Proportions => voice.say_with(Sentence::OddProportions { masks, of, first: &first }),
    }
}

/// What is left without images whose group was trained on.
fn siblings(metrics: &Metrics, voice: Voice) -> Markup {
    let Some(Unseen { siblings, normal, defective, auroc, auroc_interval }) = &metrics.unseen else { return html! {} };
    let images = &metrics.counts.images;
    html! {
        @match (siblings, auroc) {
            (0, _) => p.note { (voice.say(Text::NoSibling)) },
            (_, None) => p.note { (voice.say_with(Sentence::OnlySiblings { siblings, images })) },
            (_, Some(auroc)) => p.note {
                (voice.say_with(Sentence::Siblings {
                    siblings, images, auroc: &with_interval(*auroc, *auroc_interval), normal, defective
                }))
            },
        }
    }
}

/// An area and where it probably lies, as short as it can be.
fn with_interval(area: f64, interval: Option<Interval>) -> String {
    match interval {
        None => format!("{area:.4}"),
        Some(Interval { low, high }) => format!("{area:.4} ({low:.3}–{high:.3})"),
    }
}

/// What the intervals were made from, or why there are none.
fn resampling(metrics: &Metrics, voice: Voice) -> Markup {
    let Some(Resampling { by_group, groups, normal, defective, rounds }) = &metrics.resampling else {
        return html! {};
    };
    let few = &Interval::FEWEST;
    let sentence = match (metrics.image.and_then(|image| image.auroc_interval), by_group) {
        (Some(_), true) => Sentence::ByGroup { rounds, groups },
        (Some(_), false) => Sentence::ByImage { rounds, images: groups },
        (None, true) => Sentence::TooFewGroups { few, normal, defective },
        (None, false) => Sentence::TooFewImages { few, normal, defective },
    };
    html! { p.note { (voice.say_with(sentence)) } }
}

fn metric(voice: Voice, name: Text, (value, interval): (f64, Option<Interval>), meaning: Markup) -> Markup {
    html! {
        div {
            dt { (voice.say(name)) }
            dd { (format!("{value:.4}")) }
            @if let Some(Interval { low, high }) = interval {
                p.interval {
                    (voice.say_with(Sentence::Interval { low: &format!("{low:.4}"), high: &format!("{high:.4}") }))
                }
            }
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
    let share = |value: Option<f64>, interval: Option<Interval>| {
        value.map_or_else(|| "–".to_owned(), |value| with_interval(value, interval))
    };
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
                                td { (share(defect.image_auroc, defect.image_auroc_interval)) }
                                @if pixels {
                                    td { (share(defect.pixel_auroc, defect.pixel_auroc_interval)) }
                                    td { (share(defect.aupro, None)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
