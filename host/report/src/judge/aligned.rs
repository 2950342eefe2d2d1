//! An anomaly map and a mask at the same size, so that they can be compared pixel by pixel.
//!
//! The size is that of the image in the dataset, as the detector saw it: the map is stretched to it bilinearly, and a
//! mask of another size is scaled to it by its nearest pixels, the way the field does it (MVTec's evaluation where
//! masks have the image's size, anomalib where they are scaled). So all images count by what was inspected, however
//! fine their masks are. Where there is no image, the mask's own size serves, and without a mask the map's.
//!
//! Scores are made row by row: at 67 million pixels a whole stretched map would be a quarter of a gigabyte.

use std::sync::Arc;

use nnc_files::read_regular;

use super::odd_masks::oddities;
use crate::error::ReportError;
use crate::map::{AnomalyMap, Stretched};
use crate::maps::Maps;
use crate::mask::{Mask, read_mask};
use crate::model::{EvaluatedImage, MaskOddity};

/// The most pixels that a map is stretched to.
const MAX_PIXELS: usize = 1 << 26;
/// The most bytes of an image's file.
const MAX_BYTES: u64 = 1 << 28;

/// One image's scores with its mask.
pub(crate) struct Aligned {
    pub(crate) map: AnomalyMap,
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
    Ok(looked_at(image)?.map(|(mask, _)| mask))
}

/// [`aligned_mask`] with what is odd about it.
pub(super) fn looked_at(image: &EvaluatedImage) -> Result<Option<(Mask, Vec<MaskOddity>)>, ReportError> {
    let Some(mask) = image.mask.as_deref().map(read_mask).transpose()? else { return Ok(None) };
    let size = image_size(image);
    let oddities = oddities(image, &mask, size);
    let mask = match size {
        Some((width, height)) => mask.scaled(width, height),
        None => mask,
    };
    Ok(Some((mask, oddities)))
}

/// Reads map and mask of an image; `None` when the detector gave no map.
pub(crate) fn align(image: &EvaluatedImage, maps: &Maps) -> Result<Option<Aligned>, Arc<ReportError>> {
    let Some(map) = maps.of(image)? else { return Ok(None) };
    let mask = aligned_mask(image)?;
    let own = || image_size(image).unwrap_or((map.columns(), map.rows()));
    let (width, height) = mask.as_ref().map_or_else(own, |mask| (mask.width, mask.height));
    Ok(Some(Aligned { map, width, height, mask }))
}

/// Width and height of the image file, if there is one of a sensible size.
fn image_size(image: &EvaluatedImage) -> Option<(usize, usize)> {
    let bytes = read_regular(image.image.as_deref()?, MAX_BYTES).ok()?;
    let (width, height, _) = nnc_picture::measure(&bytes).ok()?;
    let (width, height) = (width as usize, height as usize);
    (width.checked_mul(height)? <= MAX_PIXELS).then_some((width, height))
}
