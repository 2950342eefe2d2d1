//! Names in archives: their encoding, and whether they stay inside.

use std::path::Path;

use encoding_rs::SHIFT_JIS;

use crate::error::{CreateError, UnsafeName, one_line};
use crate::left_out::NameDefect;

/// The upper half of code page 437, in which old zip tools write names.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The text of a name: UTF-8 if it is that, as nearly every tool writes it today; else Shift-JIS, as Japanese Windows
/// does; else code page 437, which any bytes are.
pub(crate) fn text(name: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(name) {
        return text.to_owned();
    }
    if let Some(text) = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(name) {
        return text.into_owned();
    }
    let upper: Vec<char> = CP437.chars().collect();
    let letter = |&byte: &u8| match byte.checked_sub(128) {
        None => char::from(byte),
        Some(index) => upper.get(usize::from(index)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    name.iter().map(letter).collect()
}

/// What a name in an archive says about its file.
#[derive(Debug, PartialEq)]
pub(crate) enum Name {
    /// Folders and name; a `\` separates too, as in archives made on Windows.
    Path(Vec<String>),
    /// A name that no file should have, and why.
    Unusable(NameDefect),
}

/// Takes a name apart. One that leads out of the archive makes the whole archive suspect.
pub(crate) fn parse(archive: &Path, name: &str) -> Result<Name, CreateError> {
    let unsafe_name = |what| Err(CreateError::UnsafeName { path: archive.to_owned(), entry: one_line(name), what });
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
    fn letters() {
        assert_eq!(text("正常/画像.png".as_bytes()), "正常/画像.png");
        let (japanese, _, _) = SHIFT_JIS.encode("正常/表面_ソ.png");
        assert_eq!(text(&japanese), "正常/表面_ソ.png");
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
