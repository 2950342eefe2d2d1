//! Text of a 32-bit float as NumPy 1.26 writes it (NNC contract 8.3): the shortest digits that read back as the same
//! value, positional from 1e-4 up to 1e16, scientific with at least two exponent digits outside of that.

use std::fmt::Write;

/// Powers of ten by their exponent, as far as they are needed.
const POWERS: [f64; 13] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

/// Appends the text of `value` to `out`.
pub(super) fn push_f32(out: &mut String, value: f32) {
    let magnitude = f64::from(value).abs();
    // Writing into a String cannot fail.
    let _ = if value.is_nan() {
        out.write_str("nan")
    } else if value.is_infinite() {
        out.write_str(if value > 0.0 { "inf" } else { "-inf" })
    } else if (1e-3..1e12).contains(&magnitude) && push_usual(out, value, magnitude) {
        Ok(())
    } else if value == 0.0 || (1e-4..1e16).contains(&magnitude) {
        let start = out.len();
        let written = write!(out, "{value}");
        let Some(point) = out[start..].find('.') else { return out.push_str(".0") };
        let decimals = out.len() - start - point - 1;
        if lies_between(magnitude, decimals) {
            out.truncate(start);
            let _ = write!(out, "{value:.decimals$}");
        }
        written
    } else {
        let start = out.len();
        let written = write!(out, "{value:e}");
        pad_exponent(out, start);
        written
    };
}

/// Appends a number of the usual size, for which the fast formatter and NumPy lay out the same digits; `false`, with
/// nothing appended, where two texts are equally near. Nearly all scores of maps come this way.
fn push_usual(out: &mut String, value: f32, magnitude: f64) -> bool {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value);
    let decimals = text.bytes().rev().position(|byte| byte == b'.').unwrap_or_default();
    if lies_between(magnitude, decimals) {
        return false;
    }
    out.push_str(text);
    true
}

/// Whether two texts with so many decimals are equally near, as 238100.62 and 238100.63 are to 238100.625. NumPy takes
/// the even digit, as a fixed number of decimals does; Rust's shortest text takes the other. Happens with 1 to 12 decimals
/// only, where the product is exact in 64 bits, and never in scientific texts.
fn lies_between(magnitude: f64, decimals: usize) -> bool {
    let Some(scale) = POWERS.get(decimals) else { return false };
    // Below 1e16 times 10, which a whole number of 64 bits holds; faster than to ask for the fraction.
    let product = magnitude * scale;
    product - product as i64 as f64 == 0.5
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
            (3_702_920.0 + 0.25, "3702920.2"),
            (3_702_920.0 + 0.75, "3702920.8"),
            (2_097_152.0 + 0.25, "2097152.2"),
            (-4_194_303.0 - 0.75, "-4194303.8"),
            (4_194_304.5, "4194304.5"),
            (-238_100.0 - 0.625, "-238100.62"),
            (1_048_577.0 + 0.75, "1048577.8"),
            (16_384.0 + 0.0625, "16384.062"),
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

    fn text(value: f32) -> String {
        let mut out = String::new();
        push_f32(&mut out, value);
        out
    }

    /// The rule worked out another way: the fewest digits that read back, found by trying, and laid out by hand.
    fn by_trying(value: f32) -> String {
        let shortest = (0..9).map(|digits| format!("{value:.digits$e}")).find(|t| t.parse() == Ok(value)).unwrap();
        let (mantissa, exponent) = shortest.split_once('e').unwrap();
        let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
        let digits = mantissa.replace('.', "");
        let exponent: i32 = exponent.parse().unwrap();
        let magnitude = f64::from(value).abs();
        if !(1e-4..1e16).contains(&magnitude) {
            let mantissa = match digits.split_at(1) {
                (first, "") => first.to_owned(),
                (first, rest) => format!("{first}.{rest}"),
            };
            let exponent_sign = if exponent < 0 { '-' } else { '+' };
            return format!("{sign}{mantissa}e{exponent_sign}{:02}", exponent.abs());
        }
        if exponent < 0 {
            return format!("{sign}0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1));
        }
        let whole = exponent as usize + 1;
        let padded = format!("{digits:0<whole$}");
        let (whole, fraction) = padded.split_at(whole);
        format!("{sign}{whole}.{}", if fraction.is_empty() { "0" } else { fraction })
    }

    #[test]
    fn every_kind_of_number_follows_the_rule() {
        let mut state = 1_u64;
        for round in 0..400_000_u32 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // All bit patterns in even rounds; in odd ones the magnitudes around the two limits, where texts differ, usual
            // scores, and numbers between whose neighbours two texts often are equally near.
            let bits = (state >> 32) as u32;
            let value = match round % 8 {
                1 => 1e-4 * (0.5 + bits as f32 / u32::MAX as f32),
                3 => 1e16 * (0.5 + bits as f32 / u32::MAX as f32),
                5 => 100.0 * (bits as f32 / u32::MAX as f32),
                7 => (bits >> 8) as f32 / f32::from(1_u16 << (bits & 15)),
                _ => f32::from_bits(bits),
            };
            if !value.is_finite() || value == 0.0 {
                continue;
            }
            let found = text(value);
            assert_eq!(found.parse::<f32>().unwrap().to_bits(), value.to_bits(), "{found}");
            assert_eq!(found, by_trying(value));
        }
    }

    /// Every score that nnabla wrote, read and written again, is the same text.
    #[test]
    fn nnablas_own_maps_keep_their_text() {
        let cases = std::fs::read_dir(nnc_test_data::golden("expected")).unwrap();
        let mut numbers = 0;
        // Cases that were computed without nnabla's command line have no such folder.
        let folders = cases.map(|case| case.unwrap().path().join("outputs/0_0000")).filter(|folder| folder.is_dir());
        for folder in folders {
            for file in std::fs::read_dir(folder).unwrap() {
                let map = std::fs::read_to_string(file.unwrap().path()).unwrap();
                for cell in map.lines().flat_map(|line| line.split(',')) {
                    assert_eq!(text(cell.parse().unwrap()), cell);
                    numbers += 1;
                }
            }
        }
        assert!(numbers >= 2 * 56 * 56);
    }
}
