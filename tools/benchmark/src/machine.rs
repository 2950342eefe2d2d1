//! Where and when figures were taken.

use std::env;
use std::fs;
use std::process::Command;

use anyhow::Result;
use serde::Serialize;

use crate::peer;
use nnc_tools_support::Layout;

/// What a reader has to know to compare figures with others.
#[derive(Serialize)]
pub(crate) struct Machine {
    date: String,
    processor: String,
    cores: usize,
    memory_gb: f64,
    kernel: String,
    /// Processes that wanted to run in the minute before; 0 on a quiet machine.
    load_before: f64,
    commit: String,
    versions: String,
    command: String,
}

impl Machine {
    /// This machine, now.
    pub(crate) fn now(layout: &Layout) -> Result<Self> {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let field = |text: &str, key: &str| {
            let line = text.lines().find(|line| line.starts_with(key));
            line.and_then(|line| line.split_once(':')).map_or_else(String::new, |(_, value)| value.trim().to_owned())
        };
        let total = field(&read("/proc/meminfo"), "MemTotal");
        let kilobytes: f64 = total.trim_end_matches("kB").trim().parse().unwrap_or(f64::NAN);
        let load = read("/proc/loadavg");
        let arguments: Vec<String> = env::args().skip(1).collect();
        Ok(Self {
            date: jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string(),
            processor: field(&read("/proc/cpuinfo"), "model name"),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_gb: kilobytes * 1024.0 / 1e9,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            load_before: load.split_whitespace().next().and_then(|load| load.parse().ok()).unwrap_or(f64::NAN),
            commit: commit(layout),
            versions: format!("anomalib {}, torch {}", peer::version("anomalib"), peer::version("torch")),
            command: format!("cargo xtask {}", arguments.join(" ")),
        })
    }

    /// Two columns of Markdown.
    pub(crate) fn rows(&self) -> Vec<(&'static str, String)> {
        vec![
            ("date", self.date.clone()),
            ("processor", format!("{}, {} cores", self.processor, self.cores)),
            ("memory", format!("{:.1} GB", self.memory_gb)),
            ("kernel", format!("Linux {}", self.kernel)),
            ("load before", format!("{:.2}", self.load_before)),
            ("commit", self.commit.clone()),
            ("compared with", self.versions.clone()),
            ("command", format!("`{}`", self.command)),
        ]
    }
}

/// Short name of the commit that lies in the folder, and whether files differ from it.
fn commit(layout: &Layout) -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).current_dir(&layout.root).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    match (git(&["rev-parse", "--short", "HEAD"]), git(&["status", "--porcelain", "--untracked-files=no"])) {
        (Some(name), Some(changes)) if changes.is_empty() => name,
        (Some(name), _) => format!("{name} with changes"),
        (None, _) => "unknown".to_owned(),
    }
}
