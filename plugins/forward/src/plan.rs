//! Which network of an NNP runs, what it is fed and what is wanted from it (NNC contract 7.5 and 8.1).

mod batching;
mod normalization;
mod repetition;

use std::collections::HashSet;

use nnc_plugin_api::{Error, Input, Interface, OutputSpec, Result};
use nnp::{Executor, Model, Network, Variable};
use serde_json::{Map, Value};

pub(crate) use batching::Batching;
pub(crate) use repetition::{Combine, Repetition};

/// What is run and how.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Index of the network in the model.
    pub(crate) network: usize,
    pub(crate) inputs: Vec<Fed>,
    pub(crate) outputs: Vec<Wanted>,
    pub(crate) batching: Batching,
    pub(crate) repetition: Repetition,
    /// Things the user should know.
    pub(crate) warnings: Vec<String>,
}

/// An input of the network.
#[derive(Debug)]
pub(crate) struct Fed {
    pub(crate) variable: String,
    /// Variable of the dataset.
    pub(crate) data_name: String,
    /// Without the batch axis, unless whole arrays are fed.
    pub(crate) shape: Vec<usize>,
    normalize: bool,
}

/// An output of the network.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) variable: String,
    /// Column of the result.
    column: String,
    /// Without the batch axis, unless whole arrays are fed.
    pub(crate) shape: Vec<usize>,
}

impl Plan {
    /// For rows of a dataset; `dataset` is its path, which may decide about normalisation.
    pub(crate) fn for_samples(model: &Model, executor: Option<&str>, dataset: &str) -> Result<Self> {
        let (index, executor) = choose(model, executor)?;
        let network = &model.networks[index];
        let mut warnings = Vec::new();
        if model.executors.len() > 1 && executor.is_some() {
            let names: Vec<&str> = model.executors.iter().map(|e| e.name.as_str()).collect();
            warnings.push(format!(
                "the model has the executors {}; only {} runs, choose another with --param executor=NAME",
                names.join(", "),
                executor.map(|e| e.name.as_str()).unwrap_or_default()
            ));
        }
        let (fed, wanted) = bindings(network, executor)?;
        let stored = usize::try_from(network.batch_size).ok().filter(|&n| n > 0).ok_or_else(|| {
            Error::model(format!(
                "network `{}` has batch size {}, expected at least 1",
                network.name, network.batch_size
            ))
        })?;
        let shapes = network.infer_shapes(stored)?;
        let normalize =
            normalization::of_dataset(model, dataset) && !executor.is_some_and(|e| e.no_image_normalization);

        let mut inputs = Vec::new();
        for (variable, data_name) in fed {
            let shape = sample_shape(network, variable, &shapes[&variable.name], stored, "input")?;
            inputs.push(Fed { variable: variable.name.clone(), data_name: data_name.to_owned(), shape, normalize });
        }
        let mut outputs = Vec::new();
        for (variable, data_name) in wanted {
            let shape = sample_shape(network, variable, &shapes[&variable.name], stored, "output")?;
            outputs.push(Wanted { variable: variable.name.clone(), column: data_name.to_owned(), shape });
        }
        let repetition = Repetition::of(executor)?;
        if repetition.combine == Combine::Deviation {
            for output in outputs.iter_mut().filter(|output| repetition::has_one_column(&output.shape)) {
                repetition::UNCERTAINTY.clone_into(&mut output.column);
            }
        }
        refuse_unfed(network, &inputs, &outputs)?;
        let of_outputs: Vec<&str> = outputs.iter().map(|output| output.variable.as_str()).collect();
        let batching = Batching::of(network, stored, &of_outputs);
        Ok(Self { network: index, inputs, outputs, batching, repetition, warnings })
    }

    /// For whole arrays with the batch axis in them; `shapes` is a JSON object from names to shapes.
    pub(crate) fn for_arrays(model: &Model, executor: Option<&str>, shapes: &str) -> Result<Self> {
        let given: Map<String, Value> = serde_json::from_str(shapes)
            .map_err(|e| Error::parameter(format!("parameter `arrays` is no JSON object of shapes: {e}")))?;
        let (index, executor) = choose(model, executor)?;
        let network = &model.networks[index];
        let known: Vec<(&Variable, &str)> = network
            .inputs()
            .map(|variable| {
                let bound = executor.and_then(|e| e.data_variables.iter().find(|d| d.variable_name == variable.name));
                (variable, bound.map_or(variable.name.as_str(), |d| d.data_name.as_str()))
            })
            .collect();
        for name in given.keys() {
            if !known.iter().any(|(variable, data_name)| variable.name == *name || data_name == name) {
                return Err(Error::parameter(format!(
                    "network `{}` has no input `{name}`; it has {}",
                    network.name,
                    list(known.iter().map(|(variable, _)| variable.name.as_str()))
                )));
            }
        }
        let mut rows: Option<(Vec<usize>, &str)> = None;
        let mut inputs = Vec::new();
        for (variable, data_name) in known {
            let names = [variable.name.as_str(), data_name];
            let (name, shape) = names.into_iter().find_map(|name| Some((name, given.get(name)?))).ok_or_else(|| {
                Error::parameter(format!(
                    "input `{}` of shape {:?} is not given; add --input {}=FILE.npy",
                    variable.name, variable.shape, variable.name
                ))
            })?;
            let shape: Vec<usize> = serde_json::from_value(shape.clone())
                .map_err(|_| Error::parameter(format!("the shape of `{}` is {shape}", variable.name)))?;
            let (leading, shape) = network_shape(variable, &shape)?;
            if variable.shape.first() == Some(&-1) {
                match &rows {
                    Some((others, first)) if *others != leading => {
                        return Err(Error::parameter(format!(
                            "input `{}` has rows {leading:?} and `{first}` has {others:?}; a batch has one number of rows",
                            variable.name
                        )));
                    }
                    _ => rows = Some((leading, &variable.name)),
                }
            }
            inputs.push(Fed { variable: variable.name.clone(), data_name: name.to_owned(), shape, normalize: false });
        }
        if inputs.is_empty() {
            return Err(Error::model(format!("network `{}` has no input", network.name)));
        }
        let stored = usize::try_from(network.batch_size).unwrap_or(1);
        let leading = rows.map(|(leading, _)| leading);
        let inferred = network.infer_shapes(leading.as_ref().map_or(stored, |leading| leading.iter().product()))?;
        let mut seen = HashSet::new();
        let of_executor = executor.into_iter().flat_map(|e| &e.output_variables).map(|o| o.variable_name.as_str());
        let all = of_executor.chain(network.outputs().map(|variable| variable.name.as_str()));
        let outputs: Vec<Wanted> = all
            .filter(|name| seen.insert(*name))
            .map(|name| {
                let mut shape = inferred.get(name).cloned().ok_or_else(|| undeclared(network, "output", name))?;
                if let Some(leading) = &leading
                    && network.variable(name).is_some_and(|variable| variable.shape.first() == Some(&-1))
                {
                    // The rows as the array has them.
                    shape.splice(..1, leading.iter().copied());
                }
                Ok(Wanted { variable: name.to_owned(), column: name.to_owned(), shape })
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            network: index,
            inputs,
            outputs,
            batching: Batching::Whole,
            repetition: Repetition::once(),
            warnings: Vec::new(),
        })
    }

    /// What the host has to know.
    pub(crate) fn interface(&self) -> Interface {
        let mut inputs = self
            .inputs
            .iter()
            .map(|input| Input::floats(input.data_name.as_str(), input.shape.as_slice()).normalized(input.normalize));
        let outputs = self
            .outputs
            .iter()
            .map(|output| OutputSpec::new(output.column.as_str(), output.shape.as_slice()))
            .collect();
        // A plan without inputs is refused when it is created.
        let first = inputs.next().unwrap_or_else(|| Input::floats("", []));
        let interface = Interface::new(first, outputs).with_more_inputs(inputs.collect());
        match self.batching {
            Batching::Exactly(samples) => interface.with_exact_batch(samples),
            Batching::Any | Batching::Whole => interface,
        }
    }
}

/// The network to run, and the executor that names it: the one asked for, else the first, else the only network.
fn choose<'a>(model: &'a Model, wanted: Option<&str>) -> Result<(usize, Option<&'a Executor>)> {
    let executor = match wanted {
        Some(name) => Some(model.executors.iter().find(|e| e.name == name).ok_or_else(|| {
            let names = list(model.executors.iter().map(|e| e.name.as_str()));
            Error::parameter(format!("the model has no executor `{name}`; it has {names}"))
        })?),
        None => model.executors.first(),
    };
    match (executor, model.networks.as_slice()) {
        (Some(executor), networks) => {
            let index = networks.iter().position(|n| n.name == executor.network_name).ok_or_else(|| {
                Error::model(format!(
                    "executor `{}` runs network `{}`, which the model does not have; it has {}",
                    executor.name,
                    executor.network_name,
                    list(networks.iter().map(|n| n.name.as_str()))
                ))
            })?;
            Ok((index, Some(executor)))
        }
        (None, [_]) => Ok((0, None)),
        (None, networks) => Err(Error::model(format!(
            "the model has no executor to say which of its networks is meant; it has {}",
            list(networks.iter().map(|n| n.name.as_str()))
        ))),
    }
}

type Bindings<'a> = Vec<(&'a Variable, &'a str)>;

/// Inputs and outputs with their names in the dataset and the result.
fn bindings<'a>(network: &'a Network, executor: Option<&'a Executor>) -> Result<(Bindings<'a>, Bindings<'a>)> {
    let Some(executor) = executor else {
        let same = |variable: &'a Variable| (variable, variable.name.as_str());
        return Ok((network.inputs().map(same).collect(), network.outputs().map(same).collect()));
    };
    let find = |what, name: &str| network.variable(name).ok_or_else(|| undeclared(network, what, name));
    let mut fed = Vec::new();
    for data in &executor.data_variables {
        fed.push((find("input", &data.variable_name)?, data.data_name.as_str()));
    }
    let mut wanted = Vec::new();
    for output in &executor.output_variables {
        wanted.push((find("output", &output.variable_name)?, output.data_name.as_str()));
    }
    if fed.is_empty() || wanted.is_empty() {
        let what = if fed.is_empty() { "no data to feed" } else { "no output" };
        return Err(Error::model(format!("executor `{}` names {what}", executor.name)));
    }
    Ok((fed, wanted))
}

/// The shape of a variable without its batch axis, which may be −1 or, in files saved without a function that tells
/// the batch, the literal number.
fn sample_shape(
    network: &Network,
    variable: &Variable,
    at_stored: &[usize],
    stored: usize,
    what: &str,
) -> Result<Vec<usize>> {
    match at_stored.split_first() {
        Some((&rows, sample)) if rows == stored => Ok(sample.to_vec()),
        _ => Err(Error::model(format!(
            "{what} `{}` of network `{}` has shape {at_stored:?}, whose first axis is not the batch of {stored}; use \
             `nnc-host nnp run` to feed whole arrays",
            variable.name, network.name
        ))),
    }
}

/// The rows of a whole array and its shape as the network declares it. Where the network says −1 an array may have any
/// axes: nnabla counts all axes before a function's base axis as one batch (NNC contract 7.5).
fn network_shape(variable: &Variable, shape: &[usize]) -> Result<(Vec<usize>, Vec<usize>)> {
    let literal =
        |declared: &[i64]| -> Vec<usize> { declared.iter().filter_map(|&d| usize::try_from(d).ok()).collect() };
    let fits = match variable.shape.split_first() {
        Some((-1, sample)) => {
            let sample = literal(sample);
            let rows = shape.len().checked_sub(sample.len()).filter(|&rows| rows > 0 && shape.ends_with(&sample));
            rows.map(|rows| shape.split_at(rows))
                .map(|(rows, sample)| (rows.to_vec(), [&[rows.iter().product::<usize>()], sample].concat()))
        }
        _ => (literal(&variable.shape) == shape).then(|| (Vec::new(), shape.to_vec())),
    };
    fits.ok_or_else(|| {
        let any = if variable.shape.first() == Some(&-1) { " (-1 is any number of rows)" } else { "" };
        Error::parameter(format!(
            "input `{}` has shape {shape:?}, the network expects {:?}{any}",
            variable.name, variable.shape
        ))
    })
}

/// Refuses a network that needs an input which nothing feeds: values that NNC's generators draw.
fn refuse_unfed(network: &Network, inputs: &[Fed], outputs: &[Wanted]) -> Result<()> {
    let mut needed: HashSet<&str> = outputs.iter().map(|output| output.variable.as_str()).collect();
    for function in network.topological()?.iter().rev().filter_map(|&index| network.functions.get(index)) {
        if function.outputs.iter().any(|output| needed.contains(output.as_str())) {
            needed.extend(function.inputs.iter().map(String::as_str));
        }
    }
    let fed = |name: &str| inputs.iter().any(|input| input.variable == name);
    match network.inputs().find(|variable| needed.contains(variable.name.as_str()) && !fed(&variable.name)) {
        None => Ok(()),
        Some(unfed) => Err(Error::model(format!(
            "input `{}` of network `{}` comes from no variable of the dataset; networks with generators are not supported",
            unfed.name, network.name
        ))),
    }
}

fn undeclared(network: &Network, what: &'static str, name: &str) -> Error {
    Error::model(format!("network `{}` has no variable `{name}`, which the executor names as {what}", network.name))
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
