//! What `dataset create` leaves in the folder that it makes: how, and which files are ours.

use std::path::{Path, PathBuf};

use nnc_files::read_regular;
use serde_json::Value;

use crate::shaping::Shaping;

/// The name of the file.
pub(crate) const MARK: &str = ".dataset-create.json";
/// Far more than the list of a million files.
pub(crate) const MAX_MARK: u64 = 1 << 28;

impl Shaping {
    /// How the images of the table at `table` were shaped; `None` where `dataset create` has not made it.
    pub fn of_table(table: &Path) -> Option<Self> {
        let bytes = read_regular(&mark_of(table)?, MAX_MARK).ok()?;
        let mark: Value = serde_json::from_slice(&bytes).ok()?;
        let summary = mark.get("summary")?;
        let name = table.file_name()?.to_str()?;
        // Somebody may have put a table of other images there.
        let is_made =
            summary.get("csvs")?.as_array()?.iter().any(|csv| csv.get("file").is_some_and(|file| file == name));
        // Older versions noted sizes and mode alone.
        let noted = mark.get("shaping").unwrap_or(summary);
        let shaping: Self = serde_json::from_value(noted.clone()).ok()?;
        (is_made && shaping.is_sensible()).then_some(shaping)
    }
}

/// The file beside a table in which `dataset create` notes how it was made.
pub fn mark_of(table: &Path) -> Option<PathBuf> {
    Some(table.parent()?.join(MARK))
}

#[cfg(test)]
mod tests {
    use nnc_dataset::AlphaPolicy;

    use super::*;
    use crate::shaping::Mode;

    #[test]
    fn a_table_tells_how_its_images_were_shaped() {
        let folder = tempfile::tempdir().unwrap();
        let (mark, table) = (folder.path().join(MARK), folder.path().join("a.csv"));
        let of = |text: &str| {
            std::fs::write(&mark, text).unwrap();
            Shaping::of_table(&table)
        };
        let made =
            r#""summary":{"width":8,"height":9,"channels":1,"mode":"padding","csvs":[{"file":"a.csv","rows":1}]}"#;
        let old = of(&format!("{{{made}}}")).unwrap();
        assert_eq!((old.width, old.height, old.channels, old.mode), (8, 9, 1, Mode::Padding));
        assert_eq!((old.alpha, old.scale_sixteen_bit), (AlphaPolicy::Refuse, false));
        let new = Shaping { alpha: AlphaPolicy::Over(255), scale_sixteen_bit: true, ..old };
        let noted = serde_json::to_string(&new).unwrap();
        assert_eq!(of(&format!("{{{made},\"shaping\":{noted}}}")), Some(new));
        // Another table, no table, nonsense.
        assert_eq!(of(&format!("{{{}}}", made.replace("a.csv", "b.csv"))), None);
        assert_eq!(of(&format!("{{{}}}", made.replace("\"width\":8", "\"width\":0"))), None);
        for nonsense in ["", "[]", "{}", r#"{"summary":{}}"#] {
            assert_eq!(of(nonsense), None, "{nonsense}");
        }
    }
}
