//! What two evaluations say about each row that both have, by the kind of their models.

use std::collections::BTreeMap;

use nnc_report::{EvaluatedImage, Evaluation, Outcome, Task};
use serde::Serialize;

use super::Difference;
use crate::commands::history::messages::Sentence;

/// Numbers of a row that are told.
const NUMBERS: usize = 4;

/// Rows that are not the same.
#[derive(Debug, Default, Serialize)]
pub(super) struct Rows {
    /// Images of both whose verdict is not the same. None where an evaluation has no threshold.
    pub(super) verdicts: Vec<Difference>,
    /// Rows of both for which two classifiers predict different classes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) predictions: Vec<Difference>,
    /// Rows of both whose numbers differ, the most different first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) estimates: Vec<Difference>,
    /// Rows of both whose mean IoU differs, the most different first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) areas: Vec<Difference>,
    /// Rows of both whose RMSE to what they should be differs, the most different first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) likenesses: Vec<Difference>,
    /// Images of both whose score differs, where there are no verdicts to compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scores: Option<Scores>,
    /// What people are told about it.
    #[serde(skip)]
    pub(super) told: Told,
}

/// Scores that are not the same.
#[derive(Debug, Serialize)]
pub(super) struct Scores {
    count: usize,
    /// The largest difference.
    largest: f64,
}

/// What the rows of two evaluations can be compared by.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) enum Told {
    #[default]
    Verdicts,
    Scores,
    Predictions,
    Estimates {
        largest: f64,
    },
    Areas,
    Likenesses,
    /// The models are of different kinds.
    OtherTasks,
    /// There is nothing to compare.
    Nothing,
}

type Images = BTreeMap<String, EvaluatedImage>;

impl Rows {
    pub(super) fn compare(first: &Evaluation, second: &Evaluation, images: &Images, others: &Images) -> Rows {
        let both = || images.iter().filter_map(|(name, image)| Some((name, image, others.get(name)?)));
        let pairs: Vec<(&String, &EvaluatedImage, &EvaluatedImage)> = both().collect();
        let mut rows = Rows::default();
        if first.task != second.task {
            rows.told = Told::OtherTasks;
            return rows;
        }
        match first.task {
            task if task.gives_scores() && first.threshold.is_some() && second.threshold.is_some() => {
                rows.verdicts = verdicts(&pairs);
            }
            task if task.gives_scores() => {
                rows.told = Told::Scores;
                rows.scores = scores(&pairs);
            }
            Task::Classification => {
                rows.told = Told::Predictions;
                rows.predictions = predictions(&pairs);
            }
            Task::Segmentation => {
                rows.told = Told::Areas;
                rows.areas = areas(&pairs);
            }
            _ if pairs.iter().any(|(_, one, another)| likeness(one).is_some() && likeness(another).is_some()) => {
                rows.told = Told::Likenesses;
                rows.likenesses = likenesses(&pairs);
            }
            _ => {
                let (estimates, largest) = estimates(&pairs);
                let has_numbers = |image: &EvaluatedImage| matches!(image.outcome, Some(Outcome::Numbers(_)));
                let is_there = pairs.iter().any(|(_, one, another)| has_numbers(one) && has_numbers(another));
                rows.told = if is_there { Told::Estimates { largest } } else { Told::Nothing };
                rows.estimates = estimates;
            }
        }
        rows
    }

    /// How many rows differ, in words; nothing where that cannot be told.
    pub(super) fn sentence(&self, common: usize) -> Option<Sentence> {
        Some(match self.told {
            Told::Verdicts => match self.verdicts.len() {
                1 => Sentence::OneVerdict { common },
                count => Sentence::Verdicts { count, common },
            },
            Told::Predictions => match self.predictions.len() {
                1 => Sentence::OnePrediction { common },
                count => Sentence::Predictions { count, common },
            },
            Told::Estimates { largest } => {
                Sentence::Estimates { count: self.estimates.len(), common, largest: short(largest) }
            }
            Told::Areas => Sentence::Areas { count: self.areas.len(), common },
            Told::Likenesses => Sentence::Likenesses { count: self.likenesses.len(), common },
            Told::Scores => {
                let (count, largest) = self.scores.as_ref().map_or((0, 0.0), |scores| (scores.count, scores.largest));
                Sentence::Scores { count, common, largest: short(largest) }
            }
            Told::OtherTasks => Sentence::OtherTasks,
            Told::Nothing => return None,
        })
    }

    /// The rows that are listed.
    pub(super) fn listed(self) -> Vec<Difference> {
        let Rows { mut verdicts, predictions, estimates, areas, likenesses, .. } = self;
        verdicts.extend(predictions.into_iter().chain(estimates).chain(areas).chain(likenesses));
        verdicts
    }

    /// Whether all rows say the same.
    pub(super) fn are_equal(&self) -> bool {
        let Rows { verdicts, predictions, estimates, areas, likenesses, scores, .. } = self;
        [verdicts, predictions, estimates, areas, likenesses].iter().all(|rows| rows.is_empty()) && scores.is_none()
    }
}

type Pair<'a> = (&'a String, &'a EvaluatedImage, &'a EvaluatedImage);

fn verdicts(pairs: &[Pair<'_>]) -> Vec<Difference> {
    let told = |image: &EvaluatedImage| {
        format!("{} ({:?})", image.verdict.map(|verdict| verdict.name()).unwrap_or_default(), image.score)
    };
    let is_other =
        |(_, image, other): &&Pair<'_>| image.verdict.zip(other.verdict).is_some_and(|(one, another)| one != another);
    let rows = pairs.iter().filter(is_other);
    rows.map(|(name, image, other)| Difference { what: (*name).clone(), first: told(image), second: told(other) })
        .collect()
}

fn scores(pairs: &[Pair<'_>]) -> Option<Scores> {
    let differences = pairs.iter().filter(|(_, one, another)| one.score.to_bits() != another.score.to_bits());
    let differences: Vec<f64> =
        differences.map(|(_, one, another)| (f64::from(one.score) - f64::from(another.score)).abs()).collect();
    let largest = differences.iter().copied().fold(0.0, f64::max);
    (!differences.is_empty()).then_some(Scores { count: differences.len(), largest })
}

fn predictions(pairs: &[Pair<'_>]) -> Vec<Difference> {
    let prediction = |image: &EvaluatedImage| match image.outcome {
        Some(Outcome::Class(prediction)) => Some(prediction),
        _ => None,
    };
    let class = |image: &EvaluatedImage| {
        let prediction = prediction(image).unwrap_or_default();
        let class = prediction.class.map(|class| class.to_string()).unwrap_or_default();
        format!("{class} ({:?})", prediction.confidence)
    };
    let is_other = |(_, one, another): &&Pair<'_>| {
        prediction(one).zip(prediction(another)).is_some_and(|(one, another)| one.class != another.class)
    };
    let rows = pairs.iter().filter(is_other);
    rows.map(|(name, one, another)| Difference { what: (*name).clone(), first: class(one), second: class(another) })
        .collect()
}

/// Rows whose numbers differ, and the largest difference of two numbers.
fn estimates(pairs: &[Pair<'_>]) -> (Vec<Difference>, f64) {
    let numbers = |image: &EvaluatedImage| match &image.outcome {
        Some(Outcome::Numbers(estimate)) => Some(estimate.found.clone()),
        _ => None,
    };
    let told = |numbers: &[f32]| {
        let shown: Vec<String> = numbers.iter().take(NUMBERS).map(|number| format!("{number:?}")).collect();
        shown.join(", ") + if numbers.len() > NUMBERS { ", ..." } else { "" }
    };
    let differences = pairs.iter().filter_map(|(name, one, another)| {
        let (one, another) = (numbers(one)?, numbers(another)?);
        if one.iter().map(|number| number.to_bits()).eq(another.iter().map(|number| number.to_bits())) {
            return None;
        }
        let apart = one.iter().zip(&another).map(|(one, another)| (f64::from(*one) - f64::from(*another)).abs());
        // What is no number is as different as can be, and makes no sum useless.
        let apart = if one.len() == another.len() { apart.fold(0.0, f64::max) } else { f64::INFINITY };
        Some((apart, Difference { what: (*name).clone(), first: told(&one), second: told(&another) }))
    });
    most_first(differences)
}

/// Rows whose mean IoU differs.
fn areas(pairs: &[Pair<'_>]) -> Vec<Difference> {
    let iou = |image: &EvaluatedImage| match &image.outcome {
        Some(Outcome::Pixels(areas)) => areas.mean_iou,
        _ => None,
    };
    let differences = pairs.iter().filter_map(|(name, one, another)| {
        let (one, another) = (iou(one)?, iou(another)?);
        let told = |iou: f64| format!("IoU {iou:.4}");
        let difference = Difference { what: (*name).clone(), first: told(one), second: told(another) };
        (one != another).then_some(((one - another).abs(), difference))
    });
    most_first(differences).0
}

/// How far a row is from what it should be.
fn likeness(image: &EvaluatedImage) -> Option<f64> {
    match &image.outcome {
        Some(Outcome::Likeness(likeness)) => likeness.rmse.map(f64::from),
        _ => None,
    }
}

/// Rows whose RMSE differs.
fn likenesses(pairs: &[Pair<'_>]) -> Vec<Difference> {
    let differences = pairs.iter().filter_map(|(name, one, another)| {
        let (one, another) = (likeness(one)?, likeness(another)?);
        let told = |rmse: f64| format!("RMSE {}", short(rmse));
        let difference = Difference { what: (*name).clone(), first: told(one), second: told(another) };
        (one != another).then_some(((one - another).abs(), difference))
    });
    most_first(differences).0
}

fn most_first(differences: impl Iterator<Item = (f64, Difference)>) -> (Vec<Difference>, f64) {
    let mut differences: Vec<(f64, Difference)> = differences.collect();
    differences.sort_by(|(one, _), (another, _)| another.total_cmp(one));
    let largest = differences.first().map_or(0.0, |(largest, _)| *largest);
    (differences.into_iter().map(|(_, difference)| difference).collect(), largest)
}

/// A difference in as many digits as people compare.
fn short(difference: f64) -> String {
    if difference == 0.0 || (1e-3..1e6).contains(&difference) {
        format!("{difference:.4}")
    } else {
        format!("{difference:.1e}")
    }
}

#[cfg(test)]
mod tests {
    use nnc_messages::Say;
    use nnc_report::{Areas, Estimate};

    use super::*;

    fn rows(task: Task, outcomes: [[Option<Outcome>; 2]; 2], scores: [[f32; 2]; 2]) -> Rows {
        let of = |at: usize| {
            let image = |row: usize| {
                let (name, outcome) = (row.to_string(), outcomes[at][row].clone());
                EvaluatedImage { name, outcome, score: scores[at][row], ..EvaluatedImage::default() }
            };
            Evaluation { task, rows: vec![image(0), image(1)], ..Evaluation::default() }
        };
        let images = |evaluation: &Evaluation| -> Images {
            evaluation.rows.iter().map(|image| (image.name.clone(), image.clone())).collect()
        };
        let (first, second) = (of(0), of(1));
        Rows::compare(&first, &second, &images(&first), &images(&second))
    }

    #[test]
    fn every_kind_is_told_by_what_it_gives() {
        let numbers = |found: &[f32]| Some(Outcome::Numbers(Estimate { found: found.to_vec(), ..Estimate::default() }));
        let areas = |mean_iou| Some(Outcome::Pixels(Areas { mean_iou, ..Areas::default() }));
        let same = [[1.0, 2.0]; 2];

        let found = rows(
            Task::Regression,
            [[numbers(&[1.0, 2.0]), numbers(&[3.0])], [numbers(&[1.0, 2.25]), numbers(&[8.0])]],
            same,
        );
        assert_eq!(found.sentence(2).unwrap().said(), "rows with another estimate: 2 of 2, by 5.0000 at most");
        let listed: Vec<_> = found.listed().into_iter().map(|row| [row.what, row.first, row.second]).collect();
        assert_eq!(listed, [["1", "3.0", "8.0"], ["0", "1.0, 2.0", "1.0, 2.25"]]);

        let found = rows(Task::Segmentation, [[areas(Some(0.5)), areas(None)], [areas(Some(0.75)), areas(None)]], same);
        assert_eq!(found.sentence(2).unwrap().said(), "rows with another mean IoU: 1 of 2");
        assert_eq!(found.listed()[0].second, "IoU 0.7500");

        let nothing = [[None, None], [None, None]];
        let found = rows(Task::Anomaly, nothing.clone(), [[1.0, f32::NAN], [1.5, f32::NAN]]);
        let told =
            "images with another score: 1 of 2, by 0.5000 at most (there are no two thresholds to compare verdicts by)";
        assert_eq!(found.sentence(2).unwrap().said(), told);
        assert!(!found.are_equal() && found.listed().is_empty());
        assert!(rows(Task::Reconstruction, nothing.clone(), same).are_equal());
        assert!(rows(Task::None, nothing, same).sentence(2).is_none());
    }
}
