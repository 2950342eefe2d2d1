//! The loops of the GUI, unrolled while the text is read: what is between RepeatStart and RepeatEnd, or between
//! RecurrentInput and RecurrentOutput, stands there once for each turn afterwards, and no loop is left (contract 7.7).
//!
//! A variable says in `repeat_id` which loops it is in and becomes one variable for each of their turns; a function reads
//! and writes the variables of its own turn. What connects the turns becomes a plain function: RepeatStart, RepeatEnd and
//! Delay an Identity of the turn before, RecurrentInput a Split, RecurrentOutput a Stack. Names are those that nnabla gives,
//! since the parameters of a file are stored under them.
//!
//! A few bytes can ask for any number of turns, so what becomes of them is counted while it is made.

use crate::{
    error::{LoopProblem, TextError, TextErrorKind},
    graph::{Function, Network, Variable},
    op::{Op, Split, Stack, Unary},
    text::{Field, Fields, Value},
};
use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
};

/// Functions that a network may have once its loops are unrolled; a network of NNC has some ten thousand at most.
const FUNCTION_LIMIT: usize = 200_000;

/// Bytes of text that an unrolled network may stand for: as much as a file may have that was unrolled before.
const TEXT_LIMIT: usize = 64 << 20;

/// Loops that one thing may be in; people draw two or three inside of each other.
const DEPTH_LIMIT: usize = 32;

/// What the typed value of a variable or function takes beside its text.
const OVERHEAD: usize = 64;

/// The fields of variables and functions that say which loops they are in, and what a loop's own functions do.
pub(super) const FIELDS: [&str; 3] = ["repeat_id", "repeat_param", "recurrent_param"];

/// A network as it is drawn, with the fields that each of its variables and functions was read from.
pub(super) struct Drawn<'a> {
    pub(super) network: Network,
    pub(super) infos: Vec<&'a Field>,
    pub(super) variables: Vec<&'a Field>,
    pub(super) functions: Vec<&'a Field>,
}

/// Which turn of each loop.
type Turn<'a> = HashMap<&'a str, u64>;

/// A function that belongs to a loop itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    RepeatStart,
    RepeatEnd,
    RecurrentInput,
    RecurrentOutput,
    Delay,
}

impl Kind {
    fn of(type_name: &str) -> Option<Self> {
        Some(match type_name {
            "RepeatStart" => Self::RepeatStart,
            "RepeatEnd" => Self::RepeatEnd,
            "RecurrentInput" => Self::RecurrentInput,
            "RecurrentOutput" => Self::RecurrentOutput,
            "Delay" => Self::Delay,
            _ => return None,
        })
    }

    /// Whether there is one of it for each turn of its own loop.
    fn is_inside(self) -> bool {
        matches!(self, Self::RepeatStart | Self::Delay)
    }
}

/// What is needed to unroll one network.
struct Unroller<'a> {
    name: &'a str,
    /// How often each loop runs.
    times: HashMap<&'a str, u64>,
    /// The loops that each variable is in, outermost first.
    places: HashMap<&'a str, Vec<&'a str>>,
    bytes: usize,
    functions: usize,
}

/// Unrolls all loops of a network.
///
/// # Errors
/// A loop that does not hold together or becomes too large, with its name.
pub(super) fn unroll(drawn: &Drawn<'_>) -> Result<Network, TextError> {
    let network = &drawn.network;
    let mut unroller =
        Unroller { name: &network.name, times: HashMap::new(), places: HashMap::new(), bytes: 0, functions: 0 };
    for info in &drawn.infos {
        let (id, times) = unroller.info(info)?;
        unroller.times.insert(id, times);
    }
    let mut out = Network { name: network.name.clone(), batch_size: network.batch_size, ..Network::default() };
    for (variable, field) in network.variables.iter().zip(&drawn.variables) {
        let loops = unroller.loops(field)?;
        let weight = weight(field);
        let mut turns = Turns::new(&loops, &unroller.times);
        while let Some(turn) = turns.next() {
            let name = instance(&variable.name, &loops, &turn);
            unroller.count(field, loops.last().copied(), weight + name.len() + work(&variable.name, &loops))?;
            let mut other = variable.other.clone();
            other.fields.retain(|field| field.name != "repeat_id");
            out.variables.push(Variable { name, kind: variable.kind, shape: variable.shape.clone(), other });
        }
        unroller.places.insert(&variable.name, loops);
    }
    for (function, field) in network.functions.iter().zip(&drawn.functions) {
        unroller.function(function, field, &mut out.functions)?;
    }
    Ok(out)
}

impl<'a> Unroller<'a> {
    /// The name of a loop and how often it runs.
    fn info(&self, info: &'a Field) -> Result<(&'a str, u64), TextError> {
        let (mut id, mut times) = ("", 0);
        if let Value::Message(message) = &info.value {
            let mut fields = Fields::new(message, "repeat_info");
            if let Some(Field { value: Value::Text(text), .. }) = message.get("id") {
                id = text;
            }
            fields.text("id")?;
            times = fields.int("times")?;
            fields.finish()?;
        }
        match u64::try_from(times) {
            Ok(times) if times > 0 => Ok((id, times)),
            _ => Err(self.wrong(info, id, LoopProblem::Times { found: times })),
        }
    }

    /// The loops that a variable or function is in, each once.
    fn loops(&self, field: &'a Field) -> Result<Vec<&'a str>, TextError> {
        let Value::Message(message) = &field.value else { return Ok(Vec::new()) };
        let mut seen = HashSet::new();
        let ids = message.fields.iter().filter(|field| field.name == "repeat_id");
        let ids = ids.filter_map(|field| match &field.value {
            Value::Text(id) => Some(id.as_str()),
            _ => None,
        });
        let ids: Vec<&str> = ids.filter(|id| seen.insert(*id)).collect();
        if let Some(id) = ids.iter().find(|id| !self.times.contains_key(**id)) {
            return Err(self.wrong(field, id, LoopProblem::Unknown));
        }
        match ids.get(DEPTH_LIMIT) {
            Some(id) => Err(self.wrong(field, id, LoopProblem::Depth { limit: DEPTH_LIMIT })),
            None => Ok(ids),
        }
    }

    /// Adds a function for each turn of the loops that it is in.
    fn function(&mut self, function: &Function, field: &'a Field, out: &mut Vec<Function>) -> Result<(), TextError> {
        let mut loops = self.loops(field)?;
        let own = match Kind::of(function.op.type_name()) {
            Some(kind) => Some((kind, self.own(kind, function, field)?)),
            None => None,
        };
        if let Some((kind, Own { id, .. })) = own {
            if !kind.is_inside() {
                loops.retain(|other| *other != id);
            } else if !loops.contains(&id) {
                loops.push(id);
            }
        }
        let weight = weight(field);
        let inner = own.map(|(_, own)| own.id).or(loops.last().copied());
        let mut turns = Turns::new(&loops, &self.times);
        while let Some(turn) = turns.next() {
            let name = format!("{}{}", function.name, suffix(&loops, &turn));
            let op = match own {
                Some((Kind::RecurrentInput, own)) => Split { axis: own.axis }.into(),
                Some((Kind::RecurrentOutput, own)) => Stack { axis: own.axis }.into(),
                Some(_) => Op::Unary(Unary::Identity),
                None => without_loops(&function.op),
            };
            self.count(field, inner, weight + name.len() + work(&function.name, &loops))?;
            let inputs = self.inputs(function, field, own, &turn)?;
            let mut outputs = Vec::new();
            match own {
                Some((Kind::RecurrentInput, own)) => {
                    for index in 0..own.times {
                        let turn = with(&turn, own.id, index);
                        self.push(function, field, inner, function.outputs.first(), &turn, &mut outputs)?;
                    }
                }
                _ => {
                    for output in &function.outputs {
                        self.push(function, field, inner, Some(output), &turn, &mut outputs)?;
                    }
                }
            }
            self.functions += 1;
            if self.functions > FUNCTION_LIMIT {
                let problem = LoopProblem::Functions { limit: FUNCTION_LIMIT };
                return Err(self.wrong(field, inner.unwrap_or_default(), problem));
            }
            out.push(Function { name, op, inputs, outputs });
        }
        Ok(())
    }

    /// What a function reads in one turn.
    fn inputs(
        &mut self,
        function: &Function,
        field: &Field,
        own: Option<(Kind, Own<'a>)>,
        turn: &Turn<'a>,
    ) -> Result<Vec<String>, TextError> {
        let mut inputs = Vec::new();
        let Some((kind, own)) = own else {
            let inner = turn.keys().next().copied();
            for input in &function.inputs {
                self.push(function, field, inner, Some(input), turn, &mut inputs)?;
            }
            return Ok(inputs);
        };
        let first = function.inputs.first();
        let second = function.inputs.get(1);
        let outside = || turn.iter().filter(|(id, _)| **id != own.id).map(|(id, index)| (*id, *index)).collect();
        let before = turn.get(own.id).and_then(|index| index.checked_sub(1));
        let turns: Vec<(Option<&String>, Turn<'a>)> = match (kind, before) {
            (Kind::RepeatStart, None) | (Kind::RecurrentInput, _) => vec![(first, outside())],
            (Kind::RepeatStart, Some(before)) => vec![(second, with(turn, own.id, before))],
            (Kind::Delay, None) => vec![(second, outside())],
            (Kind::Delay, Some(before)) => vec![(first, with(turn, own.id, before))],
            (Kind::RepeatEnd, _) => vec![(first, with(turn, own.id, own.times - 1))],
            (Kind::RecurrentOutput, _) => {
                for index in 0..own.length {
                    let turn = with(turn, own.id, index);
                    self.push(function, field, Some(own.id), first, &turn, &mut inputs)?;
                }
                return Ok(inputs);
            }
        };
        for (input, turn) in &turns {
            self.push(function, field, Some(own.id), *input, turn, &mut inputs)?;
        }
        Ok(inputs)
    }

    /// Adds the name that a variable has in one turn.
    fn push(
        &mut self,
        function: &Function,
        field: &Field,
        inner: Option<&str>,
        variable: Option<&String>,
        turn: &Turn<'_>,
        names: &mut Vec<String>,
    ) -> Result<(), TextError> {
        let Some(variable) = variable else { return Ok(()) };
        let name = match self.places.get(variable.as_str()) {
            Some(loops) => {
                if let Some(outer) = loops.iter().find(|id| !turn.contains_key(**id)) {
                    let problem = LoopProblem::Inside { function: function.name.clone(), variable: variable.clone() };
                    return Err(self.wrong(field, outer, problem));
                }
                instance(variable, loops, turn)
            }
            // Found by the check of the network, which names the function.
            None => variable.clone(),
        };
        let work = self.places.get(variable.as_str()).map_or(0, |loops| work(variable, loops));
        self.count(field, inner, name.len() + work + OVERHEAD)?;
        names.push(name);
        Ok(())
    }

    /// What a function of a loop says about it.
    fn own(&self, kind: Kind, function: &Function, field: &'a Field) -> Result<Own<'a>, TextError> {
        let message = match &field.value {
            Value::Message(message) => Some(message),
            _ => None,
        };
        let param = message.and_then(|message| {
            let name =
                if matches!(kind, Kind::RepeatStart | Kind::RepeatEnd) { "repeat_param" } else { "recurrent_param" };
            match &message.get(name)?.value {
                Value::Message(param) => Some((name, param)),
                _ => None,
            }
        });
        let (mut id, mut axis, mut length) = ("", 0, 0);
        if let Some((name, param)) = param {
            let mut fields = Fields::new(param, name);
            if let Some(Field { value: Value::Text(text), .. }) = param.get("repeat_id") {
                id = text;
            }
            fields.text("repeat_id")?;
            if name == "repeat_param" {
                fields.int("times")?;
            } else {
                (length, axis) = (fields.int("length")?, fields.int("axis")?);
            }
            fields.finish()?;
        }
        let Some(&times) = self.times.get(id) else {
            return Err(self.wrong(field, id, LoopProblem::Unknown));
        };
        let expected = if kind.is_inside() { 2 } else { 1 };
        if function.inputs.len() != expected || function.outputs.len() != 1 {
            let problem = LoopProblem::Connections {
                function: function.name.clone(),
                inputs: function.inputs.len(),
                outputs: function.outputs.len(),
                expected,
            };
            return Err(self.wrong(field, id, problem));
        }
        match u64::try_from(length) {
            Ok(length) if length <= times => {
                Ok(Own { id, times, axis, length: if length == 0 { times } else { length } })
            }
            _ => Err(self.wrong(
                field,
                id,
                LoopProblem::Length { function: function.name.clone(), found: length, times },
            )),
        }
    }

    /// Counts what is added to the unrolled network.
    fn count(&mut self, field: &Field, inner: Option<&str>, bytes: usize) -> Result<(), TextError> {
        self.bytes = self.bytes.saturating_add(bytes);
        match inner {
            Some(id) if self.bytes > TEXT_LIMIT => Err(self.wrong(field, id, LoopProblem::Bytes { limit: TEXT_LIMIT })),
            // Without a loop nothing grows beyond the text that was read.
            _ => Ok(()),
        }
    }

    fn wrong(&self, field: &Field, id: &str, problem: LoopProblem) -> TextError {
        let kind = TextErrorKind::Loop { network: self.name.into(), id: id.into(), problem };
        TextError { line: field.position.line, column: field.position.column, kind }
    }
}

/// What a function of a loop says about it.
#[derive(Clone, Copy)]
struct Own<'a> {
    id: &'a str,
    times: u64,
    /// The axis that RecurrentInput takes apart and RecurrentOutput puts together.
    axis: i64,
    /// Turns that RecurrentOutput puts together.
    length: u64,
}

/// All turns of some loops, the innermost counting fastest.
struct Turns<'a> {
    loops: Vec<(&'a str, u64)>,
    next: Option<Vec<u64>>,
}

impl<'a> Turns<'a> {
    fn new(loops: &[&'a str], times: &HashMap<&str, u64>) -> Self {
        let loops: Vec<_> = loops.iter().map(|id| (*id, times.get(id).copied().unwrap_or(1))).collect();
        Self { next: Some(vec![0; loops.len()]), loops }
    }

    fn next(&mut self) -> Option<Turn<'a>> {
        let now = self.next.take()?;
        let mut next = now.clone();
        for (index, (_, times)) in next.iter_mut().zip(&self.loops).rev() {
            *index += 1;
            if *index < *times {
                self.next = Some(next);
                break;
            }
            *index = 0;
        }
        Some(self.loops.iter().map(|(id, _)| *id).zip(now).collect())
    }
}

fn with<'a>(turn: &Turn<'a>, id: &'a str, index: u64) -> Turn<'a> {
    let mut turn = turn.clone();
    turn.insert(id, index);
    turn
}

/// The name that something in `loops` has in one turn: the turn stands where the name says `{loop}`, and behind the name
/// for loops that it does not say.
/// Bytes that [`instance`] looks at beside those of the name it makes: ids of loops may be long and leave no trace in it.
fn work(name: &str, loops: &[&str]) -> usize {
    loops.iter().map(|id| id.len().saturating_add(name.len())).fold(0, usize::saturating_add)
}

fn instance(name: &str, loops: &[&str], turn: &Turn<'_>) -> String {
    let mut name = name.to_owned();
    for id in loops {
        let index = turn.get(id).copied().unwrap_or(0);
        let place = format!("{{{id}}}");
        if name.contains(&place) {
            name = name.replace(&place, &format!("[{index}]"));
        } else {
            name += &suffix(&[id], turn);
        }
    }
    name
}

fn suffix(loops: &[&str], turn: &Turn<'_>) -> String {
    loops.iter().fold(String::new(), |mut suffix, id| {
        // Writing to a String does not fail.
        let _ = write!(suffix, "_{id}[{}]", turn.get(id).copied().unwrap_or(0));
        suffix
    })
}

/// A function of a type that is not known here, without the fields that put it in its loops.
fn without_loops(op: &Op) -> Op {
    let mut op = op.clone();
    if let Op::Other { arguments, .. } = &mut op {
        arguments.fields.retain(|field| !FIELDS.contains(&field.name.as_str()));
    }
    op
}

/// What one copy of a variable or function takes, by the length of its text.
fn weight(field: &Field) -> usize {
    let text = match &field.value {
        Value::Message(message) => message.to_string().len(),
        _ => 0,
    };
    text.saturating_add(OVERHEAD)
}

#[cfg(test)]
mod tests;
