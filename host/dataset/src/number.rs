//! Numbers as Python's `float()` reads them, which is how NNC tells a number from a file name (NNC contract 1.2).

/// Reads `text` the way Python's `float()` does, or `None` where that would raise.
///
/// Spaces around the number, `_` between digits, `nan`, `inf` and `infinity` in any case, a leading sign and an
/// exponent are accepted. Of the non-ASCII digits only the full-width ones of a Japanese keyboard are known.
///
/// ```
/// assert_eq!(nnc_dataset::parse_number(" 1_000.5e-1 "), Some(100.05));
/// assert_eq!(nnc_dataset::parse_number("0/a.png"), None);
/// ```
pub fn parse_number(text: &str) -> Option<f64> {
    // Python counts the four ASCII separators as white space, Rust does not.
    let text = text.trim_matches(|c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c));
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    if !text.contains(|c| c == '_' || is_full_width(c)) {
        return None;
    }
    let ascii: String = text.chars().map(to_ascii_digit).collect();
    let mut before = None;
    let mut plain = String::with_capacity(ascii.len());
    let mut rest = ascii.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '_' {
            let between =
                before.is_some_and(|c: char| c.is_ascii_digit()) && rest.peek().is_some_and(char::is_ascii_digit);
            if !between {
                return None;
            }
        } else {
            plain.push(c);
        }
        before = Some(c);
    }
    plain.parse().ok()
}

fn is_full_width(c: char) -> bool {
    ('０'..='９').contains(&c)
}

fn to_ascii_digit(c: char) -> char {
    if is_full_width(c) { char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c) } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_python() {
        for (text, expected) in [
            ("0", 0.0),
            ("-2.5", -2.5),
            ("+3", 3.0),
            (" 7\t", 7.0),
            ("\x1c7\x1f", 7.0),
            ("\u{3000}7", 7.0),
            ("1e-3", 1e-3),
            ("1E3", 1e3),
            (".5", 0.5),
            ("5.", 5.0),
            ("1_000", 1000.0),
            ("1_0.0_1e1_0", 10.01e10),
            ("inf", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
            ("+INF", f64::INFINITY),
            ("1e400", f64::INFINITY),
            ("１２", 12.0),
            ("１_２", 12.0),
        ] {
            assert_eq!(parse_number(text), Some(expected), "{text:?}");
        }
        for text in ["nan", "NaN", "-nan"] {
            assert!(parse_number(text).unwrap().is_nan(), "{text:?}");
        }
    }

    #[test]
    fn not_numbers_in_python() {
        for text in [
            "", " ", ".", "e5", "1e", "_1", "1_", "1__0", "1_.0", "1._0", "1e_5", "0x10", "1,5", "1 2", "infinit",
            "na_n", "a.png", "--1", "1f", "∞", "_",
        ] {
            assert_eq!(parse_number(text), None, "{text:?}");
        }
    }
}
