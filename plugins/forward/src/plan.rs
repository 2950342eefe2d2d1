//! Which networks of an NNP run, what they are fed and what is wanted from them (NNC contract 7.5 and 8.1).

mod batching;
mod repetition;

use std::collections::HashSet;

use nnc_plugin_api::{Error, Input, Interface, OutputSpec, Result};
use nnp::{Executor, Model, Network, Op, Variable};
use serde_json::{Map, Value};

use crate::generator::{self, Generated};
pub(crate) use batching::Batching;
pub(crate) use repetition::{Combine, Repetition};

/// Most values that generators may be asked for at once: 1 GiB of them.
const MOST_GENERATED: usize = 1 << 28;

/// What is run and how.
#[derive(Debug)]
pub(crate) struct Plan {
    /// One for each executor, in the order of the file, which is that of their columns.
    pub(crate) parts: Vec<Part>,
    /// What the dataset feeds, each of its variables once.
    pub(crate) inputs: Vec<Fed>,
    pub(crate) batching: Batching,
    /// Samples that the networks are stored for.
    pub(crate) stored: usize,
    /// Things the user should know.
    pub(crate) warnings: Vec<String>,
}

/// One executor: a network with what it is fed and what is wanted of it.
#[derive(Debug)]
pub(crate) struct Part {
    /// Index of the network in the model.
    pub(crate) network: usize,
    pub(crate) inputs: Vec<Bound>,
    pub(crate) generated: Vec<Generated>,
    pub(crate) outputs: Vec<Wanted>,
    pub(crate) repetition: Repetition,
}

/// An input of one network.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) variable: String,
    /// Index of the values in [`Plan::inputs`].
    pub(crate) input: usize,
    /// As [`Fed::shape`], which may be another one of as many values.
    pub(crate) shape: Vec<usize>,
}

/// A variable of the dataset that is read.
#[derive(Debug)]
pub(crate) struct Fed {
    /// Its name.
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
    ///
    /// As in NNC every executor runs, unless one is asked for.
    pub(crate) fn for_samples(model: &Model, executor: Option<&str>, dataset: &str) -> Result<Self> {
        let chosen = choose(model, executor)?;
        let mut plan =
            Self { parts: Vec::new(), inputs: Vec::new(), batching: Batching::Any, stored: 1, warnings: Vec::new() };
        let normalize = model.normalizes_dataset(dataset)
            && !chosen.iter().any(|(_, executor)| executor.is_some_and(|e| e.no_image_normalization));
        for (number, &(index, executor)) in chosen.iter().enumerate() {
            let network = &model.networks[index];
            let stored = stored_batch(network)?;
            if number > 0 && plan.stored != stored {
                return Err(Error::model(format!(
                    "network `{}` is stored for {stored} samples and those before it for {}; choose one with \
                     --param executor=NAME",
                    network.name, plan.stored
                )));
            }
            plan.stored = stored;
            plan.add(network, index, executor, normalize)?;
        }
        // NNC looks at the last executor alone when it names columns.
        if plan.parts.last().is_some_and(|part| part.repetition.combine == Combine::Deviation) {
            let outputs = plan.parts.iter_mut().flat_map(|part| &mut part.outputs);
            for output in outputs.filter(|output| repetition::has_one_column(&output.shape)) {
                repetition::UNCERTAINTY.clone_into(&mut output.column);
            }
        }
        Ok(plan)
    }

    /// Adds what one executor runs.
    fn add(&mut self, network: &Network, index: usize, executor: Option<&Executor>, normalize: bool) -> Result<()> {
        let stored = self.stored;
        let (fed, wanted) = bindings(network, executor)?;
        let shapes = network.infer_shapes(stored)?;
        let shape_of =
            |variable: &Variable, what| sample_shape(network, variable, &shapes[&variable.name], stored, what);
        let mut part = Part {
            network: index,
            inputs: Vec::new(),
            generated: Vec::new(),
            outputs: Vec::new(),
            repetition: Repetition::of(executor)?,
        };
        for (variable, data_name) in fed {
            let shape = shape_of(variable, "input")?;
            let input = self.input(data_name, &shape, normalize)?;
            part.inputs.push(Bound { variable: variable.name.clone(), input, shape });
        }
        for (variable, data_name) in wanted {
            let shape = shape_of(variable, "output")?;
            part.outputs.push(Wanted { variable: variable.name.clone(), column: data_name.to_owned(), shape });
        }
        for (variable, kind) in generator::of(executor)? {
            let shape = shapes.get(&variable).ok_or_else(|| undeclared(network, "generated", &variable))?.clone();
            let per_sample = shape.first() == Some(&stored);
            part.generated.push(Generated { variable, kind, shape, per_sample });
        }
        refuse_unfed(network, &part)?;
        let drawn = part.generated.iter().try_fold(0_usize, |sum, one| {
            sum.checked_add(one.shape.iter().try_fold(1_usize, |count, &extent| count.checked_mul(extent))?)
        });
        if drawn.is_none_or(|drawn| drawn > MOST_GENERATED) {
            return Err(Error::model(format!(
                "the generators of network `{}` give more than {MOST_GENERATED} values for {stored} samples",
                network.name
            )));
        }
        let of_outputs: Vec<&str> = part.outputs.iter().map(|output| output.variable.as_str()).collect();
        if let Batching::Exactly(stored) = Batching::of(network, stored, &of_outputs) {
            self.batching = Batching::Exactly(stored);
        }
        self.warnings.extend(warnings(network, executor, &of_outputs)?);
        self.parts.push(part);
        Ok(())
    }

    /// The number of a variable of the dataset among those that are read.
    fn input(&mut self, data_name: &str, shape: &[usize], normalize: bool) -> Result<usize> {
        let Some(known) = self.inputs.iter().position(|input| input.data_name == data_name) else {
            self.inputs.push(Fed { data_name: data_name.to_owned(), shape: shape.to_vec(), normalize });
            return Ok(self.inputs.len() - 1);
        };
        let first = &self.inputs[known].shape;
        if first.iter().product::<usize>() == shape.iter().product::<usize>() {
            return Ok(known);
        }
        Err(Error::model(format!(
            "variable `{data_name}` of the dataset is fed as {first:?} and as {shape:?}; choose one executor with \
             --param executor=NAME"
        )))
    }

    /// For whole arrays with the batch axis in them; `shapes` is a JSON object from names to shapes.
    pub(crate) fn for_arrays(model: &Model, executor: Option<&str>, shapes: &str) -> Result<Self> {
        let given: Map<String, Value> = serde_json::from_str(shapes)
            .map_err(|e| Error::parameter(format!("parameter `arrays` is no JSON object of shapes: {e}")))?;
        let chosen = choose(model, executor)?;
        let Some(&(index, executor)) = chosen.first() else { return Err(Error::model("the model has no network")) };
        let network = &model.networks[index];
        let generators = generator::of(executor)?;
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
        let (mut inputs, mut bound, mut generated) = (Vec::new(), Vec::new(), Vec::new());
        for (variable, data_name) in known {
            let names = [variable.name.as_str(), data_name];
            let Some((name, shape)) = names.into_iter().find_map(|name| Some((name, given.get(name)?))) else {
                let Some((_, kind)) = generators.iter().find(|(name, _)| *name == variable.name) else {
                    return Err(Error::parameter(format!(
                        "input `{}` of shape {:?} is not given; add --input {}=FILE.npy",
                        variable.name, variable.shape, variable.name
                    )));
                };
                generated.push((variable, *kind));
                continue;
            };
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
            bound.push(Bound { variable: variable.name.clone(), input: inputs.len(), shape: shape.clone() });
            inputs.push(Fed { data_name: name.to_owned(), shape, normalize: false });
        }
        if inputs.is_empty() {
            return Err(Error::model(format!("network `{}` has no input", network.name)));
        }
        let stored = usize::try_from(network.batch_size).unwrap_or(1);
        let leading = rows.map(|(leading, _)| leading);
        let rows = leading.as_ref().map_or(stored, |leading| leading.iter().product());
        let inferred = network.infer_shapes(rows)?;
        let generated = generated.into_iter().map(|(variable, kind)| Generated {
            variable: variable.name.clone(),
            kind,
            shape: inferred.get(&variable.name).cloned().unwrap_or_default(),
            per_sample: false,
        });
        let generated = generated.collect();
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
        let part = Part { network: index, inputs: bound, generated, outputs, repetition: Repetition::once() };
        let warnings = Vec::new();
        Ok(Self { parts: vec![part], inputs, batching: Batching::Whole, stored: 1, warnings })
    }

    /// What the host has to know.
    pub(crate) fn interface(&self) -> Interface {
        let mut inputs = self
            .inputs
            .iter()
            .map(|input| Input::floats(input.data_name.as_str(), input.shape.as_slice()).normalized(input.normalize));
        let outputs =
            self.outputs().map(|output| OutputSpec::new(output.column.as_str(), output.shape.as_slice())).collect();
        // A plan without inputs is refused when it is created.
        let first = inputs.next().unwrap_or_else(|| Input::floats("", []));
        let interface = Interface::new(first, outputs).with_more_inputs(inputs.collect());
        match self.batching {
            Batching::Exactly(samples) => interface.with_exact_batch(samples),
            Batching::Any | Batching::Whole => interface,
        }
    }

    /// All outputs, in the order of their columns.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = &Wanted> {
        self.parts.iter().flat_map(|part| &part.outputs)
    }
}

type Chosen<'a> = Vec<(usize, Option<&'a Executor>)>;

/// The networks to run, and the executors that name them: the one asked for, else all, else the only network.
fn choose<'a>(model: &'a Model, wanted: Option<&str>) -> Result<Chosen<'a>> {
    let executors: Vec<&Executor> = match wanted {
        Some(name) => vec![model.executors.iter().find(|e| e.name == name).ok_or_else(|| {
            let names = list(model.executors.iter().map(|e| e.name.as_str()));
            Error::parameter(format!("the model has no executor `{name}`; it has {names}"))
        })?],
        None => model.executors.iter().collect(),
    };
    if executors.is_empty() {
        return match model.networks.as_slice() {
            [_] => Ok(vec![(0, None)]),
            networks => Err(Error::model(format!(
                "the model has no executor to say which of its networks is meant; it has {}",
                list(networks.iter().map(|n| n.name.as_str()))
            ))),
        };
    }
    let networks = &model.networks;
    executors
        .into_iter()
        .map(|executor| {
            let index = networks.iter().position(|n| n.name == executor.network_name).ok_or_else(|| {
                Error::model(format!(
                    "executor `{}` runs network `{}`, which the model does not have; it has {}",
                    executor.name,
                    executor.network_name,
                    list(networks.iter().map(|n| n.name.as_str()))
                ))
            })?;
            Ok((index, Some(executor)))
        })
        .collect()
}

/// Samples that a network is stored for.
fn stored_batch(network: &Network) -> Result<usize> {
    usize::try_from(network.batch_size).ok().filter(|&n| n > 0).ok_or_else(|| {
        Error::model(format!("network `{}` has batch size {}, expected at least 1", network.name, network.batch_size))
    })
}

/// What NNC does with an executor and is not done here.
fn warnings(network: &Network, executor: Option<&Executor>, outputs: &[&str]) -> Result<Vec<String>> {
    let mut warnings = Vec::new();
    if let Some(executor) = executor.filter(|executor| executor.need_back_propagation) {
        warnings.push(format!(
            "executor `{}` asks for back propagation, which is not done: what functions keep of it stays as it is stored",
            executor.name
        ));
    }
    let needed = needed(network, outputs)?;
    for function in needed {
        let by_chance = match &function.op {
            Op::RandomErase(_) | Op::RandomFlip(_) | Op::RandomShift(_) => "lets it pass",
            Op::ImageAugmentation(op)
                if op.min_scale != op.max_scale
                    || op.aspect_ratio != 1.0
                    || op.contrast != 1.0
                    || op.flip_lr
                    || op.flip_ud
                    || [op.angle, op.distortion, op.brightness, op.noise].iter().any(|&range| range != 0.0) =>
            {
                "takes the middle of every range"
            }
            _ => continue,
        };
        warnings.push(format!(
            "function `{}` ({}) changes pictures by chance; an evaluation {by_chance}",
            function.name,
            function.op.type_name()
        ));
    }
    Ok(warnings)
}

/// The functions that `outputs` need, the last one first.
fn needed<'a>(network: &'a Network, outputs: &[&'a str]) -> Result<Vec<&'a nnp::Function>> {
    let mut names: HashSet<&str> = outputs.iter().copied().collect();
    let mut functions = Vec::new();
    for function in network.topological()?.iter().rev().filter_map(|&index| network.functions.get(index)) {
        if function.outputs.iter().any(|output| names.contains(output.as_str())) {
            names.extend(function.inputs.iter().map(String::as_str));
            functions.push(function);
        }
    }
    Ok(functions)
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
    let generated = || generator::of(Some(executor)).unwrap_or_default().into_iter().next();
    if let (true, false, Some((variable, _))) = (fed.is_empty(), wanted.is_empty(), generated()) {
        return Err(Error::model(format!(
            "executor `{}` is fed by generators alone, so no row of a dataset reaches its network; `nnc-host nnp run \
             MODEL -i {variable}=ARRAY.npy -o DIR` feeds it with arrays in their place",
            executor.name
        )));
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

/// Refuses a network that needs an input which nothing feeds.
fn refuse_unfed(network: &Network, part: &Part) -> Result<()> {
    let outputs: Vec<&str> = part.outputs.iter().map(|output| output.variable.as_str()).collect();
    let functions = needed(network, &outputs)?;
    let read: HashSet<&str> =
        functions.iter().flat_map(|function| &function.inputs).map(String::as_str).chain(outputs).collect();
    let fed = |name: &str| {
        part.inputs.iter().any(|input| input.variable == name) || part.generated.iter().any(|one| one.variable == name)
    };
    match network.inputs().find(|variable| read.contains(variable.name.as_str()) && !fed(&variable.name)) {
        None => Ok(()),
        Some(unfed) => Err(Error::model(format!(
            "input `{}` of network `{}` comes from no variable of the dataset and from no generator",
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
