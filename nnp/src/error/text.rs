//! What can be wrong in protobuf text.

use super::parameters::needed;

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
    #[error("found {}, expected {expected}", .found.map_or("the end of the text".into(), |found| format!("{found:?}")))]
    Unexpected {
        /// The character that stands there; none at the end of the text.
        found: Option<char>,
        /// What the grammar allows.
        expected: ExpectedToken,
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
        expected: ExpectedValue,
    },
    /// A loop of the GUI that cannot be unrolled.
    #[error("loop \"{id}\" of network \"{network}\": {problem}")]
    Loop {
        /// Name of the network.
        network: String,
        /// Name of the loop.
        id: String,
        /// What is wrong with it.
        problem: LoopProblem,
    },
    /// A parameter with more or fewer values than its shape has places.
    #[error("parameter \"{name}\" has {found} values, its shape {shape:?} needs {}", needed(*.expected))]
    ParameterLength {
        /// Name of the parameter.
        name: String,
        /// Values found.
        found: usize,
        /// Its shape.
        shape: Vec<i64>,
        /// Values expected; none where they are too many to count.
        expected: Option<usize>,
    },
}

/// What can be wrong with a loop of the GUI.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoopProblem {
    /// A number of turns that cannot be.
    #[error("it runs {found} times, expected at least once")]
    Times {
        /// The number found.
        found: i64,
    },
    /// A loop that `repeat_info` does not list.
    #[error("there is no such loop in the repeat_info of the network")]
    Unknown,
    /// A function of the loop with other inputs or outputs than its type has.
    #[error("function \"{function}\" has {inputs} inputs and {outputs} outputs, expected {expected} and 1")]
    Connections {
        /// Name of the function.
        function: String,
        /// Inputs found.
        inputs: usize,
        /// Outputs found.
        outputs: usize,
        /// Inputs expected.
        expected: usize,
    },
    /// A function outside of the loop that reads or writes a variable inside of it.
    #[error("function \"{function}\" is outside of it and uses variable \"{variable}\", which is inside")]
    Inside {
        /// Name of the function.
        function: String,
        /// Name of the variable.
        variable: String,
    },
    /// A RecurrentOutput of more turns than there are.
    #[error("function \"{function}\" puts {found} turns together, and it runs {times} times")]
    Length {
        /// Name of the function.
        function: String,
        /// Turns asked for.
        found: i64,
        /// Turns of the loop.
        times: u64,
    },
    /// Too many loops inside of each other.
    #[error("it is inside of {limit} others; so many are not unrolled")]
    Depth {
        /// Loops that may be inside of each other.
        limit: usize,
    },
    /// More functions than are unrolled.
    #[error("unrolled, the network has more than {limit} functions")]
    Functions {
        /// Functions that are unrolled.
        limit: usize,
    },
    /// More text than a file may have.
    #[error("unrolled, the network takes more than {limit} bytes")]
    Bytes {
        /// Bytes that an unrolled network may take.
        limit: usize,
    },
}

/// What the grammar of protobuf text allows at a place.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs)] // The words say it.
pub enum ExpectedToken {
    #[error("a field name")]
    FieldName,
    #[error("a field name or {0}")]
    FieldNameOr(char),
    #[error(", or ]")]
    CommaOrBracket,
    #[error(": or {{")]
    ColonOrBrace,
    #[error("a number after the minus")]
    Number,
    #[error("a value")]
    Value,
}

/// What a field can hold.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs)] // The words say it.
pub enum ExpectedValue {
    #[error("a quoted string")]
    Text,
    #[error("a whole number of 64 bits")]
    WholeNumber,
    #[error("a number")]
    Number,
    #[error("true or false")]
    Boolean,
    #[error("a message in braces")]
    Message,
    /// One of some quoted words.
    #[error("{}", choice(.0))]
    OneOf(Vec<&'static str>),
}

/// Words in quotes, with an "or" before the last.
fn choice(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
