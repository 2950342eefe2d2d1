//! From a file to a sample: one PNG, one JPEG, and the reader with all its threads.
#![allow(missing_docs, clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use image::{Rgb, RgbImage};
use nnc_dataset::{Dataset, Element, Reader, ReaderLimits, SampleFormat, decode_into};

const SIDE: u32 = 224;
const IMAGES: usize = 64;

fn decode(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let format = SampleFormat { shape: vec![3, SIDE as usize, SIDE as usize], element: Element::U8 };
    let mut group = criterion.benchmark_group("decode");
    for extension in ["png", "jpg"] {
        let dataset = Arc::new(dataset(folder.path(), extension));
        let mut sample = vec![0; 3 * (SIDE * SIDE) as usize];
        group.throughput(Throughput::Elements(1));
        group.bench_function(extension, |bencher| {
            let variable = dataset.variable("x").unwrap();
            bencher.iter(|| decode_into(&dataset, variable, 0, &format, &mut sample).unwrap());
        });
        group.throughput(Throughput::Elements(IMAGES as u64));
        group.bench_function(format!("reader {extension}"), |bencher| {
            let limits = ReaderLimits { max_images: IMAGES, threads: 0 };
            let mut reader = Reader::new(Arc::clone(&dataset), "x", format.clone(), limits).unwrap();
            bencher.iter(|| {
                reader.rewind();
                while reader.next_batch(8).unwrap().is_some() {}
            });
        });
    }
    group.finish();
}

/// Images that compress about as badly as photographs.
fn dataset(folder: &Path, extension: &str) -> Dataset {
    let mut csv = String::from("x:image\n");
    for number in 0..IMAGES {
        let name = format!("{number}.{extension}");
        let picture = RgbImage::from_fn(SIDE, SIDE, |x, y| {
            let noise = (x * 73 + y * 151 + number as u32 * 199).wrapping_mul(2_654_435_761) >> 29;
            let wave =
                |step: f32| (128.0 + 90.0 * ((x as f32 * step).sin() + (y as f32 * step * 0.7).cos()) / 2.0) as u8;
            Rgb([wave(0.03) + noise as u8, wave(0.05) + noise as u8, wave(0.08) + noise as u8])
        });
        picture.save(folder.join(&name)).unwrap();
        csv += &format!("{name}\n");
    }
    let path = folder.join(format!("{extension}.csv"));
    std::fs::write(&path, csv).unwrap();
    Dataset::open(&path).unwrap()
}

criterion_group!(benches, decode);
criterion_main!(benches);
