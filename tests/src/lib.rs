//! What the black-box tests share: the programs under test, a folder to run them in, and eyes for what they leave.
//!
//! Every test starts the real `nnc-host` with a cleaned environment and looks at exit code, output and files. This
//! crate does not know about the insides of any other crate.

#![allow(clippy::unwrap_used)]

mod archives;
mod command;
mod kernel;
mod look;
mod pictures;
mod products;
mod sandbox;
mod server;
mod studio;
mod told;

pub use archives::{Packed, crc32, gzipped, tar_header, tar_member, tarred, zipped};
pub use command::{Outcome, Running, finish, wait_until};
pub use kernel::{LANDLOCK, SECCOMP, limit, without};
pub use look::{Member, is_log_line, members, rows, said, snapshot};
pub use pictures::{cut_short, solid};
pub use products::{forward, frozen, host, mahalanobis, padim, patchcore, plugin_folder, texture, workspace};
pub use sandbox::{Sandbox, copy_folder};
pub use server::{Reply, Request, Server, Then};
pub use studio::{Answer, Studio, read};
pub use told::{settings, squeezed};

#[doc(hidden)]
pub use insta;
