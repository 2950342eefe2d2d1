//! Every problem of a dataset at once: reads and decodes every file, in parallel, and does not stop at the first.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::error::DatasetError;
use crate::header::Variable;
use crate::sample::{SampleFormat, Scratch, decode_into, element_of, examine, guarded};
use crate::table::Dataset;

/// The most problems that are told of: more of them nobody repairs one by one, and each takes memory.
pub(crate) const MAX_PROBLEMS: usize = 100_000;

/// What [`Dataset::check`] expects and may use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckOptions {
    /// Shapes that variables must have, by name: `("x", [3, 224, 224])`. A variable not named here must have
    /// the same shape in every row, the shape most rows have.
    pub shapes: Vec<(String, Vec<usize>)>,
    /// Threads; 0 means one per processor.
    pub threads: usize,
}

impl Dataset {
    /// Reads and decodes every cell of every variable and returns every problem, in order of rows. After a hundred
    /// thousand it says that there are more.
    ///
    /// `progress` hears how many rows are done so far, from any of the threads.
    pub fn check(&self, options: &CheckOptions, progress: &(dyn Fn(usize) + Sync)) -> Vec<DatasetError> {
        self.check_within(options, MAX_PROBLEMS, progress)
    }

    fn check_within(
        &self,
        options: &CheckOptions,
        most: usize,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Vec<DatasetError> {
        let threads = match options.threads {
            0 => thread::available_parallelism().map_or(1, NonZeroUsize::get),
            threads => threads,
        };
        let next = AtomicUsize::new(0);
        let done = AtomicUsize::new(0);
        let problems = AtomicUsize::new(0);
        let work = || {
            let mut findings = Findings::new(self.variables().len());
            let mut scratch = Scratch::default();
            loop {
                // Rows are begun in order and those begun are ended, so the first problems are all there then.
                if problems.load(Ordering::Relaxed) > most {
                    return findings;
                }
                let row = next.fetch_add(1, Ordering::Relaxed);
                if row >= self.len() {
                    return findings;
                }
                for (index, variable) in self.variables().iter().enumerate() {
                    let outcome = guarded(self, variable, row, || examine(self, variable, row, &mut scratch));
                    problems.fetch_add(usize::from(outcome.is_err()), Ordering::Relaxed);
                    findings.add(row, index, outcome);
                }
                progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            }
        };
        let mut findings = thread::scope(|scope| {
            let others: Vec<_> = (1..threads.min(self.len()))
                .filter_map(|_| thread::Builder::new().spawn_scoped(scope, work).ok())
                .collect();
            let mut findings = work();
            for other in others {
                match other.join() {
                    Ok(more) => findings.merge(more),
                    // Only `progress` can have panicked; that is the caller's to hear.
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            findings
        });
        for (index, variable) in self.variables().iter().enumerate() {
            let wanted = options.shapes.iter().find(|(name, _)| *name == variable.name);
            let Some(expected) = wanted.map(|(_, shape)| shape.clone()).or_else(|| findings.usual(index)) else {
                continue;
            };
            for row in findings.rows_unlike(index, &expected).into_iter().take(most + 1) {
                if let Err(problem) = self.refusal(variable, row, &expected) {
                    findings.problems.push((row, index, problem));
                }
            }
        }
        findings.problems.sort_by_key(|(row, index, _)| (*row, *index));
        if let Some((row, ..)) = findings.problems.get(most) {
            let (csv, line) = (self.path().to_path_buf(), self.line(*row));
            let more = (*row, usize::MAX, DatasetError::TooManyProblems { csv, line, limit: most });
            findings.problems.truncate(most);
            findings.problems.push(more);
        }
        let unknown = options.shapes.iter().filter_map(|(name, _)| self.variable(name).err());
        unknown.chain(findings.problems.into_iter().map(|(_, _, problem)| problem)).collect()
    }

    /// Why `row` cannot be read as `expected`, in the words of a job that would read it.
    fn refusal(&self, variable: &Variable, row: usize, expected: &[usize]) -> Result<(), DatasetError> {
        let format = SampleFormat { shape: expected.to_vec(), element: element_of(self, variable, row)? };
        let mut out = vec![0; format.sample_bytes()?];
        decode_into(self, variable, row, &format, &mut out)
    }
}

/// What one thread has seen.
struct Findings {
    /// Row, variable and what is wrong there.
    problems: Vec<(usize, usize, DatasetError)>,
    /// For every variable, the shapes found and the rows that have them.
    shapes: Vec<HashMap<Vec<usize>, Vec<usize>>>,
}

impl Findings {
    fn new(variables: usize) -> Findings {
        Findings { problems: Vec::new(), shapes: vec![HashMap::new(); variables] }
    }

    fn add(&mut self, row: usize, variable: usize, outcome: Result<Vec<usize>, DatasetError>) {
        match (outcome, self.shapes.get_mut(variable)) {
            (Ok(shape), Some(shapes)) => shapes.entry(shape).or_default().push(row),
            (Ok(_), None) => {}
            (Err(problem), _) => self.problems.push((row, variable, problem)),
        }
    }

    fn merge(&mut self, other: Findings) {
        self.problems.extend(other.problems);
        for (mine, theirs) in self.shapes.iter_mut().zip(other.shapes) {
            for (shape, rows) in theirs {
                mine.entry(shape).or_default().extend(rows);
            }
        }
    }

    /// The shape most rows of a variable have; of equally frequent ones that of the earliest row.
    fn usual(&self, variable: usize) -> Option<Vec<usize>> {
        let shapes = self.shapes.get(variable)?;
        let usual = shapes.iter().max_by_key(|(_, rows)| (rows.len(), Reverse(rows.iter().min())))?;
        Some(usual.0.clone())
    }

    /// In order.
    fn rows_unlike(&self, variable: usize, expected: &[usize]) -> Vec<usize> {
        let shapes = self.shapes.get(variable).into_iter().flatten();
        let unlike = shapes.filter(|(shape, _)| shape.as_slice() != expected);
        let mut rows: Vec<usize> = unlike.flat_map(|(_, rows)| rows.iter().copied()).collect();
        rows.sort_unstable();
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_very_many_problems_the_first_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let csv = folder.path().join("d.csv");
        std::fs::write(&csv, format!("x,y\n{}", "none.png,1\n".repeat(200))).unwrap();
        let dataset = Dataset::open(&csv).unwrap();
        for threads in [1, 4] {
            let options = CheckOptions { shapes: vec![("y".to_owned(), vec![2])], threads };
            let found = dataset.check_within(&options, 7, &|_| ());
            let lines: Vec<Option<u64>> = found.iter().map(DatasetError::line).collect();
            assert_eq!(lines, [2, 2, 3, 3, 4, 4, 5, 5].map(Some), "{found:?}");
            assert!(matches!(found.last(), Some(DatasetError::TooManyProblems { limit: 7, .. })), "{found:?}");
        }
    }
}
