//! Computes what depends on parameters alone, such as an enlarged mean image, once.

use super::Graph;
use crate::{
    error::{EngineError, first_line},
    executor::kernel::{self, Call},
};
use tch::Tensor;

pub(super) fn run(graph: &mut Graph) -> Result<(), EngineError> {
    for node in std::mem::take(&mut graph.nodes) {
        let inputs: Option<Vec<&Tensor>> = node.inputs.iter().map(|&id| graph.constant(id)).collect();
        let Some(inputs) = inputs.filter(|_| !node.batched && !kernel::draws(&node.op, false)) else {
            graph.nodes.push(node);
            continue;
        };
        let call = Call { inputs: &inputs, device: graph.device, in_place: false, drops: false };
        let outputs = kernel::run(&node.op, &call).map_err(|error| EngineError::Function {
            function: node.name.clone(),
            type_name: node.op.type_name().to_owned(),
            reason: first_line(&error),
        })?;
        for (&id, output) in node.outputs.iter().zip(outputs) {
            if let Some(constant) = graph.constants.get_mut(id) {
                *constant = Some(output);
            }
        }
    }
    Ok(())
}
