//! The differences between two evaluations: how they came to be, their figures, and their verdicts image by image.

use std::collections::BTreeMap;
use std::path::Path;

use nnc_report::{DatasetFacts, EvaluatedImage, Evaluation, FileFacts, read_evaluation};
use serde::Serialize;
use serde_json::Value;

use super::messages::{Fact, Rows, Sentence};
use super::{print_json, print_table};
use nnc_language::chosen;
use nnc_messages::{Exit, Language, OrExit, Result, Said, Say};

/// Verdicts listed on a terminal.
const LISTED: usize = 20;

#[derive(Debug, Serialize)]
struct Comparison {
    /// Facts and figures that are not the same.
    differences: Vec<Difference>,
    /// Images of both whose verdict is not the same. None where an evaluation has no threshold.
    verdicts: Vec<Difference>,
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
    let Comparison { differences, verdicts, only_first, only_second, common } = comparison;
    if differences.is_empty() && verdicts.is_empty() {
        println!("{}", Sentence::NoDifference.said());
    } else {
        let name = |folder: &Path| folder.display().to_string();
        let mut table = vec![[String::new(), name(first), name(second)]];
        table.extend(differences.into_iter().map(|d| [d.what, d.first, d.second]));
        let more = verdicts.len().saturating_sub(LISTED);
        let another = match verdicts.len() {
            1 => Sentence::OneVerdict { common },
            count => Sentence::Verdicts { count, common },
        };
        println!("{}", another.said());
        table.extend(verdicts.into_iter().take(LISTED).map(|d| [d.what, d.first, d.second]));
        print_table(&table);
        if more > 0 {
            println!("{}", Sentence::More { count: more }.said());
        }
    }
    for (folder, only) in [(first, only_first), (second, only_second)] {
        let folder = folder.to_owned();
        match only.len() {
            0 => {}
            1 => println!("{}", Sentence::OneAlone { folder }.said()),
            count => println!("{}", Sentence::Alone { count, folder }.said()),
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
    let told = |image: &EvaluatedImage| {
        format!("{} ({:?})", image.verdict.map(|verdict| verdict.name()).unwrap_or_default(), image.score)
    };
    let both = || images.iter().filter_map(|(name, image)| Some((name, image, others.get(name)?)));
    let verdicts = both()
        .filter(|(_, image, other)| image.verdict.zip(other.verdict).is_some_and(|(one, another)| one != another))
        .map(|(name, image, other)| Difference { what: name.clone(), first: told(image), second: told(other) })
        .collect();
    Comparison {
        differences,
        verdicts,
        only_first: missing(&images, &others),
        only_second: missing(&others, &images),
        common: both().count(),
    }
}

/// Images by their names. A data set may name one several times; from the second on they are numbered, so that none
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
            1 => Rows::One { hash },
            rows => Rows::Several { rows, hash },
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
    add(Fact::Device, origin.device.clone());
    add(Fact::Score, evaluation.rule.to_string());
    add(Fact::Threshold, evaluation.threshold.as_ref().map(|t| t.value.to_string()).unwrap_or_default());
    let metrics = &evaluation.metrics;
    let mut area = |fact: Fact, area: Option<f64>| {
        add(fact, area.map(|area| format!("{area:.4}")).unwrap_or_default());
    };
    area(Fact::ImageAuroc, metrics.image.map(|image| image.auroc));
    area(Fact::AveragePrecision, metrics.image.map(|image| image.average_precision));
    area(Fact::BestF1, metrics.image.map(|image| image.f1_max));
    area(Fact::PixelAuroc, metrics.pixel.map(|pixel| pixel.auroc));
    area(Fact::Aupro, metrics.pixel.map(|pixel| pixel.aupro));
    if let Some(decisions) = metrics.decisions {
        add(Fact::Missed, decisions.missed.to_string());
        add(Fact::FalseAlarms, decisions.false_alarms.to_string());
    }
    facts
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
        let Comparison { differences, verdicts, only_first, only_second, common } =
            compare(&first, &second, Language::English);
        let told: Vec<[&str; 3]> = differences.iter().map(|d| [&*d.what, &*d.first, &*d.second]).collect();
        assert_eq!(told, [["parameter ratio", "0.5", "1.0"], ["threshold", "1.5", "2.5"]]);
        assert_eq!(verdicts.len(), 1);
        assert_eq!((&*verdicts[0].what, &*verdicts[0].first, &*verdicts[0].second), ("b", "NG (2.0)", "OK (2.0)"));
        assert_eq!((only_first.len(), only_second, common), (0, vec!["c".to_owned()], 2));
        let same = compare(&first, &first, Language::English);
        assert!(same.differences.is_empty() && same.verdicts.is_empty());

        decide(&mut second, None, &Maps::default(), 1, &|_| ());
        assert!(compare(&first, &second, Language::English).verdicts.is_empty(), "verdicts were compared with none");
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
        let verdicts: Vec<_> = found.verdicts.iter().map(|d| (&*d.what, &*d.first, &*d.second)).collect();
        assert_eq!(verdicts, [("a (2)", "NG (2.0)", "OK (1.0)")]);
    }
}
