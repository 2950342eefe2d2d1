//! How the result came to be: parameters, provenance and timings.

use maud::{Markup, html};

use super::text::{Sentence, Text};
use super::voice::{Voice, visible};
use crate::model::{DatasetFacts, Evaluation, FileFacts, TileFacts, TimedPhase};
use crate::score::ScoreRule;

/// Folded on the screen, open on paper.
pub(super) fn section(evaluation: &Evaluation, voice: Voice) -> Markup {
    let origin = &evaluation.origin;
    html! {
        details #details {
            summary { h2 { (voice.say(Text::Details)) } }
            div.columns {
                section.facts aria-labelledby="provenance" {
                    h3 #provenance { (voice.say(Text::Provenance)) }
                    table {
                        (fact(voice, Text::Plugin, &format!("{} {}", origin.plugin_title, origin.plugin_version)))
                        @if let Some(model) = &origin.model { (file(voice, Text::Model, model)) }
                        @for weights in &origin.weights { (file(voice, Text::Weights, weights)) }
                        @if let Some(training) = &origin.training { (dataset(voice, Text::TrainedOn, training)) }
                        (dataset(voice, Text::EvaluatedOn, &origin.evaluated))
                        @if let Some(set) = &origin.calibration { (dataset(voice, Text::CalibratedOn, set)) }
                        @if evaluation.task.gives_scores() { (row(voice, Text::ScoreRule, rule(voice, evaluation.rule))) }
                        @if let Some(tiles) = origin.tiles { (row(voice, Text::Tiles, cut(voice, tiles))) }
                        @if let Some(region) = &origin.region {
                            (row(voice, Text::Region, html! {
                                (voice.say_with(Sentence::Region { percent: &format!("{:.1}", 100.0 * region.share) }))
                                (hash(&region.sha256))
                            }))
                        }
                        (fact(voice, Text::Device, &origin.device))
                        @if !origin.engine.is_empty() { (fact(voice, Text::Engine, &origin.engine)) }
                        (fact(voice, Text::Threads, &number(origin.threads)))
                        (fact(voice, Text::BatchSize, &number(origin.batch_size)))
                        (fact(voice, Text::Started, &instant(origin.started)))
                        (fact(voice, Text::MadeBy, &origin.host))
                    }
                }
                @if !origin.parameters.is_empty() {
                    section.facts aria-labelledby="parameters" {
                        h3 #parameters { (voice.say(Text::Parameters)) }
                        table {
                            @for (name, value) in &origin.parameters {
                                tr {
                                    th scope="row" { (visible(name)) }
                                    td { bdi { (visible(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))) } }
                                }
                            }
                        }
                    }
                }
                (timings(evaluation, voice))
            }
        }
    }
}

/// A fact; nothing when it is not known.
fn fact(voice: Voice, name: Text, value: &str) -> Markup {
    let value = value.trim();
    html! { @if !value.is_empty() { (row(voice, name, html! { bdi { (visible(value)) } })) } }
}

fn row(voice: Voice, name: Text, value: Markup) -> Markup {
    html! { tr { th scope="row" { (voice.say(name)) } td { (value) } } }
}

fn number(value: usize) -> String {
    if value == 0 { String::new() } else { value.to_string() }
}

fn file(voice: Voice, name: Text, file: &FileFacts) -> Markup {
    row(voice, name, html! { bdi { (visible(&file.name)) } (hash(&file.sha256)) })
}

fn dataset(voice: Voice, name: Text, set: &DatasetFacts) -> Markup {
    html! {
        @if !set.file.is_empty() {
            (row(voice, name, html! {
                (voice.say_with(Sentence::DatasetRows { file: &visible(&set.file), images: &set.rows }))
                (hash(&set.csv_sha256))
            }))
        }
    }
}

fn hash(sha256: &str) -> Markup {
    html! { @if !sha256.is_empty() { span.hash { "SHA-256 " (sha256) } } }
}

fn rule(voice: Voice, rule: ScoreRule) -> Markup {
    match rule {
        ScoreRule::Max => voice.say(Text::RuleMax),
        ScoreRule::TopCount(count) => voice.say_with(Sentence::RuleTopCount { count: &count }),
        // Written from a percentage, which comes back without the digits of a binary fraction.
        ScoreRule::TopShare(share) => {
            voice.say_with(Sentence::RuleTopShare { percent: &((share * 1e8).round() / 1e6) })
        }
        ScoreRule::Smooth(sigma) => voice.say_with(Sentence::RuleSmooth { sigma: &sigma }),
        ScoreRule::Contrast(sigma) => voice.say_with(Sentence::RuleContrast { sigma: &sigma }),
    }
}

fn cut(voice: Voice, tiles: TileFacts) -> Markup {
    let TileFacts { size, overlap, count, image: [height, width] } = tiles;
    voice.say_with(Sentence::Tiles { count: &count, size: &size, overlap: &overlap, width: &width, height: &height })
}

/// `2026-01-31 10:15:02 UTC`; empty when it is not known.
fn instant(seconds: f64) -> String {
    let known = jiff::Timestamp::from_second(seconds as i64).ok().filter(|_| seconds > 0.0);
    known.map(|time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default()
}

fn timings(evaluation: &Evaluation, voice: Voice) -> Markup {
    html! {
        @if !evaluation.timings.is_empty() {
            section.facts.timings aria-labelledby="timings" {
                h3 #timings { (voice.say(Text::Timings)) }
                table {
                    thead {
                        tr {
                            th scope="col" { (voice.say(Text::Phase)) }
                            th scope="col" { (voice.say(Text::Seconds)) }
                            th scope="col" { (voice.say(Text::Rate)) }
                        }
                    }
                    tbody {
                        @for timing in &evaluation.timings {
                            tr {
                                th scope="row" { (voice.say(phase(timing.phase))) }
                                td { (format!("{:.1}", timing.seconds)) }
                                td {
                                    @if timing.images > 0 && timing.seconds > 0.0 {
                                        (format!("{:.1}", timing.images as f64 / timing.seconds))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn phase(phase: TimedPhase) -> Text {
    match phase {
        TimedPhase::Training => Text::PhaseTraining,
        TimedPhase::Loading => Text::PhaseLoading,
        TimedPhase::Scoring => Text::PhaseScoring,
        TimedPhase::Calibration => Text::PhaseCalibration,
        TimedPhase::Metrics => Text::PhaseMetrics,
        TimedPhase::HeatMaps => Text::PhaseHeatMaps,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_those_of_greenwich() {
        assert_eq!(instant(1_769_854_502.75), "2026-01-31 10:15:02 UTC");
        for unknown in [0.0, -1.0, f64::NAN, 1e300] {
            assert_eq!(instant(unknown), "", "{unknown}");
        }
    }
}
