//! Lines of a job's log from some byte on, whole ones only, so that a page that comes back misses none and sees none twice.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use nnc_messages::plain_line;

/// Bytes that are looked at in one go.
const PIECE: u64 = 256 << 10;
/// Lines in one go.
const LINES: usize = 500;

/// What a log has behind `after`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tail {
    pub(crate) lines: Vec<String>,
    /// The byte behind the last of them.
    pub(crate) offset: u64,
    /// Whether there is more at once.
    pub(crate) more: bool,
}

/// Reads lines from `after` on; the rest of a log that is complete counts as a line.
pub(crate) fn tail(files: &mut [File], after: u64, complete: bool) -> io::Result<Tail> {
    let bytes = piece(files, after)?;
    let full = bytes.len() as u64 == PIECE;
    let mut lines = Vec::new();
    let mut offset = after;
    let mut rest = bytes.as_slice();
    while lines.len() < LINES {
        let (line, length) = match rest.iter().position(|byte| *byte == b'\n') {
            Some(end) => (rest.get(..end).unwrap_or_default(), end + 1),
            // A line longer than a piece is cut.
            None if (complete || full) && !rest.is_empty() && (lines.is_empty() || !full) => (rest, rest.len()),
            None => break,
        };
        lines.push(plain_line(String::from_utf8_lossy(line).trim_end_matches('\r')));
        offset += length as u64;
        rest = rest.get(length..).unwrap_or_default();
    }
    let more = full || rest.contains(&b'\n');
    Ok(Tail { lines, offset, more })
}

/// A piece of several files as if they were one.
fn piece(files: &mut [File], after: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut start = 0;
    for file in files {
        let end = start + file.metadata()?.len();
        let left = PIECE - bytes.len() as u64;
        let from = after + bytes.len() as u64;
        if from < end && left > 0 {
            file.seek(SeekFrom::Start(from - start))?;
            file.take(left.min(end - from)).read_to_end(&mut bytes)?;
        }
        start = end;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file(text: &str) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[test]
    fn whole_lines_are_read_and_none_twice() {
        let mut files = [file("one\ntwo\nthr")];
        let first = tail(&mut files, 0, false).unwrap();
        assert_eq!(first, Tail { lines: vec!["one".into(), "two".into()], offset: 8, more: false });
        assert_eq!(tail(&mut files, 8, false).unwrap().lines, [""; 0]);
        assert_eq!(tail(&mut files, 8, true).unwrap(), Tail { lines: vec!["thr".into()], offset: 11, more: false });
        assert_eq!(tail(&mut files, 99, true).unwrap(), Tail { lines: vec![], offset: 99, more: false });
    }

    #[test]
    fn logs_of_two_phases_are_one() {
        let mut files = [file("a\nb\n"), file("c\n\u{1b}[2J\n")];
        let all = tail(&mut files, 0, false).unwrap();
        assert_eq!(all.lines, ["a", "b", "c", "\\u{1b}[2J"]);
        assert_eq!(tail(&mut files, 4, false).unwrap().lines, ["c", "\\u{1b}[2J"]);
    }

    #[test]
    fn many_and_long_lines_come_in_pieces() {
        let text = "x\n".repeat(LINES + 7);
        let first = tail(&mut [file(&text)], 0, true).unwrap();
        assert!(first.lines.len() == LINES && first.more);
        assert_eq!(tail(&mut [file(&text)], first.offset, true).unwrap().lines.len(), 7);
        let long = "y".repeat(PIECE as usize + 5);
        let mut offset = 0;
        let mut pieces = 0;
        loop {
            let next = tail(&mut [file(&long)], offset, true).unwrap();
            pieces += next.lines.len();
            offset = next.offset;
            if !next.more {
                break;
            }
        }
        assert_eq!((offset, pieces), (PIECE + 5, 2));
    }
}
