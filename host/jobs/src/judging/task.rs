//! What the model does: what its outputs and the dataset say together, or the project.
//!
//! An output `v'` answers the variable `v` of the dataset, as NNC names them. If `v` is an input of the model and of the same
//! shape, the output is that input again; if it is a label, the label says what the output is.

mod activation;
mod labels;
mod messages;
mod target;

use std::path::Path;

use nnc_dataset::{Dataset, Variable};
use nnc_messages::{Exit, Failure, Result};
use nnc_plugin_api::{Element, Interface, OutputSpec};
use nnc_report::Task;

use crate::labels::LABEL;
use activation::{Activation, activation_of};
pub(crate) use labels::Label;
use labels::{LabelMap, Labels};
pub(crate) use messages::TaskMessage;
use messages::{Lacking, Reason};
pub(crate) use target::Target;

/// The most classes of a segmentation: they are kept as bytes, and 255 is no class.
const MAX_CLASSES: usize = 255;

/// What is known before the first image is scored.
pub(crate) struct Facts<'a> {
    pub(crate) interface: &'a Interface,
    pub(crate) dataset: &'a Dataset,
    /// `None` where only its outputs are known.
    pub(crate) model: Option<&'a Path>,
    /// Whether the plugin trains its own models, as detectors do.
    pub(crate) is_detector: bool,
}

/// What the model does, and what is compared with what.
pub(crate) struct Decided {
    pub(crate) task: Task,
    /// The output that is judged.
    pub(crate) output: usize,
    /// The variable that it answers.
    pub(crate) variable: Option<Variable>,
    /// How class maps and their labels are read.
    pub(crate) label_map: Option<LabelMap>,
    /// How the targets of a regression are read that are files.
    pub(crate) target: Option<Target>,
    /// What is told about it; nothing of a detector.
    pub(crate) told: Option<TaskMessage>,
}

impl Decided {
    /// What is left where the inputs of a reconstruction are not there: the model's own map or score, if its first output is
    /// one; else outputs that are shown as they are.
    pub(crate) fn without_inputs(outputs: &[OutputSpec]) -> Self {
        match outputs.first() {
            Some(first) if gives_scores(first) => Self::anomaly(),
            _ => Self { task: Task::None, ..Self::anomaly() },
        }
    }

    fn anomaly() -> Self {
        Self { task: Task::Anomaly, output: 0, variable: None, label_map: None, target: None, told: None }
    }

    /// Classes of the output, where it gives some.
    pub(crate) fn classes(&self, outputs: &[OutputSpec]) -> usize {
        match outputs.get(self.output).map(|output| (output.sample_len(), output.shape.as_slice())) {
            Some((_, [channels, _, _])) if self.task == Task::Segmentation => (*channels).max(2),
            Some((values, _)) if self.task == Task::Classification => values.max(2),
            _ => 2,
        }
    }
}

/// What an output may be, and why.
struct Candidate {
    task: Task,
    output: usize,
    variable: Option<Variable>,
    label_map: Option<LabelMap>,
    target: Option<Target>,
    reason: Reason,
}

/// Decides, or takes what the project says if that is possible.
pub(crate) fn decide(facts: &Facts<'_>, wanted: Option<Task>) -> Result<Decided> {
    if let Some(task) = wanted {
        return facts.as_wanted(task);
    }
    let outputs = &facts.interface.outputs;
    let Some(first) = outputs.first() else { return Ok(Decided::anomaly()) };
    let gives_scores = gives_scores(first);
    if facts.is_detector && gives_scores {
        return Ok(Decided::anomaly());
    }
    let mut candidates: Vec<Candidate> = (0..outputs.len()).filter_map(|output| facts.candidate(output)).collect();
    if candidates.is_empty() {
        if gives_scores {
            return Ok(Decided::anomaly());
        }
        let told = TaskMessage::Shown { output: first.name.clone(), shape: format!("{:?}", first.shape) };
        return Ok(Decided { task: Task::None, told: Some(told), ..Decided::anomaly() });
    }
    let Candidate { task, output, variable, label_map, target, reason } = candidates.remove(0);
    let other = candidates.iter().find(|other| other.task != task).map(|other| other.task);
    let (name, reason) = (outputs[output].name.clone(), Box::new(reason));
    let told = match other {
        Some(other) => TaskMessage::OneOfSeveral { task, output: name, reason, other },
        None => TaskMessage::Judged { task, output: name, reason },
    };
    Ok(Decided { task, output, variable, label_map, target, told: Some(told) })
}

/// Whether an output can be an anomaly map or an anomaly score.
fn gives_scores(output: &OutputSpec) -> bool {
    output.shape.len() == 2 || output.sample_len() == 1
}

impl Facts<'_> {
    /// The variable that an output answers.
    fn answered(&self, output: &OutputSpec) -> Option<&Variable> {
        self.dataset.variable(output.name.strip_suffix('\'')?).ok()
    }

    /// The input of this name that the output could be again.
    fn input_again(&self, output: &OutputSpec, variable: &Variable) -> bool {
        let is_vector = |shape: &[usize]| shape.iter().filter(|&&extent| extent > 1).count() <= 1;
        self.interface.inputs().filter(|input| input.variable == variable.name).any(|input| {
            let same_vector = is_vector(&input.shape)
                && is_vector(&output.shape)
                && input.shape.iter().product::<usize>() == output.sample_len();
            input.shape == output.shape || same_vector
        })
    }

    fn is_input(&self, variable: &Variable) -> bool {
        self.interface.inputs().any(|input| input.variable == variable.name)
    }

    /// What the output is, if its name, shape and labels say so.
    fn candidate(&self, index: usize) -> Option<Candidate> {
        let output = self.interface.outputs.get(index)?;
        let candidate = |task, variable: Option<&Variable>, label_map, reason| Candidate {
            task,
            output: index,
            variable: variable.cloned(),
            label_map,
            target: None,
            reason,
        };
        let is_inline = !matches!(output.shape.len(), 2 | 3);
        let Some(variable) = self.answered(output) else {
            // Without a label of its name only a softmax says that these are classes.
            if !is_inline || output.sample_len() < 2 || self.activation(output) != Some(Activation::Softmax) {
                return None;
            }
            let label = self.dataset.variable(LABEL).ok().filter(|label| !self.is_input(label));
            let fits = |label: &&Variable| self.classes_fit(label, output.sample_len());
            let variable = label.filter(fits);
            let values = output.sample_len();
            return Some(candidate(Task::Classification, variable, None, Reason::Softmax { values }));
        };
        let name = variable.name.clone();
        if self.is_input(variable) {
            let again = self.input_again(output, variable);
            return again.then(|| candidate(Task::Reconstruction, Some(variable), None, Reason::SameShape { name }));
        }
        let values = output.sample_len();
        match Labels::of(self.dataset, variable) {
            Labels::Classes { largest } if is_inline && values > largest && values >= 2 => {
                Some(candidate(Task::Classification, Some(variable), None, Reason::Classes { name, values, largest }))
            }
            Labels::Classes { largest } if is_inline && values == 1 && largest <= 1 => {
                let reason = match self.activation(output) {
                    Some(Activation::Sigmoid) => Reason::Sigmoid { name },
                    _ => Reason::TwoClasses { name },
                };
                Some(candidate(Task::Classification, Some(variable), None, reason))
            }
            Labels::Categories { columns } if is_inline && values == columns => {
                Some(candidate(Task::Classification, Some(variable), None, Reason::Categories { name, columns }))
            }
            Labels::Classes { .. } if is_inline && values == 1 => {
                Some(candidate(Task::Regression, Some(variable), None, Reason::Numbers { name }))
            }
            Labels::Numbers { columns } if is_inline && values == columns => {
                Some(candidate(Task::Regression, Some(variable), None, Reason::Numbers { name }))
            }
            Labels::Several { columns } if is_inline && values == columns => {
                Some(candidate(Task::Regression, Some(variable), None, Reason::SeveralAtOnce { name }))
            }
            Labels::Files if !is_inline => {
                if let Some(map) = LabelMap::of(self.dataset, variable, &output.shape) {
                    let reason = Reason::LabelImages { name };
                    return Some(candidate(Task::Segmentation, Some(variable), Some(map), reason));
                }
                let input = &self.interface.input;
                let normalized = input.normalize && input.element == Element::F32;
                let target = Some(Target::of(self.dataset, variable, &output.shape, normalized)?);
                let found = candidate(Task::Regression, Some(variable), None, Reason::SameShapeAsFiles { name });
                Some(Candidate { target, ..found })
            }
            _ => None,
        }
    }

    fn activation(&self, output: &OutputSpec) -> Option<Activation> {
        activation_of(self.model?, &output.name)
    }

    /// Whether the labels are classes of an output of so many values.
    fn classes_fit(&self, label: &Variable, values: usize) -> bool {
        match Labels::of(self.dataset, label) {
            Labels::Classes { largest } => largest < values.max(2),
            Labels::Categories { columns } => columns == values,
            Labels::Nothing => true,
            _ => false,
        }
    }

    /// The task that the project says, on the first output that it is possible for.
    fn as_wanted(&self, task: Task) -> Result<Decided> {
        let outputs = &self.interface.outputs;
        let refused = |amiss| Failure::new(Exit::Usage, TaskMessage::Impossible { task, amiss });
        let decided = |output: usize, variable: Option<&Variable>, label_map| Decided {
            task,
            output,
            variable: variable.cloned(),
            label_map,
            target: None,
            told: Some(match task {
                Task::None => TaskMessage::NothingWanted,
                _ => TaskMessage::AsWanted { task, output: outputs[output].name.clone() },
            }),
        };
        if matches!(task, Task::Anomaly | Task::None) {
            return Ok(decided(0, None, None));
        }
        // What would have been found anyway.
        let own = (0..outputs.len()).filter_map(|output| self.candidate(output)).find(|found| found.task == task);
        if let Some(Candidate { output, variable, label_map, target, .. }) = own {
            return Ok(Decided { target, ..decided(output, variable.as_ref(), label_map) });
        }
        let inline = |output: &OutputSpec| !matches!(output.shape.len(), 2 | 3);
        let label = |output: &OutputSpec| {
            let named = self.answered(output).or_else(|| self.dataset.variable(LABEL).ok());
            named.filter(|variable| !self.is_input(variable))
        };
        match task {
            Task::Reconstruction => {
                let again = |output: &OutputSpec| {
                    let of_size = |input: &&nnc_plugin_api::Input| input.shape == output.shape;
                    let input = self.interface.inputs().find(of_size)?;
                    self.dataset.variable(&input.variable).ok()
                };
                let found = outputs.iter().enumerate().find_map(|(index, output)| Some((index, again(output)?)));
                let (output, variable) = found.ok_or_else(|| refused(Lacking::InputAgain))?;
                Ok(decided(output, Some(variable), None))
            }
            Task::Classification => {
                let found = outputs.iter().position(inline).ok_or_else(|| refused(Lacking::Numbers))?;
                let variable = label(&outputs[found]);
                let values = outputs[found].sample_len();
                match variable.filter(|label| !self.classes_fit(label, values)) {
                    Some(label) => Err(refused(Lacking::Classes { name: label.name.clone(), classes: values.max(2) })),
                    None => Ok(decided(found, variable, None)),
                }
            }
            Task::Regression => {
                let fits = |output: &OutputSpec| {
                    label(output).filter(|label| inline(output) && label.columns.len() == output.sample_len())
                };
                let found = outputs.iter().enumerate().find_map(|(index, output)| Some((index, fits(output)?)));
                let (output, variable) = found.ok_or_else(|| refused(Lacking::Target))?;
                Ok(decided(output, Some(variable), None))
            }
            _ => {
                let fits = |output: &OutputSpec| LabelMap::of(self.dataset, label(output)?, &output.shape);
                let found = outputs.iter().enumerate().find_map(|(index, output)| Some((index, fits(output)?)));
                let (output, map) = found.ok_or_else(|| refused(Lacking::LabelImages { most: MAX_CLASSES }))?;
                Ok(decided(output, label(&outputs[output]), Some(map)))
            }
        }
    }
}
