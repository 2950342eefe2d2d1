//! Archives written byte by byte, so that they can be as wrong as untrusted ones can be.

use std::io::Write;

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};

/// A member of a zip archive to be written.
#[derive(Debug, Clone, Default)]
pub struct Packed {
    /// Its name in whatever encoding.
    pub name: Vec<u8>,
    /// Its content.
    pub bytes: Vec<u8>,
    /// General purpose flags; 1 is "encrypted".
    pub flags: u16,
    /// Unix mode with the type of file; 0 for none.
    pub mode: u32,
}

impl Packed {
    /// A plain file.
    pub fn file(name: impl AsRef<[u8]>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.as_ref().to_vec(), bytes: bytes.into(), flags: 0, mode: 0 }
    }
}

/// A zip archive, members deflated.
pub fn zipped(members: &[Packed]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
        deflated.write_all(&member.bytes).unwrap();
        let deflated = deflated.finish().unwrap();
        let offset = archive.len() as u32;
        let mut common = Vec::new();
        for number in [20, member.flags, 8, 0, 0x21] {
            common.extend(number.to_le_bytes());
        }
        for number in [crc32(&member.bytes), deflated.len() as u32, member.bytes.len() as u32] {
            common.extend(number.to_le_bytes());
        }
        common.extend((member.name.len() as u16).to_le_bytes());
        common.extend(0u16.to_le_bytes());
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(&member.name);
        archive.extend(deflated);
        // Made by Unix, which says what the upper half of the attributes is.
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(&common);
        directory.extend([0; 6]);
        directory.extend((member.mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(&member.name);
    }
    let (start, length, count) = (archive.len() as u32, directory.len() as u32, members.len() as u16);
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    archive.extend([length.to_le_bytes(), start.to_le_bytes()].concat());
    archive.extend([0; 2]);
    archive
}

/// One header of a tar archive; `kind` is `0` for a file, `2` for a symbolic link, `L` for a long name.
pub fn tar_header(name: &str, kind: u8, size: u64) -> Vec<u8> {
    let mut block = vec![0; 512];
    let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, &[kind]);
    put(257, b"ustar\x0000");
    let sum: u64 = block.iter().map(|&byte| u64::from(byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// A member of a tar archive: header and content.
pub fn tar_member(name: &str, kind: u8, bytes: &[u8]) -> Vec<u8> {
    let mut member = tar_header(name, kind, bytes.len() as u64);
    member.extend(bytes);
    member.resize(member.len().next_multiple_of(512), 0);
    member
}

/// Members and the end mark.
pub fn tarred(members: &[Vec<u8>]) -> Vec<u8> {
    [members.concat(), vec![0; 1024]].concat()
}

/// Bytes inside gzip.
pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// CRC-32, as in zip files and PNG.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}
