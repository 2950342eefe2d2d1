//! What the results in a folder of NNC say without being judged.

use std::path::{Path, PathBuf};

use nnc_files::beneath;
use nnc_result_folder::Directory;
use nnc_result_folder::names::{CONFUSION_MATRIX, EVALUATED_MODEL, PACKED_TABLE, TABLE};
use nnc_text::path_text;
use serde::Serialize;
use serde_json::Value;

/// A confusion matrix of a thousand classes has less.
const MAX_MATRIX: u64 = 1 << 24;

/// Results of NNC.
#[derive(Debug, Serialize)]
pub(super) struct OfNnc {
    /// The file with them.
    #[serde(serialize_with = "path_text")]
    results: PathBuf,
    /// Share of the rows whose class was found, where NNC has counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) accuracy: Option<f64>,
}

impl OfNnc {
    /// Those of a folder.
    pub(super) fn in_folder(folder: &Path) -> Option<Self> {
        let is_own = |name: &&str| beneath::open(folder, Path::new(name)).is_ok();
        let name = [TABLE, PACKED_TABLE, EVALUATED_MODEL].into_iter().find(is_own)?;
        Some(Self { results: folder.join(name), accuracy: accuracy(folder) })
    }
}

/// The accuracy in NNC's confusion matrix, of the first pair (NNC contract 8.6).
fn accuracy(folder: &Path) -> Option<f64> {
    let text = Directory::new(folder).read(CONFUSION_MATRIX, MAX_MATRIX).ok()?;
    let matrix: Value = serde_json::from_slice(&text).ok()?;
    let rows = matrix.as_object()?.values().next()?.as_array()?;
    let row = rows.iter().filter_map(Value::as_array).find(|row| row.first().is_some_and(|name| name == "Accuracy"))?;
    let value = row.get(1)?;
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    number.filter(|share| (0.0..=1.0).contains(share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nncs_own_accuracy_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        assert!(OfNnc::in_folder(folder.path()).is_none());
        write("output_result.csv", "");
        let found = || OfNnc::in_folder(folder.path()).unwrap().accuracy;
        for (matrix, due) in [
            ("", None),
            (r#"{"y - y'": [["Accuracy", 0.75], ["x"]]}"#, Some(0.75)),
            (r#"{"y - y'": [["Accuracy", "0.5", ""]]}"#, Some(0.5)),
            (r#"{"y - y'": [["Accuracy", 7]]}"#, None),
            (r#"{"y - y'": [[], 3, ["Recall"]]}"#, None),
        ] {
            write("confusion_matrix.json", matrix);
            assert_eq!(found(), due, "{matrix}");
        }
    }
}
