//! A model in two files, as older versions of NNC leave it: the text of a network beside its parameters. It is joined to an
//! NNP before anything else sees it.

use std::path::{Path, PathBuf};

use nnc_files::{TemporaryFolder, temporary_folder};
use nnc_messages::{At, Doing, Result};

/// The text of the network in a folder, the first that is there.
const TEXTS: [&str; 3] = ["net.nntxt", "network.nntxt", "network.prototxt"];
/// Its parameters, the first that is there.
const PARAMETERS: [&str; 4] = ["parameters.h5", "parameter.h5", "parameters.protobuf", "parameter.protobuf"];

/// A text and its parameters.
#[derive(Debug)]
pub(crate) struct Pair {
    text: PathBuf,
    /// `None` for a network that may have none.
    parameters: Option<PathBuf>,
}

impl Pair {
    /// What `file`, one of the two, belongs to; `None` for any other file, and for parameters without a text.
    pub(crate) fn of(file: &Path) -> Option<Self> {
        let folder = file.parent().unwrap_or(Path::new(""));
        let extension = file.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "nntxt" | "prototxt" => {
                // `NAME.h5` before those of any name.
                let own = ["h5", "protobuf"].map(|ending| file.with_extension(ending));
                let own = own.into_iter().find(|path| path.is_file());
                Some(Self { text: file.to_owned(), parameters: own.or_else(|| first(folder, &PARAMETERS)) })
            }
            "h5" | "protobuf" => {
                let own = Some(file.with_extension("nntxt")).filter(|path| path.is_file());
                let text = own.or_else(|| first(folder, &TEXTS))?;
                Some(Self { text, parameters: Some(file.to_owned()) })
            }
            _ => None,
        }
    }

    /// The pair in a folder, both there.
    pub(crate) fn in_folder(folder: &Path) -> Option<Self> {
        Some(Self { text: first(folder, &TEXTS)?, parameters: Some(first(folder, &PARAMETERS)?) })
    }

    /// The text of its network.
    pub(crate) fn into_text(self) -> PathBuf {
        self.text
    }

    /// Makes the NNP `to` of it.
    pub(crate) fn join(&self, to: &Path) -> Result<()> {
        let files: Vec<&Path> =
            [Some(&self.text), self.parameters.as_ref()].into_iter().flatten().map(|p| &**p).collect();
        Ok(nnp::archive::join(to, &files)?)
    }

    /// A folder for an NNP that is there as long as what is returned.
    pub(crate) fn folder() -> Result<TemporaryFolder> {
        let place = std::env::temp_dir();
        temporary_folder(&place).at(Doing::WriteInto, &place)
    }

    /// Makes an NNP of it in `folder`.
    pub(crate) fn join_in(&self, folder: &Path) -> Result<PathBuf> {
        let name = self.text.file_stem().unwrap_or_default().to_string_lossy();
        let path = folder.join(format!("{name}.nnp"));
        self.join(&path)?;
        Ok(path)
    }
}

fn first(folder: &Path, names: &[&str]) -> Option<PathBuf> {
    names.iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_of_a_pair_are_found_by_either() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let found = |name: &str| {
            let pair = Pair::of(&at(name))?;
            let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
            Some((name(pair.text), pair.parameters.map(name)))
        };
        let pair = |text: &str, parameters: &str| Some((text.to_owned(), Some(parameters.to_owned())));
        std::fs::write(at("parameter.h5"), "").unwrap();
        assert_eq!((found("parameter.h5"), Pair::in_folder(folder.path()).is_some()), (None, false));
        std::fs::write(at("net.nntxt"), "").unwrap();
        assert_eq!(found("net.nntxt"), pair("net.nntxt", "parameter.h5"));
        assert_eq!(found("parameter.h5"), pair("net.nntxt", "parameter.h5"));
        assert!(Pair::in_folder(folder.path()).is_some());
        for name in ["other.nntxt", "other.h5", "parameters.h5"] {
            std::fs::write(at(name), "").unwrap();
        }
        assert_eq!(found("other.nntxt"), pair("other.nntxt", "other.h5"));
        assert_eq!(found("other.h5"), pair("other.nntxt", "other.h5"));
        assert_eq!(found("net.nntxt"), pair("net.nntxt", "parameters.h5"));
        assert_eq!(found("results.nnp"), None);
    }
}
