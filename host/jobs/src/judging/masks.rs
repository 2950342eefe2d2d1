//! Which mask belongs to which image: named by a column of the dataset, or found in a folder by its name.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use nnc_dataset::Dataset;
use nnc_messages::{Exit, Failure, OrExit, Result, messages};
use nnc_project_types::ScoringPlan;

use crate::labels::LABEL;

messages! {
    /// What is wrong with masks.
    pub enum MaskMessage {
        NoneMatches { folder: PathBuf } => "no mask in {folder} is named like an image of the evaluation",
            "{folder} に、評価した画像と同じ名前のマスクがありません";
        Unreadable { folder: PathBuf, error: std::io::Error } => "cannot read the masks in {folder}: {error}",
            "{folder} のマスクを読み込めません: {error}";
    }
}

/// The variable that names masks unless a project says otherwise.
const COLUMN: &str = "mask";
/// Endings of pictures.
const PICTURES: [&str; 7] = ["png", "bmp", "tif", "tiff", "jpg", "jpeg", "gif"];
/// Folders inside folders that are searched; MVTec's datasets have one for each kind of defect.
const DEPTH: usize = 3;

/// The masks of one evaluation.
pub struct Masks {
    /// Column of the dataset that names them.
    column: Option<usize>,
    /// Masks of the folder by stem.
    found: HashMap<String, Vec<PathBuf>>,
}

impl Masks {
    /// Looks at the column and the folder that the plan names.
    ///
    /// # Errors
    /// A column that the dataset lacks, or a folder that cannot be read.
    pub fn open(scoring: &ScoringPlan, dataset: &Dataset) -> Result<Self> {
        let variable = match &scoring.mask_column {
            Some(name) => Some(dataset.variable(name).or_exit(Exit::Dataset)?),
            None => dataset.variable(COLUMN).ok(),
        };
        let column = variable.and_then(|variable| variable.columns.first().copied());
        let found = scoring.masks.as_deref().map(find).transpose()?.unwrap_or_default();
        Ok(Self { column, found })
    }

    /// The mask of the image that `cell` names in this row of the dataset.
    pub fn of(&self, dataset: &Dataset, row: usize, cell: &str) -> Option<PathBuf> {
        let named = self.column.and_then(|column| dataset.record(row).nth(column)).filter(|cell| !cell.is_empty());
        match named {
            Some(cell) => Some(dataset.folder().join(cell.replace('\\', "/"))),
            None => self.beside(cell),
        }
    }

    /// The mask of the same name as the image that `cell` names; of several, the one in a folder of the same name.
    pub fn beside(&self, cell: &str) -> Option<PathBuf> {
        let image = PathBuf::from(cell.replace('\\', "/"));
        let masks = self.found.get(&*image.file_stem()?.to_string_lossy())?;
        match masks.as_slice() {
            [mask] => Some(mask.clone()),
            several => {
                let folder = image.parent()?.file_name()?;
                several.iter().find(|mask| mask.parent().and_then(Path::file_name) == Some(folder)).cloned()
            }
        }
    }

    /// Those of a folder alone.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        Ok(Self { column: None, found: find(folder)? })
    }
}

/// Refuses a folder of masks of which none belongs to an image of the dataset, unless its images are all normal.
///
/// # Errors
/// One sentence; and what [`Masks::open`] says.
pub fn refuse_unrelated(scoring: &ScoringPlan, dataset: &Dataset) -> Result<()> {
    let Some(folder) = &scoring.masks else { return Ok(()) };
    let masks = Masks::open(scoring, dataset)?;
    let label = dataset.variable(LABEL).ok();
    let is_normal = |row| label.is_some_and(|label| dataset.number(row, label) == Some(0.0));
    let is_met = |row| dataset.record(row).any(|cell| masks.of(dataset, row, cell).is_some());
    if (0..dataset.len()).all(is_normal) || (0..dataset.len()).any(is_met) {
        return Ok(());
    }
    Err(Failure::new(Exit::Usage, MaskMessage::NoneMatches { folder: folder.clone() }))
}

/// All pictures below a folder by their stem; `000_mask.png` belongs to `000.png`.
fn find(folder: &Path) -> Result<HashMap<String, Vec<PathBuf>>> {
    let mut found: HashMap<String, Vec<PathBuf>> = HashMap::new();
    let mut folders = vec![(folder.to_owned(), 1)];
    while let Some((folder, depth)) = folders.pop() {
        let unreadable = |error| Failure::new(Exit::Usage, MaskMessage::Unreadable { folder: folder.clone(), error });
        let entries = std::fs::read_dir(&folder).map_err(unreadable)?;
        for path in entries.flatten().map(|entry| entry.path()) {
            let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
            if path.is_dir() && depth < DEPTH {
                folders.push((path, depth + 1));
            } else if PICTURES.contains(&&*ending) {
                let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
                found.entry(stem.trim_end_matches("_mask").to_owned()).or_default().push(path);
            }
        }
    }
    found.values_mut().for_each(|masks| masks.sort());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_found_by_name_and_folder() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.png", "crack/000_mask.png", "hole/000_mask.png", "deep/er/b.TIF", "notes.txt"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let masks = Masks::in_folder(folder.path()).unwrap();
        for (image, mask) in [
            ("./test/1/a.jpg", Some("a.png")),
            ("test\\hole\\000.png", Some("hole/000_mask.png")),
            ("crack/000.png", Some("crack/000_mask.png")),
            ("good/000.png", None),
            ("b.png", Some("deep/er/b.TIF")),
            ("notes.png", None),
            ("", None),
        ] {
            assert_eq!(masks.beside(image), mask.map(|mask| folder.path().join(mask)), "{image}");
        }
        assert!(Masks::in_folder(&folder.path().join("none")).is_err());
    }
}
