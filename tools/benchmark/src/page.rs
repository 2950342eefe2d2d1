//! The figures as a page in Markdown, alone or inside a page that people wrote, and as JSON.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::goals;
use crate::machine::Machine;
use crate::{Comparison, Outcome};

/// What lies between these lines of a page is replaced.
const MARKS: (&str, &str) = ("<!-- figures of cargo xtask bench -->", "<!-- end of the figures -->");

/// Everything that was found, in Markdown.
pub(crate) fn markdown(machine: &Machine, outcome: &Outcome) -> String {
    let mut text = String::from("| | |\n|---|---|\n");
    for (name, value) in machine.rows() {
        line(&mut text, &[name, &value]);
    }
    let (training, test, rounds) = (outcome.training, outcome.test, outcome.rounds);
    line(&mut text, &["images", &format!("{training} to train on, {test} to evaluate, 224x224, {}", outcome.source)]);
    line(&mut text, &["threads", &outcome.threads.to_string()]);
    line(&mut text, &["rounds", &format!("{rounds}, the programs in turn; medians, of memory the largest")]);

    text.push_str("\n| goal | asked | measured | met |\n|---|---|---|---|\n");
    for goal in goals::all(outcome) {
        let met = goal.met.map_or("", |met| if met { "yes" } else { "**no**" });
        line(&mut text, &[goal.what, goal.asked, goal.measured.as_deref().unwrap_or("not in this run"), met]);
    }
    for comparison in &outcome.comparisons {
        side_by_side(&mut text, comparison, outcome);
    }
    if let Some(eager) = outcome.eager_images_per_second {
        let _ = writeln!(
            text,
            "\nPyTorch alone, eager, micro-batches of 8, images decoded beforehand: {eager:.1} images/s of ResNet-50 features."
        );
    }
    if !outcome.memory.is_empty() {
        text.push_str("\n| images trained on (PaDiM, dense, 88 channels) | peak memory | seconds |\n|---|---|---|\n");
        for memory in &outcome.memory {
            let cells = [memory.images.to_string(), gigabytes(memory.peak_bytes), format!("{:.1}", memory.seconds)];
            line(&mut text, &cells.each_ref().map(String::as_str));
        }
    }
    text
}

/// The figures of one detector.
fn side_by_side(text: &mut String, comparison: &Comparison, outcome: &Outcome) {
    let (training, test) = (outcome.training as f64, outcome.test as f64);
    let ours = comparison.ours();
    let theirs = comparison.theirs();
    let _ = writeln!(text, "\n| {} | nnc-host | anomalib | ratio |\n|---|---|---|---|", comparison.title);
    let mut row = |name: &str, own: f64, other: Option<f64>, shown: &dyn Fn(f64) -> String| {
        let (shown_other, ratio) = match other {
            Some(other) => (shown(other), format!("{:.1}", other / own)),
            None => ("not run".to_owned(), String::new()),
        };
        line(text, &[name, &shown(own), &shown_other, &ratio]);
    };
    let seconds = |seconds: f64| format!("{seconds:.1} s");
    let of = |figure: fn(&super::Figures) -> f64| (figure(&ours), theirs.as_ref().map(figure));
    let (own, other) = of(|f| f.features_seconds);
    row("features of training images", own, other, &|s| format!("{s:.1} s, {:.1} images/s", training / s));
    let (own, other) = of(|f| f.fitting_seconds);
    row(comparison.fitting, own, other, &seconds);
    let (own, other) = of(|f| f.train_seconds);
    row("whole training", own, other, &seconds);
    let (own, other) = of(|f| f.evaluate_seconds);
    row("whole evaluation", own, other, &|s| format!("{s:.1} s, {:.1} images/s", test / s));
    let (own, other) = of(super::Figures::whole_seconds);
    row("training and evaluation", own, other, &seconds);
    let (own, other) = of(|f| f.process_seconds);
    row("the same with starting the program", own, other, &seconds);
    let (own, other) = of(|f| f.peak_bytes as f64);
    row("peak memory", own, other, &|bytes| gigabytes(bytes as u64));
}

/// Puts the figures into the page at `path`, between its marks if it has them, and everything as JSON beside it.
pub(crate) fn write(path: &Path, machine: &Machine, outcome: &Outcome, markdown: &str) -> Result<()> {
    let old = fs::read_to_string(path).unwrap_or_default();
    let page = placed(&old, markdown);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("{} could not be created", folder.display()))?;
    }
    fs::write(path, page).with_context(|| format!("{} could not be written", path.display()))?;
    let json = serde_json::json!({ "machine": machine, "outcome": outcome, "goals": goals::all(outcome) });
    let path = path.with_extension("json");
    fs::write(&path, format!("{json:#}\n")).with_context(|| format!("{} could not be written", path.display()))
}

/// `figures` in the place of those that `page` has, or alone in a new page.
fn placed(page: &str, figures: &str) -> String {
    let marked = format!("{}\n\n{figures}\n{}", MARKS.0, MARKS.1);
    let found = page.split_once(MARKS.0).and_then(|(before, rest)| Some((before, rest.split_once(MARKS.1)?.1)));
    match found {
        Some((before, after)) => format!("{before}{marked}{after}"),
        None => format!("# nnc-host and anomalib, side by side\n\n{marked}\n"),
    }
}

fn line(text: &mut String, cells: &[&str]) {
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.2} GB", bytes as f64 / 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_replace_those_of_the_run_before() {
        let first = placed("", "one\n");
        assert!(first.starts_with("# ") && first.contains("one"));
        let written = format!("intro\n\n{}\nold\n{}\n\nwhy\n", MARKS.0, MARKS.1);
        let second = placed(&placed(&written, "one\n"), "two\n");
        assert_eq!(second, format!("intro\n\n{}\n\ntwo\n\n{}\n\nwhy\n", MARKS.0, MARKS.1));
    }
}
