//! Pretrained backbones: which are known ([`KNOWN`]), where they are ([`find`]), whether they are intact ([`verify`]), and
//! how to get them ([`fetch`]).
//!
//! To add a backbone: give it an entry in `known.rs`, and `nnc-messages` its description if that is not just a name.
//!
//! Does not know about projects, plugins, terminals or languages: errors are data, and a [`Watcher`] is told how a download
//! goes.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod address;
mod client;
mod download;
mod error;
mod fetch;
mod find;
mod known;
mod package;
mod verify;
mod zenodo;

pub use download::{FetchEvent, Watcher};
pub use error::{BadPackage, CertificateProblem, FetchError, FetchProblem, UnreadableFile, WeightsError};
pub use fetch::{FetchOptions, Fetched, fetch};
pub use find::{find, folders, in_folders};
pub use known::{Description, Hash, KNOWN, Licence, Package, Size, Source, UnknownBackbone, Weights, known, named};
pub use verify::{Proof, Verified, verify};
