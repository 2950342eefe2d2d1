//! Scores and the threshold: the histogram, the slider below it, and where the threshold comes from.

use maud::{Markup, html};

use super::histogram::Histogram;
use super::text::{Sentence, Text};
use super::voice::Voice;
use super::words::Words;
use super::{class_text, style_name};
use crate::model::{Class, Counts, Evaluation};
use crate::number::score_text;
use crate::threshold::{NormalSource, Threshold, ThresholdOrigin};

/// The chart with its slider; without JavaScript the threshold stands still.
pub(super) fn section(evaluation: &Evaluation, histogram: Option<&Histogram>, counts: Counts, voice: Voice) -> Markup {
    let classes: Vec<(Class, usize)> = [
        (Class::Unlabelled, counts.images - counts.labelled()),
        (Class::Normal, counts.normal),
        (Class::Defective, counts.defective),
    ]
    .into_iter()
    .filter(|(_, images)| *images > 0)
    .collect();
    let drawn: Vec<Class> = classes.iter().map(|(class, _)| *class).collect();
    let infinite = evaluation.rows.iter().filter(|image| !image.score.is_finite()).count();
    let threshold = evaluation.threshold.as_ref();
    html! {
        section.chart.scores {
            div.heading {
                h2 { (voice.say(Text::Scores)) }
                ul.legend {
                    @for (class, images) in &classes {
                        li.(style_name(*class)) { (voice.say(class_text(*class))) " " span.count { (images) } }
                    }
                }
            }
            @match histogram {
                Some(histogram) => {
                    (histogram.drawing(&drawn, threshold.map(|threshold| threshold.value), voice))
                    (controls(histogram, threshold, voice))
                },
                None => p.note { (voice.say(Text::NoScores)) },
            }
            @if infinite > 0 { p.note { (voice.say_with(Sentence::NotDrawn { images: &infinite })) } }
            @if let Some(threshold) = threshold { (origin(threshold, voice)) }
        }
    }
}

fn controls(histogram: &Histogram, threshold: Option<&Threshold>, voice: Voice) -> Markup {
    let (low, high) = histogram.ends();
    let value = threshold.map(|threshold| threshold.value);
    html! {
        input #slider.needs-script type="range" min=(low) max=(high) step="any" autocomplete="off"
            aria-label=(voice.words(Text::Threshold)) data-t-label=(Text::Threshold.key());
        div.threshold {
            label.needs-script {
                (voice.say(Text::Threshold)) " "
                input #exact type="text" inputmode="decimal" autocomplete="off" size="10";
            }
            button #reset.needs-script type="button" disabled { (voice.say(Text::Reset)) }
            span.without-script {
                (voice.say(Text::Threshold)) " "
                strong #threshold-shown { @match value { Some(value) => (score_text(value)), None => "–" } }
            }
        }
        p.note.needs-script {
            (voice.say(Text::ThresholdHelp)) " "
            code { "nnc-host report DIR --threshold " span #command-value { "…" } }
        }
    }
}

/// Where the threshold comes from and what can be said about its false alarms.
fn origin(threshold: &Threshold, voice: Voice) -> Markup {
    let training = |source: NormalSource| source == NormalSource::Training;
    let optimistic = match (threshold.origin, threshold.false_alarms) {
        (_, Some(alarms)) => training(alarms.source),
        (ThresholdOrigin::Normals { source, .. }, None) => training(source),
        (ThresholdOrigin::Fixed, None) => false,
    };
    html! {
        p.note {
            @match threshold.origin {
                ThresholdOrigin::Fixed => (voice.say(Text::OriginFixed)),
                ThresholdOrigin::Normals { source, wanted, promised } => {
                    (voice.say_with(Sentence::OriginNormals { promised: &percent(promised), wanted: &percent(wanted) })) " "
                    (voice.say(normal_images(source)))
                },
            }
            @if let Some(alarms) = &threshold.false_alarms {
                " "
                (voice.say_with(Sentence::FalseAlarmInterval {
                    images: &alarms.images, above: &alarms.above, low: &percent(alarms.low), high: &percent(alarms.high),
                    confidence: &percent(alarms.confidence),
                }))
                " " (voice.say(normal_images(alarms.source)))
            }
            @if optimistic { " " (voice.say(Text::TrainingIsOptimistic)) }
        }
    }
}

fn normal_images(source: NormalSource) -> Text {
    match source {
        NormalSource::Training => Text::SourceTraining,
        NormalSource::Validation => Text::SourceValidation,
        NormalSource::Calibration => Text::SourceCalibration,
    }
}

/// A share as a percentage: `0.5 %`, `12 %`.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let digits = if percent == 0.0 || percent >= 9.95 { 0 } else { 2 };
    let text = format!("{percent:.digits$}");
    let text = if digits > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages() {
        for (share, text) in [
            (0.0, "0 %"),
            (0.01, "1 %"),
            (0.005, "0.5 %"),
            (0.0123, "1.23 %"),
            (0.95, "95 %"),
            (1.0, "100 %"),
            (0.123, "12 %"),
        ] {
            assert_eq!(percent(share), text);
        }
    }
}
