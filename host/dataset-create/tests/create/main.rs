//! Whole datasets: against nnabla's own (`nnc-test-data`), one that needs no files, transparent and 16-bit images,
//! and archives with random damage.
#![allow(clippy::unwrap_used)]

mod damage;
mod depth;
mod golden;
mod support;
