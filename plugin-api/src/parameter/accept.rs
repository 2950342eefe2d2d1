//! Checks a value that a user gave against the declaration of its parameter.

use serde_json::Value;

use super::{Parameter, ParameterError, ParameterKind};
use crate::nearest::nearest;

impl Parameter {
    /// Checks `value` against the type and range and returns it in its canonical form
    /// (a whole number for `int`, a floating point number for `float`). Texts that read as
    /// a number or switch are converted, because command lines and dialogs only know texts.
    ///
    /// # Errors
    /// One sentence with the parameter, what was found, what was expected and, for a choice, the nearest one.
    pub fn accept(&self, value: &Value) -> Result<Value, ParameterError> {
        let refused = |nearest: Option<&str>| {
            let found = match value {
                Value::String(s) => format!("{s:?}"),
                other => other.to_string(),
            };
            let (name, kind) = (self.name.clone(), self.kind.clone());
            Err(ParameterError::Refused { name, found, kind, nearest: nearest.map(str::to_owned) })
        };
        let refuse = || refused(None);
        match &self.kind {
            ParameterKind::Int { min, max } => {
                let number = match value {
                    Value::String(s) => s.trim().parse().ok(),
                    other => other.as_i64(),
                };
                match number {
                    Some(n) if min.is_none_or(|m| n >= m) && max.is_none_or(|m| n <= m) => Ok(n.into()),
                    _ => refuse(),
                }
            }
            ParameterKind::Float { min, max } => {
                let number = match value {
                    Value::String(s) => s.trim().parse().ok(),
                    other => other.as_f64(),
                };
                match number {
                    Some(n) if f64::is_finite(n) && min.is_none_or(|m| n >= m) && max.is_none_or(|m| n <= m) => {
                        Ok(n.into())
                    }
                    _ => refuse(),
                }
            }
            ParameterKind::Bool => match value {
                Value::Bool(_) => Ok(value.clone()),
                Value::String(s) if s == "true" || s == "false" => Ok((s == "true").into()),
                _ => refuse(),
            },
            ParameterKind::Option { choices } => match value {
                Value::String(s) if choices.contains(s) => Ok(value.clone()),
                Value::String(s) => refused(nearest(s, choices.iter().map(String::as_str))),
                _ => refuse(),
            },
            ParameterKind::Variables => match value {
                Value::String(_) => Ok(value.clone()),
                Value::Array(names) => {
                    let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
                    names.map_or_else(refuse, |names| Ok(names.join(",").into()))
                }
                _ => refuse(),
            },
            ParameterKind::Other { .. } => Ok(value.clone()),
            // Texts of some meaning that only the host can check.
            _ => match value {
                Value::String(_) => Ok(value.clone()),
                _ => refuse(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_checked_against_type_and_range() {
        let ratio = Parameter::float("ratio", "").range(0.0, 1.0);
        assert_eq!(ratio.accept(&json!(1)).unwrap(), json!(1.0));
        assert_eq!(ratio.accept(&json!("0.5")).unwrap(), json!(0.5));
        assert_eq!(
            ratio.accept(&json!(1.5)).unwrap_err().to_string(),
            "parameter `ratio` is 1.5, expected a number from 0 to 1"
        );
        assert!(ratio.accept(&json!("nan")).is_err());

        let count = Parameter::int("count", "").range(1.0, 9.0);
        assert_eq!(count.accept(&json!("7")).unwrap(), json!(7));
        for bad in [json!(0), json!(2.5), json!(true), json!("x")] {
            assert!(count.accept(&bad).is_err(), "{bad}");
        }

        let mode = Parameter::option("mode", "", &["dense", "single"]);
        assert!(mode.accept(&json!("dense")).is_ok());
        assert_eq!(
            mode.accept(&json!("Dense")).unwrap_err().to_string(),
            "parameter `mode` is \"Dense\", expected one of dense, single; did you mean `dense`?"
        );
        assert_eq!(Parameter::bool("b", "").accept(&json!("true")).unwrap(), json!(true));
        assert!(Parameter::text("t", "").accept(&json!(3)).is_err());
        let variables = Parameter::of(ParameterKind::Variables, "v", "");
        assert_eq!(variables.accept(&json!(["x", "z"])).unwrap(), json!("x,z"));
        assert!(variables.accept(&json!([1])).is_err());
    }
}
