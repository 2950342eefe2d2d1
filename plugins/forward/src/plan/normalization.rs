//! Whether images are normalised: a setting of the dataset that the model was made with (NNC contract 8.1).

use nnp::Model;
use nnp::text::{Message, Value};

/// The setting of the first dataset of the model that is `dataset` by its `uri` or `cache_dir`; on for any other.
pub(super) fn of_dataset(model: &Model, dataset: &str) -> bool {
    let text = |message: &Message, name: &str| match message.get(name).map(|field| &field.value) {
        Some(Value::Text(text)) => text.replace('\\', "/"),
        _ => String::new(),
    };
    let on = |message: &Message, name: &str| {
        let value = message.get(name).map(|field| &field.value);
        matches!(value, Some(Value::Literal(literal)) if matches!(literal.as_str(), "true" | "True" | "t" | "1"))
    };
    let known =
        model.other.fields.iter().filter(|field| field.name == "dataset").filter_map(|field| match &field.value {
            Value::Message(message) => Some(message),
            _ => None,
        });
    let mut same = known.filter(|message| {
        ["uri", "cache_dir"].iter().any(|key| {
            let named = text(message, key);
            !named.is_empty() && named == dataset.replace('\\', "/")
        })
    });
    !same.next().is_some_and(|message| on(message, "no_image_normalization"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_dataset_that_is_evaluated_decides() {
        let text = "dataset { name: \"a\" uri: \"/data/a.csv\" no_image_normalization: true }\n\
                    dataset { name: \"b\" uri: \"C:\\\\b.csv\" cache_dir: \"/cache/b\" no_image_normalization: True }\n\
                    dataset { name: \"c\" uri: \"/data/c.csv\" }\n";
        let model = nnp::nntxt::read(text).unwrap();
        for (dataset, normalized) in [
            ("/data/a.csv", false),
            ("C:/b.csv", false),
            ("/cache/b", false),
            ("/data/c.csv", true),
            ("/data/d.csv", true),
            ("", true),
        ] {
            assert_eq!(of_dataset(&model, dataset), normalized, "{dataset}");
        }
    }
}
