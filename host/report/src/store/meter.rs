//! How much memory the text of an evaluation may ask for. A file of another person may hold millions of empty rows, or one text
//! without an end; what it would cost is counted while it is read, and the rest is left unread.

use std::io::{self, Read};

/// The most memory that an evaluation may take. One of a million images takes two thirds of it.
pub(super) const MOST: u64 = 3 << 30;
/// What a small file may take however little text it has, and what each byte of it may: the shortest rows take 20.
const ANY: u64 = 64 << 20;
const EACH_BYTE: u64 = 32;

/// What takes memory beside its text: a row or another object, a list, a value.
const OBJECT: u64 = 512;
const LIST: u64 = 128;
const VALUE: u64 = 32;
/// Longer than any text in an evaluation, which is held twice while it is read.
const LONGEST: u64 = 64 << 20;

/// The memory that the text of a file may ask for.
pub(super) fn budget(bytes: u64) -> u64 {
    bytes.saturating_mul(EACH_BYTE).saturating_add(ANY).min(MOST)
}

/// Reads JSON as long as it does not ask for more memory than it may.
pub(super) struct Metered<R> {
    text: R,
    left: u64,
    /// Bytes since the last quotation mark.
    run: u64,
}

impl<R> Metered<R> {
    /// Lets through what takes `budget` bytes of memory.
    pub(super) fn new(text: R, budget: u64) -> Self {
        Self { text, left: budget, run: 0 }
    }

    fn cost(&mut self, text: &[u8]) -> u64 {
        let mut cost = text.len() as u64;
        for byte in text {
            self.run += 1;
            match byte {
                b'"' => self.run = 0,
                b'{' => cost += OBJECT,
                b'[' => cost += LIST,
                b',' => cost += VALUE,
                _ => {}
            }
            if self.run > LONGEST {
                return u64::MAX;
            }
        }
        cost
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.text.read(buffer)?;
        let cost = self.cost(buffer.get(..read).unwrap_or_default());
        self.left = self.left.checked_sub(cost).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EvaluatedImage;

    #[test]
    fn what_is_counted_is_no_less_than_what_is_taken() {
        assert!(size_of::<EvaluatedImage>() as u64 <= OBJECT, "{}", size_of::<EvaluatedImage>());
        assert!(size_of::<serde_json::Value>() as u64 <= VALUE);
        assert_eq!((budget(0), budget(1 << 20), budget(u64::MAX)), (ANY, ANY + (32 << 20), MOST));
    }

    #[test]
    fn text_is_let_through_until_it_costs_too_much() {
        let read = |text: &[u8], budget| io::copy(&mut Metered::new(text, budget), &mut io::sink());
        let row = br#"{"row":1,"name":"a"},"#;
        let cost = OBJECT + 2 * VALUE + row.len() as u64;
        assert_eq!(read(row, cost).unwrap(), row.len() as u64);
        assert_eq!(read(row, cost - 1).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert!(
            read(&vec![b'a'; LONGEST as usize], MOST).is_ok() && read(&vec![b'a'; LONGEST as usize + 1], MOST).is_err()
        );
    }
}
