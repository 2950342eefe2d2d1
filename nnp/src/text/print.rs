//! Prints text the way Python's protobuf does: contract 7.6.

use super::{Field, Message, Value};
use std::fmt::{self, Write};

pub(super) fn message(message: &Message, depth: usize, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    for Field { name, value, .. } in &message.fields {
        write!(out, "{:1$}{name}", "", depth * 2)?;
        match value {
            Value::Message(inner) => {
                out.write_str(" {\n")?;
                self::message(inner, depth + 1, out)?;
                writeln!(out, "{:1$}}}", "", depth * 2)?;
            }
            scalar => writeln!(out, ": {scalar}")?,
        }
    }
    Ok(())
}

/// Escapes quotes, backslashes and control characters; other characters become the octal bytes of their UTF-8.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'\n' => escaped.push_str("\\n"),
            b'\r' => escaped.push_str("\\r"),
            b'\t' => escaped.push_str("\\t"),
            b'"' => escaped.push_str("\\\""),
            b'\'' => escaped.push_str("\\'"),
            b'\\' => escaped.push_str("\\\\"),
            b' '..=b'~' => escaped.push(char::from(byte)),
            // Writing to a String cannot fail.
            _ => drop(write!(escaped, "\\{byte:03o}")),
        }
    }
    escaped
}

/// Shortest text for a float32 that reads back the same, laid out as Python's `repr`.
pub(super) fn float32(value: f32) -> String {
    python(&format!("{value:e}"), value.is_finite(), f64::from(value))
}

/// Shortest text for a double, as Python's `repr`.
pub(super) fn float64(value: f64) -> String {
    python(&format!("{value:e}"), value.is_finite(), value)
}

/// Turns Rust's shortest `d.ddde±x` into Python's `repr`: positional for exponents -4 to 15, else `d.ddde±xx`.
fn python(shortest: &str, finite: bool, value: f64) -> String {
    if !finite {
        return if value.is_nan() {
            "nan"
        } else if value > 0.0 {
            "inf"
        } else {
            "-inf"
        }
        .into();
    }
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(|&c| c != '.').collect();
    if !(-4..16).contains(&exponent) {
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{mantissa}e{exponent_sign}{:02}", exponent.unsigned_abs());
    }
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
    if exponent < 0 {
        format!("{sign}0.{}{digits}", zeros(-exponent - 1))
    } else if count <= exponent + 1 {
        format!("{sign}{digits}{}.0", zeros(exponent + 1 - count))
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(exponent + 1).unwrap_or(0));
        format!("{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_in_python() {
        for (value, expected) in [
            (0.9, "0.9"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (1.0, "1.0"),
            (-1.99, "-1.99"),
            (123_456.0, "123456.0"),
            (1.5e20, "1.5e+20"),
            (1e15, "1000000000000000.0"),
            (0.25, "0.25"),
        ] {
            assert_eq!(float64(value), expected);
        }
        for (value, expected) in [
            (0.9_f32, "0.9"),
            (1e-5, "1e-05"),
            (0.3, "0.3"),
            (2.0, "2.0"),
            (f32::NAN, "nan"),
            (f32::NEG_INFINITY, "-inf"),
            (0.333_333_34, "0.33333334"),
        ] {
            assert_eq!(float32(value), expected);
        }
        assert_eq!(float64(0.01735), "0.01735");
        assert_eq!(float64(1.673_263_242_354_377), "1.673263242354377");
    }

    #[test]
    fn strings_are_escaped() {
        assert_eq!(escape("x'"), "x\\'");
        assert_eq!(escape("a\\b\"c\n\té\u{1}"), "a\\\\b\\\"c\\n\\t\\303\\251\\001");
    }

    #[test]
    fn blocks_are_indented_and_defaults_left_out() {
        let mut message = Message::new();
        message.push_text("name", "n");
        message.push_text("empty", "");
        message.push_message("sub2_param", Message::new());
        message.push_shape("shape", &[-1, 0]);
        message.push_bool("flag", false);
        message.push_int("zero", 0);
        assert_eq!(message.to_string(), "name: \"n\"\nsub2_param {\n}\nshape {\n  dim: -1\n  dim: 0\n}\n");
    }
}
