//! The part of the network behind the backbone: embedding, Mahalanobis distance, anomaly map. Function by function as
//! NNC builds it (NNC contract 6.4 and 6.6), so that nnabla opens the file and computes the same.

use nnp::error::GraphError;
use nnp::op::{
    Binary, BinaryKind, Concatenate, Convolution, Op, Reduce, ReduceKind, Reshape, Scalar, ScalarKind, Transpose,
    Unpooling,
};
use nnp::{NetworkBuilder, Value};

use crate::gaussian::Gaussian;

/// Joins the three layers on the grid of the first: nearest-neighbour enlargement, no smoothing.
pub(crate) fn embedding(builder: &mut NetworkBuilder, layers: [Value; 3]) -> Result<Value, GraphError> {
    let [first, second, third] = layers;
    let second = builder.apply(Op::Unpooling(Unpooling::square(2)), &[second])?;
    let third = builder.apply(Op::Unpooling(Unpooling::square(4)), &[third])?;
    builder.apply(Op::Concatenate(Concatenate { axis: 1 }), &[first, second, third])
}

/// Shapes of the parameters `mean` and `cov_inv` for `dim` channels.
pub(crate) fn parameter_shapes(gaussian: Gaussian, dim: usize) -> ([usize; 4], [usize; 4]) {
    let grid = gaussian.grid();
    ([1, dim, grid, grid], [gaussian.count() * dim, dim, 1, 1])
}

/// The anomaly map of `embedding`: the Mahalanobis distance at each position, divided by the root of the number of
/// channels when dense.
pub(crate) fn score(
    builder: &mut NetworkBuilder,
    gaussian: Gaussian,
    embedding: Value,
    mean: Value,
    cov_inv: Value,
) -> Result<Value, GraphError> {
    let dim = builder.shape(embedding)[1] as i64;
    let reshape = |shape: &[i64]| Op::Reshape(Reshape::new(shape));
    let transpose = |axes: &[i64]| Op::Transpose(Transpose { axes: axes.to_vec() });
    let binary = |kind| Op::Binary(Binary::new(kind));
    let reduce = |kind| Op::Reduce(Reduce::new(kind, [1]));

    let mean = match gaussian {
        Gaussian::Sixteenth => builder.apply(Op::Unpooling(Unpooling::square(4)), &[mean])?,
        _ => mean,
    };
    let delta = builder.apply(binary(BinaryKind::Sub2), &[embedding, mean])?;
    let product = match gaussian {
        Gaussian::Dense => {
            let q = builder.apply(transpose(&[0, 2, 3, 1]), &[delta])?;
            let q = builder.apply(reshape(&[-1, 3136 * dim, 1, 1]), &[q])?;
            let q = builder.apply(pointwise(3136), &[q, cov_inv])?;
            let q = builder.apply(reshape(&[-1, 56, 56, dim]), &[q])?;
            builder.apply(transpose(&[0, 3, 1, 2]), &[q])?
        }
        Gaussian::Sixteenth => {
            let q = builder.apply(reshape(&[-1, dim, 14, 4, 14, 4]), &[delta])?;
            let q = builder.apply(transpose(&[0, 2, 4, 1, 3, 5]), &[q])?;
            let q = builder.apply(reshape(&[-1, 196 * dim, 4, 4]), &[q])?;
            let q = builder.apply(pointwise(196), &[q, cov_inv])?;
            let q = builder.apply(reshape(&[-1, 14, 14, dim, 4, 4]), &[q])?;
            let q = builder.apply(transpose(&[0, 3, 1, 4, 2, 5]), &[q])?;
            builder.apply(reshape(&[-1, dim, 56, 56]), &[q])?
        }
        Gaussian::Single => builder.apply(pointwise(1), &[delta, cov_inv])?,
    };
    let squares = builder.apply(binary(BinaryKind::Mul2), &[product, delta])?;
    let sum = match gaussian {
        Gaussian::Dense => builder.apply(reduce(ReduceKind::Mean), &[squares])?,
        _ => builder.apply(reduce(ReduceKind::Sum), &[squares])?,
    };
    builder.apply(Op::Scalar(Scalar::new(ScalarKind::PowScalar, 0.5)), &[sum])
}

/// A 1x1 convolution in `group` groups.
fn pointwise(group: i64) -> Op {
    Op::Convolution(Convolution {
        base_axis: 1,
        pad: vec![0, 0],
        stride: vec![1, 1],
        dilation: vec![1, 1],
        group,
        channel_last: false,
    })
}
