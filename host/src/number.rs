//! Text of a 32-bit float as NumPy 1.26 writes it (NNC contract 8.3): the shortest digits that read back as the same
//! value, positional from 1e-4 up to 1e16, scientific with at least two exponent digits outside of that.

use std::fmt::Write;

/// Appends the text of `value` to `out`.
pub(crate) fn push_f32(out: &mut String, value: f32) {
    let magnitude = f64::from(value).abs();
    // Writing into a String cannot fail.
    let _ = if value.is_nan() {
        out.write_str("nan")
    } else if value.is_infinite() {
        out.write_str(if value > 0.0 { "inf" } else { "-inf" })
    } else if value == 0.0 || (1e-4..1e16).contains(&magnitude) {
        let start = out.len();
        let written = write!(out, "{value}");
        if !out[start..].contains('.') {
            out.push_str(".0");
        }
        written
    } else {
        let start = out.len();
        let written = write!(out, "{value:e}");
        pad_exponent(out, start);
        written
    };
}

/// Turns the `e-5` or `e16` at the end of the number that starts at `start` into `e-05` or `e+16`.
fn pad_exponent(out: &mut String, start: usize) {
    let Some(e) = out[start..].rfind('e').map(|i| start + i) else { return };
    let exponent = out.split_off(e + 1);
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent.as_str()),
    };
    out.push(sign);
    if digits.len() < 2 {
        out.push('0');
    }
    out.push_str(digits);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_numpy_writes_them() {
        for (value, text) in [
            (3.0, "3.0"),
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0 / 3.0, "0.33333334"),
            (123_456_790.0, "123456790.0"),
            (1e-4, "1e-04"),
            (1.1e-4, "0.00011"),
            (1e-5, "1e-05"),
            (-2.5e-7, "-2.5e-07"),
            (f32::from_bits(2), "3e-45"),
            (9.999999e15, "9999999000000000.0"),
            (1e16, "1e+16"),
            (f32::MAX, "3.4028235e+38"),
            (f32::NAN, "nan"),
            (f32::INFINITY, "inf"),
            (f32::NEG_INFINITY, "-inf"),
        ] {
            let mut out = String::from("x");
            push_f32(&mut out, value);
            assert_eq!(&out[1..], text);
        }
    }
}
