//! What every part of the host needs of files: writing them so that they appear whole or not at all ([`mod@write`]),
//! opening what others made ([`open_regular`], and [`beneath`] a folder), SHA-256 ([`hash`]), noticing changes ([`stamp`]), hashes kept beside files ([`note`]), who else could change a file ([`exposure()`]), and the folders and files that
//! belong to the user and to this program ([`own`]).
//!
//! Does not know about what is in the files, plugins, jobs, or languages: its errors are those of the system, or data.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

pub mod beneath;
mod exposure;
pub mod hash;
pub mod note;
pub mod own;
mod regular;
mod removal;
mod secret;
pub mod stamp;
mod temporary;
pub mod write;

pub use exposure::{Exposure, exposure, is_only_own};
pub use hash::{hex, sha256_of, sha256_of_open, sha256_with};
pub use own::{is_own, own_executable, user_folder};
pub use regular::{
    Kind, Refusal, check_size, open_folder, open_own, open_regular, read_all, read_kernel, read_regular, read_text,
    refusal,
};
pub use removal::remove as remove_whole;
pub use secret::{random_bytes, user_secret};
pub use stamp::Stamp;
pub use temporary::{TemporaryFolder, is_temporary, scratch_folder, temporary_file, temporary_folder};
pub use write::{link_or_copy, sync_file_system, write_atomically};
