//! The numbers of an output that stand in the table itself, read back from it.

use nnc_dataset::Dataset;
use nnc_messages::{At, Doing, Result};
use nnc_plugin_api::OutputSpec;
use nnc_result_folder::Directory;
use nnc_result_folder::names::TABLE;

use super::output::Stored;

/// Gives `each` the row and its values of every output whose numbers stand in the table; those of the others are empty.
pub(super) fn read(
    folder: &Directory,
    dataset: &Dataset,
    outputs: &[Stored],
    each: &mut dyn FnMut(usize, &[Vec<f32>]),
) -> Result<()> {
    let path = folder.file(TABLE);
    let mut reader = csv::Reader::from_reader(folder.open(TABLE)?);
    for (row, record) in reader.records().enumerate() {
        let record = record.at(Doing::Read, &path)?;
        let mut cells = record.iter().skip(dataset.header().len());
        let mut values = Vec::with_capacity(outputs.len());
        for output in outputs {
            let cells = cells.by_ref().take(output.cells());
            match output.inline() {
                Some(_) => values.push(cells.map(|cell| cell.parse().unwrap_or(f32::NAN)).collect()),
                None => {
                    cells.for_each(drop);
                    values.push(Vec::new());
                }
            }
        }
        each(row, &values);
    }
    Ok(())
}

/// Gives `each` the row and its values of the output with this number.
pub(crate) fn read_output(
    folder: &Directory,
    dataset: &Dataset,
    outputs: &[OutputSpec],
    output: usize,
    each: &mut dyn FnMut(usize, &[f32]),
) -> Result<()> {
    let stored: Vec<Stored> = outputs.iter().enumerate().map(|(index, spec)| Stored::new(index, spec)).collect();
    read(folder, dataset, &stored, &mut |row, values| {
        if let Some(values) = values.get(output) {
            each(row, values);
        }
    })
}
