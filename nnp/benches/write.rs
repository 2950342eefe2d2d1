//! Writing a model of the usual size: PaDiM's parameters for dense Gaussians of 88 channels, 98 MB.
#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nnp::op::{Binary, BinaryKind, Convolution, Reshape};
use nnp::{Model, NetworkBuilder, Op, archive};

const DIM: usize = 88;
const PLACES: usize = 56 * 56;

fn write(criterion: &mut Criterion) {
    let model = model();
    let bytes: usize = model.parameters.iter().map(|parameter| 4 * parameter.data.len()).sum();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.nnp");
    let mut group = criterion.benchmark_group("nnp");
    group.throughput(Throughput::Bytes(bytes as u64)).sample_size(10);
    group.bench_function("write", |bencher| bencher.iter(|| archive::write(&path, &model, &[]).unwrap()));
    group.bench_function("read", |bencher| bencher.iter(|| archive::read(&path).unwrap()));
    group.finish();
}

fn model() -> Model {
    let mut builder = NetworkBuilder::new("network", 64);
    let x = builder.input("x", &[DIM, 56, 56]);
    // Numbers that no compression makes small.
    let noise =
        |count: usize| (0..count as u32).map(|n| n.wrapping_mul(2_654_435_761) as f32 / 4e9).collect::<Vec<_>>();
    let mean = builder.parameter("mean", &[1, DIM, 56, 56], noise(DIM * PLACES));
    let cov_inv = builder.parameter("cov_inv", &[PLACES * DIM, DIM, 1, 1], noise(PLACES * DIM * DIM));
    let delta = builder.apply(Binary::new(BinaryKind::Sub2), &[x, mean]).unwrap();
    let rows = builder.apply(Op::Reshape(Reshape::new([-1, (PLACES * DIM) as i64, 1, 1])), &[delta]).unwrap();
    let y = builder.apply(Convolution::new([0; 2], [1; 2], PLACES as i64), &[rows, cov_inv]).unwrap();
    builder.finish(&[y], true).unwrap()
}

criterion_group!(benches, write);
criterion_main!(benches);
