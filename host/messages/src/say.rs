//! What can be said to people: values, and messages made of them, in every language.

use std::fmt::{self, Display, Formatter, Write};
use std::path::{Path, PathBuf};

use nnc_language::{Language, chosen};
use nnc_text::is_plain;

/// Values longer than this many characters are cut: a message is for reading, whatever a file holds.
const LONGEST: usize = 2_000;
/// The same for a whole line, which may hold several of them.
const LONGEST_LINE: usize = 16_000;

/// Something that has words in every language.
///
/// Messages get this trait from [`messages!`](crate::messages) or [`sentences!`](crate::sentences). The implementations
/// for texts and paths make what they contain plain: control characters, which could steer a terminal or forge a line of
/// a log, and marks that change the direction of writing are escaped, and very long texts are cut.
pub trait Say {
    /// Writes the words in `language`.
    ///
    /// # Errors
    /// Those of the formatter.
    fn say(&self, language: Language, f: &mut Formatter<'_>) -> fmt::Result;

    /// The words in the language of this process.
    fn said(&self) -> String {
        Said(self, chosen()).to_string()
    }
}

/// Shows a message in one language.
#[derive(Clone, Copy)]
pub struct Said<'a, T: Say + ?Sized>(pub &'a T, pub Language);

impl<T: Say + ?Sized> Display for Said<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.say(self.1, f)
    }
}

impl<T: Say + ?Sized> Say for Said<'_, T> {
    fn say(&self, _: Language, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.say(self.1, f)
    }
}

/// Words that are the same in every language: those of the system, of a library or of a plugin.
#[derive(Debug, Clone, Copy)]
pub struct Words<T>(pub T);

impl<T: Display> Say for Words<T> {
    fn say(&self, _: Language, f: &mut Formatter<'_>) -> fmt::Result {
        let mut plain = Plain { to: f, left: LONGEST + 1 };
        write!(plain, "{}", self.0)
    }
}

/// Lets through what a line may hold; see [`Say`].
struct Plain<'a, 'b> {
    to: &'a mut Formatter<'b>,
    /// Characters until the text is cut.
    left: usize,
}

impl Write for Plain<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match self.left {
                0 => return Ok(()),
                1 => self.to.write_char('…')?,
                _ if is_plain(c) => self.to.write_char(c)?,
                _ => write!(self.to, "{}", c.escape_default())?,
            }
            self.left -= 1;
        }
        Ok(())
    }
}

/// `text` as it can stand in a line for people; see [`Say`].
pub fn plain(text: &str) -> String {
    Said(text, Language::default()).to_string()
}

/// A whole line as people may see it: as [`plain`], and longer. A tab, which some lines of NNC have, stays.
pub fn plain_line(line: &str) -> String {
    let mut characters = line.chars();
    let shown: Vec<String> = characters
        .by_ref()
        .take(LONGEST_LINE)
        .map(|c| if is_plain(c) || c == '\t' { c.to_string() } else { c.escape_default().to_string() })
        .collect();
    shown.concat() + if characters.next().is_some() { "…" } else { "" }
}

macro_rules! say_displayed {
    ($($type:ty),*) => {$(
        impl Say for $type {
            fn say(&self, language: Language, f: &mut Formatter<'_>) -> fmt::Result {
                Words(self).say(language, f)
            }
        }
    )*};
}

say_displayed!(str, String, std::path::Display<'_>, fmt::Arguments<'_>, char, bool);
say_displayed!(u8, u16, u32, u64, usize, i32, i64, isize, f32, f64, std::num::NonZeroUsize);

impl Say for Path {
    fn say(&self, language: Language, f: &mut Formatter<'_>) -> fmt::Result {
        Words(self.display()).say(language, f)
    }
}

impl Say for PathBuf {
    fn say(&self, language: Language, f: &mut Formatter<'_>) -> fmt::Result {
        self.as_path().say(language, f)
    }
}

impl<T: Say + ?Sized> Say for &T {
    fn say(&self, language: Language, f: &mut Formatter<'_>) -> fmt::Result {
        (**self).say(language, f)
    }
}

impl<T: Say + ?Sized> Say for Box<T> {
    fn say(&self, language: Language, f: &mut Formatter<'_>) -> fmt::Result {
        (**self).say(language, f)
    }
}

/// Nothing is said for nothing: the end of a sentence that not every value has.
impl<T: Say> Say for Option<T> {
    fn say(&self, language: Language, f: &mut Formatter<'_>) -> fmt::Result {
        self.as_ref().map_or(Ok(()), |value| value.say(language, f))
    }
}

/// A list, separated as each language does.
impl<T: Say> Say for [T] {
    fn say(&self, language: Language, f: &mut Formatter<'_>) -> fmt::Result {
        for (place, value) in self.iter().enumerate() {
            if place > 0 {
                f.write_str(match language {
                    Language::English => ", ",
                    Language::Japanese => "、",
                })?;
            }
            value.say(language, f)?;
        }
        Ok(())
    }
}

impl<T: Say> Say for Vec<T> {
    fn say(&self, language: Language, f: &mut Formatter<'_>) -> fmt::Result {
        self.as_slice().say(language, f)
    }
}

/// Defines messages: an enum whose values hold what a sentence needs, by name, with the sentence in each language beside
/// them. It implements [`Say`](crate::Say).
///
/// Braces name what the value holds, or what brackets behind the sentences make of it; fields behind a semicolon are
/// used by the brackets alone. A message without a translation, and a translation that leaves out what the other one
/// names, do not compile (the latter as an unused variable).
///
/// ```
/// use nnc_messages::{Language, Said, Say, messages};
///
/// messages! {
///     /// What the program says about a file.
///     pub enum FileMessage {
///         Missing { path: std::path::PathBuf, line: usize } => "{path} line {line}: no such file", "{path} {line} 行目: ファイルがありません";
///         Large { ; bytes: u64 } => "{mb} MB", "{mb} MB" [mb = bytes / 1_000_000];
///         Empty => "nothing there", "何もありません";
///     }
/// }
///
/// let missing = FileMessage::Missing { path: "a.csv".into(), line: 3 };
/// assert_eq!(missing.said(), "a.csv line 3: no such file");
/// assert_eq!(Said(&missing, Language::Japanese).to_string(), "a.csv 3 行目: ファイルがありません");
/// assert_eq!(FileMessage::Large { bytes: 3_000_000 }.said(), "3 MB");
/// ```
#[macro_export]
macro_rules! messages {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $type:ident {
            $(
                $(#[$of_variant:meta])*
                $variant:ident
                $({ $($field:ident: $kind:ty),* $(,)? $(; $($used:ident: $used_kind:ty),* $(,)?)? })?
                $(($($item:ident: $item_kind:ty),* $(,)?))?
                => $english:literal, $japanese:literal $([$($name:ident = $value:expr),* $(,)?])?;
            )*
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug)]
        #[allow(missing_docs)]
        $visibility enum $type {
            $(
                $(#[$of_variant])*
                $variant
                $({ $($field: $kind,)* $($($used: $used_kind,)*)? })?
                $(($($item_kind),*))?,
            )*
        }

        $crate::sentences! {
            $type {
                $(
                    Self::$variant $({ $($field),* $(; $($used),*)? })? $(($($item),*))?
                    => $english, $japanese $([$($name = $value),*])?;
                )*
            }
        }
    };
}

/// Gives a type its sentences, for errors that a library defines as data: implements [`Say`](crate::Say) for it. The rules
/// are those of [`messages!`](crate::messages).
///
/// ```
/// use nnc_messages::{Say, sentences};
///
/// struct Missing {
///     path: std::path::PathBuf,
///     line: usize,
/// }
///
/// sentences! {
///     Missing {
///         Self { path, line } => "{path} line {line}: nothing there", "{path} {line} 行目: 何もありません";
///     }
/// }
///
/// assert_eq!(Missing { path: "a.csv".into(), line: 3 }.said(), "a.csv line 3: nothing there");
/// ```
#[macro_export]
macro_rules! sentences {
    (
        $type:ty {
            $(
                Self $(:: $variant:ident)?
                $({ $($field:ident),* $(,)? $(; $($used:ident),* $(,)?)? })?
                $(($($item:ident),* $(,)?))?
                => $english:literal, $japanese:literal $([$($name:ident = $value:expr),* $(,)?])?;
            )*
            $(else $other:ident => $said:expr;)?
        }
    ) => {
        impl $crate::Say for $type {
            #[allow(unused_parens)]
            fn say(&self, language: $crate::Language, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match (self, language) {
                    $(
                        (
                            Self $(:: $variant)? $({ $($field,)* $($($used,)*)? .. })? $(($($item),*))?,
                            $crate::Language::English,
                        ) => {
                            $($(let $name = $value; let $name = &$crate::Said(&$name, language);)*)?
                            $($(let $field = $crate::Said($field, language);)*)?
                            $($(let $item = $crate::Said($item, language);)*)?
                            ::std::write!(f, $english)
                        }
                        (
                            Self $(:: $variant)? $({ $($field,)* $($($used,)*)? .. })? $(($($item),*))?,
                            $crate::Language::Japanese,
                        ) => {
                            $($(let $name = $value; let $name = &$crate::Said(&$name, language);)*)?
                            $($(let $field = $crate::Said($field, language);)*)?
                            $($(let $item = $crate::Said($item, language);)*)?
                            ::std::write!(f, $japanese)
                        }
                    )*
                    $(($other, _) => $crate::Say::say(&$said, language, f),)?
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::messages! {
        enum Message {
            Both { path: PathBuf, names: Vec<String> } => "{path}: {names}", "{names}（{path}）";
            Made { path: PathBuf; bytes: u64 } => "{path} has {kb} kB", "{path} は {kb} kB です" [kb = bytes / 1000];
            Pair(name: String, count: usize) => "{count} {name}", "{name} {count} 個";
            Plain => "nothing {{}}", "なし";
            Inner { what: Box<Message> } => "because of {what}", "理由: {what}";
            Same { path: PathBuf } => "in {path}", "{path} の中" [path = path.file_name().unwrap_or_default().len()];
        }
    }

    #[test]
    fn a_message_names_what_it_holds() {
        for (message, english, japanese) in [
            (Message::Both { path: "a".into(), names: vec!["b".into(), "c".into()] }, "a: b, c", "b、c（a）"),
            (Message::Made { path: "a".into(), bytes: 5100 }, "a has 5 kB", "a は 5 kB です"),
            (Message::Pair("x".into(), 2), "2 x", "x 2 個"),
            (Message::Plain, "nothing {}", "なし"),
            (Message::Inner { what: Message::Plain.into() }, "because of nothing {}", "理由: なし"),
            (Message::Same { path: "a/bcd".into() }, "in 3", "3 の中"),
        ] {
            assert_eq!(message.said(), english);
            assert_eq!(Said(&message, Language::Japanese).to_string(), japanese);
        }
    }

    #[test]
    fn untrusted_text_cannot_leave_its_line() {
        assert_eq!(plain("a\x1b[2Jb\nc\u{202e}d\te\u{2028}"), "a\\u{1b}[2Jb\\nc\\u{202e}d\\te\\u{2028}");
        assert_eq!(plain("日本語 é \"quoted\""), "日本語 é \"quoted\"");
        assert_eq!(Path::new("a\nb").said(), "a\\nb");
        for unseen in ['\u{200b}', '\u{200d}', '\u{feff}', '\u{ad}', '\u{2067}', '\u{e0041}', '\u{3164}', '\u{9b}'] {
            assert_eq!(plain(&unseen.to_string()), unseen.escape_default().to_string());
        }
        assert_eq!(plain_line("a\tb\r\nc\u{1b}[2J"), "a\tb\\r\\nc\\u{1b}[2J");
        assert_eq!(plain_line(&"é".repeat(3 << 20)).chars().count(), LONGEST_LINE + 1);
        let long = "x".repeat(LONGEST + 1);
        let cut = plain(&long);
        assert_eq!((cut.chars().count(), cut.chars().last()), (LONGEST + 1, Some('…')));
        assert_eq!(plain(&long[1..]), long[1..]);
    }
}
