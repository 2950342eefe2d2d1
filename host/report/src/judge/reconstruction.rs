//! A reconstruction: the squared error of every place of an input is its anomaly map. NNC's own tutorials of anomaly
//! detection take its maximum or its mean as the anomaly score.

/// The size of the error map of an input of this shape, in rows and columns: an image's own, the mean of its channels; one
/// row for everything else.
pub fn error_map_size(shape: &[usize]) -> [usize; 2] {
    match *shape {
        [_, rows, columns] => [rows, columns],
        [rows, columns] if rows > 1 && columns > 1 => [rows, columns],
        _ => [1, shape.iter().product()],
    }
}

/// The error map of an input and what the model made of it, row by row; NaN where one of them has no value.
pub fn error_map(shape: &[usize], input: &[f32], again: &[f32]) -> Vec<f32> {
    let [rows, columns] = error_map_size(shape);
    let places = rows * columns;
    let channels = input.len().checked_div(places).unwrap_or_default().max(1);
    let squared = |place: usize| {
        let at = |channel: usize| channel * places + place;
        let value = |values: &[f32], channel| values.get(at(channel)).copied().map_or(f64::NAN, f64::from);
        let difference = |channel| value(input, channel) - value(again, channel);
        let sum: f64 = (0..channels).map(|channel| difference(channel).powi(2)).sum();
        (sum / channels as f64) as f32
    };
    (0..places).map(squared).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_averaged_and_vectors_are_one_row() {
        assert_eq!(error_map_size(&[2, 1, 2]), [1, 2]);
        assert_eq!(error_map(&[2, 1, 2], &[1.0, 2.0, 3.0, 4.0], &[1.0, 0.0, 0.0, 4.0]), [4.5, 2.0]);
        for shape in [&[4][..], &[4, 1], &[1, 4], &[2, 2, 1, 1]] {
            assert_eq!(error_map_size(shape), [1, 4], "{shape:?}");
        }
        assert_eq!(error_map(&[4, 1], &[1.0; 4], &[0.5, 1.0, 1.0, 3.0]), [0.25, 0.0, 0.0, 4.0]);
        assert_eq!(error_map_size(&[2, 2]), [2, 2]);
    }
}
