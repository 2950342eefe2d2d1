//! What the script reads: texts of all languages, scores of all images, scales of the drawings.

use nnc_language::Language;
use serde_json::{Map, Value, json};

use super::gallery::Shown;
use super::histogram::Histogram;
use super::pictures::Levels;
use super::text;
use crate::model::{Class, Evaluation};

/// The data as JSON that holds no character with a meaning in markup.
pub(super) fn json(
    evaluation: &Evaluation,
    shown: &Shown,
    histogram: Option<&Histogram>,
    language: Language,
) -> String {
    let texts: Map<String, Value> =
        Language::ALL.into_iter().map(|language| (language.tag().to_owned(), json!(text::table(language)))).collect();
    let classes: String = evaluation
        .rows
        .iter()
        .map(|image| match image.class() {
            Class::Normal => 'n',
            Class::Defective => 'd',
            Class::Unlabelled => 'u',
        })
        .collect();
    let best = evaluation.metrics.image.as_ref().map(|image| image.f1_max_threshold);
    let Levels { scale, top } = shown.levels;
    let data = json!({
        "language": language.tag(),
        "texts": texts,
        "scores": evaluation.rows.iter().map(|image| number(image.score)).collect::<Vec<_>>(),
        "classes": classes,
        "kinds": kinds(evaluation),
        "tiles": shown.rows,
        "threshold": evaluation.threshold.as_ref().map(|threshold| number(threshold.value)),
        // Where the slider stands when no threshold was set.
        "start": best.map(number),
        "axis": histogram.map(|histogram| [histogram.ends().0, histogram.ends().1]),
        "levels": {"low": number(scale.low), "high": number(scale.high), "top": number(top), "step": Levels::HIGH},
    });
    escape(&data.to_string())
}

/// For each kind of defect in the table the rows of its images.
fn kinds(evaluation: &Evaluation) -> Vec<Vec<usize>> {
    let rows = |name: &str| {
        let of_kind = |image: &crate::model::EvaluatedImage| image.defect.as_deref() == Some(name);
        evaluation.rows.iter().enumerate().filter(|(_, image)| of_kind(image)).map(|(row, _)| row).collect()
    };
    evaluation.metrics.defects.iter().map(|defect| rows(&defect.name)).collect()
}

/// A number, `null` for NaN, or the script's word for an infinite one. The shortest digits that mean this float, so
/// that comparisons come out as they do here.
fn number(value: f32) -> Value {
    if value.is_nan() {
        Value::Null
    } else if value.is_infinite() {
        json!(if value > 0.0 { "Infinity" } else { "-Infinity" })
    } else {
        let digits: f64 = value.to_string().parse().unwrap_or_default();
        json!(digits)
    }
}

/// Nothing in the text ends a script element or begins a tag, whatever names are in it.
pub(super) fn escape(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_that_were_meant() {
        for (value, text) in [
            (0.1, "0.1"),
            (8.565_889, "8.565889"),
            (f32::MAX, "3.4028235e+38"),
            (f32::NAN, "null"),
            (f32::NEG_INFINITY, "\"-Infinity\""),
        ] {
            assert_eq!(number(value).to_string(), text);
        }
    }

    #[test]
    fn no_text_ends_the_script() {
        let text = escape(&json!("</script><!--&").to_string());
        assert_eq!(text, "\"\\u003c/script\\u003e\\u003c!--\\u0026\"");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), "</script><!--&");
    }
}
