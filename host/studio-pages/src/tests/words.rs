//! Every word in both languages.

use std::collections::{BTreeSet, HashSet};

use nnc_language::Language;

use super::found;
use crate::asset::scripts;
use crate::text::{all, json};

/// Words that are the same in Japanese: names, and what NNC writes so in both languages.
const SAME: [&str; 8] =
    ["RESIZE", "TRIMMING", "PADDING", "FORMAT_TOML", "FORMAT_NNC", "ONNX_RUNTIME", "LIBTORCH", "AUPRO"];

fn values(text: &str) -> BTreeSet<String> {
    found(r"\{(\w+)\}", text).into_iter().collect()
}

#[test]
fn every_text_has_both_languages_with_the_same_values() {
    let mut keys = HashSet::new();
    for text in all() {
        let [english, japanese] = Language::ALL.map(|language| text.of(language));
        assert!(keys.insert(text.key), "{} stands twice", text.key);
        assert!(!english.trim().is_empty() && !japanese.trim().is_empty(), "{}", text.key);
        for form in english.split('|') {
            assert!(values(form).is_subset(&values(japanese)), "{}: {english} / {japanese}", text.key);
        }
        assert_eq!(values(english), values(japanese), "{}: {english} / {japanese}", text.key);
        let forms = english.split('|').count();
        assert!(forms == 1 || (forms == 2 && values(english).contains("count")), "{}", text.key);
        assert!(!japanese.contains('|'), "{}: Japanese has one form", text.key);
        let is_japanese = japanese.chars().any(|c| c > '\u{2fff}');
        let has_words = values(english).is_empty() || english.contains(' ');
        let is_bare = english.replace(|c: char| !c.is_alphabetic(), "").is_empty();
        assert!(
            is_japanese || SAME.contains(&text.key) || !has_words || is_bare || english == "{done} of {total}",
            "{} is not translated: {japanese}",
            text.key
        );
    }
}

#[test]
fn what_the_script_says_exists_with_its_values() {
    let texts: std::collections::HashMap<_, _> = all().map(|text| (text.key, text)).collect();
    let calls = regex::Regex::new(r#"\bsay\("([A-Z0-9_]+)"(?:, \{([^{}]*)\})?\)"#).unwrap();
    for (path, script) in scripts() {
        for key in found(r#"\bsay\("([A-Z0-9_]+)""#, script) {
            assert!(texts.contains_key(key.as_str()), "{path} says {key}");
        }
        // Where the values stand beside the key they are those of the text.
        for call in calls.captures_iter(script) {
            let given: BTreeSet<String> = call.get(2).map_or_else(BTreeSet::new, |given| {
                given.as_str().split(',').map(|one| one.split(':').next().unwrap().trim().to_owned()).collect()
            });
            let due = values(texts[&call[1]].of(Language::English));
            assert!(due.is_subset(&given), "{path}: {} needs {due:?}", &call[0]);
        }
    }
}

#[test]
fn every_text_is_used() {
    let rust = [
        include_str!("../parts.rs"),
        include_str!("../screens.rs"),
        include_str!("../screens/compare.rs"),
        include_str!("../screens/dataset.rs"),
        include_str!("../screens/datasets.rs"),
        include_str!("../screens/home.rs"),
        include_str!("../screens/job.rs"),
        include_str!("../screens/jobs.rs"),
        include_str!("../screens/new_dataset.rs"),
        include_str!("../screens/not_found.rs"),
        include_str!("../screens/project.rs"),
        include_str!("../screens/projects.rs"),
        include_str!("../screens/report.rs"),
        include_str!("../screens/result.rs"),
        include_str!("../screens/results.rs"),
        include_str!("../screens/sign_in.rs"),
        include_str!("../shell.rs"),
    ];
    let mut used: HashSet<String> = rust.iter().flat_map(|file| found(r"\btext::([A-Z0-9_]+)", file)).collect();
    used.extend(scripts().flat_map(|(_, script)| found(r#""([A-Z][A-Z0-9_]+)""#, script)));
    for text in all() {
        assert!(used.contains(text.key), "{} is never said", text.key);
    }
}

#[test]
fn texts_cannot_end_the_element_that_they_stand_in() {
    for language in Language::ALL {
        let json = json(language);
        assert!(!json.contains('<'));
        let texts: std::collections::HashMap<String, String> = serde_json::from_str(&json).unwrap();
        assert_eq!(texts.len(), all().count());
    }
}
