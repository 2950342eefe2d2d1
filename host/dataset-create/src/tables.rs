//! The tables of a dataset, as NNC writes them.

use crate::error::CreateError;
use crate::images::Made;
use crate::options::Options;
use crate::output::Output;
use crate::split::Split;
use crate::summary::Csv;

/// Writes the tables that have rows.
pub(crate) fn write(
    output: &Output,
    made: &[Made<'_>],
    split: &Split,
    options: &Options,
) -> Result<Vec<Csv>, CreateError> {
    let mut csvs = Vec::new();
    for (file, rows) in [(&options.file1, &split.first), (&options.file2, &split.second)] {
        if !rows.is_empty() {
            let text = table(made, rows).map_err(|error| CreateError::unwritable(&output.file(file), error))?;
            output.write(file, &text)?;
            csvs.push(Csv { file: file.clone(), rows: rows.len() });
        }
    }
    Ok(csvs)
}

/// A table with `\n`, no byte order mark, and quotes only where they are needed.
fn table(made: &[Made<'_>], rows: &[usize]) -> csv::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    writer.write_record(["x:image", "y:label"])?;
    for Made { item, .. } in rows.iter().filter_map(|&row| made.get(row)) {
        writer.write_record([format!("./{}", item.path()), item.label.to_string()])?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
