//! A score map and a mask at the same size, so that they can be compared pixel by pixel.
//!
//! The size is that of the image in the data set, as the detector saw it: the map is stretched to it bilinearly, and a
//! mask of another size is scaled to it by its nearest pixels, the way the field does it (MVTec's evaluation where
//! masks have the image's size, anomalib where they are scaled). So all images count by what was inspected, however
//! fine their masks are. Where there is no image, the mask's own size serves, and without a mask the map's.
//!
//! Scores are made row by row: at 67 million pixels a whole stretched map would be a quarter of a gigabyte.

use image::ImageReader;

use crate::error::ReportError;
use crate::evaluation::{EvaluatedImage, PixelFacts};
use crate::map::{ScoreMap, read_map};
use crate::mask::{Mask, read_mask};
use crate::overlay::Stretched;

/// The most pixels that a map is stretched to.
const MAX_PIXELS: usize = 1 << 26;

/// One image's scores with its mask.
pub(crate) struct Aligned {
    map: ScoreMap,
    /// Columns and rows of pixels.
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Of this size; `None` for an image without a mask.
    pub(crate) mask: Option<Mask>,
}

impl Aligned {
    /// The scores at this size.
    pub(crate) fn stretched(&self) -> Stretched<'_> {
        Stretched::new(&self.map, self.width as u32, self.height as u32)
    }
}

/// The mask of an image at the size that maps are compared at.
pub(crate) fn aligned_mask(image: &EvaluatedImage) -> Result<Option<Mask>, ReportError> {
    let Some(mask) = image.mask.as_deref().map(read_mask).transpose()? else { return Ok(None) };
    Ok(Some(match image_size(image) {
        Some((width, height)) => mask.scaled(width, height),
        None => mask,
    }))
}

/// Reads map and mask of an image; `None` when the detector gave no map.
pub(crate) fn align(image: &EvaluatedImage) -> Result<Option<Aligned>, ReportError> {
    let Some(path) = &image.map else { return Ok(None) };
    let map = read_map(path)?;
    let mask = aligned_mask(image)?;
    let own = || image_size(image).unwrap_or((map.columns(), map.rows()));
    let (width, height) = mask.as_ref().map_or_else(own, |mask| (mask.width, mask.height));
    Ok(Some(Aligned { map, width, height, mask }))
}

/// Width and height of the image file, if there is one of a sensible size.
fn image_size(image: &EvaluatedImage) -> Option<(usize, usize)> {
    let reader = ImageReader::open(image.image.as_deref()?).ok()?.with_guessed_format().ok()?;
    let (width, height) = reader.into_dimensions().ok()?;
    let (width, height) = (width as usize, height as usize);
    (width.checked_mul(height)? <= MAX_PIXELS).then_some((width, height))
}

/// The figures of an image, with `threshold` for pixels if there is one; `None` without a map that can be read.
pub(crate) fn pixel_facts(image: &EvaluatedImage, threshold: Option<f32>) -> Option<PixelFacts> {
    if threshold.is_none() && image.mask.is_none() {
        // Nothing to compare, so nothing is stretched.
        return Some(map_facts(&read_map(image.map.as_deref()?).ok()?));
    }
    let aligned = align(image).ok()??;
    let all = (aligned.width * aligned.height) as f64;
    let mut facts = map_facts(&aligned.map);
    let (mut flagged, mut both) = (0, 0);
    if let Some(threshold) = threshold {
        let stretched = aligned.stretched();
        for y in 0..aligned.height {
            let above = stretched.row(y).map(|score| score >= threshold);
            match &aligned.mask {
                Some(mask) => above.zip(mask.row(y)).for_each(|(above, marked)| {
                    flagged += usize::from(above);
                    both += usize::from(above && marked);
                }),
                None => flagged += above.filter(|above| *above).count(),
            }
        }
        facts.flagged = Some(flagged as f64 / all);
    }
    if let Some(mask) = &aligned.mask {
        let marked = mask.count();
        facts.masked = Some(marked as f64 / all);
        let either = flagged + marked - both;
        facts.overlap = (threshold.is_some() && either > 0).then(|| both as f64 / either as f64);
    }
    Some(facts)
}

fn map_facts(map: &ScoreMap) -> PixelFacts {
    let values = map.values();
    // The map is never empty, and the first of equal values wins.
    let peak = (1..values.len()).fold(0, |peak, i| if values[i] > values[peak] { i } else { peak });
    PixelFacts {
        rows: map.rows(),
        columns: map.columns(),
        low: values.iter().copied().fold(f32::INFINITY, f32::min),
        high: values[peak],
        peak: [peak / map.columns(), peak % map.columns()],
        ..PixelFacts::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_a_map_and_its_mask() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("map.csv"), "1,2\n3,3\n").unwrap();
        let mut mask = image::GrayImage::new(2, 2);
        mask.put_pixel(0, 0, image::Luma([255]));
        mask.put_pixel(0, 1, image::Luma([255]));
        mask.save(path("mask.png")).unwrap();
        let mut image = EvaluatedImage { map: Some(path("map.csv")), ..EvaluatedImage::default() };
        let facts = pixel_facts(&image, None).unwrap();
        assert_eq!((facts.rows, facts.columns, facts.low, facts.high, facts.peak), (2, 2, 1.0, 3.0, [1, 0]));
        assert_eq!((facts.flagged, facts.masked, facts.overlap), (None, None, None));
        assert_eq!(pixel_facts(&image, Some(2.0)).unwrap().flagged, Some(0.75));
        image.mask = Some(path("mask.png"));
        let facts = pixel_facts(&image, Some(2.0)).unwrap();
        // Three pixels are flagged, two marked, one of them both.
        assert_eq!((facts.flagged, facts.masked, facts.overlap), (Some(0.75), Some(0.5), Some(0.25)));
        image.map = None;
        assert_eq!(pixel_facts(&image, None), None);
    }
}
