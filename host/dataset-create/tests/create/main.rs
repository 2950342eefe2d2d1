//! Whole datasets: against nnabla's own (`nnc-test-data`), one that needs no files, transparent and 16-bit images, links,
//! and archives with random damage.
#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "opens files of its own")]

mod damage;
mod depth;
mod golden;
mod links;
mod support;
