//! The network while it grows: its variables with their shapes, and its functions.
//!
//! Shapes are inferred for two batches at a time. What is equal for both does not depend on the batch; what is the batch
//! itself becomes the −1 of NNP. Where the batch is bound both are the same.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use nnp::op::{Constant, Reshape};
use nnp::text::Message;
use nnp::{
    Backend, DataVariable, Executor, Function, Model, Network, Op, OutputVariable, Parameter, ParameterVariable,
    Parameters, ShapeError, Variable, VariableKind,
};

use crate::array::{Array, Pair};
use crate::error::ImportError;

/// What the network of a file is called.
const NAME: &str = "network";
/// No network is stored for so many rows, so that no slice is taken for the whole batch.
const NO_ROWS: i64 = i64::MIN;

/// An extent for two batches.
pub(crate) type Extent = Pair<usize>;

/// A variable of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Var(usize);

/// What the numbers of a variable stand for. All are float32 in NNP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Float,
    /// Whole numbers.
    Whole,
    /// 1 and 0.
    Truth,
    /// A float whose fraction ONNX cuts off.
    Cut,
    /// A number that ONNX takes for true unless it is 0.
    NonZero,
}

struct Info {
    name: String,
    shape: Vec<Extent>,
    /// Whether it depends on an input that has a row for each sample.
    per_sample: bool,
    kind: Kind,
    origin: Origin,
    /// Whether the file has named it.
    named: bool,
}

enum Origin {
    Input,
    Parameter(Arc<[f32]>),
    Function,
}

/// Names that are taken, and those that are made beside them.
#[derive(Default)]
struct Names {
    taken: HashSet<String>,
    /// The number that comes next behind a stem.
    next: HashMap<String, usize>,
}

impl Names {
    /// A name that is not taken: the stem itself, or with a number behind it.
    fn fresh(&mut self, stem: &str) -> String {
        let next = self.next.entry(stem.to_owned()).or_default();
        loop {
            let name = if *next == 0 { stem.to_owned() } else { format!("{stem}_{next}") };
            *next += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

struct Step {
    name: String,
    op: Op,
    inputs: Vec<Var>,
    outputs: Vec<Var>,
}

/// A network under construction.
pub(crate) struct Draft {
    batch: Extent,
    variables: Vec<Info>,
    steps: Vec<Step>,
    names: Names,
    functions: Names,
    /// Names of the file that parameters have.
    parameters: HashSet<String>,
    /// Parameters by where their values are and their shape: what is read twice is stored once.
    stored: HashMap<(*const f32, Vec<usize>), Var>,
}

impl Draft {
    /// An empty network for two batches; `taken` are names that the file uses.
    pub(crate) fn new(batch: Extent, taken: HashSet<String>) -> Self {
        Self {
            batch,
            variables: Vec::new(),
            steps: Vec::new(),
            names: Names { taken, next: HashMap::new() },
            functions: Names::default(),
            parameters: HashSet::new(),
            stored: HashMap::new(),
        }
    }

    /// Whether an extent depends on the batch.
    pub(crate) fn follows(extent: &Extent) -> bool {
        extent[0] != extent[1]
    }

    /// Whether a value that depends on `per_sample` inputs has the batch as its first axis.
    fn starts_with_batch(&self, shape: &[Extent], per_sample: bool) -> bool {
        per_sample && shape.first() == Some(&self.batch)
    }

    pub(crate) fn shape(&self, var: Var) -> &[Extent] {
        self.variables.get(var.0).map_or(&[], |info| &info.shape)
    }

    pub(crate) fn kind(&self, var: Var) -> Kind {
        self.variables.get(var.0).map_or(Kind::Float, |info| info.kind)
    }

    pub(crate) fn is_per_sample(&self, var: Var) -> bool {
        self.variables.get(var.0).is_some_and(|info| info.per_sample)
    }

    /// Whether a function gives it.
    pub(crate) fn is_made(&self, var: Var) -> bool {
        self.variables.get(var.0).is_some_and(|info| matches!(info.origin, Origin::Function))
    }

    pub(crate) fn set_kind(&mut self, var: Var, kind: Kind) {
        if let Some(info) = self.variables.get_mut(var.0) {
            info.kind = kind;
        }
    }

    fn push(&mut self, info: Info) -> Var {
        self.variables.push(info);
        Var(self.variables.len() - 1)
    }

    pub(crate) fn input(&mut self, name: &str, shape: Vec<Extent>, per_sample: bool, kind: Kind) -> Var {
        self.push(Info { name: name.to_owned(), shape, per_sample, kind, origin: Origin::Input, named: true })
    }

    /// A constant as a parameter; `None` for one that depends on the batch.
    pub(crate) fn parameter(&mut self, array: &Array) -> Option<Var> {
        let (values, of_batch) = array.as_floats();
        if of_batch {
            return None;
        }
        let key = (values.as_ptr(), array.shape.clone());
        if let Some(&stored) = self.stored.get(&key).filter(|_| array.as_whole().is_none()) {
            return Some(stored);
        }
        let wanted = array.name.as_deref().unwrap_or("constant");
        // A constant of the file keeps its name; what was made from it has a number behind it.
        let own = array.name.is_some() && self.parameters.insert(wanted.to_owned());
        let name = if own { wanted.to_owned() } else { self.names.fresh(wanted) };
        let whole = array.as_whole().is_some();
        let var = self.push(Info {
            name,
            shape: array.shape.iter().map(|&extent| [extent; 2]).collect(),
            per_sample: false,
            kind: if whole { Kind::Whole } else { Kind::Float },
            origin: Origin::Parameter(values),
            named: true,
        });
        if !whole {
            self.stored.insert(key, var);
        }
        Some(var)
    }

    /// Adds a function of a node that is called `node` and returns its outputs.
    pub(crate) fn apply(&mut self, node: &str, op: Op, inputs: &[Var]) -> Result<Vec<Var>, ShapeError> {
        let infer = |at: usize| {
            let shapes: Vec<Vec<usize>> =
                inputs.iter().map(|&input| self.shape(input).iter().map(|extent| extent[at]).collect()).collect();
            let shapes: Vec<&[usize]> = shapes.iter().map(Vec::as_slice).collect();
            op.at_batch(NO_ROWS, self.batch[at]).infer(&shapes)
        };
        let (first, second) = (infer(0)?, infer(1)?);
        let of_batch = matches!(&op, Op::Constant(Constant { shape, .. }) if shape.first() == Some(&-1));
        let per_sample = of_batch || inputs.iter().any(|&input| self.is_per_sample(input));
        // Operators of ONNX give the type that they are given; where one does not, its kind is set afterwards.
        let kinds = || inputs.iter().map(|&input| self.kind(input));
        let is_whole =
            kinds().any(|kind| kind == Kind::Whole) && kinds().all(|kind| matches!(kind, Kind::Whole | Kind::Truth));
        let kind = if is_whole { Kind::Whole } else { Kind::Float };
        let name = self.functions.fresh(node);
        let outputs: Vec<Var> = first
            .into_iter()
            .zip(second)
            .map(|(first, second)| {
                let shape = first.into_iter().zip(second).map(|(a, b)| [a, b]).collect();
                let name = self.names.fresh(&format!("{name}_out"));
                self.push(Info { name, shape, per_sample, kind, origin: Origin::Function, named: false })
            })
            .collect();
        self.steps.push(Step { name, op, inputs: inputs.to_vec(), outputs: outputs.clone() });
        Ok(outputs)
    }

    /// Gives what a function has made the name that the file has for it, unless it has one; says whether it has this name now.
    pub(crate) fn name(&mut self, var: Var, name: &str) -> bool {
        match self.variables.get_mut(var.0) {
            Some(info) if !info.named && matches!(info.origin, Origin::Function) => {
                name.clone_into(&mut info.name);
                info.named = true;
                true
            }
            Some(info) => info.name == name,
            None => false,
        }
    }

    /// The shape argument of a Reshape of `from` to `to`: with −1 for the one extent that depends on the batch, and a 1 in
    /// front where it is the first one but not the batch itself. `None` where several depend on it.
    pub(crate) fn reshape_to(&self, from: Var, to: &[Extent]) -> Option<(Reshape, bool)> {
        let literal = |extent: &Extent| i64::try_from(extent[0]).unwrap_or(i64::MAX);
        let mut shape: Vec<i64> = to.iter().map(literal).collect();
        let follow: Vec<usize> = (0..to.len()).filter(|&at| to.get(at).is_some_and(Self::follows)).collect();
        match follow.as_slice() {
            [] => {
                if self.starts_with_batch(to, self.is_per_sample(from)) {
                    *shape.first_mut()? = -1;
                }
                Some((Reshape::new(shape), false))
            }
            [0] if to.first() == Some(&self.batch) => {
                *shape.first_mut()? = -1;
                Some((Reshape::new(shape), false))
            }
            [0] => {
                *shape.first_mut()? = -1;
                shape.insert(0, 1);
                Some((Reshape::new(shape), true))
            }
            &[at] => {
                *shape.get_mut(at)? = -1;
                Some((Reshape::new(shape), false))
            }
            _ => None,
        }
    }

    /// A shape argument that is no Reshape's: with −1 where the first extent is the batch; `None` where another depends on it.
    pub(crate) fn shape_argument(&self, shape: &[Extent], per_sample: bool) -> Option<Vec<i64>> {
        let mut argument: Vec<i64> = shape.iter().map(|extent| i64::try_from(extent[0]).unwrap_or(i64::MAX)).collect();
        let of_batch = shape.first() == Some(&self.batch) && (per_sample || shape.first().is_some_and(Self::follows));
        if of_batch {
            *argument.first_mut()? = -1;
        }
        let others = shape.iter().skip(usize::from(of_batch)).any(Self::follows);
        (!others).then_some(argument)
    }

    /// The model with what `outputs` need, stored for `rows` rows.
    pub(crate) fn finish(self, outputs: &[Var], rows: usize) -> Result<Model, ImportError> {
        let needed = self.needed(outputs);
        let name_of = |var: &Var| self.variables.get(var.0).map(|info| info.name.clone()).unwrap_or_default();
        let steps: Vec<&Step> =
            self.steps.iter().filter(|step| step.outputs.iter().any(|output| needed.contains(output))).collect();
        let functions = steps.iter().map(|step| Function {
            name: step.name.clone(),
            op: step.op.clone(),
            inputs: step.inputs.iter().map(name_of).collect(),
            outputs: step.outputs.iter().map(name_of).collect(),
        });
        let functions: Vec<Function> = functions.collect();
        // A function has all of its outputs, read or not.
        let made: HashSet<Var> = steps.iter().flat_map(|step| step.outputs.iter().copied()).collect();
        let used = |at: usize, info: &Info| {
            matches!(info.origin, Origin::Input) || needed.contains(&Var(at)) || made.contains(&Var(at))
        };
        let mut network = Network {
            name: NAME.to_owned(),
            batch_size: i64::try_from(rows).unwrap_or(i64::MAX),
            variables: Vec::new(),
            functions,
        };
        let mut executor =
            Executor { name: "runtime".to_owned(), network_name: NAME.to_owned(), ..Executor::default() };
        let mut parameters = Parameters::new();
        // The order of nnabla: what is fed and made, then parameters.
        for wanted in [VariableKind::Buffer, VariableKind::Parameter] {
            for (at, info) in self.variables.iter().enumerate().filter(|(at, info)| used(*at, info)) {
                let kind = match info.origin {
                    Origin::Parameter(_) => VariableKind::Parameter,
                    Origin::Input | Origin::Function => VariableKind::Buffer,
                };
                if kind != wanted {
                    continue;
                }
                let mut shape: Vec<i64> =
                    info.shape.iter().map(|extent| i64::try_from(extent[0]).unwrap_or(i64::MAX)).collect();
                if let Some(first) = shape.first_mut()
                    && self.starts_with_batch(&info.shape, info.per_sample)
                {
                    *first = -1;
                }
                let name = name_of(&Var(at));
                network.variables.push(Variable { name: name.clone(), kind, shape, other: Message::new() });
                match &info.origin {
                    Origin::Input => {
                        executor.data_variables.push(DataVariable { variable_name: name.clone(), data_name: name })
                    }
                    Origin::Parameter(values) => {
                        executor
                            .parameter_variables
                            .push(ParameterVariable { variable_name: name.clone(), ..ParameterVariable::default() });
                        let shape = info.shape.iter().map(|extent| extent[0]).collect();
                        parameters.insert(Parameter { name, shape, data: values.clone(), need_grad: true });
                    }
                    Origin::Function => {}
                }
            }
        }
        executor.output_variables = outputs
            .iter()
            .map(|output| OutputVariable {
                variable_name: name_of(output),
                type_name: String::new(),
                data_name: name_of(output),
            })
            .collect();
        declare(&mut network, rows)?;
        let model = Model {
            backend: Some(Backend::cpu()),
            networks: vec![network],
            executors: vec![executor],
            parameters,
            other: Message::new(),
        };
        model.validate()?;
        Ok(model)
    }

    fn needed(&self, outputs: &[Var]) -> HashSet<Var> {
        let mut needed: HashSet<Var> = outputs.iter().copied().collect();
        for step in self.steps.iter().rev() {
            if step.outputs.iter().any(|output| needed.contains(output)) {
                needed.extend(&step.inputs);
            }
        }
        needed
    }
}

/// Declares the extents that depend on the batch, but are not the batch itself, for the rows that the network is stored for.
fn declare(network: &mut Network, rows: usize) -> Result<(), ImportError> {
    let shapes = network.infer_shapes(rows)?;
    for variable in &mut network.variables {
        let Some(found) = shapes.get(&variable.name).filter(|found| found.len() == variable.shape.len()) else {
            continue;
        };
        for (at, (declared, &found)) in variable.shape.iter_mut().zip(found).enumerate() {
            if at > 0 || *declared != -1 {
                *declared = i64::try_from(found).unwrap_or(i64::MAX);
            }
        }
    }
    Ok(())
}
