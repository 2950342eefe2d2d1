//! How a plugin is named.

use std::fmt;
use std::path::{Path, PathBuf};

/// The plugin that a project or the command line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginReference {
    /// The id of its manifest; the file is searched in the plugin folders.
    Id(String),
    /// Its file; an absolute path.
    File(PathBuf),
}

impl PluginReference {
    /// What `text` means: a path if it has a separator or the ending of a shared library, relative to `folder`, else an
    /// id.
    pub fn parse(text: &str, folder: &Path) -> Self {
        let is_path = text.contains(['/', '\\']) || [".so", ".dll", ".dylib"].iter().any(|e| text.ends_with(e));
        if !is_path {
            return Self::Id(text.to_owned());
        }
        let path = folder.join(text.replace('\\', "/"));
        Self::File(std::path::absolute(&path).unwrap_or(path))
    }
}

impl fmt::Display for PluginReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.write_str(id),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_separator_or_the_ending_of_a_library_makes_a_path() {
        let folder = Path::new("/project");
        for (text, path) in [
            ("plugins/my.so", "/project/plugins/my.so"),
            ("plugins\\my.dll", "/project/plugins/my.dll"),
            ("./my.dylib", "/project/my.dylib"),
            ("/elsewhere/my.so", "/elsewhere/my.so"),
        ] {
            assert_eq!(PluginReference::parse(text, folder), PluginReference::File(path.into()), "{text}");
        }
        assert_eq!(PluginReference::parse("padim", folder), PluginReference::Id("padim".to_owned()));
    }
}
