//! A host in miniature for the tests of a plugin (feature `testkit`): `cargo test` in a plugin needs no `nnc-host`.
//!
//! Everything goes through the same tables of C functions as in production, so what passes here passes there.
//! [`Kit`] makes, trains and loads detectors; [`Samples`] draws small images of whatever shape the detector asks for;
//! [`FakeHost`] keeps what the detector logged; [`Scores`] compares. [`Kit::assert_conforms`] runs the cases of
//! `nnc-host plugin check` that do not need a process of their own.
//!
//! ```
//! # use std::path::Path;
//! # use nnc_plugin_api::{Batch, BatchSource, Detector, Host, Input, Interface, Manifest, Output, OutputSpec,
//! #     Parameters, Result};
//! # struct Mine;
//! # impl Detector for Mine {
//! #     fn manifest() -> Manifest {
//! #         Manifest {
//! #             id: "mine".into(), title: "Mine".into(), version: "1.0.0".into(), description: "Mean.".into(),
//! #             licence: "MIT".into(), trains: true, parameters: vec![],
//! #         }
//! #     }
//! #     fn create(_: &Parameters, _: Host) -> Result<Self> { Ok(Self) }
//! #     fn load(_: &Path, _: &Parameters, _: Host) -> Result<Self> { Ok(Self) }
//! #     fn interface(&self) -> Interface {
//! #         Interface::new(Input::image("x", [3, 16, 16]), vec![OutputSpec::new("x'", [])])
//! #     }
//! #     fn fit(&mut self, source: &mut BatchSource<'_>) -> Result<()> {
//! #         while source.next_batch(4)?.is_some() {}
//! #         Ok(())
//! #     }
//! #     fn infer(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
//! #         for (image, score) in batch.as_u8()?.chunks(3 * 16 * 16).zip(outputs[0].values.iter_mut()) {
//! #             *score = f32::from(*image.iter().max().unwrap_or(&0));
//! #         }
//! #         Ok(())
//! #     }
//! # }
//! use nnc_plugin_api::testkit::{Kit, Scene};
//!
//! let kit = Kit::new::<Mine>();
//! let mut trained = kit.train(8).unwrap();
//! let normal = trained.scores(&kit.draw(&trained, Scene::Normal, 4)).unwrap();
//! let defective = trained.scores(&kit.draw(&trained, Scene::Defective, 4)).unwrap();
//! normal.assert_below(&defective);
//! ```

mod cases;
mod fake_host;
mod kit;
mod samples;
mod scores;

pub use cases::{CASES, Case, Verdict};
pub use fake_host::FakeHost;
pub use kit::{Kit, Trained};
pub use samples::{MemorySource, Samples, Scene};
pub use scores::Scores;
