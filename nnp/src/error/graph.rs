//! What can be wrong with a network, a model or a graph being built.

use super::shape::ShapeError;

/// A defect of a network, a model or a graph being built.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum GraphError {
    /// A name used but not declared.
    #[error("function \"{function}\" of network \"{network}\" uses variable \"{variable}\", which is not declared")]
    UndeclaredVariable {
        /// Name of the network.
        network: String,
        /// Name of the function.
        function: String,
        /// Name not found.
        variable: String,
    },
    /// A variable name declared twice.
    #[error("variable \"{variable}\" of network \"{network}\" is declared twice")]
    DuplicateVariable {
        /// Name of the network.
        network: String,
        /// Name declared twice.
        variable: String,
    },
    /// Two functions of the same name.
    #[error("function \"{function}\" of network \"{network}\" is declared twice")]
    DuplicateFunction {
        /// Name of the network.
        network: String,
        /// Name declared twice.
        function: String,
    },
    /// Two functions write the same variable.
    #[error("variable \"{variable}\" is the output of both \"{first}\" and \"{second}\", expected one producer")]
    TwoProducers {
        /// Name of the variable.
        variable: String,
        /// The first function.
        first: String,
        /// The second function.
        second: String,
    },
    /// A function writes a parameter.
    #[error("function \"{function}\" writes \"{variable}\", which is a Parameter; only a Buffer can be an output")]
    ProducedParameter {
        /// Name of the function.
        function: String,
        /// Name of the parameter variable.
        variable: String,
    },
    /// Functions that wait for each other.
    #[error("function \"{function}\" of network \"{network}\" depends on its own output")]
    Cycle {
        /// Name of the network.
        network: String,
        /// A function on the cycle.
        function: String,
    },
    /// A function type that this crate cannot check.
    #[error("function \"{function}\" has type {type_name}, which is not supported")]
    UnknownFunction {
        /// Name of the function.
        function: String,
        /// Its type.
        type_name: String,
    },
    /// Inputs or arguments that do not fit.
    #[error("function \"{function}\": {reason}")]
    Shape {
        /// Name of the function.
        function: String,
        /// What does not fit.
        reason: ShapeError,
    },
    /// A function that lists more or fewer outputs than its type has.
    #[error("function \"{function}\" lists {found} outputs, its type {type_name} gives {expected}")]
    Outputs {
        /// Name of the function.
        function: String,
        /// Its type.
        type_name: String,
        /// Outputs listed.
        found: usize,
        /// Outputs of the type.
        expected: usize,
    },
    /// A declared shape that the functions do not give.
    #[error(
        "variable \"{variable}\" is declared as {declared:?}, function \"{function}\" gives {inferred:?} for batch {batch}"
    )]
    DeclaredShape {
        /// Name of the variable.
        variable: String,
        /// The function that produces it.
        function: String,
        /// Shape in the file.
        declared: Vec<i64>,
        /// Shape by the shape rule.
        inferred: Vec<usize>,
        /// Batch size used.
        batch: usize,
    },
    /// A declared shape with an extent that cannot be.
    #[error(
        "variable \"{variable}\" is declared as {declared:?}, expected countable extents of at least 0 (-1 for the batch, first only)"
    )]
    Extent {
        /// Name of the variable.
        variable: String,
        /// Shape in the file.
        declared: Vec<i64>,
    },
    /// A network with a batch size that cannot be.
    #[error("network \"{network}\" has batch_size {found}, expected at least 1")]
    BatchSize {
        /// Name of the network.
        network: String,
        /// Value found.
        found: i64,
    },
    /// Parameter variables without values.
    #[error("{} of network \"{network}\" {} not among the parameters of the file", few(.parameters), if .parameters.len() == 1 { "is" } else { "are" })]
    MissingParameters {
        /// Name of the network.
        network: String,
        /// Names of the parameters, at least one.
        parameters: Vec<String>,
    },
    /// A parameter of another shape than its variable.
    #[error("parameter \"{parameter}\" has shape {found:?}, network \"{network}\" declares {declared:?}")]
    ParameterShape {
        /// Name of the network.
        network: String,
        /// Name of the parameter.
        parameter: String,
        /// Shape of the values.
        found: Vec<usize>,
        /// Shape of the variable.
        declared: Vec<i64>,
    },
    /// An executor for a network that is not there.
    #[error("executor \"{executor}\" names network \"{network}\", which is not in the file")]
    ExecutorNetwork {
        /// Name of the executor.
        executor: String,
        /// Name of the network.
        network: String,
    },
    /// An executor variable that its network does not have.
    #[error("executor \"{executor}\" names variable \"{variable}\", which network \"{network}\" does not have")]
    ExecutorVariable {
        /// Name of the executor.
        executor: String,
        /// Name of the network.
        network: String,
        /// Name of the variable.
        variable: String,
    },
    /// An imported network reads an input that was not bound to a value.
    #[error("input \"{variable}\" of the imported network \"{network}\" is not bound to a value")]
    UnboundInput {
        /// Name of the imported network.
        network: String,
        /// Name of the input.
        variable: String,
    },
    /// A value that belongs to another builder, or to none.
    #[error("value {value} does not belong to network \"{network}\"")]
    ForeignValue {
        /// Name of the network being built.
        network: String,
        /// Number of the value.
        value: usize,
    },
    /// A name taken twice while building.
    #[error("name \"{name}\" is used twice in network \"{network}\"")]
    NameTaken {
        /// Name of the network being built.
        network: String,
        /// The name.
        name: String,
    },
    /// Values that do not fill the shape given with them.
    #[error("parameter \"{parameter}\" has {found} values, its shape {shape:?} needs another number")]
    ParameterLength {
        /// Name of the parameter.
        parameter: String,
        /// Values found.
        found: usize,
        /// Its shape.
        shape: Vec<usize>,
    },
    /// A variable that must keep the batch first and does not.
    #[error(
        "function \"{function}\" gives {found:?} for batch {batch}: the first axis must stay the batch, \
         because the file stores it as -1"
    )]
    LostBatch {
        /// Name of the function.
        function: String,
        /// Shape found.
        found: Vec<usize>,
        /// Batch size of the network.
        batch: usize,
    },
}

/// The first names of a list, and how many more there are.
fn few(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("\"{name}\"")).collect();
    let what = if names.len() == 1 { "parameter" } else { "parameters" };
    match names.len().saturating_sub(SHOWN) {
        0 => format!("{what} {}", shown.join(", ")),
        more => format!("{what} {} and {more} more", shown.join(", ")),
    }
}
