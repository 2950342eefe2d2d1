//! What a process that runs code of plugins, or decodes files of others, may use beyond its own memory.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What such a process may use. The default is nothing beyond what every process needs: its program, the system's
/// libraries and loader files, and facts about the processor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Permissions {
    /// Connections over a network.
    pub network: bool,
    /// Files, and folders with everything beneath them, that may be read and mapped.
    pub read: Vec<PathBuf>,
    /// Files, and folders with everything beneath them, that may be read, written, created, renamed and removed.
    pub write: Vec<PathBuf>,
    /// CUDA devices: their device files, and what the driver reads.
    pub cuda: bool,
}

impl Permissions {
    /// One more file or folder to be read.
    #[must_use]
    pub fn reading(mut self, path: impl Into<PathBuf>) -> Self {
        self.read.push(path.into());
        self
    }

    /// One more file or folder to be written.
    #[must_use]
    pub fn writing(mut self, path: impl Into<PathBuf>) -> Self {
        self.write.push(path.into());
        self
    }

    /// What these and `others` allow together.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.network |= others.network;
        self.cuda |= others.cuda;
        self.read.extend(others.read);
        self.write.extend(others.write);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_allowed_by_default() {
        assert_eq!(serde_json::from_str::<Permissions>("{}").unwrap(), Permissions::default());
        assert!(serde_json::from_str::<Permissions>(r#"{"everything": true}"#).is_err());
        let (one, other) = (Permissions::default().reading("/a"), Permissions::default().writing("/b"));
        let both = one.and(Permissions { network: true, ..other });
        assert_eq!(both, Permissions { network: true, read: vec!["/a".into()], write: vec!["/b".into()], cuda: false });
    }
}
