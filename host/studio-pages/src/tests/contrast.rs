//! Whether the colours can be read: text has a contrast of 4.5 to 1 to what is behind it, edges of controls 3 to 1 (WCAG 2.1,
//! 1.4.3 and 1.4.11).

use std::collections::HashMap;

use super::found;

const LIGHT: &str = include_str!("../../assets/style/base.css");
const DARK: &str = include_str!("../../assets/style/dark.css");

/// Colours of text, and what they stand on.
const TEXTS: [(&str, &[&str]); 13] = [
    ("text", &["page", "sheet", "faint", "tint", "well", "alert-tint"]),
    ("soft", &["page", "sheet", "faint"]),
    ("accent", &["page", "sheet", "tint"]),
    ("on-accent", &["accent"]),
    ("normal", &["sheet"]),
    ("defective", &["sheet"]),
    ("unlabelled", &["sheet"]),
    ("alert", &["page", "sheet", "alert-tint"]),
    ("on-alert", &["alert"]),
    ("good", &["page", "sheet"]),
    ("sheet", &["good"]),
    ("on-toast", &["toast"]),
    ("toast-link", &["toast"]),
];
/// Colours of what is no text but has to be seen.
const SHAPES: [(&str, &[&str]); 3] =
    [("edge", &["page", "sheet"]), ("focus", &["page", "sheet"]), ("toast-link", &["toast"])];

fn colours(style: &str) -> HashMap<String, [f64; 3]> {
    let variables = regex::Regex::new(r"--([a-z-]+): #([0-9a-f]{3,6});").unwrap();
    let of = |hex: &str| {
        let wide: String = if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
        [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&wide[at..at + 2], 16).unwrap()) / 255.0)
    };
    variables.captures_iter(style).map(|found| (found[1].to_owned(), of(&found[2]))).collect()
}

fn luminance(colour: [f64; 3]) -> f64 {
    let linear = colour.map(|share| if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn colours_can_be_read_in_light_and_dark() {
    for (theme, style) in [("light", LIGHT), ("dark", DARK)] {
        let colours = colours(style);
        for (pairs, least) in [(&TEXTS[..], 4.5), (&SHAPES[..], 3.0)] {
            for (front, backs) in pairs {
                for back in *backs {
                    let found = contrast(colours[*front], colours[*back]);
                    assert!(found >= least, "{theme}: {front} on {back} has {found:.2}, {least} are needed");
                }
            }
        }
    }
}

#[test]
fn both_themes_have_every_colour_that_is_used() {
    let style = std::str::from_utf8(crate::asset("studio.css").unwrap().bytes).unwrap();
    let (light, dark) = (colours(LIGHT), colours(DARK));
    for name in found(r"var\(--([a-z-]+)", style) {
        // A kind of image brings its colour along.
        if name != "class" {
            assert!(light.contains_key(&name) && dark.contains_key(&name), "--{name}");
        }
    }
}

#[test]
fn contrast_is_that_of_the_standard() {
    assert!((contrast([0.0; 3], [1.0; 3]) - 21.0).abs() < 1e-9);
    let grey = [f64::from(0x77u8) / 255.0; 3];
    assert!((contrast(grey, [1.0; 3]) - 4.48).abs() < 0.01, "#777 on white just fails");
}
