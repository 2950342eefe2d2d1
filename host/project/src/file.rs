//! The keys of a project file, as it is written. What a key is called and what type it has stands here and nowhere else.

use nnc_project_types::TileRule;
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct File {
    pub(crate) project: ProjectSection,
    pub(crate) dataset: DatasetSection,
    pub(crate) config: ConfigSection,
    pub(crate) plugin: PluginSection,
    pub(crate) compute: ComputeSection,
    pub(crate) score: ScoreSection,
    pub(crate) threshold: ThresholdSection,
    pub(crate) report: ReportSection,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ProjectSection {
    pub(crate) name: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct DatasetSection {
    pub(crate) training: Option<ShuffledDataset>,
    pub(crate) validation: Option<ShuffledDataset>,
    pub(crate) calibration: Option<CalibrationDataset>,
    pub(crate) group: Option<String>,
    pub(crate) roi: Option<RoiValue>,
}

/// A path, or polygons.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected the path of a picture, or polygons such as [[[0, 0], [100, 0], [100, 50]]]")]
pub(crate) enum RoiValue {
    Picture(String),
    Polygons(Vec<Vec<[f64; 2]>>),
}

#[derive(Deserialize)]
pub(crate) struct ShuffledDataset {
    pub(crate) uri: String,
    #[serde(default)]
    pub(crate) shuffle: bool,
}

#[derive(Deserialize)]
pub(crate) struct CalibrationDataset {
    pub(crate) uri: String,
}

#[derive(Deserialize)]
#[serde(default)]
pub(crate) struct ConfigSection {
    pub(crate) batch_size: i64,
    pub(crate) max_epoch: i64,
    pub(crate) tile: Option<TileSection>,
}

impl Default for ConfigSection {
    fn default() -> Self {
        Self { batch_size: 64, max_epoch: 100, tile: None }
    }
}

// An override gives it as one value, whose keys nothing else looks at.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TileSection {
    pub(crate) size: i64,
    pub(crate) overlap: i64,
}

impl Default for TileSection {
    fn default() -> Self {
        Self { size: TileRule::SIZE, overlap: TileRule::OVERLAP }
    }
}

/// The keys of `params` are the plugin's.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct PluginSection {
    pub(crate) name: String,
    pub(crate) params: Map<String, Value>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ComputeSection {
    pub(crate) device: Option<String>,
    pub(crate) engine: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ScoreSection {
    pub(crate) rule: Option<String>,
    pub(crate) task: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ThresholdSection {
    pub(crate) value: Option<f32>,
    pub(crate) false_alarm_rate: Option<f64>,
    pub(crate) normals: Option<String>,
    pub(crate) confidence: Option<f64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ReportSection {
    pub(crate) masks: Option<String>,
    pub(crate) mask_column: Option<String>,
    pub(crate) heatmaps: bool,
    pub(crate) excel: bool,
}
