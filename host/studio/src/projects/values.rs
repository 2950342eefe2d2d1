//! The keys of a project, flat: `config.batch_size`.

use serde::Serialize;
use serde_json::{Map, Value};

/// Every key of a text with its value; none of a text that is not TOML.
pub(crate) fn flat(text: &str) -> Map<String, Value> {
    let mut values = Map::new();
    if let Ok(table) = text.trim_start_matches('\u{feff}').parse::<toml::Table>() {
        add(&table, "", &mut values);
    }
    values
}

fn add(table: &toml::Table, before: &str, values: &mut Map<String, Value>) {
    for (key, value) in table {
        let key = if before.is_empty() { key.clone() } else { format!("{before}.{key}") };
        match value {
            toml::Value::Table(inner) => add(inner, &key, values),
            value => drop(values.insert(key, json(value))),
        }
    }
}

fn json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        // Those that JSON does not have are none.
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Boolean(is) => (*is).into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(values) => values.iter().map(json).collect(),
        toml::Value::Table(inner) => {
            let mut values = Map::new();
            add(inner, "", &mut values);
            values.into()
        }
    }
}

/// A key that two texts have differently.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Difference {
    key: String,
    before: Value,
    now: Value,
}

/// What differs between two texts.
pub(crate) fn differing(before: &Map<String, Value>, now: &Map<String, Value>) -> Vec<Difference> {
    let added = now.keys().filter(|key| !before.contains_key(*key));
    let value = |values: &Map<String, Value>, key: &str| values.get(key).cloned().unwrap_or_default();
    let keys = before.keys().chain(added).filter(|key| before.get(*key) != now.get(*key));
    keys.map(|key| Difference { key: key.clone(), before: value(before, key), now: value(now, key) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_flat_and_compared() {
        let before = flat("[config]\nbatch_size = 4\n[plugin.params]\nratio = 0.5\nmode = \"a\"\n");
        assert_eq!(before["config.batch_size"], json!(4));
        assert_eq!(before["plugin.params.ratio"], json!(0.5));
        let now = flat("[config]\nbatch_size = 8\n[plugin.params]\nratio = 0.5\n[score]\nrule = \"max\"\n");
        let differences = differing(&before, &now);
        let keys: Vec<&str> = differences.iter().map(|one| one.key.as_str()).collect();
        assert_eq!(keys, ["config.batch_size", "plugin.params.mode", "score.rule"]);
        assert!(flat("[broken").is_empty());
    }
}
