//! How well maps find the pixels that masks mark: ROC of all pixels, and the overlap with every region.
//!
//! Exact whatever the number of pixels: all scores are sorted, on disk where memory does not hold them, and both curves
//! are followed through every distinct score. Equal scores are one step, as in scikit-learn. Maps and masks are compared
//! row by row; of an image only the bits of its mask are held.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::PixelStep;
use super::placements::Placements;
use super::sorter::Sorter;
use crate::error::ReportError;
use crate::judge::aligned::{Aligned, align, looked_at};
use crate::judge::odd_masks;
use crate::maps::Maps;
use crate::mask::{Regions, Rows};
use crate::model::{Class, EvaluatedImage, Interval, MaskOddity, OddMasks, PixelMetrics};
use crate::workers::Workers;

/// False positive rate up to which the overlap is integrated.
const LIMIT: f64 = 0.3;
/// Pixels handed over for sorting at once.
const HANDED: usize = 1 << 16;
/// Pixels that the curves are followed through between two words about it.
const FOLLOWED: u64 = 1 << 22;

/// The figures of all defects together, and of each kind by name.
pub(super) struct Measured {
    pub(super) all: PixelMetrics,
    pub(super) kinds: BTreeMap<String, OfKind>,
}

/// The figures of one kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OfKind {
    pub(super) auroc: f64,
    pub(super) interval: Option<Interval>,
    pub(super) aupro: f64,
}

/// Compares all maps with their masks. `None` when no pixel is marked, or all are; beside it the masks that may not be what
/// was meant.
///
/// Normal images without a mask count as unmarked; all others need one. `told` is called with what is done of how much.
///
/// # Errors
/// A mask that cannot be read, or scratch files that cannot be written in `scratch`.
pub(super) fn measure(
    rows: &[EvaluatedImage],
    maps: &Maps,
    scratch: &Path,
    threads: usize,
    told: &(dyn Fn(PixelStep, u64, u64) + Sync),
) -> Result<(Vec<OddMasks>, Option<Measured>), ReportError> {
    if rows.iter().all(|image| image.mask.is_none()) {
        return Ok((Vec::new(), None));
    }
    let counted = |image: &&EvaluatedImage| image.mask.is_some() || image.class() == Class::Normal;
    let images: Vec<&EvaluatedImage> = rows.iter().filter(counted).collect();
    let total = images.len() as u64;
    let workers = Workers::new(threads);
    let masks = |done| told(PixelStep::Masks, done as u64, total);
    let looked = workers.map_told(&images, &masks, |image| -> Result<(Vec<u32>, Vec<MaskOddity>), ReportError> {
        Ok(looked_at(image)?.map(|(mask, odd)| (Regions::of(&mask).sizes, odd)).unwrap_or_default())
    });
    let looked = looked.into_iter().collect::<Result<Vec<_>, _>>()?;
    let (sizes, oddities): (Vec<Vec<u32>>, Vec<Vec<MaskOddity>>) = looked.into_iter().unzip();
    let with_mask = images.iter().copied().zip(&oddities).filter(|(image, _)| image.mask.is_some());
    let odd = odd_masks::counted(with_mask);
    let regions = Numbered::new(&images, &sizes);

    let sorter = Mutex::new(Sorter::new(scratch.to_owned()));
    let numbered: Vec<(&EvaluatedImage, Numbers)> = images.iter().copied().zip(regions.numbers()).collect();
    let compared = |done| told(PixelStep::Maps, done as u64, total);
    let added = workers.map_told(&numbered, &compared, |(image, numbers)| -> Result<Option<u64>, ReportError> {
        // A map that cannot be read, for example one of NaN, is the detector's fault and does not end the report.
        let Ok(Some(aligned)) = align(image, maps) else { return Ok(None) };
        Ok(Some(add(&sorter, &aligned, *numbers)?))
    });
    let added = added.into_iter().collect::<Result<Vec<_>, _>>()?;
    let used: Vec<u64> = added.into_iter().flatten().collect();
    let maskless = rows.iter().filter(|image| image.mask.is_none() && image.class() == Class::Defective).count();
    let left_out = maskless + numbered.len() - used.len();
    let sorter = sorter.into_inner().unwrap_or_else(PoisonError::into_inner);
    let curves = regions.follow(sorter, used.iter().sum(), &|done, total| told(PixelStep::Curves, done, total))?;
    Ok((odd, curves.map(|curves| curves.finish(&images, used.len(), left_out))))
}

/// What pixels of an image are known by: unmarked ones by the number of the image, marked ones by that of their region, which
/// comes after those of all images.
#[derive(Clone, Copy)]
struct Numbers {
    image: u32,
    /// Less 1, from which the regions of the image are numbered.
    first_region: u32,
}

/// Adds the pixels of one image. Returns how many are unmarked.
fn add(sorter: &Mutex<Sorter>, aligned: &Aligned, numbers: Numbers) -> io::Result<u64> {
    let stretched = aligned.stretched();
    let regions = aligned.mask.as_ref().map(Regions::of);
    let mut rows = regions.as_ref().map(Regions::rows);
    let mut entries = Vec::with_capacity(HANDED + aligned.width);
    for y in 0..aligned.height {
        let start = entries.len();
        entries.extend(stretched.row(y).map(|score| entry(score, numbers.image)));
        for run in rows.as_mut().map(Rows::next_row).unwrap_or_default() {
            let number = u64::from(numbers.first_region + run.region);
            let marked = &mut entries[start + run.start..start + run.end];
            marked.iter_mut().for_each(|entry| *entry = *entry >> 32 << 32 | number);
        }
        if entries.len() >= HANDED || y + 1 == aligned.height {
            sorter.lock().unwrap_or_else(PoisonError::into_inner).add(&entries)?;
            entries.clear();
        }
    }
    let marked: u64 = regions.iter().flat_map(|regions| &regions.sizes).map(|size| u64::from(*size)).sum();
    Ok((aligned.width * aligned.height) as u64 - marked)
}

/// Sorts by falling score: the score in the upper half, the number of the image or region in the lower.
fn entry(score: f32, number: u32) -> u64 {
    // Adding 0 turns -0 into 0. Positive floats sort as their bits do, negative ones the other way round.
    let bits = (score + 0.0).to_bits();
    let ascending = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
    u64::from(!ascending) << 32 | u64::from(number)
}

/// All regions of an evaluation, numbered from 1 through all images.
struct Numbered {
    /// For each image the regions before its own.
    before: Vec<u32>,
    /// The kind of defect of each image.
    kind: Vec<usize>,
    /// Image and size of each region.
    of: Vec<(usize, u32)>,
    /// Names of the kinds.
    kinds: Vec<Option<String>>,
}

impl Numbered {
    fn new(images: &[&EvaluatedImage], sizes: &[Vec<u32>]) -> Self {
        let mut regions = Self { before: Vec::new(), kind: Vec::new(), of: Vec::new(), kinds: Vec::new() };
        for (number, (image, sizes)) in images.iter().zip(sizes).enumerate() {
            regions.before.push(regions.of.len() as u32);
            let known = regions.kinds.iter().position(|kind| *kind == image.defect);
            let kind = known.unwrap_or_else(|| {
                regions.kinds.push(image.defect.clone());
                regions.kinds.len() - 1
            });
            regions.kind.push(kind);
            regions.of.extend(sizes.iter().map(|&size| (number, size)));
        }
        regions
    }

    /// What the pixels of each image are known by.
    fn numbers(&self) -> impl Iterator<Item = Numbers> + '_ {
        let images = self.before.len() as u32;
        // Regions of an image are numbered from 1.
        (0..).zip(&self.before).map(move |(image, before)| Numbers { image, first_region: images + before - 1 })
    }

    /// Follows the curves through all pixels, `unmarked` of them unmarked; `None` when one class is missing.
    fn follow(self, sorter: Sorter, unmarked: u64, told: &dyn Fn(u64, u64)) -> io::Result<Option<Curves>> {
        let (mut followed, total) = (0, sorter.len());
        let each = self.kinds.iter().map(|_| Steps::default()).collect();
        let placements = Placements::new(self.kind.iter().copied(), self.kinds.len());
        let mut curves = Curves { kinds: self.kinds, unmarked, passed: 0, overall: Steps::default(), each, placements };
        // Regions of images whose map cannot be read never come and do not count.
        let mut met = vec![false; self.of.len()];
        let mut last = None;
        sorter.finish(|entry| {
            let (score, number) = (entry >> 32, entry as u32 as usize);
            if last.replace(score).is_some_and(|last| last != score) {
                curves.step();
            }
            match number.checked_sub(self.kind.len()) {
                Some(region) => {
                    let (image, size) = self.of[region];
                    let new = !std::mem::replace(&mut met[region], true);
                    curves.overall.mark(size, new);
                    curves.each[self.kind[image]].mark(size, new);
                    curves.placements.add(image, true);
                }
                None => {
                    curves.passed += 1;
                    curves.placements.add(number, false);
                }
            }
            followed += 1;
            if followed % FOLLOWED == 0 {
                told(followed, total);
            }
        })?;
        curves.step();
        Ok((unmarked > 0 && curves.overall.marked > 0).then_some(curves))
    }
}

/// The curves of all defects and of each kind over the same unmarked pixels.
struct Curves {
    kinds: Vec<Option<String>>,
    /// All unmarked pixels.
    unmarked: u64,
    /// Those at or above the score that was reached.
    passed: u64,
    overall: Steps,
    each: Vec<Steps>,
    placements: Placements,
}

impl Curves {
    fn step(&mut self) {
        let kinds = self.each.iter().map(|steps| (steps.last.1, steps.marked));
        self.placements.step((self.overall.last.0, self.passed), self.unmarked, kinds);
        for steps in self.each.iter_mut().chain([&mut self.overall]) {
            steps.step(self.passed, self.unmarked);
        }
    }

    /// `numbered` are the images whose pixels may have come, so many of which did.
    fn finish(self, numbered: &[&EvaluatedImage], images: usize, left_out: usize) -> Measured {
        let Self { kinds, unmarked, overall, each, placements, .. } = self;
        let (auroc_interval, intervals) = placements.intervals(numbered);
        let (auroc, aupro) = overall.areas(unmarked);
        let named = kinds.into_iter().zip(each).zip(intervals).filter(|((_, steps), _)| steps.marked > 0);
        let areas = |steps: &Steps, interval| {
            let (auroc, aupro) = steps.areas(unmarked);
            OfKind { auroc, interval, aupro }
        };
        let kinds = named.filter_map(|((kind, steps), interval)| Some((kind?, areas(&steps, interval)))).collect();
        let all = PixelMetrics {
            auroc,
            aupro,
            images,
            left_out,
            pixels: unmarked + overall.marked,
            defective_pixels: overall.marked,
            regions: overall.regions,
            auroc_interval,
        };
        Measured { all, kinds }
    }
}

/// One pair of curves, followed from the highest score down.
#[derive(Default)]
struct Steps {
    /// Regions met so far.
    regions: usize,
    /// Marked pixels so far.
    marked: u64,
    /// Sum over the regions of the share found so far.
    found: f64,
    /// Unmarked and marked pixels and the sum as they were at the last step.
    last: (u64, u64, f64),
    /// Twice the area below the ROC curve, in pixels times pixels.
    twice: u128,
    /// Area below the sum up to the limit.
    area: f64,
}

impl Steps {
    /// One more pixel of a region of this size; `new` for the first one of it.
    fn mark(&mut self, size: u32, new: bool) {
        self.regions += usize::from(new);
        self.marked += 1;
        self.found += 1.0 / f64::from(size);
    }

    /// One step of both curves, after which `passed` of all `unmarked` pixels are flagged.
    fn step(&mut self, passed: u64, unmarked: u64) {
        let (last_passed, last_marked, y0) = self.last;
        self.last = (passed, self.marked, self.found);
        self.twice += u128::from(passed - last_passed) * u128::from(last_marked + self.marked);
        let rate = |pixels: u64| pixels as f64 / unmarked as f64;
        let (x0, x1, y1) = (rate(last_passed), rate(passed), self.found);
        if x0 < LIMIT && x1 > x0 {
            let end = x1.min(LIMIT);
            let at_end = y0 + (y1 - y0) * (end - x0) / (x1 - x0);
            self.area += (end - x0) * (y0 + at_end) / 2.0;
        }
    }

    /// Areas below the ROC curve and below the mean overlap, both 0 to 1.
    fn areas(&self, unmarked: u64) -> (f64, f64) {
        let auroc = self.twice as f64 / (2.0 * unmarked as f64 * self.marked as f64);
        (auroc, self.area / LIMIT / self.regions as f64)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use proptest::prelude::*;

    use super::*;
    use crate::judge::aligned::aligned_mask;
    use crate::map::stretch;
    use crate::mask::regions::tests::walked;

    /// Numbers that look random, below `end`.
    fn numbers(seed: u64, end: u64) -> impl FnMut() -> u64 {
        let mut state = seed | 1;
        move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % end
        }
    }

    /// Map, mask and image of a picture of this size; a mask that is coarser than the picture where `fine` is false.
    fn picture(folder: &Path, row: usize, (width, height): (u32, u32), seed: u64, fine: bool) -> EvaluatedImage {
        let path = |name: &str| -> PathBuf { folder.join(format!("{row}{name}")) };
        let mut number = numbers(seed, 7);
        let (columns, rows) = (1 + seed % 5, 1 + seed % 3);
        let line = |_| (0..columns).map(|_| format!("{}", number() as f32 / 4.0)).collect::<Vec<_>>().join(",");
        std::fs::write(path(".csv"), (0..rows).map(line).collect::<Vec<_>>().join("\n")).unwrap();
        image::GrayImage::new(width, height).save(path(".bmp")).unwrap();
        let divisor = if fine { 1 } else { 3 };
        let mask = |_, _| image::Luma([u8::from(number() == 0)]);
        image::GrayImage::from_fn(width / divisor + 1, height / divisor + 1, mask).save(path("m.png")).unwrap();
        EvaluatedImage {
            row,
            label: Some(1.0),
            defect: Some(format!("kind {}", row % 2)),
            image: Some(path(".bmp")),
            map: Some(path(".csv")),
            mask: Some(path("m.png")),
            ..EvaluatedImage::default()
        }
    }

    /// The figures made from whole pictures.
    fn whole(rows: &[EvaluatedImage], scratch: &Path) -> Option<Measured> {
        let images: Vec<&EvaluatedImage> = rows.iter().collect();
        let mut pictures = Vec::new();
        for image in rows {
            let mask = aligned_mask(image).unwrap().unwrap();
            let map = crate::map::read_map(image.map.as_deref().unwrap()).unwrap();
            let scores: Vec<f32> = stretch(&map, mask.width as u32, mask.height as u32).collect();
            pictures.push((scores, walked(&mask)));
        }
        let sizes: Vec<Vec<u32>> = pictures.iter().map(|(_, (_, sizes))| sizes.clone()).collect();
        let regions = Numbered::new(&images, &sizes);
        let mut sorter = Sorter::new(scratch.to_owned());
        let mut unmarked = 0;
        for ((scores, (region, _)), numbers) in pictures.iter().zip(regions.numbers()) {
            let number = |region: u32| if region == 0 { numbers.image } else { numbers.first_region + region };
            let entries = scores.iter().zip(region).map(|(score, region)| entry(*score, number(*region)));
            sorter.add(&entries.collect::<Vec<_>>()).unwrap();
            unmarked += region.iter().filter(|region| **region == 0).count() as u64;
        }
        let curves = regions.follow(sorter, unmarked, &|_, _| ()).unwrap();
        curves.map(|curves| curves.finish(&images, rows.len(), 0))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn going_row_by_row_changes_no_bit(
            sizes in prop::collection::vec((1_u32..400, 1_u32..400), 1..5), seed in any::<u64>(), fine in any::<bool>()
        ) {
            let folder = tempfile::tempdir().unwrap();
            let rows: Vec<EvaluatedImage> = (0..)
                .zip(&sizes)
                .map(|(row, size)| picture(folder.path(), row, *size, seed.rotate_left(row as u32), fine))
                .collect();
            let figures = |measured: Option<Measured>| measured.map(|measured| (measured.all, measured.kinds));
            let found = measure(&rows, &Maps::in_folder(folder.path()), folder.path(), 2, &|_, _, _| ()).unwrap();
            prop_assert_eq!(figures(found.1), figures(whole(&rows, folder.path())));
        }
    }

    #[test]
    fn every_step_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let rows = [picture(folder.path(), 0, (9, 9), 3, true), picture(folder.path(), 1, (2500, 1700), 4, true)];
        let heard = Mutex::new(Vec::new());
        let told = |step, done, total| heard.lock().unwrap().push((step, done, total));
        measure(&rows, &Maps::in_folder(folder.path()), folder.path(), 2, &told).unwrap().1.unwrap();
        let pixels = 9 * 9 + 2500 * 1700;
        let due = [
            (PixelStep::Masks, 1, 2),
            (PixelStep::Masks, 2, 2),
            (PixelStep::Maps, 1, 2),
            (PixelStep::Maps, 2, 2),
            (PixelStep::Curves, FOLLOWED, pixels),
        ];
        assert_eq!(*heard.lock().unwrap(), due);
    }
}
