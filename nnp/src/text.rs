//! Protobuf text as a plain tree: parsed without a schema, read field by field, printed as Python's protobuf prints.
//!
//! Without a schema, a field that is unknown to us survives reading and writing; [`Fields`] adds the schema where a
//! message is known. Numbers stay the text they were, so `0.9` never becomes `0.89999998`.

mod fields;
mod parse;
mod print;

pub use fields::Fields;
pub(crate) use fields::Word;
pub use parse::parse;

use std::fmt;

/// Where a token starts, counted from 1; line 0 stands for a message that was built and not parsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column in characters.
    pub column: u32,
}

/// A message: fields in the order of the text. A repeated field is several fields of one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The fields.
    pub fields: Vec<Field>,
}

/// One field with its value.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name as in the schema.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Where the name stands.
    pub position: Position,
}

impl Eq for Field {}

/// Fields are equal when they say the same, wherever they stand.
impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value == other.value
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number, boolean or enum name, as written: `-1`, `0.9`, `true`, `1e-05`.
    Literal(String),
    /// A quoted string, without quotes and escapes.
    Text(String),
    /// A message in braces.
    Message(Message),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(literal) => f.write_str(literal),
            Self::Text(text) => write!(f, "\"{}\"", print::escape(text)),
            Self::Message(_) => f.write_str("a message"),
        }
    }
}

/// Prints the message, two spaces of indent per level, a line per field.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print::message(self, 0, f)
    }
}

impl Message {
    /// An empty message.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The first field called `name`.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Adds a field at the end.
    pub fn push(&mut self, name: &str, value: Value) {
        self.fields.push(Field { name: name.into(), value, position: Position::default() });
    }

    /// Adds a string field; proto3 leaves out an empty one.
    pub fn push_text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.push(name, Value::Text(value.into()));
        }
    }

    /// Adds an integer field; proto3 leaves out 0.
    pub fn push_int(&mut self, name: &str, value: i64) {
        if value != 0 {
            self.push(name, Value::Literal(value.to_string()));
        }
    }

    /// Adds every element of a repeated integer field, zeros included.
    pub fn push_ints(&mut self, name: &str, values: &[i64]) {
        for value in values {
            self.push(name, Value::Literal(value.to_string()));
        }
    }

    /// Adds a boolean field; proto3 leaves out `false`.
    pub fn push_bool(&mut self, name: &str, value: bool) {
        if value {
            self.push(name, Value::Literal("true".into()));
        }
    }

    /// Adds a float32 field in the shortest text that reads back the same; proto3 leaves out 0 but not -0.
    pub fn push_f32(&mut self, name: &str, value: f32) {
        if value.to_bits() != 0 {
            self.push(name, Value::Literal(print::float32(value)));
        }
    }

    /// Adds a double field in the shortest text that reads back the same; proto3 leaves out 0 but not -0.
    pub fn push_f64(&mut self, name: &str, value: f64) {
        if value.to_bits() != 0 {
            self.push(name, Value::Literal(print::float64(value)));
        }
    }

    /// Adds a message field, even an empty one.
    pub fn push_message(&mut self, name: &str, value: Message) {
        self.push(name, Value::Message(value));
    }

    /// Adds a `Shape` message: `name { dim: … }`.
    pub fn push_shape(&mut self, name: &str, dims: &[i64]) {
        let mut shape = Message::new();
        shape.push_ints("dim", dims);
        self.push_message(name, shape);
    }
}
