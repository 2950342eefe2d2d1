//! The conditions under which nnabla loads a network or a model and the engine runs it.

use crate::{
    error::GraphError,
    graph::{Model, Network, Variable, VariableKind},
};
use std::collections::{HashMap, HashSet};

impl Network {
    /// Checks names, producers, order, function types, inputs and every declared shape.
    ///
    /// # Errors
    /// The first [`GraphError`] found.
    pub fn validate(&self) -> Result<(), GraphError> {
        let batch = usize::try_from(self.batch_size).ok().filter(|&batch| batch > 0);
        let Some(batch) = batch else {
            return Err(GraphError::BatchSize { network: self.name.clone(), found: self.batch_size });
        };
        let declared = self.declared()?;
        self.check_names(&declared)?;
        let inferred = self.infer_shapes(batch)?;
        for function in &self.functions {
            for output in &function.outputs {
                let (Some(variable), Some(shape)) = (declared.get(output.as_str()), inferred.get(output)) else {
                    continue;
                };
                if variable.shape_at(batch).as_ref() != Some(shape) {
                    return Err(GraphError::DeclaredShape {
                        variable: output.clone(),
                        function: function.name.clone(),
                        declared: variable.shape.clone(),
                        inferred: shape.clone(),
                        batch,
                    });
                }
            }
        }
        Ok(())
    }

    fn declared(&self) -> Result<HashMap<&str, &Variable>, GraphError> {
        let mut declared = HashMap::with_capacity(self.variables.len());
        for variable in &self.variables {
            if declared.insert(variable.name.as_str(), variable).is_some() {
                return Err(GraphError::DuplicateVariable {
                    network: self.name.clone(),
                    variable: variable.name.clone(),
                });
            }
        }
        Ok(declared)
    }

    fn check_names(&self, declared: &HashMap<&str, &Variable>) -> Result<(), GraphError> {
        let mut names = HashSet::new();
        for function in &self.functions {
            if !names.insert(function.name.as_str()) {
                return Err(GraphError::DuplicateFunction {
                    network: self.name.clone(),
                    function: function.name.clone(),
                });
            }
            for name in function.inputs.iter().chain(&function.outputs) {
                if !declared.contains_key(name.as_str()) {
                    return Err(GraphError::UndeclaredVariable {
                        network: self.name.clone(),
                        function: function.name.clone(),
                        variable: name.clone(),
                    });
                }
            }
            for name in &function.outputs {
                if declared.get(name.as_str()).is_some_and(|variable| variable.kind == VariableKind::Parameter) {
                    return Err(GraphError::ProducedParameter {
                        function: function.name.clone(),
                        variable: name.clone(),
                    });
                }
            }
        }
        Ok(())
    }
}

impl Model {
    /// Checks the networks that executors run, or all where there is none: that they hold together and that each parameter
    /// variable has values of its shape. Networks for training and for monitors need not be such as can be run.
    ///
    /// nnabla silently fills a missing parameter with zeros; here it is an error.
    ///
    /// # Errors
    /// The first [`GraphError`] found.
    pub fn validate(&self) -> Result<(), GraphError> {
        let runs = |name: &str| self.executors.iter().any(|executor| executor.network_name == name);
        let run = || self.networks.iter().filter(|network| self.executors.is_empty() || runs(&network.name));
        run().try_for_each(Network::validate)?;
        for network in run() {
            let variables = || network.variables.iter().filter(|variable| variable.kind == VariableKind::Parameter);
            let missing = variables().filter(|variable| self.parameters.get(&variable.name).is_none());
            let missing: Vec<String> = missing.map(|variable| variable.name.clone()).collect();
            if !missing.is_empty() {
                return Err(GraphError::MissingParameters { network: network.name.clone(), parameters: missing });
            }
            for variable in variables() {
                let Some(parameter) = self.parameters.get(&variable.name) else { continue };
                if variable.shape_at(0).as_ref() != Some(&parameter.shape) {
                    return Err(GraphError::ParameterShape {
                        network: network.name.clone(),
                        parameter: variable.name.clone(),
                        found: parameter.shape.clone(),
                        declared: variable.shape.clone(),
                    });
                }
            }
        }
        self.check_executors()
    }

    fn check_executors(&self) -> Result<(), GraphError> {
        for executor in &self.executors {
            let Some(network) = self.network(&executor.network_name) else {
                return Err(GraphError::ExecutorNetwork {
                    executor: executor.name.clone(),
                    network: executor.network_name.clone(),
                });
            };
            let data = executor.data_variables.iter().map(|variable| &variable.variable_name);
            let outputs = executor.output_variables.iter().map(|variable| &variable.variable_name);
            for name in data.chain(outputs) {
                if network.variable(name).is_none() {
                    return Err(GraphError::ExecutorVariable {
                        executor: executor.name.clone(),
                        network: network.name.clone(),
                        variable: name.clone(),
                    });
                }
            }
        }
        Ok(())
    }
}
