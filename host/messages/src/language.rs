//! The sentence of `nnc-language`.

use nnc_language::UnknownLanguage;

use crate::sentences;

sentences! {
    UnknownLanguage {
        Self { found } => "the language is {found}, expected en or ja",
            "言語 {found} は正しくありません。en または ja を指定してください" [found = format!("{found:?}")];
    }
}

#[cfg(test)]
mod tests {
    use nnc_language::Language;

    use crate::Said;

    #[test]
    fn an_unknown_language_is_told_in_both() {
        let error = "fr".parse::<Language>().unwrap_err();
        assert_eq!(Said(&error, Language::English).to_string(), "the language is \"fr\", expected en or ja");
        let japanese = "言語 \"fr\" は正しくありません。en または ja を指定してください";
        assert_eq!(Said(&error, Language::Japanese).to_string(), japanese);
    }
}
