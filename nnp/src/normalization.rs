//! Whether images are normalised: a setting of the dataset that a model was made with (NNC contract 8.1).

use crate::{
    graph::Model,
    text::{Message, Value},
};

impl Model {
    /// Whether the images of `dataset`, the path of a table or a cache, are normalised before they are fed.
    pub fn normalizes_images(&self, dataset: &str) -> bool {
        of_dataset(self, dataset) && !self.executors.iter().any(|executor| executor.no_image_normalization)
    }

    /// The same, as far as only the dataset decides: executors have a say of their own.
    pub fn normalizes_dataset(&self, dataset: &str) -> bool {
        of_dataset(self, dataset)
    }
}

/// The setting of the first dataset of the model that is `dataset` by its `uri` or `cache_dir`; on for any other.
fn of_dataset(model: &Model, dataset: &str) -> bool {
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
    #[test]
    fn only_the_dataset_that_is_evaluated_decides() {
        let text = "dataset { name: \"a\" uri: \"/data/a.csv\" no_image_normalization: true }\n\
                    dataset { name: \"b\" uri: \"C:\\\\b.csv\" cache_dir: \"/cache/b\" no_image_normalization: True }\n\
                    dataset { name: \"c\" uri: \"/data/c.csv\" }\n";
        let model = crate::nntxt::read(text).unwrap();
        for (dataset, normalized) in [
            ("/data/a.csv", false),
            ("C:/b.csv", false),
            ("/cache/b", false),
            ("/data/c.csv", true),
            ("/data/d.csv", true),
            ("", true),
        ] {
            assert_eq!(model.normalizes_images(dataset), normalized, "{dataset}");
        }
    }
}
