//! Every problem of a dataset at once: reads and decodes every file, in parallel, and does not stop at the first.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::error::DatasetError;
use crate::format::SampleFormat;
use crate::header::Variable;
use crate::limits::MAX_PROBLEMS;
use crate::sample::{Scratch, decode_into, element_of, examine, guarded};
use crate::table::Dataset;
use crate::threads::pool;

/// Rows that the threads share out before their findings are collected.
const ROWS_AT_ONCE: usize = 1024;

/// The shape of one sample, or what is wrong with it.
type Outcome = Result<Vec<usize>, DatasetError>;

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
    /// `progress` is told how many rows are done so far, from any of the threads.
    pub fn check(&self, options: &CheckOptions, progress: &(dyn Fn(usize) + Sync)) -> Vec<DatasetError> {
        self.check_within(options, MAX_PROBLEMS, progress)
    }

    fn check_within(
        &self,
        options: &CheckOptions,
        most: usize,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Vec<DatasetError> {
        let pool = match pool(options.threads.min(self.len())) {
            Ok(pool) => pool,
            Err(error) => return vec![error],
        };
        let mut findings = Findings::new(self.variables().len());
        let done = AtomicUsize::new(0);
        let examined = |scratch: &mut Scratch, row: usize| -> Vec<Outcome> {
            let variables = self.variables().iter();
            let outcomes = variables
                .map(|variable| guarded(self, variable, row, || examine(self, variable, row, scratch)))
                .collect();
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            outcomes
        };
        for start in (0..self.len()).step_by(ROWS_AT_ONCE) {
            let rows = start..self.len().min(start + ROWS_AT_ONCE);
            let outcomes: Vec<Vec<Outcome>> =
                pool.install(|| rows.clone().into_par_iter().map_init(Scratch::default, examined).collect());
            for (row, outcomes) in rows.zip(outcomes) {
                for (index, outcome) in outcomes.into_iter().enumerate() {
                    findings.add(row, index, outcome);
                }
            }
            // All rows before have been read, so these are the first problems there are.
            if findings.problems.len() > most {
                break;
            }
        }
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

/// What was seen so far.
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

    fn add(&mut self, row: usize, variable: usize, outcome: Outcome) {
        match (outcome, self.shapes.get_mut(variable)) {
            (Ok(shape), Some(shapes)) => shapes.entry(shape).or_default().push(row),
            (Ok(_), None) => {}
            (Err(problem), _) => self.problems.push((row, variable, problem)),
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
