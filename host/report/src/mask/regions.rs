//! Connected regions of a mask, row by row: memory grows with what is marked and not with the size of the picture.
//!
//! Every row is cut into runs of marked pixels. A run takes the number of the first run above that it touches, else a
//! new one; that two numbers belong together is found on the way down. So a mask is gone through twice: once to learn
//! which numbers are one region, and once more, giving the same numbers, to say which region each run is of.

use super::Mask;

/// Marked pixels beside each other in one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// First column.
    pub(crate) start: usize,
    /// Column behind the last one.
    pub(crate) end: usize,
    /// Number of its region, from 1.
    pub(crate) region: u32,
}

/// Which pixels of a mask hang together, neighbours being those beside and across corners.
pub(crate) struct Regions<'a> {
    mask: &'a Mask,
    /// The region of each number that the scan gives out.
    of: Vec<u32>,
    /// Pixels of each region, in the order in which they begin.
    pub(crate) sizes: Vec<u32>,
}

impl<'a> Regions<'a> {
    /// Finds the regions of a mask.
    pub(crate) fn of(mask: &'a Mask) -> Self {
        // For each number an earlier one of the same region, or itself; and its pixels.
        let mut parents: Vec<u32> = Vec::new();
        let mut pixels: Vec<u32> = Vec::new();
        let mut scan = Scan::new(mask);
        for _ in 0..mask.height {
            let runs = scan.next_row(|one, other| {
                let (one, other) = (root(&mut parents, one), root(&mut parents, other));
                parents[one.max(other) as usize] = one.min(other);
            });
            for run in runs {
                if run.region as usize == parents.len() {
                    parents.push(run.region);
                    pixels.push(0);
                }
                pixels[run.region as usize] += (run.end - run.start) as u32;
            }
        }
        let mut sizes = Vec::new();
        for number in 0..parents.len() {
            let earlier = parents[number] as usize;
            if earlier == number {
                sizes.push(pixels[number]);
                parents[number] = sizes.len() as u32;
            } else {
                // The earlier number has become that of a region.
                parents[number] = parents[earlier];
                sizes[parents[earlier] as usize - 1] += pixels[number];
            }
        }
        Self { mask, of: parents, sizes }
    }

    /// The mask once more, with the region of every run.
    pub(crate) fn rows(&self) -> Rows<'_> {
        Rows { of: &self.of, scan: Scan::new(self.mask), runs: Vec::new() }
    }
}

/// The runs of a mask with their regions, row by row.
pub(crate) struct Rows<'a> {
    of: &'a [u32],
    scan: Scan<'a>,
    runs: Vec<Run>,
}

impl Rows<'_> {
    /// The runs of the next row, from left to right.
    pub(crate) fn next_row(&mut self) -> &[Run] {
        self.runs.clear();
        let runs = self.scan.next_row(|_, _| ());
        self.runs.extend(runs.iter().map(|run| Run { region: self.of[run.region as usize], ..*run }));
        &self.runs
    }
}

/// The earliest number of the region that `number` belongs to, as far as that is known; the way there is shortened.
fn root(parents: &mut [u32], mut number: u32) -> u32 {
    while parents[number as usize] != number {
        let above = parents[parents[number as usize] as usize];
        parents[number as usize] = above;
        number = above;
    }
    number
}

/// Goes down a mask and numbers its runs from 0, always in the same way.
struct Scan<'a> {
    mask: &'a Mask,
    next: usize,
    above: Vec<Run>,
    here: Vec<Run>,
    numbers: u32,
}

impl<'a> Scan<'a> {
    fn new(mask: &'a Mask) -> Self {
        Self { mask, next: 0, above: Vec::new(), here: Vec::new(), numbers: 0 }
    }

    /// The runs of the next row, with their numbers for regions. `meet` is called with two numbers that are one region.
    fn next_row(&mut self, mut meet: impl FnMut(u32, u32)) -> &[Run] {
        std::mem::swap(&mut self.above, &mut self.here);
        self.here.clear();
        let mut row = self.mask.row(self.next).enumerate();
        let mut above = self.above.as_slice();
        while let Some((start, _)) = row.find(|(_, marked)| *marked) {
            let end = row.find(|(_, marked)| !*marked).map_or(self.mask.width, |(end, _)| end);
            // A run above that ends in the column before touches this one by a corner.
            while above.first().is_some_and(|run| run.end < start) {
                above = &above[1..];
            }
            let mut touched = above.iter().take_while(|run| run.start <= end).map(|run| run.region);
            let region = touched.next().unwrap_or_else(|| {
                self.numbers += 1;
                self.numbers - 1
            });
            touched.for_each(|other| meet(region, other));
            self.here.push(Run { start, end, region });
        }
        self.next += 1;
        &self.here
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mask::Bits;
    use crate::mask::tests::mask;

    /// The region of each pixel, 0 for none, and the sizes: found by walking from pixel to pixel.
    pub(crate) fn walked(mask: &Mask) -> (Vec<u32>, Vec<u32>) {
        let mut region = vec![0; mask.width * mask.height];
        let mut sizes = Vec::new();
        for start in 0..region.len() {
            let mut reached = vec![start];
            let mut size = 0;
            while let Some(pixel) = reached.pop() {
                let (x, y) = (pixel % mask.width, pixel / mask.width);
                if !mask.marks(x, y) || region[pixel] > 0 {
                    continue;
                }
                region[pixel] = sizes.len() as u32 + 1;
                size += 1;
                for y in y.saturating_sub(1)..=(y + 1).min(mask.height - 1) {
                    let columns = x.saturating_sub(1)..=(x + 1).min(mask.width - 1);
                    reached.extend(columns.map(|x| y * mask.width + x));
                }
            }
            if size > 0 {
                sizes.push(size);
            }
        }
        (region, sizes)
    }

    fn scanned(mask: &Mask) -> (Vec<u32>, Vec<u32>) {
        let regions = Regions::of(mask);
        let mut region = vec![0; mask.width * mask.height];
        let mut rows = regions.rows();
        for row in region.chunks_exact_mut(mask.width) {
            rows.next_row().iter().for_each(|run| row[run.start..run.end].fill(run.region));
        }
        (region, regions.sizes)
    }

    #[test]
    fn corners_connect() {
        let (region, sizes) = scanned(&mask(&["#..#.", ".#...", "...##", "##.#."]));
        assert_eq!(sizes, [2, 1, 3, 2]);
        assert_eq!(region, [1, 0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 3, 4, 4, 0, 3, 0]);
        assert_eq!(scanned(&mask(&["...", "..."])).1, [0_u32; 0]);
        assert_eq!(scanned(&mask(&["###", "###"])).1, [6]);
        // Three arms that meet at the bottom, and a spiral.
        assert_eq!(scanned(&mask(&["#.#.#", "#.#.#", "#####"])).1, [11]);
        assert_eq!(scanned(&mask(&["#####", "#...#", "#.#.#", "#.###"])).1, [14]);
    }

    proptest! {
        #[test]
        fn they_are_those_that_walking_finds(width in 1_usize..40, height in 1_usize..40, seed in any::<u64>(), share in 1_u64..8) {
            let mut state = seed | 1;
            let mut bits = Bits::default();
            bits.extend((0..width * height).map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state % 8 < share
            }));
            let mask = Mask { width, height, is_grey: false, bits };
            prop_assert_eq!(scanned(&mask), walked(&mask));
        }
    }
}
