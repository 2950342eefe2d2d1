//! What a segmentation is worth: how well each class of pixels was found.

use maud::{Markup, html};

use super::figures::{cell, metric, result, share};
use super::palette;
use super::text::{Caption, Phrase};
use crate::model::SegmentationMetrics;
use crate::render::page::voice::{Voice, visible};

pub(super) fn sections(metrics: &SegmentationMetrics, voice: Voice) -> Markup {
    let rest = html! {
        @if metrics.unlabelled > 0 { p.note { (voice.say_with(Phrase::UnlabelledImages { images: &metrics.unlabelled })) } }
        @if metrics.ignored > 0 { p.note { (voice.say_with(Phrase::IgnoredPixels { pixels: &metrics.ignored })) } }
        dl.metrics {
            (metric(voice, Caption::MeanIou, share(metrics.mean_iou), voice.say(Caption::MeanIouMeans)))
            (metric(voice, Caption::PixelAccuracy, share(metrics.accuracy), voice.say(Caption::PixelAccuracyMeans)))
        }
    };
    html! {
        div.columns.top {
            (result(Caption::TaskSegmentation, &metrics.pairing, &[(Caption::Rows, metrics.rows)], rest, voice))
            section.quality aria-labelledby="classes" {
                h2 #classes { (voice.say(Caption::Classes)) }
                div.scroll.tall tabindex="0" role="region" aria-labelledby="classes" {
                    table.areas {
                        thead {
                            tr {
                                @for name in [Caption::Class, Caption::Iou, Caption::LabelledPixels, Caption::PredictedPixels] {
                                    th scope="col" { (voice.say(name)) }
                                }
                            }
                        }
                        tbody {
                            @for (class, area) in metrics.classes.iter().enumerate() {
                                tr {
                                    th scope="row" {
                                        span.swatch style=(format!("background:{}", palette::css(class))) {}
                                        bdi { (visible(&area.name)) }
                                    }
                                    td { (cell(area.iou)) }
                                    td { (area.labelled) }
                                    td { (area.predicted) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
