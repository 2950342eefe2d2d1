//! How images are judged: the rule for their score, the threshold, masks, and files on request. Wishes come from the
//! project file and the command line, which goes before it.

use std::path::{Path, PathBuf};

use nnc_report::{Files, NormalSource, ScoreRule};
use serde::{Deserialize, Serialize};

use crate::language::JobText;

/// Confidence of intervals unless a project says otherwise.
const CONFIDENCE: f64 = 0.95;
/// False-alarm rate for projects that have calibration images and say no more.
const USUAL_RATE: f64 = 0.01;

/// What somebody asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Wishes {
    pub(crate) rule: Option<ScoreRule>,
    pub(crate) threshold: Option<f32>,
    pub(crate) false_alarm_rate: Option<f64>,
    pub(crate) normals: Option<NormalSource>,
    pub(crate) confidence: Option<f64>,
    /// Folder with masks.
    pub(crate) masks: Option<PathBuf>,
    /// Variable of the data set that names masks.
    pub(crate) mask_column: Option<String>,
    pub(crate) files: Files,
}

impl Wishes {
    /// These wishes, and for what they leave open those of `other`.
    pub(crate) fn or(self, other: &Self) -> Self {
        // A threshold and a rate exclude each other, so the later word on one silences the earlier one on the other.
        let decided = self.threshold.is_some() || self.false_alarm_rate.is_some();
        Self {
            rule: self.rule.or(other.rule),
            threshold: if decided { self.threshold } else { other.threshold },
            false_alarm_rate: if decided { self.false_alarm_rate } else { other.false_alarm_rate },
            normals: self.normals.or(other.normals),
            confidence: self.confidence.or(other.confidence),
            masks: self.masks.or_else(|| other.masks.clone()),
            mask_column: self.mask_column.or_else(|| other.mask_column.clone()),
            files: Files {
                excel: self.files.excel || other.files.excel,
                heat_maps: self.files.heat_maps || other.files.heat_maps,
            },
        }
    }

    /// Checks the numbers and gives the choice of the threshold, if there is one.
    ///
    /// # Errors
    /// One sentence about the first number out of range.
    pub(crate) fn choice(&self) -> Result<Option<Choice>, String> {
        let between = |name: JobText, value: Option<f64>| match value {
            Some(value) if !(value > 0.0 && value < 1.0) => Err(JobText::NotBetween.with(&[&name.with(&[]), &value])),
            value => Ok(value),
        };
        let rate = between(JobText::FalseAlarmRate, self.false_alarm_rate)?;
        between(JobText::Confidence, self.confidence)?;
        match (self.threshold, rate) {
            (Some(_), Some(_)) => Err(JobText::BothThresholds.with(&[])),
            (Some(value), None) if value.is_nan() => Err(JobText::ThresholdNan.with(&[])),
            (Some(value), None) => Ok(Some(Choice::Fixed(value))),
            (None, Some(rate)) => Ok(Some(Choice::Rate(rate))),
            (None, None) => Ok(None),
        }
    }

    /// Confidence of intervals.
    pub(crate) fn confidence(&self) -> f64 {
        self.confidence.unwrap_or(CONFIDENCE)
    }
}

/// How the threshold is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Choice {
    /// By the user.
    Fixed(f32),
    /// From normal images, at this false-alarm rate.
    Rate(f64),
}

/// How a job judges its images.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Judgement {
    pub(crate) rule: ScoreRule,
    pub(crate) choice: Option<Choice>,
    pub(crate) confidence: f64,
    pub(crate) masks: Option<PathBuf>,
    pub(crate) mask_column: Option<String>,
    pub(crate) files: Files,
    /// Normal images outside of the evaluated data set, to be scored for the threshold.
    pub(crate) normals: Option<(NormalSource, PathBuf)>,
}

impl Judgement {
    /// Checks wishes against the data sets of the project.
    ///
    /// # Errors
    /// One sentence about what does not fit.
    pub(crate) fn new(wishes: Wishes, training: Option<&Path>, calibration: Option<&Path>) -> Result<Self, String> {
        let choice = wishes.choice()?;
        let source = wishes.normals.or(calibration.map(|_| NormalSource::Calibration));
        let normals = match source {
            Some(NormalSource::Training) => {
                Some((NormalSource::Training, training.ok_or_else(|| JobText::NoTrainingSet.with(&[]))?))
            }
            Some(NormalSource::Calibration) => {
                Some((NormalSource::Calibration, calibration.ok_or_else(|| JobText::NoCalibrationSet.with(&[]))?))
            }
            Some(NormalSource::Validation) | None => None,
        };
        if let Some((_, path)) = normals.filter(|(_, path)| !path.exists()) {
            return Err(JobText::NoThresholdSet.with(&[&path.display()]));
        }
        if let Some(folder) = wishes.masks.as_deref().filter(|folder| !folder.is_dir()) {
            return Err(JobText::NoMaskFolder.with(&[&folder.display()]));
        }
        Ok(Self {
            rule: wishes.rule.unwrap_or_default(),
            choice: choice.or(source.map(|_| Choice::Rate(USUAL_RATE))),
            confidence: wishes.confidence(),
            masks: wishes.masks,
            mask_column: wishes.mask_column,
            files: wishes.files,
            normals: normals.map(|(source, path)| (source, path.to_owned())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_word_counts() {
        let project = Wishes { false_alarm_rate: Some(0.05), masks: Some("m".into()), ..Wishes::default() };
        let line = Wishes { threshold: Some(3.0), ..Wishes::default() };
        let both = line.or(&project);
        assert_eq!((both.threshold, both.false_alarm_rate), (Some(3.0), None));
        assert_eq!(both.masks, Some("m".into()));
        assert_eq!(Wishes::default().or(&project), project);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let csv = folder.path().join("good.csv");
        let told = |wishes: Wishes, calibration: Option<&Path>| Judgement::new(wishes, None, calibration).unwrap_err();
        for rate in [0.0, 1.0, -0.1, f64::NAN] {
            let wishes = Wishes { false_alarm_rate: Some(rate), ..Wishes::default() };
            assert!(told(wishes, None).contains("between 0 and 1"), "{rate}");
        }
        let both = Wishes { false_alarm_rate: Some(0.1), threshold: Some(1.0), ..Wishes::default() };
        assert!(told(both, None).contains("leave one of them out"));
        let training = Wishes { normals: Some(NormalSource::Training), ..Wishes::default() };
        assert!(told(training, None).contains("there is no [dataset.training]"));
        assert!(told(Wishes::default(), Some(&csv)).contains("good.csv for the threshold does not exist"));
        let masks = Wishes { masks: Some(folder.path().join("none")), ..Wishes::default() };
        assert!(told(masks, None).contains("none does not exist"));

        std::fs::write(&csv, "x\n").unwrap();
        let usual = Judgement::new(Wishes::default(), None, Some(&csv)).unwrap();
        assert_eq!(usual.choice, Some(Choice::Rate(0.01)));
        assert_eq!(usual.normals, Some((NormalSource::Calibration, csv)));
        assert_eq!(Judgement::new(Wishes::default(), None, None).unwrap().choice, None);
    }
}
