//! The benchmark behind `cargo xtask bench`: nnc-host and anomalib on the same images, network and processors, in turn, in one run.
//!
//! The network is a ResNet-50 with random numbers, which takes as long as a trained one. Opt-in, since anomalib with all
//! that it needs is several gigabytes. `docs/benchmark.md` is where the figures end up.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod figures;
mod goals;
mod images;
mod machine;
mod meter;
mod ours;
mod page;
mod parts;
mod peer;
mod resnet50;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde::Serialize;

use figures::Figures;
use images::Images;
use machine::Machine;
use nnc_tools_support::Layout;
use nnc_tools_support::command::{self, cargo};
use ours::Job;
use peer::Peer;

/// Images of a usual run, and of one in full: to train on, and to evaluate.
const QUICK: (usize, usize) = (64, 32);
const FULL: (usize, usize) = (761, 583);
/// Images to train on where memory is measured.
const MEMORY: [usize; 3] = [76, 761, 7610];
/// ⌊0.05·C⌋ of 256, 512 and 1024 channels: the 88 that NNC keeps of its own ResNet-50.
const PADIM: [&str; 2] = ["feature_ratio=0.05", "gaussian=dense"];
const PATCHCORE: [&str; 2] = ["feature_ratio=1", "sample_ratio=0.01"];

/// Measure speed and memory beside anomalib on the same images (3 GB to fetch, 6 GB kept in .deps)
#[derive(clap::Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Args {
    /// 761 images to train on and 583 to evaluate, not 64 and 32, and everything that --parts adds
    #[arg(long)]
    full: bool,
    /// Images to train on
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    training: Option<u32>,
    /// Images to evaluate
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(3..))]
    test: Option<u32>,
    /// Folder with photographs: `train` and `test`, in each a folder for every class, normal ones first; drawn if not given
    #[arg(long, value_name = "DIR")]
    images: Option<PathBuf>,
    /// How often each program runs [default: 3, or 1 with --full]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: Option<u32>,
    /// Threads of each program [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    threads: Option<u32>,
    /// Compare PatchCore as well
    #[arg(long)]
    patchcore: bool,
    /// Also statistics and inverse of 400 images with 178 channels, and scoring alone
    #[arg(long)]
    parts: bool,
    /// Also peak memory of trainings on 76, 761 and 7,610 images (some ten minutes)
    #[arg(long)]
    memory: bool,
    /// nnc-host alone, without fetching anomalib
    #[arg(long)]
    alone: bool,
    /// Folder that anomalib is installed into (6 GB) [default: .deps/anomalib]
    #[arg(long, value_name = "DIR")]
    packages: Option<PathBuf>,
    /// Page in Markdown to put the figures into; everything is left as JSON beside it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Everything that a run found.
#[derive(Serialize)]
struct Outcome {
    training: usize,
    test: usize,
    source: String,
    rounds: u32,
    threads: usize,
    comparisons: Vec<Comparison>,
    eager_images_per_second: Option<f64>,
    memory: Vec<Memory>,
    /// Dense, 178 channels, 400 images.
    statistics_seconds: Option<f64>,
    /// Dense, 88 channels, for one image.
    scoring_seconds: Option<f64>,
}

/// All rounds of one detector.
#[derive(Serialize)]
struct Comparison {
    detector: &'static str,
    title: &'static str,
    /// What comes between features and the finished detector.
    fitting: &'static str,
    ours: Vec<Figures>,
    theirs: Vec<Figures>,
}

/// Peak memory of one training.
#[derive(Serialize)]
struct Memory {
    images: usize,
    peak_bytes: u64,
    seconds: f64,
}

impl Comparison {
    fn ours(&self) -> Figures {
        Figures::middle(&self.ours)
    }

    fn theirs(&self) -> Option<Figures> {
        (!self.theirs.is_empty()).then(|| Figures::middle(&self.theirs))
    }
}

fn main() -> ExitCode {
    let args = <Args as clap::Parser>::parse();
    match Layout::of_this_checkout().and_then(|layout| run(&layout, &args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Builds, installs, measures and tells.
fn run(layout: &Layout, args: &Args) -> Result<()> {
    let packages = match &args.packages {
        Some(folder) => absolute(folder)?,
        None => layout.deps.join("anomalib"),
    };
    if !args.alone {
        let _lock = nnc_tools_support::lock(layout)?;
        peer::install(layout, &packages)?;
    }
    let mut build = cargo(layout);
    build.args(["build", "--release", "--package", "nnc-host"]);
    build.args(["--package", "nnc-plugin-padim", "--package", "nnc-plugin-patchcore"]);
    command::run(layout, "the build", &mut build)?;

    let work = layout.release.with_file_name("bench");
    let given = |count: Option<u32>, usual: usize| count.map_or(usual, |count| count as usize);
    let usual = if args.full { FULL } else { QUICK };
    let (training, test) = (given(args.training, usual.0), given(args.test, usual.1));
    let folder = work.join("images");
    remove(&folder)?;
    let images = match &args.images {
        Some(source) => Images::take(layout, &absolute(source)?, folder)?,
        None => Images::draw(folder, training, test)?,
    };
    let weights = work.join("resnet50.safetensors");
    resnet50::write(&weights).with_context(|| format!("{} could not be written", weights.display()))?;

    // Before anything is measured, since it tells how busy the machine was.
    let machine = Machine::now(layout)?;
    let threads = given(args.threads, std::thread::available_parallelism().map_or(1, usize::from));
    let bench = Bench { layout, args, packages: &packages, work: &work, weights: &weights, images: &images, threads };
    let outcome = bench.outcome(training, test)?;
    let markdown = page::markdown(&machine, &outcome);
    println!("\n{markdown}");
    if let Some(out) = &args.out {
        let out = absolute(out)?;
        page::write(&out, &machine, &outcome, &markdown)?;
        println!("bench: the figures are in {} and beside it as JSON", layout.show(&out));
    }
    Ok(())
}

/// What all measurements share.
struct Bench<'a> {
    layout: &'a Layout,
    args: &'a Args,
    packages: &'a Path,
    work: &'a Path,
    weights: &'a Path,
    images: &'a Images,
    threads: usize,
}

impl Bench<'_> {
    fn outcome(&self, training: usize, test: usize) -> Result<Outcome> {
        let args = self.args;
        let rounds = args.rounds.unwrap_or(if args.full { 1 } else { 3 });
        let csvs = (self.images.training(training)?, self.images.test(test)?);
        let mut comparisons = vec![Comparison {
            detector: "padim",
            title: "PaDiM, dense, 88 channels",
            fitting: "statistics and inverse",
            ours: Vec::new(),
            theirs: Vec::new(),
        }];
        if args.patchcore {
            comparisons.push(Comparison {
                detector: "patchcore",
                title: "PatchCore, 1,536 channels, 1 % of the patches",
                fitting: "coreset",
                ours: Vec::new(),
                theirs: Vec::new(),
            });
        }
        for round in 1..=rounds {
            for comparison in &mut comparisons {
                let detector = comparison.detector;
                println!("bench: round {round} of {rounds}, {detector}");
                let parameters = if detector == "padim" { &PADIM } else { &PATCHCORE };
                let ours = self.job(detector, parameters).run(self.layout, &csvs.0, &csvs.1)?;
                comparison.ours.push(told("nnc-host", ours));
                if !args.alone {
                    let theirs = self.peer().run(self.layout, detector, &csvs.0, &csvs.1)?;
                    comparison.theirs.push(told("anomalib", theirs));
                }
            }
        }
        let eager = if args.alone { None } else { Some(self.peer().eager(self.layout, &csvs.0)?) };
        let parts = args.parts || args.full;
        Ok(Outcome {
            training,
            test,
            source: match &args.images {
                Some(folder) => format!("photographs of {}", folder.file_name().unwrap_or_default().display()),
                None => "drawn by the demo's generator".to_owned(),
            },
            rounds,
            threads: self.threads,
            comparisons,
            eager_images_per_second: eager,
            memory: if args.memory { self.memory(&csvs.1)? } else { Vec::new() },
            statistics_seconds: if parts { Some(parts::statistics(self, &csvs.1)?) } else { None },
            scoring_seconds: if parts { Some(parts::scoring(self.layout, self.work)?) } else { None },
        })
    }

    fn job<'a>(&'a self, detector: &'a str, parameters: &'a [&'a str]) -> Job<'a> {
        let (weights, threads) = (self.weights, self.threads);
        Job { detector, parameters, weights, threads, folder: self.work.join(format!("nnc-host-{detector}")) }
    }

    fn peer(&self) -> Peer<'_> {
        let (packages, weights, threads) = (self.packages, self.weights, self.threads);
        Peer { packages, weights, threads, folder: self.work.join("anomalib") }
    }

    fn memory(&self, test: &Path) -> Result<Vec<Memory>> {
        MEMORY
            .into_iter()
            .map(|images| {
                println!("bench: memory of a training on {images} images");
                let trained = self.job("padim", &PADIM).train(self.layout, &self.images.training(images)?, test)?;
                Ok(Memory { images, peak_bytes: trained.peak_bytes, seconds: trained.seconds })
            })
            .collect()
    }
}

/// Prints a round as it comes in.
fn told(program: &str, figures: Figures) -> Figures {
    println!(
        "  {program}: training {:.1} s ({:.1} s of it features), evaluation {:.1} s, {:.2} GB",
        figures.train_seconds,
        figures.features_seconds,
        figures.evaluate_seconds,
        figures.peak_bytes as f64 / 1e9
    );
    figures
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("{} is not a usable path", path.display()))
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} could not be removed", folder.display()))?;
    }
    Ok(())
}
