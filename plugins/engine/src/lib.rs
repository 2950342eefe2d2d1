//! The engine of our detectors: runs an NNP graph on libtorch and turns foreign weights into such graphs.
//!
//! [`Backbone`] is a feature extractor with three taps, from a known `.pth` file or from an NNP; it adds itself to a
//! network that is being built. [`Executor`] runs a network on a [`Device`](tch::Device). [`device`] decides which, and
//! [`pickle`] reads PyTorch state dicts without running what is in them.
//!
//! This crate does not know about the host, plugins, datasets or detectors.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod backbone;
pub mod device;
pub mod error;
pub mod executor;
pub mod pickle;

pub use backbone::{Backbone, Tap};
pub use error::EngineError;
pub use executor::{Executor, image_tensor};
