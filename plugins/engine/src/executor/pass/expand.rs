//! Takes FusedBatchNormalization apart into BatchNormalization, Add2 and ReLU, which other passes know.

use super::Graph;
use crate::{error::EngineError, executor::graph::Node};
use nnp::{
    Op,
    op::{BatchNormalization, Binary, BinaryKind, Unary},
};

pub(super) fn run(graph: &mut Graph) -> Result<(), EngineError> {
    for node in std::mem::take(&mut graph.nodes) {
        let Op::FusedBatchNormalization(fused) = &node.op else {
            graph.nodes.push(node);
            continue;
        };
        let normalization = BatchNormalization {
            axes: fused.axes.clone(),
            decay_rate: fused.decay_rate,
            eps: fused.eps,
            batch_stat: fused.batch_stat,
            no_scale: false,
            no_bias: false,
        };
        let statistics = node.inputs.iter().copied().take(5).collect();
        let mut value = graph.append(&node, normalization.into(), statistics);
        if let Some(&z) = node.inputs.get(5) {
            value = graph.append(&node, Binary::new(BinaryKind::Add2).into(), vec![value, z]);
        }
        let relu = Op::Unary(Unary::Relu { inplace: false });
        graph.nodes.push(Node { op: relu, inputs: vec![value], ..node });
    }
    Ok(())
}

impl Graph {
    /// Adds a part of `node` with a new value as its output.
    fn append(&mut self, node: &Node, op: Op, inputs: Vec<usize>) -> usize {
        let output = self.value(None);
        if let Some(shape) = node.outputs.first().and_then(|&id| self.shapes.get(id)).cloned() {
            self.shapes[output] = shape;
        }
        self.nodes.push(Node { op, inputs, outputs: vec![output], ..node.clone() });
        output
    }
}
