//! `cargo xtask interop`: shows that Sony's own nnabla opens the models of nnc-host and computes the same anomaly maps.
//!
//! Trains and evaluates PaDiM in its three covariance modes, PatchCore and Mahalanobis, then lets nnabla forward the same images
//! through the files that the jobs left. Opt-in, since it makes a Debian 11 tree for nnabla's Python and needs root.

mod tree;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::demo;
use crate::setup;
use nnc_tools_support::Layout;
use nnc_tools_support::command::{self, cargo};
use tree::Tree;

/// Largest difference of two anomaly maps that passes, as a share of the map's maximum.
const LIMIT: &str = "1e-3";
/// What runs inside the tree.
const CHECK: &str = include_str!("interop/check.py");
/// Backbone that needs nothing but the registry the libraries come from.
const BACKBONE: &str = "efficientnet_lite0";
/// Backbone of the reference vectors: small, random and with its parameters as protobuf.
const REFERENCE: &str = "backbone_tiny_nchw_pb.nnp";
/// Jobs: folder, detector, and parameters beside the backbone. The last memory is compared in two parts.
const JOBS: [(&str, &str, &[&str]); 7] = [
    ("dense", "padim", &["feature_ratio=0.1", "gaussian=dense"]),
    ("sixteenth", "padim", &["feature_ratio=0.1", "gaussian=1/16"]),
    ("single", "padim", &["feature_ratio=0.1", "gaussian=single"]),
    ("patchcore", "patchcore", &["feature_ratio=0.1", "sample_ratio=0.01"]),
    ("patchcore_large", "patchcore", &["feature_ratio=1", "sample_ratio=0.5"]),
    ("mahalanobis", "mahalanobis", &["smoothing=3x3"]),
    ("mahalanobis_none", "mahalanobis", &["smoothing=none"]),
];

/// The batch divides neither set of images, so that an incomplete last batch is part of the comparison.
const PROJECT: &str = r#"[project]
name = "interop"

[dataset.training]
uri = "data/train.csv"

[dataset.validation]
uri = "data/test.csv"
shuffle = false

[config]
batch_size = 4

[plugin]
name = "PLUGIN"

[compute]
device = "cpu"
"#;

/// Makes what is missing, runs the jobs and fails unless nnabla agrees with every map.
pub(crate) fn run(layout: &Layout) -> Result<()> {
    tree::check()?;
    setup::run(layout, &setup::Args::default())?;
    let tree = Tree::make(layout)?;
    let mut build = cargo(layout);
    build.args(["build", "--release", "--package", "nnc-host"]);
    for plugin in ["padim", "patchcore", "mahalanobis"] {
        build.args(["--package", &format!("nnc-plugin-{plugin}")]);
    }
    command::run(layout, "the build", &mut build)?;
    setup::fetch_weights(layout, BACKBONE)?;

    let work = tree.inside("interop");
    if work.exists() {
        fs::remove_dir_all(&work).with_context(|| format!("{} could not be removed", work.display()))?;
    }
    let demo = work.join(BACKBONE);
    draw(layout, &demo.join("data"))?;
    run_jobs(layout, &demo, BACKBONE)?;
    let golden = layout.golden();
    let folder = work.join("tiny");
    fs::create_dir_all(&folder).with_context(|| format!("{} could not be created", folder.display()))?;
    let mut copy = Command::new("cp");
    copy.arg("--recursive").arg(golden.join("dataset")).arg(folder.join("data"));
    command::run(layout, "copying the reference images", &mut copy)?;
    let model = golden.join(REFERENCE);
    let model = model.to_str().with_context(|| format!("{} is not valid text", model.display()))?;
    run_jobs(layout, &folder, model)?;

    let script = work.join("check.py");
    fs::write(&script, CHECK).with_context(|| format!("{} could not be written", script.display()))?;
    let mut python = tree.python();
    python.args(["/interop/check.py", LIMIT, "/interop"]);
    for subject in [BACKBONE, "tiny"] {
        python.args(JOBS.map(|(job, ..)| format!("{subject}/{job}")));
    }
    command::run(layout, "the comparison with nnabla", &mut python)
}

/// Draws the demo's dataset into `folder` and keeps only as many rows as the comparison needs.
fn draw(layout: &Layout, folder: &Path) -> Result<()> {
    demo::sample_dataset(layout, folder)?;
    for (name, step) in [("train.csv", 4), ("test.csv", 6)] {
        let path = folder.join(name);
        let text = fs::read_to_string(&path).with_context(|| format!("{} could not be read", path.display()))?;
        let rows = thinned(&text, step);
        if rows.lines().count() < 2 {
            bail!("{} has no rows to compare", path.display());
        }
        fs::write(&path, rows).with_context(|| format!("{} could not be written", path.display()))?;
    }
    Ok(())
}

/// The header and every `step`-th row, beginning with the first.
fn thinned(csv: &str, step: usize) -> String {
    let (header, rows) = csv.split_once('\n').unwrap_or((csv, ""));
    let rows = rows.lines().step_by(step);
    std::iter::once(header).chain(rows).map(|line| format!("{line}\n")).collect()
}

/// Trains and evaluates once for each of the jobs, each in a folder of its own below `folder`.
fn run_jobs(layout: &Layout, folder: &Path, model: &str) -> Result<()> {
    for (name, plugin, parameters) in JOBS {
        let project = folder.join(format!("{name}.toml"));
        fs::write(&project, PROJECT.replace("PLUGIN", plugin))
            .with_context(|| format!("{} could not be written", project.display()))?;
        let mut host = Command::new(layout.host());
        host.current_dir(&layout.root).arg("run").arg(&project).arg("-o").arg(folder.join(name));
        host.args(["--param", &format!("model={model}"), "--quiet"]);
        for parameter in parameters {
            host.args(["--param", parameter]);
        }
        host.arg("--plugin-dir").arg(&layout.release);
        host.env("NNC_HOST_WEIGHTS", layout.weights());
        command::run(layout, &format!("the job {name}"), &mut host)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_header_and_the_first_row() {
        for (csv, step, expected) in [
            ("h\n0\n1\n2\n3\n", 2, "h\n0\n2\n"),
            ("h\n0\n1\n2\n", 1, "h\n0\n1\n2\n"),
            ("h\n0\n", 5, "h\n0\n"),
            ("h", 3, "h\n"),
        ] {
            assert_eq!(thinned(csv, step), expected);
        }
    }
}
