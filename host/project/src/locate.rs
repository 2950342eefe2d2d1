//! Where a dataset lies that a project names: beside the project, or in a folder of datasets as NNC keeps them.

use std::path::{Path, PathBuf};

/// Environment variable with folders of datasets, after those of the command line.
const VARIABLE: &str = "NNC_HOST_DATASETS";

/// What NNC on Windows writes for the folder of the project file.
const PROJECT_FOLDER: &str = "{SDCPATH}";

/// A dataset as a project names it.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// Absolute path; nothing is there when it was not found.
    pub path: PathBuf,
    /// Why it was not found, beyond that the path does not exist.
    pub hint: Option<NotFoundHint>,
}

/// What to do about a dataset that was not found.
#[derive(Debug, Clone, PartialEq)]
pub enum NotFoundHint {
    /// Its path is one of a Windows computer.
    WindowsPath,
    /// It may be one of NNC's, and no folder with datasets of NNC is known.
    NoRoots {
        /// The dataset, as `tenant/dataset`.
        uri: String,
        /// The environment variable that names such folders.
        variable: &'static str,
    },
    /// It may be one of NNC's, but is in none of the folders with datasets of NNC.
    InNoRoot {
        /// The dataset, as `tenant/dataset`.
        uri: String,
        /// The folders.
        roots: Vec<PathBuf>,
    },
}

/// Folders that hold datasets as `TENANT/DATASET`: the command line's, then those of the environment.
pub fn roots(given: &[PathBuf]) -> Vec<PathBuf> {
    let mut roots = given.to_vec();
    if let Some(list) = std::env::var_os(VARIABLE) {
        roots.extend(std::env::split_paths(&list).filter(|root| !root.as_os_str().is_empty()));
    }
    roots.iter().map(|root| std::path::absolute(root).unwrap_or_else(|_| root.clone())).collect()
}

/// Finds the dataset `uri`, which is relative to `folder` or, as `tenant/dataset`, to one of `roots`
/// (NNC contract 4.1, 9.2).
pub fn locate(uri: &str, folder: &Path, roots: &[PathBuf]) -> Located {
    let literal = folder.join(uri);
    if literal.exists() {
        return Located { path: literal, hint: None };
    }
    let uri = uri.replace('\\', "/");
    let uri = uri.strip_prefix(PROJECT_FOLDER).map_or(uri.as_str(), |rest| rest.trim_start_matches('/'));
    let path = folder.join(uri);
    let plain = Located { path, hint: None };
    if plain.path.exists() {
        return plain;
    }
    if has_drive(uri) {
        return elsewhere(uri, roots)
            .unwrap_or_else(|| Located { path: PathBuf::from(uri), hint: Some(NotFoundHint::WindowsPath) });
    }
    if !is_tenant(uri) {
        return plain;
    }
    let candidates = |root: &Path| {
        let base = root.join(uri);
        [base.join("index.csv"), with(&base, "csv"), with(&base, "cache")]
    };
    if let Some(path) = roots.iter().flat_map(|root| candidates(root)).find(|path| path.exists()) {
        return Located { path, hint: None };
    }
    let hint = if roots.is_empty() {
        NotFoundHint::NoRoots { uri: uri.to_owned(), variable: VARIABLE }
    } else {
        NotFoundHint::InNoRoot { uri: uri.to_owned(), roots: roots.to_vec() }
    };
    Located { hint: Some(hint), ..plain }
}

/// A file of another computer by the longest end of its path that is below a root.
fn elsewhere(uri: &str, roots: &[PathBuf]) -> Option<Located> {
    // No file has a longer path, and each end of it is looked for.
    const MOST_BYTES: usize = 4096;
    let short = Some(uri).filter(|uri| uri.len() <= MOST_BYTES)?;
    let parts: Vec<&str> = short.split('/').filter(|part| !part.is_empty()).collect();
    let ends = (1..parts.len()).filter_map(|from| Some(parts.get(from..)?.join("/")));
    let paths = ends.flat_map(|end| roots.iter().map(move |root| root.join(&end)));
    paths.into_iter().find(|path| path.exists()).map(|path| Located { path, hint: None })
}

/// `C:/...`, which is absolute on Windows only.
fn has_drive(uri: &str) -> bool {
    matches!(uri.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic())
}

/// `tenant/dataset`: two names without an extension.
fn is_tenant(uri: &str) -> bool {
    let parts: Vec<&str> = uri.split('/').collect();
    let name = |part: &&str| !part.is_empty() && !matches!(*part, "." | "..");
    let file = |part: &str| [".csv", ".cache"].iter().any(|end| part.to_ascii_lowercase().ends_with(end));
    parts.len() == 2 && parts.iter().all(name) && !parts.last().is_some_and(|last| file(last))
}

/// The path with `.extension` added, whatever dots its name holds.
fn with(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datasets_are_found_where_nnc_leaves_them() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for file in ["p/train.csv", "p/data/test.csv", "root/7/gears/index.csv", "root/7/v1.5.csv", "root/old/a.csv"] {
            std::fs::create_dir_all(at(file).parent().unwrap()).unwrap();
            std::fs::write(at(file), "").unwrap();
        }
        std::fs::create_dir_all(at("root/7/sheets.cache")).unwrap();
        let roots = [at("none"), at("root")];
        for (uri, expected) in [
            ("train.csv", "p/train.csv"),
            ("data\\test.csv", "p/data/test.csv"),
            ("{SDCPATH}\\data\\test.csv", "p/data/test.csv"),
            ("{SDCPATH}/train.csv", "p/train.csv"),
            ("7/gears", "root/7/gears/index.csv"),
            ("7/v1.5", "root/7/v1.5.csv"),
            ("7/sheets", "root/7/sheets.cache"),
            ("C:\\Users\\me\\old\\a.csv", "root/old/a.csv"),
        ] {
            let found = locate(uri, &at("p"), &roots);
            assert_eq!(found, Located { path: at(expected), hint: None }, "{uri}");
        }
        // No file has so long a path, and each end of it would be looked for.
        let long = format!("C:/{}a.csv", "old/".repeat(2000));
        assert!(!locate(&long, &at("p"), &roots).path.exists());

        let missing = "7/missing".to_owned();
        let no_roots = NotFoundHint::NoRoots { uri: missing.clone(), variable: VARIABLE };
        for (uri, roots, hint) in [
            ("missing.csv", &roots[..], None),
            ("data/missing.csv", &roots[..], None),
            ("7/missing", &roots[..], Some(NotFoundHint::InNoRoot { uri: missing, roots: roots.to_vec() })),
            ("7/missing", &[], Some(no_roots)),
            ("D:\\x\\missing.csv", &roots[..], Some(NotFoundHint::WindowsPath)),
        ] {
            let found = locate(uri, &at("p"), roots);
            assert!(!found.path.exists());
            assert_eq!(found.hint, hint, "{uri}");
        }
    }
}
