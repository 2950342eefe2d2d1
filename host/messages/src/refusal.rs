//! Errors of the system, and files that are not opened because of what they are.

use std::fmt::{self, Formatter};
use std::io;

use nnc_files::{Kind, Refusal, refusal};
use nnc_language::Language;

use crate::{Say, Words, sentences};

impl Say for io::Error {
    /// The system's own words, unless it is a refusal of ours.
    fn say(&self, language: Language, f: &mut Formatter<'_>) -> fmt::Result {
        match refusal(self) {
            Some(refusal) => refusal.say(language, f),
            None => Words(self).say(language, f),
        }
    }
}

sentences! {
    Refusal {
        Self::NotRegular(kind) => "it is {kind}, expected a regular file", "{kind}です。通常のファイルが必要です";
        Self::TooLarge { limit } => "it is larger than {limit} bytes, the most that is read", "読み込める上限の {limit} バイトを超えています";
    }
}

sentences! {
    Kind {
        Self::Folder => "a folder", "フォルダー";
        Self::Link => "a link", "リンク";
        Self::Pipe => "a pipe", "パイプ";
        Self::Socket => "a socket", "ソケット";
        Self::Device => "a device", "デバイス";
        Self::Unknown => "something unknown", "不明な種類のもの";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Said;

    #[test]
    fn a_refusal_has_words_in_both_languages() {
        let error = nnc_files::read_regular("/dev/zero".as_ref(), 10).unwrap_err();
        assert_eq!(error.said(), "it is a device, expected a regular file");
        assert_eq!(Said(&error, Language::Japanese).to_string(), "デバイスです。通常のファイルが必要です");
        let error = io::Error::from(io::ErrorKind::NotFound);
        assert_eq!(error.said(), error.to_string());
    }
}
