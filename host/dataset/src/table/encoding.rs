//! What a text that is not UTF-8 may be, by its bytes.

use encoding_rs::SHIFT_JIS;

/// As Excel's "Unicode text".
pub(super) const UTF_16: &str = "UTF-16";

/// The encoding of a text that is not UTF-8, where it can be told.
pub(super) fn guess(text: &[u8]) -> Option<&'static str> {
    if is_utf16(text) {
        return Some(UTF_16);
    }
    let (japanese, _, has_errors) = SHIFT_JIS.decode(text);
    let is_kana_or_kanji = |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    (!has_errors && japanese.chars().any(is_kana_or_kanji)).then_some("Shift-JIS")
}

/// Whether a text has the mark of UTF-16, or one zero in each of its first pairs of bytes.
pub(super) fn is_utf16(text: &[u8]) -> bool {
    let zeros = |side: usize| text.len() >= 4 && text.iter().skip(side).step_by(2).take(4).all(|byte| *byte == 0);
    text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") || zeros(0) != zeros(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_of_spreadsheets() {
        let utf16: Vec<u8> = "x:image\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(guess(&utf16), Some(UTF_16));
        assert_eq!(guess(b"\xfe\xff\0x"), Some(UTF_16));
        assert_eq!(guess(&SHIFT_JIS.encode("x:image\n画像/表面.png\n").0), Some("Shift-JIS"));
        assert_eq!(guess(b"caf\xe9"), None);
        assert!(!is_utf16(b"x:image\n") && !is_utf16(b"") && !is_utf16(&[0; 64]));
    }
}
