//! How words get into the markup, so that the script can change their language.

use maud::{Markup, html};
use nnc_language::Language;

use super::words::{Filled, Words};

/// Says texts in the language that the page opens in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice(pub(super) Language);

impl Voice {
    /// The words alone, for attributes and for drawings, which name their text by [`Words::key`].
    pub(super) fn words(self, text: impl Words) -> &'static str {
        text.of(self.0)
    }

    /// A text that the script can say in another language.
    pub(super) fn say(self, text: impl Words) -> Markup {
        html! { span data-t=(text.key()) { (self.words(text)) } }
    }

    /// A sentence with its values.
    pub(super) fn say_with(self, sentence: impl Filled) -> Markup {
        // Names and strings always become JSON.
        let values = serde_json::to_string(&sentence.values()).unwrap_or_default();
        html! { span data-t=(sentence.key()) data-v=(values) { (sentence.of(self.0)) } }
    }
}

/// `text` with what could turn or hide its neighbours made visible: control characters and marks of writing direction.
/// Right-to-left letters stay as they are; `bdi` keeps them apart.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
                shown.extend(character.escape_unicode());
            }
            character if character.is_control() => shown.extend(character.escape_default()),
            character => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::page::text::Sentence;

    #[test]
    fn a_sentence_is_said_with_its_values() {
        let markup = Voice(Language::Japanese).say_with(Sentence::OnlySome { shown: &3, all: &"<5>" }).into_string();
        assert!(markup.contains("&lt;5&gt; 枚中 3 枚"), "{markup}");
        assert!(
            markup.contains("data-v=\"{&quot;all&quot;:&quot;&lt;5&gt;&quot;,&quot;shown&quot;:&quot;3&quot;}\""),
            "{markup}"
        );
    }

    #[test]
    fn what_hides_is_made_visible() {
        for (text, expected) in [
            ("good_001.png", "good_001.png"),
            ("部品/異常.png", "部品/異常.png"),
            ("a\u{202e}gnp.exe", "a\\u{202e}gnp.exe"),
            ("a\u{0}\tb\u{85}", "a\\u{0}\\tb\\u{85}"),
            ("\u{feff}\u{200b}", "\\u{feff}\\u{200b}"),
            ("תמונה.png", "תמונה.png"),
        ] {
            assert_eq!(visible(text), expected);
        }
    }
}
