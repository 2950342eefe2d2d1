//! The tables of a dataset, as NNC writes them.

use crate::error::CreateError;
use crate::groups::Groups;
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
    groups: Option<&Groups>,
) -> Result<Vec<Csv>, CreateError> {
    let column = options.group_column.as_deref().zip(groups);
    let mut csvs = Vec::new();
    for (file, rows) in [(&options.file1, &split.first), (&options.file2, &split.second)] {
        if !rows.is_empty() {
            let text = table(made, rows, column).map_err(|error| CreateError::unwritable(&output.file(file), error))?;
            output.write(file, &text)?;
            csvs.push(Csv { file: file.clone(), rows: rows.len() });
        }
    }
    Ok(csvs)
}

/// A table with `\n`, no byte order mark, and quotes only where they are needed. `column` names a column of groups; NNC takes it
/// for a comment.
fn table(made: &[Made<'_>], rows: &[usize], column: Option<(&str, &Groups)>) -> csv::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let header = column.map(|(name, _)| format!("# {}", name.trim_start_matches(['#', ' '])));
    writer.write_record(["x:image", "y:label"].into_iter().chain(header.as_deref()))?;
    for (&row, Made { item, .. }) in rows.iter().filter_map(|row| Some((row, made.get(*row)?))) {
        let group = column.map(|(_, groups)| groups.name(row).unwrap_or_default().to_owned());
        writer.write_record([format!("./{}", item.path()), item.label.to_string()].into_iter().chain(group))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
