//! A file to which lines are added, whole or not at all. What a full disk does not take is kept in memory, up to a bound, until it
//! does: the next image is served meanwhile.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use nnc_files::open_own;

/// Bytes that wait for room on the disk at most; whoever adds more has to wait.
const MOST: usize = 8 << 20;
/// How much of the end of a file is looked at for its last line.
const END: u64 = 1 << 20;

/// What became of a line.
#[derive(Debug)]
pub(crate) enum Added {
    /// It is in the file.
    Written,
    /// It waits; the error is told the first time.
    Waiting(Option<io::Error>),
    /// It is in the file, and so are those that waited.
    Recovered,
}

/// The file.
pub(crate) struct Log {
    path: PathBuf,
    file: File,
    /// Whole lines in the file, in bytes.
    length: u64,
    waiting: VecDeque<Vec<u8>>,
    waiting_bytes: usize,
}

impl Log {
    /// Goes on with the file, or begins it. What a crash left of a last line is cut off.
    pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
        let mut file = open_own(&path)?;
        let length = whole_lines(&mut file)?;
        file.set_len(length)?;
        file.seek(SeekFrom::Start(length))?;
        Ok(Self { path, file, length, waiting: VecDeque::new(), waiting_bytes: 0 })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of the lines in the file.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Adds a line, which ends with its line break.
    pub(crate) fn add(&mut self, line: Vec<u8>) -> Added {
        let waited = self.waiting.len();
        if let Err(error) = self.catch_up().and_then(|()| self.write(&line)) {
            self.waiting_bytes += line.len();
            self.waiting.push_back(line);
            return Added::Waiting((waited == 0).then_some(error));
        }
        if waited > 0 { Added::Recovered } else { Added::Written }
    }

    /// Adds a line where the disk has no room.
    #[cfg(test)]
    pub(crate) fn add_to_a_full_disk(&mut self, line: Vec<u8>) -> Added {
        self.file = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        self.add(line)
    }

    /// Writes what waits, as far as there is room.
    pub(crate) fn catch_up(&mut self) -> io::Result<()> {
        while let Some(line) = self.waiting.pop_front() {
            if let Err(error) = self.write(&line) {
                self.waiting.push_front(line);
                return Err(error);
            }
            self.waiting_bytes -= line.len();
        }
        Ok(())
    }

    /// Whether so much waits for room that nothing more should be added.
    pub(crate) fn is_stuck(&self) -> bool {
        self.waiting_bytes > MOST
    }

    /// Whether something waits for room.
    pub(crate) fn is_behind(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Another handle, to write the file to the disk without holding up whoever adds lines.
    pub(crate) fn handle(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(line);
        match written {
            Ok(()) => self.length += line.len() as u64,
            // Nothing half-written; cutting needs no room.
            Err(_) => {
                let _ = self.file.set_len(self.length);
                let _ = self.file.seek(SeekFrom::Start(self.length));
            }
        }
        written
    }
}

/// Bytes of a file up to the end of its last whole line.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    let length = file.metadata()?.len();
    let mut end = length;
    while end > 0 {
        let start = end.saturating_sub(END);
        file.seek(SeekFrom::Start(start))?;
        let mut piece = Vec::new();
        Read::by_ref(file).take(end - start).read_to_end(&mut piece)?;
        if let Some(last) = piece.iter().rposition(|&byte| byte == b'\n') {
            return Ok(start + last as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_line_goes_and_whole_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        for (before, after) in [("", "x\n"), ("one\ntw", "one\nx\n"), ("one\n", "one\nx\n"), ("half", "x\n")] {
            std::fs::write(&path, before).unwrap();
            let mut log = Log::open(path.clone()).unwrap();
            assert!(matches!(log.add(b"x\n".to_vec()), Added::Written));
            assert_eq!((std::fs::read_to_string(&path).unwrap().as_str(), log.length()), (after, after.len() as u64));
        }
    }

    #[test]
    fn lines_wait_for_room_up_to_a_bound() {
        let mut log = Log::open(tempfile::tempdir().unwrap().path().join("a")).unwrap();
        assert!(matches!(log.add_to_a_full_disk(b"x\n".to_vec()), Added::Waiting(Some(_))));
        assert!(matches!(log.add(vec![b'\n'; MOST]), Added::Waiting(None)));
        assert!(log.is_stuck() && log.is_behind());
        log.file = tempfile::tempfile().unwrap();
        assert!(matches!(log.add(b"y\n".to_vec()), Added::Recovered));
        assert_eq!((log.length(), log.is_stuck()), (MOST as u64 + 4, false));
    }
}
