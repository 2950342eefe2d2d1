//! Models as files: a zip archive with a few members, which is what the host asks of [`Training::save`] and what an
//! NNP file is too.
//!
//! [`Training::save`]: crate::Training::save

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::error::{Error, Result};

/// Writes and reads a model file for detectors that have no format of their own.
pub struct ModelFile;

impl ModelFile {
    /// Writes the new file `path` with these members: names and contents.
    ///
    /// # Errors
    /// Input and output errors.
    pub fn write(path: &Path, members: &[(&str, &[u8])]) -> Result<()> {
        let mut archive = ZipWriter::new(create(path)?);
        for (name, content) in members {
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Stored)
                .large_file(content.len() > u32::MAX as usize);
            archive.start_file(*name, options)?;
            archive.write_all(content)?;
        }
        archive.finish()?.sync_all()?;
        Ok(())
    }

    /// Reads the member `name` of the file `path`, which may hold up to `limit` bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) for a file that is no archive, lacks the member, or holds more.
    pub fn read(path: &Path, name: &str, limit: u64) -> Result<Vec<u8>> {
        let broken = |what: String| Error::model(format!("{} {what}", path.display()));
        let file = open(path).map_err(|e| broken(format!("cannot be read: {e}")))?;
        let mut archive = ZipArchive::new(file).map_err(|e| broken(format!("is no model: {e}")))?;
        let mut member = archive
            .by_name(name)
            .map_err(|e| broken(format!("has no member {name}, so another plugin made it: {e}")))?;
        let mut content = Vec::new();
        // The size that the archive claims cannot be trusted.
        let read = member.by_ref().take(limit.saturating_add(1)).read_to_end(&mut content);
        read.map_err(|e| broken(format!("is damaged: {e}")))?;
        if content.len() as u64 > limit {
            return Err(broken(format!("has a member {name} of more than {limit} bytes")));
        }
        Ok(content)
    }
}

/// A new file; what had the name, a link for example, is not written through.
fn create(path: &Path) -> io::Result<File> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => File::create_new(path),
    }
}

/// Opens a regular file. A pipe in its place would be waited for without end.
#[allow(clippy::disallowed_methods, reason = "this crate is given to authors without nnc-files")]
fn open(path: &Path) -> io::Result<File> {
    match std::fs::metadata(path)?.is_file() {
        true => File::open(path),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn members_are_read_back_and_damage_is_told() {
        let path = std::env::temp_dir().join(format!("nnc-model-file-{}.nnp", std::process::id()));
        ModelFile::write(&path, &[("a.bin", b"12345"), ("b.bin", b"")]).unwrap();
        assert_eq!(ModelFile::read(&path, "a.bin", 5).unwrap(), b"12345");
        assert_eq!(ModelFile::read(&path, "b.bin", 0).unwrap(), b"");
        let message = |name, limit| ModelFile::read(&path, name, limit).unwrap_err();
        assert!(message("a.bin", 4).message().contains("more than 4 bytes"));
        assert!(message("c.bin", 4).message().contains("another plugin"));
        std::fs::write(&path, "text").unwrap();
        assert_eq!(message("a.bin", 4).kind(), ErrorKind::Model);
        std::fs::remove_file(&path).unwrap();
        assert!(message("a.bin", 4).message().contains("cannot be read"));
    }
}
