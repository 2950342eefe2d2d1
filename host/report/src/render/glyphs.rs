//! Digits, a few letters and signs as pixels, for the numbers on pictures.

use image::{Rgb, RgbImage};

/// Width and height of a glyph; one more column keeps it from its neighbour.
const SIZE: (u32, u32) = (5, 7);

/// Each line of a glyph as five bits, the leftmost the highest.
fn lines(glyph: char) -> [u8; 7] {
    match glyph {
        '0' => [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
        '1' => [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
        '2' => [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111],
        '3' => [0b11111, 0b00010, 0b00100, 0b00010, 0b00001, 0b10001, 0b01110],
        '4' => [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
        '5' => [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
        '6' => [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
        '7' => [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000],
        '8' => [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
        '9' => [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100],
        '.' => [0, 0, 0, 0, 0, 0b01100, 0b01100],
        '−' | '-' => [0, 0, 0, 0b11111, 0, 0, 0],
        '≤' => [0b00010, 0b00100, 0b01000, 0b00100, 0b00010, 0, 0b11111],
        '≥' => [0b01000, 0b00100, 0b00010, 0b00100, 0b01000, 0, 0b11111],
        '∞' => [0, 0, 0b01010, 0b10101, 0b01010, 0, 0],
        'e' => [0, 0, 0b01110, 0b10001, 0b11111, 0b10000, 0b01110],
        'G' => [0b01110, 0b10001, 0b10000, 0b10111, 0b10001, 0b10001, 0b01110],
        'K' => [0b10001, 0b10010, 0b10100, 0b11000, 0b10100, 0b10010, 0b10001],
        'N' => [0b10001, 0b11001, 0b10101, 0b10011, 0b10001, 0b10001, 0b10001],
        'O' => [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
        _ => [0; 7],
    }
}

/// Width of a text in pixels.
pub(crate) fn width(text: &str) -> u32 {
    text.chars().count() as u32 * (SIZE.0 + 1)
}

/// Height of a text in pixels.
pub(crate) const HEIGHT: u32 = SIZE.1;

/// Writes a text with its upper left corner at `x`, `y`; what does not fit onto the picture is cut off.
pub(crate) fn write(picture: &mut RgbImage, (x, y): (u32, u32), text: &str, colour: Rgb<u8>) {
    for (glyph, left) in text.chars().zip((x..).step_by(SIZE.0 as usize + 1)) {
        for (line, y) in lines(glyph).into_iter().zip(y..) {
            for column in (0..SIZE.0).filter(|column| line >> (SIZE.0 - 1 - column) & 1 == 1) {
                if let Some(pixel) = picture.get_pixel_mut_checked(left + column, y) {
                    *pixel = colour;
                }
            }
        }
    }
}
