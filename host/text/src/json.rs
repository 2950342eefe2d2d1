//! JSON that says the same to programs and nothing to terminals: characters that are not plain stand there as `\u` and four
//! digits. JSON itself asks for that below U+0020 alone.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Result;

use crate::is_plain;

/// JSON in one line.
///
/// # Errors
/// A value that JSON has no words for.
pub fn to_vec(value: &impl Serialize) -> Result<Vec<u8>> {
    let mut json = Vec::new();
    serde_json::to_writer(Escaping(&mut json), value)?;
    Ok(json)
}

/// Indented JSON.
///
/// # Errors
/// A value that JSON has no words for.
pub fn to_vec_pretty(value: &impl Serialize) -> Result<Vec<u8>> {
    let mut json = Vec::new();
    serde_json::to_writer_pretty(Escaping(&mut json), value)?;
    Ok(json)
}

/// Passes JSON on and escapes what is not plain. It has to get whole characters, as serde_json writes them: what buffers
/// belongs behind it.
#[derive(Debug)]
pub struct Escaping<W>(pub W);

impl<W: Write> Write for Escaping<W> {
    fn write(&mut self, json: &[u8]) -> io::Result<usize> {
        // Characters up to here are escaped already, or line breaks between values.
        if json.iter().all(|byte| *byte < 0x7f) {
            self.0.write_all(json)?;
            return Ok(json.len());
        }
        let text = std::str::from_utf8(json).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let mut rest = text;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| *c >= '\u{7f}' && !is_plain(*c)) {
            self.0.write_all(rest.get(..at).unwrap_or_default().as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(self.0, "\\u{unit:04x}")?;
            }
            rest = rest.get(at + c.len_utf8()..).unwrap_or_default();
        }
        self.0.write_all(rest.as_bytes())?;
        Ok(json.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_says_the_same_to_programs_and_nothing_to_terminals() {
        let value = serde_json::json!({ "a": "\u{9b}2J \u{202e}b \u{e0041} \u{7f} 日本語\n\\", "\u{2067}": [1, 2] });
        let json = String::from_utf8(to_vec_pretty(&value).unwrap()).unwrap();
        assert!(json.contains(r"\u009b2J \u202eb \udb40\udc41 \u007f 日本語\n\\"), "{json}");
        assert!(json.chars().all(|c| is_plain(c) || c == '\n'), "{json}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), value);
        let plain = serde_json::json!({ "a": ["é", 1.5] });
        assert_eq!(to_vec_pretty(&plain).unwrap(), serde_json::to_vec_pretty(&plain).unwrap());
    }
}
