//! `nnp show`: what is in a model, as JSON or for people.

mod text;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use nnp::text::{Message, Value};
use nnp::{Executor, Function, Model, Network, Op, Parameter, VariableKind, archive};
use serde::Serialize;

use crate::commands::nnp::messages::Line;
use crate::commands::print_json;
use nnc_console::print_lines;
use nnc_jobs::provenance::{self, Provenance};
use nnc_messages::{Result, Say};

/// Shows the model at `path`, which the user calls `named`.
pub(super) fn run(path: &Path, named: &Path, json: bool) -> Result<()> {
    let contents = Contents::of(path, named)?;
    if json {
        return print_json(&contents);
    }
    print_lines(text::render(&contents));
    Ok(())
}

/// Everything there is to tell about a model.
#[derive(Debug, Serialize)]
struct Contents {
    file: String,
    members: Vec<MemberFacts>,
    /// What NNC's own or other programs do not leave.
    provenance: Option<Provenance>,
    networks: Vec<NetworkFacts>,
    parameters: Vec<ParameterFacts>,
    executors: Vec<ExecutorFacts>,
    /// Why the model cannot be used; nothing for a sound one.
    defect: Option<String>,
}

#[derive(Debug, Serialize)]
struct MemberFacts {
    name: String,
    bytes: u64,
}

#[derive(Debug, Serialize)]
struct NetworkFacts {
    name: String,
    batch_size: i64,
    functions: Vec<FunctionFacts>,
    inputs: Vec<VariableFacts>,
    outputs: Vec<VariableFacts>,
    /// Numbers in the parameters that the network declares.
    parameter_values: usize,
    /// Why shapes are those declared in the file and not those that the functions give.
    shapes_are_declared: Option<String>,
}

#[derive(Debug, Serialize)]
struct FunctionFacts {
    name: String,
    #[serde(rename = "type")]
    type_name: String,
    /// Whether its arguments and shapes are understood.
    known: bool,
    inputs: Vec<String>,
    outputs: Vec<VariableFacts>,
    /// By name, as the file has them; what equals the default is left out there.
    arguments: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
struct VariableFacts {
    name: String,
    /// For the stored batch size.
    shape: Option<Vec<i64>>,
}

#[derive(Debug, Serialize)]
struct ParameterFacts {
    name: String,
    shape: Vec<i64>,
    /// Whether the file holds it.
    stored: bool,
    /// Whether a network declares it.
    used: bool,
    trained: bool,
    /// Smallest and largest value.
    range: Option<(f32, f32)>,
    not_finite: usize,
}

#[derive(Debug, Serialize)]
struct ExecutorFacts {
    name: String,
    network: String,
    /// Dataset variable for each input of the network.
    data: BTreeMap<String, String>,
    /// Column of the result for each output of the network.
    outputs: BTreeMap<String, String>,
    evaluations: i64,
    repeat_evaluation_type: String,
    /// Whether images come as 0 to 1 instead of 0 to 255.
    normalizes_images: bool,
}

impl Contents {
    fn of(path: &Path, named: &Path) -> Result<Self> {
        let members = archive::list(path)?;
        let model = archive::read(path)?;
        Ok(Self {
            file: named.display().to_string(),
            members: members.into_iter().map(|m| MemberFacts { name: m.name, bytes: m.size }).collect(),
            // A member of that name that another program wrote is a member like any other.
            provenance: provenance::read(path).ok().flatten(),
            networks: model.networks.iter().map(NetworkFacts::of).collect(),
            parameters: parameters(&model),
            executors: model.executors.iter().map(ExecutorFacts::of).collect(),
            defect: model.validate().err().map(|error| error.said()),
        })
    }
}

impl NetworkFacts {
    fn of(network: &Network) -> Self {
        let declared: HashMap<&str, &Vec<i64>> =
            network.variables.iter().map(|variable| (variable.name.as_str(), &variable.shape)).collect();
        let inferred = match usize::try_from(network.batch_size) {
            Ok(batch) if batch > 0 => network.infer_shapes(batch).map_err(|error| error.said()),
            _ => Err(Line::BatchSizeIs { batch_size: network.batch_size }.said()),
        };
        let variable = |name: &str| VariableFacts {
            name: name.to_owned(),
            shape: match &inferred {
                Ok(shapes) => shapes.get(name).map(|shape| shape.iter().map(|&extent| extent as i64).collect()),
                Err(_) => declared.get(name).map(|shape| (*shape).clone()),
            },
        };
        // A network whose functions go in circles is shown in the order of the file.
        let order = network.topological().unwrap_or_else(|_| (0..network.functions.len()).collect());
        let functions = order.into_iter().filter_map(|index| network.functions.get(index));
        Self {
            name: network.name.clone(),
            batch_size: network.batch_size,
            functions: functions.map(|function| FunctionFacts::of(function, &variable)).collect(),
            inputs: network.inputs().map(|input| variable(&input.name)).collect(),
            outputs: network.outputs().map(|output| variable(&output.name)).collect(),
            parameter_values: network
                .variables
                .iter()
                .filter(|variable| variable.kind == VariableKind::Parameter)
                .filter_map(|variable| variable.shape_at(0))
                .map(|shape| shape.iter().product::<usize>())
                .fold(0, usize::saturating_add),
            shapes_are_declared: inferred.err(),
        }
    }
}

impl FunctionFacts {
    fn of(function: &Function, variable: &dyn Fn(&str) -> VariableFacts) -> Self {
        let mut message = Message::new();
        function.op.write(&mut message);
        Self {
            name: function.name.clone(),
            type_name: function.op.type_name().to_owned(),
            known: !matches!(function.op, Op::Other { .. }),
            inputs: function.inputs.clone(),
            outputs: function.outputs.iter().map(|name| variable(name)).collect(),
            arguments: arguments(&message),
        }
    }
}

/// Arguments by name; repeated ones and the extents of shapes are joined.
fn arguments(message: &Message) -> BTreeMap<String, String> {
    let mut arguments: BTreeMap<String, String> = BTreeMap::new();
    let mut add = |name: &str, value: String| {
        arguments
            .entry(name.to_owned())
            .and_modify(|joined| {
                joined.push(',');
                joined.push_str(&value);
            })
            .or_insert(value);
    };
    for field in &message.fields {
        match &field.value {
            Value::Message(inner) if inner.fields.iter().all(|field| field.name == "dim") => {
                let dims: Vec<String> = inner.fields.iter().map(|field| field.value.to_string()).collect();
                add(&field.name, dims.join(","));
            }
            // The arguments of a function that is not known.
            Value::Message(inner) => {
                for (name, value) in self::arguments(inner) {
                    add(&format!("{}.{name}", field.name), value);
                }
            }
            scalar => add(&field.name, scalar.to_string()),
        }
    }
    arguments
}

/// Parameters in the order of the file, then those that networks declare and the file lacks.
fn parameters(model: &Model) -> Vec<ParameterFacts> {
    let variables = || {
        let all = model.networks.iter().flat_map(|network| &network.variables);
        all.filter(|variable| variable.kind == VariableKind::Parameter)
    };
    let used: HashSet<&str> = variables().map(|variable| variable.name.as_str()).collect();
    let stored = |parameter: &Parameter| {
        let finite = parameter.data.iter().copied().filter(|value| value.is_finite());
        let range = finite.fold(None, |range: Option<(f32, f32)>, value| match range {
            Some((low, high)) => Some((low.min(value), high.max(value))),
            None => Some((value, value)),
        });
        ParameterFacts {
            name: parameter.name.clone(),
            shape: parameter.shape.iter().map(|&extent| extent as i64).collect(),
            stored: true,
            used: used.contains(parameter.name.as_str()),
            trained: parameter.need_grad,
            range,
            not_finite: parameter.data.iter().filter(|value| !value.is_finite()).count(),
        }
    };
    let mut facts: Vec<ParameterFacts> = model.parameters.iter().map(stored).collect();
    let mut told = HashSet::new();
    let missing = variables().filter(|variable| model.parameters.get(&variable.name).is_none());
    facts.extend(missing.filter(|variable| told.insert(variable.name.as_str())).map(|variable| ParameterFacts {
        name: variable.name.clone(),
        shape: variable.shape.clone(),
        stored: false,
        used: true,
        trained: false,
        range: None,
        not_finite: 0,
    }));
    facts
}

impl ExecutorFacts {
    fn of(executor: &Executor) -> Self {
        let data = executor.data_variables.iter().map(|v| (v.variable_name.clone(), v.data_name.clone()));
        let outputs = executor.output_variables.iter().map(|v| (v.variable_name.clone(), v.data_name.clone()));
        Self {
            name: executor.name.clone(),
            network: executor.network_name.clone(),
            data: data.collect(),
            outputs: outputs.collect(),
            evaluations: executor.num_evaluations.max(1),
            repeat_evaluation_type: match executor.repeat_evaluation_type.as_str() {
                "" => "mean".to_owned(),
                other => other.to_owned(),
            },
            normalizes_images: !executor.no_image_normalization,
        }
    }
}
