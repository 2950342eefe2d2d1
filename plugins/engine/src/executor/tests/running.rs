//! Batches of any size, replicas, precision, and networks without an input.

use nnp::NetworkBuilder;
use nnp::op::{Constant, Reshape, Slice};
use tch::Kind;

use super::{compile, counting, difference, network, noise, residual, run, values};
use crate::executor::pass;
use crate::precision::Precision;

#[test]
fn a_first_minus_one_is_the_batch() {
    let model = network(4, &[2, 3], |b, x| {
        let flat = b.apply(Reshape::new([4, 6]), &[x]).unwrap();
        let whole = Slice { start: vec![0, 1], stop: vec![4, 5], step: vec![1, 2] };
        b.apply(whole, &[flat]).unwrap()
    });
    for rows in [1, 4, 7] {
        let y = run(&model, &counting(&[rows, 2, 3]));
        assert_eq!(y.size(), [rows, 2]);
        assert_eq!(values(&y)[..2], [1.0, 3.0]);
    }
}

#[test]
fn a_replica_gives_the_same_and_the_size_of_a_row_is_known() {
    let model = network(2, &[4, 6, 6], residual);
    let (executor, x) = (compile(&model, pass::ALL), noise(&[5, 4, 6, 6]));
    let y = executor.replica().run(&x).unwrap().remove(0);
    assert_eq!(values(&y), values(&executor.run(&x).unwrap().remove(0)));
    // 4 channels of 6x6 floats: two at once for the sum in the middle, which counts its result too.
    assert_eq!(executor.row_bytes(), 3 * 4 * 36 * 4);
}

#[test]
fn half_precision_rounds_inside_and_gives_floats() {
    let model = network(2, &[4, 6, 6], residual);
    let full = compile(&model, pass::ALL);
    let half = compile(&model, pass::ALL).with_precision(Precision::Half).unwrap();
    assert_eq!(half.row_bytes(), full.row_bytes() / 2);
    let x = noise(&[3, 4, 6, 6]);
    let (due, found) = (full.run(&x).unwrap().remove(0), half.replica().run(&x).unwrap().remove(0));
    assert_eq!(found.kind(), Kind::Float);
    let rounding = difference(&found, &due);
    assert!(rounding > 1e-5 && rounding < 1e-2, "{rounding:e}");
    // Not another network than before.
    let same = compile(&model, pass::ALL).with_precision(Precision::Full).unwrap().run(&x).unwrap().remove(0);
    assert_eq!(values(&same), values(&due));
}

#[test]
fn a_network_without_input_runs() {
    let mut builder = NetworkBuilder::new("network", 2);
    let constant = builder.apply(Constant { val: 0.25, shape: vec![2, 3] }, &[]).unwrap();
    builder.name(constant, "y");
    let model = builder.finish(&[constant], true).unwrap();
    let y = compile(&model, pass::ALL).run_named(&[]).unwrap().remove(0);
    assert_eq!(values(&y), [0.25; 6]);
}
