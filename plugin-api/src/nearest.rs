//! Suggests the name that was most likely meant.

/// The known name most like `name`, if any is near enough to be a typing error.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|k| (strsim::damerau_levenshtein(&name.to_lowercase(), &k.to_lowercase()), k))
        .filter(|(distance, k)| *distance <= 1 + k.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_typing_errors_have_a_suggestion() {
        let known = ["feature_ratio", "seed"];
        let suggested = |name| nearest(name, known.into_iter());
        assert_eq!(suggested("Feature_ration"), Some("feature_ratio"));
        assert_eq!(suggested("sede"), Some("seed"));
        assert_eq!(suggested("zzz"), None);
    }
}
