//! Masks that can be read but may not be what was meant.

use crate::mask::Mask;
use crate::model::{Class, EvaluatedImage, MaskOddity, OddMasks};

/// The least part of the longer side by which proportions of mask and image differ, if they do: less comes from rounding.
const OTHER_PROPORTIONS: f64 = 0.02;

/// What is odd about the mask of an image, whose picture has the size `image`.
pub(super) fn oddities(row: &EvaluatedImage, mask: &Mask, image: Option<(usize, usize)>) -> Vec<MaskOddity> {
    let (marked, pixels) = (mask.count(), mask.width * mask.height);
    let mut found = Vec::new();
    match row.class() {
        Class::Defective if marked == 0 => found.push(MaskOddity::Nothing),
        Class::Normal if marked > 0 => found.push(MaskOddity::OnNormal),
        _ => {}
    }
    if mask.is_grey {
        found.push(MaskOddity::Greys);
    } else if marked > pixels / 2 {
        found.push(MaskOddity::MoreThanHalf);
    }
    if let Some((width, height)) = image {
        let ratio = (mask.width * height) as f64 / (mask.height * width).max(1) as f64;
        if !(1.0 - OTHER_PROPORTIONS..=1.0 + OTHER_PROPORTIONS).contains(&ratio) {
            found.push(MaskOddity::Proportions);
        }
    }
    found
}

/// The kinds that there are, each with its number and its first image. `masks` are all masks that were read, by image.
pub(super) fn counted<'a>(masks: impl IntoIterator<Item = (&'a EvaluatedImage, &'a Vec<MaskOddity>)>) -> Vec<OddMasks> {
    let (mut of, mut odd) = (0, Vec::<OddMasks>::new());
    for (row, oddities) in masks {
        of += 1;
        for oddity in oddities {
            match odd.iter_mut().find(|known| known.oddity == *oddity) {
                Some(known) => known.masks += 1,
                None => odd.push(OddMasks { oddity: *oddity, masks: 1, of: 0, first: row.name.clone() }),
            }
        }
    }
    odd.iter_mut().for_each(|odd| odd.of = of);
    odd.sort_by_key(|odd| odd.oddity);
    odd
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};

    use super::*;
    use crate::mask::read_mask;

    #[test]
    #[allow(clippy::type_complexity, reason = "a table")]
    fn what_may_not_be_meant_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mask.png");
        let normal = Some(0.0);
        let defective = Some(1.0);
        let spot = |x: u32, y: u32| if x < 10 && y < 10 { 255 } else { 0 };
        let soft = |x: u32, _: u32| if x < 20 { 255 } else { 255_u32.saturating_sub((x - 20) * 12) };
        let cases: [(Option<f64>, fn(u32, u32) -> u32, (usize, usize), &[MaskOddity]); 9] = [
            (defective, spot, (100, 80), &[]),
            (defective, |_, _| 0, (100, 80), &[MaskOddity::Nothing]),
            (normal, |_, _| 0, (100, 80), &[]),
            (normal, spot, (100, 80), &[MaskOddity::OnNormal]),
            (defective, |x, _| 255 * u32::from(x > 5), (100, 80), &[MaskOddity::MoreThanHalf]),
            // Two classes, neither of which is 0.
            (defective, |x, _| 1 + u32::from(x > 5), (100, 80), &[MaskOddity::MoreThanHalf]),
            // A photograph of something before black, and the soft border of a defect.
            (defective, |x, y| if x < 40 { 20 + (x * 5 + y * 2) % 230 } else { 0 }, (100, 80), &[MaskOddity::Greys]),
            (defective, soft, (200, 160), &[]),
            (defective, spot, (80, 100), &[MaskOddity::Proportions]),
        ];
        for (at, (label, value, size, due)) in cases.into_iter().enumerate() {
            GrayImage::from_fn(100, 80, |x, y| Luma([value(x, y) as u8])).save(&path).unwrap();
            let row = EvaluatedImage { label, ..EvaluatedImage::default() };
            assert_eq!(oddities(&row, &read_mask(&path).unwrap(), Some(size)), due, "{at}");
        }
    }

    #[test]
    fn each_kind_is_told_once() {
        let row = |name: &str| EvaluatedImage { name: name.to_owned(), ..EvaluatedImage::default() };
        let rows = [row("a"), row("b"), row("c")];
        let found = [vec![], vec![MaskOddity::Proportions, MaskOddity::Nothing], vec![MaskOddity::Nothing]];
        let odd = counted(rows.iter().zip(&found));
        let told = |oddity, masks, first: &str| OddMasks { oddity, masks, of: 3, first: first.to_owned() };
        assert_eq!(odd, [told(MaskOddity::Nothing, 2, "b"), told(MaskOddity::Proportions, 1, "b")]);
    }
}
