//! Scores as text for people.

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

#[cfg(test)]
mod tests {
    use super::*;

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
