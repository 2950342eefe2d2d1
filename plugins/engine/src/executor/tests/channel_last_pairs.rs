//! Channel-last functions against their channel-first counterparts: nnabla's CPU refuses them, so it has no figures for them.

use super::{difference, network, noise, run, values};
use nnp::{
    Op,
    op::{Convolution, Deconvolution, Interpolate, InterpolateMode, Pooling, PoolingKind, Unpooling},
};
use tch::Tensor;

/// Runs both on the same values; `weight` and `bias` are those of the channel-first one.
fn agree(first: impl Into<Op>, last: impl Into<Op>, weight: Option<&Tensor>, bias: bool) {
    let (first, last) = (first.into(), last.into());
    let x = noise(&[2, 4, 7, 6]);
    let apply = |op: &Op, x: &Tensor, weight: Option<Tensor>| {
        let shape: Vec<usize> = x.size()[1..].iter().map(|&extent| extent as usize).collect();
        let model = network(2, &shape, |b, x| {
            let mut inputs = vec![x];
            if let Some(weight) = &weight {
                let shape: Vec<usize> = weight.size().iter().map(|&extent| extent as usize).collect();
                inputs.push(b.parameter("W", &shape, values(weight)));
            }
            if bias {
                inputs.push(b.parameter("b", &[6], values(&noise(&[6]))));
            }
            b.apply(op.clone(), &inputs).unwrap()
        });
        run(&model, x)
    };
    let expected = apply(&first, &x, weight.map(Tensor::shallow_clone));
    let found = apply(&last, &x.permute([0, 2, 3, 1]), weight.map(|weight| weight.permute([0, 2, 3, 1])));
    assert!(difference(&found.permute([0, 3, 1, 2]), &expected) < 1e-6, "{last:?}");
}

#[test]
fn convolutions() {
    for (group, pad, stride, dilation) in
        [(1, [1, 1], [1, 1], [1, 1]), (2, [2, 0], [2, 3], [1, 2]), (2, [0, 1], [1, 2], [3, 1])]
    {
        let first = Convolution { dilation: dilation.to_vec(), ..Convolution::new(pad, stride, group) };
        let last = Convolution { channel_last: true, ..first.clone() };
        agree(first, last, Some(&noise(&[6, 4 / group, 3, 2])), true);
    }
}

#[test]
fn deconvolutions() {
    for (group, pad, stride, extra) in [(1, [0, 0], [1, 1], [0, 0]), (2, [1, 0], [2, 3], [1, 2])] {
        let first = Deconvolution {
            base_axis: 1,
            pad: pad.to_vec(),
            stride: stride.to_vec(),
            dilation: vec![1, 1],
            group,
            channel_last: false,
            output_padding: extra.to_vec(),
        };
        let last = Deconvolution { channel_last: true, ..first.clone() };
        agree(first, last, Some(&noise(&[4, 6 / group, 3, 2])), true);
    }
}

#[test]
fn poolings() {
    let average = |including_pad| PoolingKind::Average { including_pad };
    for kind in [PoolingKind::Max, PoolingKind::Sum, average(true), average(false)] {
        for (kernel, stride, pad) in [([2, 2], [2, 2], [0, 0]), ([3, 2], [2, 3], [1, 1]), ([3, 4], [4, 3], [0, 2])] {
            for ignore_border in [true, false] {
                let (kernel, stride, pad) = (kernel.to_vec(), stride.to_vec(), pad.to_vec());
                let first = Pooling { kind, kernel, stride, ignore_border, pad, channel_last: false };
                let last = Pooling { channel_last: true, ..first.clone() };
                agree(first, last, None, false);
            }
        }
    }
    let first = Unpooling { kernel: vec![2, 3], channel_last: false };
    agree(first.clone(), Unpooling { channel_last: true, ..first }, None, false);
}

#[test]
fn interpolations() {
    for mode in [InterpolateMode::Linear, InterpolateMode::Nearest] {
        for (align_corners, half_pixel) in [(false, false), (true, false), (false, true)] {
            let first = Interpolate {
                output_size: vec![10, 3],
                mode,
                align_corners,
                half_pixel,
                half_pixel_for_nn: half_pixel && mode == InterpolateMode::Nearest,
                channel_last: false,
            };
            let last = Interpolate { channel_last: true, ..first.clone() };
            agree(first, last, None, false);
        }
    }
}
