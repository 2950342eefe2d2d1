//! What was promised, beside what was measured.

use serde::Serialize;

use crate::Outcome;

/// One promise.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Goal {
    pub(crate) what: &'static str,
    pub(crate) asked: &'static str,
    /// Nothing where this run did not measure it.
    pub(crate) measured: Option<String>,
    pub(crate) met: Option<bool>,
}

/// Smallest number of images for which the ratio of whole runs was promised: start-up weighs little by then.
const WHOLE_IMAGES: (usize, usize) = (761, 583);
/// Images per second of NNC's own plugin on a machine with 2 cores (EPYC, 2.4 GHz); not measured here.
const NNC_IMAGES_PER_SECOND: f64 = 1.5;

/// Every promise that this comparison can check.
pub(crate) fn all(outcome: &Outcome) -> Vec<Goal> {
    let padim = outcome.comparisons.iter().find(|comparison| comparison.detector == "padim");
    let rate = padim.map(|padim| outcome.training as f64 / padim.ours().features_seconds);
    let peer = padim.and_then(|padim| Some((padim.ours(), padim.theirs()?)));
    let ratio = peer.map(|(ours, theirs)| theirs.features_seconds / ours.features_seconds);
    let is_whole = (outcome.training, outcome.test) == WHOLE_IMAGES;
    let whole = peer.filter(|_| is_whole).map(|(ours, theirs)| theirs.whole_seconds() / ours.whole_seconds());
    let peaks: Vec<f64> = outcome.memory.iter().map(|memory| memory.peak_bytes as f64 / 1e9).collect();
    let peak = padim.map(|padim| padim.ours().peak_bytes as f64 / 1e9);
    let peak = peaks.iter().copied().chain(peak).reduce(f64::max);
    let spread = peaks.iter().copied().reduce(f64::max).zip(peaks.iter().copied().reduce(f64::min));
    let growth = spread.filter(|_| peaks.len() > 1).map(|(most, least)| 100.0 * (most / least - 1.0));
    vec![
        at_least("training features, ResNet-50", "15 images/s", rate, 15.0, " images/s"),
        at_least("the same, times anomalib's", "5", ratio, 5.0, ""),
        at_least(
            "the same, times NNC's plugin (1.5 images/s elsewhere)",
            "9",
            rate.map(|r| r / NNC_IMAGES_PER_SECOND),
            9.0,
            "",
        ),
        at_least("training and evaluation of 761 and 583 images, times anomalib's speed", "3.5", whole, 3.5, ""),
        below("peak memory, dense with 88 channels", "1.2 GB", peak, 1.2, " GB"),
        below("growth of the peak from 76 to 7,610 images", "5 %", growth, 5.0, " %"),
        below(
            "statistics and inverse, dense with 178 channels, 400 images",
            "15 s",
            outcome.statistics_seconds,
            15.0,
            " s",
        ),
        below(
            "scoring, dense with 88 channels",
            "15 ms an image",
            outcome.scoring_seconds.map(|s| 1e3 * s),
            15.0,
            " ms",
        ),
    ]
}

fn at_least(what: &'static str, asked: &'static str, value: Option<f64>, least: f64, unit: &str) -> Goal {
    Goal { what, asked, measured: value.map(|v| format!("{v:.1}{unit}")), met: value.map(|v| v >= least) }
}

fn below(what: &'static str, asked: &'static str, value: Option<f64>, limit: f64, unit: &str) -> Goal {
    Goal { what, asked, measured: value.map(|v| format!("{v:.2}{unit}")), met: value.map(|v| v < limit) }
}
