//! The stable interface between nnc-host and its detectors.
//!
//! *Authors* implement the plain trait [`Detector`] and call [`export_detector!`] once; they never see a raw pointer.
//! A plugin is a crate with `crate-type = ["cdylib"]` that depends on this one alone.
//! Their tests switch on the feature `testkit`, a host in miniature.
//! *Hosts* switch on the feature `loader` and open plugins with `loader::Plugin`.
//!
//! ```
//! use std::path::Path;
//! use nnc_plugin_api::{
//!     Batch, BatchSource, Detector, Error, Host, Input, Interface, Manifest, ModelFile, Output, OutputSpec,
//!     Parameter, Parameters, Result,
//! };
//!
//! /// Scores an image by how far its mean brightness is from that of the training images.
//! struct Brightness { host: Host, mean: f64 }
//!
//! impl Detector for Brightness {
//!     fn manifest() -> Manifest {
//!         Manifest {
//!             id: "brightness".into(),
//!             title: "Mean brightness".into(),
//!             version: "1.0.0".into(),
//!             description: "Distance of an image's mean brightness from that of the training images.".into(),
//!             licence: "Apache-2.0".into(),
//!             trains: true,
//!             parameters: vec![Parameter::float("scale", "factor on the score").default(1.0).range(0.0, 100.0)],
//!         }
//!     }
//!     fn create(_: &Parameters, host: Host) -> Result<Self> {
//!         Ok(Self { host, mean: 0.0 })
//!     }
//!     fn load(model: &Path, _: &Parameters, host: Host) -> Result<Self> {
//!         let bytes = ModelFile::read(model, "mean.bin", 8)?;
//!         let mean = bytes.try_into().map(f64::from_le_bytes).map_err(|_| Error::model("mean.bin is too short"))?;
//!         Ok(Self { host, mean })
//!     }
//!     fn interface(&self) -> Interface {
//!         Interface::new(Input::image("x", [3, 32, 32]), vec![OutputSpec::new("x'", [])])
//!     }
//!     fn fit(&mut self, source: &mut BatchSource<'_>) -> Result<()> {
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
//!         self.mean = sum / (seen * 3 * 32 * 32) as f64;
//!         Ok(())
//!     }
//!     fn save(&self, path: &Path) -> Result<()> {
//!         ModelFile::write(path, &[("mean.bin", &self.mean.to_le_bytes())])
//!     }
//!     fn infer(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
//!         for (image, score) in batch.as_u8()?.chunks(3 * 32 * 32).zip(outputs[0].values.iter_mut()) {
//!             let mean = image.iter().map(|&v| f64::from(v)).sum::<f64>() / image.len() as f64;
//!             *score = (mean - self.mean).abs() as f32;
//!         }
//!         Ok(())
//!     }
//! }
//!
//! nnc_plugin_api::export_detector!(Brightness);
//! ```
//!
//! This crate does not know about libtorch, NNP files or the host's jobs.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod detector;
mod error;
mod export;
mod ffi;
mod host;
#[cfg(feature = "loader")]
pub mod loader;
mod manifest;
mod model_file;
mod parameters;
mod source;
#[cfg(feature = "testkit")]
pub mod testkit;

pub use detector::{Batch, Detector, Element, Input, Interface, Output, OutputSpec};
pub use error::{Error, ErrorKind, Result};
#[doc(hidden)]
pub use export::private;
pub use ffi::ABI_VERSION;
pub use host::{Environment, Host, Level};
pub use manifest::{Manifest, Parameter, ParameterKind};
pub use model_file::ModelFile;
pub use parameters::{ParameterError, Parameters, nearest};
pub use source::BatchSource;
