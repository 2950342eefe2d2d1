//! Where NNC's results are: the table in the folder of a job, packed with its files, or packed into the evaluated model
//! (NNC contract 8.4).

use std::path::{Path, PathBuf};

use nnc_messages::Result;
use nnc_result_folder::best_model;
use nnc_result_folder::names::{EVALUATED_MODEL, PACKED_TABLE, TABLE};
use nnp::archive;

/// How NNC numbers the results of several evaluations in one model.
const NUMBERED: (&str, &str) = ("output_result_", ".zip");

/// The results of one evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A table; its files lie in its folder.
    Table(PathBuf),
    /// An archive with the table and its files.
    Packed(PathBuf),
    /// A model with such an archive as a member.
    InModel {
        /// The model.
        file: PathBuf,
        /// The archive in it: that of the latest evaluation.
        member: String,
    },
}

impl Place {
    /// The results that `path` names, a folder or a file; `None` where it holds none.
    ///
    /// # Errors
    /// A file that is no model.
    pub fn of(path: &Path) -> Result<Option<Self>> {
        if path.is_dir() {
            return Ok(Self::in_folder(path));
        }
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        match ending.as_deref() {
            _ if !path.is_file() => Ok(None),
            Some("csv") => Ok(Some(Self::Table(path.to_owned()))),
            Some("zip") => Ok(Some(Self::Packed(path.to_owned()))),
            Some("nnp") => Ok(packed_in(path)?.map(|member| Self::InModel { file: path.to_owned(), member })),
            _ => Ok(None),
        }
    }

    /// The results in a folder: the table itself goes before what it was packed into.
    fn in_folder(folder: &Path) -> Option<Self> {
        // Links in a folder of somebody lead to other files of the user.
        let own = |name: &str| {
            let path = folder.join(name);
            path.symlink_metadata().is_ok_and(|found| found.is_file()).then_some(path)
        };
        let in_model = |file: PathBuf| {
            let member = packed_in(&file).ok().flatten()?;
            Some(Self::InModel { file, member })
        };
        own(TABLE)
            .map(Self::Table)
            .or_else(|| own(PACKED_TABLE).map(Self::Packed))
            .or_else(|| own(EVALUATED_MODEL).and_then(in_model))
            .or_else(|| best_model(folder).and_then(in_model))
    }

    /// The file itself.
    pub fn file(&self) -> &Path {
        match self {
            Self::Table(file) | Self::Packed(file) | Self::InModel { file, .. } => file,
        }
    }

    /// The folder that it lies in.
    pub fn folder(&self) -> &Path {
        match self.file().parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        }
    }

    /// The model that was evaluated, if it is there as well.
    pub(super) fn model(&self) -> Option<PathBuf> {
        match self {
            Self::InModel { file, .. } => Some(file.clone()),
            _ => {
                let evaluated = self.folder().join(EVALUATED_MODEL);
                let is_own = evaluated.symlink_metadata().is_ok_and(|found| found.is_file());
                if is_own { Some(evaluated) } else { best_model(self.folder()) }
            }
        }
    }
}

/// The latest results in a model: those with the largest number.
fn packed_in(model: &Path) -> Result<Option<String>> {
    let number = |name: &str| match name {
        PACKED_TABLE => Some(0),
        _ => name.strip_prefix(NUMBERED.0)?.strip_suffix(NUMBERED.1)?.parse::<u64>().ok(),
    };
    let members = archive::list(model)?.into_iter();
    let numbered = members.filter_map(|member| Some((number(&member.name)?, member.name)));
    Ok(numbered.max().map(|(_, name)| name))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn the_table_goes_before_what_it_was_packed_into_and_links_do_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let found = || Place::of(folder.path()).unwrap();
        assert_eq!(found(), None);
        let members: [(&str, &[u8]); 3] =
            [("output_result.zip", b"a"), ("output_result_10.zip", b"b"), ("output_result_9.zip", b"c")];
        nnp::archive::write(&at("results.nnp"), &nnp::Model::default(), &members).unwrap();
        let member = "output_result_10.zip".to_owned();
        assert_eq!(found(), Some(Place::InModel { file: at("results.nnp"), member }));
        std::fs::write(at("output_result.zip"), "").unwrap();
        assert_eq!(found(), Some(Place::Packed(at("output_result.zip"))));
        symlink(at("output_result.zip"), at("output_result.csv")).unwrap();
        assert_eq!(found(), Some(Place::Packed(at("output_result.zip"))));
        std::fs::remove_file(at("output_result.csv")).unwrap();
        std::fs::write(at("output_result.csv"), "").unwrap();
        assert_eq!(found(), Some(Place::Table(at("output_result.csv"))));
        assert_eq!(found().unwrap().model(), Some(at("results.nnp")));
        assert_eq!(Place::of(&at("none.csv")).unwrap(), None);
        assert!(Place::of(&at("results.nnp")).unwrap().is_some());
        std::fs::write(at("broken.nnp"), "x").unwrap();
        assert!(Place::of(&at("broken.nnp")).is_err());
    }
}
