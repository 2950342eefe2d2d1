//! PaDiM without its network: sums over images, inverses, and scores from features on.
#![allow(missing_docs, clippy::unwrap_used)]

use std::convert::Infallible;
use std::path::Path;
use std::sync::OnceLock;
use std::thread::available_parallelism;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nnc_plugin_api::testkit::Kit;
use nnc_plugin_api::{BatchSource, Error, Host, Input, Interface, OutputSpec, Parameters, Result, Training};
use nnc_plugin_padim::Padim;
use nnc_plugin_padim::bench::{Images, MODES, Scores, Sums, layers};

/// Channels kept of ResNet-50's layers at a ratio of 0.05 and of 0.1: 88 and 178 together.
const CHANNELS: [[usize; 3]; 2] = [[12, 25, 51], [25, 51, 102]];
/// Images that are summed at once.
const IMAGES: usize = 16;
/// Images that each thread scores at once.
const SCORED: usize = 8;

fn statistics(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("statistics");
    group.sample_size(10).throughput(Throughput::Elements(IMAGES as u64));
    for channels in CHANNELS {
        let images = Images::read(&layers(IMAGES, channels).unwrap()).unwrap();
        for mode in MODES {
            let mut sums = Sums::new(mode, channels, threads()).unwrap();
            group.bench_function(name(mode, channels), |bencher| bencher.iter(|| sums.add(&images)));
        }
    }
    group.finish();
}

fn inverse(criterion: &mut Criterion) {
    let host = host();
    let mut group = criterion.benchmark_group("inverse");
    group.sample_size(10);
    for channels in CHANNELS {
        for mode in MODES {
            let mut sums = Sums::new(mode, channels, threads()).unwrap();
            sums.add(&Images::read(&layers(IMAGES, channels).unwrap()).unwrap());
            let fitted = sums.finish().unwrap();
            group.bench_function(name(mode, channels), |bencher| bencher.iter(|| fitted.invert(&host).unwrap()));
        }
    }
    group.finish();
}

fn scoring(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scoring");
    group.sample_size(10);
    for channels in CHANNELS {
        for mode in MODES {
            let mut scores = Scores::new(mode, channels, threads(), SCORED).unwrap();
            group.throughput(Throughput::Elements(scores.images() as u64));
            group.bench_function(name(mode, channels), |bencher| bencher.iter(|| scores.run().unwrap()));
        }
    }
    group.finish();
}

fn name(mode: &str, channels: [usize; 3]) -> String {
    format!("{mode} {}", channels.iter().sum::<usize>())
}

fn threads() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// A host as detectors get it: a training that does nothing else hands it out.
fn host() -> Host {
    let kit = Kit::new::<Listener>().with_threads(threads());
    // Never dropped, since the host lives as long as its detector.
    std::mem::forget(kit.create().unwrap());
    HOST.get().unwrap().clone()
}

static HOST: OnceLock<Host> = OnceLock::new();

struct Listener;

impl Training for Listener {
    type Detector = Padim;
    type Model = Infallible;

    fn start(_: &Parameters, host: Host) -> Result<Self> {
        HOST.get_or_init(|| host);
        Ok(Self)
    }

    fn interface(&self) -> Interface {
        Interface::new(Input::image("x", [3, 8, 8]), vec![OutputSpec::new("y", [])])
    }

    fn train(self, _: &mut BatchSource<'_>) -> Result<Infallible> {
        Err(Error::data("this training only hands out its host"))
    }

    fn save(model: &Infallible, _: &Path) -> Result<()> {
        match *model {}
    }

    fn into_detector(model: Infallible) -> Result<Padim> {
        match model {}
    }
}

criterion_group!(benches, statistics, inverse, scoring);
criterion_main!(benches);
