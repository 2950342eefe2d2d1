//! Single parts of the product for which a goal stands, measured without the rest.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::Bench;
use nnc_tools_support::Layout;
use nnc_tools_support::command::{self, cargo};

/// ⌊0.1·C⌋ of 256, 512 and 1024 channels are 178.
const STATISTICS: [&str; 2] = ["feature_ratio=0.1", "gaussian=dense"];
const STATISTICS_IMAGES: usize = 400;
/// Name of the bench in `plugins/padim/benches`.
const SCORING: &str = "scoring/dense 88";

/// Seconds for sums and inverses, from the log of a training.
pub(crate) fn statistics(bench: &Bench<'_>, test: &Path) -> Result<f64> {
    println!("bench: statistics of {STATISTICS_IMAGES} images");
    let training = bench.images.training(STATISTICS_IMAGES)?;
    Ok(bench.job("padim", &STATISTICS).train(bench.layout, &training, test)?.fitting_seconds)
}

/// Seconds for the anomaly map of one image, from features to scores, from the plugin's own bench.
pub(crate) fn scoring(layout: &Layout, work: &Path) -> Result<f64> {
    let home = work.join("criterion");
    let mut bench = cargo(layout);
    bench
        .args(["bench", "--package", "nnc-plugin-padim", "--bench", "padim", "--", SCORING])
        .env("CRITERION_HOME", &home);
    command::run(layout, "the bench of scoring", &mut bench)?;
    // Criterion's own names of folders.
    let folder = home.join("scoring").join("dense 88").join("new");
    let number = |file: &str, keys: &str| {
        let path = folder.join(file);
        let text = fs::read_to_string(&path).with_context(|| format!("{} could not be read", path.display()))?;
        let json: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
        json.pointer(keys).and_then(Value::as_f64).with_context(|| format!("{} has no {keys}", path.display()))
    };
    let nanoseconds = number("estimates.json", "/median/point_estimate")?;
    Ok(nanoseconds / 1e9 / number("benchmark.json", "/throughput/Elements")?)
}
