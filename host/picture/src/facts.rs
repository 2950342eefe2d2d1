//! Facts in image headers that the decoders do not pass on. Nothing here trusts a size or an offset.

/// What the values of a grey image mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Greys {
    /// Levels 0..=255.
    Levels,
    /// One bit per pixel. Pillow gives 0 and 1, not 0 and 255.
    Bits,
}

/// Whether a PNG stores one bit of grey per pixel: bit depth 1, colour type 0 in its header chunk.
pub(crate) fn png_is_one_bit_grey(bytes: &[u8]) -> bool {
    bytes.get(12..16) == Some(b"IHDR") && bytes.get(24..26) == Some(&[1, 0])
}

/// Whether the global palette of a GIF is the plain ramp 0, 1, 2, ... of greys.
pub(crate) fn gif_is_grey(bytes: &[u8]) -> bool {
    let Some(&flags) = bytes.get(10) else {
        return false;
    };
    let colors = 2usize << (flags & 7);
    flags & 0x80 != 0 && bytes.get(13..13 + 3 * colors).is_some_and(|palette| is_ramp(palette, 3, |index| index as u8))
}

/// How to read a BMP whose palette is plain greys; `None` when it has colours or no palette.
pub(crate) fn bmp_greys(bytes: &[u8]) -> Option<Greys> {
    let header = usize::try_from(u32_at(bytes, 14)?).ok()?;
    // The oldest header has 12 bytes, no count of colours and palette entries without padding.
    let (bits, used, entry) =
        if header == 12 { (u16_at(bytes, 24)?, 0, 3) } else { (u16_at(bytes, 28)?, u32_at(bytes, 46)?, 4) };
    let colors = match (bits, used) {
        (1 | 8, 0) => 1usize << bits,
        (1 | 8, used) => usize::try_from(used).ok().filter(|used| *used <= 256)?,
        _ => return None,
    };
    let start = header.checked_add(14)?;
    let palette = bytes.get(start..start.checked_add(colors * entry)?)?;
    match (bits, colors) {
        (1, 2) if is_ramp(palette, entry, |index| if index == 0 { 0 } else { 255 }) => Some(Greys::Bits),
        (8, _) if is_ramp(palette, entry, |index| index as u8) => Some(Greys::Levels),
        _ => None,
    }
}

/// Whether all three colours of palette entry i are `grey(i)`. Palettes have at most 256 entries.
fn is_ramp(palette: &[u8], entry: usize, grey: impl Fn(usize) -> u8) -> bool {
    palette
        .chunks_exact(entry)
        .enumerate()
        .all(|(index, color)| color.iter().take(3).all(|&value| value == grey(index)))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// What the markers of a JPEG tell.
#[derive(Debug, PartialEq)]
pub(crate) struct Jpeg {
    /// Components of the frame: 1 grey, 3 colour, 4 inks.
    pub(crate) components: Option<u8>,
    /// Whether the end marker follows the last scan.
    pub(crate) complete: bool,
}

/// Walks the markers. Segments are skipped by their length, so a thumbnail inside one is not mistaken for the end.
pub(crate) fn jpeg(bytes: &[u8]) -> Jpeg {
    let mut components = None;
    let mut complete = false;
    let mut at = 2;
    while let Some((marker, after)) = next_marker(bytes, at) {
        match marker {
            0xd9 => {
                complete = true;
                break;
            }
            // Markers without a segment: restarts inside a scan, a repeated start, a reserved one.
            0x01 | 0xd0..=0xd8 => at = after,
            _ => {
                let Some(length) = bytes.get(after..after + 2) else {
                    break;
                };
                // Start of frame, all kinds: length, precision, height, width, components.
                if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
                    components = bytes.get(after + 7).copied();
                }
                at = after + usize::from(u16::from_be_bytes([length[0], length[1]]));
            }
        }
    }
    Jpeg { components, complete }
}

/// The next marker at or after `at` and the position behind it; `FF 00` is data of a scan, `FF FF` is padding.
fn next_marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let mut at = at;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xff)?;
        match bytes.get(at + 1)? {
            0x00 => at += 2,
            0xff => at += 1,
            &marker => return Some((marker, at + 2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jpeg_markers() {
        let sof = [0xff, 0xc0, 0, 11, 8, 0, 1, 0, 1, 3, 0, 0, 0];
        let scan = [0xff, 0xda, 0, 2, 1, 2, 0xff, 0x00, 0xd9, 0xff, 0xd0, 3];
        let thumbnail = [0xff, 0xe1, 0, 6, 0xff, 0xd9, 0xff, 0xd9];
        let soi: &[u8] = &[0xff, 0xd8];
        let eoi: &[u8] = &[0xff, 0xd9];
        let cut = [soi, &thumbnail, &sof, &scan].concat();
        assert_eq!(jpeg(&cut), Jpeg { components: Some(3), complete: false });
        let whole = [&cut, eoi].concat();
        assert_eq!(jpeg(&whole), Jpeg { components: Some(3), complete: true });
        let trailing = [whole.as_slice(), b"garbage"].concat();
        assert!(jpeg(&trailing).complete);
        for length in 0..whole.len() {
            assert!(!jpeg(&whole[..length]).complete, "{length}");
        }
    }

    #[test]
    fn short_headers_are_no_facts() {
        for length in 0..60 {
            let bytes = vec![0xff; length];
            assert!(!png_is_one_bit_grey(&bytes));
            assert!(!gif_is_grey(&bytes));
            assert_eq!(bmp_greys(&bytes), None);
            assert!(!jpeg(&bytes).complete);
        }
    }
}
