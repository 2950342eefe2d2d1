//! Four inks as RGB, by Pillow's arithmetic.

/// The colour of a pixel with these inks, 255 being all of one. No profile is applied.
pub(crate) fn to_rgb(cyan: u8, magenta: u8, yellow: u8, black: u8) -> [u8; 3] {
    let paper = u32::from(255 - black);
    [cyan, magenta, yellow].map(|ink| {
        // A product of two parts of 255, rounded as Pillow rounds it.
        let product = u32::from(ink) * paper + 128;
        paper.saturating_sub((product + (product >> 8)) >> 8) as u8
    })
}
