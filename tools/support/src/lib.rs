//! What the tools of this repository share: paths of the checkout, running programs, and one set-up at a time.
//!
//! Does not know about the crates of the product.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod command;
mod layout;
mod lock;
pub mod pip;

pub use layout::Layout;
pub use lock::lock;
