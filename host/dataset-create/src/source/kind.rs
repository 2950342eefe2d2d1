//! What a file is, by its first bytes.

use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use nnc_files::open_regular;

use crate::error::{CreateError, SourceKind};

/// Enough for the mark of a tar archive.
const HEAD: u64 = 512;

/// Kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A folder.
    Folder,
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// A tar archive inside gzip.
    #[serde(rename = "tar.gz")]
    TarGz,
}

impl Kind {
    /// Finds out what lies at `path`. A gzip file has to hold a tar archive: a single image has no class folder.
    pub(crate) fn of(path: &Path) -> Result<Kind, CreateError> {
        let unreadable = |error: std::io::Error| CreateError::unreadable(path, error);
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if metadata.is_dir() {
            return Ok(Kind::Folder);
        }
        let no_archive = |found, in_gzip| CreateError::NoArchive { path: path.to_owned(), found, in_gzip };
        if !metadata.is_file() {
            return Err(no_archive(SourceKind::NotAFile, false));
        }
        let mut head = Vec::new();
        open_regular(path).and_then(|file| file.take(HEAD).read_to_end(&mut head)).map_err(unreadable)?;
        match what(&head) {
            What::Zip => Ok(Kind::Zip),
            What::Tar => Ok(Kind::Tar),
            What::Gzip => {
                let mut inner = Vec::new();
                let unpacked =
                    open_regular(path).and_then(|file| MultiGzDecoder::new(file).take(HEAD).read_to_end(&mut inner));
                match (unpacked, what(&inner)) {
                    (_, What::Tar) => Ok(Kind::TarGz),
                    (Err(error), _) => Err(CreateError::damaged(path, error)),
                    (Ok(_), What::Other(found)) => Err(no_archive(found, true)),
                    (Ok(_), _) => Err(no_archive(SourceKind::OtherArchive, true)),
                }
            }
            What::Other(found) => Err(no_archive(found, false)),
        }
    }
}

enum What {
    Zip,
    Tar,
    Gzip,
    Other(SourceKind),
}

fn what(head: &[u8]) -> What {
    let known: &[(&[u8], What)] = &[
        (b"PK\x03\x04", What::Zip),
        (b"PK\x05\x06", What::Zip),
        (b"\x1f\x8b", What::Gzip),
        (b"7z\xbc\xaf\x27\x1c", What::Other(SourceKind::SevenZip)),
        (b"Rar!\x1a\x07", What::Other(SourceKind::Rar)),
        (b"BZh", What::Other(SourceKind::Bzip2)),
        (b"\xfd7zXZ\0", What::Other(SourceKind::Xz)),
        (b"\x28\xb5\x2f\xfd", What::Other(SourceKind::Zstd)),
        (b"PK\x07\x08", What::Other(SourceKind::ZipPart)),
        (b"\x89PNG", What::Other(SourceKind::SingleImage)),
        (b"\xff\xd8\xff", What::Other(SourceKind::SingleImage)),
        (b"BM", What::Other(SourceKind::SingleImage)),
        (b"GIF8", What::Other(SourceKind::SingleImage)),
        (b"II*\0", What::Other(SourceKind::SingleImage)),
        (b"MM\0*", What::Other(SourceKind::SingleImage)),
    ];
    if head.is_empty() {
        return What::Other(SourceKind::EmptyFile);
    }
    if is_tar(head) {
        return What::Tar;
    }
    match known.iter().find(|(mark, _)| head.starts_with(mark)) {
        Some((_, What::Zip)) => What::Zip,
        Some((_, What::Gzip)) => What::Gzip,
        Some((_, What::Other(found))) => What::Other(*found),
        _ => What::Other(SourceKind::Unknown),
    }
}

/// Every tar header carries the sum of its bytes, its own field counted as spaces; older ones have no other mark.
fn is_tar(head: &[u8]) -> bool {
    let (Some(block), Some(field)) = (head.get(..512), head.get(148..156)) else {
        return false;
    };
    let digits = field.iter().skip_while(|byte| **byte == b' ').take_while(|byte| matches!(byte, b'0'..=b'7'));
    let (mut stated, mut any) = (0u64, false);
    for digit in digits {
        stated = stated * 8 + u64::from(digit - b'0');
        any = true;
    }
    let sum: u64 = block.iter().map(|&byte| u64::from(byte)).sum();
    let field: u64 = field.iter().map(|&byte| u64::from(byte)).sum();
    any && stated == sum - field + 8 * u64::from(b' ')
}
