//! Functions against figures worked out by hand and against other functions of libtorch.

use nnp::op::{Affine, Convolution, Pad, PadMode, Pooling, PoolingKind};
use tch::Tensor;

use super::{counting, difference, network, noise, run, tensor, values};

#[test]
fn a_convolution_sums_its_window() {
    let model = network(1, &[1, 3, 3], |b, x| {
        let weight = b.parameter("conv/W", &[1, 1, 2, 2], vec![1.0, 10.0, 100.0, 1000.0]);
        let bias = b.parameter("conv/b", &[1], vec![0.5]);
        b.apply(Convolution::new([0, 0], [1, 1], 1), &[x, weight, bias]).unwrap()
    });
    let y = run(&model, &counting(&[1, 1, 3, 3]));
    assert_eq!(values(&y), [4310.5, 5421.5, 7643.5, 8754.5]);
}

#[test]
fn uneven_padding_comes_before_a_convolution() {
    let model = network(1, &[1, 2, 2], |b, x| {
        let pad = Pad { pad_width: vec![0, 1, 0, 1], mode: PadMode::Constant, constant_value: 0.0 };
        let x = b.apply(pad, &[x]).unwrap();
        let weight = b.parameter("conv/W", &[1, 1, 3, 3], (1..=9).map(|v| v as f32).collect::<Vec<_>>());
        b.apply(Convolution::new([0, 0], [2, 2], 1), &[x, weight]).unwrap()
    });
    // 1·1 + 2·2 + 3·4 + 4·5
    assert_eq!(values(&run(&model, &tensor(&[1.0, 2.0, 3.0, 4.0], &[1, 1, 2, 2]))), [37.0]);
}

#[test]
fn windows_over_the_border_follow_nnabla() {
    let pooled = |kind, ignore_border| {
        let model = network(1, &[1, 1, 5], |b, x| {
            let pooling = Pooling {
                kind,
                kernel: vec![1, 3],
                stride: vec![1, 3],
                ignore_border,
                pad: vec![0, 1],
                channel_last: false,
            };
            b.apply(pooling, &[x]).unwrap()
        });
        values(&run(&model, &tensor(&[1.0, 2.0, 3.0, 4.0, 6.0], &[1, 1, 1, 5])))
    };
    assert_eq!(pooled(PoolingKind::Max, true), [2.0, 6.0]);
    assert_eq!(pooled(PoolingKind::Max, false), [2.0, 6.0]);
    assert_eq!(pooled(PoolingKind::Sum, false), [3.0, 13.0]);
    assert_eq!(pooled(PoolingKind::Average { including_pad: true }, true), [1.0, 13.0 / 3.0]);
    assert_eq!(pooled(PoolingKind::Average { including_pad: false }, true), [1.5, 13.0 / 3.0]);
}

#[test]
fn an_average_counts_declared_padding_but_nothing_beyond() {
    let model = |including_pad| {
        network(1, &[1, 1, 4], |b, x| {
            let pooling = Pooling {
                kind: PoolingKind::Average { including_pad },
                kernel: vec![1, 4],
                stride: vec![1, 4],
                ignore_border: false,
                pad: vec![0, 1],
                channel_last: false,
            };
            b.apply(pooling, &[x]).unwrap()
        })
    };
    let x = tensor(&[2.0, 4.0, 6.0, 12.0], &[1, 1, 1, 4]);
    // Windows pad 2 4 6 and 12 pad, the second two elements past the padding.
    assert_eq!(values(&run(&model(true), &x)), [3.0, 6.0]);
    assert_eq!(values(&run(&model(false), &x)), [4.0, 12.0]);
}

#[test]
fn a_grouped_product_equals_the_convolution_it_replaces() {
    for (rows, spatial) in [(1, [1, 1]), (3, [1, 1]), (2, [4, 4])] {
        let (group, inner, outer) = (5, 3, 2);
        let shape = [(group * inner) as usize, spatial[0] as usize, spatial[1] as usize];
        let (weight, bias) = (noise(&[group * outer, inner, 1, 1]), noise(&[group * outer]));
        let model = network(2, &shape, |b, x| {
            let w = b.parameter("conv/W", &[(group * outer) as usize, inner as usize, 1, 1], values(&weight));
            let b_ = b.parameter("conv/b", &[(group * outer) as usize], values(&bias));
            b.apply(Convolution::new([0, 0], [1, 1], group), &[x, w, b_]).unwrap()
        });
        let x = noise(&[rows, group * inner, spatial[0], spatial[1]]);
        let expected = x.conv2d(&weight, Some(&bias), 1, 0, 1, group);
        assert!(difference(&run(&model, &x), &expected) < 1e-6);
    }
}

#[test]
fn a_row_of_a_product_does_not_depend_on_those_beside_it() {
    let model = network(1, &[67], |b, x| {
        let weight = b.parameter("W", &[67, 10], values(&noise(&[67, 10])));
        let bias = b.parameter("b", &[10], values(&noise(&[10])));
        b.apply(Affine { base_axis: 1 }, &[x, weight, bias]).unwrap()
    });
    let x = noise(&[8, 67]);
    let together = run(&model, &x);
    for rows in [1, 2, 3, 5] {
        for start in 0..=8 - rows {
            assert_eq!(run(&model, &x.narrow(0, start, rows)), together.narrow(0, start, rows), "{rows} from {start}");
        }
    }
    // Many rows are one product, as good but for rounding.
    let many = run(&model, &noise(&[40, 67]));
    assert!(difference(&many.narrow(0, 0, 8), &together) < 1e-6);
}

#[test]
fn channels_may_come_last() {
    let weight = noise(&[4, 3, 3, 3]);
    let model = network(2, &[6, 6, 3], |b, x| {
        let w = b.parameter("conv/W", &[4, 3, 3, 3], values(&weight.permute([0, 2, 3, 1])));
        let op = Convolution { channel_last: true, ..Convolution::new([1, 1], [2, 2], 1) };
        let x = b.apply(op, &[x, w]).unwrap();
        let pooling = Pooling {
            kind: PoolingKind::Max,
            kernel: vec![2, 2],
            stride: vec![1, 1],
            ignore_border: true,
            pad: vec![0, 0],
            channel_last: true,
        };
        b.apply(pooling, &[x]).unwrap()
    });
    let x = noise(&[2, 3, 6, 6]);
    let expected = x.conv2d(&weight, None::<&Tensor>, 2, 1, 1, 1).max_pool2d(2, 1, 0, 1, false);
    let found = run(&model, &x.permute([0, 2, 3, 1]));
    assert!(difference(&found.permute([0, 3, 1, 2]), &expected) < 1e-6);
}
