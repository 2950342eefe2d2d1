//! The part of the network behind the backbone: smoothing, embedding, Mahalanobis distance, anomaly map; in functions that
//! nnabla has, so that it opens the file and computes the same.

use nnp::error::GraphError;
use nnp::op::{
    Binary, BinaryKind, Concatenate, Convolution, Interpolate, InterpolateMode, Pooling, PoolingKind, Reduce,
    ReduceKind, Reshape, Scalar, ScalarKind, Transpose,
};
use nnp::{NetworkBuilder, Value};

use crate::{GRID, MAP, POSITIONS};

/// What happens to features before they are put on the grid of positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Smoothing {
    /// The mean over 3x3 positions of their own layer, of those that lie in the image.
    Neighbours,
    /// Nothing.
    None,
}

impl Smoothing {
    /// The texts of the parameter, in the order a dialog shows them.
    pub(crate) const CHOICES: [&'static str; 2] = ["3x3", "none"];

    /// The choice with this text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Neighbours, Self::None].into_iter().find(|choice| choice.name() == text)
    }

    /// The text of the parameter.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Neighbours => Self::CHOICES[0],
            Self::None => Self::CHOICES[1],
        }
    }
}

/// Joins the layers (B,C,28,28) and (B,C,14,14) on the grid of the second.
pub(crate) fn embedding(
    builder: &mut NetworkBuilder,
    layers: [Value; 2],
    smoothing: Smoothing,
) -> Result<Value, GraphError> {
    let [mut fine, mut coarse] = layers;
    if smoothing == Smoothing::Neighbours {
        fine = builder.apply(average(3, 1, 1), &[fine])?;
        coarse = builder.apply(average(3, 1, 1), &[coarse])?;
    }
    let fine = builder.apply(average(2, 2, 0), &[fine])?;
    builder.apply(Concatenate { axis: 1 }, &[fine, coarse])
}

/// Shapes of the parameters with the means and the matrices for `dim` channels.
pub(crate) fn parameter_shapes(dim: usize) -> ([usize; 4], [usize; 4]) {
    ([1, dim, GRID, GRID], [POSITIONS * dim, dim, 1, 1])
}

/// The anomaly map of `embedding`: |W·δ| at each position, stretched bilinearly to twice the grid.
pub(crate) fn score(
    builder: &mut NetworkBuilder,
    embedding: Value,
    mean: Value,
    whitening: Value,
) -> Result<Value, GraphError> {
    let dim = builder.shape(embedding)[1] as i64;
    let (positions, grid, map) = (POSITIONS as i64, GRID as i64, MAP as i64);
    let delta = builder.apply(Binary::new(BinaryKind::Sub2), &[embedding, mean])?;
    let by_position = builder.apply(Transpose { axes: vec![0, 2, 3, 1] }, &[delta])?;
    let column = builder.apply(Reshape::new([-1, positions * dim, 1, 1]), &[by_position])?;
    let white = builder.apply(Convolution::new([0, 0], [1, 1], positions), &[column, whitening])?;
    let squares = builder.apply(Binary::new(BinaryKind::Mul2), &[white, white])?;
    let squares = builder.apply(Reshape::new([-1, positions, dim]), &[squares])?;
    let sums = builder.apply(Reduce::new(ReduceKind::Sum, [2]), &[squares])?;
    let distances = builder.apply(Scalar::new(ScalarKind::PowScalar, 0.5), &[sums])?;
    let distances = builder.apply(Reshape::new([-1, 1, grid, grid]), &[distances])?;
    let stretch = Interpolate {
        output_size: vec![map, map],
        mode: InterpolateMode::Linear,
        align_corners: false,
        half_pixel: true,
        half_pixel_for_nn: false,
        channel_last: false,
    };
    let stretched = builder.apply(stretch, &[distances])?;
    builder.apply(Reshape::new([-1, map, map]), &[stretched])
}

/// The mean over a window, divided by the number of its positions that lie in the image.
fn average(kernel: i64, stride: i64, pad: i64) -> Pooling {
    Pooling {
        kind: PoolingKind::Average { including_pad: false },
        kernel: vec![kernel; 2],
        stride: vec![stride; 2],
        ignore_border: true,
        pad: vec![pad; 2],
        channel_last: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nnc_engine::Executor;
    use tch::{Device, Kind, Tensor};

    #[test]
    fn positions_average_those_neighbours_that_lie_in_the_image() {
        tch::manual_seed(5);
        let layers = [(2, 28), (3, 14)].map(|(c, side)| Tensor::rand([2, c, side, side], (Kind::Float, Device::Cpu)));
        for smoothing in [Smoothing::Neighbours, Smoothing::None] {
            let mut builder = NetworkBuilder::new("network", 1);
            let inputs =
                [(2, 28, "fine"), (3, 14, "coarse")].map(|(c, side, name)| builder.input(name, &[c, side, side]));
            let value = embedding(&mut builder, inputs, smoothing).unwrap();
            builder.name(value, "embedding");
            let model = builder.finish(&[value], true).unwrap();
            let executor = Executor::of_model(&model, "embedding", Device::Cpu).unwrap();
            let named = [("fine", &layers[0]), ("coarse", &layers[1])];
            let found = executor.run_named(&named).unwrap().remove(0);
            assert_eq!(found.size(), [2, 5, 14, 14]);
            for (image, channel, y, x) in [(0, 0, 0, 0), (1, 1, 13, 13), (0, 1, 7, 0), (1, 3, 0, 13), (0, 4, 5, 6)] {
                let due = if channel < 2 {
                    let parts = [(0, 0), (0, 1), (1, 0), (1, 1)];
                    let mean = |(dy, dx)| around(&layers[0], smoothing, [image, channel, 2 * y + dy, 2 * x + dx]);
                    parts.into_iter().map(mean).sum::<f64>() / 4.0
                } else {
                    around(&layers[1], smoothing, [image, channel - 2, y, x])
                };
                let value = found.double_value(&[image, channel, y, x]);
                assert!((value - due).abs() < 1e-6, "{smoothing:?}: {value} {due}");
            }
        }
    }

    /// The mean around a position, by hand.
    fn around(layer: &Tensor, smoothing: Smoothing, [image, channel, y, x]: [i64; 4]) -> f64 {
        let side = layer.size()[2];
        let reach = if smoothing == Smoothing::Neighbours { 1 } else { 0 };
        let inside = |at: i64| (at - reach).max(0)..=(at + reach).min(side - 1);
        let places: Vec<(i64, i64)> = inside(y).flat_map(|y| inside(x).map(move |x| (y, x))).collect();
        let sum: f64 = places.iter().map(|&(y, x)| layer.double_value(&[image, channel, y, x])).sum();
        sum / places.len() as f64
    }
}
