//! Sorts more numbers than fit into memory: sorted runs on disk, merged while they are read back.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, Write};
use std::path::PathBuf;

/// Numbers sorted in memory at once: 32 MB.
const RUN: usize = 4 << 20;
/// Files of one length that are merged into one, so that few are open at a time however much there is to sort.
const FAN: usize = 64;

/// Takes numbers in any order and gives them back in ascending order.
pub(crate) struct Sorter {
    /// Where runs lie; their files have no names and vanish with the process.
    scratch: PathBuf,
    run: usize,
    fan: usize,
    numbers: Vec<u64>,
    /// By how often they were merged.
    runs: Vec<Vec<File>>,
    /// Numbers taken so far.
    len: u64,
}

impl Sorter {
    /// A sorter that spills into files of the folder `scratch`.
    pub(crate) fn new(scratch: PathBuf) -> Self {
        Self { scratch, run: RUN, fan: FAN, numbers: Vec::new(), runs: Vec::new(), len: 0 }
    }

    /// How many numbers there are.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Takes more numbers.
    pub(crate) fn add(&mut self, numbers: &[u64]) -> io::Result<()> {
        self.len += numbers.len() as u64;
        for part in numbers.chunks(self.run) {
            if self.numbers.len() + part.len() > self.run {
                self.spill()?;
            }
            self.numbers.extend_from_slice(part);
        }
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        let mut numbers = std::mem::take(&mut self.numbers);
        numbers.sort_unstable();
        let run = self.write(|file| numbers.iter().try_for_each(|number| file.write_all(&number.to_le_bytes())))?;
        numbers.clear();
        self.numbers = numbers;
        self.keep(run, 0)
    }

    /// Keeps a run that was merged so often, and merges once there are enough of them.
    fn keep(&mut self, run: File, merged: usize) -> io::Result<()> {
        if self.runs.len() == merged {
            self.runs.push(Vec::new());
        }
        self.runs[merged].push(run);
        if self.runs[merged].len() < self.fan {
            return Ok(());
        }
        let runs = std::mem::take(&mut self.runs[merged]);
        let run = self.write(|file| merge(runs, |number| file.write_all(&number.to_le_bytes())))?;
        self.keep(run, merged + 1)
    }

    /// A file with what `write` writes, ready to be read.
    fn write(&self, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<File> {
        let mut file = BufWriter::new(tempfile::tempfile_in(&self.scratch)?);
        write(&mut file)?;
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(file)
    }

    /// Hands every number to `each`, the smallest first.
    pub(crate) fn finish(mut self, mut each: impl FnMut(u64)) -> io::Result<()> {
        if self.runs.is_empty() {
            self.numbers.sort_unstable();
            self.numbers.into_iter().for_each(each);
            return Ok(());
        }
        self.spill()?;
        // Their memory now serves for reading.
        self.numbers = Vec::new();
        merge(self.runs.into_iter().flatten().collect(), |number| {
            each(number);
            Ok(())
        })
    }
}

/// Hands the numbers of all runs to `each`, the smallest first.
fn merge(runs: Vec<File>, mut each: impl FnMut(u64) -> io::Result<()>) -> io::Result<()> {
    let mut runs: Vec<_> = runs.into_iter().map(|file| BufReader::with_capacity(1 << 16, file)).collect();
    let mut heads = BinaryHeap::new();
    for (index, run) in runs.iter_mut().enumerate() {
        heads.extend(next(run)?.map(|number| Reverse((number, index))));
    }
    while let Some(mut head) = heads.peek_mut() {
        let Reverse((number, index)) = *head;
        each(number)?;
        match next(&mut runs[index])? {
            Some(number) => *head = Reverse((number, index)),
            None => drop(PeekMut::pop(head)),
        }
    }
    Ok(())
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
            parts in prop::collection::vec(prop::collection::vec(0_u64..50, 0..30), 0..20), run in 1_usize..40,
            fan in 2_usize..4
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut sorter = Sorter { run, fan, ..Sorter::new(folder.path().to_owned()) };
            for part in &parts {
                sorter.add(part).unwrap();
                prop_assert!(sorter.numbers.len() <= run);
                prop_assert!(sorter.runs.iter().all(|runs| runs.len() < fan));
            }
            let mut sorted = Vec::new();
            sorter.finish(|number| sorted.push(number)).unwrap();
            let mut due = parts.concat();
            due.sort_unstable();
            prop_assert_eq!(sorted, due);
        }
    }
}
