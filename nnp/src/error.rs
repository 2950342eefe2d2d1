//! Everything that can be wrong with a file or a graph, one variant per defect.
//!
//! Every message is whole: it tells the cause too, so printing the outermost error is enough.

use std::path::PathBuf;

/// A defect of protobuf text, with its place.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {line}, column {column}: {kind}")]
pub struct TextError {
    /// Line, counted from 1. 0 when the text was not parsed but built in memory.
    pub line: u32,
    /// Column in characters, counted from 1. 0 when the text was not parsed but built in memory.
    pub column: u32,
    /// What is wrong there.
    pub kind: TextErrorKind,
}

/// What can be wrong in protobuf text.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextErrorKind {
    /// A token that the grammar does not allow here.
    #[error("found {found}, expected {expected}")]
    Unexpected {
        /// The token as text.
        found: String,
        /// What the grammar allows.
        expected: &'static str,
    },
    /// A string without its closing quote.
    #[error("the string that starts here has no closing quote on its line")]
    UnclosedString,
    /// An escape sequence that C does not know, or one past the end of the range.
    #[error("unknown escape sequence \\{escape} in a string")]
    Escape {
        /// The characters after the backslash.
        escape: String,
    },
    /// A string whose bytes are not UTF-8.
    #[error("the string is not UTF-8; names and values of an NNP are")]
    NotUtf8,
    /// Braces nested too deeply.
    #[error("messages are nested deeper than {limit} levels")]
    TooDeep {
        /// Levels that are read.
        limit: usize,
    },
    /// A field that the message does not have.
    #[error("unknown field \"{field}\" in {message}{}", .nearest.map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default())]
    UnknownField {
        /// Name found.
        field: String,
        /// Message it was found in.
        message: String,
        /// The field it has whose name is nearest, where one is near.
        nearest: Option<&'static str>,
    },
    /// A field given twice that may be given once.
    #[error("field \"{field}\" of {message} is given more than once")]
    Repeated {
        /// Name of the field.
        field: String,
        /// Message it belongs to.
        message: String,
    },
    /// A value that does not fit its field.
    #[error("field \"{field}\" of {message} is {found}, expected {expected}")]
    Value {
        /// Name of the field.
        field: String,
        /// Message it belongs to.
        message: String,
        /// The value as text.
        found: String,
        /// What the field holds.
        expected: &'static str,
    },
    /// A parameter with more or fewer values than its shape has places.
    #[error("parameter \"{name}\" has {found} values, its shape {shape:?} needs {expected}")]
    ParameterLength {
        /// Name of the parameter.
        name: String,
        /// Values found.
        found: usize,
        /// Its shape.
        shape: Vec<i64>,
        /// Values expected, as text because an absurd shape has no count.
        expected: String,
    },
}

/// A defect of `parameter.protobuf`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProtobufError {
    /// Reading or writing failed, or the bytes ended early.
    #[error("byte {offset}: {reason}")]
    Io {
        /// Position from the start of the message.
        offset: u64,
        /// The cause.
        reason: std::io::Error,
    },
    /// The bytes end inside a field.
    #[error("byte {offset}: the data ends inside a field that needs {needed} more bytes; the file is cut short")]
    Truncated {
        /// Position from the start of the message.
        offset: u64,
        /// Bytes still needed.
        needed: u64,
    },
    /// A varint longer than 10 bytes, a key of field 0 or an unknown wire type.
    #[error("byte {offset}: {found} is not valid protobuf")]
    Malformed {
        /// Position from the start of the message.
        offset: u64,
        /// What was found.
        found: String,
    },
    /// A field that claims to be longer than the message around it.
    #[error("byte {offset}: a field of {found} bytes does not fit into the {limit} bytes left of its message")]
    Overrun {
        /// Position from the start of the message.
        offset: u64,
        /// Bytes claimed.
        found: u64,
        /// Bytes available.
        limit: u64,
    },
    /// A field of another type than the schema says.
    #[error("byte {offset}: field {field} has wire type {found}, expected {expected}")]
    WireType {
        /// Position from the start of the message.
        offset: u64,
        /// Name of the field.
        field: &'static str,
        /// Type found.
        found: String,
        /// Type expected.
        expected: &'static str,
    },
    /// A parameter name that is not UTF-8.
    #[error("byte {offset}: a parameter name is not UTF-8")]
    NotUtf8 {
        /// Position from the start of the message.
        offset: u64,
    },
    /// Two parameters of the same name.
    #[error("byte {offset}: parameter \"{name}\" is stored twice")]
    Duplicate {
        /// Position from the start of the message.
        offset: u64,
        /// Name of the parameter.
        name: String,
    },
    /// A parameter with more or fewer values than its shape has places.
    #[error("parameter \"{name}\" has {found} values, its shape {shape:?} needs {expected}")]
    Length {
        /// Name of the parameter.
        name: String,
        /// Values found.
        found: usize,
        /// Its shape.
        shape: Vec<i64>,
        /// Values expected, as text because an absurd shape has no count.
        expected: String,
    },
    /// More bytes than protobuf can hold in one message.
    #[error(
        "the parameters need {found} bytes, a protobuf message holds at most {limit}; \
         use fewer features or a smaller model"
    )]
    TooLarge {
        /// Bytes needed.
        found: u64,
        /// Bytes allowed.
        limit: u64,
    },
}

/// A defect of `parameter.h5`. Paths are those of groups and datasets in it.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum H5Error {
    /// Not HDF5, cut short, damaged, or a feature that is not read.
    #[error("{path}: {reason}; the file is damaged or no HDF5 that nnabla writes")]
    Format {
        /// Nearest group or dataset.
        path: String,
        /// What the reader found.
        reason: String,
    },
    /// Groups nested too deeply.
    #[error("{path}: groups are nested deeper than {limit} levels")]
    TooDeep {
        /// Path of the group.
        path: String,
        /// Levels that are read.
        limit: usize,
    },
    /// An object that is reached on two paths, as in a group that contains itself.
    #[error("{path}: found on another path before; each group and dataset may have one place only")]
    LinkedTwice {
        /// The second path.
        path: String,
    },
    /// Two datasets whose paths read the same.
    #[error("{path}: this parameter is stored twice")]
    Duplicate {
        /// Path of both.
        path: String,
    },
    /// A dataset of anything but floats.
    #[error("{path}: the dataset holds {found}, expected float32 or float64")]
    DataType {
        /// Path of the dataset.
        path: String,
        /// Type found.
        found: String,
    },
    /// A dataset that claims more values than the file can hold.
    #[error("{path}: a dataset of shape {shape:?} does not fit into a file of {size} bytes")]
    TooLarge {
        /// Path of the dataset.
        path: String,
        /// Shape claimed.
        shape: Vec<u64>,
        /// Bytes of the file.
        size: u64,
    },
    /// A dataset without an attribute that nnabla always writes.
    #[error("{path}: the dataset has no attribute \"{attribute}\"; nnabla writes one for each parameter")]
    NoAttribute {
        /// Path of the dataset.
        path: String,
        /// Name of the attribute.
        attribute: &'static str,
    },
    /// An attribute of the wrong type.
    #[error("{path}: attribute \"{attribute}\" is {found}, expected one whole number or Boolean")]
    AttributeType {
        /// Path of the dataset.
        path: String,
        /// Name of the attribute.
        attribute: &'static str,
        /// Type found.
        found: String,
    },
}

/// Inputs or arguments with which a function cannot run.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShapeError {
    /// Too few or too many inputs.
    #[error("{op} has {found} inputs, expected {expected}")]
    Inputs {
        /// Function type.
        op: String,
        /// Inputs found.
        found: usize,
        /// Inputs expected.
        expected: &'static str,
    },
    /// An input with the wrong number of axes.
    #[error("input {input} of {op} has {found} axes, expected {expected}")]
    Rank {
        /// Function type.
        op: String,
        /// Which input, counted from 0.
        input: usize,
        /// Axes found.
        found: usize,
        /// Axes expected.
        expected: String,
    },
    /// An argument outside of what the function or the input allows.
    #[error("argument {argument} of {op} is {found}, expected {expected}")]
    Argument {
        /// Function type.
        op: String,
        /// Name of the argument.
        argument: &'static str,
        /// Its value.
        found: String,
        /// What is allowed.
        expected: String,
    },
    /// An input whose shape does not fit the other inputs or the arguments.
    #[error("input {input} of {op} has shape {found:?}, expected {expected}")]
    Shape {
        /// Function type.
        op: String,
        /// Which input, counted from 0.
        input: usize,
        /// Its shape.
        found: Vec<usize>,
        /// What would fit.
        expected: String,
    },
    /// Extents too large to count.
    #[error("the output of {op} has more elements than this machine can count")]
    Overflow {
        /// Function type.
        op: String,
    },
    /// A function type whose shape rule is not known.
    #[error("function type {op} is not known, so its output shape cannot be told")]
    Unknown {
        /// Function type.
        op: String,
    },
}

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
    /// A network with loops as the GUI draws them.
    #[error("network \"{network}\" has repeat_info; save it with nnabla, which unrolls repetitions, and use that file")]
    Repetition {
        /// Name of the network.
        network: String,
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

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NnpError {
    /// The operating system refused.
    #[error("{path}: cannot {action}: {reason}", path = path.display())]
    Io {
        /// File concerned.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// The cause.
        reason: std::io::Error,
    },
    /// Not a zip, or a broken one.
    #[error("{path}: not a readable zip: {reason}", path = path.display())]
    Zip {
        /// File concerned.
        path: PathBuf,
        /// What is broken.
        reason: String,
    },
    /// A member that is not there.
    #[error("{path}: there is no member \"{member}\"", path = path.display())]
    NoMember {
        /// File concerned.
        path: PathBuf,
        /// Name asked for.
        member: String,
    },
    /// Two members of one name, in the file or because one was to be added again.
    #[error("{path}: member \"{member}\" occurs twice", path = path.display())]
    DuplicateMember {
        /// File concerned.
        path: PathBuf,
        /// Name of the member.
        member: String,
    },
    /// A member larger than the reader allows.
    #[error("{path}: member \"{member}\" has more than {limit} bytes", path = path.display())]
    MemberTooLarge {
        /// File concerned.
        path: PathBuf,
        /// Name of the member.
        member: String,
        /// Bytes allowed.
        limit: u64,
    },
    /// No network text inside.
    #[error("{path}: no .nntxt or .prototxt member; an NNP has its network in one", path = path.display())]
    NoNetwork {
        /// File concerned.
        path: PathBuf,
    },
    /// A member whose text is wrong.
    #[error("{path}: member \"{member}\": {reason}", path = path.display())]
    Text {
        /// File concerned.
        path: PathBuf,
        /// Name of the member.
        member: String,
        /// Where and what.
        reason: Box<TextError>,
    },
    /// A member that is not UTF-8.
    #[error("{path}: member \"{member}\" is not UTF-8 text", path = path.display())]
    NotText {
        /// File concerned.
        path: PathBuf,
        /// Name of the member.
        member: String,
    },
    /// A protobuf parameter member that is wrong.
    #[error("{path}: member \"{member}\": {reason}", path = path.display())]
    Parameters {
        /// File concerned.
        path: PathBuf,
        /// Name of the member.
        member: String,
        /// Where and what.
        reason: Box<ProtobufError>,
    },
    /// An HDF5 parameter member that is wrong.
    #[error("{path}: member \"{member}\": {reason}", path = path.display())]
    H5 {
        /// File concerned.
        path: PathBuf,
        /// Name of the member.
        member: String,
        /// Where and what.
        reason: Box<H5Error>,
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
