//! Changes of single keys. Comments, order, spaces and all other keys stay as they are.

use serde_json::{Map, Value};
use toml_edit::{DocumentMut, Item, Table, value};

use crate::refusal::{Refusal, Result};
use crate::why::Why;

/// Keys below each other.
const DEEPEST: usize = 4;

/// The text with these keys changed, one after the other; null takes a key away.
pub(crate) fn changed<'a>(text: &str, changes: impl IntoIterator<Item = (&'a str, &'a Value)>) -> Result<String> {
    let mut document = parse(text)?;
    for (key, new) in changes {
        change(&mut document, key, new)?;
    }
    Ok(document.to_string())
}

/// Keys as [`changed`] takes them.
pub(crate) fn pairs(changes: &Map<String, Value>) -> impl Iterator<Item = (&str, &Value)> {
    changes.iter().map(|(key, value)| (key.as_str(), value))
}

/// Reads a text as TOML, or says in which line it is none.
pub(crate) fn parse(text: &str) -> Result<DocumentMut> {
    text.parse::<DocumentMut>().map_err(|error| {
        let line = error.span().map(|span| line_at(text, span.start));
        let refusal = Refusal::invalid(Why::NotToml { reason: error.message().to_owned() });
        line.map_or(refusal.clone(), |line| refusal.with("line", line))
    })
}

/// The line of a byte, from 1.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    1 + text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count()
}

fn change(document: &mut DocumentMut, key: &str, new: &Value) -> Result<()> {
    let bad = || Refusal::invalid(Why::BadKey { key: key.to_owned() }).with("field", key);
    let keys: Vec<&str> = key.split('.').collect();
    let Some((last, sections)) = keys.split_last() else { return Err(bad()) };
    let good = |key: &&str| {
        !key.is_empty() && key.len() <= 100 && key.chars().all(|c| c.is_alphanumeric() || "-_".contains(c))
    };
    if !keys.iter().all(good) || sections.is_empty() || sections.len() >= DEEPEST {
        return Err(bad());
    }
    let mut table: &mut dyn toml_edit::TableLike = document.as_table_mut();
    for section in sections {
        if new.is_null() && table.get(section).is_none() {
            return Ok(());
        }
        // A section that only holds others has no line of its own.
        let item = table.entry(section).or_insert_with(|| {
            let mut section = Table::new();
            section.set_implicit(true);
            Item::Table(section)
        });
        let no_section = Refusal::invalid(Why::NoSection { key: key.to_owned() }).with("field", key);
        table = item.as_table_like_mut().ok_or(no_section)?;
    }
    let new = match new {
        Value::Null => {
            table.remove(last);
            return Ok(());
        }
        Value::String(text) => value(text.as_str()),
        Value::Bool(is) => value(*is),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => value(number),
            (None, Some(number)) => value(number),
            _ => return Err(bad()),
        },
        _ => return Err(bad()),
    };
    if let Some(old) = table.get_mut(last) {
        let (Some(old), Some(new)) = (old.as_value_mut(), new.as_value()) else {
            return Err(Refusal::invalid(Why::NoSection { key: key.to_owned() }).with("field", key));
        };
        // What stands behind the value, a comment perhaps, stays.
        let decor = old.decor().clone();
        *old = new.clone();
        *old.decor_mut() = decor;
    } else {
        table.insert(last, new);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn edited(text: &str, changes: Value) -> Result<String> {
        changed(text, pairs(changes.as_object().unwrap()))
    }

    #[test]
    fn only_what_is_changed_changes() {
        let text = "# mine\n[config]\nbatch_size =  64   # many\n\n[plugin]\nname = 'padim'\n";
        let new = edited(text, json!({"config.batch_size": 8, "plugin.params.gaussian": "single"})).unwrap();
        assert_eq!(
            new,
            "# mine\n[config]\nbatch_size =  8   # many\n\n[plugin]\nname = 'padim'\n\n[plugin.params]\ngaussian = \"single\"\n"
        );
        assert_eq!(edited(&new, json!({"plugin.params.gaussian": null, "a.b.c": null})).unwrap().lines().count(), 8);
        let set =
            edited("", json!({"dataset.training.uri": "a.csv", "plugin.params.r": 0.5, "report.excel": true})).unwrap();
        let values = super::super::values::flat(&set);
        assert_eq!(
            (values["dataset.training.uri"].clone(), values["plugin.params.r"].clone()),
            (json!("a.csv"), json!(0.5))
        );
        assert!(!set.contains("[dataset]\n"), "{set}");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for bad in [
            json!({"": 1}),
            json!({"config": 1}),
            json!({"a.b.c.d.e.f": 1}),
            json!({"config.x\ny": 1}),
            json!({"config.x": [1]}),
            json!({"config.batch_size.x": 1}),
            json!({"plugin.params": "x"}),
        ] {
            assert!(edited("[config]\nbatch_size = 1\n[plugin.params]\na = 1\n", bad.clone()).is_err(), "{bad}");
        }
        let broken = parse("[config]\nbatch_size = \n").unwrap_err();
        assert_eq!(broken.to_json(nnc_messages::Language::English)["error"]["line"], 2);
    }
}
