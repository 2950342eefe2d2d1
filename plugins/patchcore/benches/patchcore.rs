//! The two searches of PatchCore: the coreset of the training images, and the nearest of its patches for an image.
#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nnc_plugin_patchcore::bench::{Patches, Remembered};
use tch::{Device, Kind, Tensor};

/// Layers 2 and 3 of ResNet-50.
const FINE: usize = 512;
const COARSE: usize = 1024;
const CELLS: usize = 14 * 14;
const IMAGES: usize = 16;
/// Patches that 64 images leave at a ratio of 1 %.
const REMEMBERED: usize = 501;

fn coreset(criterion: &mut Criterion) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let patches = Patches::new(FINE, COARSE, &cells()).unwrap();
    let count = patches.count() / 100;
    let mut group = criterion.benchmark_group("coreset");
    group.sample_size(10).throughput(Throughput::Elements(patches.count() as u64));
    group.bench_function(format!("{count} of {}", patches.count()), |bencher| {
        bencher.iter(|| patches.coreset(count, threads).unwrap());
    });
    group.finish();
}

fn nearest(criterion: &mut Criterion) {
    let channels = FINE + COARSE;
    let values = floats(&random(&[(channels * REMEMBERED) as i64]));
    let remembered = Remembered::new(&values, channels).unwrap();
    let embedding = random(&[8, channels as i64, 28 * 28]);
    let mut group = criterion.benchmark_group("nearest");
    group.sample_size(10).throughput(Throughput::Elements(8));
    group.bench_function(format!("of {REMEMBERED}"), |bencher| {
        bencher.iter(|| remembered.distances(&embedding).unwrap());
    });
    group.finish();
}

/// Cells that differ by place, and little by image, as those of equal parts do.
fn cells() -> Vec<f32> {
    let length = (COARSE + 4 * FINE) as i64;
    let places = random(&[1, CELLS as i64, length]);
    let images = random(&[IMAGES as i64, CELLS as i64, length]);
    floats(&(places + images * 0.2).reshape([-1]))
}

fn random(shape: &[i64]) -> Tensor {
    tch::manual_seed(1);
    Tensor::rand(shape, (Kind::Float, Device::Cpu))
}

fn floats(tensor: &Tensor) -> Vec<f32> {
    Vec::try_from(tensor).unwrap()
}

criterion_group!(benches, coreset, nearest);
criterion_main!(benches);
