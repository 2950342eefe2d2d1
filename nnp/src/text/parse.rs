//! Parses protobuf text: the full grammar that NNC's GUI exporter, nnabla and old tools write between them.
//!
//! `field {`, `field: {` and `field <`, `#` comments, both quotes with C escapes, adjacent strings, `[a, b]` lists and
//! `,` or `;` after a field (contract 4.2).

use super::{Field, Message, Position, Value};
use crate::error::{ExpectedToken, TextError, TextErrorKind};

/// Nesting that is read. A network needs 5 levels; the limit keeps deeply nested input from overflowing the stack.
const DEPTH_LIMIT: usize = 64;

/// Parses a whole text as one message.
///
/// # Errors
/// [`TextError`] with line and column of the first token that does not fit the grammar.
pub fn parse(text: &str) -> Result<Message, TextError> {
    let mut parser = Parser { rest: text, at: Position { line: 1, column: 1 } };
    parser.skip_blank();
    parser.message(None, 0)
}

struct Parser<'a> {
    rest: &'a str,
    at: Position,
}

impl Parser<'_> {
    /// Fields up to the closing bracket, which is consumed, or up to the end of the text at the top.
    fn message(&mut self, close: Option<char>, depth: usize) -> Result<Message, TextError> {
        if depth > DEPTH_LIMIT {
            return Err(self.error(TextErrorKind::TooDeep { limit: DEPTH_LIMIT }));
        }
        let mut message = Message::new();
        loop {
            match (self.peek(), close) {
                (None, None) => return Ok(message),
                (Some(found), Some(close)) if found == close => {
                    self.token();
                    return Ok(message);
                }
                (Some(found), _) if is_word(found) && !found.is_ascii_digit() => self.field(&mut message, depth)?,
                (_, None) => return Err(self.unexpected(ExpectedToken::FieldName)),
                (_, Some('}')) => return Err(self.unexpected(ExpectedToken::FieldNameOr('}'))),
                (_, Some(_)) => return Err(self.unexpected(ExpectedToken::FieldNameOr('>'))),
            }
        }
    }

    fn field(&mut self, message: &mut Message, depth: usize) -> Result<(), TextError> {
        let position = self.at;
        let name = self.word();
        let colon = self.eat(':');
        if self.eat('[') {
            if !self.eat(']') {
                loop {
                    let value = self.value(true, depth)?;
                    message.fields.push(Field { name: name.clone(), value, position });
                    if self.eat(']') {
                        break;
                    }
                    if !self.eat(',') {
                        return Err(self.unexpected(ExpectedToken::CommaOrBracket));
                    }
                }
            }
        } else {
            let value = self.value(colon, depth)?;
            message.fields.push(Field { name, value, position });
        }
        if !self.eat(',') {
            self.eat(';');
        }
        Ok(())
    }

    /// A message, or a scalar if a colon (or a list) allows one here.
    fn value(&mut self, scalar: bool, depth: usize) -> Result<Value, TextError> {
        if self.eat('{') {
            return Ok(Value::Message(self.message(Some('}'), depth + 1)?));
        }
        if self.eat('<') {
            return Ok(Value::Message(self.message(Some('>'), depth + 1)?));
        }
        if !scalar {
            return Err(self.unexpected(ExpectedToken::ColonOrBrace));
        }
        match self.peek() {
            Some('"' | '\'') => self.strings(),
            Some('-') => {
                self.token();
                match self.peek() {
                    Some(found) if is_number_part(found) => Ok(Value::Literal(format!("-{}", self.number()))),
                    _ => Err(self.unexpected(ExpectedToken::Number)),
                }
            }
            Some(found) if is_number_part(found) => Ok(Value::Literal(self.number())),
            _ => Err(self.unexpected(ExpectedToken::Value)),
        }
    }

    /// One or more string literals, joined.
    fn strings(&mut self) -> Result<Value, TextError> {
        let start = self.at;
        let mut bytes = Vec::new();
        while let Some(quote @ ('"' | '\'')) = self.peek() {
            self.string(quote, &mut bytes)?;
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Value::Text(text)),
            Err(_) => Err(TextError { line: start.line, column: start.column, kind: TextErrorKind::NotUtf8 }),
        }
    }

    fn string(&mut self, quote: char, bytes: &mut Vec<u8>) -> Result<(), TextError> {
        let start = self.at;
        self.next();
        loop {
            let at = self.at;
            match self.next() {
                Some(found) if found == quote => {
                    self.skip_blank();
                    return Ok(());
                }
                Some('\\') => self.escape(at, bytes)?,
                None | Some('\n') => {
                    let (line, column) = (start.line, start.column);
                    return Err(TextError { line, column, kind: TextErrorKind::UnclosedString });
                }
                Some(found) => bytes.extend_from_slice(found.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
    }

    /// The part of an escape sequence after its backslash, which stands at `at`.
    fn escape(&mut self, at: Position, bytes: &mut Vec<u8>) -> Result<(), TextError> {
        let unknown =
            |escape: String| TextError { line: at.line, column: at.column, kind: TextErrorKind::Escape { escape } };
        let Some(letter) = self.next() else { return Err(unknown(String::new())) };
        let byte = match letter {
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'v' => 11,
            '\\' | '\'' | '"' | '?' => letter as u8,
            '0'..='7' => {
                let digits = format!("{letter}{}", self.digits(8, 2));
                u8::from_str_radix(&digits, 8).map_err(|_| unknown(digits))?
            }
            'x' | 'X' => {
                let digits = self.digits(16, 2);
                u8::from_str_radix(&digits, 16).map_err(|_| unknown(format!("{letter}{digits}")))?
            }
            'u' | 'U' => {
                let wanted = if letter == 'u' { 4 } else { 8 };
                let digits = self.digits(16, wanted);
                let code = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == wanted);
                let Some(character) = code.and_then(char::from_u32) else {
                    return Err(unknown(format!("{letter}{digits}")));
                };
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            other => return Err(unknown(other.into())),
        };
        bytes.push(byte);
        Ok(())
    }

    /// Up to `most` digits of a base.
    fn digits(&mut self, base: u32, most: usize) -> String {
        let mut digits = String::new();
        while digits.len() < most {
            match self.peek() {
                Some(found) if found.is_digit(base) => {
                    digits.push(found);
                    self.next();
                }
                _ => break,
            }
        }
        digits
    }

    fn word(&mut self) -> String {
        self.take(is_word)
    }

    /// A number or a word such as `true`: what it means is up to the field that holds it.
    fn number(&mut self) -> String {
        let mut previous = ' ';
        self.take(move |found| {
            // A sign belongs to a number only as part of its exponent.
            let part = is_number_part(found) || (matches!(found, '+' | '-') && matches!(previous, 'e' | 'E'));
            previous = found;
            part
        })
    }

    /// Takes characters while `wanted` says so, then the blank after them.
    fn take(&mut self, mut wanted: impl FnMut(char) -> bool) -> String {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        // Only ASCII was taken, so bytes are columns.
        self.at.column = self.at.column.saturating_add(u32::try_from(taken.len()).unwrap_or(u32::MAX));
        self.rest = rest;
        let taken = taken.to_owned();
        self.skip_blank();
        taken
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// The next character, blank or not.
    fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let found = characters.next()?;
        self.rest = characters.as_str();
        if found == '\n' {
            self.at = Position { line: self.at.line.saturating_add(1), column: 1 };
        } else {
            self.at.column = self.at.column.saturating_add(1);
        }
        Some(found)
    }

    /// Consumes one character of punctuation and the blank after it.
    fn token(&mut self) {
        self.next();
        self.skip_blank();
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.token();
        }
        found
    }

    fn skip_blank(&mut self) {
        while let Some(found) = self.peek() {
            match found {
                '#' => while !matches!(self.next(), None | Some('\n')) {},
                // Some exporters start the file with a byte order mark.
                _ if found.is_ascii_whitespace() || found == '\u{b}' || found == '\u{feff}' => drop(self.next()),
                _ => break,
            }
        }
    }

    fn unexpected(&self, expected: ExpectedToken) -> TextError {
        self.error(TextErrorKind::Unexpected { found: self.peek(), expected })
    }

    fn error(&self, kind: TextErrorKind) -> TextError {
        TextError { line: self.at.line, column: self.at.column, kind }
    }
}

fn is_word(found: char) -> bool {
    found.is_ascii_alphanumeric() || found == '_'
}

fn is_number_part(found: char) -> bool {
    is_word(found) || found == '.'
}

#[cfg(test)]
mod tests;
