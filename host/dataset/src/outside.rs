//! Files of a dataset that lie somewhere else than beside its table: by `..`, by an absolute path, or through a link. NNC
//! reads them, and so do we; but a table from another person can name any picture of the user's that way, so it is told.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use crate::table::Dataset;

/// Files that lie outside of the folder of their table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// The table.
    pub dataset: PathBuf,
    /// How many cells name one.
    pub files: usize,
    /// The first one, as the table names it.
    pub first: String,
}

impl Dataset {
    /// The files that lie outside of the folder of the table, if there are any.
    pub fn outside(&self) -> Option<Outside> {
        if self.cache().is_some() {
            return None;
        }
        let home = std::fs::canonicalize(self.folder()).ok()?;
        // Most files share their folders.
        let mut folders: HashMap<PathBuf, bool> = HashMap::new();
        let mut leaves = |path: &Path| {
            let Some(parent) = path.parent() else { return true };
            let is_inside =
                *folders.entry(parent.to_owned()).or_insert_with(|| is_inside(parent, self.folder(), &home));
            // A link may as well stay inside.
            let is_link = || path.symlink_metadata().is_ok_and(|found| found.is_symlink());
            !is_inside || (is_link() && std::fs::canonicalize(path).is_ok_and(|target| !target.starts_with(&home)))
        };
        let columns: Vec<usize> = (0..self.header().len()).filter(|&column| !self.is_comment(column)).collect();
        let (mut files, mut first) = (0, None);
        for (row, column) in (0..self.len()).flat_map(|row| columns.iter().map(move |&column| (row, column))) {
            if self.file(row, column).is_some_and(|path| leaves(&path)) {
                files += 1;
                first = first.or_else(|| self.text(row, column).map(str::to_owned));
            }
        }
        Some(Outside { dataset: self.path().to_owned(), files, first: first? })
    }
}

/// Whether the folder `path` lies in `folder`, whose real path is `home`; by its words where it is not there.
fn is_inside(path: &Path, folder: &Path, home: &Path) -> bool {
    match std::fs::canonicalize(path) {
        Ok(real) => real.starts_with(home),
        Err(_) => path.starts_with(folder) && !path.components().any(|part| part == Component::ParentDir),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn files_from_elsewhere_are_counted() {
        let temporary = tempfile::tempdir().unwrap();
        let at = |name: &str| temporary.path().join(name);
        fs::create_dir_all(at("data/0")).unwrap();
        fs::create_dir_all(at("private")).unwrap();
        fs::write(at("private/a.png"), "").unwrap();
        fs::write(at("data/0/b.png"), "").unwrap();
        symlink(at("private"), at("data/link")).unwrap();
        symlink(at("private/a.png"), at("data/0/c.png")).unwrap();
        symlink("b.png", at("data/0/d.png")).unwrap();
        let outside = |cells: &[&str]| {
            fs::write(
                at("data/train.csv"),
                format!(
                    "x:image,# note\n{}",
                    cells.iter().map(|cell| format!("{cell},../n.png\n")).collect::<String>()
                ),
            )
            .unwrap();
            Dataset::open(&at("data/train.csv")).unwrap().outside().map(|found| (found.files, found.first))
        };
        assert_eq!(outside(&["0/b.png", "./0/d.png", "0/../0/b.png", "0/none.png", "1"]), None);
        let absolute = at("private/a.png").display().to_string();
        for cell in ["../private/a.png", "link/a.png", "0/c.png", &absolute, "../none.png"] {
            assert_eq!(outside(&["0/b.png", cell]), Some((1, cell.to_owned())), "{cell}");
        }
    }
}
