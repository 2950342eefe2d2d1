//! `cargo xtask demo`: the whole way from a fresh checkout to an evaluated detector and its report.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::setup;
use nnc_tools_support::Layout;
use nnc_tools_support::command::{self, cargo};

/// Options of `cargo xtask demo`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder for the sample data, the project file and the results
    #[arg(short, long, value_name = "DIR", default_value = "demo")]
    output: PathBuf,
    /// Backbone: a name from `nnc-host weights list`, or a path to an NNP file
    #[arg(long, default_value = "efficientnet_lite0")]
    model: String,
}

/// Runs the demo and says where its results lie.
pub(crate) fn run(layout: &Layout, args: &Args) -> Result<()> {
    let folder =
        std::path::absolute(&args.output).with_context(|| format!("{} is not a usable path", args.output.display()))?;
    setup::run(layout, &setup::Args::default())?;
    let mut build = cargo(layout);
    build.args(["build", "--release", "--package", "nnc-host"]);
    for detector in ["padim", "patchcore", "mahalanobis", "texture"] {
        build.args(["--package", &format!("nnc-plugin-{detector}")]);
    }
    command::run(layout, "the build", &mut build)?;

    let start = Instant::now();
    let is_file = args.model.ends_with(".nnp");
    let model = if is_file {
        let path = std::path::absolute(&args.model).with_context(|| format!("{} is not a usable path", args.model))?;
        path.to_str().with_context(|| format!("{} is not valid text", path.display()))?.to_owned()
    } else {
        setup::fetch_weights(layout, &args.model)?;
        args.model.clone()
    };
    sample_dataset(layout, &folder.join("data"))?;
    let project = folder.join("project.toml");
    write_project(&project, &model)?;

    let result = folder.join("result");
    let mut host = Command::new(layout.host());
    host.current_dir(&layout.root)
        .arg("run")
        .arg(&project)
        .arg("-o")
        .arg(&result)
        .arg("--plugin-dir")
        .arg(&layout.release)
        .env("NNC_HOST_WEIGHTS", layout.weights());
    command::run(layout, "the demo job", &mut host)?;

    println!("\ndemo: done in {:.1} s after set-up and build", start.elapsed().as_secs_f64());
    for (what, name) in [("model and anomaly maps", "result_evaluate.nnp"), ("report", "report.html")] {
        let path = result.join(name);
        if !path.is_file() {
            bail!("the demo job ended well but left no {}", path.display());
        }
        println!("{what:>22}: {}", path.display());
    }
    Ok(())
}

/// Draws the sample dataset into a folder.
pub(crate) fn sample_dataset(layout: &Layout, folder: &Path) -> Result<()> {
    let mut draw = cargo(layout);
    draw.args(["run", "--quiet", "--release", "--locked", "--package", "nnc-sample-dataset", "--"]).arg(folder);
    command::run(layout, "drawing the sample dataset", &mut draw)
}

/// Writes a project file with the settings a first project of one's own would have.
fn write_project(path: &Path, model: &str) -> Result<()> {
    // A TOML basic string: only these two characters need care in a path or name.
    let model = model.replace('\\', r"\\").replace('"', "\\\"");
    let text = format!(
        r#"[project]
name = "flanges"

[dataset.training]
uri = "data/train.csv"

[dataset.validation]
uri = "data/test.csv"
shuffle = false

[config]
batch_size = 16

[plugin]
name = "padim"

[plugin.params]
model = "{model}"
feature_ratio = 0.5
gaussian = "dense"

[compute]
device = "auto"
"#
    );
    fs::write(path, text).with_context(|| format!("{} could not be written", path.display()))
}
