//! How images are scored and judged: the rule for their score, the threshold, masks, and files on request.

use std::path::{Path, PathBuf};

use nnc_report::{Files, NormalSource, ScoreRule, Task};
use serde::{Deserialize, Serialize};

use crate::group::GroupRule;

/// Confidence of intervals unless a project says otherwise.
const CONFIDENCE: f64 = 0.95;
/// False-alarm rate for projects that have calibration images and say no more.
const DEFAULT_RATE: f64 = 0.01;

/// What a project file or a command line asks for; nothing is checked yet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScoringOptions {
    /// How the score of an image follows from its anomaly map.
    pub rule: Option<ScoreRule>,
    /// What the model does, where its outputs and the dataset do not say it or say something else.
    pub task: Option<Task>,
    /// Images are NG from this score on.
    pub threshold: Option<f32>,
    /// At most this share of normal images is NG; excludes a threshold.
    pub false_alarm_rate: Option<f64>,
    /// Which normal images the threshold comes from.
    pub normals: Option<NormalSource>,
    /// Confidence of intervals.
    pub confidence: Option<f64>,
    /// Folder with masks.
    pub masks: Option<PathBuf>,
    /// Variable of the dataset that names masks.
    pub mask_column: Option<String>,
    /// Which images belong together.
    pub group: Option<GroupRule>,
    /// Files on request.
    pub files: Files,
}

impl ScoringOptions {
    /// These options, and for what they leave open those of `other`.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        // A threshold and a rate exclude each other, so one of them here replaces either of them there.
        let decided = self.threshold.is_some() || self.false_alarm_rate.is_some();
        Self {
            rule: self.rule.or(other.rule),
            task: self.task.or(other.task),
            threshold: if decided { self.threshold } else { other.threshold },
            false_alarm_rate: if decided { self.false_alarm_rate } else { other.false_alarm_rate },
            normals: self.normals.or(other.normals),
            confidence: self.confidence.or(other.confidence),
            masks: self.masks.or_else(|| other.masks.clone()),
            mask_column: self.mask_column.or_else(|| other.mask_column.clone()),
            group: self.group.or_else(|| other.group.clone()),
            files: Files {
                excel: self.files.excel || other.files.excel,
                heat_maps: self.files.heat_maps || other.files.heat_maps,
            },
        }
    }

    /// Checks the numbers and gives the choice of the threshold, if there is one.
    ///
    /// # Errors
    /// The first number out of range.
    pub fn threshold_choice(&self) -> Result<Option<ThresholdChoice>, ScoringError> {
        let between = |what, value: Option<f64>| match value {
            Some(found) if !(found > 0.0 && found < 1.0) => Err(ScoringError::NotAProportion { what, found }),
            value => Ok(value),
        };
        let rate = between(Proportion::FalseAlarmRate, self.false_alarm_rate)?;
        between(Proportion::Confidence, self.confidence)?;
        match (self.threshold, rate) {
            (Some(_), Some(_)) => Err(ScoringError::ThresholdAndRate),
            (Some(value), None) if value.is_nan() => Err(ScoringError::ThresholdIsNan),
            (Some(value), None) => Ok(Some(ThresholdChoice::Fixed(value))),
            (None, Some(rate)) => Ok(Some(ThresholdChoice::Rate(rate))),
            (None, None) => Ok(None),
        }
    }

    /// Confidence of intervals.
    pub fn confidence(&self) -> f64 {
        self.confidence.unwrap_or(CONFIDENCE)
    }
}

/// How the threshold is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdChoice {
    /// By the user.
    Fixed(f32),
    /// From normal images, at this false-alarm rate.
    Rate(f64),
}

/// Numbers that have to lie between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proportion {
    /// The share of normal images that may be NG.
    FalseAlarmRate,
    /// The confidence of intervals.
    Confidence,
}

/// Options that are wrong, or do not fit the datasets of the project.
#[derive(Debug, Clone, PartialEq)]
pub enum ScoringError {
    /// A number that does not lie between 0 and 1.
    NotAProportion {
        /// Which one.
        what: Proportion,
        /// Its value.
        found: f64,
    },
    /// Two options that exclude each other.
    ThresholdAndRate,
    /// A threshold that is no number.
    ThresholdIsNan,
    /// The threshold is to come from images that the project does not name.
    NoNormals {
        /// Which ones.
        source: NormalSource,
    },
    /// The dataset that the threshold is to come from does not exist.
    NormalsMissing {
        /// The dataset.
        path: PathBuf,
    },
    /// The folder of masks does not exist.
    MasksMissing {
        /// The folder.
        path: PathBuf,
    },
}

/// How a job scores and judges its images: options that were checked.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ScoringPlan {
    /// How the score of an image follows from its anomaly map.
    pub rule: ScoreRule,
    /// What the model does; `None` leaves it to its outputs and the dataset.
    #[serde(default)]
    pub task: Option<Task>,
    /// How the threshold is chosen; `None` for no verdicts.
    pub threshold: Option<ThresholdChoice>,
    /// Confidence of intervals.
    pub confidence: f64,
    /// Folder with masks.
    pub masks: Option<PathBuf>,
    /// Variable of the dataset that names masks.
    pub mask_column: Option<String>,
    /// Files on request.
    pub files: Files,
    /// Normal images outside of the evaluated dataset, to be scored for the threshold.
    pub normals: Option<(NormalSource, PathBuf)>,
    /// Which images belong together; `None` where that is not known.
    #[serde(default)]
    pub grouping: Option<Grouping>,
}

/// Which images of an evaluation belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grouping {
    /// How their groups are found.
    pub rule: GroupRule,
    /// The training set, whose images may belong to the same groups.
    pub training: Option<PathBuf>,
}

impl ScoringPlan {
    /// Whether anything is asked for that only anomaly scores can give.
    pub fn is_about_scores(&self) -> bool {
        self.threshold.is_some() || self.normals.is_some() || self.masks.is_some() || self.files.heat_maps
    }

    /// Checks options against the datasets of the project.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn new(
        options: ScoringOptions,
        training: Option<&Path>,
        calibration: Option<&Path>,
    ) -> Result<Self, ScoringError> {
        let threshold = options.threshold_choice()?;
        let source = options.normals.or(calibration.map(|_| NormalSource::Calibration));
        let dataset = match source {
            Some(NormalSource::Training) => Some(training),
            Some(NormalSource::Calibration) => Some(calibration),
            Some(NormalSource::Validation) | None => None,
        };
        let normals = match (source, dataset) {
            (Some(source), Some(None)) => return Err(ScoringError::NoNormals { source }),
            (Some(source), Some(Some(path))) => Some((source, path.to_owned())),
            _ => None,
        };
        if let Some((_, path)) = normals.as_ref().filter(|(_, path)| !path.exists()) {
            return Err(ScoringError::NormalsMissing { path: path.clone() });
        }
        if let Some(folder) = options.masks.as_ref().filter(|folder| !folder.is_dir()) {
            return Err(ScoringError::MasksMissing { path: folder.clone() });
        }
        Ok(Self {
            rule: options.rule.unwrap_or_default(),
            task: options.task,
            threshold: threshold.or(source.map(|_| ThresholdChoice::Rate(DEFAULT_RATE))),
            confidence: options.confidence(),
            masks: options.masks,
            mask_column: options.mask_column,
            files: options.files,
            normals,
            grouping: options.group.map(|rule| Grouping { rule, training: training.map(Path::to_owned) }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_the_command_line_replace_those_of_the_project() {
        let project =
            ScoringOptions { false_alarm_rate: Some(0.05), masks: Some("m".into()), ..ScoringOptions::default() };
        let line = ScoringOptions { threshold: Some(3.0), ..ScoringOptions::default() };
        let both = line.or(&project);
        assert_eq!((both.threshold, both.false_alarm_rate), (Some(3.0), None));
        assert_eq!(both.masks, Some("m".into()));
        assert_eq!(ScoringOptions::default().or(&project), project);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let csv = folder.path().join("good.csv");
        let refused = |options: ScoringOptions, calibration: Option<&Path>| {
            ScoringPlan::new(options, None, calibration).unwrap_err()
        };
        for rate in [0.0, 1.0, -0.1, f64::NAN] {
            let options = ScoringOptions { false_alarm_rate: Some(rate), ..ScoringOptions::default() };
            let error = refused(options, None);
            assert!(matches!(error, ScoringError::NotAProportion { what: Proportion::FalseAlarmRate, .. }), "{rate}");
        }
        let both = ScoringOptions { false_alarm_rate: Some(0.1), threshold: Some(1.0), ..ScoringOptions::default() };
        assert_eq!(refused(both, None), ScoringError::ThresholdAndRate);
        let training = ScoringOptions { normals: Some(NormalSource::Training), ..ScoringOptions::default() };
        assert_eq!(refused(training, None), ScoringError::NoNormals { source: NormalSource::Training });
        let missing = ScoringError::NormalsMissing { path: csv.clone() };
        assert_eq!(refused(ScoringOptions::default(), Some(&csv)), missing);
        let none = folder.path().join("none");
        let masks = ScoringOptions { masks: Some(none.clone()), ..ScoringOptions::default() };
        assert_eq!(refused(masks, None), ScoringError::MasksMissing { path: none });

        std::fs::write(&csv, "x\n").unwrap();
        let usual = ScoringPlan::new(ScoringOptions::default(), None, Some(&csv)).unwrap();
        assert_eq!(usual.threshold, Some(ThresholdChoice::Rate(0.01)));
        assert_eq!(usual.normals, Some((NormalSource::Calibration, csv)));
        assert_eq!(ScoringPlan::new(ScoringOptions::default(), None, None).unwrap().threshold, None);
    }
}
