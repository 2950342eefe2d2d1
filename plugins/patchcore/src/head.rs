//! The part of the network behind the backbone: local average, embedding, and the distance to the nearest patch of the
//! memory (NNC contract 6.7), in functions that nnabla has.
//!
//! NNC subtracts the whole memory from the embedding at once, which takes D·M·784 values: 750 MB for 152 channels and
//! 1568 patches. Here |h - m|² = |h|² + (|m|² - 2hm) is a 1x1 convolution with the memory as its weights and a minimum
//! over its channels, [`PART`] patches at a time, so that no value is larger than (B, PART, 28, 28). What the sum
//! cancels is kept small by taking the mean of the memory from both sides first.

use nnp::error::GraphError;
use nnp::op::{
    Binary, BinaryKind, Concatenate, Convolution, Op, Pooling, PoolingKind, Reduce, ReduceKind, Reshape, Scalar,
    ScalarKind, Slice, Transpose, Unpooling,
};
use nnp::{NetworkBuilder, Value};

/// Patches of the memory that are compared at once: 13 MB of distances for each image.
const PART: usize = 4096;

/// The mean over 3x3 positions at each position, with zeros around the layer and always nine values.
pub(crate) fn local_average(builder: &mut NetworkBuilder, layer: Value) -> Result<Value, GraphError> {
    let pooling = Pooling {
        kind: PoolingKind::Average { including_pad: true },
        kernel: vec![3, 3],
        stride: vec![1, 1],
        ignore_border: true,
        pad: vec![1, 1],
        channel_last: false,
    };
    builder.apply(pooling, &[layer])
}

/// Joins both averaged layers on the grid of the first: nearest-neighbour enlargement.
pub(crate) fn embedding(builder: &mut NetworkBuilder, [fine, coarse]: [Value; 2]) -> Result<Value, GraphError> {
    let coarse = builder.apply(Unpooling::square(2), &[coarse])?;
    builder.apply(Concatenate { axis: 1 }, &[fine, coarse])
}

/// The anomaly map of an embedding (B,D,28,28): at each position the distance to the nearest of the patches in `memory`
/// (1,D,M,1,1).
pub(crate) fn score(builder: &mut NetworkBuilder, embedding: Value, memory: Value) -> Result<Value, GraphError> {
    let (dim, patches) = (builder.shape(memory)[1], builder.shape(memory)[2]);
    let extent = |extent: usize| extent as i64;
    let binary = Binary::new;
    let over = |kind, axis, keep_dims| Reduce { keep_dims, ..Reduce::new(kind, [axis]) };

    // What depends on the memory alone.
    let mean = builder.apply(over(ReduceKind::Mean, 2, true), &[memory])?;
    let centred = builder.apply(binary(BinaryKind::Sub2), &[memory, mean])?;
    let squares = builder.apply(binary(BinaryKind::Mul2), &[centred, centred])?;
    let lengths = builder.apply(over(ReduceKind::Sum, 1, false), &[squares])?;
    let bias = builder.apply(Reshape::new([extent(patches)]), &[lengths])?;
    let weight = builder.apply(Scalar::new(ScalarKind::MulScalar, -2.0), &[centred])?;
    let weight = builder.apply(Transpose { axes: vec![2, 1, 0, 3, 4] }, &[weight])?;
    let weight = builder.apply(Reshape::new([extent(patches), extent(dim), 1, 1]), &[weight])?;
    let mean = builder.apply(Reshape::new([1, extent(dim), 1, 1]), &[mean])?;

    let delta = builder.apply(binary(BinaryKind::Sub2), &[embedding, mean])?;
    let squares = builder.apply(binary(BinaryKind::Mul2), &[delta, delta])?;
    let length = builder.apply(over(ReduceKind::Sum, 1, false), &[squares])?;
    let mut nearest = Vec::new();
    for start in (0..patches).step_by(PART) {
        let stop = patches.min(start + PART);
        let (mut weight, mut bias) = (weight, bias);
        if patches > PART {
            let part = |rest: &[i64]| Slice {
                start: [vec![extent(start)], vec![0; rest.len()]].concat(),
                stop: [&[extent(stop)], rest].concat(),
                step: vec![1; 1 + rest.len()],
            };
            weight = builder.apply(part(&[extent(dim), 1, 1]), &[weight])?;
            bias = builder.apply(part(&[]), &[bias])?;
        }
        let distances = builder.apply(pointwise(), &[delta, weight, bias])?;
        nearest.push(builder.apply(over(ReduceKind::Min, 1, patches > PART), &[distances])?);
    }
    let mut least = nearest[0];
    if patches > PART {
        least = builder.apply(Concatenate { axis: 1 }, &nearest)?;
        least = builder.apply(over(ReduceKind::Min, 1, false), &[least])?;
    }
    let squared = builder.apply(binary(BinaryKind::Add2), &[length, least])?;
    // Rounding can leave a little less than nothing.
    let squared = builder.apply(Scalar::new(ScalarKind::MaximumScalar, 0.0), &[squared])?;
    builder.apply(Scalar::new(ScalarKind::PowScalar, 0.5), &[squared])
}

/// A 1x1 convolution.
fn pointwise() -> Op {
    Op::Convolution(Convolution {
        base_axis: 1,
        pad: vec![0, 0],
        stride: vec![1, 1],
        dilation: vec![1, 1],
        group: 1,
        channel_last: false,
    })
}
