//! Sorts more numbers than fit into memory: sorted runs on disk, merged while they are read back.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, Write};
use std::path::PathBuf;

/// Numbers sorted in memory at once: 32 MB.
const RUN: usize = 4 << 20;

/// Takes numbers in any order and gives them back in ascending order.
pub(crate) struct Sorter {
    /// Where runs lie; their files have no names and vanish with the process.
    scratch: PathBuf,
    run: usize,
    numbers: Vec<u64>,
    runs: Vec<File>,
}

impl Sorter {
    /// A sorter that spills into files of the folder `scratch`.
    pub(crate) fn new(scratch: PathBuf) -> Self {
        Self { scratch, run: RUN, numbers: Vec::new(), runs: Vec::new() }
    }

    /// Takes more numbers.
    pub(crate) fn add(&mut self, numbers: &[u64]) -> io::Result<()> {
        for part in numbers.chunks(self.run) {
            if self.numbers.len() + part.len() > self.run {
                self.spill()?;
            }
            self.numbers.extend_from_slice(part);
        }
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        self.numbers.sort_unstable();
        let mut file = BufWriter::new(tempfile::tempfile_in(&self.scratch)?);
        for number in self.numbers.drain(..) {
            file.write_all(&number.to_le_bytes())?;
        }
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        self.runs.push(file);
        Ok(())
    }

    /// Hands every number to `each`, the smallest first.
    pub(crate) fn finish(mut self, mut each: impl FnMut(u64)) -> io::Result<()> {
        if self.runs.is_empty() {
            self.numbers.sort_unstable();
            self.numbers.into_iter().for_each(each);
            return Ok(());
        }
        self.spill()?;
        // The runs together use no more than a run in memory did.
        let mut runs: Vec<_> = self.runs.into_iter().map(|file| BufReader::with_capacity(1 << 16, file)).collect();
        let mut heads = BinaryHeap::new();
        for (index, run) in runs.iter_mut().enumerate() {
            heads.extend(next(run)?.map(|number| Reverse((number, index))));
        }
        while let Some(mut head) = heads.peek_mut() {
            let Reverse((number, index)) = *head;
            each(number);
            match next(&mut runs[index])? {
                Some(number) => *head = Reverse((number, index)),
                None => drop(std::collections::binary_heap::PeekMut::pop(head)),
            }
        }
        Ok(())
    }
}

fn next(run: &mut impl Read) -> io::Result<Option<u64>> {
    let mut bytes = [0; 8];
    match run.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(u64::from_le_bytes(bytes))),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_sorts_however_often_it_spills(
            parts in prop::collection::vec(prop::collection::vec(0_u64..50, 0..30), 0..9), run in 1_usize..40
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut sorter = Sorter { run, ..Sorter::new(folder.path().to_owned()) };
            for part in &parts {
                sorter.add(part).unwrap();
                prop_assert!(sorter.numbers.len() <= run);
            }
            let mut sorted = Vec::new();
            sorter.finish(|number| sorted.push(number)).unwrap();
            let mut due = parts.concat();
            due.sort_unstable();
            prop_assert_eq!(sorted, due);
        }
    }
}
