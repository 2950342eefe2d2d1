//! What a model does, and so how its outputs are judged.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::NotATask;

/// What a model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// It gives an anomaly map or an anomaly score.
    #[default]
    Anomaly,
    /// It gives its input again; how far the two are apart is the anomaly map.
    Reconstruction,
    /// It gives a number for each class, or one number for the second of two.
    Classification,
    /// It estimates numbers.
    Regression,
    /// It gives a class for every pixel.
    Segmentation,
    /// Nothing that can be judged; its outputs are shown.
    None,
}

impl Task {
    /// Every task.
    pub const ALL: [Self; 6] =
        [Self::Anomaly, Self::Reconstruction, Self::Classification, Self::Regression, Self::Segmentation, Self::None];

    /// Its name in project files and in `evaluation.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Anomaly => "anomaly",
            Self::Reconstruction => "reconstruction",
            Self::Classification => "classification",
            Self::Regression => "regression",
            Self::Segmentation => "segmentation",
            Self::None => "none",
        }
    }

    /// Whether it gives images anomaly scores, which a threshold can divide into OK and NG.
    pub fn gives_scores(self) -> bool {
        matches!(self, Self::Anomaly | Self::Reconstruction)
    }

    pub(crate) fn is_anomaly(&self) -> bool {
        *self == Self::Anomaly
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Task {
    type Err = NotATask;

    fn from_str(text: &str) -> Result<Self, NotATask> {
        let found = Self::ALL.into_iter().find(|task| task.name() == text);
        found.ok_or_else(|| NotATask { found: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for task in Task::ALL {
            assert_eq!(task.name().parse(), Ok(task));
            assert_eq!(serde_json::to_string(&task).unwrap(), format!("{:?}", task.name()));
        }
        assert_eq!("Anomaly".parse::<Task>(), Err(NotATask { found: "Anomaly".to_owned() }));
    }
}
