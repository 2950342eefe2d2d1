//! The header line: `NAME[__INDEX][:LABEL]` cells become variables (NNC contract 1.1).

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::error::DatasetError;

/// One variable of a dataset: a column, or several columns that form a vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Name, white space included: the text before the first `:` and before the first `__` of that.
    pub name: String,
    /// Text after the first `:` of its (first) header cell.
    pub label: Option<String>,
    /// Columns of the CSV it is read from, left to right, counted from 0 with comment columns included.
    pub columns: Vec<usize>,
    /// Whether its header cells carry an index. A vector of one column is still a vector.
    pub vector: bool,
}

/// What is odd in a header but not wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderWarning {
    /// A variable has several columns without an index; NNC uses the last one and ignores the others.
    RepeatedVariable {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the header.
        line: u64,
        /// Its name.
        name: String,
        /// The column that is used, from 1.
        column: usize,
    },
}

/// Whether NNC ignores the column with this header cell.
pub(crate) fn is_comment(header_cell: &str) -> bool {
    header_cell.starts_with('#')
}

/// Variables in order of first appearance, and what the user should know about them.
pub(crate) fn parse(
    csv: &Path,
    line: u64,
    header: &[String],
) -> Result<(Vec<Variable>, Vec<HeaderWarning>), DatasetError> {
    if let [only, ..] = header
        && only.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep="))
    {
        return Err(DatasetError::SeparatorLine { csv: csv.to_path_buf(), line, found: header.join(",") });
    }
    if let [only] = header
        && only.contains('\t')
    {
        return Err(DatasetError::Tabs { csv: csv.to_path_buf(), line });
    }
    // A name may hold semicolons, but not what looks like a second name with its label behind one.
    if let [only] = header
        && only.split(';').skip(1).any(|name| name.contains(':'))
    {
        return Err(DatasetError::Semicolons { csv: csv.to_path_buf(), line });
    }
    let mut variables: Vec<Variable> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut warnings = Vec::new();
    for (index, cell) in header.iter().enumerate() {
        if cell.is_empty() {
            return Err(DatasetError::EmptyHeaderCell { csv: csv.to_path_buf(), line, column: index + 1 });
        }
        if is_comment(cell) {
            continue;
        }
        let (name, label) = match cell.split_once(':') {
            Some((name, label)) => (name, Some(label.to_string())),
            None => (cell.as_str(), None),
        };
        // The index only marks a vector: its value never orders the elements.
        let (name, vector) = match name.split_once("__") {
            Some((name, _index)) => (name, true),
            None => (name, false),
        };
        let place = *places.entry(name).or_insert(variables.len());
        match variables.get_mut(place) {
            None => variables.push(Variable { name: name.to_string(), label, columns: vec![index], vector }),
            Some(known) if known.vector != vector => {
                return Err(DatasetError::MixedVariable { csv: csv.to_path_buf(), line, name: name.to_string() });
            }
            Some(known) if vector => known.columns.push(index),
            Some(known) => {
                let (csv, name, column) = (csv.to_path_buf(), name.to_string(), index + 1);
                warnings.push(HeaderWarning::RepeatedVariable { csv, line, name, column });
                known.columns = vec![index];
                known.label = label;
            }
        }
    }
    if variables.is_empty() {
        return Err(DatasetError::NoVariables { csv: csv.to_path_buf(), line });
    }
    Ok((variables, warnings))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str, label: Option<&str>, columns: &[usize], vector: bool) -> Variable {
        Variable { name: name.to_string(), label: label.map(str::to_string), columns: columns.to_vec(), vector }
    }

    fn read(cells: &[&str]) -> Result<(Vec<Variable>, Vec<HeaderWarning>), DatasetError> {
        let cells: Vec<String> = cells.iter().map(|cell| cell.to_string()).collect();
        parse(Path::new("d.csv"), 1, &cells)
    }

    #[test]
    fn grammar() {
        let table: &[(&[&str], &[Variable])] = &[
            (
                &["x:image", "y:label"],
                &[variable("x", Some("image"), &[0], false), variable("y", Some("label"), &[1], false)],
            ),
            (&["x", " y"], &[variable("x", None, &[0], false), variable(" y", None, &[1], false)]),
            (&["#id", "x", "#note", "y"], &[variable("x", None, &[1], false), variable("y", None, &[3], false)]),
            (&["x:a:b"], &[variable("x", Some("a:b"), &[0], false)]),
            (&["x:"], &[variable("x", Some(""), &[0], false)]),
            (
                &["y__1:one", "x", "y__0:zero"],
                &[variable("y", Some("one"), &[0, 2], true), variable("x", None, &[1], false)],
            ),
            (&["y__0__1"], &[variable("y", None, &[0], true)]),
            (&["y__"], &[variable("y", None, &[0], true)]),
            (&["x:a__0"], &[variable("x", Some("a__0"), &[0], false)]),
            (&["x'"], &[variable("x'", None, &[0], false)]),
            (&[" #x"], &[variable(" #x", None, &[0], false)]),
            (&["入力:画像"], &[variable("入力", Some("画像"), &[0], false)]),
        ];
        for (cells, expected) in table {
            let (variables, warnings) = read(cells).unwrap();
            assert_eq!(&variables, expected, "{cells:?}");
            assert!(warnings.is_empty(), "{cells:?}");
        }
    }

    #[test]
    fn the_later_duplicate_wins_and_is_reported() {
        let (variables, warnings) = read(&["x:old", "y", "x:new"]).unwrap();
        assert_eq!(variables, [variable("x", Some("new"), &[2], false), variable("y", None, &[1], false)]);
        let warning = HeaderWarning::RepeatedVariable { csv: "d.csv".into(), line: 1, name: "x".to_owned(), column: 3 };
        assert_eq!(warnings, [warning]);
    }

    #[test]
    fn refused() {
        assert!(matches!(read(&["x", ""]), Err(DatasetError::EmptyHeaderCell { column: 2, .. })));
        assert!(matches!(read(&["x:image;y:label"]), Err(DatasetError::Semicolons { line: 1, .. })));
        assert!(matches!(read(&["x:image\ty:label"]), Err(DatasetError::Tabs { line: 1, .. })));
        for line in [&["sep=;"][..], &["SEP=\t"], &["sep=", ""]] {
            assert!(matches!(read(line), Err(DatasetError::SeparatorLine { line: 1, .. })), "{line:?}");
        }
        assert!(read(&["separator"]).is_ok());
        assert!(read(&["x;y:image"]).is_err() && read(&["x;1:image", "y"]).is_ok() && read(&["x:image;1"]).is_ok());
        assert!(matches!(read(&["#a"]), Err(DatasetError::NoVariables { .. })));
        assert!(matches!(read(&["x", "x__0"]), Err(DatasetError::MixedVariable { .. })));
        assert!(matches!(read(&["x__0", "x"]), Err(DatasetError::MixedVariable { .. })));
    }
}
