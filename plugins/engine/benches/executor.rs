//! ResNet-50 up to its third stage for micro-batches of several sizes, with all threads of libtorch on each.
#![allow(missing_docs, clippy::unwrap_used, clippy::disallowed_methods)]

#[path = "../../../tools/benchmark/src/resnet50.rs"]
mod resnet50;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nnc_engine::{Backbone, Executor, backbone, device, image_tensor};

fn executor(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("resnet50.safetensors");
    resnet50::write(&weights).unwrap();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let device = device::open("cpu", threads).unwrap().device;
    let backbone = Backbone::open(weights.to_str().unwrap(), &weights, 8).unwrap();
    let executor = Executor::new(backbone.network(), backbone.parameters(), &backbone::LAYERS, device).unwrap();
    let mut group = criterion.benchmark_group("resnet50");
    group.sample_size(10);
    for images in [1, 4, 8, 16] {
        let bytes: Vec<u8> = (0..images * 3 * 224 * 224).map(|n| (n * 31 % 251) as u8).collect();
        group.throughput(Throughput::Elements(images as u64));
        group.bench_function(BenchmarkId::from_parameter(images), |bencher| {
            bencher.iter(|| {
                let x = image_tensor(&bytes, images, backbone::IMAGE_SHAPE, device).unwrap();
                executor.run(&x).unwrap()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, executor);
criterion_main!(benches);
