//! Colours of the classes of a segmentation.

use image::Rgb;

/// Told apart by most eyes (Okabe and Ito, "Color Universal Design", 2008), without black, which stands for class 0.
const COLOURS: [[u8; 3]; 7] =
    [[230, 159, 0], [86, 180, 233], [0, 158, 115], [240, 228, 66], [0, 114, 178], [213, 94, 0], [204, 121, 167]];

/// The colour of a class; class 0, the background of most, has none.
pub(super) fn colour(class: usize) -> Option<Rgb<u8>> {
    let place = class.checked_sub(1)?;
    let (round, place) = (place / COLOURS.len(), place % COLOURS.len());
    // Every further round is darker.
    let factor = 1.0 / (1.0 + 0.35 * round as f32);
    Some(Rgb(COLOURS[place].map(|value| (f32::from(value) * factor) as u8)))
}

/// The colour as CSS says it.
pub(super) fn css(class: usize) -> String {
    match colour(class) {
        Some(Rgb([red, green, blue])) => format!("rgb({red} {green} {blue})"),
        None => "transparent".to_owned(),
    }
}
