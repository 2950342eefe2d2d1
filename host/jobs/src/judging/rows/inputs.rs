//! The inputs of the rows, as a report shows them: pictures by their files, everything else by its numbers.

use std::path::PathBuf;
use std::sync::Arc;

use nnc_dataset::{Dataset, Variable, parse_number, split_extension};
use nnc_messages::{Exit, OrExit, Result};
use nnc_plugin_api::{Element, Input};
use nnc_report::Sample;

use crate::worker::samples::Reading;

/// Endings of files that hold numbers.
const NUMBERS: [&str; 3] = ["csv", "npy", "wav"];
/// Values that are kept of all rows together.
const MOST_VALUES: usize = 4_000_000;
/// Values that are kept of each row at least.
const FEWEST: usize = 16;
/// Numbers that name a row.
const NAMED: usize = 4;

/// What a row is called: its first cell, or its first numbers.
pub(super) fn name(dataset: &Dataset, variable: &Variable, row: usize) -> String {
    let cells: Vec<&str> = dataset.record(row).collect();
    let cell = |column: &usize| cells.get(*column).copied().unwrap_or_default();
    let mut named: Vec<&str> = variable.columns.iter().take(NAMED).map(cell).collect();
    if named.first().is_none_or(|first| parse_number(first).is_none()) {
        return named.first().copied().unwrap_or_default().to_owned();
    }
    if variable.columns.len() > NAMED {
        named.push("…");
    }
    named.join(", ")
}

/// The picture that a row names; `None` where its input is numbers, in the table or in a file.
pub(super) fn picture(dataset: &Dataset, variable: &Variable, row: usize) -> Option<PathBuf> {
    let cell = variable.columns.first().and_then(|&column| dataset.text(row, column)).unwrap_or_default();
    let ending = split_extension(cell).1.trim_start_matches('.').to_lowercase();
    let holds_numbers = parse_number(cell).is_some() || NUMBERS.contains(&&*ending);
    (!holds_numbers).then(|| dataset.folder().join(cell.replace('\\', "/")))
}

/// The numbers of every row, thinned out; none where the rows are pictures.
pub(super) fn samples(dataset: &Arc<Dataset>, input: &Input, reading: Reading) -> Result<Vec<Sample>> {
    let variable = dataset.variable(&input.variable).or_exit(Exit::Dataset)?;
    if (0..dataset.len()).any(|row| picture(dataset, variable, row).is_some()) {
        return Ok(Vec::new());
    }
    let most = most_values(dataset.len());
    let mut reader = reading.open_input(dataset, input)?;
    let bytes = input.sample_bytes().unwrap_or_default().max(1);
    let mut samples = Vec::with_capacity(dataset.len());
    while let Some(batch) = reader.next_batch(reading.batch_size).or_exit(Exit::Dataset)? {
        for sample in batch.bytes.chunks_exact(bytes).take(batch.count) {
            let values: Vec<f32> = match input.element {
                Element::U8 => sample.iter().map(|&byte| f32::from(byte)).collect(),
                Element::F32 => sample.as_chunks().0.iter().map(|bytes| f32::from_ne_bytes(*bytes)).collect(),
            };
            samples.push(Sample::new(&input.shape, &values, most));
        }
    }
    Ok(samples)
}

/// How many values of each of so many rows are kept.
pub(super) fn most_values(rows: usize) -> usize {
    (MOST_VALUES / rows.max(1)).clamp(FEWEST, Sample::MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_numbers_are_named_by_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.csv");
        std::fs::write(&path, "x__0,x__1,x__2,x__3,x__4,z,w\n1,2,3,4,5,a/b.png,c.CSV\n").unwrap();
        let dataset = Dataset::open(&path).unwrap();
        let of = |variable: &str| {
            let variable = dataset.variable(variable).unwrap();
            (name(&dataset, variable, 0), picture(&dataset, variable, 0).map(|path| path.ends_with("a/b.png")))
        };
        assert_eq!(of("x"), ("1, 2, 3, 4, …".to_owned(), None));
        assert_eq!(of("z"), ("a/b.png".to_owned(), Some(true)));
        assert_eq!(of("w"), ("c.CSV".to_owned(), None));
        assert_eq!((most_values(1), most_values(1_000_000)), (Sample::MOST, FEWEST));
    }
}
