//! A small host for the tests of a plugin (feature `testkit`): `cargo test` in a plugin needs no `nnc-host`.
//!
//! Everything goes through the same tables of C functions as in production, so what passes here passes there.
//! [`Kit`] makes, trains and loads detectors; [`Samples`] draws small images of whatever shape the detector asks for;
//! [`FakeHost`] keeps what the detector logged; [`Scores`] compares. [`Kit::assert_conforms`] runs the cases of
//! `nnc-host plugin check` that do not need a process of their own.
//!
//! ```
//! # use std::path::Path;
//! # use nnc_plugin_api::{Batch, BatchSource, Detector, Host, Input, Interface, Manifest, Output, OutputSpec,
//! #     Parameters, Result, Training};
//! # struct Mine;
//! # struct MyTraining;
//! # fn interface() -> Interface {
//! #     Interface::new(Input::image("x", [3, 16, 16]), vec![OutputSpec::new("x'", [])])
//! # }
//! # impl Detector for Mine {
//! #     fn manifest() -> Manifest { Manifest::new("mine", "Mine", "1.0.0") }
//! #     fn load(_: &Path, _: &Parameters, _: Host) -> Result<Self> { Ok(Self) }
//! #     fn interface(&self) -> Interface { interface() }
//! #     fn score(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
//! #         for (image, score) in batch.as_u8()?.chunks(3 * 16 * 16).zip(outputs[0].values.iter_mut()) {
//! #             *score = f32::from(*image.iter().max().unwrap_or(&0));
//! #         }
//! #         Ok(())
//! #     }
//! # }
//! # impl Training for MyTraining {
//! #     type Detector = Mine;
//! #     type Model = Mine;
//! #     fn start(_: &Parameters, _: Host) -> Result<Self> { Ok(Self) }
//! #     fn interface(&self) -> Interface { interface() }
//! #     fn train(self, source: &mut BatchSource<'_>) -> Result<Mine> {
//! #         while source.next_batch(4)?.is_some() {}
//! #         Ok(Mine)
//! #     }
//! #     fn save(_: &Mine, _: &Path) -> Result<()> { Ok(()) }
//! #     fn into_detector(model: Mine) -> Result<Mine> { Ok(model) }
//! # }
//! use nnc_plugin_api::testkit::{Kit, Scene};
//!
//! let kit = Kit::new::<MyTraining>();
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
