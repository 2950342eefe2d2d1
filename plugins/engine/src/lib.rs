//! The engine of our detectors: runs an NNP graph on libtorch or ONNX Runtime and turns pretrained weights into such graphs.
//!
//! [`Backbone`] is a feature extractor with three taps, from a state dict of PyTorch or from an NNP; it adds itself to a
//! network that is being built, and [`Layers`] chooses channels of its taps. [`Executor`] runs a network as a [`Compute`]
//! says: on a device, which [`device`] chooses, and by libtorch or ONNX Runtime. A [`Team`] of executors works on many
//! images at a time, and [`micro_batch`] decides how many each of them takes. [`mixing`] tells whether samples of a batch are
//! kept apart. [`plugin`] is what all plugins on this engine have in common towards their host.
//!
//! ```no_run
//! use nnc_engine::{Backbone, Executor, backbone, device, image_tensor};
//!
//! let weights = std::path::Path::new("weights/efficientnet-lite0-57934424.pth");
//! let backbone = Backbone::open("efficientnet_lite0", weights, 8)?;
//! let device = device::select(device::Choice::Auto)?.device;
//! let executor = Executor::new(backbone.network(), backbone.parameters(), &backbone::LAYERS, device)?;
//! let images = vec![127; 2 * 3 * 224 * 224];
//! let features = executor.run(&image_tensor(&images, 2, backbone::IMAGE_SHAPE, device)?)?;
//! assert_eq!(features[0].size(), [2, 24, 56, 56]);
//! # Ok::<(), nnc_engine::EngineError>(())
//! ```
//!
//! This crate does not know about datasets or detectors; of the host it knows what `nnc-plugin-api` shows (`plugin`).
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

pub mod backbone;
pub mod compute;
pub mod device;
pub mod error;
pub mod executor;
pub mod layers;
pub mod micro_batch;
pub mod mixing;
mod onnxruntime;
pub mod plugin;
pub mod precision;
mod state_dict;
mod team;

pub use backbone::{Backbone, Tap};
pub use compute::{Compute, Engine};
pub use error::EngineError;
pub use executor::{Executor, copy_values, image_tensor, values};
pub use layers::Layers;
pub use precision::Precision;
pub use team::{Team, join};
