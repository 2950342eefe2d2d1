//! Feature maps of the three layers as samples of the Gaussians.
//!
//! The embedding of NNC enlarges layers 2 and 3 to the grid of layer 1 by repetition and joins the channels (NNC contract
//! 6.4). Here it is written once, in the order in which it is used: all samples of one Gaussian are one matrix.

use tch::{Kind, TchError, Tensor};

use crate::gaussian::Gaussian;

/// Layer 3 has 14 x 14 positions; under each lie 2 x 2 of layer 2, and under each of these 2 x 2 of layer 1.
const COARSE: i64 = 14;
/// Axes of a map when it is split that way: rows of layers 3, 2 and 1, columns likewise.
const SPLIT: [i64; 6] = [COARSE, 2, 2, COARSE, 2, 2];
/// How far each layer is split along the same axes.
const SPLITS: [[i64; 6]; 3] = [SPLIT, [COARSE, 2, 1, COARSE, 2, 1], [COARSE, 1, 1, COARSE, 1, 1]];

/// Samples (Gaussians, samples of each, channels) out of three layers (B, C, side, side), in floats of `kind`.
pub(crate) fn samples(layers: &[Tensor], gaussian: Gaussian, kind: Kind) -> Result<Tensor, TchError> {
    let (batch, _, _, _) = layers[0].size4()?;
    let channels: Vec<i64> = layers.iter().map(|layer| layer.size()[1]).collect();
    let dim: i64 = channels.iter().sum();
    let order = order(gaussian);
    let extents = [batch, SPLIT[0], SPLIT[1], SPLIT[2], SPLIT[3], SPLIT[4], SPLIT[5]];
    let mut shape: Vec<i64> = order.iter().map(|&axis| extents[axis as usize]).collect();
    shape.push(dim);
    let samples = Tensor::f_empty(&shape, (kind, layers[0].device()))?;
    // The same memory with its axes in the order of the layers: image, rows, columns, channel.
    let mut back = inverse(order).to_vec();
    back.push(7);
    let by_image = samples.f_permute(&back)?;
    let mut start = 0;
    for ((layer, split), &count) in layers.iter().zip(SPLITS).zip(&channels) {
        let split = [&[batch, count], split.as_slice()].concat();
        let values = layer.f_reshape(&split)?.f_permute([0, 2, 3, 4, 5, 6, 7, 1])?;
        by_image.f_narrow(7, start, count)?.f_copy_(&values)?;
        start += count;
    }
    samples.f_view([gaussian.count() as i64, -1, dim])
}

/// Values (Gaussians, samples of each) as maps (B, 56, 56).
pub(crate) fn maps(values: &Tensor, gaussian: Gaussian, batch: i64) -> Result<Tensor, TchError> {
    let order = order(gaussian);
    let extents = [batch, SPLIT[0], SPLIT[1], SPLIT[2], SPLIT[3], SPLIT[4], SPLIT[5]];
    let shape: Vec<i64> = order.iter().map(|&axis| extents[axis as usize]).collect();
    values.f_reshape(&shape)?.f_permute(inverse(order))?.f_reshape([batch, 4 * COARSE, 4 * COARSE])
}

/// The axes image, rows of layers 3, 2, 1, columns of layers 3, 2, 1 in the order of samples: those that tell Gaussians
/// apart first.
fn order(gaussian: Gaussian) -> [i64; 7] {
    match gaussian {
        Gaussian::Dense => [1, 2, 3, 4, 5, 6, 0],
        Gaussian::Sixteenth => [1, 4, 0, 2, 3, 5, 6],
        Gaussian::Single => [0, 1, 2, 3, 4, 5, 6],
    }
}

fn inverse(order: [i64; 7]) -> [i64; 7] {
    let mut inverse = [0; 7];
    for (place, axis) in order.into_iter().enumerate() {
        inverse[axis as usize] = place as i64;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Device;

    #[test]
    fn every_sample_is_the_embedding_of_its_position() {
        let layers: Vec<Tensor> = [(2, 56), (1, 28), (3, 14)]
            .map(|(channels, side)| Tensor::randn([2, channels, side, side], (Kind::Float, Device::Cpu)))
            .into();
        for gaussian in [Gaussian::Dense, Gaussian::Sixteenth, Gaussian::Single] {
            let samples = samples(&layers, gaussian, Kind::Float).unwrap();
            // Each channel by itself comes back as the enlarged layer.
            let mut channel = 0;
            for layer in &layers {
                let shrink = 56 / layer.size()[2];
                let large =
                    layer.repeat_interleave_self_int(shrink, 2, None).repeat_interleave_self_int(shrink, 3, None);
                for own in 0..layer.size()[1] {
                    let map = maps(&samples.select(2, channel), gaussian, 2).unwrap();
                    assert_eq!(map, large.select(1, own), "{gaussian:?}, channel {channel}");
                    channel += 1;
                }
            }
            assert_eq!(samples.size(), [gaussian.count() as i64, 2 * 3136 / gaussian.count() as i64, 6]);
        }
        // A Gaussian of 1/16 covers 4 x 4 positions.
        let samples = samples(&layers, Gaussian::Sixteenth, Kind::Float).unwrap();
        for (at, (dy, dx)) in (0..4).flat_map(|dy| (0..4).map(move |dx| (dy, dx))).enumerate() {
            let found = samples.double_value(&[15, 16 + at as i64, 0]);
            assert_eq!(found, layers[0].double_value(&[1, 0, 4 + dy, 4 + dx]));
        }
    }
}
