//! The differences between two evaluations: how they came to be, their figures, and what they say row by row.

mod rows;

use std::collections::BTreeMap;
use std::path::Path;

use nnc_report::{
    DatasetFacts, Difference as Apart, EvaluatedImage, Evaluation, FileFacts, Interval, Judged, RegionFacts,
    Resampling, Task, auroc_difference, read_evaluation,
};
use serde::Serialize;
use serde_json::Value;

use rows::{Rows, Told};

use super::messages::{Chance, Fact, RowsOf, Sentence};
use super::{area, print_json, print_table};
use nnc_console::print_line;
use nnc_jobs::judging::figures::Unit;
use nnc_language::chosen;
use nnc_messages::{Exit, Language, OrExit, Result, Said, Say};

/// Rows listed on a terminal.
const LISTED: usize = 20;

#[derive(Debug, Serialize)]
struct Comparison {
    /// Facts and figures that are not the same.
    differences: Vec<Difference>,
    /// What the rows of both differ in.
    #[serde(flatten)]
    rows: Rows,
    /// How far the image AUROCs over the labelled images of both are apart, the second less the first.
    auroc: Option<Apart>,
    /// Whether that is more than chance; `None` where it cannot be told.
    more_than_chance: Option<bool>,
    /// Images of one alone.
    only_first: Vec<String>,
    only_second: Vec<String>,
    /// Images of both.
    common: usize,
}

#[derive(Debug, Serialize)]
struct Difference {
    what: String,
    first: String,
    second: String,
}

/// Compares the evaluations in two folders.
pub(super) fn run(first: &Path, second: &Path, json: bool) -> Result<()> {
    let read = |folder: &Path| read_evaluation(folder).or_exit(Exit::Usage);
    // What programs read is the same in every language.
    let language = if json { Language::English } else { chosen() };
    let comparison = compare(&read(first)?, &read(second)?, language);
    if json {
        return print_json(&comparison);
    }
    let Comparison { differences, rows, auroc, only_first, only_second, common, .. } = comparison;
    if differences.is_empty() && rows.are_equal() && rows.told != Told::OtherTasks {
        print_line(Sentence::NoDifference.said());
    } else {
        let name = |folder: &Path| folder.display().to_string();
        let mut table = vec![[String::new(), name(first), name(second)]];
        table.extend(differences.into_iter().map(|d| [d.what, d.first, d.second]));
        if let Some(sentence) = rows.sentence(common) {
            print_line(sentence.said());
        }
        let rows = rows.listed();
        let more = rows.len().saturating_sub(LISTED);
        table.extend(rows.into_iter().take(LISTED).map(|d| [d.what, d.first, d.second]));
        print_table(&table);
        if more > 0 {
            print_line(Sentence::More { count: more }.said());
        }
        if let Some(apart) = auroc {
            print_line(chance(&apart).said());
        }
    }
    for (folder, only) in [(first, only_first), (second, only_second)] {
        let folder = folder.to_owned();
        match only.len() {
            0 => {}
            1 => print_line(Sentence::OneAlone { folder }.said()),
            count => print_line(Sentence::Alone { count, folder }.said()),
        }
    }
    Ok(())
}

fn compare(first: &Evaluation, second: &Evaluation, language: Language) -> Comparison {
    let (facts, other) = (facts(first, language), facts(second, language));
    let value = |facts: &[(String, String)], name: &str| {
        facts.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    };
    let added = other.iter().filter(|(name, _)| value(&facts, name).is_none());
    let names = facts.iter().chain(added).map(|(name, _)| name);
    let text = |facts: &[(String, String)], name: &str| value(facts, name).unwrap_or_default();
    let differences = names
        .map(|name| Difference { what: name.clone(), first: text(&facts, name), second: text(&other, name) })
        .filter(|difference| difference.first != difference.second)
        .collect();

    let (images, others) = (by_name(first), by_name(second));
    let missing = |of: &BTreeMap<String, EvaluatedImage>, from: &BTreeMap<String, EvaluatedImage>| {
        of.keys().filter(|name| !from.contains_key(*name)).cloned().collect::<Vec<_>>()
    };
    let both = images.iter().filter_map(|(name, image)| Some((image, others.get(name)?)));
    let scores = [first, second].iter().all(|evaluation| evaluation.task.gives_scores());
    let auroc = scores.then(|| auroc_difference(both)).flatten();
    let more_than_chance = auroc.filter(|apart| apart.interval.is_some()).map(|apart| apart.is_more_than_chance());
    Comparison {
        differences,
        rows: Rows::compare(first, second, &images, &others),
        auroc,
        more_than_chance,
        only_first: missing(&images, &others),
        only_second: missing(&others, &images),
        common: images.keys().filter(|name| others.contains_key(*name)).count(),
    }
}

/// What the AUROCs of the images of both say.
fn chance(apart: &Apart) -> Sentence {
    let Apart { images, first, second, difference, interval, resampling } = *apart;
    let Resampling { by_group, normal, defective, .. } = resampling;
    let Some(Interval { low, high }) = interval else {
        let (needed, by) = (Interval::FEWEST, if by_group { Unit::Groups } else { Unit::Images });
        return Sentence::CannotTell { needed, by, normal, defective };
    };
    let area = |area: f64| format!("{area:.4}");
    let signed = |figure: f64| format!("{:+.4}", figure + 0.0);
    Sentence::Apart {
        images,
        first: area(first),
        second: area(second),
        difference: signed(difference),
        low: signed(low),
        high: signed(high),
        chance: if apart.is_more_than_chance() { Chance::More } else { Chance::NotMore },
    }
}

/// Images by their names. A dataset may name one several times; from the second on they are numbered, so that none
/// hides another.
fn by_name(evaluation: &Evaluation) -> BTreeMap<String, EvaluatedImage> {
    let mut seen = BTreeMap::new();
    let numbered = evaluation.rows.iter().map(|image| {
        let times: &mut usize = seen.entry(&image.name).or_default();
        *times += 1;
        let name = if *times == 1 { image.name.clone() } else { format!("{} ({times})", image.name) };
        (name, image.clone())
    });
    numbered.collect()
}

/// Everything that may differ, by name; hashes stand for content.
fn facts(evaluation: &Evaluation, language: Language) -> Vec<(String, String)> {
    let origin = &evaluation.origin;
    let mut facts = Vec::new();
    let mut add = |fact: Fact, value: String| facts.push((Said(&fact, language).to_string(), value));
    add(Fact::Plugin, format!("{} {}", origin.plugin, origin.plugin_version));
    for (name, value) in &origin.parameters {
        let text = match value {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        add(Fact::Parameter { name: name.clone() }, text);
    }
    let dataset = |facts: &DatasetFacts| {
        let hash = short(&facts.csv_sha256).to_owned();
        let rows = match facts.rows {
            1 => RowsOf::One { hash },
            rows => RowsOf::Several { rows, hash },
        };
        Said(&rows, language).to_string()
    };
    let file = |facts: &FileFacts| format!("sha256 {}", short(&facts.sha256));
    for weights in &origin.weights {
        add(Fact::Weights { name: weights.name.clone() }, file(weights));
    }
    add(Fact::Model, origin.model.as_ref().map(file).unwrap_or_default());
    add(Fact::TrainingSet, origin.training.as_ref().map(dataset).unwrap_or_default());
    add(Fact::EvaluationSet, dataset(&origin.evaluated));
    add(Fact::CalibrationSet, origin.calibration.as_ref().map(dataset).unwrap_or_default());
    let tiles = origin.tiles.map(|tiles| format!("{} px, overlap {} px", tiles.size, tiles.overlap));
    add(Fact::Tiles, tiles.unwrap_or_default());
    let region = |facts: &RegionFacts| format!("{:.1} %, sha256 {}", 100.0 * facts.share, short(&facts.sha256));
    add(Fact::Region, origin.region.as_ref().map(region).unwrap_or_default());
    add(Fact::Device, origin.device.clone());
    add(Fact::Engine, origin.engine.clone());
    if evaluation.task != Task::Anomaly {
        add(Fact::Task, evaluation.task.name().to_owned());
    }
    add(Fact::Score, evaluation.rule.to_string());
    add(Fact::Threshold, evaluation.threshold.as_ref().map(|t| t.value.to_string()).unwrap_or_default());
    let metrics = &evaluation.metrics;
    add(Fact::ImageAuroc, area(metrics.image.map(|image| (image.auroc, image.auroc_interval))));
    let mut figure = |fact: Fact, figure: Option<f64>| add(fact, area(figure.map(|figure| (figure, None))));
    figure(Fact::AveragePrecision, metrics.image.map(|image| image.average_precision));
    figure(Fact::BestF1, metrics.image.map(|image| image.f1_max));
    add(Fact::PixelAuroc, area(metrics.pixel.map(|pixel| (pixel.auroc, pixel.auroc_interval))));
    let mut figure = |fact: Fact, figure: Option<f64>| add(fact, area(figure.map(|figure| (figure, None))));
    figure(Fact::Aupro, metrics.pixel.map(|pixel| pixel.aupro));
    figures(evaluation.judged.as_ref(), &mut figure);
    if let Some(decisions) = metrics.decisions {
        add(Fact::Missed, decisions.missed.to_string());
        add(Fact::FalseAlarms, decisions.false_alarms.to_string());
    }
    facts
}

/// The figures of a model that is no detector.
fn figures(judged: Option<&Judged>, add: &mut dyn FnMut(Fact, Option<f64>)) {
    match judged {
        None => {}
        Some(Judged::Classification(metrics)) => {
            add(Fact::Accuracy, metrics.accuracy);
            add(Fact::Precision, metrics.precision);
            add(Fact::Recall, metrics.recall);
            add(Fact::F1, metrics.f1);
            add(Fact::MeanAveragePrecision, metrics.average_precision);
            metrics.classes.iter().for_each(|class| add(Fact::ClassF1 { name: class.name.clone() }, class.f1));
        }
        Some(Judged::Regression(metrics)) => {
            add(Fact::Mae, metrics.mae);
            add(Fact::Rmse, metrics.rmse);
            add(Fact::R2, metrics.r2);
        }
        Some(Judged::Likeness(metrics)) => {
            add(Fact::Mae, metrics.mae);
            add(Fact::Rmse, metrics.rmse);
            add(Fact::Psnr, metrics.psnr);
        }
        Some(Judged::Segmentation(metrics)) => {
            add(Fact::MeanIou, metrics.mean_iou);
            add(Fact::PixelAccuracy, metrics.accuracy);
            metrics.classes.iter().for_each(|class| add(Fact::ClassIou { name: class.name.clone() }, class.iou));
        }
    }
}

/// Enough of a hash to tell two apart.
fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

#[cfg(test)]
mod tests {
    use nnc_report::{Maps, Threshold, decide};

    use super::*;

    #[test]
    fn differences_are_told_and_the_rest_is_not() {
        let image = |name: &str, score| EvaluatedImage { name: name.to_owned(), score, ..EvaluatedImage::default() };
        let mut first = Evaluation { rows: vec![image("a", 1.0), image("b", 2.0)], ..Evaluation::default() };
        first.origin.parameters.insert("ratio".to_owned(), 0.5.into());
        let mut second = first.clone();
        second.origin.parameters.insert("ratio".to_owned(), 1.0.into());
        second.rows.push(image("c", 3.0));
        decide(&mut first, Some(Threshold::fixed(1.5, None, 0.95)), &Maps::default(), 1, &|_| ());
        decide(&mut second, Some(Threshold::fixed(2.5, None, 0.95)), &Maps::default(), 1, &|_| ());
        let Comparison { differences, rows, only_first, only_second, common, .. } =
            compare(&first, &second, Language::English);
        let verdicts = rows.verdicts;
        let told: Vec<[&str; 3]> = differences.iter().map(|d| [&*d.what, &*d.first, &*d.second]).collect();
        assert_eq!(told, [["parameter ratio", "0.5", "1.0"], ["threshold", "1.5", "2.5"]]);
        assert_eq!(verdicts.len(), 1);
        assert_eq!((&*verdicts[0].what, &*verdicts[0].first, &*verdicts[0].second), ("b", "NG (2.0)", "OK (2.0)"));
        assert_eq!((only_first.len(), only_second, common), (0, vec!["c".to_owned()], 2));
        let same = compare(&first, &first, Language::English);
        assert!(same.differences.is_empty() && same.rows.are_equal());

        decide(&mut second, None, &Maps::default(), 1, &|_| ());
        assert!(
            compare(&first, &second, Language::English).rows.verdicts.is_empty(),
            "verdicts were compared with none"
        );
    }

    #[test]
    fn a_difference_is_told_from_chance() {
        let evaluation = |labels: usize, shift: f32| {
            let image = |row: usize| EvaluatedImage {
                row,
                name: row.to_string(),
                label: Some((row % 2) as f64),
                score: ((row * 37) % 101) as f32 / 101.0 + (row % 2) as f32 * shift,
                ..EvaluatedImage::default()
            };
            Evaluation { rows: (0..labels).map(image).collect(), ..Evaluation::default() }
        };
        let told = |first: &Evaluation, second: &Evaluation, language| {
            let comparison = compare(first, second, language);
            (Said(&chance(&comparison.auroc.unwrap()), language).to_string(), comparison.more_than_chance)
        };
        let (good, poor) = (evaluation(200, 0.6), evaluation(200, 0.2));
        let (sentence, more) = told(&good, &poor, Language::English);
        assert!(sentence.starts_with("image AUROC over the 200 labelled images of both: 0."), "{sentence}");
        assert!(sentence.ends_with(": more than chance") && sentence.contains("difference -0."), "{sentence}");
        assert_eq!(more, Some(true));
        let (sentence, more) = told(&good, &good, Language::Japanese);
        assert!(sentence.contains("差 +0.0000") && sentence.ends_with("偶然の範囲内です"), "{sentence}");
        assert_eq!(more, Some(false));
        let (sentence, more) = told(&evaluation(8, 0.6), &evaluation(8, 0.2), Language::English);
        assert!(sentence.contains("at least 5 normal and 5 defective images, and there are 4 and 4"), "{sentence}");
        assert_eq!(more, None);
    }

    #[test]
    fn images_of_one_name_are_all_compared() {
        let image = |score| EvaluatedImage { name: "a".to_owned(), score, ..EvaluatedImage::default() };
        let mut first = Evaluation { rows: vec![image(1.0), image(2.0)], ..Evaluation::default() };
        let mut second = Evaluation { rows: vec![image(1.0), image(1.0)], ..Evaluation::default() };
        for evaluation in [&mut first, &mut second] {
            decide(evaluation, Some(Threshold::fixed(1.5, None, 0.95)), &Maps::default(), 1, &|_| ());
        }
        let found = compare(&first, &second, Language::Japanese);
        assert_eq!(found.common, 2);
        let verdicts: Vec<_> = found.rows.verdicts.iter().map(|d| (&*d.what, &*d.first, &*d.second)).collect();
        assert_eq!(verdicts, [("a (2)", "NG (2.0)", "OK (1.0)")]);
    }
}
