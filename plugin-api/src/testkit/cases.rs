//! The cases that every plugin has to pass, as data: `nnc-host plugin check` runs each in a process of its own,
//! [`Kit::assert_conforms`] those that do not need one.

mod data;
mod determinism;
mod limits;
mod model;
mod parameters;

use std::path::{Path, PathBuf};

use super::{Kit, Trained};
use crate::error::{Error, ErrorKind};

/// Samples that cases train on.
const TRAINING: usize = 6;
/// Samples that cases score.
const TEST: usize = 3;

/// What a case found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to complain about.
    Passed,
    /// Works, but could be better.
    Warning(String),
    /// Breaks a rule.
    Failed(String),
    /// Could not be looked at.
    Skipped(String),
}

/// What cases work with.
pub(crate) struct Setting<'a> {
    kit: &'a Kit,
    /// A model to evaluate, for plugins that do not train.
    model: Option<&'a Path>,
    /// Folders in which a plugin has no business. Known only in a process of the case's own.
    watched: &'a [PathBuf],
}

/// What stops a case early, or what it has found.
type Found = Result<Verdict, Verdict>;

/// One case.
#[derive(Debug)]
pub struct Case {
    /// Short name for lists, filters and JSON.
    pub id: &'static str,
    /// What is asked, as a sentence.
    pub question: &'static str,
    /// Whether it is only for plugins that train.
    pub trains: bool,
    /// Whether it needs a process of its own.
    pub alone: bool,
    run: fn(&Setting<'_>) -> Found,
}

/// Every case, in the order in which they are best read.
pub const CASES: &[Case] = &[
    case("loads", "Can it be opened?", |_| Ok(Verdict::Passed)),
    case("manifest", "Does it describe itself for people and dialogs?", parameters::manifest),
    case("parameters", "Does it work at both ends of every parameter's range?", parameters::ends),
    case("unknown-parameters", "Does it ignore parameters of later hosts?", parameters::unknown),
    training("round-trip", "Does a saved model score as the one that was trained?", model::round_trip),
    case("damaged-models", "Are damaged models refused politely?", model::damaged),
    case("repeatable", "Does the same training give the same scores?", determinism::repeatable),
    case("batch-sizes", "Do scores not depend on the size of batches?", determinism::batch_sizes),
    case("threads", "Do scores not depend on the number of threads?", determinism::threads),
    training("empty-data", "Is a training set without samples refused politely?", data::empty),
    training("single-image", "Does it survive a single training sample?", data::single),
    training("constant-data", "Does it survive samples that are all the same?", data::constant),
    case("finite", "Is every score a finite number, whatever the samples show?", data::finite),
    case("wrong-shapes", "Are batches of a wrong size refused politely?", data::wrong_shapes),
    training("cancel", "Does it stop within two seconds when asked to?", limits::cancel),
    alone("writes", "Does it write only where it is told to?", limits::writes),
    alone("leaks", "Does memory stay the same over a hundred batches?", limits::leaks),
];

const fn case(id: &'static str, question: &'static str, run: fn(&Setting<'_>) -> Found) -> Case {
    Case { id, question, trains: false, alone: false, run }
}

const fn training(id: &'static str, question: &'static str, run: fn(&Setting<'_>) -> Found) -> Case {
    Case { id, question, trains: true, alone: false, run }
}

const fn alone(id: &'static str, question: &'static str, run: fn(&Setting<'_>) -> Found) -> Case {
    Case { id, question, trains: false, alone: true, run }
}

impl Case {
    /// The case with this name.
    pub fn named(id: &str) -> Option<&'static Self> {
        CASES.iter().find(|case| case.id == id)
    }

    /// Runs the case. `model` is evaluated where a plugin does not train; nothing may change in the folders `watched`.
    pub fn run(&self, kit: &Kit, model: Option<&Path>, watched: &[PathBuf]) -> Verdict {
        if self.trains && !kit.manifest().trains {
            return Verdict::Skipped("the plugin does not train".to_owned());
        }
        if self.alone && watched.is_empty() {
            return Verdict::Skipped("this needs a process of its own: use `nnc-host plugin check`".to_owned());
        }
        (self.run)(&Setting { kit, model, watched }).unwrap_or_else(|verdict| verdict)
    }
}

impl Kit {
    /// Runs every case that does not need a process of its own, and fails the test with all that were broken.
    #[track_caller]
    pub fn assert_conforms(&self) {
        let failed: Vec<String> = CASES
            .iter()
            .filter_map(|case| match case.run(self, None, &[]) {
                Verdict::Failed(reason) => Some(format!("{}: {reason}", case.id)),
                _ => None,
            })
            .collect();
        assert!(failed.is_empty(), "the plugin breaks {} rules:\n{}", failed.len(), failed.join("\n"));
    }
}

impl Setting<'_> {
    /// A detector that can score: trained, or with the model.
    fn ready(&self) -> Result<Trained, Verdict> {
        self.ready_with(self.kit)
    }

    /// As [`Setting::ready`], of another kit for the same plugin.
    fn ready_with(&self, kit: &Kit) -> Result<Trained, Verdict> {
        match self.model {
            _ if kit.manifest().trains => kit.train(TRAINING),
            Some(model) => kit.load(model),
            None => return Err(Verdict::Skipped("the plugin does not train; name a model with --model".to_owned())),
        }
        .map_err(|error| self.stop(&error))
    }

    /// What an error means where none was expected.
    fn stop(&self, error: &Error) -> Verdict {
        match self.kit.missing_weights() {
            Some(reason) => Verdict::Skipped(reason),
            None => Verdict::Failed(error.message().to_owned()),
        }
    }
}

/// Whether a refusal is one that a user can do something with. `what` was refused.
fn polite(error: &Error, what: &str) -> Found {
    match error.kind() {
        ErrorKind::Panic | ErrorKind::Contract => Err(Verdict::Failed(format!("with {what} it {}", error.message()))),
        _ if error.message().trim().is_empty() => Err(Verdict::Failed(format!("it refuses {what} without a word"))),
        _ => Ok(Verdict::Passed),
    }
}

/// Fails unless scores agree to `tolerance`.
fn agree(difference: f32, tolerance: f32, what: &str) -> Found {
    if difference <= tolerance {
        Ok(Verdict::Passed)
    } else {
        Err(Verdict::Failed(format!("{what} change the scores by {difference:.2e} of their maximum")))
    }
}
