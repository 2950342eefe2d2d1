//! Overrides of the command line: `key.path=value`.

use std::str::FromStr;

use toml::{Table, Value};

use crate::error::{OverrideError, OverrideProblem};
use crate::known_keys::first_unknown;

/// The section whose values are left to the plugin.
const PLUGIN_PARAMETERS: [&str; 2] = ["plugin", "params"];

/// A key of the project file and the value it gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    keys: Vec<String>,
    value: Value,
    given: String,
}

impl FromStr for Override {
    type Err = OverrideError;

    /// Reads `key.path=value`. A value that is not TOML is a text (`cuda:1`).
    fn from_str(text: &str) -> Result<Self, OverrideError> {
        let wrong = |problem| OverrideError { given: text.to_owned(), problem };
        let (path, value) = text.split_once('=').ok_or_else(|| wrong(OverrideProblem::NoValue))?;
        let keys: Vec<String> = path.trim().split('.').map(str::to_owned).collect();
        if let Some(unknown) = first_unknown(&keys) {
            return Err(wrong(OverrideProblem::UnknownKey(unknown)));
        }
        if keys.last().is_none_or(String::is_empty) {
            return Err(wrong(OverrideProblem::EmptyKey));
        }
        // The manifest knows the types of a plugin's parameters and converts texts, so `nan` may be the text it looks
        // like.
        let of_plugin =
            keys.len() == PLUGIN_PARAMETERS.len() + 1 && keys.starts_with(&PLUGIN_PARAMETERS.map(String::from));
        let value = value.trim();
        let value = if of_plugin { Value::String(value.to_owned()) } else { read_value(value) };
        Ok(Self { keys, value, given: text.to_owned() })
    }
}

impl Override {
    /// Sets a key that is known to exist, to a value that needs no reading.
    pub fn of(keys: &[&str], value: impl Into<Value>) -> Self {
        let value = value.into();
        let given = format!("{}={value}", keys.join("."));
        Self { keys: keys.iter().map(|key| (*key).to_owned()).collect(), value, given }
    }

    /// Whether this is the key that it sets.
    pub(crate) fn sets(&self, keys: &[&str]) -> bool {
        self.keys == keys
    }

    /// The override as it was given.
    pub fn given(&self) -> &str {
        &self.given
    }

    /// Puts the value into a project.
    pub(crate) fn apply(&self, table: &mut Table) -> Result<(), OverrideError> {
        let wrong = |problem| OverrideError { given: self.given.clone(), problem };
        let Some((last, sections)) = self.keys.split_last() else { return Err(wrong(OverrideProblem::EmptyKey)) };
        let mut table = table;
        for key in sections {
            let entry = table.entry(key.as_str()).or_insert_with(|| Value::Table(Table::new()));
            table = entry.as_table_mut().ok_or_else(|| wrong(OverrideProblem::NoSection { key: key.clone() }))?;
        }
        table.insert(last.clone(), self.value.clone());
        Ok(())
    }
}

fn read_value(text: &str) -> Value {
    toml::from_str::<Table>(&format!("v = {text}"))
        .ok()
        .filter(|table| table.len() == 1)
        .and_then(|mut table| table.remove("v"))
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_toml_or_texts() {
        let value = |text: &str| text.parse::<Override>().unwrap().value;
        assert_eq!(value("config.batch_size = 3"), Value::Integer(3));
        assert_eq!(value("compute.device=cuda:1"), Value::String("cuda:1".to_owned()));
        assert_eq!(value("plugin.params.ratio=1"), Value::String("1".to_owned()));
        let problem = |text: &str| text.parse::<Override>().unwrap_err().problem;
        assert_eq!(problem("nonsense"), OverrideProblem::NoValue);
        assert_eq!(problem("plugin.params.=1"), OverrideProblem::EmptyKey);
        assert!(matches!(problem("confi.batch_size=1"), OverrideProblem::UnknownKey(_)));
    }
}
