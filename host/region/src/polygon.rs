//! Which pixels lie in a polygon.

/// Marks the pixels whose centres lie in the polygon, in rows of `width`; where it crosses itself, those that a line from
/// outside meets after an odd number of sides.
pub(crate) fn fill(corners: &[[f64; 2]], width: usize, inside: &mut [bool]) {
    let mut crossings = Vec::new();
    for (y, line) in inside.chunks_exact_mut(width.max(1)).enumerate() {
        let centre = y as f64 + 0.5;
        crossings.clear();
        for (at, &[x1, y1]) in corners.iter().enumerate() {
            let Some(&[x2, y2]) = corners.get((at + 1) % corners.len()) else { continue };
            // The upper end belongs to a side, the lower one to the next.
            if (y1 <= centre) != (y2 <= centre) {
                crossings.push(x1 + (centre - y1) / (y2 - y1) * (x2 - x1));
            }
        }
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            // The first pixel whose centre is at or right of a crossing; the conversion clips.
            let column = |x: f64| (x - 0.5).ceil().max(0.0) as usize;
            let (start, end) = (column(pair[0]).min(width), column(pair[1]).min(width));
            line.get_mut(start..end).unwrap_or_default().fill(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(corners: &[[f64; 2]], width: usize, height: usize) -> Vec<String> {
        let mut inside = vec![false; width * height];
        fill(corners, width, &mut inside);
        inside.chunks(width).map(|line| line.iter().map(|&inside| if inside { '#' } else { '.' }).collect()).collect()
    }

    #[test]
    fn centres_decide() {
        assert_eq!(drawn(&[[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0]], 4, 4), ["....", ".##.", ".##.", "...."]);
        assert_eq!(drawn(&[[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]], 4, 4), ["###.", "##..", "#...", "...."]);
        // Beyond the image, and one that crosses itself.
        assert_eq!(drawn(&[[-9.0, -9.0], [99.0, -9.0], [99.0, 1.0], [-9.0, 1.0]], 3, 2), ["###", "..."]);
        assert_eq!(drawn(&[[0.0, 0.0], [4.0, 4.0], [4.0, 0.0], [0.0, 4.0]], 4, 4), ["...#", "#.##", "#.##", "...#"]);
    }
}
