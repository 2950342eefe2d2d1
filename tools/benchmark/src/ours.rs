//! The product's side of the comparison: jobs as a user starts them, timed from outside and by their own log.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::figures::Figures;
use crate::meter;
use nnc_tools_support::Layout;

/// A detector with its parameters, and where to work.
pub(crate) struct Job<'a> {
    pub(crate) detector: &'a str,
    pub(crate) parameters: &'a [&'a str],
    pub(crate) weights: &'a Path,
    pub(crate) threads: usize,
    /// Emptied before every run.
    pub(crate) folder: PathBuf,
}

/// What a training alone took.
pub(crate) struct Training {
    pub(crate) features_seconds: f64,
    pub(crate) fitting_seconds: f64,
    pub(crate) seconds: f64,
    pub(crate) peak_bytes: u64,
}

impl Job<'_> {
    /// Trains and evaluates.
    pub(crate) fn run(&self, layout: &Layout, training: &Path, test: &Path) -> Result<Figures> {
        let trained = self.train(layout, training, test)?;
        let log = self.folder.join("evaluate.log");
        let evaluated = meter::run(layout, "evaluation", &mut self.command(layout, "evaluate"), &log)?;
        Ok(Figures {
            features_seconds: trained.features_seconds,
            fitting_seconds: trained.fitting_seconds,
            train_seconds: trained.seconds,
            evaluate_seconds: evaluated.seconds,
            process_seconds: trained.seconds + evaluated.seconds,
            peak_bytes: trained.peak_bytes.max(evaluated.peak_bytes),
        })
    }

    /// Trains.
    pub(crate) fn train(&self, layout: &Layout, training: &Path, test: &Path) -> Result<Training> {
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)
                .with_context(|| format!("{} could not be removed", self.folder.display()))?;
        }
        fs::create_dir_all(&self.folder).with_context(|| format!("{} could not be created", self.folder.display()))?;
        let project = self.folder.join("project.toml");
        fs::write(&project, self.project(training, test))
            .with_context(|| format!("{} could not be written", project.display()))?;
        let log = self.folder.join("train.log");
        let usage = meter::run(layout, "training", &mut self.command(layout, "train"), &log)?;
        let text = fs::read_to_string(&log).with_context(|| format!("{} could not be read", log.display()))?;
        let (features_seconds, fitting_seconds) =
            phases(&text).with_context(|| format!("{} does not tell what its phases took", log.display()))?;
        Ok(Training { features_seconds, fitting_seconds, seconds: usage.seconds, peak_bytes: usage.peak_bytes })
    }

    fn command(&self, layout: &Layout, task: &str) -> Command {
        let mut host = Command::new(layout.host());
        host.arg(task).arg(self.folder.join("project.toml")).arg("-o").arg(self.folder.join("result"));
        host.args(["--verbose", "--device", "cpu", "--threads", &self.threads.to_string()]);
        host.arg("--param").arg(format!("model={}", self.weights.display()));
        for parameter in self.parameters {
            host.args(["--param", parameter]);
        }
        host.arg("--plugin-dir").arg(&layout.release);
        host
    }

    fn project(&self, training: &Path, test: &Path) -> String {
        format!(
            "[dataset.training]\nuri = {training:?}\n[dataset.validation]\nuri = {test:?}\nshuffle = false\n\
             [config]\nbatch_size = 64\n[plugin]\nname = {:?}\n",
            self.detector
        )
    }
}

/// Seconds for features, and for everything from them to the finished detector, from the log of a training.
fn phases(log: &str) -> Option<(f64, f64)> {
    let line = |mark: &str| log.lines().find(|line| line.contains(mark));
    let features = line("features of ")?;
    let sums = features.split_once("images/s), ").and_then(|(_, rest)| rest.split_once(" s of it for sums"));
    let sums = sums.and_then(|(seconds, _)| seconds.parse().ok()).unwrap_or(0.0);
    let last = line(" Gaussians in ").or_else(|| line(" patches in "))?;
    Some((seconds(features)?, sums + seconds(last)?))
}

/// The number in `... in 1.5 s`.
fn seconds(line: &str) -> Option<f64> {
    let (_, rest) = line.rsplit_once(" in ")?;
    rest.split_once(" s")?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_read_from_logs() {
        let padim = "x [worker]: [INFO]: features of 64 images in 4.0 s (16.0 images/s), 0.5 s of it for sums and 0.1 s \
                     waiting for images\nx [worker]: [INFO]: 3136 Gaussians in 1.5 s\n";
        assert_eq!(phases(padim), Some((4.0, 2.0)));
        let patchcore = "features of 64 images in 4.0 s (16.0 images/s)\n501 of 50176 patches in 2.5 s\n";
        assert_eq!(phases(patchcore), Some((4.0, 2.5)));
        assert_eq!(phases("features of 64 images in 4.0 s (16.0 images/s)\n"), None);
        assert_eq!(phases(""), None);
    }
}
