//! What a cell looks like, in [`DIM`] numbers: mean colour, and how much brightness changes in four directions, at two
//! distances and at points.
//!
//! Every number is a mean over the cell and its eight neighbours, so that an edge that wanders by a pixel or two changes
//! little. Amounts of change enter as square roots, which are nearer to normally distributed.

use crate::grid::Grid;

/// Numbers of a descriptor.
pub(crate) const DIM: usize = 10;
/// The first number that is an amount of change.
const CHANGES: usize = 3;
/// Distance in pixels of the coarse differences.
const FAR: usize = 4;

/// The descriptors of an image (3, height, width), 0 to 255: [`DIM`] numbers for each cell, row by row.
pub(crate) fn describe(grid: Grid, image: &[u8]) -> Vec<f32> {
    let mut sums = vec![[0.0_f32; DIM + 1]; grid.cells()];
    add_pixels(grid, image, &mut sums);
    let (rows, columns) = (grid.rows(), grid.columns());
    let mut out = Vec::with_capacity(DIM * grid.cells());
    for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
        let mut sum = [0.0; DIM + 1];
        for y in row.saturating_sub(1)..(row + 2).min(rows) {
            for cell in &sums[y * columns + column.saturating_sub(1)..y * columns + (column + 2).min(columns)] {
                sum.iter_mut().zip(cell).for_each(|(sum, value)| *sum += value);
            }
        }
        let count = sum[DIM];
        let mean = sum.iter().take(DIM).map(|value| value / count);
        out.extend(mean.enumerate().map(|(at, mean)| if at < CHANGES { mean } else { mean.sqrt() }));
    }
    out
}

/// Adds the values of every pixel, and a count of one, to its cell.
fn add_pixels(grid: Grid, image: &[u8], sums: &mut [[f32; DIM + 1]]) {
    let Grid { height, width, .. } = grid;
    let (red, rest) = image.split_at(grid.pixels());
    let (green, blue) = rest.split_at(grid.pixels());
    let bright = |r: u8, g: u8, b: u8| (f32::from(r) + f32::from(g) + f32::from(b)) / 3.0;
    let brightness: Vec<f32> = red.iter().zip(green).zip(blue).map(|((&r, &g), &b)| bright(r, g, b)).collect();
    for y in 0..height {
        // Beyond the border the image goes on with its last pixel.
        let row = |y: usize| &brightness[y.min(height - 1) * width..][..width];
        let (here, above, below) = (row(y), row(y.saturating_sub(1)), row(y + 1));
        let (far_above, far_below) = (row(y.saturating_sub(FAR)), row(y + FAR));
        let cells = &mut sums[grid.cell_of(y, grid.rows()) * grid.columns()..][..grid.columns()];
        for x in 0..width {
            let (left, right) = (x.saturating_sub(1), (x + 1).min(width - 1));
            let (far_left, far_right) = (x.saturating_sub(FAR), (x + FAR).min(width - 1));
            let at = y * width + x;
            let (r, g, b) = (f32::from(red[at]), f32::from(green[at]), f32::from(blue[at]));
            let values = [
                here[x],
                r - g,
                (r + g) / 2.0 - b,
                (here[right] - here[left]).abs(),
                (below[x] - above[x]).abs(),
                (below[right] - above[left]).abs(),
                (below[left] - above[right]).abs(),
                (here[far_right] - here[far_left]).abs(),
                (far_below[x] - far_above[x]).abs(),
                (4.0 * here[x] - here[left] - here[right] - above[x] - below[x]).abs(),
                1.0,
            ];
            let cell = &mut cells[grid.cell_of(x, grid.columns())];
            cell.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: Grid = Grid { height: 24, width: 27, cell: 4 };

    fn image(colour: impl Fn(usize, usize) -> [u8; 3]) -> Vec<u8> {
        let planes = (0..3).flat_map(|c| (0..24).flat_map(move |y| (0..27).map(move |x| (c, y, x))));
        planes.map(|(c, y, x)| colour(y, x)[c]).collect()
    }

    #[test]
    fn a_plain_image_has_a_colour_and_no_texture() {
        let described = describe(GRID, &image(|_, _| [90, 60, 30]));
        assert_eq!(described.len(), 6 * 6 * DIM);
        let plain = [60.0, 30.0, 45.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        assert!(described.chunks(DIM).all(|cell| cell == plain));
    }

    #[test]
    fn stripes_are_told_from_their_turned_likes_and_from_plain_ground() {
        let upright = describe(GRID, &image(|_, x| [if x / 2 % 2 == 0 { 200 } else { 50 }; 3]));
        let lying = describe(GRID, &image(|y, _| [if y / 2 % 2 == 0 { 200 } else { 50 }; 3]));
        let middle = |described: &[f32]| described[(3 * 6 + 3) * DIM..][..DIM].to_vec();
        let (upright, lying) = (middle(&upright), middle(&lying));
        assert!(upright[3] > 5.0 && upright[4] == 0.0);
        assert!(lying[3] == 0.0 && lying[4] > 5.0);
    }

    #[test]
    fn a_spot_changes_the_cells_around_it_alone() {
        let plain = describe(GRID, &image(|_, _| [100; 3]));
        let spot = describe(GRID, &image(|y, x| [if (y, x) == (13, 14) { 200 } else { 100 }; 3]));
        for (cell, (a, b)) in plain.chunks(DIM).zip(spot.chunks(DIM)).enumerate() {
            let near = (2..=4).contains(&(cell / 6)) && (2..=4).contains(&(cell % 6));
            assert!(!near || a != b, "cell {cell}");
            // Coarse differences reach one cell further.
            let far = cell / 6 < 1 || cell % 6 < 1;
            assert!(!far || a == b, "cell {cell}");
        }
    }
}
