//! The language that the command line and the environment ask for.

use nnc_language::Language;

/// The language of this process: English unless `--lang` or the locale asks for Japanese. What NNC's log lines say word for
/// word stays English, and so does what comes from plugins and the system.
pub(crate) fn language() -> Language {
    let arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    asked_for(arguments, |name| std::env::var(name).ok())
}

/// What the command line and the environment ask for, found before anything else is read: help and errors of the
/// command line are in this language too.
fn asked_for(arguments: impl IntoIterator<Item = String>, variable: impl Fn(&str) -> Option<String>) -> Language {
    let mut arguments = arguments.into_iter().take_while(|argument| argument != "--");
    while let Some(argument) = arguments.next() {
        let value = match argument.strip_prefix("--lang") {
            Some("") => arguments.next(),
            Some(value) => value.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        if let Some(language) = value.and_then(|value| value.parse().ok()) {
            return language;
        }
    }
    Language::of_environment(variable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_comes_before_the_locale() {
        let language = |line: &str, locale: &str| {
            asked_for(line.split_whitespace().map(str::to_owned), |name| (name == "LANG").then(|| locale.to_owned()))
        };
        for (line, locale, expected) in [
            ("nnc-host run", "C", Language::English),
            ("nnc-host run", "ja_JP.UTF-8", Language::Japanese),
            ("nnc-host run --lang en", "ja_JP.UTF-8", Language::English),
            ("nnc-host --lang=ja run", "C", Language::Japanese),
            ("nnc-host run --lang fr", "ja_JP.UTF-8", Language::Japanese),
            ("nnc-host run --language ja", "C", Language::English),
            ("nnc-host run -- --lang ja", "C", Language::English),
        ] {
            assert_eq!(language(line, locale), expected, "{line}");
        }
    }
}
