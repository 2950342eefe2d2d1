//! Paths in JSON, which holds Unicode alone.

use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

/// A path as text for programs. serde refuses a path that is not Unicode, and one such folder would cost a whole list; here
/// each of its stray bytes becomes U+FFFD.
#[derive(Debug, Clone, Copy)]
pub struct PathText<'a>(pub &'a Path);

impl Serialize for PathText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_string_lossy())
    }
}

/// For serde: a field as [`PathText`].
///
/// # Errors
/// Those of the serializer.
pub fn path_text<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    PathText(path).serialize(serializer)
}

/// For serde: as [`path_text`], where there may be no path.
///
/// # Errors
/// Those of the serializer.
pub fn optional_path_text<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_deref().map(PathText).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn a_path_that_is_not_unicode_has_a_text() {
        #[derive(Serialize)]
        struct Job {
            #[serde(serialize_with = "path_text")]
            folder: PathBuf,
            #[serde(serialize_with = "optional_path_text")]
            model: Option<PathBuf>,
        }
        let folder = PathBuf::from(OsStr::from_bytes(b"/a/\xff\xfeb"));
        assert!(serde_json::to_string(&folder).is_err());
        let text = serde_json::to_string(&Job { model: Some(folder.clone()), folder }).unwrap();
        let due = "/a/\u{fffd}\u{fffd}b";
        assert_eq!(text, format!("{{\"folder\":\"{due}\",\"model\":\"{due}\"}}"));
    }
}
