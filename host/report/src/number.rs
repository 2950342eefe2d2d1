//! Scores as text for people, and as JSON that keeps what JSON has no number for.

use serde::{Deserialize, Serialize};

/// `value` to four significant digits: `8.566`, `0.01235`, `1234`, `1.235e-7`.
pub(crate) fn score_text(value: f32) -> String {
    let value = f64::from(value);
    if value == 0.0 {
        return "0".to_owned();
    }
    if value.is_nan() {
        return "no score".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    // The exponent after rounding: 9.9999 becomes 10.00.
    let scientific = format!("{value:.3e}");
    let exponent: i32 = scientific.rsplit('e').next().and_then(|text| text.parse().ok()).unwrap_or_default();
    let text = if (-4..7).contains(&exponent) {
        format!("{value:.*}", usize::try_from(3 - exponent).unwrap_or_default())
    } else {
        scientific
    };
    text.replace('-', "−")
}

/// A float in JSON: a number, or the text `nan`, `inf` or `-inf`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Number(f32),
    Text(NotFinite),
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum NotFinite {
    #[serde(rename = "nan")]
    Nan,
    #[serde(rename = "inf")]
    Infinite,
    #[serde(rename = "-inf")]
    MinusInfinite,
}

impl From<f32> for Written {
    fn from(value: f32) -> Self {
        match value {
            value if value.is_nan() => Self::Text(NotFinite::Nan),
            f32::INFINITY => Self::Text(NotFinite::Infinite),
            f32::NEG_INFINITY => Self::Text(NotFinite::MinusInfinite),
            value => Self::Number(value),
        }
    }
}

impl From<Written> for f32 {
    fn from(written: Written) -> Self {
        match written {
            Written::Number(value) => value,
            Written::Text(NotFinite::Nan) => Self::NAN,
            Written::Text(NotFinite::Infinite) => Self::INFINITY,
            Written::Text(NotFinite::MinusInfinite) => Self::NEG_INFINITY,
        }
    }
}

/// For serde: a float that need not be finite.
pub(crate) mod float {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Written;

    pub(crate) fn serialize<S: Serializer>(value: &f32, serializer: S) -> Result<S::Ok, S::Error> {
        Written::from(*value).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
        Written::deserialize(deserializer).map(f32::from)
    }
}

/// For serde: floats that need not be finite.
pub(crate) mod floats {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Written;

    pub(crate) fn serialize<S: Serializer>(values: &[f32], serializer: S) -> Result<S::Ok, S::Error> {
        values.iter().map(|&value| Written::from(value)).collect::<Vec<_>>().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f32>, D::Error> {
        Ok(Vec::<Written>::deserialize(deserializer)?.into_iter().map(f32::from).collect())
    }
}

/// For serde: a float of 32 bits that is finite. JSON may hold 1e308, which would become infinite, be written as `null` and
/// not be read again.
pub(crate) mod finite {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &f32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f32(*value)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
        let found = f64::deserialize(deserializer)?;
        let value = found as f32;
        if value.is_finite() {
            return Ok(value);
        }
        Err(Error::custom(format_args!("found {found:e}, expected a number from {:e} to {:e}", f32::MIN, f32::MAX)))
    }
}

/// For serde: a number that may be missing and need not be finite, as labels are.
pub(crate) mod optional {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Written;

    pub(crate) fn serialize<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            // Not finite: the same in 32 bits.
            Some(value) if !value.is_finite() => Written::from(*value as f32).serialize(serializer),
            value => value.serialize(serializer),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Found {
            Number(f64),
            Other(Written),
        }
        Ok(Option::<Found>::deserialize(deserializer)?.map(|found| match found {
            Found::Number(value) => value,
            Found::Other(written) => f64::from(f32::from(written)),
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn json_keeps_every_float(value in prop_oneof![any::<f32>(), Just(f32::NAN), Just(f32::INFINITY)]) {
            let text = serde_json::to_string(&Written::from(value)).unwrap();
            let read = f32::from(serde_json::from_str::<Written>(&text).unwrap());
            prop_assert!(read.to_bits() == value.to_bits() || read.is_nan() && value.is_nan(), "{}", text);
        }
    }

    #[test]
    fn four_significant_digits() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (8.565889, "8.566"),
            (0.012345, "0.01235"),
            (9.9999, "10.00"),
            (123.456, "123.5"),
            (-2.5, "−2.500"),
            (1_234_567.0, "1234567"),
            (12_345_678.0, "1.235e7"),
            (1.2345e-7, "1.234e−7"),
            (f32::MAX, "3.403e38"),
            (f32::NAN, "no score"),
            (f32::INFINITY, "∞"),
            (f32::NEG_INFINITY, "−∞"),
        ] {
            assert_eq!(score_text(value), text);
        }
    }
}
