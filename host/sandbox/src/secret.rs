//! How a parent knows that a message is its child's own and not written by a plugin, which shares the child's process
//! and can write into every descriptor there.
//!
//! The parent makes a key and hands it over as the first line of standard input, which the child reads before it opens a
//! plugin. Each message carries a code that is made from the key, the number of the message and its bytes (HMAC-SHA256).
//! A plugin that searches the memory of the process for the key finds it; one that only writes, reads or repeats what
//! goes through descriptors is not believed, and a message that it takes out is missed.

use std::fmt::Write;
use std::io;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes of a key.
const KEY: usize = 32;
/// Bytes of a code, and of a key, in hex.
const CODE_TEXT: usize = 2 * KEY;

/// A key that parent and child share.
pub(crate) struct Secret([u8; KEY]);

impl Secret {
    /// Makes one up.
    ///
    /// # Errors
    /// A system without random numbers.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(nnc_files::random_bytes()?))
    }

    /// The line in which the child gets it.
    pub(crate) fn line(&self) -> Vec<u8> {
        let mut line = nnc_files::hex(&self.0).into_bytes();
        line.push(b'\n');
        line
    }

    /// Reads the line from standard input, and not a byte more.
    ///
    /// # Errors
    /// Those of the system, and something else in its place.
    pub(crate) fn take_from_stdin() -> io::Result<Self> {
        let mut line = [0; CODE_TEXT + 1];
        let mut filled = 0;
        while filled < line.len() {
            match rustix::io::read(rustix::stdio::stdin(), &mut line[filled..]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => filled += count,
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let mut key = [0; KEY];
        for (byte, text) in key.iter_mut().zip(line.chunks_exact(2)) {
            let text = std::str::from_utf8(text).map_err(|_| io::ErrorKind::InvalidData)?;
            *byte = u8::from_str_radix(text, 16).map_err(|_| io::ErrorKind::InvalidData)?;
        }
        // Another place less where it can be found.
        std::hint::black_box(&mut line).fill(0);
        Ok(Self(key))
    }

    /// What makes the codes, or checks them.
    pub(crate) fn codes(mut self) -> Codes {
        // A key of any length fits.
        let keyed = Hmac::new_from_slice(&self.0).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        std::hint::black_box(&mut self.0).fill(0);
        Codes { keyed, number: 0 }
    }
}

/// The codes of messages, one after the other.
pub(crate) struct Codes {
    keyed: Hmac<Sha256>,
    /// Of the next message.
    number: u64,
}

impl Codes {
    fn of(&self, message: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        mac.update(&self.number.to_le_bytes());
        mac.update(message);
        mac
    }

    /// The next message as a line, with its code.
    pub(crate) fn line(&mut self, message: &[u8]) -> Vec<u8> {
        let code = self.of(message).finalize().into_bytes();
        self.number += 1;
        let mut text = String::with_capacity(CODE_TEXT + 1);
        for byte in code {
            let _ = write!(text, "{byte:02x}");
        }
        text.push(' ');
        let mut line = text.into_bytes();
        line.extend_from_slice(message);
        line.push(b'\n');
        line
    }

    /// The message of a line, if it is the next one and nobody else's.
    pub(crate) fn message<'a>(&mut self, line: &'a str) -> Option<&'a str> {
        let (code, message) = line.split_once(' ')?;
        let mut bytes = [0; KEY];
        if code.len() != CODE_TEXT || !code.is_ascii() {
            return None;
        }
        for (byte, at) in bytes.iter_mut().zip((0..CODE_TEXT).step_by(2)) {
            *byte = u8::from_str_radix(&code[at..at + 2], 16).ok()?;
        }
        self.of(message.as_bytes()).verify_slice(&bytes).ok()?;
        self.number += 1;
        Some(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_next_message_of_the_child_is_believed() {
        let secret = Secret::new().unwrap();
        let (mut child, mut parent) = (Secret(secret.0).codes(), secret.codes());
        let text = |line: Vec<u8>| String::from_utf8(line).unwrap().trim_end().to_owned();
        let first = text(child.line(b"{\"a\":1}"));
        assert_eq!(parent.message("{\"event\":\"done\"}"), None);
        assert_eq!(parent.message(&first.replace("1", "2")), None);
        assert_eq!(parent.message(&first), Some("{\"a\":1}"));
        assert_eq!(parent.message(&first), None, "told twice");
        // One was taken out.
        let _ = child.line(b"{}");
        assert_eq!(parent.message(&text(child.line(b"{}"))), None);
        let mut other = Secret::new().unwrap().codes();
        assert_eq!(parent.message(&text(other.line(b"{}"))), None);
        for odd in ["", " ", "é", &format!("{} x", "é".repeat(32)), &format!("{} x", "g".repeat(64))] {
            assert_eq!(parent.message(odd), None);
        }
    }
}
