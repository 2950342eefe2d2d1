//! PNG files without what they say beside the picture: texts and profiles, which nothing here reads. A few kilobytes of them
//! may unfold to gigabytes, and one of them may be as large as a file can be.

use std::borrow::Cow;

const SIGNATURE: usize = 8;
/// Length and kind before the data of a chunk, and its checksum behind it.
const BEFORE: usize = 8;
const AFTER: usize = 4;

/// The file without chunks of text, of colour profiles and of a camera's facts. Where it is damaged the rest stays as it is.
pub(crate) fn bare(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut kept: Vec<&[u8]> = Vec::new();
    let (mut start, mut at) = (0, SIGNATURE);
    while let Some((kind, end)) = chunk(bytes, at) {
        if matches!(kind, b"tEXt" | b"zTXt" | b"iTXt" | b"iCCP" | b"eXIf") {
            kept.extend(bytes.get(start..at));
            start = end;
        }
        at = end;
    }
    if start == 0 {
        return Cow::Borrowed(bytes);
    }
    kept.extend(bytes.get(start..));
    Cow::Owned(kept.concat())
}

/// Kind and end of the chunk at `at`.
fn chunk(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let length = u32::from_be_bytes(bytes.get(at..)?.first_chunk::<4>().copied()?);
    let end = usize::try_from(length).ok()?.checked_add(at + BEFORE + AFTER)?;
    Some((bytes.get(at + 4..at + BEFORE)?, end)).filter(|_| end <= bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk_of(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        [&(data.len() as u32).to_be_bytes()[..], kind, data, &[0; 4]].concat()
    }

    #[test]
    fn only_the_picture_stays() {
        let signature = b"\x89PNG\r\n\x1a\n".to_vec();
        let [head, data, end] =
            [(b"IHDR", &b"size"[..]), (b"IDAT", b"pixels"), (b"IEND", b"")].map(|(k, d)| chunk_of(k, d));
        let [text, profile] = [chunk_of(b"zTXt", &[7; 5000]), chunk_of(b"iCCP", b"p")];
        let plain = [&signature[..], &head, &data, &end].concat();
        assert!(matches!(bare(&plain), Cow::Borrowed(_)));
        for said in [
            [&signature[..], &head, &text, &profile, &data, &text, &end].concat(),
            [&signature[..], &text, &head, &data, &end].concat(),
            [&signature[..], &head, &data, &end, &text].concat(),
        ] {
            assert_eq!(*bare(&said), plain);
        }
        // A length that leads out of the file, and files without any chunk.
        let damaged = [&signature[..], &head, &u32::MAX.to_be_bytes(), b"tEXtabc"].concat();
        assert_eq!(*bare(&damaged), damaged);
        for short in 0..plain.len() {
            assert_eq!(*bare(&plain[..short]), plain[..short]);
        }
    }
}
