//! Reads the fields of one known message: types are checked, and a field that no getter asked for is an error.

use super::{Field, Message, Value};
use crate::error::{ExpectedValue, TextError, TextErrorKind};

/// A value that the file writes as one of some words, in quotes.
pub(crate) trait Word: Copy + 'static {
    /// What a missing or empty string stands for.
    const DEFAULT: Self;

    /// The words and what they stand for.
    const ALL: &'static [(&'static str, Self)];

    /// The word for a value.
    fn word(self) -> &'static str;
}

/// A message being read under its schema name.
///
/// Each getter marks its field as known; [`Fields::finish`] then refuses the rest. A getter for a single field refuses a
/// second one, as the reference parser does. A missing field gives the proto3 default.
#[derive(Debug)]
pub struct Fields<'a> {
    message: &'a Message,
    name: &'a str,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// Starts to read `message`; `name` is what errors call it.
    pub fn new(message: &'a Message, name: &'a str) -> Self {
        Self { message, name, known: Vec::new() }
    }

    /// Fields of a repeated field, in order.
    pub fn all(&mut self, field: &'static str) -> impl Iterator<Item = &'a Field> + use<'a> {
        self.known.push(field);
        self.message.fields.iter().filter(move |found| found.name == field)
    }

    /// The only field of that name.
    pub fn one(&mut self, field: &'static str) -> Result<Option<&'a Field>, TextError> {
        let mut all = self.all(field);
        let first = all.next();
        match all.next() {
            None => Ok(first),
            Some(second) => {
                Err(self.error(second, TextErrorKind::Repeated { field: field.into(), message: self.name.into() }))
            }
        }
    }

    /// A string.
    pub fn text(&mut self, field: &'static str) -> Result<String, TextError> {
        self.one(field)?.map_or(Ok(String::new()), |found| self.as_text(found))
    }

    /// A repeated string.
    pub fn texts(&mut self, field: &'static str) -> Result<Vec<String>, TextError> {
        self.all(field).map(|found| self.as_text(found)).collect()
    }

    /// A signed 64-bit integer.
    pub fn int(&mut self, field: &'static str) -> Result<i64, TextError> {
        self.one(field)?.map_or(Ok(0), |found| self.as_int(found))
    }

    /// A repeated signed 64-bit integer.
    pub fn ints(&mut self, field: &'static str) -> Result<Vec<i64>, TextError> {
        self.all(field).map(|found| self.as_int(found)).collect()
    }

    /// A double.
    pub fn double(&mut self, field: &'static str) -> Result<f64, TextError> {
        self.one(field)?.map_or(Ok(0.0), |found| self.as_double(found))
    }

    /// A float32; a longer number is rounded to it.
    pub fn float(&mut self, field: &'static str) -> Result<f32, TextError> {
        self.one(field)?.map_or(Ok(0.0), |found| self.as_float(found))
    }

    /// A repeated float32.
    pub fn floats(&mut self, field: &'static str) -> Result<Vec<f32>, TextError> {
        self.all(field).map(|found| self.as_float(found)).collect()
    }

    /// A boolean.
    pub fn flag(&mut self, field: &'static str) -> Result<bool, TextError> {
        let Some(found) = self.one(field)? else { return Ok(false) };
        match &found.value {
            Value::Literal(literal) => match literal.as_str() {
                "true" | "True" | "t" | "1" => Ok(true),
                "false" | "False" | "f" | "0" => Ok(false),
                _ => Err(self.value(found, ExpectedValue::Boolean)),
            },
            _ => Err(self.value(found, ExpectedValue::Boolean)),
        }
    }

    /// One of the words of `T`; a missing or empty string gives the first one.
    pub(crate) fn word<T: Word>(&mut self, field: &'static str) -> Result<T, TextError> {
        let Some(found) = self.one(field)? else { return Ok(T::DEFAULT) };
        let chosen = match &found.value {
            Value::Text(text) if text.is_empty() => Some(T::DEFAULT),
            Value::Text(text) => T::ALL.iter().find(|(word, _)| word == text).map(|&(_, value)| value),
            _ => None,
        };
        let words = || ExpectedValue::OneOf(T::ALL.iter().map(|&(word, _)| word).collect());
        chosen.ok_or_else(|| self.value(found, words()))
    }

    /// A message.
    pub fn message(&mut self, field: &'static str) -> Result<Option<&'a Message>, TextError> {
        self.one(field)?.map(|found| self.as_message(found)).transpose()
    }

    /// A repeated message.
    pub fn messages(&mut self, field: &'static str) -> Result<Vec<&'a Message>, TextError> {
        self.all(field).map(|found| self.as_message(found)).collect()
    }

    /// The `dim` entries of a `Shape` message; none when it is missing.
    pub fn shape(&mut self, field: &'static str) -> Result<Vec<i64>, TextError> {
        let Some(shape) = self.message(field)? else { return Ok(Vec::new()) };
        let mut fields = Fields::new(shape, field);
        let dims = fields.ints("dim")?;
        fields.finish()?;
        Ok(dims)
    }

    /// The fields no getter asked for, kept as they are.
    pub fn rest(&self) -> impl Iterator<Item = &'a Field> + '_ {
        self.message.fields.iter().filter(|field| !self.known.contains(&field.name.as_str()))
    }

    /// The fields of those names as they are, in the order of the text.
    pub fn keep(&mut self, names: &[&'static str]) -> Message {
        self.known.extend(names);
        let kept = self.message.fields.iter().filter(|field| names.contains(&field.name.as_str()));
        Message { fields: kept.cloned().collect() }
    }

    /// Ends reading: the first field that no getter asked for is an error.
    pub fn finish(self) -> Result<(), TextError> {
        match self.rest().next() {
            None => Ok(()),
            Some(field) => Err(self.unknown(field)),
        }
    }

    /// An error about the name of `field`.
    pub fn unknown(&self, field: &Field) -> TextError {
        let (name, message) = (field.name.clone(), self.name.into());
        let distance = |known: &str| strsim::damerau_levenshtein(&name.to_lowercase(), known);
        // A typing error changes a letter or two; more makes another word.
        let near = self
            .known
            .iter()
            .copied()
            .map(|known| (distance(known), known))
            .filter(|(far, known)| *far <= 1 + known.len() / 4);
        let nearest = near.min().map(|(_, known)| known);
        self.error(field, TextErrorKind::UnknownField { field: name, message, nearest })
    }

    /// An error about the value of `field`.
    pub fn value(&self, field: &Field, expected: ExpectedValue) -> TextError {
        let kind = TextErrorKind::Value {
            field: field.name.clone(),
            message: self.name.into(),
            found: field.value.to_string(),
            expected,
        };
        self.error(field, kind)
    }

    fn error(&self, field: &Field, kind: TextErrorKind) -> TextError {
        TextError { line: field.position.line, column: field.position.column, kind }
    }

    fn as_text(&self, field: &Field) -> Result<String, TextError> {
        match &field.value {
            Value::Text(text) => Ok(text.clone()),
            _ => Err(self.value(field, ExpectedValue::Text)),
        }
    }

    /// The value of `field` as a message.
    pub fn as_message(&self, field: &'a Field) -> Result<&'a Message, TextError> {
        match &field.value {
            Value::Message(message) => Ok(message),
            _ => Err(self.value(field, ExpectedValue::Message)),
        }
    }

    fn as_int(&self, field: &Field) -> Result<i64, TextError> {
        let wrong = || self.value(field, ExpectedValue::WholeNumber);
        let Value::Literal(literal) = &field.value else { return Err(wrong()) };
        integer(literal).ok_or_else(wrong)
    }

    fn as_double(&self, field: &Field) -> Result<f64, TextError> {
        let wrong = || self.value(field, ExpectedValue::Number);
        let Value::Literal(literal) = &field.value else { return Err(wrong()) };
        double(literal).ok_or_else(wrong)
    }

    fn as_float(&self, field: &Field) -> Result<f32, TextError> {
        let wrong = || self.value(field, ExpectedValue::Number);
        let Value::Literal(literal) = &field.value else { return Err(wrong()) };
        // Parsed directly as float32: rounding to float64 first can give a neighbouring value.
        match float_text(literal).and_then(|text| text.parse().ok()) {
            Some(value) => Ok(value),
            #[allow(clippy::cast_possible_truncation)]
            None => double(literal).map(|value| value as f32).ok_or_else(wrong),
        }
    }
}

/// Decimal, `0x` hexadecimal or `0` octal, with an optional minus.
fn integer(literal: &str) -> Option<i64> {
    let (negative, digits) = literal.strip_prefix('-').map_or((false, literal), |rest| (true, rest));
    let magnitude = if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        i128::from(u64::from_str_radix(hex, 16).ok()?)
    } else if digits.len() > 1 && digits.starts_with('0') {
        i128::from(u64::from_str_radix(digits, 8).ok()?)
    } else {
        // parse alone would accept a plus sign.
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())??
    };
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

fn double(literal: &str) -> Option<f64> {
    if let Some(text) = float_text(literal) {
        return text.parse().ok();
    }
    #[allow(clippy::cast_precision_loss)]
    integer(literal).map(|value| value as f64)
}

/// The literal as Rust parses it: the words `inf` and `nan` in any case, or decimal digits; no `f` suffix.
fn float_text(literal: &str) -> Option<&str> {
    let unsigned = literal.strip_prefix('-').unwrap_or(literal);
    let word = unsigned.to_ascii_lowercase();
    if matches!(word.as_str(), "inf" | "infinity" | "nan") {
        return Some(literal);
    }
    if word.starts_with("0x") || (word.len() > 1 && word.starts_with('0') && word.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let starts_well = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    starts_well.then(|| literal.strip_suffix(['f', 'F']).unwrap_or(literal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::parse;

    #[test]
    fn numbers_in_every_spelling() {
        let message =
            parse("i: -0x10 o: 010 d: 7 f: 1.5f e: 1e-05 n: nan m: -inf h: 0x10 x: .5 y: 2. b: t c: False").unwrap();
        let mut fields = Fields::new(&message, "test");
        assert_eq!((fields.int("i"), fields.int("o"), fields.int("d")), (Ok(-16), Ok(8), Ok(7)));
        assert_eq!((fields.float("f"), fields.float("e")), (Ok(1.5), Ok(1e-5)));
        assert!(fields.double("n").unwrap().is_nan());
        assert_eq!(fields.double("m"), Ok(f64::NEG_INFINITY));
        assert_eq!((fields.double("h"), fields.double("x"), fields.double("y")), (Ok(16.0), Ok(0.5), Ok(2.0)));
        assert_eq!((fields.flag("b"), fields.flag("c"), fields.flag("absent")), (Ok(true), Ok(false), Ok(false)));
        fields.finish().unwrap();
    }

    #[test]
    fn wrong_values_name_field_and_place() {
        type Read = fn(&mut Fields<'_>) -> Result<(), TextError>;
        let cases: [(&str, Read, &str); 9] = [
            (
                "a: 1.5",
                |f| f.int("a").map(drop),
                "line 1, column 1: field \"a\" of m is 1.5, expected a whole number of 64 bits",
            ),
            (
                "\n a: 9223372036854775808",
                |f| f.int("a").map(drop),
                "line 2, column 2: field \"a\" of m is 9223372036854775808, expected a whole number of 64 bits",
            ),
            ("a: 1", |f| f.text("a").map(drop), "line 1, column 1: field \"a\" of m is 1, expected a quoted string"),
            ("a: yes", |f| f.flag("a").map(drop), "line 1, column 1: field \"a\" of m is yes, expected true or false"),
            (
                "a: 1",
                |f| f.message("a").map(drop),
                "line 1, column 1: field \"a\" of m is 1, expected a message in braces",
            ),
            ("a: word", |f| f.float("a").map(drop), "line 1, column 1: field \"a\" of m is word, expected a number"),
            ("a: 1 a: 2", |f| f.int("a").map(drop), "line 1, column 6: field \"a\" of m is given more than once"),
            ("a { dim: 1 x: 2 }", |f| f.shape("a").map(drop), "line 1, column 12: unknown field \"x\" in a"),
            (
                "a { dmi: 1 }",
                |f| f.shape("a").map(drop),
                "line 1, column 5: unknown field \"dmi\" in a; did you mean \"dim\"?",
            ),
        ];
        for (text, read, expected) in cases {
            let message = parse(text).unwrap();
            assert_eq!(read(&mut Fields::new(&message, "m")).unwrap_err().to_string(), expected);
        }
    }
}
