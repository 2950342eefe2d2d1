//! What one sample costs in a network: numbers of elements and of operations.

use crate::{
    error::GraphError,
    graph::{Model, Network, VariableKind},
    op::{Operations, Work, count},
};

/// Totals of one network for one sample. Counts that do not fit stay at the largest number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Elements that all functions put out.
    pub outputs: u64,
    /// Elements of all parameters.
    pub parameters: u64,
    /// Arithmetic of all functions.
    pub operations: Operations,
}

impl Network {
    /// What one sample costs.
    ///
    /// # Errors
    /// [`GraphError`] where shapes cannot be inferred; see [`Network::infer_shapes`].
    pub fn cost(&self) -> Result<Cost, GraphError> {
        let shapes = self.infer_shapes(1)?;
        let of = |names: &[String]| -> Vec<&[usize]> {
            names.iter().filter_map(|name| shapes.get(name)).map(Vec::as_slice).collect()
        };
        let mut cost = Cost::default();
        for variable in self.variables.iter().filter(|variable| variable.kind == VariableKind::Parameter) {
            let elements = shapes.get(&variable.name).map_or(0, |shape| count(shape));
            cost.parameters = cost.parameters.saturating_add(elements);
        }
        for function in &self.functions {
            let (inputs, outputs) = (of(&function.inputs), of(&function.outputs));
            let elements = outputs.iter().map(|shape| count(shape)).fold(0, u64::saturating_add);
            cost.outputs = cost.outputs.saturating_add(elements);
            cost.operations += function.op.cost(&Work { inputs: &inputs, outputs: &outputs });
        }
        Ok(cost)
    }
}

impl Model {
    /// The network that is run: the first executor's, or the first one of a model without executors.
    pub fn main_network(&self) -> Option<&Network> {
        match self.executors.first() {
            Some(executor) => self.network(&executor.network_name),
            None => self.networks.first(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_counted_for_one_sample() {
        let text = "network { name: \"n\" batch_size: 4 \
            variable { name: \"x\" type: \"Buffer\" shape { dim: -1 dim: 3 dim: 8 dim: 8 } } \
            variable { name: \"c\" type: \"Buffer\" shape { dim: -1 dim: 2 dim: 6 dim: 6 } } \
            variable { name: \"r\" type: \"Buffer\" shape { dim: -1 dim: 2 dim: 6 dim: 6 } } \
            variable { name: \"y\" type: \"Buffer\" shape { dim: -1 dim: 5 } } \
            variable { name: \"conv/W\" type: \"Parameter\" shape { dim: 2 dim: 3 dim: 3 dim: 3 } } \
            variable { name: \"affine/W\" type: \"Parameter\" shape { dim: 72 dim: 5 } } \
            function { name: \"f\" type: \"Convolution\" input: \"x\" input: \"conv/W\" output: \"c\" convolution_param { \
            base_axis: 1 pad { dim: 0 dim: 0 } stride { dim: 1 dim: 1 } dilation { dim: 1 dim: 1 } group: 1 } } \
            function { name: \"g\" type: \"ReLU\" input: \"c\" output: \"r\" relu_param { } } \
            function { name: \"h\" type: \"Affine\" input: \"r\" input: \"affine/W\" output: \"y\" affine_param { \
            base_axis: 1 } } }";
        let model = crate::nntxt::read(text).unwrap();
        let operations = Operations { multiply_add: 72 * 27 + 360, comparison: 72, ..Operations::default() };
        let expected = Cost { outputs: 72 + 72 + 5, parameters: 54 + 360, operations };
        assert_eq!(model.main_network().unwrap().cost().unwrap(), expected);
    }
}
