//! Archives beyond 4 GiB, made of holes: what lies in the first members takes no place on the disk.

use super::*;

/// Bytes of the member that is a hole: more than 32 bits can count.
const HOLE: u64 = (4 << 30) + 5;

/// One member by hand.
struct Member<'a> {
    name: &'a str,
    content: Option<&'a [u8]>,
}

impl Member<'_> {
    fn size(&self) -> u64 {
        self.content.map_or(HOLE, |content| content.len() as u64)
    }

    /// What local header and directory have in common, from the version on: sizes stand in the zip64 field.
    fn common(&self, extra: u16) -> Vec<u8> {
        let mut out = vec![45, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        out.extend(self.content.map_or(0, crc32).to_le_bytes());
        out.extend([0xff; 8]);
        out.extend((self.name.len() as u16).to_le_bytes());
        out.extend(extra.to_le_bytes());
        out
    }

    fn local(&self) -> Vec<u8> {
        let mut out = b"PK\x03\x04".to_vec();
        out.extend(self.common(20));
        out.extend(self.name.as_bytes());
        out.extend([1, 0, 16, 0]);
        out.extend(self.size().to_le_bytes());
        out.extend(self.size().to_le_bytes());
        out
    }

    fn central(&self, offset: u64) -> Vec<u8> {
        let mut out = b"PK\x01\x02\x2d\x00".to_vec();
        out.extend(self.common(28));
        out.extend([0; 10]);
        out.extend([0xff; 4]);
        out.extend(self.name.as_bytes());
        out.extend([1, 0, 24, 0]);
        out.extend(self.size().to_le_bytes());
        out.extend(self.size().to_le_bytes());
        out.extend(offset.to_le_bytes());
        out
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// Writes an archive with every number in its zip64 place; a member without content is a hole.
fn write(path: &Path, members: &[Member<'_>]) {
    let mut file = File::create(path).unwrap();
    let mut directory = Vec::new();
    for member in members {
        let offset = file.stream_position().unwrap();
        directory.extend(member.central(offset));
        file.write_all(&member.local()).unwrap();
        match member.content {
            Some(content) => file.write_all(content).unwrap(),
            None => drop(file.seek(io::SeekFrom::Current(HOLE as i64)).unwrap()),
        }
    }
    let start = file.stream_position().unwrap();
    let end = start + directory.len() as u64;
    let count = members.len() as u64;
    let mut tail = directory;
    tail.extend(b"PK\x06\x06");
    tail.extend(44_u64.to_le_bytes());
    tail.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [count, count, end - start, start] {
        tail.extend(number.to_le_bytes());
    }
    tail.extend(b"PK\x06\x07\x00\x00\x00\x00");
    tail.extend(end.to_le_bytes());
    tail.extend([1, 0, 0, 0]);
    tail.extend(b"PK\x05\x06\x00\x00\x00\x00");
    tail.extend([0xff; 12]);
    tail.extend([0, 0]);
    file.write_all(&tail).unwrap();
}

#[test]
fn members_beyond_four_gib_are_found() {
    let folder = folder();
    let path = folder.path().join("huge.nnp");
    let mut parameters = Vec::new();
    protobuf::write(&model().parameters, &mut parameters).unwrap();
    write(
        &path,
        &[
            Member { name: "output_result.zip", content: None },
            Member { name: "network.nntxt", content: Some(TEXT.as_bytes()) },
            Member { name: "parameter.protobuf", content: Some(&parameters) },
        ],
    );
    assert!(std::fs::metadata(&path).unwrap().len() > HOLE);
    let read = read(&path).unwrap();
    assert_eq!((read.networks.len(), read.parameters.len()), (1, 1));
    assert_eq!(list(&path).unwrap()[0].size, HOLE);
    assert!(matches!(read_member(&path, "output_result.zip", 9), Err(NnpError::MemberTooLarge { limit: 9, .. })));
}

#[test]
fn parameters_beyond_what_protobuf_holds_are_refused_unread() {
    let folder = folder();
    let path = folder.path().join("huge.nnp");
    write(
        &path,
        &[
            Member { name: "network.nntxt", content: Some(TEXT.as_bytes()) },
            Member { name: "parameter.protobuf", content: None },
            Member { name: "parameter.h5", content: None },
        ],
    );
    let error = read(&path).unwrap_err().to_string();
    assert!(error.ends_with("member \"parameter.protobuf\" has more than 2147483647 bytes"), "{error}");
}
