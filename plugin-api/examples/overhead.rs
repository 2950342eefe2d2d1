//! What the C interface costs: a detector that does nothing scores batches of 64 images through the C tables, with all
//! checks that the host makes of its outputs.
//!
//! `cargo run --release -p nnc-plugin-api --features testkit --example overhead`
#![allow(clippy::disallowed_macros, reason = "its output is for whoever runs it")]

use std::path::Path;
use std::time::Instant;

use nnc_plugin_api::testkit::{Kit, Scene};
use nnc_plugin_api::{
    Batch, Detector, Host, Input, Interface, Manifest, ModelFile, Output, OutputSpec, Parameters, Result,
};

const BATCH: usize = 64;
const ROUNDS: u32 = 200;

struct Nothing;

impl Detector for Nothing {
    fn manifest() -> Manifest {
        Manifest::new("nothing", "Nothing", "1.0.0").description("Scores 0.").licence("Apache-2.0")
    }

    fn load(_: &Path, _: &Parameters, _: Host) -> Result<Self> {
        Ok(Self)
    }

    fn interface(&self) -> Interface {
        Interface::new(Input::image("x", [3, 224, 224]), vec![OutputSpec::new("x'", [56, 56])])
    }

    fn score(&mut self, _: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
        outputs[0].values.fill(0.0);
        Ok(())
    }
}

fn main() -> Result<()> {
    let kit = Kit::evaluating::<Nothing>();
    let model = kit.folder().join("model.zip");
    ModelFile::write(&model, &[])?;
    let mut detector = kit.load(&model)?;
    let samples = kit.draw(&detector, Scene::Normal, BATCH);
    detector.scores(&samples)?;
    let started = Instant::now();
    for _ in 0..ROUNDS {
        detector.scores(&samples)?;
    }
    println!("{:.0} microseconds for a batch of {BATCH}", started.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS));
    Ok(())
}
