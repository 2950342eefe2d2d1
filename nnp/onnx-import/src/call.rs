//! One node of the file while it becomes functions: its inputs, its attributes, and the functions that it adds.

use std::cell::RefCell;
use std::collections::HashSet;

use nnp::op::{Binary, BinaryKind, Broadcast, Scalar, ScalarKind, Split, Unary};
use nnp::{Op, ShapeError};

use crate::array::{Array, MOST_AXES, Pair, Room};
use crate::error::{ImportError, Lack};
use crate::file::{Attribute, Node};
use crate::network::{Draft, Extent, Kind, Var};
use crate::tensor::{self, Folder};

/// A value of the file: known, or made by the network.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Fixed(Array),
    Made(Var),
}

/// What all nodes of a file share.
pub(crate) struct Context<'f> {
    pub(crate) draft: Draft,
    pub(crate) room: Room,
    pub(crate) folder: Folder<'f>,
    /// Version of the operators.
    pub(crate) opset: i64,
}

/// A node with its inputs.
pub(crate) struct Call<'c, 'a, 'f> {
    pub(crate) node: &'c Node<'a>,
    pub(crate) context: &'c mut Context<'f>,
    inputs: Vec<Option<Value>>,
    /// Attributes that were looked at. One that nobody looks at may change what the node does.
    read: RefCell<HashSet<&'c str>>,
}

impl<'c, 'a, 'f> Call<'c, 'a, 'f> {
    pub(crate) fn new(node: &'c Node<'a>, context: &'c mut Context<'f>, inputs: Vec<Option<Value>>) -> Self {
        Self { node, context, inputs, read: RefCell::default() }
    }

    pub(crate) fn opset(&self) -> i64 {
        self.context.opset
    }

    pub(crate) fn lack(&self, lack: Lack) -> ImportError {
        ImportError::NoCounterpart { node: self.node.shown(), op_type: self.node.op_type.to_owned(), lack }
    }

    fn misfit(&self, reason: ShapeError) -> ImportError {
        ImportError::Shape { node: self.node.shown(), op_type: self.node.op_type.to_owned(), reason: Box::new(reason) }
    }

    // Inputs.

    pub(crate) fn optional(&self, index: usize) -> Option<&Value> {
        self.inputs.get(index).and_then(Option::as_ref)
    }

    pub(crate) fn value(&self, index: usize) -> Result<Value, ImportError> {
        self.optional(index).cloned().ok_or_else(|| self.lack(Lack::Input(index)))
    }

    /// All inputs, none of which may be left out.
    pub(crate) fn values(&self) -> Result<Vec<Value>, ImportError> {
        (0..self.inputs.len()).map(|index| self.value(index)).collect()
    }

    pub(crate) fn shape_of(&self, value: &Value) -> Vec<Extent> {
        match value {
            Value::Fixed(array) => array.shape.iter().map(|&extent| [extent; 2]).collect(),
            Value::Made(var) => self.context.draft.shape(*var).to_vec(),
        }
    }

    pub(crate) fn shape(&self, index: usize) -> Result<Vec<Extent>, ImportError> {
        Ok(self.shape_of(&self.value(index)?))
    }

    /// The extents of an input that has the same ones for every batch.
    pub(crate) fn fixed_shape(&self, index: usize) -> Result<Vec<usize>, ImportError> {
        let shape = self.shape(index)?;
        if shape.iter().any(Draft::follows) {
            return Err(self.lack(Lack::Batch));
        }
        Ok(shape.iter().map(|extent| extent[0]).collect())
    }

    /// A value as a variable of the network, a constant as a parameter.
    pub(crate) fn var_of(&mut self, value: &Value) -> Result<Var, ImportError> {
        match value {
            Value::Made(var) => Ok(*var),
            Value::Fixed(array) => {
                if array.as_whole().is_some() {
                    self.context.room.made(array.len(), false)?;
                }
                self.context.draft.parameter(array).ok_or_else(|| self.lack(Lack::Batch))
            }
        }
    }

    pub(crate) fn var(&mut self, index: usize) -> Result<Var, ImportError> {
        let value = self.value(index)?;
        self.var_of(&value)
    }

    /// A value as numbers: one that stands for something else, such as a float whose fraction is cut, is computed.
    pub(crate) fn number_of(&mut self, value: &Value) -> Result<Var, ImportError> {
        let var = self.var_of(value)?;
        match self.context.draft.kind(var) {
            Kind::Float | Kind::Whole | Kind::Truth => Ok(var),
            Kind::NonZero => self.scalar(ScalarKind::NotEqualScalar, var, 0.0),
            Kind::Cut => {
                let size = self.unary(Unary::Abs, var)?;
                let whole = self.unary(Unary::Floor, size)?;
                let sign = self.unary(Unary::Sign { alpha: 0.0 }, var)?;
                let cut = self.binary(BinaryKind::Mul2, whole, sign)?;
                self.context.draft.set_kind(cut, Kind::Whole);
                Ok(cut)
            }
        }
    }

    pub(crate) fn number(&mut self, index: usize) -> Result<Var, ImportError> {
        let value = self.value(index)?;
        self.number_of(&value)
    }

    pub(crate) fn constant(&self, index: usize) -> Result<Array, ImportError> {
        match self.value(index)? {
            Value::Fixed(array) => Ok(array),
            Value::Made(_) => Err(self.lack(Lack::Constant(index))),
        }
    }

    /// The whole numbers of an input, which may depend on the batch.
    pub(crate) fn whole(&self, index: usize) -> Result<Vec<Pair<i64>>, ImportError> {
        let array = self.constant(index)?;
        array.as_whole().map(<[_]>::to_vec).ok_or_else(|| self.lack(Lack::Arguments))
    }

    /// The whole numbers of an input, the same for every batch.
    pub(crate) fn ints_at(&self, index: usize) -> Result<Vec<i64>, ImportError> {
        let pairs = self.whole(index)?;
        let ints = pairs.iter().map(|pair| (pair[0] == pair[1]).then_some(pair[0]));
        ints.collect::<Option<_>>().ok_or_else(|| self.lack(Lack::Batch))
    }

    // Attributes.

    fn attribute(&self, name: &'static str) -> Option<&'c Attribute<'a>> {
        let (found, value) = self.node.attributes.iter().find(|(found, _)| *found == name)?;
        self.read.borrow_mut().insert(found);
        Some(value)
    }

    fn wrong(&self, name: &str) -> ImportError {
        self.lack(Lack::Attribute(name.to_owned()))
    }

    pub(crate) fn int(&self, name: &'static str) -> Result<Option<i64>, ImportError> {
        match self.attribute(name) {
            None => Ok(None),
            Some(Attribute::Int(value)) => Ok(Some(*value)),
            Some(_) => Err(self.wrong(name)),
        }
    }

    pub(crate) fn flag(&self, name: &'static str, default: bool) -> Result<bool, ImportError> {
        Ok(self.int(name)?.map_or(default, |value| value != 0))
    }

    pub(crate) fn float(&self, name: &'static str, default: f32) -> Result<f32, ImportError> {
        match self.attribute(name) {
            None => Ok(default),
            Some(Attribute::Float(value)) => Ok(*value),
            Some(_) => Err(self.wrong(name)),
        }
    }

    pub(crate) fn ints(&self, name: &'static str) -> Result<Option<Vec<i64>>, ImportError> {
        match self.attribute(name) {
            None => Ok(None),
            Some(Attribute::Ints(values)) => Ok(Some(values.clone())),
            Some(_) => Err(self.wrong(name)),
        }
    }

    pub(crate) fn text(&self, name: &'static str, default: &'a str) -> Result<&'a str, ImportError> {
        match self.attribute(name) {
            None => Ok(default),
            Some(Attribute::Text(bytes)) => std::str::from_utf8(bytes).map_err(|_| self.wrong(name)),
            Some(_) => Err(self.wrong(name)),
        }
    }

    /// A constant that an attribute holds, of whatever kind.
    pub(crate) fn array(&mut self, name: &'static str) -> Result<Option<Array>, ImportError> {
        Ok(match self.attribute(name) {
            None => None,
            Some(Attribute::Tensor(tensor)) => {
                let shown = self.node.outputs.first().copied().unwrap_or_default();
                Some(tensor::read(tensor, shown, &mut self.context.folder, &mut self.context.room)?)
            }
            Some(Attribute::Float(value)) => Some(Array::floats(Vec::new(), vec![*value])),
            Some(Attribute::Int(value)) => Some(Array::whole(Vec::new(), vec![[*value; 2]])),
            Some(Attribute::Floats(values)) => Some(Array::floats(vec![values.len()], values.clone())),
            Some(Attribute::Ints(values)) => {
                Some(Array::whole(vec![values.len()], values.iter().map(|&value| [value; 2]).collect()))
            }
            Some(Attribute::Text(_) | Attribute::Other) => return Err(self.wrong(name)),
        })
    }

    /// Refuses attributes that nothing was said about.
    pub(crate) fn finish(&self) -> Result<(), ImportError> {
        let read = self.read.borrow();
        match self.node.attributes.iter().find(|(name, _)| !read.contains(name)) {
            Some((name, _)) => Err(self.wrong(name)),
            None => Ok(()),
        }
    }

    /// An axis that counts from the end where it is negative.
    pub(crate) fn axis(&self, axis: i64, rank: usize) -> Result<usize, ImportError> {
        let signed = i64::try_from(rank).unwrap_or(i64::MAX);
        let from_start = if axis < 0 { axis.saturating_add(signed) } else { axis };
        usize::try_from(from_start).ok().filter(|&axis| axis < rank).ok_or_else(|| self.lack(Lack::Arguments))
    }

    // Functions.

    pub(crate) fn apply_all(&mut self, op: impl Into<Op>, inputs: &[Var]) -> Result<Vec<Var>, ImportError> {
        let stem = if self.node.name.is_empty() { self.node.op_type } else { self.node.name };
        let made = self.context.draft.apply(stem, op.into(), inputs).map_err(|reason| self.misfit(reason))?;
        if made.iter().any(|&var| self.context.draft.shape(var).len() > MOST_AXES) {
            return Err(self.lack(Lack::Arguments));
        }
        Ok(made)
    }

    pub(crate) fn apply(&mut self, op: impl Into<Op>, inputs: &[Var]) -> Result<Var, ImportError> {
        let made = self.apply_all(op, inputs)?;
        made.first().copied().ok_or_else(|| self.lack(Lack::Arguments))
    }

    pub(crate) fn unary(&mut self, op: Unary, x: Var) -> Result<Var, ImportError> {
        self.apply(op, &[x])
    }

    pub(crate) fn scalar(&mut self, kind: ScalarKind, x: Var, value: f64) -> Result<Var, ImportError> {
        let made = self.apply(Scalar::new(kind, value), &[x])?;
        if matches!(
            kind,
            ScalarKind::EqualScalar
                | ScalarKind::NotEqualScalar
                | ScalarKind::GreaterScalar
                | ScalarKind::GreaterEqualScalar
                | ScalarKind::LessScalar
                | ScalarKind::LessEqualScalar
        ) {
            self.context.draft.set_kind(made, Kind::Truth);
        }
        Ok(made)
    }

    pub(crate) fn binary(&mut self, kind: BinaryKind, a: Var, b: Var) -> Result<Var, ImportError> {
        self.apply(Binary::new(kind), &[a, b])
    }

    /// The same elements in another shape of as many.
    pub(crate) fn reshape(&mut self, x: Var, to: &[Extent]) -> Result<Var, ImportError> {
        if self.context.draft.shape(x) == to {
            return Ok(x);
        }
        let kind = self.context.draft.kind(x);
        let (op, within) = self.context.draft.reshape_to(x, to).ok_or_else(|| self.lack(Lack::Batch))?;
        let mut made = self.apply(op, &[x])?;
        if within {
            made = self.apply(Split { axis: 0 }, &[made])?;
        }
        self.context.draft.set_kind(made, kind);
        Ok(made)
    }

    /// Repeats axes of extent 1 to `to`, which has at least as many axes.
    pub(crate) fn broadcast(&mut self, x: Var, to: &[Extent]) -> Result<Var, ImportError> {
        if self.context.draft.shape(x) == to {
            return Ok(x);
        }
        let draft = &self.context.draft;
        let kind = draft.kind(x);
        let shape = draft.shape_argument(to, draft.is_per_sample(x)).ok_or_else(|| self.lack(Lack::Batch))?;
        let made = self.apply(Broadcast { shape }, &[x])?;
        self.context.draft.set_kind(made, kind);
        Ok(made)
    }

    /// The shape that arrays of these shapes broadcast to.
    pub(crate) fn common_shape(&self, shapes: &[Vec<Extent>]) -> Result<Vec<Extent>, ImportError> {
        let rank = shapes.iter().map(Vec::len).max().unwrap_or(0);
        let mut common = vec![[1, 1]; rank];
        for shape in shapes {
            for (common, extent) in common.iter_mut().rev().zip(shape.iter().rev()) {
                if *common == [1, 1] {
                    *common = *extent;
                } else if *extent != [1, 1] && extent != common {
                    return Err(self.lack(Lack::Arguments));
                }
            }
        }
        Ok(common)
    }
}
