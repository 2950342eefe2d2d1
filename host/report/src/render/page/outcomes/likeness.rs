//! What a regression is worth whose targets are pictures: how near it comes to them.

use maud::{Markup, html};

use super::figures::{metric, result};
use super::text::{Caption, Phrase};
use crate::model::LikenessMetrics;
use crate::number::score_text;
use crate::render::page::voice::Voice;

pub(super) fn sections(metrics: &LikenessMetrics, voice: Voice) -> Markup {
    let number = |value: Option<f64>| value.map(|value| score_text(value as f32));
    let decibels = metrics.psnr.map(|psnr| format!("{psnr:.2} dB"));
    let rest = html! {
        @if metrics.unlabelled > 0 { p.note { (voice.say_with(Phrase::UntargetedRows { rows: &metrics.unlabelled })) } }
        @if metrics.undecided > 0 { p.note { (voice.say_with(Phrase::LeftOutCount { rows: &metrics.undecided })) } }
        @if metrics.rows == 0 { p.note { (voice.say(Caption::NoTargetsAtAll)) } }
        dl.metrics {
            (metric(voice, Caption::Mae, number(metrics.mae), voice.say(Caption::MaeMeans)))
            (metric(voice, Caption::Rmse, number(metrics.rmse), voice.say(Caption::RmseMeans)))
            @if metrics.peak.is_some() {
                (metric(voice, Caption::Psnr, decibels, voice.say(Caption::PsnrMeans)))
            }
        }
    };
    html! {
        div.columns.top {
            (result(Caption::TaskRegression, &metrics.pairing, &[(Caption::Rows, metrics.rows)], rest, voice))
        }
    }
}
