//! Which mask belongs to which image: named by a column of the dataset, or found in a folder by its name.

use std::collections::{HashMap, HashSet};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nnc_dataset::{Dataset, parse_number};
use nnc_messages::{Exit, Failure, OrExit, Result, messages};
use nnc_project_types::ScoringPlan;

use crate::labels::ImageLabels;

messages! {
    /// What is wrong with masks.
    pub enum MaskMessage {
        NoneMatches { folder: PathBuf } => "no mask in {folder} is named like an image of the evaluation",
            "{folder} に、評価した画像と同じ名前のマスクがありません";
        Ambiguous { image: String, first: PathBuf, second: PathBuf } =>
            "two masks are named like {image}: {first} and {second}; keep one of them, or name masks in a column `mask` of the dataset",
            "{image} と同じ名前のマスクが 2 つあります: {first} と {second}。どちらか一方だけにするか、データセットの列 `mask` でマスクを指定してください";
        Unreadable { folder: PathBuf, error: std::io::Error } => "cannot read the masks in {folder}: {error}",
            "{folder} のマスクを読み込めません: {error}";
    }
}

/// The variable that names masks unless a project says otherwise.
const COLUMN: &str = "mask";
/// Endings of pictures.
const PICTURES: [&str; 8] = ["png", "bmp", "tif", "tiff", "jpg", "jpeg", "gif", "webp"];
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
        let named = self.column.and_then(|column| dataset.text(row, column)).filter(|cell| !cell.is_empty());
        match named {
            Some(cell) => Some(dataset.folder().join(cell.replace('\\', "/"))),
            None => self.beside(cell),
        }
    }

    /// The mask of the same name as the image that `cell` names; of several, the one in a folder of the same name, and
    /// of several there the one whose name is exactly that of the image.
    pub fn beside(&self, cell: &str) -> Option<PathBuf> {
        self.named(cell).ok().flatten()
    }

    /// [`Masks::beside`] for a command that is about these masks.
    ///
    /// # Errors
    /// Two masks that it cannot decide between.
    pub fn only_beside(&self, cell: &str) -> Result<Option<PathBuf>> {
        self.named(cell).map_err(|[first, second]| {
            Failure::new(Exit::Usage, MaskMessage::Ambiguous { image: cell.to_owned(), first, second })
        })
    }

    /// [`Masks::beside`], or the two that it cannot decide between.
    fn named(&self, cell: &str) -> std::result::Result<Option<PathBuf>, [PathBuf; 2]> {
        let image = PathBuf::from(cell.replace('\\', "/"));
        let Some(stem) = image.file_stem().map(|stem| stem.to_string_lossy()) else { return Ok(None) };
        let Some(masks) = self.found.get(&*stem) else { return Ok(None) };
        let is_exact = |mask: &&PathBuf| mask.file_stem().is_some_and(|name| name.to_string_lossy() == stem);
        // One folder with all of them needs no folder of the image's name; several do, as in MVTec's datasets.
        let folder = masks.first().and_then(|mask| mask.parent());
        let one_folder = masks.iter().all(|mask| mask.parent() == folder);
        let own = image.parent().and_then(Path::file_name);
        let is_beside = |mask: &&PathBuf| one_folder || mask.parent().and_then(Path::file_name) == own;
        let candidates: Vec<&PathBuf> = masks.iter().filter(is_beside).collect();
        let exact: Vec<&PathBuf> = candidates.iter().copied().filter(is_exact).collect();
        match (exact.as_slice(), candidates.as_slice()) {
            ([only], _) | ([], [only]) => Ok(Some((*only).clone())),
            ([first, second, ..], _) | ([], [first, second, ..]) => Err([(*first).clone(), (*second).clone()]),
            ([], []) => Ok(None),
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
    let labels = ImageLabels::of(dataset);
    let is_normal = |row| labels.is_normal(row);
    let is_name = |cell: &&str| parse_number(cell).is_none();
    if masks.column.is_none() {
        for cell in (0..dataset.len()).flat_map(|row| dataset.record(row)).filter(is_name) {
            masks.only_beside(cell)?;
        }
    }
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
    // Links can lead to one folder in very many ways.
    let number = |found: std::fs::Metadata| (found.dev(), found.ino());
    let mut visited: HashSet<_> = std::fs::metadata(folder).map(number).into_iter().collect();
    while let Some((folder, depth)) = folders.pop() {
        let unreadable = |error| Failure::new(Exit::Usage, MaskMessage::Unreadable { folder: folder.clone(), error });
        let entries = std::fs::read_dir(&folder).map_err(unreadable)?;
        for path in entries.flatten().map(|entry| entry.path()) {
            let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
            let of_folder = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_dir);
            if let Some(of_folder) = of_folder.filter(|_| depth < DEPTH) {
                if visited.insert(number(of_folder)) {
                    folders.push((path, depth + 1));
                }
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
        // A link to the folder itself leads to no other masks.
        std::os::unix::fs::symlink(".", folder.path().join("again")).unwrap();
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
        // The exact name wins; of two that are exact, neither does.
        for name in ["a_mask.png", "crack/000.bmp", "crack/000.png"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let masks = Masks::in_folder(folder.path()).unwrap();
        assert_eq!(masks.beside("a.jpg"), Some(folder.path().join("a.png")));
        assert_eq!(masks.beside("crack/000.png"), None);
        let both = ["crack/000.bmp", "crack/000.png"].map(|name| folder.path().join(name));
        assert_eq!(masks.named("crack/000.png"), Err(both));
    }
}
