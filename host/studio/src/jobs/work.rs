//! What a job does, as data that was checked, and the command of this program that does it. Only these commands are ever started.

use std::ffi::OsString;
use std::path::PathBuf;

use nnc_result_folder::names::MODEL;
use serde::{Deserialize, Serialize};

use super::creation::Creation;
use crate::name::{Id, Name, ResultId};
use crate::options::PassedOn;
use crate::workspace::{DATASETS, JOBS};

/// A job.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Work {
    Run(Computation),
    Train(Computation),
    Evaluate(Computation),
    Create(Box<Creation>),
    Check { table: Table, against: Option<Table> },
    Report(Rebuild),
    Export { result: ResultId },
    Sample { name: Name, plugin: String },
    Fetch { backbone: String },
}

/// A training or an evaluation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Computation {
    pub(crate) project: Name,
    /// The project's file in the studio's folder.
    pub(crate) file: PathBuf,
    pub(crate) result: ResultId,
    pub(crate) device: Option<String>,
    /// Another dataset than the project's; evaluations only.
    pub(crate) dataset: Option<Table>,
    pub(crate) restart: bool,
    /// Datasets that it reads, which stay where they are meanwhile.
    pub(crate) reads: Vec<Name>,
}

/// A table of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Table {
    pub(crate) dataset: Name,
    pub(crate) table: Name,
}

impl Table {
    pub(crate) fn path(&self) -> PathBuf {
        PathBuf::from(DATASETS).join(&self.dataset).join(&self.table)
    }
}

/// A report that is made again; nothing is scored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rebuild {
    pub(crate) result: ResultId,
    pub(crate) threshold: Option<f64>,
    pub(crate) false_alarm_rate: Option<f64>,
    pub(crate) confidence: Option<f64>,
    pub(crate) no_threshold: bool,
    /// A folder of masks in the studio's folder.
    pub(crate) masks: Option<PathBuf>,
    pub(crate) heatmaps: bool,
}

impl Work {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Run(_) => "run",
            Self::Train(_) => "train",
            Self::Evaluate(_) => "evaluate",
            Self::Create(_) => "create",
            Self::Check { .. } => "check",
            Self::Report(_) => "report",
            Self::Export { .. } => "export",
            Self::Sample { .. } => "sample",
            Self::Fetch { .. } => "fetch",
        }
    }

    /// Whether it computes for long: such jobs wait for each other.
    pub(crate) fn is_heavy(&self) -> bool {
        matches!(self, Self::Run(_) | Self::Train(_) | Self::Evaluate(_))
    }

    pub(crate) fn project(&self) -> Option<&Name> {
        match self {
            Self::Run(one) | Self::Train(one) | Self::Evaluate(one) => Some(&one.project),
            Self::Sample { name, .. } => Some(name),
            _ => None,
        }
    }

    pub(crate) fn result(&self) -> Option<&ResultId> {
        match self {
            Self::Run(one) | Self::Train(one) | Self::Evaluate(one) => Some(&one.result),
            Self::Report(Rebuild { result, .. }) | Self::Export { result } => Some(result),
            _ => None,
        }
    }

    pub(crate) fn dataset(&self) -> Option<&Name> {
        match self {
            Self::Create(creation) => Some(&creation.name),
            Self::Check { table, .. } => Some(&table.dataset),
            Self::Sample { name, .. } => Some(name),
            _ => None,
        }
    }

    pub(crate) fn upload(&self) -> Option<&Id> {
        if let Self::Create(creation) = self { Some(&creation.upload) } else { None }
    }

    /// Whether it reads or makes this dataset.
    pub(crate) fn uses_dataset(&self, name: &Name) -> bool {
        let reads = match self {
            Self::Run(one) | Self::Train(one) | Self::Evaluate(one) => {
                one.reads.contains(name) || one.dataset.as_ref().is_some_and(|table| table.dataset == *name)
            }
            Self::Check { against: Some(against), .. } => against.dataset == *name,
            _ => false,
        };
        reads || self.dataset() == Some(name)
    }

    /// What it is called in a list.
    pub(crate) fn title(&self) -> String {
        match self {
            Self::Run(one) | Self::Train(one) | Self::Evaluate(one) => {
                format!("{} → {}", one.project, one.result.name())
            }
            Self::Create(creation) => creation.name.to_string(),
            Self::Check { table, .. } => format!("{}/{}", table.dataset, table.table),
            Self::Report(Rebuild { result, .. }) | Self::Export { result } => result.name().to_owned(),
            Self::Sample { name, .. } => name.to_string(),
            Self::Fetch { backbone } => backbone.clone(),
        }
    }

    /// The file that an export makes.
    pub(crate) fn output(&self, id: &Id) -> Option<PathBuf> {
        let Self::Export { result } = self else { return None };
        Some(PathBuf::from(JOBS).join(id).join(format!("{}.onnx", result.name())))
    }

    /// Whether its answer is the only thing on its standard output.
    pub(crate) fn answers_json(&self) -> bool {
        !matches!(self, Self::Fetch { .. })
    }

    /// The command line.
    pub(crate) fn arguments(&self, id: &Id, passed: &PassedOn) -> Vec<OsString> {
        let mut line: Vec<OsString> = Vec::new();
        match self {
            Self::Run(one) => one.arguments("run", passed, &mut line),
            Self::Train(one) => one.arguments("train", passed, &mut line),
            Self::Evaluate(one) => one.arguments("evaluate", passed, &mut line),
            Self::Create(creation) => creation.arguments(&mut line),
            Self::Check { table, against } => {
                line.extend(["dataset".into(), "check".into(), table.path().into(), "--json".into()]);
                if let Some(against) = against {
                    line.extend(["--against".into(), against.path().into()]);
                }
            }
            Self::Report(rebuild) => rebuild.arguments(&mut line),
            Self::Export { result } => {
                let model = result.path().join(MODEL);
                line.extend(["nnp".into(), "convert".into(), model.into()]);
                line.extend(self.output(id).map(OsString::from));
                line.push("--json".into());
            }
            Self::Sample { name, .. } => {
                line.extend(["studio-sample".into(), PathBuf::from(DATASETS).join(name).into()]);
            }
            Self::Fetch { backbone } => {
                line.extend(["weights".into(), "fetch".into(), backbone.into()]);
                line.extend(passed.weights.iter().cloned());
            }
        }
        if !matches!(self, Self::Sample { .. } | Self::Fetch { .. }) {
            line.extend(passed.sandbox.iter().cloned());
        }
        line
    }
}

/// `--name=value`, so that no value is taken for an option.
pub(super) fn option(line: &mut Vec<OsString>, name: &str, value: impl std::fmt::Display) {
    line.push(format!("--{name}={value}").into());
}

impl Computation {
    fn arguments(&self, verb: &str, passed: &PassedOn, line: &mut Vec<OsString>) {
        line.extend([verb.into(), self.file.clone().into(), "-o".into(), self.result.path().into(), "--json".into()]);
        if let Some(device) = &self.device {
            option(line, "device", device);
        }
        if verb == "evaluate" {
            if let Some(table) = &self.dataset {
                line.extend(["--dataset".into(), table.path().into()]);
            }
            if self.restart {
                line.push("--restart".into());
            }
        }
        line.extend([&passed.plugins, &passed.weights, &passed.limits].into_iter().flatten().cloned());
    }
}

impl Rebuild {
    fn arguments(&self, line: &mut Vec<OsString>) {
        line.extend(["report".into(), self.result.path().into(), "--json".into()]);
        let numbers = [
            ("threshold", self.threshold),
            ("false-alarm-rate", self.false_alarm_rate),
            ("confidence", self.confidence),
        ];
        for (name, number) in numbers {
            if let Some(number) = number {
                option(line, name, number);
            }
        }
        if self.no_threshold {
            line.push("--no-threshold".into());
        }
        if self.heatmaps {
            line.push("--heatmaps".into());
        }
        if let Some(masks) = &self.masks {
            line.extend(["--masks".into(), masks.clone().into()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::creation::CreateOptions;
    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn line(work: &Work) -> String {
        let id = Id::new("j1").unwrap();
        let passed = PassedOn { sandbox: vec!["--sandbox=auto".into()], ..PassedOn::default() };
        let words = work.arguments(&id, &passed);
        words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn jobs_are_commands_of_this_program() {
        let run = Computation {
            project: name("-p"),
            file: "projects/-p.toml".into(),
            result: ResultId::usual(name("r")),
            device: Some("cpu".to_owned()),
            dataset: None,
            restart: false,
            reads: Vec::new(),
        };
        assert_eq!(line(&Work::Run(run)), "run projects/-p.toml -o results/r --json --device=cpu --sandbox=auto");
        let creation = Creation {
            name: name("d"),
            upload: Id::new("u1").unwrap(),
            archive: Some(name("--force.zip")),
            options: CreateOptions { file1: Some(name("-t.csv")), ..CreateOptions::default() },
        };
        let created = line(&Work::Create(Box::new(creation)));
        assert!(
            created.starts_with(
                "dataset create .nnc-studio/uploads/u1/files/--force.zip -o datasets/d --json --mode=resize"
            )
        );
        assert!(created.contains("--file1=-t.csv"), "{created}");
        let rebuild = Rebuild {
            result: ResultId::usual(name("r")),
            threshold: Some(-1.5),
            false_alarm_rate: None,
            confidence: None,
            no_threshold: false,
            masks: None,
            heatmaps: true,
        };
        assert_eq!(line(&Work::Report(rebuild)), "report results/r --json --threshold=-1.5 --heatmaps --sandbox=auto");
        assert_eq!(
            line(&Work::Export { result: ResultId::usual(name("r")) }),
            "nnp convert results/r/results.nnp .nnc-studio/jobs/j1/r.onnx --json --sandbox=auto"
        );
    }

    #[test]
    fn work_is_kept_as_json() {
        let work = Work::Sample { name: name("flanges"), plugin: "texture".to_owned() };
        let text = serde_json::to_string(&work).unwrap();
        assert_eq!(text, r#"{"kind":"sample","name":"flanges","plugin":"texture"}"#);
        assert!(serde_json::from_str::<Work>(&text.replace("flanges", "../x")).is_err());
    }
}
