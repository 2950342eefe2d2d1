//! Lets functions overwrite an input that is not read by others.

use super::Graph;
use crate::error::EngineError;
use nnp::{
    Op,
    op::{BinaryKind, Unary},
};

pub(super) fn run(graph: &mut Graph) -> Result<(), EngineError> {
    let uses = graph.uses();
    // Values that own their memory: written by a function that never returns a view of an input.
    let mut fresh = vec![false; uses.len()];
    for node in &mut graph.nodes {
        let overwrites = match &node.op {
            Op::Unary(Unary::Relu { .. } | Unary::Relu6) => true,
            Op::Binary(binary) => binary.kind == BinaryKind::Add2,
            _ => false,
        };
        let owned = node.inputs.first().is_some_and(|&x| uses.get(x) == Some(&1) && fresh.get(x) == Some(&true));
        node.in_place = overwrites && owned;
        let gives_own_memory = match &node.op {
            Op::Unary(unary) => !matches!(unary, Unary::Identity | Unary::Unlink),
            Op::Convolution(_) | Op::BatchNormalization(_) | Op::Affine(_) | Op::Binary(_) | Op::Pooling(_) => true,
            _ => false,
        };
        for &id in node.outputs.iter().filter(|_| gives_own_memory) {
            if let Some(fresh) = fresh.get_mut(id) {
                *fresh = true;
            }
        }
    }
    Ok(())
}
