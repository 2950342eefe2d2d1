//! Which columns of NNC's table are outputs. It holds the columns of what was evaluated, and those of the outputs behind them;
//! nothing in the table says where these begin (NNC contract 8.2).

use std::ops::Range;
use std::path::Path;

use nnc_dataset::Dataset;
use nnc_messages::{Exit, Failure, Result};
use nnp::Model;

use super::messages::Refused;

/// How NNC calls the deviation of several evaluations.
const UNCERTAINTY: &str = "Uncertainty(Std)";
/// Column names that an error repeats.
const NAMED: usize = 20;

/// The columns of the table.
pub(super) struct Columns {
    /// How many are of what was evaluated.
    pub(super) source: usize,
    /// The outputs behind them.
    pub(super) outputs: Vec<Group>,
}

/// The columns of one output.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) columns: Range<usize>,
}

impl Columns {
    /// As the dataset says that was evaluated, else the model, else the names.
    pub(super) fn of(table: &Dataset, given: Option<&Dataset>, model: Option<&Model>) -> Result<Self> {
        let header = table.header();
        let source = match given {
            Some(dataset) => columns_of(dataset, table)?,
            None => model.and_then(|model| by_model(header, model)).map_or_else(|| by_name(table), Ok)?,
        };
        Ok(Self { source, outputs: groups(header, source) })
    }
}

/// As many columns as the dataset has, which have its names.
fn columns_of(dataset: &Dataset, table: &Dataset) -> Result<usize> {
    let (found, expected) = (table.header(), dataset.header());
    for (column, expected) in expected.iter().enumerate() {
        let found = found.get(column).map(String::as_str).unwrap_or_default();
        if found != expected {
            return Err(Failure::new(
                Exit::Dataset,
                Refused::OtherHeader {
                    table: table.path().to_owned(),
                    column: column + 1,
                    found: found.to_owned(),
                    dataset: dataset.path().to_owned(),
                    expected: expected.clone(),
                },
            ));
        }
    }
    if found.len() == expected.len() {
        let (table, dataset) = (table.path().to_owned(), dataset.path().to_owned());
        return Err(Failure::new(Exit::Dataset, Refused::NothingBehind { table, dataset }));
    }
    Ok(expected.len())
}

/// Where the last columns are those that the model's executors name.
fn by_model(header: &[String], model: &Model) -> Option<usize> {
    let names = model.executors.iter().flat_map(|executor| &executor.output_variables);
    let names: Vec<&str> = names.map(|output| output.data_name.as_str()).collect();
    let first = (1..header.len()).find(|&start| {
        let groups = groups(header, start);
        groups.len() == names.len() && groups.iter().zip(&names).all(|(group, name)| group.name == *name)
    });
    first.filter(|_| !names.is_empty())
}

/// Where the first column stands with the name of an output, or with files that NNC writes for one; what is behind it is
/// outputs, whatever its name.
fn by_name(table: &Dataset) -> Result<usize> {
    let header = table.header();
    let is_output = |column: usize| {
        let (name, _) = split(&header[column]);
        let cell = table.text(0, column).unwrap_or_default().replace('\\', "/");
        name.ends_with('\'') || name == UNCERTAINTY || is_written(&cell)
    };
    // Somebody evaluated something.
    match (0..header.len()).position(is_output) {
        Some(source) if source > 0 => Ok(source),
        _ => {
            let (table, columns) = (table.path().to_owned(), header.iter().take(NAMED).cloned().collect());
            Err(Failure::new(Exit::Dataset, Refused::NoOutputs { table, columns }))
        }
    }
}

/// Whether a cell names a file in the folder of an output, such as `./outputs/0_0000/0.csv`.
fn is_written(cell: &str) -> bool {
    let folder = Path::new(cell).parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    folder.split_once('_').is_some_and(|(output, part)| digits(output) && digits(part) && part.len() == 4)
}

/// The columns from `start` on, joined where they are one output's.
fn groups(header: &[String], start: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (column, cell) in header.iter().enumerate().skip(start) {
        let (name, index) = split(cell);
        match (groups.last_mut(), index) {
            (Some(last), Some(index)) if index > 0 && index == last.columns.len() && last.name == name => {
                last.columns.end = column + 1;
            }
            (_, Some(0)) => groups.push(Group { name: name.to_owned(), columns: column..column + 1 }),
            _ => groups.push(Group { name: cell.clone(), columns: column..column + 1 }),
        }
    }
    groups
}

/// Name and number of a header cell such as `y'__3`.
fn split(cell: &str) -> (&str, Option<usize>) {
    match cell.rsplit_once("__") {
        Some((name, index)) if !name.is_empty() => match index.parse() {
            Ok(index) => (name, Some(index)),
            Err(_) => (cell, None),
        },
        _ => (cell, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Dataset {
        Dataset::of_text("output_result.csv".into(), "".into(), text.as_bytes()).unwrap()
    }

    #[test]
    fn outputs_are_told_by_their_names_and_their_files() {
        for (text, due) in [
            ("x:image,y:label,x'\na.png,0,./outputs/0_0000/0.csv\n", Some((2, vec![("x'", 2..3)]))),
            ("x,y__0:cat,y__1:dog,y'__0,y'__1\n1,0,1,0,1\n", Some((3, vec![("y'", 3..5)]))),
            ("x,max_se',x'__0,x'__1\n1,0,1,0\n", Some((1, vec![("max_se'", 1..2), ("x'", 2..4)]))),
            ("x,Softmax\n1,./outputs/0_0000/0.png\n", Some((1, vec![("Softmax", 1..2)]))),
            ("x,Uncertainty(Std)\n1,2\n", Some((1, vec![("Uncertainty(Std)", 1..2)]))),
            ("x,y',mean\n1,2,3\n", Some((1, vec![("y'", 1..2), ("mean", 2..3)]))),
            ("x,y'__0,y'__2\n1,2,3\n", Some((1, vec![("y'", 1..2), ("y'__2", 2..3)]))),
            ("x,y\n1,2\n", None),
            ("x',y'\n1,2\n", None),
            ("x,y'\n./outputs/0_000/0.png,a\n", Some((1, vec![("y'", 1..2)]))),
        ] {
            let found = Columns::of(&table(text), None, None).ok();
            let found = found.map(|columns| {
                let groups = columns.outputs.into_iter().map(|group| (group.name, group.columns));
                (columns.source, groups.collect::<Vec<_>>())
            });
            let due = due.map(|(source, groups)| {
                (source, groups.into_iter().map(|(name, columns)| (name.to_owned(), columns)).collect())
            });
            assert_eq!(found, due, "{text}");
        }
    }

    #[test]
    fn the_dataset_says_where_outputs_begin() {
        let columns = |table_text: &str, dataset: &str| {
            let dataset = Dataset::of_text("d.csv".into(), "".into(), dataset.as_bytes()).unwrap();
            Columns::of(&table(table_text), Some(&dataset), None)
                .map(|columns| columns.source)
                .map_err(|e| e.to_string())
        };
        assert_eq!(columns("x,y,Affine\n1,2,3\n", "x,y\n1,2\n"), Ok(2));
        let error = columns("x,y:label,y'\n1,2,3\n", "x,y\n1,2\n").unwrap_err();
        assert!(error.contains("output_result.csv column 2 is \"y:label\", and d.csv has \"y\" there"), "{error}");
        assert!(columns("x,y\n1,2\n", "x,y\n1,2\n").unwrap_err().contains("no column behind those of d.csv"));
    }
}
