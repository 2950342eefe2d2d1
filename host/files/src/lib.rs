//! What every part of the host needs of files: writing them so that they appear whole or not at all ([`mod@write`]),
//! opening what others made ([`open_regular`], and [`beneath`] a folder), SHA-256 ([`hash`]), noticing changes ([`stamp`]), hashes kept beside files ([`note`]), and the folders and files that
//! belong to the user and to this program ([`own`]).
//!
//! Does not know about what is in the files, plugins, jobs, or languages: its errors are those of the system, or data.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod beneath;
pub mod hash;
pub mod note;
pub mod own;
mod regular;
pub mod stamp;
pub mod write;

pub use hash::{hex, sha256_of, sha256_of_open, sha256_with};
pub use own::{own_executable, user_folder};
pub use regular::{Kind, Refusal, open_regular, read_all, read_regular, refusal};
pub use stamp::Stamp;
pub use write::{link_or_copy, set_usual_mode, sync_file_system, write_atomically};
