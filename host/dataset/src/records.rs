//! CSV records with the physical line each one starts on.
//!
//! Two things the `csv` crate does not tell are added here, because error messages need them: the line after
//! blank lines and quoted line breaks, and a quote that never closes and so swallows the rest of the file. And one thing
//! that it does not limit: each cell costs it memory, so a text of nothing but commas would take many times its size.

use std::io::{Chain, Read};

use csv::ByteRecord;

/// Follows the text, so that a quote left open at its end swallows more than the text.
const TAIL: &[u8] = b"\nend";

/// Iterates over the records of a CSV text, blank lines left out.
pub(crate) struct Records<'a> {
    text: &'a [u8],
    reader: csv::Reader<Chain<&'a [u8], &'static [u8]>>,
    record: ByteRecord,
    /// Start of the latest record and the line it is on.
    start: usize,
    line: u64,
    /// The line on which the text has too many cells.
    too_many: Option<u64>,
}

/// Why there is no next record.
#[derive(Debug, PartialEq)]
pub(crate) enum Stop {
    /// The text is at its end.
    End,
    /// The record that starts on this line holds a quote that never closes.
    UnclosedQuote(u64),
    /// On this line the text goes on past the number of cells it may have.
    TooManyCells(u64),
}

impl<'a> Records<'a> {
    /// `text` is the file without its byte order mark; with more than `most` cells nothing of it is read.
    pub(crate) fn new(text: &'a [u8], most: usize) -> Records<'a> {
        // Every cell but the last of the text ends at one of these, unless a quote holds them.
        let mut ends = text.iter().enumerate().filter(|(_, byte)| matches!(byte, b',' | b'\n' | b'\r'));
        let too_many = ends.nth(most).map(|(end, _)| 1 + line_breaks(&text[..end]));
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.chain(TAIL));
        Records { text, reader, record: ByteRecord::new(), start: 0, line: 1, too_many }
    }

    /// The next record and its line, from 1.
    pub(crate) fn next(&mut self) -> Result<(u64, &ByteRecord), Stop> {
        if let Some(line) = self.too_many {
            return Err(Stop::TooManyCells(line));
        }
        // Reading from memory without a fixed width cannot fail; if it ever did, the text would end here.
        if !self.reader.read_byte_record(&mut self.record).unwrap_or(false) {
            return Err(Stop::End);
        }
        let reported = self.record.position().map_or(0, csv::Position::byte);
        let mut start = usize::try_from(reported).unwrap_or(usize::MAX);
        // What the csv crate takes for the start may lie on blank lines before the record.
        while matches!(self.text.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        if start >= self.text.len() {
            return Err(Stop::End);
        }
        self.line += line_breaks(&self.text[self.start..start]);
        self.start = start;
        if self.reader.position().byte() > self.text.len() as u64 + 1 {
            return Err(Stop::UnclosedQuote(self.line));
        }
        Ok((self.line, &self.record))
    }
}

/// Line breaks in `text`: `\n`, `\r\n` or a lone `\r`.
pub(crate) fn line_breaks(text: &[u8]) -> u64 {
    let mut breaks = 0;
    let mut before = 0;
    for &byte in text {
        if byte == b'\r' || (byte == b'\n' && before != b'\r') {
            breaks += 1;
        }
        before = byte;
    }
    breaks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(u64, Vec<String>)>, Stop) {
        let mut records = Records::new(text.as_bytes(), 100);
        let mut rows = Vec::new();
        loop {
            match records.next() {
                Ok((line, record)) => {
                    rows.push((line, record.iter().map(|cell| String::from_utf8(cell.to_vec()).unwrap()).collect()))
                }
                Err(stop) => return (rows, stop),
            }
        }
    }

    #[test]
    fn lines_and_cells() {
        type Rows = &'static [(u64, &'static [&'static str])];
        let table: &[(&str, Rows)] = &[
            ("", &[]),
            ("\n\n", &[]),
            ("a,b", &[(1, &["a", "b"])]),
            ("a,b\n", &[(1, &["a", "b"])]),
            ("a,b\r\nc,d\r\n", &[(1, &["a", "b"]), (2, &["c", "d"])]),
            ("a\rb\rc", &[(1, &["a"]), (2, &["b"]), (3, &["c"])]),
            ("a\n\n\nb\n", &[(1, &["a"]), (4, &["b"])]),
            ("a\r\n\r\n\r\nb", &[(1, &["a"]), (4, &["b"])]),
            ("\n\na\nb", &[(3, &["a"]), (4, &["b"])]),
            ("\"a\nb\",c\nd\n", &[(1, &["a\nb", "c"]), (3, &["d"])]),
            ("\"a\r\n\r\nb\"\r\n\r\nd", &[(1, &["a\r\n\r\nb"]), (5, &["d"])]),
            ("\"a\"\"b\",\"c,d\"", &[(1, &["a\"b", "c,d"])]),
            ("a\"b,c", &[(1, &["a\"b", "c"])]),
            ("\"\"\n\"\"", &[(1, &[""]), (2, &[""])]),
            (" \n,\n", &[(1, &[" "]), (2, &["", ""])]),
            ("end\nend", &[(1, &["end"]), (2, &["end"])]),
        ];
        for (text, expected) in table {
            let expected: Vec<(u64, Vec<String>)> = expected
                .iter()
                .map(|(line, cells)| (*line, cells.iter().map(|cell| cell.to_string()).collect()))
                .collect();
            assert_eq!(read(text), (expected, Stop::End), "{text:?}");
        }
    }

    #[test]
    fn open_quotes() {
        for (text, rows, line) in [("\"", 0, 1), ("a\nb,\"c\nd\n", 1, 2), ("a\n\n\"b", 1, 3), ("a\n\"b\"\"", 1, 2)] {
            let (found, stop) = read(text);
            assert_eq!((found.len(), stop), (rows, Stop::UnclosedQuote(line)), "{text:?}");
        }
    }

    #[test]
    fn cells_are_counted_before_they_cost_anything() {
        for (text, most, line) in
            [("a,b\nc,d\n", 4, None), ("a,b\nc,d\n", 3, Some(2)), (",,,,\n", 2, Some(1)), ("\n\n\n\n", 2, Some(3))]
        {
            let mut records = Records::new(text.as_bytes(), most);
            let stop = std::iter::from_fn(|| Some(records.next().map(drop))).find_map(Result::err).unwrap();
            assert_eq!(stop, line.map_or(Stop::End, Stop::TooManyCells), "{text:?}");
        }
    }
}
