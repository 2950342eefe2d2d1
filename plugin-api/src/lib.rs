//! The stable interface between nnc-host and its detectors.
//!
//! *Authors* implement the plain traits [`Detector`] and [`Training`] and call [`export_detector!`] once; they never see
//! a raw pointer. A plugin is a crate with `crate-type = ["cdylib"]` that depends on this one alone. Its tests enable the
//! feature `testkit`, a small host.
//! *Hosts* enable the feature `loader` and open plugins with `loader::Plugin`.
//!
//! ```
//! use std::path::Path;
//! use nnc_plugin_api::{
//!     Batch, BatchSource, Detector, Error, Host, Input, Interface, Manifest, ModelFile, Output, OutputSpec,
//!     Parameter, Parameters, Result, Training,
//! };
//!
//! /// Scores an image by how far its mean brightness is from that of the training images.
//! struct Brightness { mean: f64 }
//!
//! fn interface() -> Interface {
//!     Interface::new(Input::image("x", [3, 32, 32]), vec![OutputSpec::new("x'", [])])
//! }
//!
//! impl Detector for Brightness {
//!     fn manifest() -> Manifest {
//!         Manifest::new("brightness", "Mean brightness", "1.0.0")
//!             .description("Distance of an image's mean brightness from that of the training images.")
//!             .licence("Apache-2.0")
//!             .parameters(vec![Parameter::float("scale", "factor on the score").default(1.0).range(0.0, 100.0)])
//!     }
//!     fn load(model: &Path, _: &Parameters, _: Host) -> Result<Self> {
//!         let bytes = ModelFile::read(model, "mean.bin", 8)?;
//!         let mean = bytes.try_into().map(f64::from_le_bytes).map_err(|_| Error::model("mean.bin is too short"))?;
//!         Ok(Self { mean })
//!     }
//!     fn interface(&self) -> Interface {
//!         interface()
//!     }
//!     fn score(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
//!         for (image, score) in batch.as_u8()?.chunks(3 * 32 * 32).zip(outputs[0].values.iter_mut()) {
//!             let mean = image.iter().map(|&v| f64::from(v)).sum::<f64>() / image.len() as f64;
//!             *score = (mean - self.mean).abs() as f32;
//!         }
//!         Ok(())
//!     }
//! }
//!
//! /// A training, which so far knows nothing but its host.
//! struct BrightnessTraining { host: Host }
//!
//! impl Training for BrightnessTraining {
//!     type Detector = Brightness;
//!     type Model = Brightness;
//!
//!     fn start(_: &Parameters, host: Host) -> Result<Self> {
//!         Ok(Self { host })
//!     }
//!     fn interface(&self) -> Interface {
//!         interface()
//!     }
//!     fn train(self, source: &mut BatchSource<'_>) -> Result<Brightness> {
//!         let total = source.len();
//!         let (mut sum, mut seen) = (0.0, 0);
//!         while let Some(batch) = source.next_batch(16)? {
//!             self.host.checkpoint()?;
//!             sum += batch.as_u8()?.iter().map(|&v| f64::from(v)).sum::<f64>();
//!             seen += batch.len();
//!             self.host.progress(seen, total);
//!         }
//!         if seen == 0 {
//!             return Err(Error::data("there is no image to train on"));
//!         }
//!         Ok(Brightness { mean: sum / (seen * 3 * 32 * 32) as f64 })
//!     }
//!     fn save(model: &Brightness, path: &Path) -> Result<()> {
//!         ModelFile::write(path, &[("mean.bin", &model.mean.to_le_bytes())])
//!     }
//!     fn into_detector(model: Brightness) -> Result<Brightness> {
//!         Ok(model)
//!     }
//! }
//!
//! nnc_plugin_api::export_detector!(Brightness, training = BrightnessTraining);
//! ```
//!
//! This crate does not know about libtorch, NNP files or the host's jobs.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod batch;
mod detector;
mod error;
mod export;
mod ffi;
mod host;
mod interface;
#[cfg(feature = "loader")]
pub mod loader;
mod manifest;
mod model_file;
mod nearest;
mod parameter;
mod parameters;
mod source;
#[cfg(feature = "testkit")]
pub mod testkit;

pub use batch::{Batch, Output};
pub use detector::{Detector, Training};
pub use error::{Error, ErrorKind, Result};
#[doc(hidden)]
pub use export::private;
pub use ffi::ABI_VERSION;
pub use host::{Environment, Host, Level};
pub use interface::{Element, Input, Interface, OutputSpec};
pub use manifest::{Manifest, RequestedPermissions};
pub use model_file::ModelFile;
pub use nearest::nearest;
pub use parameter::{Parameter, ParameterError, ParameterKind};
pub use parameters::Parameters;
pub use source::BatchSource;
