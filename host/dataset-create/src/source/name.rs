//! Names in archives: their encoding, and whether they stay inside.

use std::ops::RangeInclusive;
use std::path::Path;

use encoding_rs::{EUC_KR, Encoding, GBK, SHIFT_JIS};

use crate::error::{CreateError, UnsafeName, one_line};
use crate::left_out::NameDefect;

/// The upper half of code page 437, in which old zip tools write names.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The text of a name: UTF-8 if it is that, as nearly every tool writes it today; else what Windows writes in Japan, China
/// or Korea (Shift-JIS, GBK, EUC-KR), whichever it looks like; else code page 437, which any bytes are.
pub(crate) fn text(name: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(name) {
        return text.to_owned();
    }
    let decoded = |encoding: &'static Encoding| encoding.decode_without_bom_handling_and_without_replacement(name);
    let japanese = decoded(SHIFT_JIS);
    // The bytes of usual Chinese and Korean letters are half-width kana, two for each letter, in Shift-JIS.
    let is_kana = |text: &str| text.chars().any(|c| matches!(c, '\u{ff61}'..='\u{ff9f}'));
    if let Some(text) = japanese.as_ref().filter(|text| !is_kana(text) || !leads_lie_in(name, 0xb0..=0xd7)) {
        return text.clone().into_owned();
    }
    // All Korean syllables lie in these rows, and so do some Chinese letters: as syllables they are odd ones.
    let korean = decoded(EUC_KR).filter(|text| leads_lie_in(name, 0xb0..=0xc8) && is_usual_korean(text));
    if let Some(text) = korean.or_else(|| decoded(GBK)) {
        return text.into_owned();
    }
    let upper: Vec<char> = CP437.chars().collect();
    let letter = |&byte: &u8| match byte.checked_sub(128) {
        None => char::from(byte),
        Some(index) => upper.get(usize::from(index)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    name.iter().map(letter).collect()
}

/// Whether all that is not ASCII are pairs of bytes, the first of them in `rows`, the second in the upper half.
fn leads_lie_in(name: &[u8], rows: RangeInclusive<u8>) -> bool {
    let mut bytes = name.iter().copied();
    while let Some(lead) = bytes.find(|byte| !byte.is_ascii()) {
        if !rows.contains(&lead) || bytes.next().is_none_or(|trail| trail < 0xa1) {
            return false;
        }
    }
    true
}

/// Whether at most a quarter of the Korean syllables of a text have sounds that are rare: a tense first one, a cluster or
/// an aspirate at the end. 34 of 41 Chinese and 35 of 39 Korean words of inspection are told apart by it.
fn is_usual_korean(text: &str) -> bool {
    let syllables = text.chars().filter_map(|c| u32::from(c).checked_sub(0xac00).filter(|index| *index < 11_172));
    let (mut all, mut odd) = (0, 0);
    for index in syllables {
        let (first, last) = (index / 588, index % 28);
        all += 1;
        odd += u32::from(matches!(first, 1 | 4 | 8 | 10 | 13) || !matches!(last, 0 | 1 | 4 | 8 | 16 | 17 | 19 | 21));
    }
    odd * 4 <= all
}

/// What a name in an archive says about its file.
#[derive(Debug, PartialEq)]
pub(crate) enum Name {
    /// Folders and name; a `\` separates too, as in archives made on Windows.
    Path(Vec<String>),
    /// A name that no file should have, and why.
    Unusable(NameDefect),
}

/// Bytes of the longest path that Linux opens.
const MOST_BYTES: usize = 4096;

/// Takes a name apart. One that leads out of the archive makes the whole archive suspect.
pub(crate) fn parse(archive: &Path, name: &str) -> Result<Name, CreateError> {
    let unsafe_name = |what| Err(CreateError::UnsafeName { path: archive.to_owned(), entry: one_line(name), what });
    if name.len() > MOST_BYTES {
        return Ok(Name::Unusable(NameDefect::TooLong));
    }
    let slashed = name.replace('\\', "/");
    let mut start = slashed.chars();
    let has_drive = start.next().is_some_and(|c| c.is_ascii_alphabetic()) && start.next() == Some(':');
    if slashed.starts_with('/') || has_drive {
        return unsafe_name(UnsafeName::Absolute);
    }
    let parts: Vec<&str> = slashed.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.contains(&"..") {
        return unsafe_name(UnsafeName::Parent);
    }
    Ok(match check(&parts) {
        Some(why) => Name::Unusable(why),
        None => Name::Path(parts.into_iter().map(str::to_owned).collect()),
    })
}

/// What keeps files with these parts of a name from being used everywhere.
pub(crate) fn check(parts: &[&str]) -> Option<NameDefect> {
    if parts.is_empty() {
        return Some(NameDefect::Empty);
    }
    if parts.iter().any(|part| part.chars().any(|c| c.is_control() || c == '\u{fffd}')) {
        return Some(NameDefect::Characters);
    }
    if parts.iter().any(|part| part.contains('\\')) {
        return Some(NameDefect::Backslash);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_no_path_can_have_is_not_taken_apart() {
        let name = |parts: usize| parse(Path::new("a.tar"), &"a/".repeat(parts)).unwrap();
        assert!(matches!(name(2000), Name::Path(parts) if parts.len() == 2000));
        assert_eq!(name(500_000), Name::Unusable(NameDefect::TooLong));
    }

    #[test]
    fn letters() {
        assert_eq!(text("正常/画像.png".as_bytes()), "正常/画像.png");
        let (japanese, _, _) = SHIFT_JIS.encode("正常/表面_ソ.png");
        assert_eq!(text(&japanese), "正常/表面_ソ.png");
        // Chinese, Korean, and kana of half width in an odd number.
        let names = [
            (GBK, "正常/表面划痕_1.png"),
            (GBK, "不良/缺陷.png"),
            (GBK, "不良.png"),
            (EUC_KR, "정상/표면_1.png"),
            (EUC_KR, "불량.png"),
        ];
        for (encoding, name) in names.into_iter().chain([(SHIFT_JIS, "ｷｽﾞ_1.png")]) {
            assert_eq!(text(&encoding.encode(name).0), name);
        }
        assert_eq!(text(b"caf\x82.png"), "café.png");
        assert_eq!(text(b"\xff\xfe"), "\u{a0}■".chars().collect::<String>());
        assert_eq!(CP437.chars().count(), 128);
    }

    #[test]
    fn places() {
        let parse = |name| parse(Path::new("a.zip"), name);
        let path = |parts: &[&str]| Name::Path(parts.iter().map(|part| part.to_string()).collect());
        assert_eq!(parse("./0//a.png").unwrap(), path(&["0", "a.png"]));
        assert_eq!(parse("0\\a.png").unwrap(), path(&["0", "a.png"]));
        assert_eq!(parse("0/..a.png").unwrap(), path(&["0", "..a.png"]));
        for name in ["../a.png", "0/../../a.png", "0\\..\\a.png", "/a.png", "\\a.png", "C:\\a.png", "c:a.png", ".."] {
            assert!(matches!(parse(name), Err(CreateError::UnsafeName { .. })), "{name}");
        }
        for name in ["", "./", "0/a\0.png", "0/a\n.png"] {
            assert!(matches!(parse(name), Ok(Name::Unusable(_))), "{name:?}");
        }
    }
}
