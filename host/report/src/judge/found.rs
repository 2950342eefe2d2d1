//! The defects of an image: connected regions of its map at or above the threshold.

use crate::map::AnomalyMap;
use crate::mask::{Mask, Regions};
use crate::model::{FoundDefect, FoundDefects};

/// The most defects of an image that are listed.
pub(super) const MOST: usize = 100;

/// What is summed up of a region, in cells of the map.
#[derive(Clone)]
struct Region {
    /// First column and row, and those behind the last.
    bounds: [usize; 4],
    cells: usize,
    sum: f64,
    peak: f32,
    peak_at: [usize; 2],
}

/// The defects in the map of an image of this width and height, the largest peak first.
pub(super) fn find(map: &AnomalyMap, level: f32, size: [usize; 2]) -> FoundDefects {
    let columns = map.columns();
    let mask = Mask::new(columns, map.rows(), map.values().iter().map(|value| *value >= level));
    let regions = Regions::of(&mask);
    let nothing =
        Region { bounds: [usize::MAX, usize::MAX, 0, 0], cells: 0, sum: 0.0, peak: f32::NEG_INFINITY, peak_at: [0, 0] };
    let mut found = vec![nothing; regions.sizes.len()];
    let mut rows = regions.rows();
    for (y, line) in map.values().chunks_exact(columns).enumerate() {
        for run in rows.next_row() {
            let Some(region) = found.get_mut(run.region as usize - 1) else { continue };
            let [left, top, right, bottom] = region.bounds;
            region.bounds = [left.min(run.start), top.min(y), right.max(run.end), bottom.max(y + 1)];
            region.cells += run.end - run.start;
            for (x, value) in (run.start..run.end).zip(line.get(run.start..run.end).unwrap_or_default()) {
                region.sum += f64::from(*value);
                if *value > region.peak {
                    (region.peak, region.peak_at) = (*value, [x, y]);
                }
            }
        }
    }
    // Stable: of equal peaks the upper one is the first.
    found.sort_by(|a, b| b.peak.total_cmp(&a.peak));
    let more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    let grid = [columns, map.rows()];
    FoundDefects { size, defects: found.iter().map(|region| region.in_pixels(grid, size)).collect(), more }
}

impl Region {
    /// A region of a map of `grid` columns and rows, in an image of this width and height.
    fn in_pixels(&self, grid: [usize; 2], size: [usize; 2]) -> FoundDefect {
        let [left, top, right, bottom] = self.bounds;
        // A cell covers the pixels that any part of it lies on.
        let first = |cell: usize, axis: usize| cell * size[axis] / grid[axis];
        let end = |cell: usize, axis: usize| (cell * size[axis]).div_ceil(grid[axis]);
        let (x, y) = (first(left, 0), first(top, 1));
        let pixels = size[0] as f64 * size[1] as f64 / (grid[0] as f64 * grid[1] as f64);
        let middle =
            |axis: usize| ((2 * self.peak_at[axis] + 1) * size[axis] / (2 * grid[axis])).min(size[axis].max(1) - 1);
        FoundDefect {
            bounds: [x, y, end(right, 0) - x, end(bottom, 1) - y],
            area: (self.cells as f64 * pixels).round() as usize,
            peak: self.peak,
            peak_at: [middle(0), middle(1)],
            mean: (self.sum / self.cells as f64) as f32,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::map::parse;

    #[test]
    fn regions_are_told_in_pixels_of_the_image() {
        let map = parse(b"0,0,0,0,0\n0,5,0,0,0\n0,0,7,0,6\n0,0,0,0,4\n", Path::new("0.csv")).unwrap();
        let found = find(&map, 4.0, [50, 80]);
        let diagonal = FoundDefect { bounds: [10, 20, 20, 40], area: 400, peak: 7.0, peak_at: [25, 50], mean: 6.0 };
        let border = FoundDefect { bounds: [40, 40, 10, 40], area: 400, peak: 6.0, peak_at: [45, 50], mean: 5.0 };
        assert_eq!(found, FoundDefects { size: [50, 80], defects: vec![diagonal, border], more: 0 });
        // Pixels that a part of a cell lies on belong to its box.
        let found = find(&map, 7.0, [12, 9]).defects;
        assert_eq!((found[0].bounds, found[0].area, found[0].peak_at), ([4, 4, 4, 3], 5, [6, 5]));
        assert!(find(&map, 7.5, [50, 80]).defects.is_empty());
    }

    #[test]
    fn no_image_has_more_than_so_many() {
        let line: Vec<String> =
            (0..2 * MOST + 10).map(|x| if x % 2 == 0 { x.to_string() } else { "-1".to_owned() }).collect();
        let map = parse(line.join(",").as_bytes(), Path::new("0.csv")).unwrap();
        let FoundDefects { defects: found, more, .. } = find(&map, 0.0, [2 * MOST + 10, 1]);
        assert_eq!((found.len(), more), (MOST, 5));
        assert_eq!((found[0].peak, found[MOST - 1].peak), (208.0, 10.0));
    }
}
