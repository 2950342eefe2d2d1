//! Named tensors of trained models, from the files of PyTorch ([`pickle`]) and of [`safetensors`](mod@safetensors), which other
//! people made. Nothing in them is run, and sizes in them are believed only as far as bytes are there.
//!
//! Does not know about libtorch, networks, or which tensors a model should have.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod elements;
pub mod pickle;
pub mod safetensors;
mod tensor;

pub use tensor::StateTensor;

/// Files above this size are refused: no backbone comes near it, and the file is held in memory while it is read.
const MAX_FILE_BYTES: u64 = 4 << 30;
