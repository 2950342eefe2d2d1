//! Copies a part of another network into a builder, such as a backbone up to its taps.

use super::{NetworkBuilder, Origin, Value};
use crate::{
    error::GraphError,
    graph::{Network, Variable, VariableKind},
    parameter::Parameters,
};
use std::collections::{HashMap, HashSet};

impl NetworkBuilder {
    /// Copies the functions that `wanted` need from `network` and returns the values of `wanted`, in their order.
    ///
    /// `bind` gives values of this builder for variables of the network, usually its input; what leads to a bound variable
    /// is not copied. Parameters keep their names and, where `parameters` has them, their values; one that exists
    /// here under the same name and shape is shared. Buffers get new names.
    ///
    /// # Errors
    /// [`GraphError::UnboundInput`] for an input that is needed and not bound, [`GraphError::UndeclaredVariable`] for a
    /// wanted name that the network does not have, and whatever [`apply`](Self::apply) refuses.
    pub fn import(
        &mut self,
        network: &Network,
        parameters: &Parameters,
        bind: &[(&str, Value)],
        wanted: &[&str],
    ) -> Result<Vec<Value>, GraphError> {
        let declared: HashMap<&str, &Variable> = network.variables.iter().map(|v| (v.name.as_str(), v)).collect();
        let mut values: HashMap<&str, Value> = bind.iter().copied().collect();
        let order = network.topological()?;
        let needed = needed(network, &order, &values, wanted);
        for &index in order.iter().filter(|index| needed.contains(index)) {
            let Some(function) = network.functions.get(index) else { continue };
            let mut inputs = Vec::with_capacity(function.inputs.len());
            for name in &function.inputs {
                let value = match values.get(name.as_str()) {
                    Some(&value) => value,
                    None => self.import_parameter(network, &declared, parameters, name, &function.name)?,
                };
                values.insert(name, value);
                inputs.push(value);
            }
            let op = network.at_batch(function, self.batch).into_owned();
            let outputs = self.apply_multi(op, &inputs)?;
            if outputs.len() != function.outputs.len() {
                return Err(GraphError::Outputs {
                    function: function.name.clone(),
                    type_name: function.op.type_name().into(),
                    found: function.outputs.len(),
                    expected: outputs.len(),
                });
            }
            values.extend(function.outputs.iter().map(String::as_str).zip(outputs));
        }
        wanted
            .iter()
            .map(|&name| match values.get(name) {
                Some(&value) => Ok(value),
                None => self.import_parameter(network, &declared, parameters, name, "(wanted)"),
            })
            .collect()
    }

    fn import_parameter(
        &mut self,
        network: &Network,
        declared: &HashMap<&str, &Variable>,
        parameters: &Parameters,
        name: &str,
        function: &str,
    ) -> Result<Value, GraphError> {
        let Some(variable) = declared.get(name) else {
            return Err(GraphError::UndeclaredVariable {
                network: network.name.clone(),
                function: function.into(),
                variable: name.into(),
            });
        };
        if variable.kind == VariableKind::Buffer {
            return Err(GraphError::UnboundInput { network: network.name.clone(), variable: name.into() });
        }
        let extent = || GraphError::Extent { variable: name.into(), declared: variable.shape.clone() };
        let shape = variable.shape_at(self.batch).ok_or_else(extent)?;
        if let Some(&value) = self.by_name.get(name) {
            let entry = self.entry(value)?;
            return if matches!(entry.origin, Origin::Parameter { .. }) && entry.shape == shape {
                Ok(value)
            } else {
                Err(GraphError::NameTaken { network: self.name.clone(), name: name.into() })
            };
        }
        let parameter = parameters.get(name);
        if let Some(parameter) = parameter.filter(|parameter| parameter.shape != shape) {
            return Err(GraphError::ParameterShape {
                network: network.name.clone(),
                parameter: name.into(),
                found: parameter.shape.clone(),
                declared: variable.shape.clone(),
            });
        }
        let data = parameter.map(|parameter| parameter.data.clone());
        let need_grad = parameter.is_none_or(|parameter| parameter.need_grad);
        Ok(self.named(name.into(), shape, Origin::Parameter { data, need_grad }, false))
    }
}

/// Indices of the functions that lead from bound variables to wanted ones.
fn needed(network: &Network, order: &[usize], bound: &HashMap<&str, Value>, wanted: &[&str]) -> HashSet<usize> {
    let mut names: HashSet<&str> = wanted.iter().copied().filter(|name| !bound.contains_key(name)).collect();
    let mut needed = HashSet::new();
    for &index in order.iter().rev() {
        let Some(function) = network.functions.get(index) else { continue };
        if function.outputs.iter().any(|output| names.contains(output.as_str())) {
            needed.insert(index);
            names.extend(function.inputs.iter().map(String::as_str).filter(|name| !bound.contains_key(name)));
        }
    }
    needed
}
